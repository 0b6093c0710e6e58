"""Exact tests and intervals for one ratio, whatever else is unknown: conditional on what carries no news of it.

Given their sum, one of two Poisson counts is binomial, and only the ratio of their means decides. Given all margins,
one cell of a table of two by two is a noncentral hypergeometric count, and only the ratio of ratios decides. Both are
families of one parameter: the chance of a whole number x is proportional to weight(x) * theta**x. Here such a family is
tested and its theta enclosed, with nothing normal about it.

The exact way takes both tails with the observed number in full: never wrong more often than it says, and with few
reports much less often. The mid-p way takes half of the observed number's chance: near to what it says on average, and
at times a little more often wrong.

References
----------
Clopper, C. and Pearson, E. (1934). The use of confidence or fiducial limits. Biometrika 26, 404-413.
Cornfield, J. (1956). A statistical problem arising from retrospective studies. Proceedings of the Third Berkeley
Symposium on Mathematical Statistics and Probability 4, 135-148.
Lancaster, H. O. (1961). Significance tests in discrete distributions. Journal of the American Statistical Association
56, 223-234.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import optimize, special

if TYPE_CHECKING:
    import numpy.typing as npt

Method = Literal["exact", "mid_p"]
LEVEL: Final = 0.95
FURTHEST: Final = 300.0
"""Greatest logarithm of theta that is looked at."""


@dataclass(frozen=True, eq=False)
class Family:
    """Whole numbers whose chances are proportional to weight * theta ** number.

    Attributes
    ----------
    first
        Least possible number; the others follow one by one.
    log_weight
        (m,) logarithm of each number's weight.
    """

    first: int
    log_weight: npt.NDArray[np.float64]

    @property
    def last(self) -> int:
        """Greatest possible number."""
        return self.first + len(self.log_weight) - 1


def binomial(trials: int) -> Family:
    """Successes among so many trials; theta are the odds of success."""
    return Family(0, _log_choose(trials, np.arange(trials + 1)))


def hypergeometric(one: int, other: int, drawn: int) -> Family:
    """How many of ``drawn`` come from a first group of ``one`` and not from a second of ``other``.

    Theta is the odds ratio: 1 where being drawn has nothing to do with the group.
    """
    numbers = np.arange(max(0, drawn - other), min(one, drawn) + 1)
    return Family(int(numbers[0]), _log_choose(one, numbers) + _log_choose(other, drawn - numbers))


def tails(family: Family, number: int, log_theta: float, method: Method) -> tuple[float, float]:
    """Chance of at most, and of at least, a number; with mid-p the number itself counts half in both."""
    at = np.arange(len(family.log_weight), dtype=np.float64)
    log_chance = family.log_weight + at * log_theta
    chance = np.exp(log_chance - special.logsumexp(log_chance))
    here, own = number - family.first, 0.5 if method == "mid_p" else 1.0
    below, above = float(chance[:here].sum()), float(chance[here + 1 :].sum())
    return below + own * float(chance[here]), above + own * float(chance[here])


def p_value(family: Family, number: int, theta: float = 1.0, method: Method = "exact") -> float:
    """Two-sided p of a theta: twice the smaller tail, at most 1, so that it agrees with ``interval``.

    Parameters
    ----------
    family, number
        What could have been, and what was.
    theta
        Value tested, > 0.
    method
        ``exact`` or ``mid_p``.
    """
    return min(1.0, 2.0 * min(tails(family, number, float(np.log(theta)), method)))


def interval(family: Family, number: int, level: float = LEVEL, method: Method = "exact") -> tuple[float, float]:
    """Thetas that ``p_value`` does not exclude.

    Returns
    -------
    low, high : float
        0 where the number is the least possible one, infinite where it is the greatest.
    """
    tail = (1 - level) / 2

    def beyond(side: int) -> float:
        found = optimize.brentq(lambda t: tails(family, number, t, method)[side] - tail, -FURTHEST, FURTHEST)
        return float(np.exp(found))

    low = beyond(1) if number > family.first else 0.0
    high = beyond(0) if number < family.last else float("inf")
    return low, high


def extremes(family: Family, theta: float = 1.0, method: Method = "exact") -> tuple[float, float]:
    """Two-sided p of the least and of the greatest possible number: what the clearest fall and rise could show."""
    return p_value(family, family.first, theta, method), p_value(family, family.last, theta, method)


def _log_choose(total: int, some: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    chosen: npt.NDArray[np.float64] = (
        special.gammaln(total + 1.0) - special.gammaln(some + 1.0) - special.gammaln(total - some + 1.0)
    )
    return chosen
