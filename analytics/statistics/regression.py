"""Trend and season of a monthly series by Poisson or negative binomial regression, with what was not said in it.

The logarithm of the mean is a line in time and a season of one wave a year (or a level each month). Whether counts vary
more than Poisson ones do is tested, and the negative binomial taken where they do: the one whose variance is
(1 + excess) x mean, since its sums over months are of the same kind. A series that is told month by month goes through
statsmodels; where months were not said, the likelihood of ``censored`` is maximised: both agree where nothing is
censored (tests).

References
----------
Cameron, A. C., Trivedi, P. K. (1990). Regression-based tests for overdispersion in the Poisson model. Journal of
Econometrics 46, 347-364.
Dean, C. B. (1992). Testing for overdispersion in Poisson and binomial regression models. Journal of the American
Statistical Association 87, 451-457.
Self, S. G., Liang, K.-Y. (1987). Asymptotic properties of maximum likelihood estimators and likelihood ratio tests
under nonstandard conditions. Journal of the American Statistical Association 82, 605-610.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats

from analytics.statistics import StatisticsError, censored

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.censored import Known
    from analytics.territory import Territory

    Floats = npt.NDArray[np.float64]
    Season = Literal["none", "harmonic", "months"]

YEAR: Final = 12
MONTHS_NEEDED: Final = {"none": 12, "harmonic": 24, "months": 36}
FACTS_NEEDED: Final = 8
"""Published totals under which no regression is made."""
OVERDISPERSED: Final = 0.05
LEAST_EXCESS: Final = 1e-3
NEAR, FAR = 1e-5, 1e-3
"""Steps of numerical slopes and curvatures."""


@dataclass(frozen=True)
class Regression:
    """Trend and season of one series.

    Attributes
    ----------
    reason
        ``fitted``, or ``not_enough``: then all numbers but the next two are NaN.
    needed, needed_of
        How many ``months`` (closed) or ``facts`` (published totals) would be enough; None where there are enough.
    model
        ``poisson``, or ``negative_binomial`` where counts vary more than Poisson ones.
    excess
        Variance over mean, less 1: 0 for Poisson.
    overdispersion_p
        p-value of counts that vary no more than Poisson ones.
    trend, low, high, p_value
        Rate ratio of a year to the year before, with its interval, and the p-value of no trend.
    season_p
        p-value of no season; NaN where none was fitted.
    season
        (12,) factors of January to December, of geometric mean 1; all 1 where none was fitted.
    level
        Mean of a month in the middle of the series, without season.
    """

    reason: Literal["fitted", "not_enough"]
    needed: int | None = None
    needed_of: Literal["months", "facts"] | None = None
    model: Literal["poisson", "negative_binomial"] = "poisson"
    excess: float = np.nan
    overdispersion_p: float = np.nan
    trend: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    season_p: float = np.nan
    season: tuple[float, ...] = (1.0,) * YEAR
    level: float = np.nan


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: coefficients (terms,), their covariance, log-likelihood, and excess (0 for Poisson)."""

    beta: Floats
    covariance: Floats
    log_likelihood: float
    excess: float


def trend(
    counts: npt.ArrayLike, *, first_month: int = 1, season: Season = "harmonic", confidence: float = 0.95
) -> Regression:
    """Estimate trend and season of a series whose every month is known.

    Parameters
    ----------
    counts
        (months,) whole counts >= 0, oldest first.
    first_month
        Calendar month of the first, 1 to 12.
    season
        ``harmonic`` (one wave a year; 24 months), ``months`` (a level each; 36 months) or ``none`` (12 months).
    confidence
        Of the trend's interval.

    Raises
    ------
    StatisticsError
        Counts that are negative, not whole or missing, or a month that is none.
    """
    if not 1 <= first_month <= YEAR:
        raise StatisticsError("first_month is a calendar month: give 1 (January) to 12.")
    return of_known(censored.complete(counts), first_month=first_month, season=season, confidence=confidence)


def of_area(
    release: Release, area: str, territory: Territory | None = None, *, season: Season = "harmonic"
) -> Regression:
    """Estimate trend and season of the whole territory or of a zone from what a release says of it.

    Parameters
    ----------
    release, area, territory
        As for ``censored.of_area``.
    season
        As for ``trend``.
    """
    known = censored.of_area(release, area, territory)
    if not known.months:
        return Regression("not_enough", MONTHS_NEEDED[season], "months")
    first = int(release.manifest["vintages"][0]["first_month"][5:7])
    return of_known(known, first_month=first, season=season)


