"""Farrington's flexible algorithm: counts that are more than the same season of earlier years explains.

For each period that is judged, the counts around the same date of earlier years are the baseline; with ``levels`` more
than 1 the counts in between join it, under levels of a seasonal factor. A quasi-Poisson regression with a linear trend
is fitted, earlier outbreaks are given less weight by their Anscombe residuals, the trend is kept only if it is allowed
to, and an upper quantile of what the regression predicts is the threshold.

Written from the papers. Agrees with the R package surveillance on its documented example (tests); where that package
departs from the papers, ``standard_errors`` says which of the two is followed.

References
----------
Farrington, C. P., Andrews, N. J., Beale, A. D., Catchpole, M. A. (1996). A statistical algorithm for the early
detection of outbreaks of infectious disease. Journal of the Royal Statistical Society A 159, 547-563.
Noufaily, A., Enki, D. G., Farrington, P., Garthwaite, P., Andrews, N., Charlett, A. (2013). An improved algorithm for
outbreak detection in multiple surveillance systems. Statistics in Medicine 32, 1206-1222.
Salmon, M., Schumacher, D., Höhle, M. (2016). Monitoring count time series in R. Journal of Statistical Software 70(10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from analytics.statistics import StatisticsError, quasipoisson

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.quasipoisson import Fits, Floats

YEARS_FOR_A_TREND: Final = 3
POWERS: Final = {"none": 1.0, "1/2": 1 / 2, "2/3": 2 / 3}


@dataclass(frozen=True)
class Settings:
    """How the baseline is made and judged.

    Attributes
    ----------
    levels
        Levels of the seasonal factor; 1 takes the windows around the same date alone.
    left_out
        How many periods just before the judged one are left out of the baseline; None for the half window.
    reweight_above
        Counts whose standardised Anscombe residual is above this get less weight; None for no reweighting.
    trend
        Whether a trend is tried at all; it needs a baseline of three years, and is dropped where it predicts more than
        was ever seen in the baseline.
    trend_p
        The trend is kept only where its p-value is below this (1: always; 0.05 in the method of 1996).
    alpha
        Chance of a count above the threshold where nothing happens, one-sided.
    method
        ``nbPlugin``: quantile of the negative binomial at the predicted mean (2013); ``muan``: at an upper quantile of
        the predicted mean; ``delta``: normal, after a power transformation (1996).
    power
        That transformation: ``2/3`` against skewness, ``1/2`` for a steady variance, or ``none``.
    least
        (cases, periods): no alarm with fewer cases than that in so many last periods.
    standard_errors
        ``paper``: from the dispersion; ``package``: as the R package surveillance (1.20.3) computes them after
        reweighting, where the squared residuals are not multiplied by the mean again (smaller where means exceed 1).
    """

    levels: int = 1
    left_out: int | None = None
    reweight_above: float | None = 2.58
    trend: bool = True
    trend_p: float = 1.0
    alpha: float = 0.05
    method: Literal["nbPlugin", "muan", "delta"] = "nbPlugin"
    power: Literal["2/3", "1/2", "none"] = "2/3"
    least: tuple[float, int] = (5, 4)
    standard_errors: Literal["paper", "package"] = "paper"


@dataclass(frozen=True, eq=False)
class _Predicted:
    """(fits,) each: predicted logarithm of the mean, its standard error, dispersion >= 1, slope (NaN without one)."""

    eta: Floats
    error: Floats
    phi: Floats
    slope: Floats
    slope_p: Floats


def farrington(
    counts: npt.ArrayLike,
    *,
    b: int,
    w: int,
    freq: int = 12,
    at: npt.ArrayLike | None = None,
    settings: Settings | None = None,
) -> pd.DataFrame:
    """Judge periods of one or several series.

    Parameters
    ----------
    counts
        (periods,) or (series, periods) counts >= 0, oldest first; NaN where a count is not known: it is left out of
        baselines, and not judged. Fractions are allowed in baselines (means of what was not said).
    b
        Years of baseline.
    w
        Half window: periods on each side of the same date in earlier years.
    freq
        Periods in a year.
    at
        Numbers of the periods to judge, from 0; None for all that have their baseline.
    settings
        How; None for ``Settings()``.

    Returns
    -------
    DataFrame
        One row a series and judged period: ``series``, ``at``, ``observed``, ``expected``, ``upper`` (threshold),
        ``p_value`` (chance of so many or more where nothing happens), ``score`` (excess as a share of the excess at
        the threshold), ``dispersion``, ``trend`` (per period, on the logarithm; NaN where dropped), ``enough`` (whether
        there are the least cases), ``alarm``. NaN where the count is not known or no regression can be fitted.

    Raises
    ------
    StatisticsError
        Negative or infinite counts, a setting out of range, or fewer than the needed periods.
    """
    chosen = settings or Settings()
    table = _checked(counts, b, w, freq, chosen)
    first = b * freq + w
    if table.shape[1] <= first:
        raise StatisticsError(
            f"There are {table.shape[1]} periods; with {b} years of baseline and half windows of {w}, judging "
            f"one needs {first + 1}. Wait, or take fewer years."
        )
    judged = np.arange(first, table.shape[1]) if at is None else np.atleast_1d(np.asarray(at, dtype=np.int64))
    if judged.size == 0 or judged.min() < first or judged.max() >= table.shape[1]:
        raise StatisticsError(f"Only periods {first} to {table.shape[1] - 1} have their whole baseline; ask for these.")
    back, level = baseline(b, w, freq, chosen)
    before = table[:, judged[:, None] + back[None, :]].reshape(-1, len(back))
    predicted = _predict(back, level, before, chosen, years=b)
    observed = table[:, judged].reshape(-1)
    recent = table[:, np.maximum(judged[:, None] - np.arange(chosen.least[1])[None, :], 0)]
    enough = np.nansum(recent, axis=2).reshape(-1) >= chosen.least[0]
    upper, p_value = thresholds(predicted.eta, predicted.error, predicted.phi, observed, chosen)
    expected = np.exp(predicted.eta)
    gap = np.where(upper > expected, upper - expected, np.nan)
    return pd.DataFrame(
        {
            "series": np.repeat(np.arange(len(table)), len(judged)),
            "at": np.tile(judged, len(table)),
            "observed": observed,
            "expected": expected,
            "upper": upper,
            "p_value": p_value,
            "score": (observed - expected) / gap,
            "dispersion": predicted.phi,
            "trend": predicted.slope,
            "enough": enough,
            "alarm": enough & (observed > upper) & (observed > 0),
        }
    )


def baseline(b: int, w: int, freq: int, settings: Settings) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which periods before the judged one are its baseline, and under which level of the season.

    Returns
    -------
    back : (points,) int
        Negative distances to the judged period, oldest first.
    level : (points,) int
        0 for the windows around the same date, 1 to ``levels`` - 1 for the parts of the year between them, in order.
    """
    back = np.arange(-b * freq - w, 0)
    away = (back + w) % freq  # periods since the last window began
    level = np.zeros(len(back), dtype=np.int64)
    between = freq - 2 * w - 1
    if settings.levels > 1:
        length, longer = divmod(between, settings.levels - 1)
        ends = 2 * w + 1 + np.cumsum([length + (part < longer) for part in range(settings.levels - 1)])
        level = np.where(away > 2 * w, 1 + np.searchsorted(ends, away, side="right"), 0)
    left_out = w if settings.left_out is None else settings.left_out
    used = (back < -left_out) & ((away <= 2 * w) | (settings.levels > 1))
    return back[used], level[used]


