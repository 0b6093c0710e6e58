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
from analytics.disclosure.knowledge import gather, truth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.knowledge import Knowledge
    from analytics.disclosure.linked import Line, Linked
    from analytics.disclosure.silence import Tried

    World = NDArray[np.float64]

ROUNDS = 5
"""Pairs of worlds drawn at large before groups are attacked one by one."""
AT_A_TIME = 4
"""Groups that are weighed before their worlds clear others."""
DRAWN = 0.5
"""Share of the groups left that a world drawn at large is to empty, or to fill."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups as sums of unknowns: matrices (groups x variables) of what each holds at least and at most.

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
    groups, leftovers
        How many distinct groups, and how many leftovers and unknowns, were attacked.
    known
        What is known.
    accused
        The groups that are proved to hold 1 to k - 1.
    """

    groups: int
    leftovers: int
    known: Knowledge
    accused: Groups

    @property
    def clean(self) -> bool:
        """Whether nothing is proved."""
        return not len(self.accused)


def attack(
    lines: Sequence[Line],
    linked: Linked,
    span: tuple[int, int],
    *,
    rules: bool = True,
    known: bool = True,
    enough: int | None = None,
    eased: Mapping[Tried, int] | None = None,
) -> Verdict:
    """Attack all groups of a run of months that no closed period links to others.

    Parameters
    ----------
    lines, linked
        The tables as the facts leave them, and their common ground.
    span
        First and last month (``linked.pieces``).
    rules
        Whether the attacker knows the ladder's rule; else he has the equations alone.
    known
        Whether ``waiting`` of the lines is the truth. It clears what holds none, or k and more, at once, and tells
        groups that were held back from small ones: of the latter no world is tried in which they too were held back,
        so what is cleared is cleared for an attacker who cannot tell them apart.
    enough
        Stop at so many accusations.
    eased
        Groups that the ladder's rule binds less, or not at all (``silence.silent``).

    Raises
    ------
    AuditError
        What is known contradicts itself, or the solver gave up.
    """
    k = lines[0].table.k
    said = gather(lines, linked, *span, rules=rules, known=known, eased=eased)
    every, remains = _everything(said, lines, linked)
    program = said.problem(k)
    left = np.arange(len(every))
    left = not_cleared(every, left, _first(program, truth(said, lines)), k)
    left = _at_large(program, every, left, k)

    def weigh(group: np.int64) -> tuple[bool, list[World]]:
        return _weighed(program, every[np.array([group])], k)

    accused: list[int] = []
    while len(left) and (enough is None or len(accused) < enough):
        turn, left = left[:AT_A_TIME], left[AT_A_TIME:]
        for group, (proved, worlds) in zip(turn, audit.side_by_side(weigh, turn), strict=True):
            accused += [int(group)] if proved else []
            for world in worlds:
                left = not_cleared(every, left, world, k)
    return Verdict(len(every) - remains, remains, said, every[np.array(accused, dtype=np.int64)])


def _everything(said: Knowledge, lines: Sequence[Line], linked: Linked) -> tuple[Groups, int]:
    """All that is attacked, and how much of it is leftovers and unknowns."""
    offset = lines[0].table.offset
    inside, touching = targets.aligned(said, linked, offset)
    values, remains = targets.of_values(said, offset), targets.leftovers(said, linked, lines)
    least, most = (
        sparse.csr_array(sparse.vstack([rows, values, remains], format="csr")) for rows in (inside, touching)
    )
    return Groups(least, most), int(remains.shape[0])


def _first(program: audit.Problem, guess: World) -> World:
    """Give the truth, if it is at hand whole; else a world that satisfies what is known."""
    if program.satisfied(guess):
        return guess
    _, world = program.extreme(np.zeros(program.atoms))
    return world


def _at_large(program: audit.Problem, every: Groups, left: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Draw worlds that empty or fill many groups at once; give the groups that none of them clears."""
    rng = np.random.default_rng(program.atoms)

    def drawn(turn: tuple[bool, NDArray[np.float64]]) -> World:
        return program.extreme(turn[1], largest=turn[0])[1]

    for _ in range(ROUNDS):
        if not len(left):
            break
        turns = []
        for largest in (False, True):
            weights = rng.random(len(left)) * (rng.random(len(left)) < DRAWN)
            turns.append((largest, weights @ (every.most if largest else every.least)[left]))
        for world in audit.side_by_side(drawn, turns):
            if len(world):
                left = not_cleared(every, left, world, k)
    return left


def _weighed(program: audit.Problem, group: Groups, k: int) -> tuple[bool, list[World]]:
    """Whether a group is proved to hold 1 to k - 1, and worlds that were found on the way."""
    least, most = (rows.toarray().ravel() for rows in (group.least, group.most))
    low = np.ceil(program.extreme(least, relaxed=True)[0] - audit.TOLERANCE)
    high = np.floor(program.extreme(most, largest=True, relaxed=True)[0] + audit.TOLERANCE)
    worlds: list[World] = []
    if low < 1:
        reached, world = program.extreme(least)
        worlds.append(world)
        if np.round(reached) == 0:
            return False, worlds
    if high >= k:
        reached, world = program.extreme(most, largest=True)
        worlds += [world] if len(world) else []
        if np.round(reached) >= k:
            return False, worlds
    return True, worlds


def not_cleared(every: Groups, left: NDArray[np.int64], world: World, k: int) -> NDArray[np.int64]:
    """Groups that a world shows to hold 1 to k - 1."""
    least, most = np.round(every.least[left] @ world), np.round(every.most[left] @ world)
    return left[(least > 0) & (most < k)]
