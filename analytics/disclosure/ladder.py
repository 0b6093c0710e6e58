"""The ladder: episodes leave the vault only in company.

One function closes one month of one table, whatever the table: for each rung whose period ends with that month,
the episodes that still wait are grouped by (area, period), and a group is sealed as a block if it has company, if
the ground that it still covers has enough inhabitants, and if it betrays nothing by itself (``holdback``).

What was decided is a function of what was published: ``replay`` rebuilds the state from the facts alone. That is
what makes the ladder's rule knowable to an attacker, and what makes month after month equal to all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import holdback
from analytics.disclosure.state import (
    MONTHS_IN,
    NOISE,
    UNSEALED,
    Ground,
    Rung,
    Table,
    candidates,
    open_table,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "MONTHS_IN",
    "NOISE",
    "UNSEALED",
    "Block",
    "Ground",
    "Rung",
    "Table",
    "candidates",
    "close_month",
    "open_table",
    "replay",
]


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