def of_known(
    known: Known, *, first_month: int = 1, season: Season = "harmonic", confidence: float = 0.95
) -> Regression:
    """Estimate trend and season from what is known of a series; parameters as for ``trend``."""
    if season not in MONTHS_NEEDED:
        raise StatisticsError(f"There is no season {season!r}; known are {', '.join(MONTHS_NEEDED)}.")
    if known.months < MONTHS_NEEDED[season]:
        return Regression("not_enough", MONTHS_NEEDED[season], "months")
    facts = [group.n for group in known.groups if group.n is not None]
    if len(facts) < FACTS_NEEDED or not sum(facts):
        return Regression("not_enough", FACTS_NEEDED, "facts")
    shape = design(known.months, first_month, season)
    fit, over_p = _chosen(known, shape)
    slope, error = float(fit.beta[1]), float(np.sqrt(fit.covariance[1, 1]))
    z = float(stats.norm.ppf((1 + confidence) / 2))
    season_p = np.nan
    if season != "none":
        flat = _fitted(known, shape[:, :2], negative=fit.excess > 0)
        terms = shape.shape[1] - 2
        season_p = float(stats.chi2.sf(max(2 * (fit.log_likelihood - flat.log_likelihood), 0.0), terms))
    return Regression(
        reason="fitted",
        model="negative_binomial" if fit.excess > 0 else "poisson",
        excess=fit.excess,
        overdispersion_p=over_p,
        trend=float(np.exp(slope)),
        low=float(np.exp(slope - z * error)),
        high=float(np.exp(slope + z * error)),
        p_value=float(2 * stats.norm.sf(abs(slope) / error)),
        season_p=season_p,
        season=_factors(fit.beta, season),
        level=float(np.exp(fit.beta[0])),
    )


def design(months: int, first_month: int, season: Season) -> Floats:
    """(months, terms) ones, years from the middle of the series, and the season's terms."""
    number = np.arange(months)
    calendar = (first_month - 1 + number) % YEAR
    line = np.column_stack([np.ones(months), (number - (months - 1) / 2) / YEAR])
    return np.column_stack([line, _season_terms(season)[calendar]])


def overdispersion(counts: npt.ArrayLike, mean: npt.ArrayLike, leverage: npt.ArrayLike) -> tuple[float, float]:
    """Dean's score test of Poisson counts against a variance of (1 + excess) x mean, corrected for the fit.

    Parameters
    ----------
    counts, mean, leverage
        (n,) counts, means of the fitted Poisson regression, and diagonal of its hat matrix.

    Returns
    -------
    statistic, p_value : float
        Standard normal where counts are Poisson; one-sided.
    """
    y, mu, pull = (np.asarray(values, dtype=np.float64) for values in (counts, mean, leverage))
    statistic = float((((y - mu) ** 2 - y + pull * mu) / mu).sum() / np.sqrt(2 * len(y)))
    return statistic, float(stats.norm.sf(statistic))


def _season_terms(season: Season) -> Floats:
    """(12, terms) of each calendar month; a sum of 0 over the year."""
    if season == "harmonic":
        angle = 2 * np.pi * np.arange(YEAR) / YEAR
        return np.column_stack([np.cos(angle), np.sin(angle)])
    if season == "months":
        return np.vstack([np.eye(YEAR - 1), -np.ones(YEAR - 1)])
    return np.empty((YEAR, 0))


def _factors(beta: Floats, season: Season) -> tuple[float, ...]:
    return tuple(float(f) for f in np.exp(_season_terms(season) @ beta[2:]))


def _chosen(known: Known, shape: Floats) -> tuple[Fit, float]:
    """The model that the test chooses, and the p-value of the test."""
    poisson = _fitted(known, shape, negative=False)
    if known.whole:
        mean = np.exp(shape @ poisson.beta)
        leverage = mean * np.einsum("np,pq,nq->n", shape, poisson.covariance, shape)
        _, p_value = overdispersion(known.alone, mean, leverage)
        return (_fitted(known, shape, negative=True), p_value) if p_value < OVERDISPERSED else (poisson, p_value)
    negative = _fitted(known, shape, negative=True)
    # Under Poisson counts the excess lies at its bound of 0: half the time the ratio is 0, half chi square.
    ratio = max(2 * (negative.log_likelihood - poisson.log_likelihood), 0.0)
    p_value = float(stats.chi2.sf(ratio, 1) / 2) if ratio > 0 else 1.0
    return (negative if p_value < OVERDISPERSED else poisson), p_value


