"""What has been said: every number ever published, and the manifest that describes them.

A release is a folder: ``manifest.json`` and ``facts.parquet``. It is all that the dashboard and the notebooks read.
Vintages are only ever added; a fact once published is never changed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analytics import reports as vocabulary
from analytics import territory as ground_floor
from analytics.territory import area_of_cells

if TYPE_CHECKING:
    from analytics.territory import Territory

FORMAT_VERSION: Final = 1
MANIFEST, FACTS = "manifest.json", "facts.parquet"
NEXT: Final = ".next"
BREAKDOWN: Final = "breakdown"
"""The table whose facts have an attribute and a value; those of all others have none."""

COLUMNS: Final[dict[str, str]] = {
    "table": "str",
    "vintage": "int64",
    "order": "int64",
    "area": "str",
    "area_level": "str",
    "period_start": "str",
    "period_end": "str",
    "period_level": "str",
    "attribute": "str",
    "value": "str",
    "n": "int64",
    "covered": "int64",
    "residents": "int64",
    "reports": "Int64",
}
"""The columns of ``facts.parquet``, one row a published number.

``order`` is the closing month as YYYYMM times a million, plus the place in that month's publication. ``residents`` are
the inhabitants of the covered ground in the month in which they are fewest, rounded down. ``attribute`` and ``value``
are empty but in the table ``breakdown``, whose facts speak of the episodes, or of the outcomes, of one value.
"""

ORDERS_A_MONTH: Final = 1_000_000
ATTEMPTS: Final = 5


class ReleaseError(Exception):
    """The release cannot be used; the message is a sentence to show, with what to do."""


@dataclass(frozen=True, eq=False)
class Release:
    """A release that was read and whose files are those of its manifest.

    Attributes
    ----------
    path
        The folder.
    manifest
        Format version, territory, audience, policy, vintages, audit's verdict, SHA-256 of each file.
    facts
        One row a published number, columns ``COLUMNS``, in the order of sealing.
    """

    path: Path
    manifest: dict[str, Any]
    facts: pd.DataFrame

    @property
    def k(self) -> int:
        """Least number of episodes that a published number stands for."""
        return int(self.manifest["policy"]["k"])

    @property
    def cell_m(self) -> int:
        """Side of the smallest cell, metres."""
        return int(self.manifest["policy"]["cell_m"])


def empty_facts() -> pd.DataFrame:
    """Give a frame of no facts with the right columns and types."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def read(path: str | Path) -> Release:
    """Read a release and check it against its manifest.

    Raises
    ------
    ReleaseError
        No release there, a file that is not the manifest's, or a newer format.
    """
    folder = Path(path)
    for attempt in range(ATTEMPTS):
        manifest = _manifest(folder)
        content = _content(folder, manifest["files"][FACTS])
        if content is not None:
            facts = pd.read_parquet(io.BytesIO(content)).astype(COLUMNS)[list(COLUMNS)]
            return Release(folder, manifest, facts.sort_values("order", ignore_index=True))
        time.sleep(0.05 * attempt)  # a publication that is being written is whole a moment later
    raise ReleaseError(
        f"The release in {folder.name} is damaged or was changed by hand: {FACTS} is not the file that its manifest "
        "describes. Restore the folder from a copy, or publish again into a new one."
    )


def write(path: str | Path, manifest: dict[str, Any], facts: pd.DataFrame) -> None:
    """Write a release so that a reader sees the old one or the new one, whole.

    The facts are laid beside the old ones first; the manifest, replaced in one step, is what makes them valid.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    facts.astype(COLUMNS)[list(COLUMNS)].to_parquet(stream, index=False)
    content = stream.getvalue()
    sealed = manifest | {"files": {FACTS: hashlib.sha256(content).hexdigest()}}
    _put(folder / (FACTS + NEXT), content)
    _put(folder / (MANIFEST + NEXT), (json.dumps(sealed, ensure_ascii=False, indent=2) + "\n").encode())
    (folder / (MANIFEST + NEXT)).replace(folder / MANIFEST)
    (folder / (FACTS + NEXT)).replace(folder / FACTS)


def months(release: Release) -> pd.PeriodIndex:
    """Every closed month of the release, in order."""
    vintages = release.manifest["vintages"]
    if not vintages:
        return pd.PeriodIndex([], freq="M")
    return pd.period_range(vintages[0]["first_month"], vintages[-1]["through"], freq="M")


def withholds(release: Release) -> bool:
    """Whether an audit of all tables together may have kept facts unsaid: then silence bounds nothing for a reader."""
    return "linked_tables" in release.manifest.get("audit", {})


def month_numbers(dates: pd.Series[Any], calendar: pd.PeriodIndex) -> npt.NDArray[np.int64]:
    """Months of dates, counted from the calendar's first; none where the calendar is empty."""
    if not len(calendar):
        return np.empty(0, dtype=np.int64)
    found = pd.PeriodIndex(dates, freq="M")
    return np.asarray((found.year - calendar[0].year) * 12 + found.month - calendar[0].month, dtype=np.int64)


