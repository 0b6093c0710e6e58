"""Arrays and lines of text as short strings that the browser unpacks without a library.

Little-endian bytes, deflated (zlib), in base64: what ``DecompressionStream("deflate")`` and typed arrays read.
"""

import base64
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEVEL = 6  # higher levels take three times as long for two per cent


def pack(values: NDArray[Any]) -> str:
    """Pack a numeric array of any shape, in C order.

    Parameters
    ----------
    values
        Integers or floats; the browser must know the type and the shape.

    Returns
    -------
    str
        Base64 of the deflated little-endian bytes.
    """
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little.tobytes(), _LEVEL)).decode("ascii")


def pack_lines(lines: Iterable[str]) -> str:
    """Pack lines of text (none may hold a line break), joined by line breaks, in UTF-8."""
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), _LEVEL)).decode("ascii")


def unpack(packed: str, dtype: str) -> NDArray[Any]:
    """Undo ``pack``: the flat array of the little-endian type ``dtype``, such as ``"u2"``."""
    return np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype=np.dtype(dtype).newbyteorder("<"))


def unpack_lines(packed: str) -> list[str]:
    """Undo ``pack_lines``."""
    return zlib.decompress(base64.b64decode(packed)).decode().split("\n")


def steps(values: NDArray[np.int64]) -> NDArray[np.int32]:
    """Differences along the first axis, the first row kept: neighbours are near, and small numbers deflate well."""
    return np.diff(values, axis=0, prepend=np.zeros_like(values[:1])).astype(np.int32)
