"""A campaign's evaluation from a release: complete totals of the same age, or what is lacking for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import StatisticsError
from analytics.statistics.campaigns import caveats
from analytics.statistics.campaigns.changes import Change, before_after, difference
from analytics.statistics.campaigns.displacement import Displacement, weighted_displacement
from analytics.statistics.campaigns.placebo import Direction, Placebo, log_ratio, ranked
from analytics.statistics.campaigns.sorting import Triage, triage
from analytics.statistics.campaigns.totals import Areas, complete, of_areas, of_triage
from analytics.statistics.conditional import LEVEL

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.statistics.campaigns.changes import Reason
    from analytics.statistics.campaigns.registry import Campaign
    from analytics.territory import Territory

Against = Literal["before", "last_year"]
Run = tuple[pd.Period, pd.Period]
"""First and last month."""
YEAR: Final = 12


@dataclass(frozen=True)
class Totals:
    """Complete totals before and after; None where one cannot be said."""

    before: int | None
    after: int | None

    @property
    def counts(self) -> tuple[int, int] | None:
        """Both, or None."""
        return None if self.before is None or self.after is None else (self.before, self.after)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What can be said of a campaign.

    Attributes
    ----------
    before, after
        Months compared.
    treated, comparison, around
        Totals of the campaign's areas, of those that it is compared with, and of those around; None where not named.
    change, comparison_change
        Rate ratio of each; None where a total cannot be said.
    net
        Ratio of the two ratios: the difference in differences.
    displacement
        Weighted displacement difference, with a comparison.
    placebo
        The campaign's date among all others.
    triage
        Kept and set aside, and which moved: the count or the share; of zones alone.
    reason
        ``complete`` where ``change`` could be computed, else ``not_enough``.
    lacking
        What cannot be said, as ``treated_after``, ``comparison_before``, ``commune_in_no_fact``, ``after_not_closed``,
        ``before_not_published``, ``triage``; ``treated_told_otherwise`` where one period is told month by month and the
        other by no month alone.
    needed
        Months after the start that must be closed, where ``after_not_closed``.
    caveats
        Names from ``caveats``.
    """

    before: Run
    after: Run
    treated: Totals
    comparison: Totals | None
    around: Totals | None
    change: Change | None
    comparison_change: Change | None
    net: Change | None
    displacement: Displacement | None
    placebo: Placebo | None
    triage: Triage | None
    reason: Reason
    lacking: tuple[str, ...]
    needed: int | None
    caveats: tuple[str, ...]


def evaluate(
    release: Release,
    territory: Territory,
    campaign: Campaign,
    months: int = 6,
    *,
    against: Against = "before",
    direction: Direction = "fall",
    level: float = LEVEL,
) -> Evaluation:
    """Compare the months after a campaign's beginning with those before, or with the same ones a year ago.

    The months after begin with the first whole month of the campaign, those before end with the last month wholly
    before it. Nothing is compared but complete totals.

    Parameters
    ----------
    release, territory
        What has been said, and its ground.
    campaign
        From the registry; its comparison should have been chosen beforehand.
    months
        Length of both periods.
    against
        ``before``, or ``last_year``: the same months a year earlier (1 to 12 months).
    direction
        What the placebo dates look for.
    level
        Confidence of the intervals.

    Raises
    ------
    StatisticsError
        Months below 1 (or over 12 with ``last_year``), nothing published yet, or an area that is not on the territory.
    """
    if months < 1 or (against == "last_year" and months > YEAR):
        raise StatisticsError("Give at least one month, and at most twelve against last year.")
    closed = said.months(release)
    if not len(closed):
        raise StatisticsError("Nothing was published in this release yet: it has no closed month.")
    began, (before, after) = pd.Period(campaign.first, freq="M"), runs(campaign, months, against)
    named = [of_areas(release, territory, names) for names in (campaign.areas, campaign.comparison, campaign.around)]
    treated, comparison, around = (
        Totals(areas.total(*before), areas.total(*after)) if one_or_more else None
        for areas, one_or_more in zip(named, (True, campaign.comparison, campaign.around), strict=True)
    )
    treated = treated or Totals(None, None)
    alike = [areas.alike(before, after) for areas in named]
    own, other, near = (
        None if total is None or not same else total.counts
        for total, same in zip((treated, comparison, around), alike, strict=True)
    )
    sorted_ = _triage(release, named[0], before, after, level)
    return Evaluation(
        before=before,
        after=after,
        treated=treated,
        comparison=comparison,
        around=around,
        change=None if own is None else before_after(own, level=level),
        comparison_change=None if other is None else before_after(other, level=level),
        net=None if own is None or other is None else difference(own, other, level=level),
        displacement=None
        if own is None or other is None or (around is not None and near is None)
        else weighted_displacement(own, other, near or (0, 0), level=level),
        placebo=_placebo(named[: 2 if campaign.comparison else 1], began, (before, after), direction, level),
        triage=sorted_,
        reason="not_enough" if own is None else "complete",
        lacking=_lacking((treated, comparison, around), named, closed, (before, after), sorted_),
        needed=_length(after[0], after[1]) if after[1] > closed[-1] else None,
        caveats=_caveats(campaign, named, against, months, after),
    )


