"""Exact intervals for small counts: nothing here leans on a normal approximation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    import numpy.typing as npt

LEVEL = 0.95


def poisson_interval(n: npt.ArrayLike, level: float = LEVEL) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Exact two-sided interval for the mean of a Poisson count, from quantiles of chi2 (Garwood).

    Parameters
    ----------
    n
        Counts, any shape.
    level
        Confidence.

    Returns
    -------
    low, high : ndarray of float
        Shape of ``n``; ``low`` is 0 for a count of 0.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.

    Examples
    --------
    >>> low, high = poisson_interval(16)
    >>> round(float(low), 2), round(float(high), 2)
    (9.15, 25.98)
    """
    counts, tail = np.asarray(n, dtype=np.float64), (1 - level) / 2
    # Half a quantile of chi2 with 2a degrees of freedom is the quantile of the gamma distribution of shape a.
    low = np.where(counts > 0, special.gammaincinv(np.maximum(counts, 1), tail), 0.0)
    high = special.gammaincinv(counts + 1, 1 - tail)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def ratio_interval(this: int, last: int, level: float = LEVEL) -> tuple[float, float]:
    """Exact two-sided interval for the ratio of two Poisson means, from the counts of equally long periods.

    Given their sum, one of two Poisson counts is binomial; the interval of Clopper and Pearson for its share, as odds.

    Parameters
    ----------
    this, last
        Counts; the ratio is that of ``this`` to ``last``.
    level
        Confidence.

    Returns
    -------
    low, high : float
        ``high`` is infinite when ``last`` is 0.

    References
    ----------
    Clopper, C. and Pearson, E. (1934). The use of confidence or fiducial limits. Biometrika 26, 404-413.
    Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series.
    Biometrika 31, 313-323.

    Examples
    --------
    >>> low, high = ratio_interval(160, 160)
    >>> round(low, 2), round(high, 2)
    (0.8, 1.25)
    """
    tail = (1 - level) / 2
    low = float(special.betaincinv(this, last + 1, tail)) if this else 0.0
    high = float(special.betaincinv(this + 1, last, 1 - tail)) if last else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else float("inf")
