"""Concentration and steadiness of a release, by its surface: estimates, and called so.

A release does not tell the count of each cell, and its surface is smoother than the counts were. So two questions are
answered that it can answer: which share of the episodes lies in the cells that the surface ranks first (a fixed choice
of cells: what is uncertain is how published numbers were shared between them and the others), and how uneven counts
are that are drawn from the surface and its doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from analytics import release as said
from analytics.statistics import StatisticsError, posterior, spread, surface
from analytics.statistics.concentration.curve import LEVEL, SHARES, Gini, adjusted, first, plain_gini
from analytics.statistics.concentration.windows import TEN, WINDOWS, Pair, cuts, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.surface import Surface
    from analytics.territory import Territory

DRAWS: Final = 999
MOST_PAIRS: Final = 12
LEAST: Final = 1e-9
THIN: Final = 0.5
"""Episodes estimated in a cell under which a page should see a guess rather than an estimate."""
STRETCH: Final = 1.75
"""How many times as far from the middle an interval ends as the surface's draws say.

The draws know how episodes may lie if places are as the surface takes them to be, and no two countries are. On ground
of two kinds (docs/calibration/concentration.md), where the first cells hold more than the draws believe on one and less
on the other, 95 % of the draws held the truth in 80 to 100 %, and G' in 64 to 93 %; stretched so, in 94 % and more.
"""


def of_surface(
    fitted: Surface,
    first_month: str | pd.Period,
    last_month: str | pd.Period,
    shares: Sequence[float] = SHARES,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Share of the estimated episodes that the first cells of the surface hold.

    Which cells these are is taken as given; what is uncertain is what they hold, and that is read from the surface's
    draws and stretched (``STRETCH``). A surface without draws (facts that are floors) has its cells' doubts added as if
    they were independent, though what one cell of a block has another lacks: a beta distribution with the share's mean
    and variance, widened to whole episodes, which is wider than it need be.

    Parameters
    ----------
    fitted
        From ``surface.fit``.
    first_month, last_month
        Closed months, both inclusive.
    shares
        Shares of the inhabited cells.
    level
        Confidence.

    Returns
    -------
    DataFrame
        One row a share: ``area``, ``cells``, ``estimate`` (share of the episodes of the inhabited cells), ``low``,
        ``high``, ``episodes`` (estimated, in all), ``said`` (``estimate``), ``reason``: ``complete``, or ``not_enough``
        where less than k episodes are estimated in all; then ``needed`` is k.

    Raises
    ------
    StatisticsError
        The months are not closed ones, or shares that are none.
    """
    wanted = np.asarray(shares, dtype=np.float64)
    if wanted.ndim != 1 or not np.isfinite(wanted).all() or (wanted <= 0).any() or (wanted > 1).any():
        raise StatisticsError("Give shares of the area above 0 and at most 1, such as 0.05.")
    mean, variance = moments(fitted, first_month, last_month)
    total, number = float(mean.sum()), wanted * len(mean)
    enough = total >= fitted.k
    rows = []
    drawn = of_draws(fitted, first_month, last_month) if fitted.draws is not None and enough else None
    for area, cells in zip(wanted, number, strict=True):
        chosen = first(mean, cells)
        part = (chosen * mean).sum() / max(total, LEAST)
        if drawn is not None:
            held = (drawn @ chosen) / np.maximum(drawn.sum(axis=1), 1)
            low, high = _stretched(held, float(held.mean()), level)
            rows.append((area, cells, part, min(low, part), max(high, part)))
            continue
        # The share moves with what goes from these cells to the others, or comes from them.
        inside, outside = (chosen * variance).sum(), ((1 - chosen) * variance).sum()
        spread_ = ((1 - part) ** 2 * inside + part**2 * outside) / max(total, LEAST) ** 2
        low, high = _beta(float(part), float(spread_), level)
        # What is spread so thinly comes from inhabitants, not from facts: it may as well lie in the first cells.
        thin = ((1 - chosen) * mean)[mean < THIN].sum() / max(total, LEAST)
        low, high = _whole((low, max(high, float(part + thin))), total) if enough else (0.0, 1.0)
        rows.append((area, cells, part if enough else np.nan, low, high))
    frame = pd.DataFrame(rows, columns=["area", "cells", "estimate", "low", "high"])
    return frame.assign(
        episodes=total,
        said="estimate",
        reason="complete" if enough else "not_enough",
        needed=pd.array([pd.NA if enough else fitted.k] * len(frame), dtype="Int64"),
    )


