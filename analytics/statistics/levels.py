"""How much is reported in an area for its inhabitants, and whether that differs from the rest of the territory.

A total that is told completely is exact, and its rate has an exact Poisson interval. A total that is estimated lies in
an interval itself: its rate goes from the least that the lower end could come of to the most that the upper end could.
No order of areas is given and none should be made: an area that reports more may be one that trusts more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from analytics import release as said
from analytics import territory as ground_floor
from analytics.statistics import told
from analytics.statistics.campaigns.changes import before_after
from analytics.statistics.intervals import LEVEL, poisson_interval
from analytics.statistics.sums_of_ground import months_between, over

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.surface import Surface
    from analytics.territory import Territory

PER: Final = 10_000
YEAR: Final = 12
SHORTEST: Final = 6
"""Fewer months are told because they hold many: a rate of theirs alone would be too high."""
RECENT: Final = 24
MONTHS: Final = 3
Stands = Literal["more", "fewer", "alike"]


@dataclass(frozen=True)
class Level:
    """Episodes of an area in a run of months, for its inhabitants.

    Attributes
    ----------
    first, last
        The months.
    n
        Episodes: exact where ``told``, else an estimate.
    low, high
        Between which the episodes of these months lie; both ``n`` where told.
    told
        Whether every month lies in a fact wholly inside.
    fewer
        Whether nothing more can be said than fewer than k.
    residents
        Inhabitants.
    rate, rate_low, rate_high
        Per 10,000 inhabitants and year, with an interval of at least 90 % (95 % where told); 0 where nobody lives.
    """

    first: pd.Period
    last: pd.Period
    n: float
    low: int
    high: int
    told: bool
    fewer: bool
    residents: float
    rate: float
    rate_low: float
    rate_high: float

    @property
    def months(self) -> int:
        """How many months."""
        return int((self.last.year - self.first.year) * YEAR + self.last.month - self.first.month + 1)


def residents(release: Release, territory: Territory, zone: str | None = None) -> float:
    """Inhabitants of a zone, or of the whole territory."""
    cells = ground_floor.ground(territory, release.cell_m)
    return float(cells["residents"].sum() if zone is None else cells.loc[cells["zone"] == zone, "residents"].sum())


def longest_told(release: Release, area: str) -> tuple[pd.Period, pd.Period] | None:
    """Find the run of at most twelve months that is told completely: the longest, of equals the latest.

    Only runs that end within the last two years count; None where none of six months is told.

    Parameters
    ----------
    release
        What has been said.
    area
        Code of the territory or id of a zone.
    """
    months = said.months(release)
    series = told.of_area(release, area)
    for length in range(YEAR, SHORTEST - 1, -1):
        for back in range(min(RECENT, len(months) - length + 1)):
            last = months[-1] - back
            if told.complete_total(series, last - (length - 1), last)[0] is not None:
                return last - (length - 1), last
    return None


def exact(release: Release, territory: Territory, area: str, first: pd.Period, last: pd.Period) -> Level | None:
    """Level of the territory (its code) or of a zone in months that are told completely; None where they are not."""
    n = told.complete_total(told.of_area(release, area), first, last)[0]
    if n is None:
        return None
    people = residents(release, territory, None if area == territory.code else area)
    return _level((first, last), float(n), (n, n), people, is_told=True)


def estimated(found: pd.Series, people: float, first: pd.Period, last: pd.Period) -> Level:
    """Level of an area whose total was estimated.

    Parameters
    ----------
    found
        A row of ``sums_of_ground.over``.
    people
        Its inhabitants.
    first, last
        The months that were added up.
    """
    bounds = int(found["low"]), int(found["high"])
    fewer = bool(found["said"] == "fewer_than_k")
    return _level((first, last), float(found["estimate"]), bounds, people, is_told=False, fewer=fewer)


def against_rest(own: Level, whole: Level) -> Stands:
    """Say whether an area's rate differs from that of the territory around it.

    Two exact totals are compared with the exact test of two Poisson rates, the area with the territory without it;
    where one was estimated, only intervals that do not meet count as a difference.
    """
    rest, people = int(whole.n) - int(own.n), whole.residents - own.residents
    if own.told and whole.told and own.residents > 0 and people > 0:
        found = before_after((rest, int(own.n)), (people, own.residents), level=LEVEL)
        if not found.named:
            return "alike"
        return "more" if found.low > 1 else "fewer"
    if own.fewer:
        return "fewer" if own.rate_high < whole.rate_low else "alike"
    return "more" if own.rate_low > whole.rate_high else "fewer" if own.rate_high < whole.rate_low else "alike"


def quarters(
    release: Release, surface: Surface, group: npt.NDArray[Any], area: str | None, most: int = 12
) -> pd.DataFrame:
    """Tell the last closed quarters of an area: exactly where they are told completely, else by the estimate.

    Parameters
    ----------
    release, surface
        What has been said, and what was estimated of it.
    group
        (units,) 0 for the area's units, -1 elsewhere (``sums_of_ground.grouped``).
    area
        Code of the territory or id of a zone; None for an area of which no total is published.
    most
        How many quarters.

    Returns
    -------
    DataFrame
        One row a quarter, in order: ``quarter`` (quarterly Period), ``n``, ``low``, ``high``, ``kind``: ``told``,
        ``estimate`` or ``fewer_than_k``.
    """
    months = said.months(release)
    closed = [q for q in months.asfreq("Q").unique() if len(months[months.asfreq("Q") == q]) == MONTHS][-most:]
    series = None if area is None else told.of_area(release, area)
    rows = []
    for quarter in closed:
        first, last = quarter.asfreq("M", "start"), quarter.asfreq("M", "end")
        n = None if series is None else told.complete_total(series, first, last)[0]
        if n is not None:
            rows.append((quarter, float(n), n, n, "told"))
            continue
        found = over(surface, group, months_between(surface, first, last), number=1).iloc[0]
        rows.append((quarter, float(found["estimate"]), int(found["low"]), int(found["high"]), str(found["said"])))
    return pd.DataFrame(rows, columns=["quarter", "n", "low", "high", "kind"])


def _level(
    run: tuple[pd.Period, pd.Period],
    n: float,
    bounds: tuple[int, int],
    people: float,
    *,
    is_told: bool,
    fewer: bool = False,
) -> Level:
    months = (run[1].year - run[0].year) * YEAR + run[1].month - run[0].month + 1
    per = PER / people * YEAR / months if people > 0 else 0.0
    low, high = float(poisson_interval(bounds[0])[0]), float(poisson_interval(bounds[1])[1])
    return Level(run[0], run[1], n, bounds[0], bounds[1], is_told, fewer, people, n * per, low * per, high * per)
