"""Groups of the ladder that were tried and not sealed: from the policy and the facts alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics.told import MONTHS_IN
from analytics.territory import area_of_cells

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Atoms, Release
    from analytics.territory import Territory

NONE: Final = -1
NEVER: Final = np.iinfo(np.int64).max
RUNGS_A_MONTH: Final = 100
NOISE: Final = 1e-6
"""What is added to inhabitants before they are compared with the floor, as the ladder does."""


@dataclass(frozen=True, eq=False)
class Unsealed:
    """Groups that were tried and not sealed.

    Attributes
    ----------
    group
        (atoms, rungs) number of the group that holds an atom, ``NONE`` (-1) for none.
    groups
        How many there are.
    """

    group: npt.NDArray[np.int32]
    groups: int


def of(release: Release, territory: Territory, known: Atoms, tables: tuple[str, ...]) -> Unsealed:
    """Find the groups that met the floor when their period closed, and of which no fact was made.

    Parameters
    ----------
    release, territory
        Whose policy names the rungs.
    known
        Its atoms.
    tables
        Tables without attributes.

    Returns
    -------
    Unsealed
        A group holds the atoms of its area and period that no earlier fact of its table holds.
    """
    months = known.months
    residents = np.concatenate([known.cells["residents"].to_numpy(dtype=np.float64), np.zeros(len(known.zones))])
    floor = int(release.manifest["policy"]["min_inhabitants"])
    columns: list[npt.NDArray[np.int32]] = []
    groups = 0
    for table in tables:
        rungs = [tuple(rung) for rung in release.manifest["policy"]["tables"].get(table, [])]
        sealed = _moment_of_sealing(release, territory, table, rungs)
        for number, (level, period) in enumerate(rungs):
            closes, of_month = _periods(months, MONTHS_IN[period])
            moment = closes * RUNGS_A_MONTH + number
            area = _areas(known, level, territory)
            left = (sealed >= moment) & (closes < len(months)) & (area >= 0)[:, None]
            key = np.maximum(area, 0)[:, None] * (int(of_month.max(initial=0)) + 1) + of_month
            silent = _tried(residents, key, left, floor) & ~_holding(key, left & (sealed == moment))
            here = left & silent[key]
            column = np.full(left.shape, NONE, dtype=np.int32)
            names, place = np.unique(key[here], return_inverse=True)
            column[here] = place + groups
            groups += len(names)
            columns.append(column.ravel())
    shape = len(columns), known.units * len(months)
    return Unsealed(np.ascontiguousarray(np.array(columns, dtype=np.int32).reshape(shape).T), groups)


def _areas(known: Atoms, level: str, territory: Territory) -> npt.NDArray[np.int64]:
    """(units,) number of the area of a level that a unit lies in; -1 for the unlocated, that lie in no cell."""
    names = area_of_cells(known.cells, level, territory).to_numpy(dtype=object)
    if level == "departement":
        nowhere = np.full(len(known.zones), territory.code, dtype=object)
    elif level == "zone":
        nowhere = np.array(known.zones, dtype=object)
    else:
        nowhere = np.full(len(known.zones), None, dtype=object)
    return pd.factorize(np.concatenate([names, nowhere]))[0].astype(np.int64)


def _periods(months: pd.PeriodIndex, length: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each month, the number of the month that closes its period, and the number of the period."""
    offset = months[0].month - 1 if len(months) else 0
    period = (np.arange(len(months)) + offset) // length
    return (period + 1) * length - 1 - offset, period


def _moment_of_sealing(
    release: Release, territory: Territory, table: str, rungs: list[tuple[str, str]]
) -> npt.NDArray[np.int64]:
    """(units, months) closing month and rung of the fact that holds an atom, as one number; ``NEVER`` for none."""
    matrix, facts = said.incidence(release, territory, table)
    months = said.months(release)
    number = {rung: i for i, rung in enumerate(rungs)}
    levels = zip(facts["area_level"], facts["period_level"], strict=True)
    rung = [number.get(key, len(rungs)) for key in levels]  # a rung that the policy does not name was tried last
    moment = said.month_numbers(facts["period_end"], months) * RUNGS_A_MONTH + np.array(rung, dtype=np.int64)
    found = np.full(matrix.shape[1], NEVER)
    found[matrix.indices] = np.repeat(moment, np.diff(matrix.indptr))
    return found.reshape(-1, len(months)) if len(months) else found.reshape(matrix.shape[1], 0)


def _tried(
    residents: npt.NDArray[np.float64], key: npt.NDArray[np.int64], left: npt.NDArray[np.bool_], floor: int
) -> npt.NDArray[np.bool_]:
    """(groups,) whether the ground that was left met the floor in every month in which any was left."""
    size, width = int(key.max(initial=-1)) + 1, key.shape[1]
    monthly = (key * width + np.arange(width))[left]
    people = np.bincount(monthly, weights=np.repeat(residents[:, None], width, axis=1)[left], minlength=size * width)
    some = np.bincount(monthly, minlength=size * width) > 0
    fewest = np.where(some, people, np.inf).reshape(size, width).min(axis=1, initial=np.inf)
    met: npt.NDArray[np.bool_] = np.isfinite(fewest) & (fewest + NOISE >= floor)
    return met


def _holding(key: npt.NDArray[np.int64], atoms: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """(groups,) whether a group holds one of the atoms."""
    return np.bincount(key[atoms], minlength=int(key.max(initial=-1)) + 1) > 0
