"""How well the forecasts of ``forecasts`` would have gone so far, each from what was known at its origin alone.

Rolling origin: at each closed month the next three are foretold from the release as it was then. They are held against
what was told later. A month that was never told by itself is not left out, since it would be the quiet ones that are:
its bounds by the ladder's rule say whether an interval holds it, or that this cannot be known; coverage is given both
ways. Errors are of months told by themselves alone, for the forecast and its two rivals alike.

Reference: Tashman, L. (2000). Out-of-sample tests of forecasting accuracy. International Journal of Forecasting 16,
437-450.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import StatisticsError, censored, forecasts, told

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.censored import Known
    from analytics.territory import Territory

    Floats = npt.NDArray[np.float64]

YEAR: Final = 12
START: Final = 24
"""Months known before the first origin: the rivals need twelve, a season 24."""


def of_counts(counts: npt.ArrayLike, *, first_month: int = 1, start: int = START) -> pd.DataFrame:
    """Foretell a series from each of its months, told month by month.

    Parameters
    ----------
    counts
        (months,) whole counts >= 0.
    first_month
        Calendar month of the first, 1 to 12.
    start
        Months known at the first origin.

    Returns
    -------
    DataFrame
        One row an origin and month ahead: ``origin`` (number of the last known month), ``ahead`` (1 to 3), ``truth``
        (NaN where never told by itself), ``truth_low``, ``truth_high`` (its bounds), ``expected``, ``low_50`` to
        ``high_95``, ``same_month_last_year``, ``mean_last_12``.

    Raises
    ------
    StatisticsError
        Fewer months than one forecast and its check need.
    """
    n = np.asarray(counts, dtype=np.float64)
    censored.complete(n)  # refuses what is no series of counts
    return _rolled(lambda origin: censored.complete(n[: origin + 1]), (n, n, n), first_month, start)


def of_area(release: Release, area: str, territory: Territory | None = None, *, start: int = START) -> pd.DataFrame:
    """Foretell an area from each closed month, as it was known then; returns as ``of_counts``.

    Parameters
    ----------
    release, area, territory
        As for ``censored.of_area``.
    start
        Months closed at the first origin.
    """
    months = said.months(release)
    if not len(months):
        raise StatisticsError("Nothing was published in this release yet: it has no closed month.")
    series = told.of_area(release, area)
    low, high = told.bounds(release, series, silence=told.silence_bounds(release, series, area, territory))
    truth = censored.of_area(release, area, territory).alone
    bounds = np.where(np.isnan(truth), low, truth), np.where(np.isnan(truth), high, truth)
    return _rolled(
        lambda origin: censored.of_area(said.until(release, months[origin]), area, territory),
        (truth, *bounds),
        months[0].month,
        start,
    )


def score(rolled: pd.DataFrame) -> pd.DataFrame:
    """Sum up a backtest by months ahead.

    Returns
    -------
    DataFrame
        One row for 1, 2, 3 months ahead and for all (``ahead`` 0): ``forecasts``, ``told`` (of them checked against a
        count), for each level ``least_50`` and ``most_50`` (share held for certain, and share held or perhaps held),
        ``error``, ``error_last_year``, ``error_last_12`` (mean absolute errors against told counts).
    """
    rows = []
    for ahead in (0, 1, 2, 3):
        part = rolled if ahead == 0 else rolled[rolled["ahead"] == ahead]
        checked = part[part["truth"].notna()]
        row: dict[str, Any] = {"ahead": ahead, "forecasts": len(part), "told": len(checked)}
        for level in _names():
            low, high = part[f"low_{level}"], part[f"high_{level}"]
            row[f"least_{level}"] = float(((low <= part["truth_low"]) & (part["truth_high"] <= high)).mean())
            row[f"most_{level}"] = float(((low <= part["truth_high"]) & (part["truth_low"] <= high)).mean())
        for name, column in (
            ("error", "expected"),
            ("error_last_year", "same_month_last_year"),
            ("error_last_12", "mean_last_12"),
        ):
            row[name] = float((checked[column] - checked["truth"]).abs().mean())
        rows.append(row)
    return pd.DataFrame(rows)


def _names() -> list[str]:
    return [f"{round(100 * level)}" for level in forecasts.LEVELS]


def _rolled(
    known_at: Callable[[int], Known], truth: tuple[Floats, Floats, Floats], first_month: int, start: int
) -> pd.DataFrame:
    months = len(truth[0])
    if start < forecasts.MONTHS_NEEDED or months < start + 1:
        raise StatisticsError(
            f"A backtest needs {max(start, forecasts.MONTHS_NEEDED) + 1} months, {forecasts.MONTHS_NEEDED} of them "
            f"before its first origin; there are {months}."
        )
    rows = []
    for origin in range(start - 1, months - 1):
        known = known_at(origin)
        ahead = min(forecasts.HORIZON, months - 1 - origin)
        try:
            foretold = forecasts.predict(known, first_month=first_month, horizon=ahead)
        except StatisticsError:
            continue  # nothing was known yet
        recent = censored.filled(known)[-YEAR:]
        columns = {"expected": foretold.mean, "same_month_last_year": recent[:ahead]}
        for level, name in zip(forecasts.LEVELS, _names(), strict=True):
            columns[f"low_{name}"], columns[f"high_{name}"] = foretold.interval(level)
        later = slice(origin + 1, origin + 1 + ahead)
        rows.append(
            pd.DataFrame(
                {
                    "origin": origin,
                    "ahead": np.arange(1, ahead + 1),
                    "truth": truth[0][later],
                    "truth_low": truth[1][later],
                    "truth_high": truth[2][later],
                    **columns,
                    "mean_last_12": np.nanmean(recent) if np.isfinite(recent).any() else np.nan,
                }
            )
        )
    if not rows:
        raise StatisticsError("Nothing was known at any origin: no published number tells this area.")
    return pd.concat(rows, ignore_index=True)