def thresholds(eta: Floats, error: Floats, phi: Floats, observed: Floats, settings: Settings) -> tuple[Floats, Floats]:
    """Threshold, and chance of so many or more where nothing happens, from what the regression predicts.

    Parameters
    ----------
    eta, error, phi
        (n,) predicted logarithm of the mean, its standard error, dispersion >= 1.
    observed
        (n,) counts.
    settings
        ``alpha``, ``method`` and ``power`` are read.
    """
    z = stats.norm.ppf(1 - settings.alpha)
    with np.errstate(over="ignore", invalid="ignore"):
        if settings.method == "delta":
            mean, power = np.exp(eta), POWERS[settings.power]
            spread = power * mean ** (power - 0.5) * np.sqrt(phi + mean * error**2)
            upper = (mean**power + z * spread) ** (1 / power)
            return upper, np.asarray(stats.norm.sf(observed**power, mean**power, spread))
        mean = np.exp(eta if settings.method == "nbPlugin" else eta + z * error)
    mean = np.where(np.isfinite(mean), mean, np.nan)
    over = np.where(phi > 1, phi, 1.5)  # 1.5 stands where the Poisson answer is taken instead
    size, share = mean / (over - 1), 1 / over
    upper = np.where(
        phi > 1, stats.nbinom.ppf(1 - settings.alpha, size, share), stats.poisson.ppf(1 - settings.alpha, mean)
    )
    p_value = np.where(phi > 1, stats.nbinom.sf(observed - 1, size, share), stats.poisson.sf(observed - 1, mean))
    return upper, p_value


