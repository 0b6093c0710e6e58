"""When people report: by what a release tells of a zone's hours, and by season over whole years.

Nothing is shared out: of a value that was not said nothing is known but that each of its groups holds fewer than k, or
was held back. What is told is a floor under the true number, and what is left of the zone's total belongs to no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import told
from analytics.statistics.campaigns.changes import before_after
from analytics.statistics.sums_of_ground import over

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.surface import Surface

YEAR: Final = 12
QUARTERS: Final = 4
LEVEL: Final = 0.95
YEARS: Final = 3
"""Years of which hours are added up: the current one and those before it."""
Told = Literal["more", "fewer", "alike"]


@dataclass(frozen=True, eq=False)
class Hours:
    """What a release tells of the values of one attribute in a zone.

    Attributes
    ----------
    first, last
        Months that the facts added up lie in.
    least
        Value -> at least so many episodes; 0 where nothing of it was said.
    total
        Episodes of the zone in these months as far as they are told; None where nothing is.
    unsplit
        Episodes told that belong to no value told, None where that is fewer than k or cannot be said.
    """

    first: pd.Period
    last: pd.Period
    least: dict[str, int]
    total: int | None
    unsplit: int | None


def hours(release: Release, zone: str, values: tuple[str, ...], attribute: str = "time_band") -> Hours | None:
    """Add up what is told of each value of an attribute in a zone, in the current year and the two before it.

    Parameters
    ----------
    release
        What has been said.
    zone
        Its id.
    values
        The attribute's values, in the order in which they are to be shown.
    attribute
        One of the breakdowns.

    Returns
    -------
    Hours or None
        None where no value of it was told in these years.
    """
    months = said.months(release)
    if not len(months):
        return None
    last: pd.Period = months[-1]
    first = max(months[0], pd.Period(year=last.year - YEARS + 1, month=1, freq="M"))
    facts = said.breakdown(release, attribute)
    start, end = (pd.PeriodIndex(facts[name], freq="M") for name in ("period_start", "period_end"))
    mine = facts[(facts["area"] == zone) & (start >= first) & (end <= last)]
    if mine.empty:
        return None
    last = pd.PeriodIndex(mine["period_end"], freq="M").max()
    summed = mine.groupby("value")["n"].sum()
    least = {value: int(summed.get(value, 0)) for value in values}
    total = _told_in(release, zone, first, last)
    left = total - sum(least.values())
    return Hours(first, last, least, total or None, left if left >= release.k else None)


def _told_in(release: Release, zone: str, first: pd.Period, last: pd.Period) -> int:
    """Episodes of a zone in facts that lie wholly in a run of months."""
    series = told.of_area(release, zone)
    inside = (series.first >= series.number(first)) & (series.last <= series.number(last))
    return int(series.n[:-1][inside].sum())


@dataclass(frozen=True, eq=False)
class Seasons:
    """Episodes by quarter of the year, over whole years.

    Attributes
    ----------
    first_year, last_year
        The years added up.
    table
        One row a quarter (1 to 4), columns of ``sums_of_ground.over`` and ``stands``: ``more``, ``fewer`` or ``alike``,
        against the mean of the other three.
    """

    first_year: int
    last_year: int
    table: pd.DataFrame


def seasons(surface: Surface, group: npt.NDArray[np.int64], years: int = 5) -> Seasons | None:
    """Estimate the episodes of one area by quarter of the year, over the last whole years.

    Parameters
    ----------
    surface
        As from ``surface.fit``.
    group
        (units,) 0 for the area's units, -1 elsewhere (``sums_of_ground.grouped``).
    years
        At most so many.

    Returns
    -------
    Seasons or None
        None where no whole year is closed. A quarter is named only if the exact test, at the least favourable ends of
        all intervals and at a quarter of 5 %, tells it apart.
    """
    calendar, months = np.unique(surface.months.year.to_numpy(), return_counts=True)
    whole = [int(year) for year in calendar[months == YEAR]][-years:]
    if not whole:
        return None
    in_years = np.isin(surface.months.year, whole)
    parts = [over(surface, group, in_years & (surface.months.quarter == q), number=1) for q in range(1, QUARTERS + 1)]
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "quarter", range(1, QUARTERS + 1))
    return Seasons(whole[0], whole[-1], table.assign(stands=[_stands(table, row) for row in range(QUARTERS)]))


def _stands(table: pd.DataFrame, row: int) -> Told:
    others = table.drop(index=row)
    level = 1 - (1 - LEVEL) / QUARTERS
    low, high = int(table["low"][row]), int(table["high"][row])
    months = (float(QUARTERS - 1), 1.0)
    if before_after((int(others["high"].sum()), low), months, level=level).low > 1:
        return "more"
    if before_after((int(others["low"].sum()), high), months, level=level).high < 1:
        return "fewer"
    return "alike"
