"""Reconstruction: the least and the greatest that a group can hold in all worlds that fit, by HiGHS."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.attacks.sight import Sight, people_of

NEAR = 1e-6
DRAWS = 12
"""Worlds drawn at large before groups are looked at one by one."""


@dataclass(eq=False)
class Program:
    """What is known, as a linear program over classes of atoms, perhaps with variables of 0 or 1 after them.

    Attributes
    ----------
    rows, least, greatest
        Constraints: matrix (constraints x variables) and the range of each.
    classes
        How many variables are classes; the others are 0 or 1.
    whole
        Whether classes are whole numbers.
    cap
        What no class exceeds.
    worlds
        Solutions met so far.
    """

    rows: sparse.csr_array
    least: NDArray[np.float64]
    greatest: NDArray[np.float64]
    classes: int
    whole: bool = False
    cap: float = np.inf
    worlds: list[NDArray[np.float64]] = field(default_factory=list)

    def extreme(self, weights: NDArray[np.float64], *, largest: bool = False) -> float:
        """Least (or greatest) value of a sum of classes; the world that shows it is remembered."""
        variables = self.rows.shape[1]
        cost = np.zeros(variables)
        cost[: self.classes] = -weights if largest else weights
        binary = np.arange(variables) >= self.classes
        found = milp(
            cost,
            integrality=(binary | self.whole).astype(int),
            bounds=Bounds(np.zeros(variables), np.where(binary, 1.0, self.cap)),
            constraints=LinearConstraint(self.rows, self.least, self.greatest),
        )
        assert found.status == 0, f"the attacker's program failed: {found.message}"
        self.worlds.append(found.x[: self.classes])
        return float(weights @ found.x[: self.classes])


def equations(sight: Sight, *, whole: bool = False) -> Program:
    """The facts, and nothing else."""
    return Program(sight.sums, sight.counts, sight.counts, sight.sums.shape[1], whole)


def proved(sight: Sight, program: Program, *, enough: int | None = None) -> list[tuple[int, int, int]]:
    """Groups that are proved to hold 1 to k - 1.

    Every cell of a ladder size and every zone by month, quarter and year, and every class on ground of fewer than
    ``crowd`` people. One world that shows a group empty, or full, clears it. The search stops when it has ``enough``.

    Returns
    -------
    list of (group, least, greatest)
        Numbers from 0: aligned groups first, then classes.
    """
    alone = sparse.csr_array(sparse.eye_array(sight.sums.shape[1], format="csr"))
    alone = alone[np.flatnonzero(people_of(sight, alone) < sight.crowd)]
    least = sparse.csr_array(sparse.vstack([sight.inside, alone], format="csr"))
    most = sparse.csr_array(sparse.vstack([sight.touching, alone], format="csr"))
    return search(program, (least, most), _spoken_of(program, most), sight.k, enough=enough)


def search(
    program: Program,
    groups: tuple[sparse.csr_array, sparse.csr_array],
    left: NDArray[np.int64],
    k: int,
    *,
    enough: int | None = None,
) -> list[tuple[int, int, int]]:
    """Groups, of those left, that are proved to hold 1 to k - 1; see ``proved``.

    Parameters
    ----------
    program
        What is known.
    groups
        What each group holds at least, and at most: matrices (groups x classes).
    left
        Numbers of the groups that something bounds.
    k
        The threshold.
    """
    least, most = groups
    rng = np.random.default_rng(4)
    for turn in range(DRAWS):
        if not len(left):
            return []
        weights = rng.random(len(left)) * (rng.random(len(left)) < 0.5)
        program.extreme((least, most)[turn % 2][left].T @ weights, largest=bool(turn % 2))
        left = _not_cleared(k, program.worlds[-1], least, most, left)
    found: list[tuple[int, int, int]] = []
    while len(left) and len(found) != enough:
        group, left = int(left[0]), left[1:]
        low = program.extreme(least[[group]].toarray().ravel())
        high = program.extreme(most[[group]].toarray().ravel(), largest=True) if low > NEAR else np.inf
        if high < k - NEAR:
            found.append((group, int(np.ceil(low - NEAR)), int(np.floor(high + NEAR))))
        for world in program.worlds[-2:]:
            left = _not_cleared(k, world, least, most, left)
    return found


def _spoken_of(program: Program, most: sparse.csr_array) -> NDArray[np.int64]:
    """Groups of which every class is bounded by something; the others can hold everything."""
    bounded = program.rows[np.flatnonzero(np.isfinite(program.greatest))]
    spoken = np.zeros(program.rows.shape[1])
    spoken[bounded.indices[bounded.data > 0]] = 1.0
    silent = 1.0 - spoken[: program.classes]
    return np.flatnonzero(most @ silent == 0)


def _not_cleared(
    k: int,
    world: NDArray[np.float64],
    least: sparse.csr_array,
    most: sparse.csr_array,
    left: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Groups that a world shows neither empty nor full."""
    if not len(left):
        return left
    return left[(least[left] @ world > NEAR) & (most[left] @ world < k - NEAR)]
