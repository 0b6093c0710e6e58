"""Intervals and p-values for small counts and their ratios: nothing here leans on a normal approximation.

Exact ones are never too narrow, and often too wide: counts jump. Mid-p ones count what was seen by half and are right
on the average, so that now and then they are a little too narrow. What names a change on a page uses exact ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from analytics.statistics import StatisticsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

LEVEL: Final = 0.95
HALVINGS: Final = 60
"""Steps of a bisection: more than the digits of a float."""


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
        Shape of ``n``; ``low`` is 0 for a count of 0. Holds the mean in at least ``level`` of cases, whatever it is.

    Raises
    ------
    StatisticsError
        A count that is negative or not a number.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.

    Examples
    --------
    >>> low, high = poisson_interval(16)
    >>> round(float(low), 2), round(float(high), 2)
    (9.15, 25.98)
    """
    counts, tail = _counts(n), (1 - level) / 2
    # Half a quantile of chi2 with 2a degrees of freedom is the quantile of the gamma distribution of shape a.
    low = np.where(counts > 0, special.gammaincinv(np.maximum(counts, 1), tail), 0.0)
    high = special.gammaincinv(counts + 1, 1 - tail)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def mid_p_interval(n: npt.ArrayLike, level: float = LEVEL) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mid-p two-sided interval for the mean of a Poisson count.

    Holds the means under which half the chance of what was seen, with the chance of all counts that are less likely
    than it (Sterne's order), is more than 1 - level. With equal tails instead, mid-p holds means of 3 or more in 91.6
    to 97.3 % of cases; in this order in 93 to 97 %, which the tests enumerate.

    Parameters
    ----------
    n
        Counts, any shape.
    level
        Confidence: right on the average over means, and less for some.

    Returns
    -------
    low, high : ndarray of float
        Shape of ``n``; ``low`` is 0 for a count of 0. Shorter than the exact interval.

    Raises
    ------
    StatisticsError
        A count that is negative or not a number.

    References
    ----------
    Sterne, T. E. (1954). Some remarks on confidence or fiducial limits. Biometrika 41, 275-278.
    Lancaster, H. O. (1961). Significance tests in discrete distributions. Journal of the American Statistical
    Association 56, 223-234.
    Cohen, G. R., Yang, S.-Y. (1994). Mid-P confidence intervals for the Poisson expectation. Statistics in Medicine 13,
    2189-2203. (With equal tails.)

    Examples
    --------
    >>> low, high = mid_p_interval(16)
    >>> round(float(low), 2), round(float(high), 2)
    (9.89, 25.85)
    """
    counts = _counts(n)
    different, place = np.unique(counts, return_inverse=True)
    ends = np.array([(_lowest(k, 1 - level), _highest(k, 1 - level)) for k in different]).reshape(-1, 2)
    return ends[place, 0].reshape(counts.shape), ends[place, 1].reshape(counts.shape)


def _highest(k: float, chance: float) -> float:
    """Greatest mean under which a count of k is not too unlikely: the last at which some greater count is as unlikely.

    Above k, between two such means, the p-value rises, since less likely counts above gain more than those below lose;
    so it is enough to look at these means.
    """
    greater = k + np.arange(1, _reach(k))
    mean = np.exp((special.gammaln(greater + 1) - special.gammaln(k + 1)) / (greater - k))
    below = special.gammaincc(k, mean) if k else np.zeros(len(mean))
    p_value = below + special.gammainc(greater, mean) + _chance(k, mean) / 2
    return float(mean[p_value > chance].max())


def _lowest(k: float, chance: float) -> float:
    """Least mean under which a count of k is not too unlikely: below k the p-value rises with the mean all the way."""
    if k == 0:
        return 0.0
    smaller = np.arange(max(0.0, k - _reach(k)), k)
    as_likely = np.exp((special.gammaln(k + 1) - special.gammaln(smaller + 1)) / (k - smaller))

    def p_value(mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        joined = smaller[: np.searchsorted(as_likely, mean)[0]]
        below = special.gammaincc(joined[-1] + 1, mean) if len(joined) else 0.0
        return np.asarray(below + special.gammainc(k + 1, mean) + _chance(k, mean) / 2, dtype=np.float64)

    return float(_crossing(p_value, chance, np.zeros(1), np.array([k]))[0])


def _chance(k: float, mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1)), dtype=np.float64)


def _reach(k: float) -> int:
    """How far from k the counts that matter to its interval can lie: 20 standard deviations."""
    return 40 + int(20 * np.sqrt(k))


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


def mid_p_ratio_interval(this: int, last: int, level: float = LEVEL) -> tuple[float, float]:
    """Mid-p two-sided interval for the ratio of two Poisson means, from the counts of equally long periods.

    As ``ratio_interval``, with what was seen counting by half in each tail: shorter, and now and then too narrow.

    Parameters
    ----------
    this, last
        Counts; the ratio is that of ``this`` to ``last``.
    level
        Confidence.

    Returns
    -------
    low, high : float
        ``high`` is infinite when ``last`` is 0, ``low`` is 0 when ``this`` is 0.

    References
    ----------
    Berry, G., Armitage, P. (1995). Mid-P confidence intervals: a brief review. The Statistician 44, 417-423.

    Examples
    --------
    >>> low, high = mid_p_ratio_interval(160, 160)
    >>> round(low, 2), round(high, 2)
    (0.8, 1.25)
    """
    _counts([this, last])
    tail = (1 - level) / 2

    def above(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(_upper_tail(this, last, share, half=True), dtype=np.float64)

    ends = np.zeros(1), np.ones(1)
    low = float(_crossing(above, tail, *ends)[0]) if this else 0.0
    high = float(_crossing(above, 1 - tail, *ends)[0]) if last else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else float("inf")


def ratio_p_value(this: int, last: int, *, mid: bool = False) -> float:
    """Two-sided p-value of equal Poisson means, from the counts of equally long periods.

    Twice the smaller tail of the binomial test of one half, so that the exact one is under 1 - level just when
    ``ratio_interval`` excludes 1 (but for ties), and the mid-p one just when ``mid_p_ratio_interval`` does.

    Parameters
    ----------
    this, last
        Counts.
    mid
        Mid-p instead of exact.

    Returns
    -------
    float
        0 to 1; 1 where both counts are 0.

    Raises
    ------
    StatisticsError
        A count that is negative or not a number.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series.
    Biometrika 31, 313-323.

    Examples
    --------
    >>> round(ratio_p_value(20, 8), 4), round(ratio_p_value(20, 8, mid=True), 4)
    (0.0357, 0.0241)
    """
    _counts([this, last])
    more = float(_upper_tail(this, last, 0.5, half=mid))
    fewer = float(_upper_tail(last, this, 0.5, half=mid))
    return min(1.0, 2 * min(more, fewer))


def _upper_tail(this: int, last: int, share: npt.ArrayLike, *, half: bool) -> npt.NDArray[np.float64]:
    """Chance of at least ``this`` of all, each with chance ``share``; with ``half``, of what was seen only half."""
    shares = np.asarray(share, dtype=np.float64)
    at_least = special.betainc(this, last + 1, shares) if this else np.ones_like(shares)
    if not half:
        return np.asarray(at_least, dtype=np.float64)
    more = special.betainc(this + 1, last, shares) if last else np.zeros_like(shares)
    return np.asarray((at_least + more) / 2, dtype=np.float64)


def _crossing(
    rising: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
    target: float,
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Where a rising function reaches a target, between two ends that bracket it."""
    low, high = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        under = rising(middle) < target
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return (low + high) / 2


def _counts(n: npt.ArrayLike) -> npt.NDArray[np.float64]:
    counts = np.asarray(n, dtype=np.float64)
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise StatisticsError("A count is a number that is not negative; leave out the periods that were not said.")
    return counts