def weights(residual: Floats, above: float, used: npt.NDArray[np.bool_]) -> Floats:
    """(fits, points) weights from standardised Anscombe residuals; those of a fit sum to its number of used points."""
    damped = np.where(residual > above, np.maximum(residual, above) ** -2.0 if above > 0 else _square(residual), 1.0)
    damped = np.where(used, damped, 0.0)
    scaled: Floats = damped * (used.sum(axis=1) / damped.sum(axis=1))[:, None]
    return scaled


def _square(residual: Floats) -> Floats:
    return np.where(residual > 0, residual, 1.0) ** -2.0


def _predict(
    back: npt.NDArray[np.int64], level: npt.NDArray[np.int64], before: Floats, settings: Settings, *, years: int
) -> _Predicted:
    season = (level[:, None] == np.unique(level[level > 0])[None, :]).astype(np.float64)
    plain = np.column_stack([np.ones(len(back)), season])
    if not settings.trend or years < YEARS_FOR_A_TREND:
        return _fitted(plain, before, settings, slope=False)
    sloped = _fitted(np.column_stack([plain, back.astype(np.float64)]), before, settings, slope=True)
    highest = np.nanmax(np.where(np.isnan(before), -np.inf, before), axis=1)
    kept = (sloped.slope_p < settings.trend_p) & (np.exp(sloped.eta) <= highest)
    if kept.all():
        return sloped
    level_only = _fitted(plain, before, settings, slope=False)
    return _Predicted(
        *(np.where(kept, getattr(sloped, f), getattr(level_only, f)) for f in _Predicted.__dataclass_fields__)
    )


def _fitted(design: Floats, before: Floats, settings: Settings, *, slope: bool) -> _Predicted:
    used = ~np.isnan(before)
    fits = quasipoisson.fit(design, before, used.astype(np.float64))
    phi = np.maximum(fits.pearson, 1.0)
    spread = fits.pearson
    if settings.reweight_above is not None:
        residual = _anscombe(fits, before, design, phi)
        omega = weights(residual, settings.reweight_above, used)
        fits = quasipoisson.fit(design, before, omega)
        phi = np.maximum(fits.pearson, 1.0)
        spread = _package_spread(fits, before, omega)
    scale = phi if settings.standard_errors == "paper" else spread
    error = np.sqrt(scale[:, None] * np.einsum("fpp->fp", fits.inverse))
    unknown = np.full(len(before), np.nan)
    usable = fits.converged & (fits.left > 0)
    eta = np.where(usable, fits.beta[:, 0], np.nan)
    if not slope:
        return _Predicted(eta, error[:, 0], phi, unknown, unknown)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(fits.beta[:, -1]) / error[:, -1]
    slope_p = np.where(usable, 2 * stats.t.sf(ratio, np.maximum(fits.left, 1)), np.inf)
    return _Predicted(eta, error[:, 0], phi, fits.beta[:, -1], slope_p)


def _anscombe(fits: Fits, before: Floats, design: Floats, phi: Floats) -> Floats:
    """Residuals that are nearly normal, over their standard deviation."""
    y = np.where(np.isnan(before), 0.0, before)
    raw = 1.5 * (y ** (2 / 3) * fits.mean ** (-1 / 6) - fits.mean**0.5)
    free = np.maximum(1 - fits.leverage(design), 1e-12)
    scaled: Floats = raw / np.sqrt(phi[:, None] * free)
    return scaled


def _package_spread(fits: Fits, before: Floats, omega: Floats) -> Floats:
    y = np.where(np.isnan(before), 0.0, before)
    squared = (omega * ((y - fits.mean) / fits.mean) ** 2).sum(axis=1)
    return np.asarray(squared / np.maximum(fits.left, 1), dtype=np.float64)


def _checked(counts: npt.ArrayLike, b: int, w: int, freq: int, settings: Settings) -> Floats:
    table = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if table.ndim > 2 or table.size == 0:  # noqa: PLR2004 - a table has two sides
        raise StatisticsError("Counts are one series, or one row a series; give an array of one or two dimensions.")
    if np.isinf(table).any() or (table < 0).any():
        raise StatisticsError("Counts are finite and not negative; NaN stands for one that is not known.")
    if b < 1 or w < 0 or 2 * w + 1 > freq:
        raise StatisticsError(f"A baseline needs b of 1 or more and windows that fit a year of {freq} periods.")
    if not 1 <= settings.levels <= freq - 2 * w:
        raise StatisticsError(f"Between windows of {2 * w + 1} a year leaves room for 1 to {freq - 2 * w} levels.")
    if not 0 < settings.alpha < 1:
        raise StatisticsError("alpha is a chance between 0 and 1.")
    return table
