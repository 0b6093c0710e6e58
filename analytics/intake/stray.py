"""Delimited text with stray quotes: found before a reader that trusts them swallows rows, and read line by line."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

_QUOTE: Final = ord('"')
# A quoted text of more lines than this is taken for a quote that nobody closed.
_LONGEST: Final = 50


@dataclass(frozen=True)
class Lines:
    """The rows of a file: those that fit the header, with their numbers, and those that do not, with their text."""

    fields: list[list[str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


def sound(path: Path, separator: str, block: int) -> bool:
    """Say whether every quote of a file stands at the edge of a field, opening and closing in turn.

    Parameters
    ----------
    path : Path
        A file of one byte a sign for quotes, separators and line ends (not UTF-16).
    separator : str
    block : int
        Bytes read at once; also the longest quoted text that is accepted, since the fast reader can hold no longer one.

    Returns
    -------
    bool
    """
    edges = np.frombuffer(f"{separator}\r\n".encode(), np.uint8)
    data = np.memmap(path, np.uint8, mode="r")
    found = [np.flatnonzero(data[start : start + block] == _QUOTE) + start for start in range(0, data.size, block)]
    quotes: npt.NDArray[np.int64] = np.concatenate(found)
    if quotes.size % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    if quotes.size == 0:
        return True
    # A doubled quote inside a text closes and opens again: its halves are neighbours.
    doubled = opening[1:] == closing[:-1] + 1
    first = 3 if bytes(data[:3]) == b"\xef\xbb\xbf" else 0
    opens = (opening <= first) | np.isin(data[np.maximum(opening - 1, 0)], edges)
    closes = (closing == data.size - 1) | np.isin(data[np.minimum(closing + 1, data.size - 1)], edges)
    opens[1:] |= doubled
    closes[:-1] |= doubled
    return bool(opens.all() and closes.all() and (closing - opening).max() < block // 2)


def read(path: Path, encoding: str, separator: str, width: int) -> Lines:
    """Read a file line by line, and join lines only where that makes a row that fits.

    Parameters
    ----------
    path : Path
    encoding : str
    separator : str
    width : int
        Columns of the header.

    Returns
    -------
    Lines
        Rows are numbered as records, the header being row 1; each line that fits nowhere is a broken row of its own.
    """
    with path.open(encoding=encoding, newline="") as file:
        lines = list(file)
    result = Lines()
    at, row = 0, 0
    while at < len(lines):
        row += 1
        taken, fields = _record(lines, at, separator, width)
        if fields is None:
            result.broken.append((row, lines[at].rstrip("\r\n")))
        elif row > 1:
            result.fields.append(fields)
            result.rows.append(row)
        at += taken
    return result


def _record(lines: list[str], at: int, separator: str, width: int) -> tuple[int, list[str] | None]:
    """Give the number of lines that the next record takes, and its fields, or None if it fits nowhere."""
    alone = _fields(lines[at], separator, width)
    if alone is not None:
        return 1, alone
    if lines[at].count('"') % 2:
        text = lines[at]
        for more, line in enumerate(lines[at + 1 : at + _LONGEST], start=2):
            # A line that is a row by itself ends the search; a blank one can be part of a text.
            if line.strip("\r\n") and _fields(line, separator, width) is not None:
                break
            text += line
            joined = _fields(text, separator, width)
            if joined is not None:
                return more, joined
    return 1, None


def _fields(text: str, separator: str, width: int) -> list[str] | None:
    if not text.strip("\r\n"):
        return [""] * width
    try:
        parsed = list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        return None
    return parsed[0] if len(parsed) == 1 and len(parsed[0]) == width else None
