"""The ladder's own logic: what follows from its saying nothing (DESIGN section 5).

Everybody knows the rungs, the ground, the floor and the facts, so everybody can list the groups that met the floor when
their turn came and were not sealed. Such a group holds fewer than k, or one of the counts at which hold-back would have
refused it. The list is made here from the release and the territory alone; which counts hold-back refuses, the attacker
learns by running the program, which is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analytics.disclosure import holdback, ladder, linking
from analytics.disclosure.linked import Line
from analytics.disclosure.policy import Policy
from analytics.release import BREAKDOWN, Release, closing_month
from analytics.territory import Territory
from tests.attacks.program import Program
from tests.attacks.sight import LENGTHS, Ground, Numbers, Sight, atoms_of, cut, ground_of, names_of

NOISE = 1e-6
FAR = 6
"""Of a group that no fact bounds, counts over so many times k are not asked of hold-back: they are allowed."""
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Silence:
    """A group that met the floor and was not sealed.

    Attributes
    ----------
    table, month, rung, area
        The table, the number of the month that closed, of the rung, and of the area among its level's sorted ids.
    atoms
        Numbers of its atoms that were not sealed before.
    """

    table: str
    month: int
    rung: int
    area: int
    atoms: Numbers


def silences(said: Release, territory: Territory) -> list[Silence]:
    """Give every group of every table that met the floor when its turn came and was not sealed."""
    ground = ground_of([said], territory)
    floor = float(said.manifest["policy"]["min_inhabitants"])
    closed = ground.months.get_indexer(pd.PeriodIndex(closing_month(said.facts)))
    found: list[Silence] = []
    for table, rungs in said.manifest["policy"]["tables"].items():
        if table == BREAKDOWN:
            continue  # of attributes, see ``attributes``
        taken = np.zeros(ground.shape, dtype=bool)
        for month, (rung, (level, period)) in _turns(ground, rungs):
            facts = said.facts[
                (said.facts["table"] == table).to_numpy()
                & (closed == month)
                & (said.facts["area_level"] == level).to_numpy()
                & (said.facts["period_level"] == period).to_numpy()
            ]
            window = slice(max(0, month - LENGTHS[period] + 1), month + 1)
            owner, names = ground.areas(level), names_of(ground, level, territory)
            rank = np.argsort(np.argsort(names.astype(str)))
            sealed = np.isin(names, facts["area"].to_numpy(dtype=object))
            silent = _met(ground, owner, taken[:, window], floor) & ~sealed
            for area, atoms in _left(owner, taken[:, window], silent):
                place = atoms // taken[:, window].shape[1] * ground.shape[1] + atoms % taken[:, window].shape[1]
                found.append(Silence(table, month, rung, int(rank[area]), place + window.start))
            taken[:, window] |= (sealed[owner] & (owner >= 0))[:, None]
    return found


def _turns(ground: Ground, rungs: list[tuple[str, str]]) -> Iterator[tuple[int, tuple[int, tuple[str, str]]]]:
    """Months as they close, and for each the rungs whose period ends with it."""
    for number, month in enumerate(ground.months):
        for rung in enumerate(rungs):
            if month.month % LENGTHS[rung[1][1]] == 0:
                yield number, rung


def _left(owner: Numbers, taken: NDArray[np.bool_], silent: NDArray[np.bool_]) -> Iterator[tuple[int, Numbers]]:
    """Atoms (flat, in the period) that are left of each silent area."""
    left = np.flatnonzero(~taken & (silent[owner] & (owner >= 0))[:, None])
    if not len(left):
        return
    area = owner[left // taken.shape[1]]
    order = np.argsort(area, kind="stable")
    areas, first = np.unique(area[order], return_index=True)
    yield from zip(areas.tolist(), np.split(left[order], first[1:]), strict=True)


def _met(ground: Ground, owner: Numbers, taken: NDArray[np.bool_], floor: float) -> NDArray[np.bool_]:
    """Which areas have ground left, and on it enough people in every month in which any is left."""
    areas = int(owner.max()) + 1
    fewest = np.full(areas, np.inf)
    for month in range(taken.shape[1]):
        left = ~taken[:, month] & (owner >= 0)
        people = np.bincount(owner[left], weights=ground.people[left], minlength=areas)
        any_left = np.bincount(owner[left], minlength=areas) > 0
        fewest = np.where(any_left, np.minimum(fewest, people), fewest)
    met: NDArray[np.bool_] = np.isfinite(fewest) & (fewest + NOISE >= floor)
    return met


def bound_by(silent: list[Silence], withheld: pd.DataFrame, months: pd.PeriodIndex) -> list[Silence]:
    """Leave out what the audit withheld, or chose not to try: nothing follows from the silence of such a group.

    Parameters
    ----------
    withheld
        Columns table, attribute, month, rung, area. Only the vault knows them.
    """
    withheld = withheld[withheld["attribute"] == ""]
    number = months.get_indexer(pd.PeriodIndex(withheld["month"], freq="M"))
    rows = zip(withheld["table"], number, withheld["rung"], withheld["area"], strict=True)
    held = {(str(table), int(month), int(rung), int(area)) for table, month, rung, area in rows}
    return [s for s in silent if (s.table, s.month, s.rung, s.area) not in held]


def matrix(silent: list[Silence], ground: Ground) -> sparse.csr_array:
    """Atoms of each group, (groups x atoms)."""
    columns = np.concatenate([*(s.atoms for s in silent), np.empty(0, dtype=np.int64)]).astype(np.int64)
    pointer = np.concatenate([[0], np.cumsum([len(s.atoms) for s in silent])]).astype(np.int64)
    return sparse.csr_array((np.ones(len(columns)), columns, pointer), shape=(len(silent), np.prod(ground.shape)))


def most(rows: sparse.csr_array, said: Release, ground: Ground) -> NDArray[np.float64]:
    """What the facts of one table allow each group at most, the best table for each; inf where none covers it."""
    best = np.full(rows.shape[0], np.inf)
    facts = said.facts[said.facts["attribute"] == ""].assign(source=0)
    for table in facts["table"].unique():
        mine = facts[facts["table"] == table]
        shared = sparse.csr_array(rows @ atoms_of(mine, ground).T)
        covered = np.asarray(shared.sum(axis=1)).ravel() == np.diff(rows.indptr)
        shared.data[:] = 1.0
        best = np.where(covered, np.minimum(best, shared @ mine["n"].to_numpy(dtype=np.float64)), best)
    return best


@dataclass(frozen=True, eq=False)
class Rules:
    """What follows from silence: matrix (rules x atoms), and for each rule the ranges in which its sum lies."""

    sums: sparse.csr_array
    ranges: list[Ranges]


def within(known: Rules, held: NDArray[np.float64]) -> bool:
    """Whether what groups hold obeys every rule."""
    return all(any(low <= n <= high for low, high in ranges) for n, ranges in zip(held, known.ranges, strict=True))


def rules(said: Release, territory: Territory, withheld: pd.DataFrame, *, within: float = np.inf) -> Rules:
    """Give the rules of all tables: fewer than k, or a count at which hold-back would have refused the group.

    Rules that the facts of one table imply are left out, and so are those that a larger group of fewer than k implies.

    Parameters
    ----------
    said, territory
        What everybody has.
    withheld
        What the audit withheld, from the vault. The attacker of the promise knows that groups can be withheld: he may
        not take such a group for a silent one.
    within
        Leave out groups that the facts allow more than so many times k: on a large ground the counts at which hold-back
        would have refused them take long to work out. Fewer rules make an attacker weaker, never wrong.
    """
    policy, ground = Policy.model_validate(said.manifest["policy"]), ground_of([said], territory)
    silent = bound_by(silences(said, territory), withheld, ground.months)
    sums = matrix(silent, ground)
    limits = most(sums, said, ground)
    tables = _tables(said, policy, territory, withheld)
    open_ = (limits >= policy.k) & (limits <= within * policy.k)
    size = np.diff(sums.indptr)
    ranges: dict[int, Ranges] = {}
    for rule in np.argsort(-size, kind="stable").tolist():
        if open_[rule]:
            ranges[rule] = allowed(silent[rule], limits[rule], tables[silent[rule].table])
            if len(ranges[rule]) == 1:
                mark = np.zeros(sums.shape[1])
                mark[silent[rule].atoms] = 1.0
                open_ &= sums @ mark < size
    return Rules(sums[list(ranges)], list(ranges.values()))


def allowed(group: Silence, limit: float, table: ladder.Table) -> Ranges:
    """Counts that a silent group may hold, as ranges, up to the limit that the facts set."""
    last = int(limit) if np.isfinite(limit) else FAR * table.k
    ranges = [(0, table.k - 1)]
    for count in holdback.refused_counts(table, group.month, group.rung, group.area, last):
        if count == ranges[-1][1] + 1 and len(ranges) > 1:
            ranges[-1] = (ranges[-1][0], count)
        else:
            ranges.append((count, count))
    if not np.isfinite(limit):
        ranges.append((last + 1, 100 * last))
    return tuple(ranges)


def _tables(said: Release, policy: Policy, territory: Territory, withheld: pd.DataFrame) -> dict[str, ladder.Table]:
    """The program's own state of each table of episodes, brought about by the facts."""
    lines = replayed(said, policy, territory, withheld)
    return {line.name: line.table for line in lines if not line.attribute}


