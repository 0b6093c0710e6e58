"""The door itself: text columns go in, anonymised reports come out, and what could not be read is told by row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics import reports
from analytics.intake import parsing, place
from analytics.intake.content import GEOMETRY_X, GEOMETRY_Y
from analytics.intake.quarantine import REMEDIES

if TYPE_CHECKING:
    from datetime import date

    import numpy.typing as npt

    from analytics.intake.content import Content
    from analytics.intake.mapping import Mapping, Words
    from analytics.territory import Territory

_BLOCK: Final = 64
_CHUNK: Final = 50_000
_SHORTEST_SECRET: Final = 16


@dataclass(frozen=True)
class Door:
    """What every step needs: the file's content, its mapping, the territory, the day of reading, and the verdicts."""

    content: Content
    mapping: Mapping
    territory: Territory
    today: date
    verdicts: npt.NDArray[np.int8] = field(repr=False)

    def refuse(self, where: npt.NDArray[np.bool_], reason: str) -> None:
        """Set rows apart, unless an earlier reason has done so."""
        self.verdicts[where & (self.verdicts == 0)] = list(REMEDIES).index(reason) + 1

    def column(self, name: str) -> parsing.Coded:
        """Give a column by its distinct values."""
        return parsing.coded(self.content.table[name], self.mapping.file.missing)


def anonymise(
    content: Content, mapping: Mapping, territory: Territory, secret: bytes, today: date
) -> tuple[pd.DataFrame, npt.NDArray[np.object_], int]:
    """Make anonymised reports of the columns of an export.

    Parameters
    ----------
    content : Content
        Columns as ``reading.read`` hands them over.
    mapping : Mapping
    territory : analytics.territory.Territory
    secret : bytes
        The key of the installation, 16 bytes or more.
    today : datetime.date
        Days after it are refused.

    Returns
    -------
    reports : pandas.DataFrame
        As ``analytics.reports`` describes it; of rows of one id the last stands.
    reasons : numpy.ndarray of object
        For each row of the content why it is set apart, or "" if it is not.
    repeated : int
        Rows that a later row of the same id has replaced.

    Raises
    ------
    ValueError
        If the secret is too short.
    """
    door = Door(content, mapping, territory, today, np.zeros(content.table.num_rows, np.int8))
    identifier = parsing.encode(content.table[mapping.id.column], mapping.file.missing)
    codes = parsing.codes(identifier)
    door.refuse(codes == parsing.MISSING, "missing_id")
    day = _day(door)
    columns: dict[str, Any] = {"day": day, "time_band": _time_band(door)}
    precision = _words(door, mapping.precision)
    columns |= _place(door, precision == "commune")
    columns["category"] = _words(door, mapping.category, "unspecified")
    columns["triage"] = _words(door, mapping.triage, "pending")
    columns["precision"] = np.where(columns["commune"].astype(bool), "commune", precision)
    for name, words in columns.items():
        if name in ("category", "triage", "precision"):
            door.refuse(pd.isna(words), f"unknown_{name}")
    columns |= _outcomes(door, day)
    kept = np.flatnonzero(door.verdicts == 0)
    last = kept[~pd.Series(codes[kept]).duplicated(keep="last").to_numpy()]
    hashes = hashed(identifier.dictionary.take(pa.array(codes[last])), mapping.source, secret)
    reasons = np.array(["", *REMEDIES], dtype=object)[door.verdicts]
    return _frame(hashes, columns, last), reasons, kept.size - last.size


