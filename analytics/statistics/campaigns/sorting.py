"""Did the reports move, or what the reports are worth? The share that triage keeps, beside the count.

A call to report raises reports whatever the trafficking does. Where many of the new ones are set aside, the share kept
falls; where the trafficking moved, the count of kept reports moves and the share may stay. Neither proves a cause: a
stricter triage lowers the share, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analytics.statistics import StatisticsError, conditional
from analytics.statistics.campaigns.changes import Change, before_after, checked_counts, difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.statistics.conditional import Method

Moved = Literal["count", "share", "both", "neither", "not_enough"]


@dataclass(frozen=True)
class Share:
    """Share of the sorted reports that triage kept.

    Attributes
    ----------
    kept, set_aside
        Counts; duplicates and what still waits for triage are in neither.
    share
        0 to 1; None where nothing was sorted.
    low, high
        Interval of the share.
    """

    kept: int
    set_aside: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Triage:
    """The count and the share before and after, and which of the two moved.

    Attributes
    ----------
    before, after
        Shares kept.
    count
        Change of the kept reports a month.
    share
        Change of the odds of being kept (odds ratio): 1 where the share stayed.
    moved
        ``count``, ``share``, ``both``, ``neither`` or ``not_enough``.
    """

    before: Share
    after: Share
    count: Change
    share: Change
    moved: Moved


def kept_share(kept: int, set_aside: int, *, level: float = conditional.LEVEL, method: Method = "exact") -> Share:
    """Share that triage kept, with its interval (Clopper and Pearson's, or its mid-p sister).

    Raises
    ------
    StatisticsError
        Counts are no whole numbers >= 0.

    Examples
    --------
    >>> found = kept_share(30, 10)
    >>> found.share, round(found.low, 2), round(found.high, 2)
    (0.75, 0.59, 0.87)
    """
    one, other = checked_counts((kept, set_aside), "reports kept and set aside")
    odds = conditional.interval(conditional.binomial(one + other), one, level, method)
    low, high = odds[0] / (1 + odds[0]), odds[1] / (1 + odds[1]) if other else 1.0
    return Share(one, other, one / (one + other) if one + other else None, low, high)


def triage(
    before: Sequence[int],
    after: Sequence[int],
    months: Sequence[float] = (1.0, 1.0),
    *,
    level: float = conditional.LEVEL,
    method: Method = "exact",
) -> Triage:
    """Compare what was kept and set aside before and after.

    Parameters
    ----------
    before, after
        Kept and set aside, in each period.
    months
        Months before and after.
    level, method
        As for ``changes.before_after``.

    Raises
    ------
    StatisticsError
        Counts are no whole numbers >= 0, or months not > 0.
    """
    kept_before, aside_before = checked_counts(before, "reports kept and set aside before")
    kept_after, aside_after = checked_counts(after, "reports kept and set aside after")
    count = before_after((kept_before, kept_after), months, level=level, method=method)
    # The odds of being kept, after to before: a ratio of ratios like any other.
    share = difference((kept_before, kept_after), (aside_before, aside_after), level=level, method=method)
    return Triage(
        kept_share(kept_before, aside_before, level=level, method=method),
        kept_share(kept_after, aside_after, level=level, method=method),
        count,
        share,
        which_moved(count, share),
    )


def which_moved(count: Change, share: Change) -> Moved:
    """Say which of the two moved: the count of kept reports, or the share that triage keeps.

    Parameters
    ----------
    count, share
        As in ``Triage``, at the same level.

    Returns
    -------
    ``count``, ``share`` or ``both`` where their intervals exclude 1; ``neither`` where both could have been named and
    none was; ``not_enough`` where none was and one of them could not have been, however much it moved.

    Raises
    ------
    StatisticsError
        The two have different levels.
    """
    if count.level != share.level:
        raise StatisticsError("Give the change of the count and that of the share at the same level.")
    if count.named or share.named:
        return "both" if count.named and share.named else "count" if count.named else "share"
    return "neither" if count.reason == share.reason == "complete" else "not_enough"
