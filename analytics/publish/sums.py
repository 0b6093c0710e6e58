"""Sums of finer facts: one table of a coarser audience on its way, month after month.

A coarser fact adds up finer facts of the same table (for a breakdown, of the same attribute and value) whose ground
and period lie wholly inside its own and that no coarser fact has added up before. What it covers is exactly what those
cover, which its area and period do not tell: it is kept here, on the finer release's own smallest cells, for the attack
on all sums together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import release
from analytics import territory as ground_floor
from analytics.disclosure.ladder import NOISE, UNSEALED, Block
from analytics.publish.finer import lines_of
from analytics.territory import area_of_cells

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray

    from analytics.disclosure.linked import Line
    from analytics.disclosure.policy import Policy
    from analytics.publish.finer import Finer, Told
    from analytics.territory import Territory

    Numbers = NDArray[np.int64]

NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Sums:
    """The finer facts of one table (of one attribute), and the state of the coarser ladder that adds them up.

    Attributes
    ----------
    line
        The coarser table: ``line.table.sealed`` says which coarser fact covers each atom, on the finer cells.
    n, reports
        (facts,) episodes and reports of each finer fact.
    first, last, closed
        (facts,) numbers of its first and last month and of the month at whose closing it was sealed.
    atoms
        For each fact the atoms of the table that it covers, flat numbers (unit x months + month).
    parent
        For each area level of the coarser ladder, the (facts,) area that holds each fact wholly; -1 for none.
    people
        (facts, months) inhabitants of the ground that each fact covers in a month; NaN where it covers none.
    """

    line: Line
    n: Numbers
    reports: Numbers
    first: Numbers
    last: Numbers
    closed: Numbers
    atoms: list[Numbers]
    parent: dict[str, Numbers]
    people: NDArray[np.float64]

    def added_up(self, moment: int, area: int) -> Numbers:
        """Finer facts that an area's coarser fact of a moment adds up."""
        table = self.line.table
        level = table.rungs[moment % len(table.rungs)].area_level
        return np.flatnonzero((self._sealed() == moment) & (self.parent[level] == area))

    def waiting(self) -> NDArray[np.bool_]:
        """Whether no coarser fact has added up each finer one."""
        still: NDArray[np.bool_] = self._sealed() == UNSEALED
        return still

    def _sealed(self) -> NDArray[np.int32]:
        anchor = np.array([atoms[0] for atoms in self.atoms], dtype=np.int64)
        return self.line.table.sealed.ravel()[anchor]


def open_sums(finer: Finer, policy: Policy, territory: Territory) -> list[Sums]:
    """Lay out the finer facts of every table that the coarser policy names, with nothing added up yet."""
    lines = lines_of(policy, finer.cell_m, finer.months, territory)
    return [_sums_of(line, finer.told[line.name, line.attribute], finer, territory) for line in lines]


def _sums_of(line: Line, told: Told, finer: Finer, territory: Territory) -> Sums:
    facts, months = told.facts, finer.months
    cells = ground_floor.ground(territory, finer.cell_m)
    return Sums(
        line,
        facts["n"].to_numpy(dtype=np.int64),
        facts["reports"].fillna(0).to_numpy(dtype=np.int64),
        release.month_numbers(facts["period_start"], months),
        release.month_numbers(facts["period_end"], months),
        release.month_numbers(release.closing_month(facts).dt.to_timestamp(), months),
        told.atoms,
        {level: _parents(told, line, level, cells, territory) for level in line.table.ground.areas},
        _people(told.atoms, line),
    )


def _parents(told: Told, line: Line, level: str, cells: pd.DataFrame, territory: Territory) -> Numbers:
    """Area of a level that holds each fact's whole area, whatever it covers of it."""
    values = max(1, len(line.values))
    names = line.table.ground.areas[level][::values]  # a breakdown has every zone once a value
    coarse = pd.Index(names).get_indexer(pd.Index(area_of_cells(cells, level, territory)))
    parent = np.full(len(told.facts), NOWHERE, dtype=np.int64)
    for fine in told.facts["area_level"].unique():
        ends = pd.Series(coarse).groupby(area_of_cells(cells, str(fine), territory).to_numpy()).agg(["min", "max"])
        held = ends["min"].where(ends["min"] == ends["max"], NOWHERE)
        here = (told.facts["area_level"] == fine).to_numpy()
        parent[here] = held.reindex(told.facts["area"].to_numpy()[here]).to_numpy(dtype=np.int64)
    return np.where(parent == NOWHERE, NOWHERE, parent * values + told.value)


