"""More or fewer than a year before: the current year, the last closed quarter, the last closed month.

Periods are compared on totals that are complete for both alone, since what is young is under-published: counting what
is sealed so far would show a fall that is not there. Facts that complete a period lie wholly inside it, so they were
sealed before it closed, this year as last year: both totals are of the same age and chosen by the same rule.

A quarter is told by three months of k or more each, or by one fact if each is under k: a large total or a small one,
and hardly anything between. At 4 a month a fifth of the pairs told in different ways would be named a change that is
not there, so runs of up to a quarter are compared only where both are told in the same way. Longer runs need no such
rule: where nothing changes, 5 % of them at most are named, from 3 to 16 a month (docs/trends.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from analytics import release as said
from analytics.statistics import StatisticsError
from analytics.statistics.intervals import ratio_interval, ratio_p_value
from analytics.statistics.told import complete_total, of_area

if TYPE_CHECKING:
    import pandas as pd

    from analytics.release import Release
    from analytics.statistics.told import Series

YEAR: Final = 12
QUARTER: Final = 3


@dataclass(frozen=True)
class Comparison:
    """A run of months against the same months of last year.

    Attributes
    ----------
    this_year
        The year of the last of these months.
    months
        First and last calendar month compared, 1 to 12.
    this, last
        Episodes of these months this year and last year; None where the total is not complete.
    unsaid_this, unsaid_last
        How many of these months lie in no fact wholly inside the period.
    ratio, low, high
        Ratio of the two totals with its exact 95 % interval; None unless both are complete, and, for runs of up to
        three months, told in the same way.
    named
        Whether the interval excludes 1: a change that may be spoken of.
    reason
        ``complete``, or ``not_enough`` to say.
    p_value
        Exact two-sided p-value of no change, given the sum of both totals; None where there is no ratio.
    """

    this_year: int
    months: tuple[int, int]
    this: int | None
    last: int | None
    unsaid_this: int
    unsaid_last: int
    ratio: float | None
    low: float | None
    high: float | None
    named: bool
    reason: Literal["complete", "not_enough"]
    p_value: float | None = None


def same_months(release: Release, area: str) -> Comparison:
    """Compare the current year with the same months of last year, where both are told completely.

    The current year is that of the release's last closed month, never of the clock. A total is complete when every
    month lies in a fact whose whole period lies inside the months compared.

    Parameters
    ----------
    release
        What has been said.
    area
        Code of the territory (table ``departement``) or id of a zone (table ``series``).

    Raises
    ------
    StatisticsError
        When nothing was published yet.
    """
    return compare(of_area(release, area), last_month(release))


def recent(release: Release, area: str) -> dict[str, Comparison]:
    """Compare the last closed month, the last closed quarter and the current year with the same a year before.

    Parameters
    ----------
    release, area
        As for ``same_months``.

    Returns
    -------
    dict
        ``month``, ``quarter`` (left out before the first is closed) and ``year`` (January to the last closed month).
        These are three looks at the same facts: of nothing happening, one of them in twenty is named, not one in
        twenty of all three together.

    Raises
    ------
    StatisticsError
        When nothing was published yet.
    """
    series, end = of_area(release, area), last_month(release)
    found = {"month": compare(series, end, length=1)}
    quarter = last_quarter(release)
    if quarter is not None:
        found["quarter"] = compare(series, quarter.asfreq("M", "end"), length=3)
    return found | {"year": compare(series, end)}


def compare(series: Series, end: pd.Period, *, length: int | None = None) -> Comparison:
    """Compare months up to ``end`` with the same months a year before, as it would be done at the closing of ``end``.

    Parameters
    ----------
    series
        What the facts of an area tell, from ``told.of_area``; facts sealed after ``end`` change nothing, since their
        period reaches beyond it.
    end
        Last month compared (monthly Period).
    length
        How many months, 1 to 12; None for those since January.

    Raises
    ------
    StatisticsError
        A length that is not 1 to 12, or that reaches into the year before ``end``'s.
    """
    if length is not None and not 1 <= length <= end.month:
        raise StatisticsError(f"From January to {end} there are {end.month} months; compare 1 to {end.month} of them.")
    first = end - ((length or end.month) - 1)
    this, unsaid_this = complete_total(series, first, end)
    last, unsaid_last = complete_total(series, first - YEAR, end - YEAR)
    ratio = low = high = p_value = None
    if this is not None and last is not None and _alike(series, first, end):
        ratio, (low, high) = this / last, ratio_interval(this, last)
        p_value = ratio_p_value(this, last)
    named = low is not None and high is not None and (low > 1 or high < 1)
    return Comparison(
        this_year=end.year,
        months=(first.month, end.month),
        this=this,
        last=last,
        unsaid_this=unsaid_this,
        unsaid_last=unsaid_last,
        ratio=ratio,
        low=low,
        high=high,
        named=named,
        reason="not_enough" if ratio is None else "complete",
        p_value=p_value,
    )


def _alike(series: Series, first: pd.Period, end: pd.Period) -> bool:
    """Whether a short run has as many months told by themselves as a year before."""
    start, stop = series.number(first), series.number(end) + 1
    if stop - start > QUARTER:
        return True
    return bool(series.alone[start:stop].sum() == series.alone[start - YEAR : stop - YEAR].sum())


def last_month(release: Release) -> pd.Period:
    """Last closed month.

    Raises
    ------
    StatisticsError
        When nothing was published yet.
    """
    months = said.months(release)
    if not len(months):
        raise StatisticsError("Nothing was published in this release yet: it has no closed month.")
    last: pd.Period = months[-1]
    return last


def last_quarter(release: Release) -> pd.Period | None:
    """Last quarter whose three months are all closed months of the release; None when there is none yet."""
    months = said.months(release)
    quarter: pd.Period = months[-1].asfreq("Q")
    if quarter.asfreq("M", "end") > months[-1]:
        quarter -= 1
    return quarter if quarter.asfreq("M", "start") >= months[0] else None
