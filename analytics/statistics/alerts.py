"""Months that are more than the same season of earlier years explains, in the whole territory or in a zone.

Farrington's flexible algorithm (``farrington``) on what a release says. Months of the baseline that were not said stand
in with their expected count given all that is known of them (``censored.filled``), so that silence neither raises nor
lowers it; a month that was not said itself cannot be judged. Of nothing happening, some months are alarmed at all the
same: docs/trends.md says how many a zone and year, as measured through the real ladder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import censored
from analytics.statistics.farrington import Settings, farrington

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.statistics.censored import Known
    from analytics.territory import Territory

__all__ = ["MONTHLY", "Alert", "Settings", "everywhere", "farrington", "history", "judge", "latest"]

YEAR: Final = 12
HALF_WINDOW: Final = 1
MOST_YEARS: Final = 5
MONTHS_NEEDED: Final = 25
"""Two years of baseline, and the month that is judged."""
MONTHLY: Final = Settings(levels=4, alpha=0.025, least=(5, 1))
"""One month on each side in earlier years, all other months under three seasonal levels."""


@dataclass(frozen=True)
class Alert:
    """What can be said of one month of one area.

    Attributes
    ----------
    month
        The month judged; None where no month is closed.
    reason
        ``judged``; ``not_said`` where the month was not told by itself; ``not_enough`` where the baseline is too short
        or too little of it is known.
    needed
        With ``not_enough``: how many months would be enough, closed ones or, of the baseline, known ones.
    observed
        Count of the month; None where it was not said.
    expected, upper, p_value
        Expected count, threshold, and chance of so many or more were nothing happening; NaN where not judged.
    alarm
        Whether the count is above the threshold.
    """

    month: pd.Period | None
    reason: Literal["judged", "not_said", "not_enough"]
    needed: int | None = None
    observed: int | None = None
    expected: float = np.nan
    upper: float = np.nan
    p_value: float = np.nan
    alarm: bool = False


def latest(release: Release, area: str, territory: Territory | None = None, settings: Settings = MONTHLY) -> Alert:
    """Judge the last closed month of an area.

    Parameters
    ----------
    release
        What has been said.
    area
        Code of the territory or id of a zone.
    territory
        With it, an area of which nothing was ever published is known to meet the policy's floor or not.
    settings
        Of the algorithm.
    """
    months = said.months(release)
    if not len(months):
        return Alert(None, "not_enough", MONTHS_NEEDED)
    return judge(censored.of_area(release, area, territory), months[-1], settings)


def judge(known: Known, month: pd.Period, settings: Settings = MONTHLY) -> Alert:
    """Judge the last month of what is known of a series.

    Parameters
    ----------
    known
        From ``censored.of_area`` or ``censored.complete``; its last month is the one judged.
    month
        That month.
    settings
        Of the algorithm; up to five whole years before the month are its baseline.
    """
    if known.months < MONTHS_NEEDED:
        return Alert(month, "not_enough", MONTHS_NEEDED)
    observed = known.alone[-1]
    if np.isnan(observed):
        return Alert(month, "not_said")
    before = known.informed[:-1][-YEAR * MOST_YEARS :]
    if 2 * before.sum() < len(before):
        return Alert(month, "not_enough", len(before) // 2 + len(before) % 2, observed=int(observed))
    counts = np.concatenate([np.full(HALF_WINDOW, np.nan), censored.filled(known)])
    years = min(MOST_YEARS, (known.months - 1) // YEAR)
    found = farrington(counts, b=years, w=HALF_WINDOW, at=[len(counts) - 1], settings=settings).iloc[0]
    if not np.isfinite(found["upper"]):
        return Alert(month, "not_enough", MONTHS_NEEDED, observed=int(observed))
    return Alert(
        month=month,
        reason="judged",
        observed=int(observed),
        expected=float(found["expected"]),
        upper=float(found["upper"]),
        p_value=float(found["p_value"]),
        alarm=bool(found["alarm"]),
    )


def history(
    release: Release, area: str, territory: Territory | None = None, settings: Settings = MONTHLY
) -> pd.DataFrame:
    """Judge every closed month of an area from what was known when it had just been closed.

    Returns
    -------
    DataFrame
        One row a month, columns as the attributes of ``Alert``.
    """
    months = said.months(release)
    rows = [latest(said.until(release, month), area, territory, settings) for month in months]
    return frame(rows)


def everywhere(release: Release, territory: Territory, settings: Settings = MONTHLY) -> pd.DataFrame:
    """Judge the last closed month of the whole territory and of each zone.

    Returns
    -------
    DataFrame
        One row an area: ``area``, then the attributes of ``Alert``. The areas are as many looks: of nothing happening
        anywhere, the chance of some alarm is about their number times that of one.
    """
    areas = [territory.code, *territory.zones.index]
    found = frame([latest(release, area, territory, settings) for area in areas])
    return pd.concat([pd.Series(areas, name="area", dtype="str"), found], axis=1)


def frame(rows: list[Alert]) -> pd.DataFrame:
    """One row an alert, months as text so that any file format takes them."""
    return pd.DataFrame(
        {
            "month": pd.array(["" if row.month is None else str(row.month) for row in rows], dtype="str"),
            "reason": pd.array([row.reason for row in rows], dtype="str"),
            "needed": pd.array([row.needed for row in rows], dtype="Int64"),
            "observed": pd.array([row.observed for row in rows], dtype="Int64"),
            "expected": np.array([row.expected for row in rows], dtype=np.float64),
            "upper": np.array([row.upper for row in rows], dtype=np.float64),
            "p_value": np.array([row.p_value for row in rows], dtype=np.float64),
            "alarm": np.array([row.alarm for row in rows], dtype=np.bool_),
        }
    )
