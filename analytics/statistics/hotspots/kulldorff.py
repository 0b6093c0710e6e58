"""Scans of one's own cube of counts: circles, and circles through intervals of time.

A window is a circle of areas (times an interval of periods); the one whose cases are least like its expectation, by
likelihood ratio, is the most likely cluster. Its p-value is its rank among the most likely clusters of draws in which
nothing but chance is at work, which allows for all the windows that were tried.

References
----------
Kulldorff, M. (1997). A spatial scan statistic. Communications in Statistics: Theory and Methods 26, 1481-1496.
Kulldorff, M., Athas, W. F., Feuer, E. J., Miller, B. A., Key, C. R. (1998). Evaluating cluster alarms: a space-time
scan statistic and brain cancer in Los Alamos, New Mexico. American Journal of Public Health 88, 1377-1380.
Kulldorff, M., Heffernan, R., Hartman, J., Assuncao, R., Mostashari, F. (2005). A space-time permutation scan statistic
for disease outbreak detection. PLoS Medicine 2, e59.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics.statistics import StatisticsError
from analytics.statistics.hotspots import kernels
from analytics.statistics.hotspots.circles import checked, checked_baseline, circles
from analytics.statistics.hotspots.clusters import Cluster, alias_table, p_values, relative_risk, seeds, shared_out

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.hotspots.circles import Circles

FEWEST: Final = 2
"""Cases that a cluster holds at least: one case is no cluster."""
MOST: Final = 50
"""Clusters that are told at most."""


@dataclass(frozen=True, eq=False)
class _Cube:
    """Cases and expected cases, (areas, periods), and the windows over them."""

    counts: npt.NDArray[np.int64]
    expected: npt.NDArray[np.float64]
    rings: Circles
    times: npt.NDArray[np.int64]


def spatial_scan(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    cases: npt.ArrayLike,
    baseline: npt.ArrayLike,
    max_share: float = 0.5,
    replicates: int = 999,
    seed: int | None = None,
) -> list[Cluster]:
    """Find circles that hold more cases than their baseline lets expect (Kulldorff's Poisson model).

    Parameters
    ----------
    x, y
        (areas,) coordinates of the areas, in any one unit of length (not degrees).
    cases
        (areas,) whole numbers >= 0.
    baseline
        (areas,) inhabitants or expected cases, > 0; only its shares matter.
    max_share
        Greatest share of the baseline in a circle.
    replicates
        Draws by chance alone.
    seed
        Of the draws; the same seed gives the same p-values.

    Returns
    -------
    list of Cluster
        The most likely first; those after it share no area with one before. At most 50; empty where no circle of two
        cases holds more than expected.

    Raises
    ------
    StatisticsError
        Shapes that differ; a count that is negative, missing or not whole; a baseline that is not above zero; no case.

    Examples
    --------
    >>> found = spatial_scan([0, 1, 2, 3], [0, 0, 0, 0], [1, 9, 1, 1], [100, 100, 100, 100], seed=0)
    >>> found[0].members, found[0].observed, found[0].expected
    ((1,), 9, 3.0)
    """
    east, north, counts = checked(x, y, cases, max_share)
    if counts.ndim != 1:
        raise StatisticsError("A scan of space takes one number of cases an area; space_time_scan takes periods.")
    cube = counts[:, None]
    expected = checked_baseline(baseline, counts)[:, None]
    rings = circles(east, north, expected[:, 0], max_share)
    return _clusters(_Cube(cube, expected, rings, _times(1, 0, counts)), seeds(seed, replicates), permuted=False)


def space_time_scan(  # noqa: PLR0913 - one argument a choice of the method
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    cases: npt.ArrayLike,
    baseline: npt.ArrayLike | None = None,
    max_share: float = 0.5,
    replicates: int = 999,
    seed: int | None = None,
    *,
    max_periods: int | None = None,
    ongoing: bool = False,
) -> list[Cluster]:
    """Find circles and intervals of time that hold more cases than expected.

    With a baseline: Kulldorff's Poisson model. Without: the space-time permutation model, which asks whether an area
    had more of its cases at a time than the others had of theirs; places that always have many are no cluster, nor are
    periods in which all have many.

    Parameters
    ----------
    x, y
        (areas,) coordinates, in any one unit of length.
    cases
        (areas, periods) whole numbers >= 0, periods of equal length in order.
    baseline
        (areas,) or (areas, periods), > 0; None for the permutation model.
    max_share
        Greatest share of the baseline in a circle; of the cases in the permutation model.
    replicates, seed
        As in ``spatial_scan``.
    max_periods
        Longest interval; half of the periods by default.
    ongoing
        Whether only intervals that reach the last period count, as for a watch that is kept day by day.

    Returns
    -------
    list of Cluster
        The most likely first, with ``first`` and ``last`` period; those after it share no area with one before.

    Raises
    ------
    StatisticsError
        As ``spatial_scan``; fewer than two periods.
    """
    east, north, counts = checked(x, y, cases, max_share)
    if counts.ndim != 2 or counts.shape[1] < FEWEST:  # noqa: PLR2004 - areas x periods
        raise StatisticsError("A scan of space and time needs cases by area and period, and at least 2 periods.")
    periods = counts.shape[1]
    longest = max(1, periods // 2) if max_periods is None else max_periods
    if not 1 <= longest <= periods:
        raise StatisticsError(f"max_periods is {longest}: give 1 to {periods}, the number of periods.")
    if baseline is None:
        # An area without cases changes nothing in any draw: no circle needs it.
        held = np.flatnonzero(counts.sum(axis=1))
        margin = counts.sum(axis=0, dtype=np.float64) / counts.sum()
        expected = counts[held].sum(axis=1)[:, None] * margin[None, :]
    else:
        held, expected = np.arange(len(counts)), checked_baseline(baseline, counts)
    rings = circles(east[held], north[held], expected.sum(axis=1), max_share)
    times = _times(longest, periods - 1 if ongoing else 0, counts)
    found = _clusters(_Cube(counts[held], expected, rings, times), seeds(seed, replicates), permuted=baseline is None)
    return [_renamed(cluster, held) for cluster in found]


def _clusters(cube: _Cube, draws: npt.NDArray[np.int64], *, permuted: bool) -> list[Cluster]:
    """Clusters that share no area, the most likely first."""
    counts, baseline = _added_up(cube.counts).astype(np.int32), _added_up(cube.expected)
    if permuted:
        area, period = np.nonzero(cube.counts)
        many = cube.counts[area, period]
        given: tuple[Any, Any] = (np.repeat(area, many), np.repeat(period, many))
    else:
        given = alias_table(cube.expected.ravel())
    draw = kernels.permuted_maxima if permuted else kernels.poisson_maxima
    maxima = shared_out(draw, draws, given, baseline, cube.rings, cube.times)
    taken = np.zeros(len(counts), dtype=np.bool_)
    found: list[Cluster] = []
    while len(found) < MOST:
        where = np.empty(4, dtype=np.int64)
        llr = float(kernels.sweep(counts, baseline, *cube.rings, taken, cube.times, where))
        if llr <= 0:
            break
        cluster = _cluster(cube, where, llr, maxima)
        taken[list(cluster.members)] = True
        found.append(cluster)
    return found


def _cluster(cube: _Cube, window: npt.NDArray[np.int64], llr: float, maxima: npt.NDArray[np.float64]) -> Cluster:
    centre, step, first, last = (int(v) for v in window)
    members = np.sort(cube.rings[0][centre, : step + 1])
    expected = float(cube.expected[members, first : last + 1].sum())
    observed, total = int(cube.counts[members, first : last + 1].sum()), int(cube.counts.sum())
    timed = cube.counts.shape[1] > 1
    return Cluster(
        tuple(int(m) for m in members),
        observed,
        expected,
        relative_risk(observed, expected, total),
        llr,
        *p_values(llr, maxima),
        centre,
        first if timed else None,
        last if timed else None,
    )


def _renamed(cluster: Cluster, names: npt.NDArray[np.int64]) -> Cluster:
    values = vars(cluster) | {
        "members": tuple(int(names[m]) for m in cluster.members),
        "centre": int(names[cluster.centre]),
    }
    return Cluster(**values)


def _times(longest: int, ending: int, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.array([longest, ending, FEWEST, counts.sum()], dtype=np.int64)


def _added_up(cube: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros((len(cube), 1), dtype=cube.dtype), np.cumsum(cube, axis=1)], axis=1)
