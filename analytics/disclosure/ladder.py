"""The ladder: episodes leave the vault only in company.

One function closes one month of one table, whatever the table: for each rung whose period ends with that month,
the episodes that still wait are grouped by (area, period), and a group is sealed as a block if it has company, if
the ground that it still covers has enough inhabitants, and if it betrays nothing by itself (``holdback``).

What a table's ladder decides is a function of what was published, which makes its rule knowable to an attacker: only
what the audit of all tables withheld is known to the vault alone. ``replay`` rebuilds the state from the two, which
makes month after month equal to all at once.
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
    from collections.abc import Container

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


def close_month(
    table: Table,
    month: int,
    waiting: NDArray[np.integer],
    *,
    withheld: Container[tuple[int, int]] = (),
) -> list[Block]:
    """Seal what may be said now that a month is closed.

    Parameters
    ----------
    table
        Updated in place.
    month
        The month that closes; every earlier one is closed.
    waiting
        (units, months) episodes of each atom, sealed or not; atoms sealed before are ignored, later months too.
    withheld
        ``(rung, area)`` of groups that the audit of all tables together withholds: they wait, and no rule binds them.

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
        moment = table.moment(month, rung)
        company = _company(table, rung, first, last, waiting)
        told = table.told[moment] = {}
        unsealed = table.unsealed[moment] = np.zeros(len(met), dtype=bool)
        for area in np.flatnonzero(met):
            number, n = int(area), int(company[area])
            group = np.ix_(table.units(rung, number), np.arange(first, last + 1))
            before = table.sealed[group]
            if (rung, number) in withheld:
                continue
            if n < table.k or holdback.refuses(table, month, rung, number, n):
                unsealed[number] = True
                continue
            table.sealed[group] = np.where(before == UNSEALED, moment, before)
            told[number] = n
            covered = int((before == UNSEALED).sum(axis=1) @ table.ground.cells[table.units(rung, number)])
            blocks.append(Block(rung, number, first, last, n, covered, float(residents[number])))
    return blocks


def _company(table: Table, rung: int, first: int, last: int, waiting: NDArray[np.integer]) -> NDArray[np.int64]:
    """Episodes of each area of a rung's level that still wait in a period."""
    level = table.rungs[rung].area_level
    window = slice(first, last + 1)
    still = np.where(table.sealed[:, window] == UNSEALED, waiting[:, window], 0).sum(axis=1)
    company = np.bincount(table.ground.area_of[level], weights=still, minlength=len(table.ground.areas[level]))
    return company.astype(np.int64)


def _tried(met: NDArray[np.bool_], rung: int, left_out: Container[tuple[int, int]]) -> NDArray[np.bool_]:
    """Leave out the groups of which nothing follows from their silence."""
    tried = met.copy()
    for area in np.flatnonzero(met):
        tried[area] = (rung, int(area)) not in left_out
    return tried


def replay(
    table: Table,
    first: int,
    through: int,
    published: dict[int, dict[int, int]],
    withheld: dict[int, set[tuple[int, int]]] | None = None,
) -> None:
    """Bring a table to the state in which the published facts leave it.

    Parameters
    ----------
    table
        As from ``open_table``; updated in place.
    first, through
        First and last month that close: all closed ones, or the next.
    published
        For each moment the areas that were sealed then, with their episodes.
    withheld
        For each month the groups that the audit withheld.
    """
    for month in range(first, through + 1):
        for rung in range(len(table.rungs)):
            found = candidates(table, month, rung)
            if found is not None:
                met = _tried(found[3], rung, (withheld or {}).get(month, ()))
                _settle(table, month, rung, met, published.get(table.moment(month, rung), {}))


def _settle(table: Table, month: int, rung: int, met: NDArray[np.bool_], told: dict[int, int]) -> None:
    """Write down what a rung sealed, and which groups met the floor and were not sealed."""
    span = table.period(month, rung)
    if span is None:
        return
    moment = table.moment(month, rung)
    sealed_now = np.zeros(len(met), dtype=bool)
    sealed_now[list(told)] = True
    owner = table.ground.area_of[table.rungs[rung].area_level]
    window = table.sealed[:, span[0] : span[1] + 1]
    window[sealed_now[owner][:, None] & (window == UNSEALED)] = moment
    table.unsealed[moment] = met & ~sealed_now
    table.told[moment] = dict(told)
