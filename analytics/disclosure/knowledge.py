"""What an attacker knows of a run of months, in the solver's form: unknowns and equations.

Atoms that no fact tells apart are one unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure.state import UNSEALED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.linked import Line, Linked

    Numbers = NDArray[np.int64]

NOTHING = -1


@dataclass(frozen=True)
class Said:
    """A group that was sealed.

    Attributes
    ----------
    line, month, rung, area
        Numbers of the line, of the month that closed, of the rung in its ladder, of the area in its level.
    """

    line: int
    month: int
    rung: int
    area: int


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of a run of months.

    Attributes
    ----------
    first, last
        The months.
    owner
        (units, months) unknown that holds each atom.
    unknowns
        Their number.
    facts, counts, said
        0/1 matrix (facts x unknowns), the published sums, and which groups they are.
    """

    first: int
    last: int
    owner: Numbers
    unknowns: int
    facts: sparse.csr_array
    counts: NDArray[np.float64]
    said: list[Said]


def gather(lines: Sequence[Line], linked: Linked, first: int, last: int) -> Knowledge:
    """Write down what is known of a run of months that no closed period links to others (``linked.pieces``)."""
    labels, said = [], []
    for number, line in enumerate(lines):
        label, groups = _facts(number, line, first, last)
        labels.append(label)
        said.append(groups)
    zone = np.broadcast_to(linked.zone_of[:, None], labels[0].shape)
    owner, atoms = joined([zone, *labels])
    rows = [_sums(label.ravel()[atoms], len(groups)) for label, groups in zip(labels, said, strict=True)]
    told = [group for groups in said for group in groups]
    counts = [_count(lines[group.line], group) for group in told]
    facts = sparse.csr_array(sparse.vstack(rows, format="csr"))
    return Knowledge(first, last, owner, len(atoms), facts, np.array(counts, dtype=np.float64), told)


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
    together = labels[0].ravel()
    for label in labels[1:]:
        _, dense = np.unique(together, return_inverse=True)
        width = int(label.max(initial=0)) + 2
        together = dense * width + (label.ravel() + 1)
    _, atoms, owner = np.unique(together, return_index=True, return_inverse=True)
    return owner.reshape(labels[0].shape), atoms


def _facts(number: int, line: Line, first: int, last: int) -> tuple[Numbers, list[Said]]:
    """Fact of a table that speaks of each atom (-1 for none), and the facts in that order."""
    table = line.table
    moments = table.sealed[line.owner, first : last + 1].astype(np.int64)
    moments[line.owner < 0] = UNSEALED
    label = np.full(moments.shape, NOTHING, dtype=np.int64)
    groups: list[Said] = []
    for moment in np.unique(moments[moments != UNSEALED]):
        month, rung = divmod(int(moment), len(table.rungs))
        level = table.rungs[rung].area_level
        areas = np.array(sorted(table.told[int(moment)]))
        number_of = np.full(len(table.ground.areas[level]), NOTHING, dtype=np.int64)
        number_of[areas] = len(groups) + np.arange(len(areas))
        groups += [Said(number, month, rung, int(area)) for area in areas]
        here = moments == moment
        fact = number_of[table.ground.area_of[level][line.owner]]
        label[here] = np.broadcast_to(fact[:, None], here.shape)[here]
    return label, groups


def _sums(fact: Numbers, facts: int) -> sparse.csr_array:
    here = np.flatnonzero(fact != NOTHING)
    return sparse.csr_array((np.ones(len(here)), (fact[here], here)), shape=(facts, len(fact)))


def _count(line: Line, group: Said) -> int:
    return line.table.told[line.table.moment(group.month, group.rung)][group.area]
