"""Before a campaign: how many months until a fall could be seen, and which fall could be seen in given months.

Everything is the chance that the very test of ``changes`` names a fall when there is one, summed over the counts that
could be: no normal approximation and no simulation. Counts at either end whose chance is under one in a hundred
thousand are left out, and where two sums of many reports meet, every so many-th is taken; both change a power by less
than 0.001.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit
from scipy import stats

from analytics.statistics import StatisticsError
from analytics.statistics.campaigns.changes import fewest

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.campaigns.changes import Reason
    from analytics.statistics.conditional import Method

NEGLIGIBLE: Final = 1e-5
LONGEST: Final = 120
"""Months beyond which no campaign waits for its evaluation."""
STEPS: Final = 16
TINY: Final = 1e-10
WIDTH: Final = 8.0
"""Standard deviations below the mean from which a hypergeometric count is added up."""
FINE: Final = 3.0
"""Steps in a standard deviation with which the sums over large numbers of reports are taken."""


@dataclass(frozen=True)
class Plan:
    """What would be counted.

    Attributes
    ----------
    rate
        Reports a month in the campaign's zones before it.
    comparison
        Reports a month in the comparison zones; None to compare with the time before alone.
    error
        Chance of naming a change where there is none (two-sided).
    method
        As for ``changes.before_after``.
    """

    rate: float
    comparison: float | None = None
    error: float = 0.05
    method: Method = "exact"

    def __post_init__(self) -> None:
        """Refuse what cannot be a plan."""
        rates = [self.rate] if self.comparison is None else [self.rate, self.comparison]
        if not all(np.isfinite(rate) and rate > 0 for rate in rates):
            raise StatisticsError("Give rates over 0 reports a month: where nothing is reported no fall can be seen.")
        if not 0 < self.error < 1:
            raise StatisticsError(f"An error rate of {self.error} is none: give one between 0 and 1, such as 0.05.")


@dataclass(frozen=True)
class MonthsNeeded:
    """How long to wait.

    Attributes
    ----------
    months
        Months after; None where ``LONGEST`` are not enough.
    power
        Chance that the fall is then named, or that it is after ``LONGEST`` months.
    reason
        ``not_enough`` where the months before are too few for the fall ever to be seen.
    needed
        With ``not_enough``: how many months before, and as many after, would be enough; None where none would.
    """

    months: int | None
    power: float
    reason: Reason
    needed: int | None


@dataclass(frozen=True)
class SmallestFall:
    """What could be seen.

    Attributes
    ----------
    fall
        Smallest fall, as a share of the rate, that is named with the asked power; None where not even silence would be.
    power
        Chance that it is named; that silence is, where ``fall`` is None.
    reason, needed
        ``not_enough`` where not even silence would be named; ``needed`` months before, and as many after, would be
        enough for that; None where none would.
    """

    fall: float | None
    power: float
    reason: Reason
    needed: int | None


def power(plan: Plan, months: tuple[int, int], fall: float) -> float:
    """Chance that a fall is named.

    Parameters
    ----------
    plan
        Rates and error.
    months
        Months before and after.
    fall
        Share by which the rate of the campaign's zones falls, above 0 and at most 1.

    Raises
    ------
    StatisticsError
        A fall or months that cannot be.

    Examples
    --------
    >>> round(power(Plan(rate=16), (12, 12), 0.3), 2)
    0.88
    """
    if not 0 < fall <= 1:
        raise StatisticsError(
            f"A fall of {fall} cannot be looked for: give a share above 0 and at most 1, such as 0.3."
        )
    before, after = months
    if before < 1 or after < 1:
        raise StatisticsError("Give at least one month before and one after.")
    means = plan.rate * before, plan.rate * (1 - fall) * after
    if plan.comparison is None:
        return _alone(means, after / before, plan)
    return _beside(means, (plan.comparison * before, plan.comparison * after), plan)


def months_needed(plan: Plan, fall: float, *, before: int = 12, wanted: float = 0.8) -> MonthsNeeded:
    """How many months after a campaign until a fall would be named with a wanted chance.

    Parameters
    ----------
    plan
        Rates and error.
    fall
        As for ``power``.
    before
        Months before.
    wanted
        Chance, between 0 and 1.

    Examples
    --------
    >>> months_needed(Plan(rate=16), 0.3, before=12).months
    9
    """
    _check_wanted(wanted)
    months = fewest(lambda m: power(plan, (before, m), fall) >= wanted, LONGEST)
    if months is not None:
        return MonthsNeeded(months, power(plan, (before, months), fall), "complete", None)
    both = fewest(lambda m: power(plan, (m, m), fall) >= wanted, LONGEST)
    return MonthsNeeded(None, power(plan, (before, LONGEST), fall), "not_enough", both)


def smallest_fall(plan: Plan, months: tuple[int, int], *, wanted: float = 0.8) -> SmallestFall:
    """Smallest fall that would be named with a wanted chance after given months.

    Parameters
    ----------
    plan
        Rates and error.
    months
        Months before and after.
    wanted
        Chance, between 0 and 1.
    """
    _check_wanted(wanted)
    at_most = power(plan, months, 1.0)
    if at_most < wanted:
        both = fewest(lambda m: power(plan, (m, m), 1.0) >= wanted, LONGEST)
        return SmallestFall(None, at_most, "not_enough", both)
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if power(plan, months, middle) >= wanted else (middle, high)
    return SmallestFall(high, power(plan, months, high), "complete", None)


def _check_wanted(wanted: float) -> None:
    if not 0 < wanted < 1:
        raise StatisticsError(f"A power of {wanted} cannot be had: give one between 0 and 1, such as 0.8.")


def _alone(means: tuple[float, float], exposure: float, plan: Plan) -> float:
    """Sum over the number of reports in all: given it, the count after is binomial."""
    total, share = sum(means), means[1] / sum(means)
    sizes = _likely(total)
    usual = exposure / (1 + exposure)
    limit = _greatest_named(sizes, usual, plan)
    named = np.where(limit >= 0, stats.binom.cdf(limit, sizes, share), 0.0)
    return float((stats.poisson.pmf(sizes, total) * named).sum())


def _greatest_named(sizes: npt.NDArray[np.int64], usual: float, plan: Plan) -> npt.NDArray[np.int64]:
    """(sizes,) greatest count after that is named a fall; -1 where none is."""
    tail = plan.error / 2
    limit = np.maximum(np.asarray(stats.binom.ppf(tail, sizes, usual), dtype=np.int64), 0)

    def below(count: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        whole: npt.NDArray[np.float64] = np.asarray(stats.binom.cdf(count, sizes, usual))
        return whole - 0.5 * stats.binom.pmf(count, sizes, usual) if plan.method == "mid_p" else whole

    # The quantile is the first count whose chance reaches the tail: it, or one beside it, is the limit.
    for _ in range(2):
        limit = np.where((limit >= 0) & (below(limit) > tail), limit - 1, limit)
    further = below(limit + 1) <= tail
    return np.where(further, limit + 1, limit)


def _likely(mean: float) -> npt.NDArray[np.int64]:
    low, high = (int(stats.poisson.isf(tail, mean)) for tail in (1 - NEGLIGIBLE, NEGLIGIBLE))
    return np.arange(low, high + 1)


def _beside(mine: tuple[float, float], other: tuple[float, float], plan: Plan) -> float:
    """Sum over both numbers of reports in all and the number after: given them, one count decides."""
    share = 0.5 if plan.method == "mid_p" else 1.0
    own, others = (
        [
            (stats.binom.pmf(np.arange(n + 1), n, pair[1] / sum(pair)), p)
            for n, p in zip(*_thinned(sum(pair)), strict=True)
        ]
        for pair in (mine, other)
    )
    return float(sum(p * q * _named(ours, theirs, plan.error / 2, share) for ours, p in own for theirs, q in others))


def _thinned(mean: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Sizes and their chances; of large sizes, whose chances hardly differ from one to the next, every so many-th."""
    sizes = _likely(mean)[:: max(1, int(np.sqrt(mean) / FINE))]
    chance = stats.poisson.pmf(sizes, mean)
    return sizes, chance / chance.sum()


