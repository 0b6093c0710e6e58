"""The weighted displacement difference: how many reports fewer, what moved next door counted in.

References
----------
Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement difference test to evaluate place based
crime interventions. Crime Science 7:11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

from analytics.statistics import StatisticsError
from analytics.statistics.campaigns.changes import Reason, checked_counts
from analytics.statistics.conditional import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST: Final = 10
"""Reports in all under which the normal approximation was found to be off (docs/campaigns.md)."""


@dataclass(frozen=True)
class Displacement:
    """Differences in reports, after less before, of the campaign's zones less the comparison's.

    Attributes
    ----------
    local, local_se
        In the campaign's own zones, and its standard error.
    displaced, displaced_se
        In the zones around it, where it might move to: positive where it moved there.
    total, low, high
        Both together with an interval of ``level``; negative is a fall.
    z, p
        The total over its standard error, and the two-sided p.
    named
        Whether the interval excludes 0.
    reason, needed
        ``not_enough`` where fewer than ``needed`` reports were counted in all: the approximation does not hold.
    level
        Of the interval.
    """

    local: float
    local_se: float
    displaced: float
    displaced_se: float
    total: float
    total_se: float
    z: float
    p: float
    low: float
    high: float
    named: bool
    reason: Reason
    needed: int | None
    level: float


def weighted_displacement(
    treated: Sequence[int],
    comparison: Sequence[int],
    around: Sequence[int] = (0, 0),
    around_comparison: Sequence[int] = (0, 0),
    *,
    months: Sequence[float] = (1.0, 1.0),
    sizes: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    level: float = LEVEL,
) -> Displacement:
    """Weighted displacement difference with its interval.

    (T1 - T0) - (C1 - C0) + (D1 - D0) - (Dc1 - Dc0), of Poisson counts, so that its variance is their sum. It supposes
    that without the campaign both would have moved by the same *number*: take comparison zones with about as many
    reports, or give sizes. The interval is a normal approximation.

    Parameters
    ----------
    treated, comparison
        Reports before and after, of the campaign's zones and of the comparison zones.
    around, around_comparison
        The same of the zones around the campaign's, and of their own comparison; 0 where there are none.
    months
        Months before and after: the differences are then reports a month (Wheeler's extension of 2021).
    sizes
        Sizes of the four areas in this order (inhabitants or ground): the differences are then for one unit of size.
    level
        Confidence.

    Raises
    ------
    StatisticsError
        Counts are no whole numbers >= 0, or weights not > 0.

    Examples
    --------
    >>> found = weighted_displacement((207, 110), (308, 318), (178, 157), (150, 140))
    >>> found.total, round(found.z, 2), round(found.low), round(found.high)
    (-118.0, -2.98, -196, -40)
    """
    names = ("campaign's zones", "comparison zones", "zones around", "zones around the comparison")
    counts = np.array(
        [
            checked_counts(pair, f"reports of the {name} before and after")
            for pair, name in zip((treated, comparison, around, around_comparison), names, strict=True)
        ],
        dtype=np.float64,
    )
    weights = _weights(months, sizes)
    change = np.diff(counts / weights, axis=1)[:, 0]
    variance = (counts / weights**2).sum(axis=1)
    local, displaced = change[0] - change[1], change[2] - change[3]
    local_variance, displaced_variance = variance[:2].sum(), variance[2:].sum()
    total, se = float(local + displaced), float(np.sqrt(local_variance + displaced_variance))
    z = total / se if se else 0.0
    reach = float(stats.norm.isf((1 - level) / 2)) * se
    few = counts.sum() < FEWEST
    return Displacement(
        local=float(local),
        local_se=float(np.sqrt(local_variance)),
        displaced=float(displaced),
        displaced_se=float(np.sqrt(displaced_variance)),
        total=total,
        total_se=se,
        z=z,
        p=float(2 * stats.norm.sf(abs(z))),
        low=total - reach,
        high=total + reach,
        named=bool(abs(total) > reach) and not few,
        reason="not_enough" if few else "complete",
        needed=FEWEST if few else None,
        level=level,
    )


def _weights(months: Sequence[float], sizes: Sequence[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(areas, periods) what each count is divided by."""
    length, size = np.asarray(months, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    given = np.concatenate([length.ravel(), size.ravel()])
    if length.shape != (2,) or size.shape != (4,) or not np.isfinite(given).all() or (given <= 0).any():
        raise StatisticsError("Give two lengths of periods and four sizes of areas, all over 0.")
    return np.outer(size, length)