def runs(campaign: Campaign, months: int, against: Against = "before") -> tuple[Run, Run]:
    """Months before and after: the month in which a campaign begins counts only where it begins on the first."""
    own = pd.Period(campaign.first, freq="M")
    start = own if campaign.first.day == 1 else own + 1
    after = start, start + (months - 1)
    if against == "last_year":
        return (after[0] - YEAR, after[1] - YEAR), after
    return (own - months, own - 1), after


def lengths(
    release: Release, territory: Territory, campaign: Campaign, *, against: Against = "before"
) -> tuple[int, ...]:
    """Lengths of 1 to 12 months for which the totals of the campaign and of its comparison are complete."""
    named = [of_areas(release, territory, names) for names in (campaign.areas, campaign.comparison) if names]
    found = []
    for months in range(1, YEAR + 1):
        periods = runs(campaign, months, against)
        if all(areas.total(*run) is not None for areas in named for run in periods):
            found.append(months)
    return tuple(found)


def _placebo(
    sides: list[Areas], began: pd.Period, periods: tuple[Run, Run], direction: Direction, level: float
) -> Placebo | None:
    """Evaluate every earlier date for which all totals are complete, at the same distance from before to after."""
    before, after = periods
    size, apart = _length(*before), _length(before[0], after[0]) - 1

    def contrast(first: pd.Period) -> float:
        pairs = []
        for areas in sides:
            one = areas.total(first, first + (size - 1))
            two = areas.total(first + apart, first + (apart + size - 1))
            if one is None or two is None:
                return float("nan")
            pairs.append((one, two))
        return log_ratio(pairs[0], pairs[1] if len(pairs) > 1 else None, (size, size))

    real = contrast(before[0])
    if not np.isfinite(real):
        return None
    starts = pd.period_range(sides[0].months[0], began - (apart + size), freq="M")  # all of it before the campaign
    others = np.array([contrast(first) for first in starts], dtype=np.float64)
    return ranked(real, np.arange(len(starts), dtype=np.int64) + apart, others, direction, level)


def _triage(release: Release, areas: Areas, before: Run, after: Run, level: float) -> Triage | None:
    """Kept and set aside in all zones of the campaign; None where one total is not complete, or it is of cells."""
    if len(areas.cells) or areas.untold or not areas.zones:
        return None
    counts = []
    for run in (before, after):
        for value in ("kept", "set_aside"):
            sums = [complete(of_triage(release, zone, value), *run) for zone in areas.zones]
            known = [n for n in sums if n is not None]
            if len(known) < len(sums):
                return None
            counts.append(sum(known))
    return triage(counts[:2], counts[2:], level=level)


def _lacking(
    totals: tuple[Totals | None, ...],
    named: list[Areas],
    closed: pd.PeriodIndex,
    periods: tuple[Run, Run],
    sorted_: Triage | None,
) -> tuple[str, ...]:
    before, after = periods
    found = []
    if after[1] > closed[-1]:
        found.append("after_not_closed")
    if before[0] < closed[0]:
        found.append("before_not_published")
    if any(areas.untold for areas in named):
        found.append("commune_in_no_fact")
    for name, total, areas in zip(("treated", "comparison", "around"), totals, named, strict=True):
        if total is not None:
            found += [f"{name}_{when}" for when in ("before", "after") if getattr(total, when) is None]
            found += [f"{name}_told_otherwise"] if total.counts and not areas.alike(before, after) else []
    return tuple([*found, "triage"] if sorted_ is None else found)


def _caveats(campaign: Campaign, named: list[Areas], against: Against, months: int, after: Run) -> tuple[str, ...]:
    said_of = {
        caveats.NOT_OFFENCES: True,
        caveats.NOT_QUIET: True,
        caveats.CALLED: campaign.kind in {"call_to_report", "information"},
        caveats.SEEN: campaign.kind in {"patrol", "presence", "operation", "mediation"},
        caveats.ALONE: not campaign.comparison,
        caveats.SEASON: not campaign.comparison and against == "before" and months % YEAR != 0,
        caveats.SAME_NUMBER: bool(campaign.comparison),
        caveats.AROUND_ALONE: bool(campaign.around),
        caveats.LOCATED: any(len(areas.cells) for areas in named),
        caveats.GOES_ON: campaign.last is None or pd.Period(campaign.last, freq="M") > after[1],
        caveats.CAUSE: True,
        caveats.OVERLAP: months > YEAR // 2,
    }
    return tuple(name for name, holds in said_of.items() if holds)


def _length(first: pd.Period, last: pd.Period) -> int:
    return (last.year - first.year) * YEAR + last.month - first.month + 1
