"""Cell by cell, a run of months against the same months of the year before, both as known at the same age.

The surface of last year's months is that of the release as it was a year ago: a young period is under-published, and a
naive comparison with an old one shows a fall that is not there. A change of a cell is named only where the two counts,
whatever way the episodes may lie, could hardly come from one rate, and where that holds among all cells looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import special

from analytics import release as said
from analytics.statistics import StatisticsError, posterior, surface
from analytics.statistics.comparisons import YEAR

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.posterior import Draws
    from analytics.statistics.surface import Surface
    from analytics.territory import Territory

RATE: Final = 0.1
"""Share of the named changes that may be none (false discovery rate)."""
MORE, FEWER, CHANCE, UNSAID = 1, -1, 0, 2
CHANGES: Final = {MORE: "more", FEWER: "fewer", CHANCE: "chance", UNSAID: "unsaid"}


def year_before(release: Release) -> Release | None:
    """The release as it was a year before its last closed month; None where nothing was published by then."""
    months = said.months(release)
    if len(months) <= YEAR:
        return None
    earlier = said.until(release, months[-1] - YEAR)
    return None if earlier.facts.empty else earlier


def fit_before(release: Release, territory: Territory, draws: Draws | int = posterior.NUMBER) -> Surface | None:
    """Fit the surface as it would have been fitted a year ago; None where nothing was published by then.

    Parameters
    ----------
    release, territory, draws
        As for ``surface.fit``; the draws, if given, are those of ``year_before``.
    """
    earlier = year_before(release)
    return None if earlier is None else surface.fit(earlier, territory, draws)


def window(now: Surface, before: Surface, first: str | pd.Period, last: str | pd.Period) -> pd.DataFrame:
    """Compare every smallest cell in a run of months with the same months of the year before.

    Each way in which the episodes may lie now is held against one in which they may have lain then, by the exact test
    of two Poisson counts; the p-value of a cell is the mean over these pairs. Changes are named by the procedure of
    Benjamini and Hochberg over all cells of which something may be said in one of the two periods.

    Parameters
    ----------
    now, before
        Of the same ground: ``surface.fit`` of the release, and ``fit_before``.
    first, last
        Months of ``now``, both inclusive; a year earlier they are months of ``before``.

    Returns
    -------
    DataFrame
        One row a smallest cell, in the order of ``territory.ground``: ``cell``; ``p_value`` (two-sided; 1 where nothing
        may be said in either period); ``change``: ``more``, ``fewer``, ``chance`` (the difference could be chance), or
        ``unsaid`` (fewer than k, perhaps none, in both).

    Raises
    ------
    StatisticsError
        A surface has no draws, or a month is not closed in it.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series. Biometrika
    31, 313-323.
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57, 289-300.
    """
    start, end = pd.Period(first, freq="M"), pd.Period(last, freq="M")
    here, then = surface.window(now, start, end), surface.window(before, start - YEAR, end - YEAR)
    looked_at = np.flatnonzero((here["said"] == "estimate") | (then["said"] == "estimate"))
    this = run(cumulative(now, looked_at), _numbers(now, start, end))
    last_year = run(cumulative(before, looked_at), _numbers(before, start - YEAR, end - YEAR))
    p_value, change = np.ones(len(here)), np.full(len(here), UNSAID, dtype=np.int8)
    p_value[looked_at], change[looked_at] = compare(this, last_year)
    words = pd.Series(change).map(CHANGES).astype("str")
    return pd.DataFrame({"cell": here["cell"].to_numpy(), "p_value": p_value, "change": words.to_numpy()})


def cumulative(fitted: Surface, cells: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Episodes of some cells before each month, in each way in which they may lie: what any run of months is read from.

    Returns
    -------
    ndarray
        (draws, cells, months + 1); 0 before the first month.

    Raises
    ------
    StatisticsError
        The surface has no draws.
    """
    draws = fitted.draws
    if draws is None:
        raise StatisticsError("Changes are read from draws of both surfaces: fit them with draws, on exact facts.")
    unit, month = np.divmod(draws.atom, draws.months)
    place = np.full(len(fitted.cells) + len(fitted.zones), -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))
    draw_of = np.repeat(np.arange(draws.number), np.diff(draws.begin))
    here = place[unit] >= 0
    found = np.zeros((draws.number, len(cells), draws.months + 1), dtype=np.int64)
    np.add.at(found, (draw_of[here], place[unit[here]], month[here] + 1), 1)
    return np.cumsum(found, axis=2)


def run(known: npt.NDArray[np.int64], months: tuple[int, int]) -> npt.NDArray[np.int64]:
    """(draws, cells) episodes from the first to the last of two months, numbered from 0, both inclusive."""
    return known[:, :, months[1] + 1] - known[:, :, months[0]]


def compare(
    this: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """Name the changes among some cells.

    Parameters
    ----------
    this, last
        (draws, cells) episodes of two equally long runs of months.

    Returns
    -------
    p_value : (cells,)
    change : (cells,) ``MORE``, ``FEWER`` or ``CHANCE``
    """
    pairs = min(len(this), len(last))
    p_value = two_sided(this[:pairs], last[:pairs]).mean(axis=0)
    rise = this[:pairs].mean(axis=0) > last[:pairs].mean(axis=0)
    change = np.where(discoveries(p_value, RATE), np.where(rise, MORE, FEWER), CHANCE)
    return p_value, change.astype(np.int8)


def two_sided(this: npt.ArrayLike, last: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Exact p-value of one rate in two equally long periods: twice the smaller tail of a fair coin, at most 1.

    Parameters
    ----------
    this, last
        Whole numbers >= 0, of shapes that go together.
    """
    one, other = np.broadcast_arrays(np.asarray(this, dtype=np.float64), np.asarray(last, dtype=np.float64))
    great, small = np.maximum(one, other), np.minimum(one, other)
    # A coin shows as many heads or more: an incomplete beta function.
    tail = special.betainc(np.maximum(great, 1), small + 1, 0.5)
    return np.where(great == 0, 1.0, np.minimum(2 * tail, 1.0))


def discoveries(p_value: npt.NDArray[np.float64], rate: float) -> npt.NDArray[np.bool_]:
    """Which of some p-values are taken for discoveries, of which a share of ``rate`` at most is false on the average.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57, 289-300.
    """
    order = np.argsort(p_value, kind="stable")
    under = np.flatnonzero(p_value[order] <= rate * np.arange(1, len(order) + 1) / max(len(order), 1))
    found = np.zeros(len(p_value), dtype=bool)
    found[order[: under[-1] + 1 if len(under) else 0]] = True
    return found


def _numbers(fitted: Surface, first: pd.Period, last: pd.Period) -> tuple[int, int]:
    return int(np.argmax(fitted.months == first)), int(np.argmax(fitted.months == last))
