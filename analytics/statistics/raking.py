"""Raking: the table nearest to a first guess that adds up to every known total.

Works on plain arrays: any cube of counts, flattened to atoms, with any number of margins. Iterative proportional
fitting (Deming and Stephan 1940) scales the atoms of each known group to its total, margin after margin, until nothing
moves; of all tables that meet the totals it finds the one with the least relative entropy to the first guess (Csiszar
1975). Three things make it fast and exact:

- atoms that no margin tells apart keep their proportions, so they are joined first: 400,000 atoms under some hundred
  totals are some thousand unknowns;
- what the totals force to zero is set to zero (one linear program a piece), else raking converges like 1/t;
- where raking is still slow, Newton's method on the dual goes on, a piece that shares no total with others at a time.

References
----------
Deming, W. E., Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when the expected
marginal totals are known. Annals of Mathematical Statistics 11, 427-444.
Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems. Annals of
Probability 3, 146-158.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import linalg, optimize, sparse

from analytics.statistics import StatisticsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

NOWHERE: Final = -1
TOLERANCE: Final = 1e-9
SWEEPS: Final = 30
STEPS: Final = 200
LARGEST_STEP: Final = 2.0


@dataclass(frozen=True, eq=False)
class Margin:
    """Known totals of groups that do not overlap.

    Attributes
    ----------
    group
        (atoms,) int, number of the group of each atom, ``NOWHERE`` for an atom of which this margin says nothing.
    totals
        (groups,) what each group adds up to, >= 0.
    """

    group: npt.NDArray[np.int64]
    totals: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joined:
    """Atoms that every margin puts into the same groups, joined to classes.

    Attributes
    ----------
    label
        (atoms,) class of each atom.
    margins
        The margins over classes.
    size
        Number of classes.
    empty
        (classes,) which of them must be 0 whatever the first guess; found when first needed.
    """

    label: npt.NDArray[np.int64]
    margins: tuple[Margin, ...]
    size: int
    empty: dict[int, npt.NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class Piece:
    """Totals and classes that hang together, and share no total with any other class.

    Attributes
    ----------
    number
        Among the pieces.
    classes
        Numbers of its classes.
    matrix
        (totals, classes) 0/1: which classes each total adds up.
    totals
        (totals,).
    """

    number: int
    classes: npt.NDArray[np.int64]
    matrix: npt.NDArray[np.float64]
    totals: npt.NDArray[np.float64]


def join(margins: Sequence[Margin], atoms: int) -> Joined:
    """Join the atoms that no margin tells apart.

    Parameters
    ----------
    margins
        Each over the same atoms.
    atoms
        Their number.

    Raises
    ------
    StatisticsError
        A margin is over other atoms, names a group that has no total, or has a negative total.
    """
    label = np.zeros(atoms, dtype=np.int64)
    for margin in margins:
        _check(margin, atoms)
        label = numbered(label * (len(margin.totals) + 1) + margin.group + 1)
    size = int(label.max()) + 1 if atoms else 0
    first = np.zeros(size, dtype=np.int64)
    first[label] = np.arange(atoms)
    return Joined(label, tuple(Margin(margin.group[first], margin.totals) for margin in margins), size, {})


def rake(first: npt.NDArray[np.float64], joined: Joined, *, tolerance: float = TOLERANCE) -> npt.NDArray[np.float64]:
    """Scale a first guess until it meets every total.

    Parameters
    ----------
    first
        (atoms,) first guess, >= 0; an atom at 0 stays there. Atoms of no group keep their first guess.
    joined
        As from ``join``.
    tolerance
        Greatest difference from a total that is left.

    Returns
    -------
    (atoms,) array, >= 0.

    Raises
    ------
    StatisticsError
        No table on the ground of the first guess adds up to the totals.
    """
    start = added(joined.label, first, joined.size)
    mass = start
    for _ in range(SWEEPS):
        mass = _sweep(mass, joined)
        if _off(mass, joined).max(initial=0.0) <= tolerance:
            break
    else:
        for piece in _slow_pieces(mass, joined, tolerance):
            mass[piece.classes] = _newton(_without_empty(mass, joined, piece), piece, tolerance)
    ratio = np.divide(mass, start, out=np.zeros_like(mass), where=start > 0)
    estimate: npt.NDArray[np.float64] = first * ratio[joined.label]
    return estimate


def added(place: npt.NDArray[np.int64], weights: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Sum of the weights at each place, (size,); weights at ``NOWHERE`` are left out."""
    return np.bincount(place + 1, weights=weights, minlength=size + 1)[1:].astype(np.float64, copy=False)


def _check(margin: Margin, atoms: int) -> None:
    groups = len(margin.totals)
    if margin.group.shape != (atoms,) or (atoms and not NOWHERE <= margin.group.min() <= margin.group.max() < groups):
        raise StatisticsError("A margin must give one of its groups, or none, for every atom.")
    if not (np.isfinite(margin.totals).all() and (margin.totals >= 0).all()):
        raise StatisticsError("A total is negative or missing: give counts that are 0 or more.")