def replayed(said: Release, policy: Policy, territory: Territory, withheld: pd.DataFrame) -> list[Line]:
    """The program's own state of every table, of each attribute too, brought about by the facts."""
    months = ground_of([said], territory).months
    lines = linking.lines_of(policy, territory, months=len(months), offset=months[0].month - 1)
    closed = months.get_indexer(pd.PeriodIndex(closing_month(said.facts)))
    for line in lines:
        mine = ((said.facts["table"] == line.name) & (said.facts["attribute"] == line.attribute)).to_numpy()
        told: dict[int, dict[int, int]] = {}
        rungs = [(r.area_level, r.period_level) for r in line.table.rungs]
        columns = [said.facts.loc[mine, name] for name in ("area_level", "period_level", "area", "value", "n")]
        for month, level, period, area, value, n in zip(closed[mine], *columns, strict=True):
            moment = line.table.moment(int(month), rungs.index((level, period)))
            place = line.table.ground.areas[level].index(area)  # of an attribute every zone stands there once a value
            place += line.values.index(value) if line.attribute else 0  # noqa: PD011 - not a frame's
            told.setdefault(moment, {})[place] = int(n)
        here = withheld[(withheld["table"] == line.name) & (withheld["attribute"] == line.attribute)]
        number = months.get_indexer(pd.PeriodIndex(here["month"], freq="M"))
        held: dict[int, set[tuple[int, int]]] = {}
        for month, rung, area in zip(number, here["rung"], here["area"], strict=True):
            held.setdefault(int(month), set()).add((int(rung), int(area)))
        ladder.replay(line.table, 0, len(months) - 1, told, held)
    return lines


