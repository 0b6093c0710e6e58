"""What a reader hands over, whatever the format of the file: text columns, with the row that each value stands in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from analytics import reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from analytics.intake.mapping import Mapping

# GeoJSON keeps coordinates out of the properties; they are handed over as columns of these names.
GEOMETRY_X = "geometry.x"
GEOMETRY_Y = "geometry.y"


@dataclass(frozen=True)
class Content:
    """The columns that were asked for, as text.

    Attributes
    ----------
    names : tuple of str
        All columns of the file, in its order, made unique.
    table : pyarrow.Table
        Columns of strings, each of them null or as the file has it.
    rows : numpy.ndarray of int64
        Row of the file for each row of the table; the header is row 1.
    broken : tuple of (int, str)
        Rows that do not fit the header: their number and their text.
    crs : str or None
        The CRS that the file itself states, for GeoJSON.
    """

    names: tuple[str, ...]
    table: pa.Table
    rows: npt.NDArray[np.int64]
    broken: tuple[tuple[int, str], ...] = ()
    crs: str | None = None


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Give the names of a header without blanks around them, those that repeat or say nothing told apart."""
    seen: dict[str, int] = {}
    result = []
    for position, raw in enumerate(names, start=1):
        name = raw.strip() or f"(column {position})"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def check_columns(path: Path, names: Sequence[str], mapping: Mapping, without: Sequence[str | None] = ()) -> None:
    """Refuse a file in which a column that the mapping needs is missing or stands twice.

    The names found are not repeated: in a file without a header they would be somebody's report.
    """
    needed = [name for name in mapping.needed if name not in without]
    missing = [name for name in needed if name not in names]
    if missing:
        raise reports.InputError(
            f"{path.name} has {len(names)} column(s) and not the ones that the mapping needs: {', '.join(missing)} "
            f"missing; check the header, and the file's separator and encoding."
        )
    double = [name for name in needed if f"{name} (2)" in names]
    if double:
        raise reports.InputError(
            f"{path.name} has the column {double[0]} twice; keep one of them, or rename the other."
        )


def text_table(columns: dict[str, Any]) -> pa.Table:
    """Give a table of strings from lists or arrays of texts."""
    return pa.table({name: pa.chunked_array([pa.array(values, pa.string())]) for name, values in columns.items()})


def as_json(row: dict[str, str | None]) -> str:
    """Give a whole row as it goes to the quarantine."""
    return json.dumps(row, ensure_ascii=False)
