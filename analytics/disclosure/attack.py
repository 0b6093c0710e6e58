"""The attacker at work: which groups can be proved to hold 1 to k - 1.

A group is cleared by one world that satisfies all that is known and shows it empty, or holding k or more. Each world
that the solver finds clears many groups at once, so few are left to be attacked one by one; those that no world clears
are accused. Counts are whole numbers throughout, so what only integers prove is found too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure import audit, targets
from analytics.disclosure.knowledge import gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.knowledge import Knowledge
    from analytics.disclosure.linked import Line, Linked

    World = NDArray[np.float64]

ROUNDS = 10
"""Worlds drawn at large before groups are attacked one by one."""
DRAWN = 0.5
"""Share of the groups left that a world drawn at large is to empty, or to fill."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups as sums of unknowns: matrices (groups x unknowns) of what each holds at least and at most.

    ``targets.aligned`` says why the two differ.
    """

    least: sparse.csr_array
    most: sparse.csr_array

    def __len__(self) -> int:
        """Number of groups."""
        return int(self.least.shape[0])

    def __getitem__(self, chosen: NDArray[np.int64]) -> Groups:
        """Some of the groups."""
        return Groups(sparse.csr_array(self.least[chosen]), sparse.csr_array(self.most[chosen]))


@dataclass(frozen=True, eq=False)
class Verdict:
    """What an attacker proves in a run of months.

    Attributes
    ----------
    attacked
        How many distinct groups, leftovers and unknowns were attacked.
    known
        What is known.
    accused
        The groups that are proved to hold 1 to k - 1.
    """

    attacked: int
    known: Knowledge
    accused: Groups

    @property
    def clean(self) -> bool:
        """Whether nothing is proved."""
        return not len(self.accused)


def attack(lines: Sequence[Line], linked: Linked, span: tuple[int, int], *, enough: int | None = None) -> Verdict:
    """Attack all groups of a run of months that no closed period links to others, with the equations alone.

    Parameters
    ----------
    lines, linked
        The tables as the facts leave them, and their common ground.
    span
        First and last month (``linked.pieces``).
    enough
        Stop at so many accusations.

    Raises
    ------
    AuditError
        The facts contradict each other, or the solver gave up.
    """
    k = lines[0].table.k
    known = gather(lines, linked, *span)
    inside, touching = targets.aligned(known, linked, lines[0].table.offset)
    remains = targets.leftovers(known, linked)
    every = Groups(*(sparse.csr_array(sparse.vstack([rows, remains], format="csr")) for rows in (inside, touching)))
    program = audit.problem(known.facts, known.counts, integer=True)
    left = _at_large(program, every, np.arange(len(every)), k)
    accused: list[int] = []
    while len(left) and len(accused) != enough:
        group, left = int(left[0]), left[1:]
        for rows, largest in ((every.least, False), (every.most, True)):
            reached, world = program.extreme(rows[[group]].toarray().ravel(), largest=largest)
            if len(world):
                left = _not_cleared(every, left, world, k)
            if np.round(reached) >= k if largest else np.round(reached) == 0:
                break
        else:
            accused.append(group)
    return Verdict(len(every), known, every[np.array(accused, dtype=np.int64)])


def _at_large(program: audit.Problem, every: Groups, left: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Draw worlds that empty or fill many groups at once; give the groups that none of them clears."""
    rng = np.random.default_rng(program.atoms)
    for turn in range(ROUNDS):
        if not len(left):
            break
        largest = bool(turn % 2)
        weights = rng.random(len(left)) * (rng.random(len(left)) < DRAWN)
        _, world = program.extreme(weights @ (every.most if largest else every.least)[left], largest=largest)
        if len(world):
            left = _not_cleared(every, left, world, k)
    return left


def _not_cleared(every: Groups, left: NDArray[np.int64], world: World, k: int) -> NDArray[np.int64]:
    """Groups that a world shows to hold 1 to k - 1."""
    least, most = np.round(every.least[left] @ world), np.round(every.most[left] @ world)
    return left[(least > 0) & (most < k)]