def gini_of_surface(
    fitted: Surface,
    first_month: str | pd.Period,
    last_month: str | pd.Period,
    *,
    level: float = LEVEL,
    seed: int | None = 0,
) -> Gini:
    """Gini coefficients of the counts that the surface's draws give, or its doubt: medians, and the interval of G'.

    The interval is stretched (``STRETCH``), whichever the counts come from.

    Parameters
    ----------
    fitted, first_month, last_month, level
        As for ``of_surface``.
    seed
        Of the counts that are drawn from a surface without draws of its own.

    Raises
    ------
    StatisticsError
        The months are not closed ones, or fewer than k episodes are estimated in them.
    """
    mean, variance = moments(fitted, first_month, last_month)
    if mean.sum() < fitted.k:
        raise StatisticsError(f"Fewer than {fitted.k} episodes are estimated in these months: take a longer period.")
    if fitted.draws is not None:
        rows = of_draws(fitted, first_month, last_month)
    else:
        rng = np.random.default_rng(seed)
        # Gamma rates carry the doubt beyond that of a Poisson count.
        extra = np.maximum(variance - mean, LEAST)
        shape = np.maximum(mean, LEAST) ** 2 / extra
        rate = np.where(variance > mean, rng.gamma(shape, extra / np.maximum(mean, LEAST), (DRAWS, len(mean))), mean)
        rows = np.where(variance < LEAST, np.rint(mean), rng.poisson(rate)).astype(np.float64)
    found = adjusted(rows)
    middle = float(np.nanmedian(found))
    return Gini(float(np.nanmedian(plain_gini(rows))), middle, *_stretched(found, middle, level))


