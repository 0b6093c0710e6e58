"""Kulldorff's circles: each centre with its nearest areas, one more at a time, up to a share of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.statistics import StatisticsError

if TYPE_CHECKING:
    import numpy.typing as npt

    Circles = tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]


def circles(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], max_share: float
) -> Circles:
    """Order the areas by distance from each centre.

    Parameters
    ----------
    x, y
        (areas,) coordinates.
    weight
        (areas,) baseline of each area, > 0.
    max_share
        Greatest share of the baseline in a circle.

    Returns
    -------
    order : (areas, steps) int32
        Areas by distance from each centre, the centre first; -1 after the last that a circle may hold.
    ends : (areas, steps) bool
        Whether a circle may end there. Areas at the same distance enter together: on a grid half a ring of neighbours
        would be no circle.
    """
    bound = max_share * weight.sum() * (1 + 1e-12)
    rows, lasts = [], []
    for centre in range(len(x)):
        distance = (x - x[centre]) ** 2 + (y - y[centre]) ** 2
        distance[centre] = -1.0
        near = np.argsort(distance, kind="stable")
        inside = np.cumsum(weight[near]) <= bound
        ordered = distance[near]
        closes = np.append(ordered[1:] > np.maximum(ordered[:-1], 0.0) * (1 + 1e-12), [True])
        closes &= inside
        size = int(np.flatnonzero(closes)[-1]) + 1 if closes.any() else 0
        rows.append(near[:size].astype(np.int32))
        lasts.append(closes[:size])
    width = max(1, *(len(row) for row in rows)) if rows else 1
    order = np.full((len(x), width), -1, dtype=np.int32)
    ends = np.zeros((len(x), width), dtype=np.bool_)
    for centre, (row, last) in enumerate(zip(rows, lasts, strict=True)):
        order[centre, : len(row)], ends[centre, : len(row)] = row, last
    return order, ends


def checked(
    x: npt.ArrayLike, y: npt.ArrayLike, cases: npt.ArrayLike, max_share: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Coordinates and cases as arrays, ``cases`` (areas, periods).

    Raises
    ------
    StatisticsError
        Shapes that do not belong together, numbers that are missing, negative or not whole, no case at all.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    counts = np.asarray(cases, dtype=np.float64)
    if east.ndim != 1 or east.shape != north.shape or len(counts) != len(east) or not len(east):
        raise StatisticsError("Give one x, one y and one row of cases for each area: the lengths differ, or are 0.")
    if not (np.isfinite(east).all() and np.isfinite(north).all()):
        raise StatisticsError("A coordinate is missing or infinite: leave out areas that have no place.")
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.rint(counts)).any():
        raise StatisticsError("Cases must be whole numbers of 0 or more, none missing: correct the others.")
    if not counts.any():
        raise StatisticsError("There is no case at all, so nothing to scan: at least 2 cases are needed.")
    if not 0 < max_share <= 1:
        raise StatisticsError(f"max_share is {max_share}: give a share of the baseline, above 0 and at most 1.")
    return east, north, counts.astype(np.int64)


def checked_baseline(baseline: npt.ArrayLike, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The baseline in the shape of the counts, adding up to as many.

    Raises
    ------
    StatisticsError
        Another shape; a value that is missing, negative, or zero.
    """
    given = np.asarray(baseline, dtype=np.float64)
    if given.ndim == 1 and counts.ndim == 2:  # noqa: PLR2004 - areas x periods
        given = np.repeat(given[:, None], counts.shape[1], axis=1) if len(given) == len(counts) else given
    if given.shape != counts.shape:
        raise StatisticsError(f"The baseline has shape {given.shape} and the cases {counts.shape}: give both alike.")
    if not np.isfinite(given).all() or (given <= 0).any():
        raise StatisticsError(
            "The baseline of an area is zero, negative or missing: leave out areas in which nothing can be expected."
        )
    scaled: npt.NDArray[np.float64] = given * (counts.sum() / given.sum())
    return scaled
