"""What the attacker looks at: every group of atoms in which 1 to k - 1 episodes would point at somebody.

Every aligned cell of any ladder size and every zone by month, quarter and year; every unknown; and every leftover, the
difference between facts of one table and disjoint facts of others inside them. Leftovers and unknowns count where
fewer than ``crowd`` people live. Of attributes every value in each zone, and what is told of none.

An unknown that lies only partly inside a group can be thought to lie outside, or inside: a group holds at least what
the unknowns wholly inside it hold, and at most what all that touch it hold. So a group is a pair of sums of unknowns,
and equal ones are attacked once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.knowledge import Knowledge
    from analytics.disclosure.linked import Line, Linked

PERIODS = (1, 3, 12)


def aligned(known: Knowledge, linked: Linked, offset: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Cells of every ladder size and zones, by month, quarter and year.

    Returns
    -------
    inside, touching
        0/1 matrices (groups x variables): unknowns wholly inside each group, and all that touch it. Groups that hold
        no unknown wholly can be empty and are left out.
    """
    size = np.bincount(known.owner.ravel(), minlength=known.variables)
    month = offset + np.arange(known.first, known.last + 1)
    inside, touching = [], []
    for area in linked.areas_of.values():
        for length in PERIODS:
            period = month // length - month[0] // length
            group = area[:, None] * (period[-1] + 1) + period[None, :]
            here = np.broadcast_to(area[:, None] >= 0, group.shape)
            pairs, held = np.unique(group[here] * len(size) + known.owner[here], return_counts=True)
            place, unknown = np.divmod(pairs, len(size))
            whole = held == size[unknown]
            shape = (int(place.max(initial=-1)) + 1, len(size))
            inside.append(sparse.csr_array((np.ones(int(whole.sum())), (place[whole], unknown[whole])), shape=shape))
            touching.append(sparse.csr_array((np.ones(len(place)), (place, unknown)), shape=shape))
    both = distinct(sparse.csr_array(sparse.hstack([_below(inside), _below(touching)], format="csr")))
    least, most = sparse.csr_array(both[:, : len(size)]), sparse.csr_array(both[:, len(size) :])
    some = np.flatnonzero(np.diff(least.indptr) > 0)
    return sparse.csr_array(least[some]), sparse.csr_array(most[some])


def _below(rows: list[sparse.csr_array]) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack(rows, format="csr"))


def leftovers(known: Knowledge, linked: Linked, lines: Sequence[Line]) -> sparse.csr_array:
    """Unknowns of episodes, and differences between facts, on ground where fewer than ``crowd`` people live.

    Of facts of one release those of its other tables are taken in every order; of facts of different releases, those of
    one table of the other.

    Returns
    -------
    sparse 0/1 matrix (groups x variables)
    """
    table = np.array([group.line for group in known.said])
    of_table = {
        int(number): known.facts[np.flatnonzero(table == number)]
        for number in np.unique(table)
        if not lines[int(number)].attribute
    }
    rows = [sparse.eye_array(known.unknowns, known.variables, format="csr"), _alike(known)]
    facts = {number: _Facts.of(held) for number, held in of_table.items()}
    for number, held in of_table.items():
        others = {other: inside for other, inside in facts.items() if other != number}
        beside = {other for other in others if lines[other].release != lines[number].release}
        rows += _remains(held, {other: inside for other, inside in others.items() if other not in beside})
        rows += [_without(held, others[other]) for other in beside]
    found = distinct(sparse.vstack(rows, format="csr"))
    return found[_residents(known, linked, found) < linked.crowd]


def _alike(known: Knowledge) -> sparse.csr_array:
    """Unknowns of episodes that are one to an attacker who can tell less apart.

    To whoever has the facts alone, what only rules tell apart is one; and what lies in several zones that nothing tells
    apart is one to everybody who asks nothing of attributes. Where these are told, each is one within each shortest
    period of theirs, and over all of them.
    """
    rng = np.random.default_rng(5)
    rules = _below([known.facts, known.rules, known.refused])
    zone = rng.integers(1, 2**62, size=int(known.zone.max(initial=0)) + 1, dtype=np.int64)[known.zone]
    bucket = np.zeros(known.unknowns, dtype=np.int64)
    for family in known.families[:1]:
        _, atom = np.unique(known.owner.ravel(), return_index=True)
        tag = rng.integers(1, 2**62, size=family.buckets, dtype=np.int64)
        bucket = tag[family.bucket_of[atom % known.owner.shape[1]]]
    rows = []
    for sums in (known.facts, rules):
        spoken = sparse.csc_array(sums[:, : known.unknowns])
        tags = rng.integers(1, 2**62, size=spoken.shape[0], dtype=np.int64)
        marks = np.zeros(known.unknowns, dtype=np.int64)
        np.add.at(marks, np.repeat(np.arange(known.unknowns), np.diff(spoken.indptr)), tags[spoken.indices])
        apart = (marks, marks + zone, marks + bucket, marks + zone + bucket)
        rows += [_named(label, np.arange(known.unknowns), known.variables) for label in apart]
    return _below(rows)


@dataclass(frozen=True, eq=False)
class _Facts:
    """Facts of a table, also as (variables x facts), and how many variables each adds up."""

    sums: sparse.csr_array
    across: sparse.csr_array
    size: NDArray[np.int64]

    @classmethod
    def of(cls, sums: sparse.csr_array) -> _Facts:
        return cls(sums, sparse.csr_array(sums.T), np.diff(sums.indptr))