def closing_month(facts: pd.DataFrame) -> pd.Series[Any]:
    """Month at whose closing each fact was sealed (monthly periods), read from ``order``."""
    closed = pd.to_datetime((facts["order"] // ORDERS_A_MONTH).astype("str"), format="%Y%m")
    return closed.dt.to_period("M")


def part(release: Release, facts: pd.DataFrame, told: dict[str, Any]) -> Release:
    """Some of a release's facts, with what its manifest says of them; no longer those of the file that it hashes."""
    manifest = {key: value for key, value in release.manifest.items() if key != "files"}
    return Release(release.path, manifest | told, facts)


def until(release: Release, month: str | pd.Period) -> Release:
    """The release as it was when a month had just been closed: what somebody knew then.

    Parameters
    ----------
    month
        Last closed month.
    """
    last = pd.Period(month, freq="M")
    known = release.facts[(closing_month(release.facts) <= last).to_numpy()].reset_index(drop=True)
    vintages = [v for v in release.manifest["vintages"] if pd.Period(v["first_month"], freq="M") <= last]
    if vintages and pd.Period(vintages[-1]["through"], freq="M") > last:
        vintages = [*vintages[:-1], vintages[-1] | {"through": str(last)}]
    return part(release, known, {"vintages": vintages})


@dataclass(frozen=True, eq=False)
class Atoms:
    """The unknowns that a release's facts add up.

    Attributes
    ----------
    cells
        The territory's smallest cells (``territory.ground``), one unit each.
    zones
        Zone ids; each has one more unit for its unlocated episodes, after the cells.
    months
        Closed months. Atom number = unit x number of months + month.
    """

    cells: pd.DataFrame
    zones: tuple[str, ...]
    months: pd.PeriodIndex

    @property
    def units(self) -> int:
        """Number of cells and unlocated units."""
        return len(self.cells) + len(self.zones)


def atoms(release: Release, territory: Territory) -> Atoms:
    """Give the unknowns of a release: smallest cells and unlocated, by month."""
    cells = ground_floor.ground(territory, release.cell_m)
    return Atoms(cells, tuple(territory.zones.index), months(release))


def incidence(release: Release, territory: Territory, table: str) -> tuple[sparse.csr_array, pd.DataFrame]:
    """Which atoms each fact of a table speaks of.

    A fact adds up the atoms of its area and period that no fact of lower ``order`` in the same table (and the same
    attribute and value) holds. The atoms of ``breakdown`` are those of the fact's value: rows of different attributes
    or values speak of different numbers, which the same column stands for.

    Returns
    -------
    matrix : sparse 0/1 array, (facts, atoms)
    facts : DataFrame
        The table's facts in the order of sealing, one a row of ``matrix``.
    """
    known = atoms(release, territory)
    facts = release.facts[release.facts["table"] == table].sort_values("order", ignore_index=True)
    units = _units_of_areas(known, facts)
    first = month_numbers(facts["period_start"], known.months)
    last = month_numbers(facts["period_end"], known.months)
    width = len(known.months)
    held: dict[tuple[str, str], npt.NDArray[np.bool_]] = {}
    columns = []
    for row, key in enumerate(zip(facts["attribute"], facts["value"], strict=True)):
        taken = held.setdefault(key, np.zeros((known.units, width), dtype=bool))
        here, span = units[row], np.arange(first[row], last[row] + 1)
        free = ~taken[np.ix_(here, span)]
        columns.append((here[:, None] * width + span)[free])
        taken[np.ix_(here, span)] = True
    lengths = [len(c) for c in columns]
    pointer = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    joined = np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
    matrix = sparse.csr_array((np.ones(len(joined)), joined, pointer), shape=(len(facts), known.units * width))
    return matrix, facts


def breakdown(release: Release, attribute: str) -> pd.DataFrame:
    """Facts of one attribute.

    Parameters
    ----------
    attribute
        One of ``reports.BREAKDOWNS``. Attributes are never crossed: each shares out the same episodes anew.

    Returns
    -------
    DataFrame
        One row a fact in the order of sealing: ``area`` (zone), ``period_start``, ``period_end``, ``period_level``,
        ``value``, ``n``. A year's fact holds the quarters that were not said of that value; what has no row is not
        zero, but fewer than k, or held back.

    Raises
    ------
    ValueError
        There is no such attribute.
    """
    if attribute not in vocabulary.BREAKDOWNS:
        raise ValueError(f"There is no attribute {attribute!r}; known are {', '.join(vocabulary.BREAKDOWNS)}.")
    facts = release.facts[(release.facts["table"] == BREAKDOWN) & (release.facts["attribute"] == attribute)]
    return facts.sort_values("order", ignore_index=True)[
        ["area", "period_start", "period_end", "period_level", "value", "n"]
    ]


def nominal_covered(facts: pd.DataFrame, territory: Territory, cell_m: int) -> npt.NDArray[np.int64]:
    """Smallest cells x months of each fact's whole area and period, whatever was sealed before.

    A fact whose ``covered`` is less covers only a part of its nominal ground.
    """
    cells = ground_floor.ground(territory, cell_m)
    start, end = pd.PeriodIndex(facts["period_start"], freq="M"), pd.PeriodIndex(facts["period_end"], freq="M")
    length = (end.year - start.year) * 12 + end.month - start.month + 1
    size = np.zeros(len(facts), dtype=np.int64)
    for level in facts["area_level"].unique():
        here = (facts["area_level"] == level).to_numpy()
        counts = area_of_cells(cells, str(level), territory).value_counts()
        size[here] = counts.reindex(facts["area"].to_numpy()[here]).to_numpy()
    return size * length.to_numpy(dtype=np.int64)


def _units_of_areas(known: Atoms, facts: pd.DataFrame) -> list[npt.NDArray[np.int64]]:
    """Units of each fact's area: cells, and for zones and the whole territory the unlocated too."""
    unlocated = np.arange(len(known.zones)) + len(known.cells)
    zone_of_unit = np.concatenate([known.cells["zone"].to_numpy(dtype=object), np.array(known.zones, dtype=object)])
    members: dict[tuple[str, str], npt.NDArray[np.int64]] = {}
    e, n = known.cells["e"].to_numpy(), known.cells["n"].to_numpy()
    for level in facts["area_level"].unique():
        named = facts.loc[facts["area_level"] == level, "area"].unique()
        if level == "departement":
            members |= {(level, area): np.concatenate([np.arange(len(known.cells)), unlocated]) for area in named}
        elif level == "zone":
            members |= {(level, area): np.flatnonzero(zone_of_unit == area) for area in named}
        else:
            members |= _cells_of_squares(level, named, e, n)
    return [members[key] for key in zip(facts["area_level"], facts["area"], strict=True)]


def _cells_of_squares(
    level: str, named: npt.ArrayLike, e: npt.NDArray[np.int64], n: npt.NDArray[np.int64]
) -> dict[tuple[str, str], npt.NDArray[np.int64]]:
    squares = ground_floor.parse_cell_ids(list(np.asarray(named)))
    size = int(level)
    key = pd.MultiIndex.from_arrays([e // size * size, n // size * size])
    wanted = pd.MultiIndex.from_arrays([squares["e"].to_numpy(), squares["n"].to_numpy()])
    owner = wanted.get_indexer(key)
    return {(level, str(area)): np.flatnonzero(owner == i) for i, area in enumerate(np.asarray(named))}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = int(manifest["format_version"])
    except FileNotFoundError:
        raise ReleaseError(
            f"There is no release in {folder.name}: {MANIFEST} is missing. Publish one, or name another folder."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ReleaseError(
            f"The manifest of the release in {folder.name} cannot be read. Restore the folder from a copy."
        ) from None
    if version > FORMAT_VERSION:
        raise ReleaseError(
            f"The release in {folder.name} has format {version} and this version of Vigie reads {FORMAT_VERSION}. "
            "Update Vigie."
        )
    if FACTS not in manifest.get("files", {}):
        raise ReleaseError(
            f"The manifest of the release in {folder.name} names no facts. Restore the folder from a copy."
        )
    return manifest


def _content(folder: Path, expected: str) -> bytes | None:
    """Bytes of the facts that the manifest describes, wherever a publication left them."""
    for name in (FACTS, FACTS + NEXT):
        try:
            content = (folder / name).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == expected:
            return content
    return None


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
