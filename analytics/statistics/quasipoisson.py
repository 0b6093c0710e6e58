"""Many small regressions of counts at once: quasi-Poisson with a logarithmic link, by iteratively reweighted squares.

Alerts fit up to four regressions for each month of each area. One call of a regression library takes about a
millisecond, and a calibration needs hundreds of thousands; here all of them that share a design are fitted together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ROUNDS: Final = 25
CONVERGED: Final = 1e-8
LOWEST: Final = -30.0
"""Least logarithm of a mean: a level with no count at all has none."""


@dataclass(frozen=True, eq=False)
class Fits:
    """Regressions that share a design.

    Attributes
    ----------
    beta
        (fits, terms) coefficients.
    mean
        (fits, points) fitted means.
    weight
        (fits, points) working weights of the last round.
    inverse
        (fits, terms, terms) inverse of the weighted cross product: the covariance for a dispersion of 1.
    pearson
        (fits,) dispersion: Pearson's chi square over its degrees of freedom.
    left
        (fits,) degrees of freedom.
    converged
        (fits,) whether the deviance had stopped moving.
    """

    beta: Floats
    mean: Floats
    weight: Floats
    inverse: Floats
    pearson: Floats
    left: npt.NDArray[np.int64]
    converged: npt.NDArray[np.bool_]

    def leverage(self, design: Floats) -> Floats:
        """(fits, points) pull of each count on its own fitted mean, 0 to 1."""
        pull: Floats = self.weight * np.einsum("np,fpq,nq->fn", design, self.inverse, design)
        return pull


def fit(design: Floats, counts: Floats, prior: Floats) -> Fits:
    """Fit every row of counts on the same design.

    Parameters
    ----------
    design
        (points, terms).
    counts
        (fits, points) counts >= 0; what stands where ``prior`` is 0 counts for nothing.
    prior
        (fits, points) weights >= 0.

    References
    ----------
    McCullagh, P., Nelder, J. (1989). Generalized linear models, 2nd edition. Chapman and Hall.
    """
    y = np.where(prior > 0, counts, 0.0)
    mean = y + 0.1
    eta = np.log(mean)
    beta = np.zeros((len(y), design.shape[1]))
    weight, inverse = prior * mean, np.zeros((len(y), design.shape[1], design.shape[1]))
    deviance = _deviance(y, mean, prior)
    moving = np.ones(len(y), dtype=bool)
    for _ in range(ROUNDS):
        if not moving.any():
            break
        weight[moving] = prior[moving] * mean[moving]
        response = eta[moving] + y[moving] / mean[moving] - 1
        inverse[moving] = _inverse(np.einsum("fn,np,nq->fpq", weight[moving], design, design))
        right = np.einsum("fn,fn,np->fp", weight[moving], response, design)
        beta[moving] = np.einsum("fpq,fq->fp", inverse[moving], right)
        eta[moving] = np.clip(beta[moving] @ design.T, LOWEST, -LOWEST)
        mean[moving] = np.exp(eta[moving])
        now = _deviance(y, mean, prior)
        moving &= np.abs(now - deviance) / (np.abs(now) + 0.1) >= CONVERGED
        deviance = now
    used = (np.abs(design)[None] * (prior > 0)[:, :, None]).any(axis=1).sum(axis=1)
    left = np.asarray((prior > 0).sum(axis=1) - used, dtype=np.int64)
    chi_square = (weight * ((y - mean) / mean) ** 2).sum(axis=1)
    pearson = np.where(left > 0, chi_square / np.maximum(left, 1), np.nan)
    return Fits(beta, mean, weight, inverse, pearson, left, ~moving)


def _deviance(y: Floats, mean: Floats, prior: Floats) -> Floats:
    parts: Floats = 2 * prior * (special.xlogy(y, y / mean) - (y - mean))
    return np.asarray(parts.sum(axis=1), dtype=np.float64)


def _inverse(cross: Floats) -> Floats:
    """Inverse of symmetric matrices; a term that no point uses keeps a coefficient of 0."""
    terms = np.arange(cross.shape[1])
    unused = cross[:, terms, terms] <= 0
    cross[:, terms, terms] += unused
    try:
        inverse = np.linalg.inv(cross)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(cross, hermitian=True)
    inverse[:, terms, terms] -= unused
    return np.asarray(inverse, dtype=np.float64)
