"""How few cells hold how much: the Lorenz curve, the Gini coefficient for sparse counts, the share of the first cells.

With fewer reports than cells even a coin thrown for each report leaves most cells empty. So the Gini coefficient is
taken against the most even distribution that so many reports allow (Bernasco and Steenbeek 2017), and the share that
the first cells hold is given twice: as counted, which is partly luck, since the cells were chosen by these very
reports; and as it lasts, by choosing the cells with one half of the reports and counting the other half.

References
----------
Bernasco, W. and Steenbeek, W. (2017). More places than crimes: implications for evaluating the law of crime
concentration at place. Journal of Quantitative Criminology 33, 451-467.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import special, stats

from analytics.statistics import StatisticsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

LEVEL: Final = 0.95
SHARES: Final = (0.01, 0.05, 0.1)
HALVINGS: Final = 200
PAIR: Final = 2
FEWEST: Final = 20
"""Reports under which halving them leaves too few to choose cells by."""


@dataclass(frozen=True)
class Gini:
    """Concentration in one number, 0 (as even as can be) to 1 (all in one cell).

    Attributes
    ----------
    gini
        Gini coefficient, which sparse counts alone drive towards 1.
    adjusted
        G' of Bernasco and Steenbeek, against the most even distribution of so many reports.
    low, high
        Interval of the G' that such periods have on average, with about as many reports.
    """

    gini: float
    adjusted: float
    low: float
    high: float


def lorenz(counts: npt.ArrayLike) -> pd.DataFrame:
    """Lorenz curve, the fullest cells first.

    Parameters
    ----------
    counts
        (cells,) reports, or estimates of them.

    Returns
    -------
    DataFrame
        cells + 1 rows: ``area`` and ``reports``, the share of the cells and of the reports that they hold;
        ``even``, the curve of reports that are spread as far as they can be: each in a cell of its own.

    Raises
    ------
    StatisticsError
        No cells or no reports, negative or missing counts.
    """
    values = checked(counts)
    held = np.concatenate([[0.0], np.cumsum(np.sort(values)[::-1])]) / values.sum()
    area = np.arange(len(values) + 1) / len(values)
    even = np.minimum(1.0, area * max(1.0, len(values) / values.sum()))
    return pd.DataFrame({"area": area, "reports": np.minimum(held, 1.0), "even": even})


def gini(counts: npt.ArrayLike, *, level: float = LEVEL) -> Gini:
    """Gini coefficient, as it is and adjusted for sparse counts, with an interval.

    G' = max(1, cells / reports) * (G - 1) + 1. The interval is by leaving out one report after the other: reports come
    one by one, their number being chance, too, so that the squared changes add up to the variance of G'. (Resampling
    the reports gives intervals that are a third too short with few reports: see docs/concentration.md.)

    Parameters
    ----------
    counts
        (cells,) whole reports.
    level
        Confidence.

    Raises
    ------
    StatisticsError
        As for ``lorenz``; counts that are not whole.

    Examples
    --------
    >>> found = gini([3, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> round(found.gini, 2), round(found.adjusted, 2)
    (0.78, 0.56)
    """
    values = whole(counts)
    total = int(values.sum())
    plain, found = float(plain_gini(values[None, :])[0]), float(adjusted(values[None, :])[0])
    if total < PAIR:
        return Gini(plain, found, 0.0, 1.0)
    # Reports of cells with equal counts change G' alike: one of each is left out.
    sizes, cells, alike = np.unique(values, return_index=True, return_counts=True)
    some = sizes > 0
    without = np.repeat(values[None, :], int(some.sum()), axis=0)
    without[np.arange(len(without)), cells[some]] -= 1
    variance = (sizes[some] * alike[some] * (adjusted(without) - found) ** 2).sum()
    reach = float(stats.t.isf((1 - level) / 2, total - 1) * np.sqrt(variance))
    return Gini(plain, found, max(0.0, found - reach), min(1.0, found + reach))


def captured(
    counts: npt.ArrayLike,
    shares: Sequence[float] = SHARES,
    *,
    level: float = LEVEL,
    halvings: int = HALVINGS,
    seed: int | None = 0,
) -> pd.DataFrame:
    """Share of the reports that the first cells hold, as counted and as it lasts.

    What lasts is the share that the truly first cells hold in the long run. Its interval makes no assumption but that
    reports come one by one: no choice of cells can hold more than the best one, so cells chosen by half of the reports
    hold at most as much of the other half on average (the lower end), and the first cells by all reports hold at least
    as many of these as the truly first ones (the upper end); both ends by Clopper and Pearson.

    Parameters
    ----------
    counts
        (cells,) whole reports, of the inhabited cells.
    shares
        Shares of the cells, above 0 and at most 1; the last cell counts in part.
    level
        Confidence.
    halvings
        How often the reports are halved; the lower end is that of their mean.
    seed
        Of the halvings.

    Returns
    -------
    DataFrame
        One row a share: ``area``, ``cells`` (how many, in parts), ``counted``, ``lasting`` (held by cells chosen with
        one half, of the other half), ``low``, ``high`` (of the lasting share), ``reports``, ``reason``, ``needed``:
        ``not_enough`` with fewer than ``needed`` reports, ``complete`` and NA else.

    Raises
    ------
    StatisticsError
        As for ``lorenz``; counts that are not whole; shares that are none.
    """
    values = whole(counts)
    wanted = np.asarray(shares, dtype=np.float64)
    if wanted.ndim != 1 or not np.isfinite(wanted).all() or (wanted <= 0).any() or (wanted > 1).any():
        raise StatisticsError("Give shares of the area above 0 and at most 1, such as 0.05.")
    total, tail = int(values.sum()), (1 - level) / 2
    number = wanted * len(values)
    counted = np.array([(first(values, n) * values).sum() for n in number])
    kept = _other_half(values.astype(np.int64), number, halvings, np.random.default_rng(seed))
    half = total / 2
    enough = total >= FEWEST
    hits = np.minimum(kept * half, half)
    low = np.where(hits > 0, special.betaincinv(np.maximum(hits, 1e-9), half - hits + 1, tail), 0.0)
    high = np.where(counted < total, special.betaincinv(counted + 1, np.maximum(total - counted, 1e-9), 1 - tail), 1.0)
    return pd.DataFrame(
        {
            "area": wanted,
            "cells": number,
            "counted": counted / total,
            "lasting": kept,
            "low": low,
            "high": high,
            "reports": total,
            "reason": "complete" if enough else "not_enough",
            "needed": pd.array([pd.NA if enough else FEWEST] * len(wanted), dtype="Int64"),
        }
    )


def first(values: npt.NDArray[np.float64], number: float) -> npt.NDArray[np.float64]:
    """(cells,) how much of each cell is among the first so many; cells that tie at the end share what is left.

    Without this a ranking of mostly equal numbers would be decided by the order in which cells are stored.
    """
    number = min(number, float(len(values)))
    last = np.partition(values, len(values) - max(1, int(np.ceil(number))))[len(values) - max(1, int(np.ceil(number)))]
    over, tied = values > last, values == last
    share: npt.NDArray[np.float64] = over + tied * ((number - over.sum()) / tied.sum())
    return share


def plain_gini(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(rows,) Gini coefficient of each row of counts; NaN where a row is empty."""
    cells = rows.shape[1]
    ranked = np.sort(rows, axis=1)
    total = ranked.sum(axis=1)
    weighted = ranked @ (2 * np.arange(1, cells + 1) - cells - 1)
    found: npt.NDArray[np.float64] = np.full(len(rows), np.nan)
    np.divide(weighted, cells * total, out=found, where=total > 0)
    return found


def adjusted(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(rows,) G' of each row of counts; NaN where a row is empty."""
    total = rows.sum(axis=1)
    sparse = np.maximum(1.0, np.divide(rows.shape[1], total, out=np.ones(len(rows)), where=total > 0))
    found: npt.NDArray[np.float64] = sparse * (plain_gini(rows) - 1) + 1
    return found


def checked(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """(cells,) counts, or one sentence that says what they should be."""
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise StatisticsError("Give one row of counts, one a cell.")
    if not np.isfinite(values).all() or (values < 0).any():
        raise StatisticsError("Counts of cells must be numbers from 0 up: leave out cells that are not known.")
    if not values.sum():
        raise StatisticsError(f"No report lies in these cells: take a longer period, with at least {FEWEST} reports.")
    return values


def whole(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """(cells,) whole counts, or one sentence that says what they should be."""
    values = checked(counts)
    if (values != np.rint(values)).any():
        raise StatisticsError("Give whole reports: estimates have other intervals (of_surface, gini_of_surface).")
    return values


def _other_half(
    values: npt.NDArray[np.int64], number: npt.NDArray[np.float64], halvings: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """(numbers,) mean share of one half of the reports that the first cells by the other half hold."""
    seen = np.flatnonzero(values)
    shares = np.zeros(len(number))
    done = 0
    for _ in range(halvings):
        half = np.zeros(len(values))
        half[seen] = rng.binomial(values[seen], 0.5)
        rest = values - half
        if rest.sum():
            shares += [(first(half, n) * rest).sum() / rest.sum() for n in number]
            done += 1
    return shares / max(done, 1)
