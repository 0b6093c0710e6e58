"""Text columns become days, hours, numbers and words.

A column is read through its distinct values, of which a million rows have some thousands: that is what makes any format
affordable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.intake.mapping import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from analytics.intake.mapping import Words

MISSING: Final = -1
# Typed sources (XLSX, Parquet) write their days, moments and times so; no other reading of these is possible.
_ISO_MOMENTS: Final = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")
_ISO_HOURS: Final = ("%H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass(frozen=True)
class Coded:
    """A column by its distinct values.

    Attributes
    ----------
    codes : numpy.ndarray of int32
        For each row the position of its value in ``distinct``, or ``MISSING``.
    distinct : numpy.ndarray of object
        The distinct texts, without blanks around them; none of them stands for a missing value.
    """

    codes: npt.NDArray[np.int32]
    distinct: npt.NDArray[np.object_]

    def spread(self, meanings: npt.NDArray[Any], missing: Any) -> npt.NDArray[Any]:  # noqa: ANN401  (of any type)
        """Give each row the meaning of its value, and ``missing`` where it has none."""
        return np.append(meanings, np.array([missing], dtype=meanings.dtype))[self.codes]


def coded(column: Any, missing: Sequence[str]) -> Coded:  # noqa: ANN401  (Arrow has no types)
    """Take a column apart into codes and distinct values.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of string
    missing : sequence of str
        Texts that stand for nothing, whatever their case.
    """
    encoded = encode(column, missing)
    distinct = np.array(encoded.dictionary.to_pylist(), dtype=object)
    return Coded(codes(encoded), distinct)


def encode(column: Any, missing: Sequence[str]) -> Any:  # noqa: ANN401  (Arrow has no types)
    """Give a text column as an Arrow dictionary array, trimmed, null where a text stands for nothing."""
    text = pc.utf8_trim_whitespace(column)
    nothing = pc.is_in(pc.utf8_lower(text), pa.array([word.lower() for word in ("", *missing)]))
    encoded = pc.dictionary_encode(pc.if_else(nothing, None, text)).combine_chunks()
    # A column without any chunk stays a chunked array.
    return pa.array([], pa.string()).dictionary_encode() if isinstance(encoded, pa.ChunkedArray) else encoded


def codes(encoded: Any) -> npt.NDArray[np.int32]:  # noqa: ANN401
    """Give the codes of an Arrow dictionary array, ``MISSING`` for null."""
    found: npt.NDArray[np.int32] = pc.fill_null(encoded.indices, MISSING).to_numpy(zero_copy_only=False)
    return found


def moments(
    values: npt.NDArray[np.object_], formats: Sequence[str], timezone: str | None
) -> npt.NDArray[np.datetime64]:
    """Read texts as moments, NaT where no format fits.

    Parameters
    ----------
    values : numpy.ndarray of str
    formats : sequence of str
        As for ``datetime.strptime``; the first one that fits is taken.
    timezone : str or None
        The local time that moments with an offset (``%z``) are turned into.

    Returns
    -------
    numpy.ndarray of datetime64[us]
        Local moments.
    """
    found = np.full(values.shape, np.datetime64("NaT"), dtype="datetime64[us]")
    for pattern in formats:
        left = np.flatnonzero(np.isnat(found))
        if left.size == 0:
            break
        texts = pd.Series(values[left], dtype="str")
        read = pd.to_datetime(texts, format=pattern, errors="coerce", utc="%z" in pattern)
        if "%z" in pattern:
            read = read.dt.tz_convert(timezone).dt.tz_localize(None)
        found[left] = read.to_numpy(dtype="datetime64[us]")
    return found


def days(values: npt.NDArray[np.object_], formats: Sequence[str], timezone: str | None) -> npt.NDArray[np.datetime64]:
    """Read texts as days (midnight, datetime64[us]), NaT where no format fits; see ``moments``."""
    read = moments(values, (*formats, *_ISO_MOMENTS), timezone)
    return read.astype("datetime64[D]").astype("datetime64[us]")


def hours(values: npt.NDArray[np.object_], formats: Sequence[str], timezone: str | None) -> npt.NDArray[np.int64]:
    """Read texts as hours of the day, 0 to 23, ``MISSING`` where no format fits.

    The format ``HHMM`` reads one to four digits, with or without leading zeros: 2130, 930, 0005, 5.
    """
    texts = values.copy()
    plain = [pattern for pattern in formats if pattern != "HHMM"]
    if "HHMM" in formats:
        plain.append("%H%M")
        digits = np.array([value.isascii() and value.isdigit() and len(value) <= len("HHMM") for value in values], bool)
        texts[digits] = [value.zfill(len("HHMM")) for value in values[digits]]
    read = moments(texts, (*plain, *_ISO_HOURS), timezone)
    since_midnight = read - read.astype("datetime64[D]")
    return np.where(np.isnat(read), MISSING, since_midnight.astype("timedelta64[h]").astype(np.int64))


def numbers(column: Any, decimal: str, missing: Sequence[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:  # noqa: ANN401
    """Read a column of texts as numbers.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of string
    decimal : str
        ``.`` or ``,``; with the comma a point is understood too, since typed sources write one.
    missing : sequence of str

    Returns
    -------
    values : numpy.ndarray of float64
        NaN where there is no number.
    bad : numpy.ndarray of bool
        Where there is a text that is no number.
    """
    # French programs part thousands by blanks, some of them narrow or unbreakable.
    text = pc.replace_substring_regex(column, r"[\s\x{a0}\x{202f}]+", "")
    if decimal == ",":
        text = pc.replace_substring(text, ",", ".")
    fits = pc.fill_null(pc.match_substring_regex(text, _NUMBER), fill_value=False)
    values = pc.if_else(fits, text, None).cast(pa.float64())
    nothing = pc.is_in(pc.utf8_lower(text), pa.array([word.lower() for word in ("", *missing)]))
    bad = pc.and_not(pc.and_not(pc.is_valid(text), fits), pc.fill_null(nothing, fill_value=True))
    return values.to_numpy(), bad.to_numpy()


def words(values: npt.NDArray[np.object_], table: Words) -> npt.NDArray[np.object_]:
    """Give the vocabulary's word for each of the source's words, None for those that the mapping does not know."""
    meanings = table.meanings
    found = np.empty(values.shape, dtype=object)
    found[:] = [meanings.get(fold(value), table.other) for value in values]
    return found