def _ends(chances: Any) -> tuple[int, int]:  # noqa: ANN401 - compiled
    """First and last count whose chance is worth adding."""
    first, last = 0, len(chances) - 1
    while first < last and chances[first] < TINY:
        first += 1
    while last > first and chances[last] < TINY:
        last -= 1
    return first, last


_reach: Any = njit(cache=True)(_ends)


def _chance_named(ours: Any, theirs: Any, tail: float, share: float) -> float:  # noqa: ANN401 - compiled
    """Chance that the conditional test names a fall, given both numbers of reports in all.

    Parameters
    ----------
    ours, theirs
        (n + 1,), (m + 1,) chances of each count after, of the campaign's zones and of the comparison zones.
    tail
        Chance of a count as small or smaller, were there no change, up to which it is named.
    share
        How much of its own chance a count counts in this (1 exact, a half for mid-p).
    """
    n, m = len(ours) - 1, len(theirs) - 1
    found = 0.0
    if n == 0 or m == 0:
        return found
    at, then = _reach(ours), _reach(theirs)
    for drawn in range(at[0] + then[0], at[1] + then[1] + 1):
        # Far below its mean a count has no chance worth adding: that leaves out exp and log from the loop.
        mean = n * drawn / (n + m)
        away = WIDTH * math.sqrt(mean * m * (n + m - drawn) / (n + m) ** 2 + 1.0)
        x = max(0, drawn - m, int(mean - away))
        own = math.exp(
            math.lgamma(n + 1.0) - math.lgamma(x + 1.0) - math.lgamma(n - x + 1.0)
            + math.lgamma(m + 1.0) - math.lgamma(drawn - x + 1.0) - math.lgamma(m - drawn + x + 1.0)
            - math.lgamma(n + m + 1.0) + math.lgamma(drawn + 1.0) + math.lgamma(n + m - drawn + 1.0)
        )  # fmt: skip
        below = 0.0
        for y in range(max(0, drawn - m), x):
            found += ours[y] * theirs[drawn - y]
        while x <= min(n, drawn) and below + share * own <= tail:
            below += own
            found += ours[x] * theirs[drawn - x]
            own *= (n - x) * (drawn - x) / ((x + 1.0) * (m - drawn + x + 1.0))
            x += 1
    return found


_named: Any = njit(cache=True)(_chance_named)
