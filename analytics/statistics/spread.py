"""How far an estimated count may be from the truth, given how published numbers were shared among cells.

Every atom belongs to the finest fact that speaks of it. A fact that lies wholly in a cell's window is known. Of a fact
of n that lies partly there the part is a binomial count, n draws with the estimated share; what is left of a coarse
total after finer facts is an uncertain total, and the part is a Poisson count. The share itself is known only as well
as ``CONFIDENCE`` draws would tell it, and a share that is wrong in one month is wrong alike in the next: these errors
do not average out over months, they add up. The sum gets the family that fits its two moments: binomial, Poisson or
negative binomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

from analytics.statistics.raking import added, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from analytics.statistics.raking import Margin

LEVEL: Final = 0.9
CONFIDENCE: Final = 4.0
WIDE: Final = ("zone", "departement")
WHOLE: Final = 1e-6
LEAST: Final = 1e-3


@dataclass(frozen=True, eq=False)
class Doubt:
    """What the intervals of any run of months are made of.

    A *part* is a cell's share of one fact (of all the uncertain totals together, which need not be told apart).

    Attributes
    ----------
    part
        (months, cells) part of each atom.
    mass
        (months, cells) estimate of each atom.
    cell
        (parts,) cell of each part.
    total
        (parts,) count of its fact; infinite for uncertain totals.
    slant
        (months, cells) standard deviation that the doubt about the cell's share brings into an atom.
    alone
        (months, cells) estimate that comes from facts whose ground is that cell alone.
    """

    part: npt.NDArray[np.int64]
    mass: npt.NDArray[np.float64]
    cell: npt.NDArray[np.int64]
    total: npt.NDArray[np.float64]
    slant: npt.NDArray[np.float64]
    alone: npt.NDArray[np.float64]


def doubt(
    estimate: npt.NDArray[np.float64],
    margins: Sequence[Margin],
    facts: pd.DataFrame,
    single: npt.NDArray[np.bool_],
) -> Doubt:
    """Prepare the intervals of a surface.

    Parameters
    ----------
    estimate
        (cells, months).
    margins
        One a table, over the flattened estimate; their groups, one margin after another, are the rows of ``facts``.
    facts
        ``n`` and ``area_level`` of each fact.
    single
        (facts,) whether the fact's ground is one cell alone.
    """
    cells, months = estimate.shape
    counts = facts["n"].to_numpy(dtype=np.float64)
    owner, alone, before = np.full(estimate.size, -1, dtype=np.int64), np.zeros(estimate.size, dtype=bool), 0
    # The last place of a table that is looked up by fact is that of atoms in no fact, whose number is -1.
    extent = np.append(np.concatenate([np.empty(0), *(_extents(margin) for margin in margins)]), np.inf)
    lone = np.append(single, np.zeros(1, dtype=bool))
    for margin in margins:
        number = np.where(margin.group >= 0, margin.group + before, -1)
        alone |= lone[number]
        owner = np.where(extent[number] < extent[owner], number, owner)
        before += len(margin.totals)
    mass = added(owner, estimate.ravel(), len(counts))
    exact = (np.abs(mass - counts) <= WHOLE) & ~facts["area_level"].isin(WIDE).to_numpy()
    place = np.repeat(np.arange(cells), months)
    key = place * (len(counts) + 1) + np.where(np.append(exact, np.zeros(1, dtype=bool))[owner], owner, -1) + 1
    part = numbered(key)
    of_part = np.zeros(int(part.max(initial=-1)) + 1, dtype=np.int64)
    of_part[part] = key
    slant = _slant(estimate.ravel(), place * (len(counts) + 1) + owner + 1, np.append(mass, 0.0)[owner])
    return Doubt(
        part=np.ascontiguousarray(part.reshape(cells, months).T),
        mass=np.ascontiguousarray(estimate.T),
        cell=of_part // (len(counts) + 1),
        total=np.append(counts, np.inf)[of_part % (len(counts) + 1) - 1],
        slant=np.ascontiguousarray(slant.reshape(cells, months).T),
        alone=np.ascontiguousarray(np.where(alone.reshape(cells, months), estimate, 0.0).T),
    )


def _slant(
    estimate: npt.NDArray[np.float64], key: npt.NDArray[np.int64], total: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """(atoms,) standard deviation by the doubt about shares; the months of a cell in a fact have equal parts of it.

    Parameters
    ----------
    estimate
        (atoms,).
    key
        (atoms,) the same for the atoms of one cell in one fact.
    total
        (atoms,) sum of the estimate over the atom's fact.
    """
    piece = numbered(key)
    size = int(piece.max(initial=-1)) + 1
    mine = added(piece, estimate, size)[piece]
    variance = mine * np.maximum(total - mine, 0.0) / (1.0 + CONFIDENCE)
    return np.sqrt(variance) / np.bincount(piece, minlength=size)[piece]


def _extents(margin: Margin) -> npt.NDArray[np.int64]:
    """How many atoms each fact speaks of."""
    return np.bincount(margin.group + 1, minlength=len(margin.totals) + 1)[1:]


def interval(
    known: Doubt, estimate: npt.NDArray[np.float64], first: int, last: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Interval and measured share of every cell for a run of months.

    Parameters
    ----------
    known
        As from ``doubt``.
    estimate
        (cells,) estimate of the run of months.
    first, last
        Numbers of its first and last month, both inclusive.

    Returns
    -------
    low, high : (cells,) whole episodes
    measured : (cells,) 0 to 1
    """
    run = slice(first, last + 1)
    cells, parts = len(estimate), len(known.total)
    mass, part = known.mass[run].ravel(), known.part[run].ravel()
    inside = added(part, mass, parts)
    whole = inside >= known.total - WHOLE
    variance = added(known.cell, np.where(whole, 0.0, inside * np.maximum(1.0 - inside / known.total, 0.0)), cells)
    variance += known.slant[run].sum(axis=0) ** 2
    fixed = added(known.cell, np.where(whole, known.total, 0.0), cells)
    rest = np.maximum(estimate - fixed, 0.0)
    low, high = quantiles(rest, variance, LEVEL)
    alone = known.alone[run].sum(axis=0)
    measured = np.divide(alone, estimate, out=np.zeros(cells), where=estimate > LEAST)
    return (np.rint(fixed) + low).astype(np.int64), (np.rint(fixed) + high).astype(np.int64), np.minimum(measured, 1.0)