def _remains(held: sparse.csr_array, others: dict[int, _Facts]) -> Iterator[sparse.csr_array]:
    """What remains of sums without the facts of other tables inside them, taken in every order."""
    for table, facts in others.items():
        remains = _without(held, facts)
        yield remains
        if len(others) > 1:
            yield from _remains(remains, {other: inside for other, inside in others.items() if other != table})


def _without(held: sparse.csr_array, facts: _Facts) -> sparse.csr_array:
    """What remains of each sum, and of each union of disjoint sums that some fact bridges, without the facts inside.

    A fact C bridges A and B if it meets both: the union leaves A + B - C.
    """
    shared = sparse.csr_array(held @ facts.across)
    bridges = np.flatnonzero(np.bincount(shared.indices, minlength=len(facts.size)) > 1)
    if len(bridges):
        meets = sparse.csr_array(shared[:, bridges].T)
        meets.data = np.ones(meets.nnz)
        union = sparse.csr_array(meets @ held)
        most = np.maximum.reduceat(union.data, union.indptr[:-1])  # what a fact bridges is never empty
        disjoint = np.flatnonzero(most <= 1)
        held = sparse.csr_array(sparse.vstack([held, union[disjoint]], format="csr"))
        shared = sparse.csr_array(sparse.vstack([shared, meets[disjoint] @ shared], format="csr"))
    whole = shared.data >= facts.size[shared.indices]
    if not whole.any():
        return distinct(held)
    pointer = np.concatenate([[0], np.cumsum(whole)])[shared.indptr]
    inside = sparse.csr_array((np.ones(int(whole.sum())), shared.indices[whole], pointer), shape=shared.shape)
    remains = sparse.csr_array(held - inside @ facts.sums)
    remains.eliminate_zeros()
    return distinct(remains)


def distinct(rows: sparse.csr_array) -> sparse.csr_array:
    """Each sum once, without the empty one."""
    filled = np.flatnonzero(np.diff(rows.indptr) > 0)
    if not len(filled):
        return sparse.csr_array(rows[:0])
    sums = np.add.reduceat(_tags(rows.shape[1])[rows.indices], rows.indptr[filled])
    _, chosen = np.unique(sums, return_index=True)
    return sparse.csr_array(rows[filled[np.sort(chosen)]])


@lru_cache(maxsize=64)
def _tags(width: int) -> NDArray[np.int64]:
    """A number for each variable, so that the sum of some of them names them."""
    return np.random.default_rng(2).integers(1, 2**62, size=width, dtype=np.int64)


def _residents(known: Knowledge, linked: Linked, groups: sparse.csr_array) -> NDArray[np.float64]:
    """Inhabitants of the ground of each group, whatever the months."""
    unit = np.repeat(np.arange(known.owner.shape[0]), known.owner.shape[1])
    shape = (known.variables, known.owner.shape[0])
    ground = sparse.csr_array((np.ones(len(unit)), (known.owner.ravel(), unit)), shape=shape)
    touched = sparse.csr_array(groups @ ground)
    touched.data[:] = 1.0
    return np.asarray(touched @ linked.residents).ravel()


def of_values(known: Knowledge, offset: int) -> sparse.csr_array:
    """Values of attributes in each zone by month, quarter and year, and what the facts leave of them.

    What they leave: the values that none tells, one by one and together, in each of these periods.

    Returns
    -------
    sparse 0/1 matrix (groups x variables)
    """
    rows = [sparse.csr_array((0, known.variables))]
    month = offset + np.arange(known.first, known.last + 1)
    told = np.asarray(known.facts.sum(axis=0)).ravel() > 0
    fact, variable = known.facts.nonzero()
    for family in known.families:
        column = family.variables(range(len(family.values)))
        zone, bucket = np.divmod(np.arange(len(column)), family.buckets)
        starts = np.searchsorted(family.bucket_of, bucket)
        untold = ~told[column]
        for length in PERIODS:
            period = month[starts] // length - month[0] // length
            together = np.broadcast_to((zone * len(month) + period)[:, None], column.shape)
            apart = together * len(family.values) + np.arange(len(family.values))
            of_period = np.full(known.variables, -1)
            of_period[column] = np.broadcast_to(period[:, None], column.shape)
            inside = _told_inside(fact, variable, of_period)
            groups = ((apart, np.ones_like(untold)), (apart, untold), (together, untold), (together, ~inside[column]))
            for group, chosen in groups:
                rows.append(_named(group[chosen], column[chosen], known.variables))
    return distinct(sparse.csr_array(sparse.vstack(rows, format="csr")))


def _told_inside(
    fact: NDArray[np.integer], variable: NDArray[np.integer], period: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether some fact tells each variable that speaks of no other period."""
    size = int(fact.max(initial=-1)) + 1
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, -2)
    np.minimum.at(first, fact, period[variable])
    np.maximum.at(last, fact, period[variable])
    found = np.zeros(len(period), dtype=bool)
    found[variable[(first == last)[fact]]] = True
    return found


def _named(group: NDArray[np.int64], column: NDArray[np.int64], width: int) -> sparse.csr_array:
    names, place = np.unique(group, return_inverse=True)
    return sparse.csr_array((np.ones(len(column)), (place, column)), shape=(len(names), width))
