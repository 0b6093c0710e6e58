"""The next three months of the territory and of each zone, with intervals, and how well that would have gone so far.

The mean of a month is thought to drift: it has a gamma distribution, what is older weighs less by a discount a month,
and each count that is known joins it (Smith and Miller 1986; West and Harrison 1997). A count to come is then negative
binomial. Several discounts, and several degrees by which counts vary more than Poisson ones, are averaged, each
weighing as much as the chance that it gave, one month ahead, to what the series has been so far. From 24 months on a
season joins where a test finds one.

Months that were not said enter with their expected count, and weigh as much as is known of them (``censored``).

References
----------
Smith, R. L., Miller, J. E. (1986). A non-Gaussian state space model and application to prediction of records. Journal
of the Royal Statistical Society B 48, 79-88.
West, M., Harrison, J. (1997). Bayesian forecasting and dynamic models, 2nd edition. Springer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import special, stats

from analytics import release as said
from analytics.statistics import StatisticsError, censored, regression

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.censored import Known
    from analytics.territory import Territory

    Floats = npt.NDArray[np.float64]

YEAR: Final = 12
HORIZON: Final = 3
LEVELS: Final = (0.50, 0.80, 0.95)
MONTHS_NEEDED: Final = 12
TOLD_NEEDED: Final = 6
"""Of the last twelve months, how many something must be known of (a fact, alone or in a sum, or the ladder's rule)."""
SEASON_FROM: Final = 24
DISCOUNTS: Final = (1.0, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7)
EXCESSES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
SEASON_P: Final = 0.01
FIRST_SHAPE: Final = 0.5
"""What is thought of the mean before anything is known: hardly anything, around the mean of what is known."""
SCORED_AFTER: Final = 6


@dataclass(frozen=True, eq=False)
class Predictive:
    """Negative binomial distributions of the months to come.

    Attributes
    ----------
    mean
        (months,) expected counts.
    variance
        (months,) at least the mean.
    """

    mean: Floats
    variance: Floats

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """(months,) ends of the interval with equal tails, whole counts, both inclusive."""
        return self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)

    def below(self, counts: Floats) -> Floats:
        """(months,) chance of at most these counts."""
        size, share = self._parameters()
        found = np.where(
            size > 0, stats.nbinom.cdf(counts, np.maximum(size, 1e-9), share), stats.poisson.cdf(counts, self.mean)
        )
        return np.asarray(found, dtype=np.float64)

    def _parameters(self) -> tuple[Floats, Floats]:
        over = self.variance - self.mean
        wide = over > 1e-6 * self.mean
        size = np.where(wide, self.mean**2 / np.where(wide, over, 1.0), 0.0)
        return size, np.where(wide, self.mean / self.variance, 0.5)

    def _quantile(self, chance: float) -> Floats:
        size, share = self._parameters()
        negative = stats.nbinom.ppf(chance, np.maximum(size, 1e-9), share)
        found = np.where(size > 0, negative, stats.poisson.ppf(chance, self.mean))
        return np.asarray(found, dtype=np.float64)


def predict(known: Known, *, first_month: int = 1, horizon: int = HORIZON) -> Predictive:
    """Foretell the months after what is known of a series.

    Parameters
    ----------
    known
        From ``censored.of_area`` or ``censored.complete``.
    first_month
        Calendar month of its first, 1 to 12.
    horizon
        How many months.

    Raises
    ------
    StatisticsError
        Less than a year is closed, or too little is known of the last twelve months.
    """
    if known.months < MONTHS_NEEDED or not any(group.n for group in known.groups):
        raise StatisticsError(
            f"A forecast needs {MONTHS_NEEDED} closed months and a published number in them; there are {known.months}."
        )
    told = int(known.informed[-YEAR:].sum())
    if told < TOLD_NEEDED:
        raise StatisticsError(
            f"A forecast needs {TOLD_NEEDED} of the last {YEAR} months to be known of, alone or in a sum; {told} are."
        )
    if horizon < 1:
        raise StatisticsError("A forecast is of one month or more.")
    season = _season(known, first_month)
    rate = censored.constant_rate(known)
    calendar = (first_month - 1 + np.arange(known.months + horizon)) % YEAR
    factor = season[calendar]
    mean = rate * factor[: known.months]
    count = np.where(known.informed, known.expected(mean), 0.0)
    weight = known.information(mean)
    share, excess, discount, shape, size = _averaged(count, weight, factor[: known.months], rate)
    ahead = factor[known.months :][:, None]
    left = size * discount ** np.arange(1, horizon + 1)[:, None]  # what is known of the mean grows old month by month
    means = ahead * shape / size
    mean = means @ share
    variance = (means * (1 + excess) + means * ahead / left + (means - mean[:, None]) ** 2) @ share
    return Predictive(mean, variance)


