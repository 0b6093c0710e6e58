"""The ladder: episodes leave the vault only in company.

One function closes one month of one table, whatever the table: for each rung whose period ends with that month,
the episodes that still wait are grouped by (area, period), and a group is sealed as a block if it has company, if
the ground that it still covers has enough inhabitants, and if it betrays nothing by itself (``holdback``).

What was decided is a function of what was published: ``replay`` rebuilds the state from the facts alone. That is
what makes the ladder's rule knowable to an attacker, and what makes month after month equal to all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
UNSEALED = np.iinfo(np.int32).max
NOISE = 1e-6
"""Sums of shares of inhabitants carry rounding noise: a floor met to a millionth of an inhabitant is met."""


@dataclass(frozen=True)
class Ground:
    """The ground of a table: its smallest units and the areas that they form.

    Attributes
    ----------
    residents
        (units,) inhabitants of each unit.
    cells
        (units,) number of smallest cells in each unit: 1 for a cell, more for a zone.
    area_of
        For each area level the area of each unit, (units,) numbers from 0.
    areas
        For each area level the ids of its areas, in the order of those numbers.
    """

    residents: NDArray[np.float64]
    cells: NDArray[np.int64]
    area_of: dict[str, NDArray[np.int64]]
    areas: dict[str, list[str]]

    def members(self, level: str) -> list[NDArray[np.int64]]:
        """Units of each area of a level."""
        owner = self.area_of[level]
        order = np.argsort(owner, kind="stable")
        return np.split(order, np.searchsorted(owner[order], np.arange(1, len(self.areas[level]))))


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: an area level and a period level."""

    area_level: str
    period_level: str


@dataclass(frozen=True)
class Block:
    """A sealed group.

    Attributes
    ----------
    rung, area
        Numbers of the rung in the ladder and of the area in its level.
    first, last
        First and last month of the period, counted from the first month of the calendar, both inclusive.
    n
        Episodes.
    covered
        Smallest cells x months that it covers.
    residents
        Inhabitants of the covered ground, in the month in which they are fewest.
    """

    rung: int
    area: int
    first: int
    last: int
    n: int
    covered: int
    residents: float


@dataclass
class Table:
    """A table's ladder in progress: everything in it can be computed from what was published.

    Attributes
    ----------
    ground, rungs, k, min_inhabitants
        The ground, the rungs in the order in which they are tried, and the policy's thresholds.
    offset
        Calendar month (0 = January) of month 0.
    sealed
        (units, months) moment of sealing of each atom; ``UNSEALED`` where it waits.
    unsealed
        For each moment, which areas met the floor and were not sealed: the ladder's rule speaks of these.
    members, counts_refused, ceilings, seen
        What was worked out of the above, so that it is worked out once.
    """

    ground: Ground
    rungs: tuple[Rung, ...]
    k: int
    min_inhabitants: int
    offset: int
    sealed: NDArray[np.int32]
    unsealed: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    members: dict[str, list[NDArray[np.int64]]] = field(default_factory=dict)
    counts_refused: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    ceilings: dict[tuple[int, int], int] = field(default_factory=dict)
    seen: dict[tuple[int, int], Any] = field(default_factory=dict)

    def moment(self, month: int, rung: int) -> int:
        """Moment at which a rung is tried when a month closes: months first, then rungs."""
        return month * len(self.rungs) + rung

    def period(self, month: int, rung: int) -> tuple[int, int] | None:
        """First and last month of the rung's period that ends with this month, or None.

        A period that begins before the calendar's first month is cut there.
        """
        length = MONTHS_IN[self.rungs[rung].period_level]
        if (month + self.offset + 1) % length:
            return None
        return max(0, month - length + 1), month

    def units(self, rung: int, area: int) -> NDArray[np.int64]:
        """Units of an area of the rung's level."""
        level = self.rungs[rung].area_level
        if level not in self.members:
            self.members[level] = self.ground.members(level)
        return self.members[level][area]


def open_table(
    ground: Ground, rungs: Iterable[tuple[str, str]], *, k: int, min_inhabitants: int, months: int, offset: int = 0
) -> Table:
    """Begin a table in which nothing was published.

    Parameters
    ----------
    ground
        The table's ground.
    rungs
        ``(area level, period level)`` in the order in which they are tried.
    k, min_inhabitants
        The policy's thresholds.
    months
        Number of months of the calendar.
    offset
        Calendar month (0 = January) of month 0.
    """
    steps = tuple(Rung(area, period) for area, period in rungs)
    sealed = np.full((len(ground.residents), months), UNSEALED, dtype=np.int32)
    return Table(ground, steps, k, min_inhabitants, offset, sealed)


