"""What the attacker looks at: every group of atoms in which 1 to k - 1 episodes would point at somebody.

Every aligned cell of any ladder size and every zone by month, quarter and year; every unknown; and every leftover, the
difference between facts of one table and disjoint facts of others inside them. Leftovers and unknowns count where
fewer than ``crowd`` people live.

An unknown that lies only partly inside a group can be thought to lie outside, or inside: a group holds at least what
the unknowns wholly inside it hold, and at most what all that touch it hold. So a group is a pair of sums of unknowns,
and equal ones are attacked once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.knowledge import Knowledge, Numbers
    from analytics.disclosure.linked import Linked

PERIODS = (1, 3, 12)


def aligned(known: Knowledge, linked: Linked, offset: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Cells of every ladder size and zones, by month, quarter and year.

    Returns
    -------
    inside, touching
        0/1 matrices (groups x unknowns of episodes): unknowns wholly inside each group, and all that touch it. Groups
        that hold no unknown wholly can be empty and are left out.
    """
    size = np.bincount(known.owner.ravel(), minlength=len(known.atoms))
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


def leftovers(known: Knowledge, linked: Linked, tables: Sequence[int], crowd: float) -> sparse.csr_array:
    """Unknowns, and differences between facts, on ground where fewer than ``crowd`` people live.

    Parameters
    ----------
    known
        What is known.
    linked
        The common ground.
    tables
        For each fact the number of its table (facts of one table are disjoint).
    crowd
        Inhabitants of ground that points at nobody.

    Returns
    -------
    sparse 0/1 matrix (groups x unknowns of episodes)
    """
    unknowns = len(known.atoms)
    facts = known.facts[: len(tables), :unknowns]
    of_table = {number: facts[np.flatnonzero(np.array(tables) == number)] for number in sorted(set(tables))}
    rows = [sparse.eye_array(unknowns, format="csr")]
    for table, held in of_table.items():
        rows += _remains(held, {other: inside for other, inside in of_table.items() if other != table})
    found = distinct(sparse.vstack(rows, format="csr"))
    return found[_residents(known, linked, found) < crowd]


def _remains(held: sparse.csr_array, others: dict[int, sparse.csr_array]) -> Iterator[sparse.csr_array]:
    """What remains of sums without the facts of other tables inside them, taken in every order."""
    for table, inside in others.items():
        remains = distinct(_less(_bridged(held, inside), inside))
        yield remains
        yield from _remains(remains, {other: facts for other, facts in others.items() if other != table})


def _bridged(held: sparse.csr_array, others: sparse.csr_array) -> sparse.csr_array:
    """The sums, and each union of disjoint sums that some other fact bridges (A + B, of A + B - C)."""
    meets = sparse.csr_array((others @ held.T) > 0).astype(np.float64)
    several = meets[np.diff(meets.indptr) > 1]
    union = sparse.csr_array(several @ held)
    disjoint = np.flatnonzero(union.max(axis=1).toarray().ravel() <= 1) if union.shape[0] else np.empty(0, dtype=int)
    return distinct(sparse.vstack([held, union[disjoint]], format="csr"))


def _less(held: sparse.csr_array, facts: sparse.csr_array) -> sparse.csr_array:
    """What remains of each sum without the facts that lie wholly inside it."""
    shared = sparse.coo_array(held @ facts.T)
    size = np.asarray(facts.sum(axis=1)).ravel()
    whole = shared.data >= size[shared.coords[1]]
    inside = sparse.csr_array(
        (np.ones(int(whole.sum())), (shared.coords[0][whole], shared.coords[1][whole])), shape=shared.shape
    )
    remains = sparse.csr_array(held - inside @ facts)
    remains.eliminate_zeros()
    return remains


def distinct(rows: sparse.csr_array) -> sparse.csr_array:
    """Each sum once, without the empty one."""
    tags = np.random.default_rng(2).integers(1, 2**62, size=rows.shape[1], dtype=np.int64)
    sums = np.add.reduceat(np.append(tags[rows.indices], 0), rows.indptr[:-1]) if rows.nnz else np.zeros(rows.shape[0])
    filled = np.flatnonzero(np.diff(rows.indptr) > 0)
    _, chosen = np.unique(sums[filled], return_index=True)
    return sparse.csr_array(rows[filled[np.sort(chosen)]])


def _residents(known: Knowledge, linked: Linked, groups: sparse.csr_array) -> NDArray[np.float64]:
    """Inhabitants of the ground of each group, whatever the months."""
    unit = np.repeat(np.arange(known.owner.shape[0]), known.owner.shape[1])
    shape = (len(known.atoms), known.owner.shape[0])
    ground = sparse.csr_array((np.ones(len(unit)), (known.owner.ravel(), unit)), shape=shape)
    touched = sparse.csr_array(groups @ ground)
    touched.data[:] = 1.0
    return np.asarray(touched @ linked.residents).ravel()


def _matrix(rows: Numbers, columns: Numbers, width: int) -> sparse.csr_array:
    named, place = np.unique(rows, return_inverse=True)
    return sparse.csr_array((np.ones(len(columns)), (place, columns)), shape=(len(named), width))


def of_values(known: Knowledge) -> sparse.csr_array:
    """Values of attributes in each zone by month, quarter and year, and what is left of them.

    What is left: the values that no fact of the period tells, together; and the part of a period that no fact tells.

    Returns
    -------
    sparse 0/1 matrix (groups x variables)
    """
    unknowns, width = len(known.atoms), known.variables
    touched = sparse.vstack([known.facts[:, unknowns:], known.rules[:, unknowns:]], format="csr")
    rows = [sparse.csr_array(sparse.hstack([sparse.csr_array((touched.shape[0], unknowns)), touched]))]
    for family in known.families:
        values = len(family.values)
        place = np.arange(family.zones * family.buckets)
        zone, bucket = np.divmod(place, family.buckets)
        month = np.searchsorted(family.bucket_of, bucket)
        told = _told(known, family.base, family.size)
        for length in PERIODS:
            period = zone * (len(family.bucket_of) + 1) + (family.phase + month) // length
            group = period[:, None] * values + np.arange(values)[None, :]
            column = family.base + place[:, None] * values + np.arange(values)[None, :]
            rows.append(_matrix(group.ravel(), column.ravel(), width))
            untold = ~told.reshape(column.shape)
            together = np.broadcast_to(period[:, None], column.shape)
            rows.append(_matrix(together[untold], column[untold], width))
            rows.append(_matrix(group[untold], column[untold], width))
    return distinct(sparse.csr_array(sparse.vstack(rows, format="csr")))


def _told(known: Knowledge, base: int, size: int) -> NDArray[np.bool_]:
    """Which unknowns of a family a fact speaks of."""
    return np.asarray(known.facts[:, base : base + size].sum(axis=0)).ravel() > 0