def _people(atoms: list[Numbers], line: Line) -> NDArray[np.float64]:
    months = line.table.sealed.shape[1]
    people = np.full((len(atoms), months), np.nan)
    for fact, covered in enumerate(atoms):
        unit, month = np.divmod(covered, months)
        here = np.unique(month)
        people[fact, here] = np.bincount(month, weights=line.table.ground.residents[unit])[here]
    return people


def close_month(sums: Sums, month: int, withheld: Container[tuple[int, int]] = ()) -> list[Block]:
    """Add up what has company now that a month is closed.

    Parameters
    ----------
    sums
        Its ladder is updated in place.
    month
        The month that closes; every earlier one is closed.
    withheld
        ``(rung, area)`` of sums that must not be said.

    Returns
    -------
    list of Block
        In the order of sealing; ``covered`` counts the finer release's cells.
    """
    table, blocks = sums.line.table, []
    for rung in range(len(table.rungs)):
        span = table.period(month, rung)
        if span is None:
            continue
        table.told[table.moment(month, rung)] = {}
        here, n = _company(sums, month, rung, span)
        for area in np.flatnonzero(n >= table.k):
            number = int(area)
            if (rung, number) in withheld:
                continue
            members = np.flatnonzero(here & (sums.parent[table.rungs[rung].area_level] == number))
            fewest = float(_fewest(sums.people[members]))
            if fewest + NOISE >= table.min_inhabitants:
                covered = _seal(sums, month, rung, number, members)
                blocks.append(Block(rung, number, *span, int(n[number]), covered, fewest))
    return blocks


def replay_month(sums: Sums, month: int, told: dict[int, dict[int, int]]) -> bool:
    """Bring the ladder to the state in which the published facts of a month leave it.

    Parameters
    ----------
    sums
        Updated in place; every earlier month is replayed.
    month
        The month.
    told
        For each moment the areas of the published facts, with their episodes.

    Returns
    -------
    bool
        Whether the finer facts give exactly these sums.
    """
    table = sums.line.table
    for rung in range(len(table.rungs)):
        said = told.get(table.moment(month, rung), {})
        span = table.period(month, rung)
        if span is None:
            if said:
                return False
            continue
        table.told[table.moment(month, rung)] = {}
        here, n = _company(sums, month, rung, span)
        for area, published in said.items():
            if n[area] != published:
                return False
            members = np.flatnonzero(here & (sums.parent[table.rungs[rung].area_level] == area))
            _seal(sums, month, rung, area, members)
    return True


def _company(sums: Sums, month: int, rung: int, span: tuple[int, int]) -> tuple[NDArray[np.bool_], Numbers]:
    """Which finer facts a rung may add up, and the episodes of each of its areas."""
    level = sums.line.table.rungs[rung].area_level
    parent = sums.parent[level]
    inside = (sums.first >= span[0]) & (sums.last <= span[1]) & (sums.closed <= month) & (parent != NOWHERE)
    here = inside & sums.waiting()
    areas = len(sums.line.table.ground.areas[level])
    return here, np.bincount(parent[here], weights=sums.n[here], minlength=areas).astype(np.int64)


def _seal(sums: Sums, month: int, rung: int, area: int, members: Numbers) -> int:
    """Write down that a coarser fact adds up these finer ones; give the cell-months that it covers."""
    table = sums.line.table
    moment, covered = table.moment(month, rung), np.concatenate([sums.atoms[fact] for fact in members])
    units, months = np.divmod(covered, table.sealed.shape[1])
    table.sealed[units, months] = moment
    table.told[moment][area] = int(sums.n[members].sum())
    return int(table.ground.cells[units].sum())


def _fewest(people: NDArray[np.float64]) -> np.float64:
    """Inhabitants of the union of disjoint grounds in the month in which they are fewest."""
    covered = ~np.isnan(people).all(axis=0)
    return np.float64(np.nansum(people[:, covered], axis=0).min())
