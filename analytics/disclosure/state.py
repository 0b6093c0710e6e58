"""A table's ladder in progress: its ground, its rungs, what is sealed and what met the floor and was not."""

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


@dataclass
class Table:
    """A table's ladder in progress: what was published and, by the rules that do not bind, what was withheld.

    Attributes
    ----------
    ground, rungs, k, min_inhabitants
        The ground, the rungs in the order in which they are tried, and the policy's thresholds.
    offset
        Calendar month (0 = January) of month 0.
    sealed
        (units, months) moment of sealing of each atom; ``UNSEALED`` where it waits.
    unsealed
        For each moment, which areas met the floor and were neither sealed nor withheld by the audit of all tables: the
        ladder's rule speaks of these.
    told
        For each moment, the areas that were sealed and their episodes: the facts.
    members, counts_refused, seen
        What was worked out of the above, so that it is worked out once.
    """

    ground: Ground
    rungs: tuple[Rung, ...]
    k: int
    min_inhabitants: int
    offset: int
    sealed: NDArray[np.int32]
    unsealed: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    told: dict[int, dict[int, int]] = field(default_factory=dict)
    members: dict[str, list[NDArray[np.int64]]] = field(default_factory=dict)
    counts_refused: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = field(default_factory=dict)
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

    def reopen(self, month: int) -> None:
        """Forget all that was decided when this month closed, the last one that did."""
        begins = self.moment(month, 0)
        self.sealed[(self.sealed >= begins) & (self.sealed != UNSEALED)] = UNSEALED
        for known in (self.unsealed, self.told):
            for moment in [m for m in known if m >= begins]:
                del known[moment]
        for worked_out in (self.counts_refused, self.seen):
            for key in [k for k in worked_out if k[0] >= begins]:
                del worked_out[key]

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