def steadiness_of(
    release: Release,
    territory: Territory,
    windows: Sequence[int] = WINDOWS,
    *,
    first_cells: float = TEN,
    ahead: int | None = None,
    live: bool = True,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Overlap and hit rate of the surface's first cells from window to window, of the surface as it is raked.

    Dozens of surfaces are fitted; each without draws, which rank cells no better where inhabitants tell something.

    Parameters
    ----------
    release, territory
        What has been said, and its ground.
    windows, first_cells, ahead, level
        As for ``windows.steadiness``; of each length the last 12 pairs are taken.
    live
        Whether the first cells of a window are those that were known when it had just been closed, as a commander had
        them; else those of all that is known today. What the next window held is always what is known today.

    Returns
    -------
    DataFrame
        As from ``windows.steadiness``, with ``said`` (``estimate``); ``reports`` are estimated episodes.

    Raises
    ------
    StatisticsError
        Nothing was published yet, or windows or cells that cannot be.
    """
    months = said.months(release)
    if not len(months):
        raise StatisticsError("Nothing was published in this release yet: it has no closed month.")
    if not len(windows) or min(windows) < 1 or (ahead is not None and ahead < 1):
        raise StatisticsError("Give windows of at least one month.")
    today = surface.fit(release, territory, draws=0)
    ground = inhabited(today)
    if not 0 < first_cells <= ground.sum():
        raise StatisticsError(f"There are {ground.sum()} inhabited cells: give a number of first cells up to that.")
    known: dict[int, npt.NDArray[np.float64]] = {len(months): today.estimate[ground]}

    def as_of(end: int) -> npt.NDArray[np.float64]:
        if not live:
            return known[len(months)]
        if end not in known:
            known[end] = surface.fit(said.until(release, months[end - 1]), territory, draws=0).estimate[ground]
        return known[end]

    rows = []
    for length in windows:
        pairs = []
        for start, middle, end in cuts(len(months), length, ahead or length)[-MOST_PAIRS:]:
            # Cells that differ by less than a millionth of a report tie: raking leaves such differences.
            now = as_of(middle)[:, start:middle].sum(axis=1).round(6)
            then = known[len(months)][:, middle:end].sum(axis=1)
            later = as_of(end)[:, middle:end].sum(axis=1).round(6)
            chosen = first(now, first_cells)
            overlap = float((chosen * first(later, first_cells)).sum() / first_cells)
            pairs.append(Pair(overlap, float((chosen * then).sum()), float(then.sum())))
        row = summary(length, pairs, first_cells, int(ground.sum()), ahead or length, level)
        rows.append(row | {"said": "estimate"})
    return pd.DataFrame(rows).astype({"needed": "Int64"})


def moments(
    fitted: Surface, first_month: str | pd.Period, last_month: str | pd.Period
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(inhabited cells,) mean and variance of the episodes in a run of months, from the surface and its doubt.

    The variance is read from the interval before it is widened for a page; a whole number of episodes is too coarse for
    that below one, where a count is taken as Poisson.
    """
    mean = surface.window(fitted, first_month, last_month)["estimate"].to_numpy(dtype=np.float64)
    start, end = _span(fitted, first_month, last_month)
    low, high, _ = spread.interval(fitted.doubt, mean, start, end)
    reach = float(stats.norm.isf((1 - spread.LEVEL) / 2))
    wide = ((high - low) / (2 * reach)) ** 2
    variance = np.where(mean > 1, wide, np.maximum(mean, np.where(high > 1, wide, 0.0)))
    exact = (low == high) & (mean > 1)
    ground = inhabited(fitted)
    return mean[ground], np.where(exact, 0.0, variance)[ground]


def of_draws(fitted: Surface, first_month: str | pd.Period, last_month: str | pd.Period) -> npt.NDArray[np.float64]:
    """(draws, inhabited cells) episodes in a run of months; the surface must have draws."""
    if fitted.draws is None:
        raise StatisticsError("This surface has no draws: fit it with some, where its facts are no floors.")
    places, found = posterior.counts(fitted.draws, *_span(fitted, first_month, last_month), len(fitted.cells))
    whole = np.zeros((len(found), len(fitted.cells)))
    whole[:, places] = found
    return whole[:, inhabited(fitted)]


def _span(fitted: Surface, first_month: str | pd.Period, last_month: str | pd.Period) -> tuple[int, int]:
    first_number, last_number = (
        int(np.argmax(fitted.months == pd.Period(month, freq="M"))) for month in (first_month, last_month)
    )
    return first_number, last_number


def inhabited(fitted: Surface) -> npt.NDArray[np.bool_]:
    """(cells,) where somebody lives."""
    return np.asarray(fitted.cells["residents"].to_numpy() > 0, dtype=bool)


def _stretched(values: npt.NDArray[np.float64], middle: float, level: float) -> tuple[float, float]:
    """Ends of the interval of a share, as far from its middle again as a surface may be wrong about its places."""
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    return max(0.0, middle - STRETCH * (middle - float(low))), min(1.0, middle + STRETCH * (float(high) - middle))


def _beta(mean: float, variance: float, level: float) -> tuple[float, float]:
    if not 0 < mean < 1 or variance <= 0:
        return min(mean, 1.0), min(mean, 1.0)
    tail, room = (1 - level) / 2, mean * (1 - mean)
    weight = max(room / min(variance, 0.99 * room) - 1, 1e-3)
    low, high = (float(stats.beta.ppf(q, mean * weight, (1 - mean) * weight)) for q in (tail, 1 - tail))
    return low, high


def _whole(ends: tuple[float, float], total: float) -> tuple[float, float]:
    """Shares widened to whole episodes: an estimate leaves a little everywhere, and the truth is none or one."""
    return max(0.0, np.floor(ends[0] * total) / total), min(1.0, np.ceil(ends[1] * total) / total)