def candidates(table: Table, month: int, rung: int) -> tuple[int, int, NDArray[np.float64], NDArray[np.bool_]] | None:
    """Months of the rung's period, and for each of its areas the inhabitants left and whether they meet the floor.

    Returns
    -------
    first, last, residents, met
        ``residents`` (areas,) are those of the ground left in the month in which they are fewest; ``met`` (areas,)
        is False where nothing is left. None when the rung's period does not end with this month.
    """
    span = table.period(month, rung)
    if span is None:
        return None
    level = table.rungs[rung].area_level
    owner, areas = table.ground.area_of[level], len(table.ground.areas[level])
    fewest = np.full(areas, np.inf)
    for m in range(span[0], span[1] + 1):
        left = table.sealed[:, m] == UNSEALED
        here = np.bincount(owner[left], minlength=areas) > 0
        people = np.bincount(owner[left], weights=table.ground.residents[left], minlength=areas)
        fewest = np.where(here, np.minimum(fewest, people), fewest)
    left_somewhere = np.isfinite(fewest)
    met = left_somewhere & (fewest + NOISE >= table.min_inhabitants)
    return span[0], span[1], np.where(left_somewhere, fewest, 0.0), met


def close_month(table: Table, month: int, waiting: NDArray[np.integer]) -> list[Block]:
    """Seal what may be said now that a month is closed.

    Parameters
    ----------
    table
        Updated in place.
    month
        The month that closes; every earlier one is closed.
    waiting
        (units, months) episodes of each atom, sealed or not; atoms sealed before are ignored, later months too.

    Returns
    -------
    list of Block
        In the order of sealing.
    """
    from analytics.disclosure import holdback  # noqa: PLC0415 - holdback reads tables

    blocks: list[Block] = []
    for rung in range(len(table.rungs)):
        found = candidates(table, month, rung)
        if found is None:
            continue
        first, last, residents, met = found
        owner = table.ground.area_of[table.rungs[rung].area_level]
        window = slice(first, last + 1)
        still = np.where(table.sealed[:, window] == UNSEALED, waiting[:, window], 0).sum(axis=1)
        company = np.bincount(owner, weights=still, minlength=len(met)).astype(np.int64)
        sealed_now = np.zeros(len(met), dtype=bool)
        for area in np.flatnonzero(met & (company >= table.k)):
            if holdback.refuses(table, month, rung, int(area), int(company[area])):
                continue
            sealed_now[area] = True
            covered = int(_left(table, rung, int(area), first, last) @ table.ground.cells[table.units(rung, int(area))])
            blocks.append(Block(rung, int(area), first, last, int(company[area]), covered, float(residents[area])))
        _settle(table, month, rung, met, sealed_now)
    return blocks


def replay(table: Table, through: int, published: dict[int, NDArray[np.int64]]) -> None:
    """Bring a table to the state in which the published facts leave it.

    Parameters
    ----------
    table
        As from ``open_table``; updated in place.
    through
        Last closed month.
    published
        For each moment the areas that were sealed then.
    """
    for month in range(through + 1):
        for rung in range(len(table.rungs)):
            found = candidates(table, month, rung)
            if found is None:
                continue
            sealed_now = np.zeros(len(found[3]), dtype=bool)
            sealed_now[published.get(table.moment(month, rung), np.empty(0, dtype=np.int64))] = True
            _settle(table, month, rung, found[3], sealed_now)


def _left(table: Table, rung: int, area: int, first: int, last: int) -> NDArray[np.int64]:
    """Months of the period in which each unit of the area is not sealed."""
    left: NDArray[np.int64] = (table.sealed[table.units(rung, area), first : last + 1] == UNSEALED).sum(axis=1)
    return left


def _settle(table: Table, month: int, rung: int, met: NDArray[np.bool_], sealed_now: NDArray[np.bool_]) -> None:
    """Write down what a rung sealed, and which groups met the floor and were not sealed."""
    span = table.period(month, rung)
    if span is None:
        return
    moment = table.moment(month, rung)
    owner = table.ground.area_of[table.rungs[rung].area_level]
    window = table.sealed[:, span[0] : span[1] + 1]
    window[sealed_now[owner][:, None] & (window == UNSEALED)] = moment
    table.unsealed[moment] = met & ~sealed_now