def _season(known: Known, first_month: int) -> Floats:
    """(12,) factors of the calendar months of mean 1; all 1 where no season is found."""
    if known.months < SEASON_FROM:
        return np.ones(YEAR)
    found = regression.of_known(known, first_month=first_month)
    if found.reason != "fitted" or not found.season_p < SEASON_P:
        return np.ones(YEAR)
    factors = np.array(found.season)
    return np.asarray(factors / factors.mean(), dtype=np.float64)


def _averaged(
    count: Floats, weight: Floats, factor: Floats, rate: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Each pair of a discount and an excess: its share, excess, discount, and the gamma's shape and rate at the end."""
    discount, excess = (grid.ravel() for grid in np.meshgrid(DISCOUNTS, EXCESSES, indexing="ij"))
    shape = np.full(len(discount), FIRST_SHAPE)
    size = np.full(len(discount), FIRST_SHAPE / max(rate, 1e-6))
    score = np.zeros(len(discount))
    for month, (n, w, f) in enumerate(zip(count, weight, factor, strict=True)):
        shape, size = shape * discount, size * discount
        if month >= SCORED_AFTER and w == 1:
            mean = f * shape / size
            score += _log_chance(n, mean, mean * (1 + excess) + mean * f / size)
        # A count that varies more than Poisson tells less of its mean.
        shape, size = shape + w * n / (1 + excess), size + w * f / (1 + excess)
    share = np.exp(score - score.max())
    return share / share.sum(), excess, discount, shape, size


def _log_chance(n: float, mean: Floats, variance: Floats) -> Floats:
    size, share = mean**2 / (variance - mean), mean / variance
    ways = special.gammaln(n + size) - special.gammaln(size) - special.gammaln(n + 1)
    return np.asarray(ways + size * np.log(share) + special.xlog1py(n, -share), dtype=np.float64)


def of_area(release: Release, area: str, territory: Territory | None = None, *, horizon: int = HORIZON) -> pd.DataFrame:
    """Foretell the next months of the whole territory or of a zone.

    Parameters
    ----------
    release, area, territory
        As for ``censored.of_area``.
    horizon
        How many months.

    Returns
    -------
    DataFrame
        One row a month to come: ``area``, ``origin`` (last closed month), ``month``, ``ahead`` (1 is the next one),
        ``reason`` (``foretold`` or ``not_enough``), ``needed`` (closed months that would be enough, or, where these
        are, known ones of the last twelve), ``expected``, and
        ``low_50, high_50, low_80, high_80, low_95, high_95`` (NaN where not foretold).
    """
    months = said.months(release)
    if not len(months):
        raise StatisticsError("Nothing was published in this release yet: it has no closed month.")
    known = censored.of_area(release, area, territory)
    return _frame(known, months, area, horizon)


def everywhere(release: Release, territory: Territory, *, horizon: int = HORIZON) -> pd.DataFrame:
    """Foretell the next months of the whole territory and of each zone: rows as ``of_area``, one area after another."""
    areas = [territory.code, *territory.zones.index]
    return pd.concat([of_area(release, area, territory, horizon=horizon) for area in areas], ignore_index=True)


def _frame(known: Known, months: pd.PeriodIndex, area: str, horizon: int) -> pd.DataFrame:
    try:
        ahead: Predictive | None = predict(known, first_month=months[0].month, horizon=horizon)
    except StatisticsError:
        ahead = None
    needed = MONTHS_NEEDED if known.months < MONTHS_NEEDED else TOLD_NEEDED
    nothing = np.full(horizon, np.nan)
    columns = {"expected": nothing if ahead is None else ahead.mean}
    for level in LEVELS:
        ends = (nothing, nothing) if ahead is None else ahead.interval(level)
        columns |= {f"{end}_{level:.0%}"[:-1]: values for end, values in zip(("low", "high"), ends, strict=True)}
    head = {
        "area": pd.array([area] * horizon, dtype="str"),
        "origin": pd.array([str(months[-1])] * horizon, dtype="str"),
        "month": pd.array([str(months[-1] + step) for step in range(1, horizon + 1)], dtype="str"),
        "ahead": np.arange(1, horizon + 1),
        "reason": pd.array(["not_enough" if ahead is None else "foretold"] * horizon, dtype="str"),
        "needed": pd.array([needed if ahead is None else pd.NA] * horizon, dtype="Int64"),
    }
    return pd.DataFrame(head | columns)
