"""The loops of the scans, compiled: millions of windows a draw, hundreds of draws.

Three things make them fast. For a given number of cases a window is the more unlikely the fewer are expected in it, so
a scan keeps for each count the least expectation met (``least``) and works out likelihoods at its end, one a count
instead of one a window. A circle that has grown by ground without cases cannot beat the smaller one, so only intervals
that touch a new case are looked at. And the draws are made in place, by one random number a case.

Every function is free of Python's lock, so that callers run them in threads of their own; each draw has its own seed,
so that nothing depends on how draws are shared out among threads.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Small = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]


@njit(cache=True, nogil=True)
def mix(state: Ints) -> int:
    """Next 53 random bits; ``state`` (1,) is moved on (SplitMix64: Steele, Lea and Flood 2014)."""
    state[0] += np.int64(-7046029254386353131)
    z = np.uint64(state[0])
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((z ^ (z >> np.uint64(31))) >> np.uint64(11))


@njit(cache=True, nogil=True)
def drawn(state: Ints, share: Floats, other: Ints) -> int:
    """One place drawn from an alias table (Walker 1977): ``share`` to keep a place, ``other`` instead of it."""
    spot = mix(state) * (1.0 / 9007199254740992.0) * share.size
    place = int(spot)
    return place if spot - place < share[place] else other[place]


@njit(cache=True, nogil=True)
def log_likelihood(cases: float, expected: float, total: float) -> float:
    """Log-likelihood ratio of a window in which more cases lie than expected; 0 where not more."""
    if cases <= expected:
        return 0.0
    ratio = cases * math.log(cases / expected)
    if total > cases:
        ratio += (total - cases) * math.log((total - cases) / (total - expected))
    return ratio


@njit(cache=True, nogil=True)
def sweep(
    counts: Small, baseline: Floats, order: Small, ends: Flags, taken: Flags, times: Ints, where: Small
) -> Floats:
    """Look at every window and keep, for each number of cases, the least that is expected.

    Parameters
    ----------
    counts, baseline
        (areas, periods + 1) cases and expected cases before each period, added up over time.
    order, ends
        (areas, steps) the areas by distance from each centre (-1 after the last), and whether a circle may end there.
    taken
        (areas,) areas that no circle may touch.
    times
        (2,) longest interval, and the first period at which it may end.
    where
        (total + 1, 4) centre, steps, first and last period of each window that was kept; written.

    Returns
    -------
    (total + 1,) least expectation by number of cases, infinite where none has so many.
    """
    areas, width = counts.shape
    longest, ending = times[0], times[1]
    least = np.full(where.shape[0], np.inf)
    for centre in range(areas):
        held = np.zeros(width, dtype=np.int32)
        expected = np.zeros(width)
        low, high = width, -1
        for step in range(order.shape[1]):
            area = order[centre, step]
            if area < 0 or taken[area]:
                break
            for t in range(width):
                expected[t] += baseline[area, t]
            if counts[area, width - 1]:
                for t in range(1, width):
                    held[t] += counts[area, t]
                    if counts[area, t] > counts[area, t - 1]:
                        low, high = min(low, t - 1), max(high, t - 1)
            if not ends[centre, step] or high < 0:
                continue
            for first in range(max(0, low - longest + 1), high + 1):
                for last in range(max(first, low, ending), min(width - 1, first + longest)):
                    cases = held[last + 1] - held[first]
                    mean = expected[last + 1] - expected[first]
                    if mean < least[cases]:
                        least[cases] = mean
                        where[cases, 0], where[cases, 1] = centre, step
                        where[cases, 2], where[cases, 3] = first, last
            low, high = width, -1
    return least


@njit(cache=True, nogil=True)
def best(least: Floats, fewest: int) -> tuple[float, int]:
    """Greatest log-likelihood ratio and its number of cases, from ``least``."""
    top, at, total = 0.0, -1, least.size - 1
    for cases in range(fewest, total + 1):
        if least[cases] < cases:
            ratio = log_likelihood(cases, least[cases], total)
            if ratio > top:
                top, at = ratio, cases
    return top, at


@njit(cache=True, nogil=True)
def poisson_maxima(
    seeds: Ints, alias: tuple[Floats, Ints], baseline: Floats, circles: tuple[Small, Flags], times: Ints, fewest: int
) -> Floats:
    """Greatest ratio of each draw in which every case falls on its own, by the baseline.

    ``seeds`` (draws,); ``alias`` tables over areas x periods; ``baseline`` as in ``sweep``, adding up to the total.
    """
    areas, width = baseline.shape
    total = int(round(baseline[:, width - 1].sum()))
    found = np.empty(seeds.size)
    where = np.empty((total + 1, 4), dtype=np.int32)
    free = np.zeros(areas, dtype=np.bool_)
    state = np.empty(1, dtype=np.int64)
    for draw in range(seeds.size):
        state[0] = seeds[draw]
        counts = np.zeros((areas, width), dtype=np.int32)
        for _ in range(total):
            area, period = divmod(drawn(state, alias[0], alias[1]), width - 1)
            counts[area, period + 1] += 1
        add_up(counts)
        found[draw] = best(sweep(counts, baseline, circles[0], circles[1], free, times, where), fewest)[0]
    return found


@njit(cache=True, nogil=True)
def permuted_maxima(
    seeds: Ints, cases: tuple[Ints, Ints], baseline: Floats, circles: tuple[Small, Flags], times: Ints, fewest: int
) -> Floats:
    """Greatest ratio of each draw in which the cases keep their places and exchange their periods.

    ``cases`` are the area and the period of each; the rest as in ``poisson_maxima``.
    """
    areas, width = baseline.shape
    total = cases[0].size
    found = np.empty(seeds.size)
    where = np.empty((total + 1, 4), dtype=np.int32)
    free = np.zeros(areas, dtype=np.bool_)
    state = np.empty(1, dtype=np.int64)
    for draw in range(seeds.size):
        state[0] = seeds[draw]
        period = cases[1].copy()
        for i in range(total - 1, 0, -1):
            j = mix(state) % (i + 1)
            period[i], period[j] = period[j], period[i]
        counts = np.zeros((areas, width), dtype=np.int32)
        for i in range(total):
            counts[cases[0][i], period[i] + 1] += 1
        add_up(counts)
        found[draw] = best(sweep(counts, baseline, circles[0], circles[1], free, times, where), fewest)[0]
    return found


@njit(cache=True, nogil=True)
def add_up(counts: Small) -> None:
    """Add up over time, in place."""
    for area in range(counts.shape[0]):
        for period in range(1, counts.shape[1]):
            counts[area, period] += counts[area, period - 1]
