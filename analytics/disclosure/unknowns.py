"""The unknowns of the attacker's problem: atoms that no fact and no rule tells apart are one.

The ladder's rules are many (each group that was tried and not sealed), and most say nothing that a larger one does not
say: those are left out first, which leaves fewer atoms to tell apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NOTHING = -1


def joined(labels: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """Join the atoms that carry the same labels.

    Parameters
    ----------
    labels
        Arrays of one shape, one number an atom each.

    Returns
    -------
    owner, atoms
        The unknown of each atom, in the shape of the labels; and for each unknown one of its atoms (flat).
    """
    scramble = np.random.default_rng(0).integers(1, 2**63 - 1, size=len(labels), dtype=np.int64).astype(np.uint64) | 1
    mixed = np.zeros(labels[0].size, dtype=np.uint64)
    for label, factor in zip(labels, scramble, strict=True):
        mixed = (mixed ^ (label.ravel().astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15))) * factor
        mixed ^= mixed >> np.uint64(29)
    _, atoms, owner = np.unique(mixed, return_index=True, return_inverse=True)
    return owner.reshape(labels[0].shape), atoms


def signature(marks: Sequence[Numbers], count: int, kept: Collection[int] | None = None) -> Numbers:
    """Number each atom by the rules that speak of it: equal sets of rules, equal numbers.

    Parameters
    ----------
    marks
        Arrays (units, months): number of the rule that speaks of each atom, -1 for none.
    count
        Number of rules.
    kept
        The rules to look at; all by default.
    """
    tags = np.random.default_rng(1).integers(1, 2**62, size=count + 1, dtype=np.int64)
    if kept is not None:
        dropped = np.ones(count + 1, dtype=bool)
        dropped[list(kept)] = False
        tags[dropped] = 0
    tags[NOTHING] = 0
    total = np.zeros(marks[0].shape, dtype=np.int64)
    for mark in marks:
        total += tags[mark]
    return total


def members(marks: Sequence[Numbers], count: int, atoms: Numbers, width: int) -> sparse.csr_array:
    """0/1 matrix (rules x width): which unknowns each rule adds up; the unknowns are the first columns."""
    rows, columns = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for mark in marks:
        rule = mark.ravel()[atoms]
        here = np.flatnonzero(rule != NOTHING)
        rows.append(rule[here].astype(np.int64))
        columns.append(here)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(count, width))


def maximal(rules: sparse.csr_array, loosened: Collection[int] = ()) -> list[int]:
    """Rules that no other implies: "at most k - 1 in here" says the same of everything inside.

    Parameters
    ----------
    rules
        0/1 matrix (rules x unknowns).
    loosened
        Rules that allow more than k - 1 and so imply nothing; they stay.
    """
    sizes = np.diff(rules.indptr)
    kept: list[int] = []
    holders: list[list[int]] = [[] for _ in range(rules.shape[1])]
    grounds: dict[int, frozenset[int]] = {}
    for rule in np.argsort(-sizes, kind="stable"):
        inside = rules.indices[rules.indptr[rule] : rules.indptr[rule + 1]]
        if not len(inside):
            continue
        number = int(rule)
        if number in loosened:
            kept.append(number)
            continue
        ground = frozenset(inside.tolist())
        fewest = min((holders[c] for c in ground), key=len)
        if any(ground <= grounds[larger] for larger in fewest):
            continue
        kept.append(number)
        grounds[number] = ground
        for c in ground:
            holders[c].append(number)
    return sorted(kept)
