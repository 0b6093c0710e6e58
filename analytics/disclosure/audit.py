"""What an attacker can still prove: exact bounds on sums of unknown counts.

The attacker knows facts (sums that were published), rules (sums that the ladder would have published had they
been large enough) and that counts are whole and not negative. ``bounds`` is that attacker's whole arithmetic:
the least and the greatest value that each group of atoms can have. It knows nothing of space, time or reports and
serves any set of linked tables.

References
----------
Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47(7): the attacker's problem. Huangfu and Hall (2018), HiGHS.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Ranges = Sequence[tuple[float, float]]
    Matrix = ArrayLike | sparse.sparray | sparse.spmatrix

Item = TypeVar("Item")
Answer = TypeVar("Answer")
SOLVED, INFEASIBLE, UNBOUNDED, GIVEN_UP = 0, 2, 3, 4
TOLERANCE = 1e-6


class AuditError(Exception):
    """The attacker's problem has no answer: the facts and rules contradict each other, or the solver gave up."""


class ContradictionError(AuditError):
    """No counts satisfy the facts and rules."""


@dataclass(frozen=True)
class Problem:
    """An attacker's knowledge in the solver's form.

    Attributes
    ----------
    atoms
        Number of unknown counts; they come first among the variables, then one 0/1 choice a range of an either-or.
    matrix, least, greatest
        ``least <= matrix @ variables <= greatest``, (constraints x variables).
    integer
        Whether the counts are taken as whole numbers.
    """

    atoms: int
    matrix: sparse.csr_array
    least: NDArray[np.float64]
    greatest: NDArray[np.float64]
    integer: bool

    @property
    def variables(self) -> int:
        """Counts and choices together."""
        return int(self.matrix.shape[1])

    def extreme(
        self, weights: NDArray[np.float64], *, largest: bool = False, relaxed: bool = False
    ) -> tuple[float, NDArray[np.float64]]:
        """Least (or greatest) value of ``weights @ counts`` and the counts that reach it.

        Parameters
        ----------
        weights
            (atoms,).
        largest
            The greatest value.
        relaxed
            Take nothing as whole, choices neither: a bound that is never too narrow, found sooner.

        Returns
        -------
        tuple of float and ndarray of shape (atoms,)
            ``inf`` and an empty array where nothing bounds the sum.

        Raises
        ------
        AuditError
            The facts and rules have no solution, or the solver gave up.
        """
        sign = -1.0 if largest else 1.0
        cost = np.zeros(self.variables)
        cost[: self.atoms] = sign * weights
        answer = self.solve(cost, relaxed=relaxed)
        if answer.status == SOLVED:
            return float(sign * answer.fun), np.asarray(answer.x[: self.atoms])
        # Presolve may leave open whether a problem is unbounded or has no solution: a solution decides.
        if answer.status != INFEASIBLE and largest and weights.any() and self._has_a_solution():
            return np.inf, np.empty(0)
        if answer.status == INFEASIBLE:
            raise ContradictionError("No counts satisfy these facts and rules.")
        raise AuditError(f"The solver could not decide: {answer.message}")

    def solve(self, cost: NDArray[np.float64], *, relaxed: bool = False) -> OptimizeResult:
        """Ask the solver for the variables, counts and choices, at which ``cost @ variables`` is least.

        Parameters
        ----------
        cost
            (variables,).
        relaxed
            Take nothing as whole.
        """
        choices = self.variables - self.atoms
        whole = np.ones(self.variables, dtype=np.int64)
        whole[: self.atoms] = int(self.integer and not relaxed)
        whole[self.atoms :] = int(not relaxed)
        limits = LinearConstraint(self.matrix, self.least, self.greatest) if self.matrix.shape[0] else None
        inside = Bounds(0, np.r_[np.full(self.atoms, np.inf), np.ones(choices)])
        return decided(cost, integrality=whole, bounds=inside, constraints=limits)

    def satisfied(self, counts: NDArray[np.float64]) -> bool:
        """Whether some choice goes with these counts.

        Parameters
        ----------
        counts
            (atoms,).
        """
        fixed = self.matrix[:, : self.atoms] @ counts
        choices = self.variables - self.atoms
        rows = np.flatnonzero(np.diff(sparse.csr_array(self.matrix[:, self.atoms :]).indptr) > 0)
        plain = np.setdiff1d(np.arange(len(fixed)), rows)
        within = (self.least - TOLERANCE <= fixed) & (fixed <= self.greatest + TOLERANCE)
        if not within[plain].all() or (counts < -TOLERANCE).any():
            return False
        if not choices:
            return True
        answer = decided(
            np.zeros(choices),
            integrality=np.ones(choices, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(
                self.matrix[rows, self.atoms :], self.least[rows] - fixed[rows], self.greatest[rows] - fixed[rows]
            ),
        )
        return bool(answer.status == SOLVED)

    def _has_a_solution(self) -> bool:
        try:
            self.extreme(np.zeros(self.atoms))
        except ContradictionError:
            return False
        return True


def decided(cost: NDArray[np.float64], **program: Any) -> OptimizeResult:  # noqa: ANN401 - what ``milp`` takes
    """Solve a program as ``scipy.optimize.milp`` does; what its presolve breaks, the solver by itself decides."""
    answer = milp(cost, **program)
    if answer.status == GIVEN_UP:
        answer = milp(cost, **program | {"options": {**program.get("options", {}), "presolve": False}})
    return answer


def side_by_side(solve: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Answers in the order of the items, as many at a time as there are processors: the solver lets others run."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(solve, items))


def problem(
    facts: Matrix,
    values: ArrayLike,
    *,
    upper: tuple[Matrix, ArrayLike] | None = None,
    either: tuple[Matrix, Sequence[Ranges]] | None = None,
    integer: bool = False,
) -> Problem:
    """Write an attacker's knowledge as one mixed integer program.

    Parameters are those of ``bounds``.
    """
    told = _sparse(facts)
    known = np.atleast_1d(np.asarray(values, dtype=float))
    rows, least, greatest = [told], [known], [known]
    if upper is not None:
        rows.append(_sparse(upper[0]))
        greatest.append(np.atleast_1d(np.asarray(upper[1], dtype=float)))
        least.append(np.full(len(greatest[-1]), -np.inf))
    stacked = sparse.csr_array(sparse.vstack(rows, format="csr"))
    lows, highs = np.concatenate(least), np.concatenate(greatest)
    if either is not None:
        stacked, lows, highs = _with_choices(stacked, lows, highs, _sparse(either[0]), either[1])
    return Problem(told.shape[1], stacked, lows, highs, integer)


def _sparse(matrix: Any) -> Any:  # noqa: ANN401 - the stubs tie a sparse array to the type of its input
    return sparse.csr_array(matrix).astype(np.float64)


def _with_choices(
    stacked: sparse.csr_array,
    lows: NDArray[np.float64],
    highs: NDArray[np.float64],
    groups: sparse.csr_array,
    ranges: Sequence[Ranges],
) -> tuple[sparse.csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """Add one 0/1 variable a range: exactly one is chosen, and the sum lies within the chosen range."""
    owner = np.repeat(np.arange(len(ranges)), [len(r) for r in ranges])
    ends = np.array([pair for row in ranges for pair in row], dtype=float).reshape(-1, 2)
    place, shape = np.arange(len(owner)), (len(ranges), len(owner))
    chosen = sparse.csr_array((np.ones(len(owner)), (owner, place)), shape=shape)
    low = sparse.csr_array((ends[:, 0], (owner, place)), shape=shape)
    high = sparse.csr_array((ends[:, 1], (owner, place)), shape=shape)
    matrix = sparse.csr_array(
        sparse.block_array(
            [[stacked, None], [groups, -low], [groups, -high], [None, chosen]],
            format="csr",
        )
    )
    zero, one, none = np.zeros(len(ranges)), np.ones(len(ranges)), np.full(len(ranges), np.inf)
    return matrix, np.concatenate([lows, zero, -none, one]), np.concatenate([highs, none, zero, one])


def bounds(
    facts: Matrix,
    values: ArrayLike,
    groups: Matrix,
    *,
    upper: tuple[Matrix, ArrayLike] | None = None,
    either: tuple[Matrix, Sequence[Ranges]] | None = None,
    integer: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest value of each group of atoms, given all that an attacker knows.

    Parameters
    ----------
    facts
        0/1 matrix (facts x atoms): which atoms each published sum adds up.
    values
        (facts,) the published sums.
    groups
        0/1 matrix (groups x atoms): the sums that the attacker is after.
    upper
        Rules "sum at most": a 0/1 matrix (rules x atoms) and their greatest values (rules,).
    either
        Rules "sum in one of these ranges": a 0/1 matrix (rules x atoms) and for each rule a sequence of
        ``(least, greatest)``, both inclusive; for the ladder ``[(0, k - 1), (refused, refused), ...]``.
    integer
        Take the atoms as whole numbers (exact for counts); else the linear relaxation (never too narrow).

    Returns
    -------
    lo, hi : ndarray of float, shape (groups,)
        ``hi`` is ``inf`` where nothing bounds the group. Values are those of the solver, rounded to whole numbers
        within 1e-6; with ``integer=False`` they need not be whole.

    Raises
    ------
    AuditError
        The facts and rules contradict each other.

    Examples
    --------
    >>> bounds([[1, 1, 1]], [12], [[1, 0, 0]], upper=([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [4, 4, 4]))
    (array([4.]), array([4.]))
    """
    attacked = _sparse(groups)
    known = problem(facts, values, upper=upper, either=either, integer=integer)
    lo, hi = np.empty(attacked.shape[0]), np.empty(attacked.shape[0])
    for row in range(attacked.shape[0]):
        weights = attacked[[row], :].toarray().ravel()
        lo[row], hi[row] = known.extreme(weights)[0], known.extreme(weights, largest=True)[0]
    return _snapped(lo), _snapped(hi)


def _snapped(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.round(numbers)
    return np.where(np.isclose(numbers, whole, rtol=0, atol=TOLERANCE), whole, numbers) + 0.0


def proves_small(known: Problem, groups: Matrix, k: int) -> bool:
    """Whether the attacker can prove 1 to ``k - 1`` for at least one group.

    Every solution found clears all groups that it shows to be possibly empty or possibly ``k`` or more, so a few
    solves decide hundreds of groups.

    Parameters
    ----------
    known
        The attacker's knowledge; integer for an exact answer.
    groups
        0/1 matrix (groups x atoms).
    k
        The threshold.

    Raises
    ------
    AuditError
        The facts and rules contradict each other.
    """
    attacked = _sparse(groups)
    suspects: NDArray[np.int64] = np.arange(attacked.shape[0])
    while len(suspects):
        weights = attacked[[suspects[0]], :].toarray().ravel()
        least, emptiest = known.extreme(weights)
        if np.ceil(least - TOLERANCE) >= 1:
            greatest, fullest = known.extreme(weights, largest=True)
            if np.floor(greatest + TOLERANCE) <= k - 1:
                return True
            witnesses = [emptiest, fullest] if len(fullest) else [emptiest]
        else:
            witnesses = [emptiest]
        suspects = suspects[1:]
        for solution in witnesses:
            reached = np.round(attacked[suspects, :] @ solution)
            suspects = suspects[(reached >= 1) & (reached <= k - 1)]
    return False
