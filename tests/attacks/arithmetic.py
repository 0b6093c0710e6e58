"""Subtraction: what remains of a total, or of two totals that a third one bridges, without the facts inside them."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tests.attacks.sight import Numbers, Sight, people_of

DEPTH = 3
"""How many tables' facts are taken away in turn."""
Sums = tuple[sparse.csr_array, NDArray[np.float64]]


def remains(sight: Sight, *, depth: int = DEPTH) -> "Counter[str]":
    """Count the small numbers that subtraction proves, by kind.

    ``windows``: a period less shorter ones of the same kind of area; ``zones``: the territory less its zones;
    ``sizes``: an area less smaller cells; ``bridged``: A + B - C. What remains points at somebody where it is a cell or
    zone by month, quarter or year, or where fewer than ``crowd`` people live.
    """
    name = sight.facts["source"].astype(str) + sight.facts["table"]
    of_table = {table: np.flatnonzero(name == table) for table in name.unique()}
    level = sight.facts["area_level"].to_numpy()
    found = Counter(windows=0, zones=0, sizes=0, bridged=0)
    for start in np.unique(level):
        here = np.flatnonzero(level == start)
        for table, inside in of_table.items():
            kind = _kind(str(start), {str(x) for x in level[inside]})
            found[kind] += _searched(sight, _sums(sight, here), [table], of_table, depth)
    for totals in of_table.values():
        for bridges in of_table.values():
            united = _bridged(_sums(sight, totals), sight.sums[bridges])
            found["bridged"] += _small(sight, _less(united, _sums(sight, bridges)))
    return found


def _kind(start: str, inside: set[str]) -> str:
    if start in inside:
        return "windows"
    return "zones" if "zone" in inside else "sizes"


def _sums(sight: Sight, rows: Numbers) -> Sums:
    return sight.sums[rows], sight.counts[rows]


def _searched(sight: Sight, start: Sums, taken: list[str], of_table: dict[str, Numbers], depth: int) -> int:
    """Small numbers among what remains without one table's facts, then another's."""
    left = _less(start, _sums(sight, of_table[taken[-1]]))
    found = _small(sight, left)
    if len(taken) < depth and left[0].shape[0]:
        for table in of_table:
            if table not in taken:
                found += _searched(sight, left, [*taken, table], of_table, depth)
    return found


def _less(total: Sums, facts: Sums) -> Sums:
    """What remains of sums without the facts of one table that lie wholly inside; only sums that lose and leave some.

    The facts of one table never overlap, so all that lie inside may be taken away together.
    """
    shared = sparse.coo_array(total[0] @ facts[0].T)
    whole = shared.data == np.asarray(facts[0].sum(axis=1)).ravel()[shared.coords[1]]
    inside = sparse.csr_array(
        (np.ones(int(whole.sum())), (shared.coords[0][whole], shared.coords[1][whole])), shape=shared.shape
    )
    rows = sparse.csr_array(total[0] - inside @ facts[0])
    rows.eliminate_zeros()
    kept = np.flatnonzero((np.diff(inside.indptr) > 0) & (np.diff(rows.indptr) > 0))
    return rows[kept], (total[1] - inside @ facts[1])[kept]


def _bridged(facts: Sums, bridges: sparse.csr_array) -> Sums:
    """Two facts or more of one table that a fact of another bridges and that hold it together."""
    shared = sparse.csr_array(bridges @ facts[0].T)
    meets = shared.copy()
    meets.data[:] = 1.0
    held = np.asarray(shared.sum(axis=1)).ravel() == np.asarray(bridges.sum(axis=1)).ravel()
    several = meets[np.flatnonzero(held & (np.diff(meets.indptr) > 1))]
    return sparse.csr_array(several @ facts[0]), several @ facts[1]


def _small(sight: Sight, sums: Sums) -> int:
    """How many sums are 1 to k - 1 on ground that points at somebody."""
    small = np.flatnonzero((sums[1] >= 1) & (sums[1] < sight.k))
    rows = sums[0][small]
    if not len(small):
        return 0
    tags = np.random.default_rng(3).integers(1, 2**62, size=rows.shape[1], dtype=np.int64)
    exact = np.flatnonzero(np.diff(sight.inside.indptr) == np.diff(sight.touching.indptr))
    named = np.isin(_marks(rows, tags), _marks(sight.inside[exact], tags))
    return int((named | (people_of(sight, rows) < sight.crowd)).sum())


def _marks(rows: sparse.csr_array, tags: Numbers) -> Numbers:
    """One number a sum of classes: equal sums have equal numbers."""
    marks = np.zeros(rows.shape[0], dtype=np.int64)
    np.add.at(marks, np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), tags[rows.indices])
    return marks