def numbered(key: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number the different keys (>= 0) from 0 in their order, by a table where that is faster than sorting."""
    if len(key) and key.max() < 64 * len(key):
        seen = np.zeros(int(key.max()) + 1, dtype=np.int64)
        seen[key] = 1
        return (np.cumsum(seen) - 1)[key]
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _sums(mass: npt.NDArray[np.float64], margin: Margin) -> npt.NDArray[np.float64]:
    return added(margin.group, mass, len(margin.totals))


def _off(mass: npt.NDArray[np.float64], joined: Joined) -> npt.NDArray[np.float64]:
    """How far each total, margin after margin, is from being met."""
    return np.concatenate([np.empty(0), *(np.abs(_sums(mass, m) - m.totals) for m in joined.margins)])


def _sweep(mass: npt.NDArray[np.float64], joined: Joined) -> npt.NDArray[np.float64]:
    for margin in joined.margins:
        sums = _sums(mass, margin)
        if (margin.totals[sums <= 0] > 0).any():
            raise StatisticsError(
                "A total speaks of ground on which nothing can lie: take a release and a territory that belong "
                "together, and a first guess that is not zero there."
            )
        factor = np.divide(margin.totals, sums, out=np.zeros_like(sums), where=sums > 0)
        mass = mass * np.append(factor, 1.0)[margin.group]
    return mass


def _slow_pieces(mass: npt.NDArray[np.float64], joined: Joined, tolerance: float) -> list[Piece]:
    """Pieces of the problem in which some total is not met."""
    held = [(m.group >= 0).nonzero()[0] for m in joined.margins]
    before = np.cumsum([0, *(len(m.totals) for m in joined.margins)])
    rows = np.concatenate([m.group[h] + b for m, h, b in zip(joined.margins, held, before, strict=False)])
    columns = np.concatenate(held)
    width = int(before[-1])
    matrix: sparse.csr_array[np.float64] = sparse.csr_array(
        (np.ones(len(rows)), (rows, columns)), shape=(width, joined.size)
    )
    # Totals are nodes 0 to width - 1, classes come after them.
    graph: sparse.coo_array[np.float64] = sparse.coo_array(
        (np.ones(len(rows)), (rows, columns + width)), shape=(width + joined.size, width + joined.size)
    )
    part = sparse.csgraph.connected_components(graph.tocsr(), directed=False)[1]
    totals = np.concatenate([m.totals for m in joined.margins])
    pieces = []
    for number in np.unique(part[:width][_off(mass, joined) > tolerance]):
        mine, classes = np.flatnonzero(part[:width] == number), np.flatnonzero(part[width:] == number)
        pieces.append(Piece(int(classes[0]), classes, matrix[mine][:, classes].toarray(), totals[mine]))
    return pieces


def _without_empty(mass: npt.NDArray[np.float64], joined: Joined, piece: Piece) -> npt.NDArray[np.float64]:
    """Mass of a piece's classes, 0 where the totals force it: no table that meets them has anything there.

    One linear program: y <= x is as large as it can be, 0 to 1, over all x that meet the totals times a scale >= 1.
    """
    if piece.number not in joined.empty:
        width, size = piece.matrix.shape
        found = optimize.milp(
            np.concatenate([-np.ones(size), np.zeros(size + 1)]),
            constraints=optimize.LinearConstraint(
                sparse.csc_array(np.hstack([piece.matrix, piece.matrix, -piece.totals[:, None]])),
                np.zeros(width),
                np.zeros(width),
            ),
            bounds=optimize.Bounds(
                np.concatenate([np.zeros(2 * size), np.ones(1)]),
                np.concatenate([np.ones(size), np.full(size + 1, np.inf)]),
            ),
        )
        if found.x is None:
            raise StatisticsError("The totals contradict one another: take a release and a territory of one another.")
        joined.empty[piece.number] = found.x[:size] < 0.5  # noqa: PLR2004 - it is 0 or 1
    return np.where(joined.empty[piece.number], 0.0, mass[piece.classes])


def _newton(mass: npt.NDArray[np.float64], piece: Piece, tolerance: float) -> npt.NDArray[np.float64]:
    """Newton's method on the dual: one multiplier a total; the table stays the first guess times their exponential."""
    here = mass > 0
    rows, part = piece.matrix[:, here], mass[here]
    for _ in range(STEPS):
        short = piece.totals - rows @ part
        if np.abs(short).max() <= tolerance:
            break
        curve = (rows * part) @ rows.T
        # Totals that repeat one another leave directions without curvature; a trace of it keeps the solution finite.
        curve[np.diag_indices_from(curve)] *= 1 + 1e-12
        curve[np.diag_indices_from(curve)] += 1e-13 * curve.trace()
        move = rows.T @ linalg.solve(curve, short, assume_a="pos")
        part = part * np.exp(min(1.0, LARGEST_STEP / max(float(np.abs(move).max()), 1e-300)) * move)
    else:
        raise StatisticsError("The totals cannot all be met: take a release and a territory that belong together.")
    met = np.zeros_like(mass)
    met[here] = part
    return met