def hashed(identifiers: Any, source: str, secret: bytes) -> Any:  # noqa: ANN401  (Arrow has no types)
    """Give the HMAC-SHA256 of identifiers, in hexadecimal.

    Parameters
    ----------
    identifiers : pyarrow.Array of string
    source : str
        Name of the source, which keeps the numbers of two platforms apart.
    secret : bytes

    Returns
    -------
    pyarrow.ChunkedArray of string
        64 signs each.

    Raises
    ------
    ValueError
        If the secret is so short that it could be found by trial.
    """
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"the secret has fewer than {_SHORTEST_SECRET} bytes")
    # The one loop over reports. hmac.digest sets its key up anew each time, which costs twice as much as copying the
    # two contexts that hold it, and DuckDB's sha256 is hardly faster than the copies: 3.1 s, 1.5 s, 1.2 s a million.
    key = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    inner.update(f"{source}\x1f".encode())

    def one(identifier: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(identifier.encode())
        second.update(first.digest())
        return second.hexdigest()

    # A chunk at a time: a million Python strings of 64 signs would take more memory than all the rest.
    starts = range(0, len(identifiers), _CHUNK)
    chunks = [pa.array([one(each) for each in identifiers.slice(start, _CHUNK).to_pylist()]) for start in starts]
    return pa.chunked_array(chunks, pa.string())


def _day(door: Door) -> npt.NDArray[np.datetime64]:
    table = door.mapping.day
    column = door.column(table.column)
    day = column.spread(parsing.days(column.distinct, table.formats, table.timezone), np.datetime64("NaT"))
    door.refuse(np.isnat(day), "bad_day")
    door.refuse(day > np.datetime64(door.today, "us"), "future_day")
    if table.earliest is not None:
        door.refuse(day < np.datetime64(table.earliest, "us"), "early_day")
    return day


def _time_band(door: Door) -> npt.NDArray[np.object_]:
    table = door.mapping.hour
    if table is None:
        return np.full(door.verdicts.size, "unknown", dtype=object)
    column = door.column(table.column)
    hours = parsing.hours(column.distinct, table.formats, door.mapping.day.timezone)
    if table.other is None:
        door.refuse(column.spread(hours == parsing.MISSING, missing=False), "bad_hour")
    return column.spread(reports.time_band(hours), "unknown")


def _place(door: Door, vague: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Give base cell or commune of each row; where the source's coordinates are ``vague`` they are not believed."""
    table, size = door.mapping.place, door.verdicts.size
    from_geometry = GEOMETRY_X in door.content.table.column_names
    x_name, y_name = (GEOMETRY_X, GEOMETRY_Y) if from_geometry else (table.x, table.y)
    x, y = np.full(size, np.nan), np.full(size, np.nan)
    if x_name is not None and y_name is not None:
        decimal, missing = door.mapping.file.decimal, door.mapping.file.missing
        x, bad_x = parsing.numbers(door.content.table[x_name], decimal, missing)
        y, bad_y = parsing.numbers(door.content.table[y_name], decimal, missing)
        # One without the other is as bad; both zero is how programs write that they know nothing.
        door.refuse(bad_x | bad_y | (np.isnan(x) != np.isnan(y)), "bad_coordinates")
    located = ~np.isnan(x) & ~np.isnan(y) & ~((x == 0) & (y == 0)) & ~vague
    commune = np.full(size, None, dtype=object)
    said = np.zeros(size, bool)
    if table.commune is not None:
        commune, said = place.commune_codes(door.column(table.commune), door.territory)
    door.refuse(~located & ~said, "no_place")
    door.refuse(~located & pd.isna(commune), "unknown_commune")
    crs = (door.content.crs or "EPSG:4326") if from_geometry else table.crs
    commune[located] = None
    cells = place.base_cells(np.where(located, x, np.nan), np.where(located, y, np.nan), crs, door.territory)
    door.refuse(located & ~cells.inside, "outside_territory")
    return {
        "base_e": pd.arrays.IntegerArray(cells.e, ~cells.inside),
        "base_n": pd.arrays.IntegerArray(cells.n, ~cells.inside),
        "commune": commune,
    }


def _words(door: Door, table: Words, empty: str | None = None) -> npt.NDArray[np.object_]:
    if table.column is None:
        return np.full(door.verdicts.size, table.constant, dtype=object)
    column = door.column(table.column)
    return column.spread(parsing.words(column.distinct, table), table.empty or empty)


def _outcomes(door: Door, day: npt.NDArray[np.datetime64]) -> dict[str, npt.NDArray[np.datetime64]]:
    table = door.mapping.outcomes
    days = {name: np.full(day.shape, np.datetime64("NaT"), "datetime64[us]") for name in reports.OUTCOME_COLUMNS}
    for outcome, source in table.columns.items():
        column = door.column(source)
        formats = table.formats or door.mapping.day.formats
        read = parsing.days(column.distinct, formats, door.mapping.day.timezone)
        then = column.spread(read, np.datetime64("NaT"))
        door.refuse(np.isnat(then) & (column.codes != parsing.MISSING), "bad_outcome_day")
        door.refuse(then < day, "outcome_before_report")
        door.refuse(then > np.datetime64(door.today, "us"), "future_outcome")
        days[f"{outcome}_day"] = then
    return days


def _frame(hashes: Any, columns: dict[str, Any], rows: npt.NDArray[np.int64]) -> pd.DataFrame:  # noqa: ANN401
    taken = {name: values[rows] for name, values in columns.items()}
    texts = {name: values for name, values in taken.items() if values.dtype == object}
    # Through Arrow: pandas would look at each Python string of an object array, several times over.
    table = pa.table({"source_hash": hashes} | {k: pa.array(v, pa.string()) for k, v in texts.items()})
    frame = table.to_pandas()
    for name in taken.keys() - texts.keys():
        frame[name] = taken[name]
    return reports.conform(frame)
