"""How steady the first cells are, from one window to the next.

A short window is fresh and mostly chance; a long one is steady and late. Two measures, for windows of 1, 3, 6, 12
months: how many of the first cells of a window are among the first of the next, and which share of the next window's
reports they hold, also as the predictive accuracy index, that share over the share of the area (Chainey et al. 2008).

References
----------
Chainey, S., Tompson, L. and Uhlig, S. (2008). The utility of hotspot mapping for predicting spatial patterns of crime.
Security Journal 21, 4-28.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import special, stats

from analytics.statistics import StatisticsError
from analytics.statistics.concentration.curve import LEVEL, first

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

WINDOWS: Final = (1, 3, 6, 12)
TEN: Final = 10
PAIRS: Final = 2
"""Pairs of windows under which nothing can be said of how much they differ."""
LEAST: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Pair:
    """A window's first cells and what the next window made of them.

    Attributes
    ----------
    overlap
        Share of the first cells that are among the first of the next window, 0 to 1.
    held, reports
        Reports of the next window in the first cells, and in all.
    """

    overlap: float
    held: float
    reports: float


def steadiness(
    counts: npt.ArrayLike,
    windows: Sequence[int] = WINDOWS,
    *,
    first_cells: float = TEN,
    ahead: int | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Overlap and hit rate of the first cells from window to window.

    Parameters
    ----------
    counts
        (cells, months) whole reports, of the inhabited cells.
    windows
        Lengths in months; windows are counted back from the last month and do not overlap.
    first_cells
        How many are the first. Cells that tie at the end count in part (``curve.first``).
    ahead
        Months of the next window that are foreseen; None for as many as the window has. Give one number to compare
        lengths of windows fairly: all then foresee the same.
    level
        Confidence.

    Returns
    -------
    DataFrame
        One row a length: ``months``, ``pairs`` (of windows with reports), ``overlap`` with ``overlap_low`` and
        ``overlap_high``, ``hit_rate`` with ``low`` and ``high``, ``index`` (hit rate over the share of the area),
        ``reports`` (foreseen, in all), ``reason`` and ``needed`` (``not_enough`` with the months that would give two
        pairs). An interval is the wider of two: Student's of the mean over pairs, since windows differ, and Clopper and
        Pearson's of all pairs together, since a few alike pairs prove little.

    Raises
    ------
    StatisticsError
        Counts that are no table of whole numbers from 0 up, or windows or cells that cannot be.
    """
    cube = _checked(counts)
    _check_windows(windows, first_cells, len(cube), ahead)
    rows = []
    for months in windows:
        found = [
            pair_of(cube[:, start:middle].sum(axis=1), cube[:, middle:end].sum(axis=1), first_cells)
            for start, middle, end in cuts(cube.shape[1], months, ahead or months)
        ]
        rows.append(summary(months, found, first_cells, len(cube), ahead or months, level))
    return pd.DataFrame(rows).astype({"needed": "Int64"})


def cuts(months: int, length: int, ahead: int) -> list[tuple[int, int, int]]:
    """Begin and end of each window and end of what it foresees, by numbers of months, the latest last."""
    ends = range(months - ahead, length - 1, -max(length, ahead))
    return [(end - length, end, end + ahead) for end in ends][::-1]


def pair_of(now: npt.NDArray[np.float64], then: npt.NDArray[np.float64], first_cells: float) -> Pair:
    """Compare a window with the next."""
    chosen, next_ = first(now, first_cells), first(then, first_cells)
    return Pair(float((chosen * next_).sum() / first_cells), float((chosen * then).sum()), float(then.sum()))


def summary(
    months: int, pairs: list[Pair], first_cells: float, cells: int, ahead: int, level: float
) -> dict[str, object]:
    """One row of ``steadiness``."""
    pairs = [pair for pair in pairs if pair.reports > 0]
    held, reports = (np.array([getattr(pair, name) for pair in pairs]) for name in ("held", "reports"))
    overlap = np.array([pair.overlap for pair in pairs])
    low, high = _interval(held / reports, held.sum(), reports.sum(), level)
    rate = held.sum() / reports.sum() if pairs else np.nan
    enough = len(pairs) >= PAIRS
    common = float(overlap.sum()) * first_cells
    overlap_low, overlap_high = _interval(overlap, common, len(pairs) * first_cells, level)
    return {
        "months": months,
        "pairs": len(pairs),
        "overlap": overlap.mean() if pairs else np.nan,
        "overlap_low": overlap_low,
        "overlap_high": overlap_high,
        "hit_rate": rate,
        "low": low,
        "high": high,
        "index": rate / (first_cells / cells),
        "reports": reports.sum(),
        "reason": "complete" if enough else "not_enough",
        "needed": pd.NA if enough else months + ahead + (PAIRS - 1) * max(months, ahead),
    }


def _interval(shares: npt.NDArray[np.float64], held: float, whole: float, level: float) -> tuple[float, float]:
    """The wider of Student's interval over pairs and Clopper and Pearson's of the pairs together."""
    tail, rest = (1 - level) / 2, whole - held
    low = float(special.betaincinv(held, rest + 1, tail)) if held > LEAST else 0.0
    high = float(special.betaincinv(held + 1, rest, 1 - tail)) if rest > LEAST else 1.0
    if len(shares) < PAIRS:
        return low, high
    mean = held / whole
    reach = float(stats.t.isf(tail, len(shares) - 1) * shares.std(ddof=1) / np.sqrt(len(shares)))
    return min(low, max(0.0, mean - reach)), max(high, min(1.0, mean + reach))


def _check_windows(windows: Sequence[int], first_cells: float, cells: int, ahead: int | None) -> None:
    if not len(windows) or min(windows) < 1 or (ahead is not None and ahead < 1):
        raise StatisticsError("Give windows of at least one month.")
    if not 0 < first_cells <= cells:
        raise StatisticsError(f"There are {cells} cells: give a number of first cells above 0 and at most that.")


def _checked(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    cube = np.asarray(counts, dtype=np.float64)
    if cube.ndim != 2 or not cube.size:  # noqa: PLR2004 - cells and months
        raise StatisticsError("Give a table of counts, one row a cell and one column a month.")
    if not np.isfinite(cube).all() or (cube < 0).any() or (cube != np.rint(cube)).any():
        raise StatisticsError("Counts must be whole numbers from 0 up: leave out cells and months that are not known.")
    return cube