def program(sight: Sight, known: Rules, *, whole: bool = True) -> Program:
    """The facts, and the rules: each sum lies in one of its ranges.

    Parameters
    ----------
    sight
        Read with the same rules (``look``).
    known
        The rules.
    """
    _, chosen = np.unique(sight.owner.ravel(), return_index=True)
    return either_or(sight.sums, sight.counts, Rules(cut(known.sums, chosen), known.ranges), whole=whole)


def either_or(
    facts: sparse.csr_array, counts: NDArray[np.float64], known: Rules, *, whole: bool = True, cap: float = np.inf
) -> Program:
    """Facts and rules over the same classes; which of its ranges a sum lies in, a variable of 0 or 1 says."""
    sums, ranges = known.sums, known.ranges
    others = [(rule, low, high) for rule, r in enumerate(ranges) for low, high in r[1:]]
    rule = np.array([o[0] for o in others], dtype=np.int64)
    base = np.array([r[0][1] for r in ranges], dtype=np.float64)
    low, high = (np.array([o[side] for o in others], dtype=np.float64) for side in (1, 2))
    shape, place = (len(ranges), len(others)), np.arange(len(others))
    upper = sparse.hstack([sums, sparse.csr_array((base[rule] - high, (rule, place)), shape=shape)])
    lower = sparse.hstack([sums, sparse.csr_array((-low, (rule, place)), shape=shape)])
    one = sparse.hstack(
        [
            sparse.csr_array((len(ranges), sums.shape[1])),
            sparse.csr_array((np.ones(len(others)), (rule, place)), shape=shape),
        ]
    )
    wide = sparse.hstack([facts, sparse.csr_array((facts.shape[0], len(others)))])
    several = np.unique(rule)
    rows = sparse.csr_array(sparse.vstack([wide, upper, lower.tocsr()[several], one.tocsr()[several]], format="csr"))
    least = np.concatenate([counts, np.full(len(base), -np.inf), np.zeros(2 * len(several))])
    greatest = np.concatenate([counts, base, np.full(len(several), np.inf), np.ones(len(several))])
    return Program(rows, least, greatest, sums.shape[1], whole, cap)
