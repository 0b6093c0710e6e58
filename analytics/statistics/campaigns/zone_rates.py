"""Reports per inhabitant of each zone, with their intervals and in no order but the territory's own.

No rank is given and none should be made: a zone that reports more may be one that trusts more. Zones whose intervals
overlap much are not told apart at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics import territory as ground_floor
from analytics.statistics import StatisticsError, told
from analytics.statistics.campaigns.totals import complete
from analytics.statistics.intervals import LEVEL, poisson_interval

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.territory import Territory

YEAR: Final = 12
PER: Final = 1000


def rates(
    release: Release, territory: Territory, last: str | pd.Period | None = None, *, level: float = LEVEL
) -> pd.DataFrame:
    """Reports per 1,000 inhabitants in twelve months, with an exact interval.

    Parameters
    ----------
    release, territory
        What has been said, and its ground.
    last
        Last of the twelve months; by default the last closed December, since a year is told more often than a quarter
        or a month, or the last closed month where no whole year is closed.
    level
        Confidence.

    Returns
    -------
    DataFrame
        One row a zone, in the order of the territory: ``zone``, ``name``, ``first``, ``last`` (monthly Period),
        ``residents``, ``n`` (Int64, NA where the twelve months are not told completely), ``rate``, ``low``, ``high``
        (Float64, per 1,000 inhabitants and year), ``reason``: ``complete``, ``not_enough``, or ``no_inhabitants``.

    Raises
    ------
    StatisticsError
        Fewer than twelve closed months before ``last``, or it is not closed.
    """
    end = _end(said.months(release), last)
    first = end - (YEAR - 1)
    cells = ground_floor.ground(territory, release.cell_m)
    zones = territory.zones.index
    people = cells.groupby("zone")["residents"].sum().reindex(zones).fillna(0.0).to_numpy(dtype=np.float64)
    found = [complete(told.of_area(release, zone), first, end) for zone in zones]
    known = np.array([n is not None for n in found], dtype=bool)
    n = np.array([n or 0 for n in found], dtype=np.int64)
    low, high = poisson_interval(n, level)
    inhabited = people > 0
    per = np.divide(PER, people, out=np.zeros(len(people)), where=inhabited)
    shown = known & inhabited
    return pd.DataFrame(
        {
            "zone": pd.array(list(zones), dtype="str"),
            "name": territory.zones["name"].to_numpy(),
            "first": first,
            "last": end,
            "residents": people,
            "n": pd.array(n, dtype="Int64"),
            "rate": pd.array(n * per, dtype="Float64"),
            "low": pd.array(low * per, dtype="Float64"),
            "high": pd.array(high * per, dtype="Float64"),
            "reason": np.where(inhabited, np.where(known, "complete", "not_enough"), "no_inhabitants"),
        }
    ).assign(
        n=lambda frame: frame["n"].where(known),
        rate=lambda frame: frame["rate"].where(shown),
        low=lambda frame: frame["low"].where(shown),
        high=lambda frame: frame["high"].where(shown),
    )


def _end(closed: pd.PeriodIndex, last: str | pd.Period | None) -> pd.Period:
    if len(closed) < YEAR:
        raise StatisticsError(f"A rate for a year needs {YEAR} closed months, and {len(closed)} are: wait until then.")
    if last is None:
        decembers = [month for month in closed[YEAR - 1 :] if month.month == YEAR]
        return decembers[-1] if decembers else closed[-1]
    end = pd.Period(last, freq="M")
    if end not in closed[YEAR - 1 :]:
        raise StatisticsError(f"{end} does not end twelve closed months: choose {closed[YEAR - 1]} to {closed[-1]}.")
    return end
