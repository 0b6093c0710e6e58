"""Before and after: the ratio of two counts, and the ratio of that ratio to the comparison zones' own.

Both are exact (``conditional``): no normal approximation, and nothing to estimate beside the ratio itself. They take
reports to come one by one at a rate that a period does not change by itself (Poisson). Where counts waver more than
that, the comparison zones take away what all zones share, and ``placebo`` shows the rest.

References
----------
Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series.
Biometrika 31, 313-323.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from analytics.statistics import StatisticsError, conditional

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.statistics.conditional import Family, Method

Reason = Literal["complete", "not_enough"]
Counts = tuple[int, int]
"""Before and after."""
MOST: Final = 10_000
"""Largest count at which it is tried whether so many would be enough."""


@dataclass(frozen=True)
class Change:
    """A ratio of counts, after to before, with its interval.

    Attributes
    ----------
    ratio
        Of rates a month; None where it is a division by zero.
    low, high
        Interval of ``level``; ``high`` may be infinite.
    p
        Two-sided p of no change, in agreement with the interval.
    named
        Whether the interval excludes 1: a change that may be spoken of.
    reason
        ``not_enough`` where no change, however great, could have been named with so few reports.
    needed
        With ``not_enough``: how many reports, before and after together, would be the first to be enough (of the
        campaign's own zones, the comparison zones staying as they are); None where no number would be.
    level
        Of the interval.
    """

    ratio: float | None
    low: float
    high: float
    p: float
    named: bool
    reason: Reason
    needed: int | None
    level: float


def before_after(
    counts: Sequence[int],
    months: Sequence[float] = (1.0, 1.0),
    *,
    level: float = conditional.LEVEL,
    method: Method = "exact",
) -> Change:
    """Ratio of the rate after to the rate before, with an exact interval.

    Given the sum, the count after is binomial (Przyborowski and Wilenski 1940).

    Parameters
    ----------
    counts
        Reports before and after.
    months
        Months before and after.
    level
        Confidence.
    method
        ``exact`` (never less sure than ``level``) or ``mid_p`` (near to it on average).

    Raises
    ------
    StatisticsError
        Counts are no whole numbers >= 0, or months not > 0.

    Examples
    --------
    >>> change = before_after((30, 12))
    >>> round(change.ratio or 0, 2), round(change.low, 2), round(change.high, 2), change.named
    (0.4, 0.19, 0.8, True)
    """
    before, after = checked_counts(counts, "reports before and after")
    exposure = _exposure(months)
    _check_level(level)
    family = conditional.binomial(before + after)
    low, high = conditional.interval(family, after, level, method)
    ratio = after / before / exposure if before else None
    p = conditional.p_value(family, after, exposure, method)

    def enough(total: int) -> bool:
        return min(conditional.extremes(conditional.binomial(total), exposure, method)) <= 1 - level

    reason, needed = _sufficient(enough, before + after)
    named = p <= 1 - level
    return Change(ratio, low / exposure, high / exposure, p, named, reason, needed, level)


def difference(
    treated: Sequence[int],
    comparison: Sequence[int],
    *,
    level: float = conditional.LEVEL,
    method: Method = "exact",
) -> Change:
    """Difference in differences on the scale of ratios: how much more, or less, than the comparison zones.

    The ratio of rate ratios, (after / before) to (after / before) of the comparison; 1 where both moved alike. Given
    all margins the campaign's count after is noncentral hypergeometric, whatever the zones' levels and whatever the
    change that both share; the lengths of the periods cancel out. So it needs no assumption but that both would have
    moved by the same factor.

    Parameters
    ----------
    treated, comparison
        Reports before and after, of the campaign's zones and of the comparison zones.
    level, method
        As for ``before_after``.

    Raises
    ------
    StatisticsError
        Counts are no whole numbers >= 0.

    Examples
    --------
    >>> net = difference((30, 12), (40, 38))
    >>> round(net.ratio or 0, 2), round(net.low, 2), round(net.high, 2), net.named
    (0.42, 0.17, 1.0, False)
    """
    before, after = checked_counts(treated, "reports of the campaign's zones before and after")
    other_before, other_after = checked_counts(comparison, "reports of the comparison zones before and after")
    _check_level(level)

    def table(mine_before: int, mine_after: int) -> Family:
        return conditional.hypergeometric(
            mine_before + mine_after, other_before + other_after, mine_after + other_after
        )

    family = table(before, after)
    low, high = conditional.interval(family, after, level, method)
    ratio = (after * other_before) / (before * other_after) if before and other_after else None
    p = conditional.p_value(family, after, 1.0, method)

    def enough(total: int) -> bool:
        # The clearest fall and the clearest rise that so many reports could show beside these comparison zones.
        fall = conditional.p_value(table(total, 0), 0, 1.0, method)
        rise = conditional.p_value(table(0, total), total, 1.0, method)
        return min(fall, rise) <= 1 - level

    reason, needed = _sufficient(enough, before + after)
    return Change(ratio, low, high, p, p <= 1 - level, reason, needed, level)


def checked_counts(counts: Sequence[int], what: str) -> Counts:
    """Two whole numbers, or one sentence that says what they should be."""
    values = np.asarray(counts, dtype=np.float64)
    if values.shape != (2,):
        raise StatisticsError(f"Give the {what} as two numbers, not {values.size}.")
    if not np.isfinite(values).all() or (values < 0).any() or (values != np.rint(values)).any():
        raise StatisticsError(f"The {what} must be whole numbers from 0 up: leave out periods that were not told.")
    return int(values[0]), int(values[1])


def fewest(enough: Callable[[int], bool], most: int = MOST) -> int | None:
    """Smallest number from 1 up that is enough, by halving; None where ``most`` is not enough either."""
    if not enough(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _sufficient(enough: Callable[[int], bool], total: int) -> tuple[Reason, int | None]:
    return ("complete", None) if enough(total) else ("not_enough", fewest(enough))


def _exposure(months: Sequence[float]) -> float:
    lengths = np.asarray(months, dtype=np.float64)
    if lengths.shape != (2,) or not np.isfinite(lengths).all() or (lengths <= 0).any():
        raise StatisticsError("Give the months before and after as two numbers over 0.")
    return float(lengths[1] / lengths[0])


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise StatisticsError(f"A level of {level} is no confidence: give one between 0 and 1, such as 0.95.")