def _fitted(known: Known, shape: Floats, *, negative: bool) -> Fit:
    if known.whole:
        return by_statsmodels(known.alone, shape, negative=negative)
    return by_likelihood(known, shape, negative=negative)


def by_statsmodels(counts: Floats, shape: Floats, *, negative: bool) -> Fit:
    """Fit a series that is told month by month; with ``negative`` Poisson again where no excess is found."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a series that lies on its curve is no fault
        poisson = sm.GLM(counts, shape, family=sm.families.Poisson()).fit()
    beta, covariance = np.asarray(poisson.params), np.asarray(poisson.cov_params())
    found = Fit(beta, covariance, float(poisson.llf), 0.0)
    if not negative:
        return found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what does not converge is seen in its answer
        other = sm.NegativeBinomial(counts, shape, loglike_method="nb1").fit(
            start_params=[*beta, 0.2], method="bfgs", maxiter=500, disp=0
        )
        covariance = np.asarray(other.cov_params())
    excess = float(other.params[-1])
    terms = shape.shape[1]
    good = np.isfinite(covariance).all() and (np.diag(covariance) > 0).all() and excess > LEAST_EXCESS
    return (
        Fit(np.asarray(other.params[:terms]), covariance[:terms, :terms], float(other.llf), excess) if good else found
    )


def by_likelihood(known: Known, shape: Floats, *, negative: bool) -> Fit:
    """Fit what is known of a series by maximising its likelihood."""
    rate = sum(g.n for g in known.groups if g.n is not None) / max(int(known.informed.sum()), 1)
    terms = shape.shape[1]
    start = np.zeros(terms)
    start[0] = np.log(max(rate, 0.1))
    poisson = _maximum(known, shape, start)
    if not negative:
        return poisson
    found = _maximum(known, shape, np.append(poisson.beta, np.log(0.2)))
    better = found.excess > LEAST_EXCESS and found.log_likelihood >= poisson.log_likelihood
    return found if better and np.isfinite(found.covariance).all() else poisson


def _maximum(known: Known, shape: Floats, start: Floats) -> Fit:
    terms = shape.shape[1]

    def value(theta: Floats) -> Floats:
        """Log-likelihood of many sets of parameters at once, (sets, parameters)."""
        mean = np.exp(np.clip(theta[:, :terms] @ shape.T, -20, 20))
        excess = np.exp(np.clip(theta[:, terms], -9, 5)) if theta.shape[1] > terms else None
        return known.log_likelihood(mean, excess)

    def negated(theta: Floats) -> tuple[float, Floats]:
        steps = NEAR * np.eye(len(theta))
        found = value(np.vstack([theta[None], theta + steps, theta - steps]))
        size = len(theta)
        return -float(found[0]), -(found[1 : size + 1] - found[size + 1 :]) / (2 * NEAR)

    best = optimize.minimize(negated, start, jac=True, method="BFGS", options={"gtol": 1e-4, "maxiter": 200})
    theta = np.asarray(best.x, dtype=np.float64)
    inverse = np.asarray(np.linalg.pinv(_curvature(value, theta)), dtype=np.float64)
    excess = float(np.exp(np.clip(theta[terms], -9, 5))) if len(theta) > terms else 0.0
    return Fit(theta[:terms], inverse[:terms, :terms], -float(best.fun), excess)


def _curvature(value: Callable[[Floats], Floats], theta: Floats) -> Floats:
    """Negative second derivatives at the maximum."""
    size = len(theta)
    steps = FAR * np.eye(size)
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    corners = [theta + a * steps[i] + b * steps[j] for i, j in pairs for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    found = value(np.array(corners)).reshape(-1, 4)
    curve = np.zeros((size, size))
    for (i, j), (pp, pm, mp, mm) in zip(pairs, found, strict=True):
        curve[i, j] = curve[j, i] = -(pp - pm - mp + mm) / (4 * FAR**2)
    return curve