def quantiles(
    mean: npt.NDArray[np.float64], variance: npt.NDArray[np.float64], level: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Central interval of counts with given moments: binomial, Poisson or negative binomial, whichever fits.

    Parameters
    ----------
    mean, variance
        (m,) >= 0.
    level
        Probability inside.
    """
    tail = (1 - level) / 2
    low, high = np.zeros_like(mean), np.zeros_like(mean)
    # A count whose mean is below its tail probability is 0 with more than the level's certainty (Markov).
    some = mean > tail
    narrow = some & (variance < (1 - LEAST) * mean)
    wide = some & (variance > (1 + LEAST) * mean)
    poisson = some & ~narrow & ~wide
    trials = np.ceil(mean[narrow] ** 2 / (mean[narrow] - variance[narrow]) - WHOLE)
    chance = mean[narrow] / trials
    shape = mean[wide] ** 2 / (variance[wide] - mean[wide])
    success = mean[wide] / variance[wide]
    for bound, at in ((low, tail), (high, 1 - tail)):
        bound[narrow] = stats.binom.ppf(at, trials, np.minimum(chance, 1.0))
        bound[wide] = stats.nbinom.ppf(at, shape, success)
        bound[poisson] = stats.poisson.ppf(at, mean[poisson])
    return np.maximum(low, 0.0), high


def mean_below(mean: npt.NDArray[np.float64], k: int) -> npt.NDArray[np.float64]:
    """Mean of a Poisson count of which it is known that it is below k."""
    given: npt.NDArray[np.float64] = mean * stats.poisson.cdf(k - 2, mean) / stats.poisson.cdf(k - 1, mean)
    return np.where(mean > 0, given, 0.0)
