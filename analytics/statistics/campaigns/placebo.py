"""Placebo dates: what the same evaluation would have said at every date at which nothing happened.

The intervals of ``changes`` know the chance that counts have by themselves. They do not know seasons, feasts, a
newspaper's article, or a chat platform that was down. The zone's own past does: if one date in five shows as great a
fall, a fall at the campaign's date is no news.

References
----------
Abadie, A., Diamond, A. and Hainmueller, J. (2010). Synthetic control methods for comparative case studies. Journal of
the American Statistical Association 105, 493-505. (Placebo runs, and p by rank.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analytics.statistics import StatisticsError
from analytics.statistics.conditional import LEVEL

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.campaigns.changes import Reason

Direction = Literal["fall", "rise", "either"]
HALF: Final = 0.5
"""Added to each count, so that an empty period has a logarithm (Haldane and Anscombe)."""


@dataclass(frozen=True, eq=False)
class Placebo:
    """Where the campaign's change lies among those of all other dates.

    Attributes
    ----------
    real
        Logarithm of the ratio (of ratios, where there is a comparison) at the campaign's date; NaN where it is not
        known.
    dates
        (dates,) months, as numbers, at which the placebos begin.
    others
        (dates,) the same logarithm at each of them.
    p
        (1 + placebos at least as far out) / (1 + placebos); ties count as farther out.
    reason, needed
        ``not_enough`` where so few dates could not give a p of 1 - ``level``; ``needed`` is the number that could.
    """

    real: float
    dates: npt.NDArray[np.int64]
    others: npt.NDArray[np.float64]
    p: float
    reason: Reason
    needed: int | None


def placebo_dates(
    treated: npt.ArrayLike,
    comparison: npt.ArrayLike | None,
    start: int,
    lengths: tuple[int, int],
    *,
    direction: Direction = "fall",
    level: float = LEVEL,
) -> Placebo:
    """Evaluate every date whose months after end before the campaign begins, and rank the campaign among them.

    Parameters
    ----------
    treated
        (months,) reports of the campaign's zones; NaN for a month that is not known.
    comparison
        (months,) of the comparison zones, or None.
    start
        Number of the campaign's first month after.
    lengths
        Months before and after.
    direction
        What counts as far out: a ``fall``, a ``rise``, or ``either`` by size.
    level
        1 less the p that the dates should be able to give.

    Raises
    ------
    StatisticsError
        Negative counts, other shapes, or the campaign's own months are not all in the series.
    """
    rows = [_series(treated, "the campaign's zones")]
    if comparison is not None:
        rows.append(_series(comparison, "the comparison zones"))
        if len(rows[1]) != len(rows[0]):
            raise StatisticsError("Give as many months of the comparison zones as of the campaign's zones.")
    before, after = lengths
    if before < 1 or after < 1:
        raise StatisticsError("Give at least one month before and one after.")
    if start < before or start + after > len(rows[0]):
        raise StatisticsError(
            f"The campaign needs {before} months before it and {after} after; choose shorter periods or other dates."
        )
    logs = _contrast(rows, before, after)  # the first month before tells the place
    dates = np.arange(before, start - after + 1, dtype=np.int64)
    return ranked(float(logs[start - before]), dates, logs[: len(dates)], direction, level)


def ranked(
    real: float,
    dates: npt.NDArray[np.int64],
    others: npt.NDArray[np.float64],
    direction: Direction = "fall",
    level: float = LEVEL,
) -> Placebo:
    """Rank a change among those of other dates; dates whose change is not known (NaN) are left out.

    Parameters
    ----------
    real
        The campaign's logarithm.
    dates, others
        (dates,) months and their logarithms.
    direction, level
        As for ``placebo_dates``.
    """
    known = np.isfinite(others)
    dates, others = dates[known], others[known]
    far = {"fall": others <= real, "rise": others >= real, "either": np.abs(others) >= abs(real)}[direction]
    needed = int(np.ceil(1 / (1 - level) - 1e-9)) - 1
    short = len(others) < needed or not np.isfinite(real)
    p = (1 + int(far.sum())) / (1 + len(others)) if np.isfinite(real) else 1.0
    return Placebo(real, dates, others, p, "not_enough" if short else "complete", needed if short else None)


def log_ratio(treated: tuple[float, float], comparison: tuple[float, float] | None, lengths: tuple[int, int]) -> float:
    """Logarithm of the ratio of rates, less that of the comparison; a half is added to each count."""
    own = np.log(treated[1] + HALF) - np.log(treated[0] + HALF)
    other = (
        np.log(lengths[1] / lengths[0])
        if comparison is None
        else np.log(comparison[1] + HALF) - np.log(comparison[0] + HALF)
    )
    return float(own - other)


def _contrast(rows: list[npt.NDArray[np.float64]], before: int, after: int) -> npt.NDArray[np.float64]:
    """(windows,) log ratio for each run of months before and after."""
    moved = []
    for row in rows:
        first = sliding_window_view(row[: len(row) - after], before).sum(axis=1)
        then = sliding_window_view(row[before:], after).sum(axis=1)
        moved.append(np.log(then + HALF) - np.log(first + HALF))
    other = moved[1] if len(moved) > 1 else np.log(after / before)
    contrast: npt.NDArray[np.float64] = moved[0] - other
    return contrast


def _series(counts: npt.ArrayLike, whose: str) -> npt.NDArray[np.float64]:
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 1 or (values < 0).any() or np.isinf(values).any():
        raise StatisticsError(f"The monthly reports of {whose} must be a row of numbers from 0 up.")
    return values
