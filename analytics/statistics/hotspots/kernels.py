"""The loops of the scans, compiled: millions of windows a draw, hundreds of draws.

What makes them fast: a circle that has grown by ground without cases cannot beat the smaller one, so it is not looked
at; a bound that needs no logarithm says of nearly all other windows, many at a stroke, that they cannot beat the best
one so far (``promising``); and draws are made in place, by one random number a case.

Every function is free of Python's lock, so that callers run them in threads of their own; each draw has its own seed,
so that nothing depends on how draws are shared out among threads.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Small = Any  # 32 bits, whole or not: numba knows
    Floats = npt.NDArray[Any]
    Flags = npt.NDArray[np.bool_]


F = TypeVar("F", bound="Callable[..., Any]")


def compiled(function: F) -> F:
    """Compile a function at its first call, or take it from an earlier run; it runs free of Python's lock."""
    quick: Any = njit(cache=True, nogil=True)(function)
    return cast("F", quick)


AT_ONCE: Final = 4
"""Lengths of interval that are looked at in one pass."""


@compiled
def mix(state: Ints) -> Any:  # noqa: ANN401 - a whole number of numba's
    """Next 53 random bits; ``state`` (1,) is moved on (SplitMix64: Steele, Lea and Flood 2014)."""
    state[0] += np.int64(-7046029254386353131)
    z = np.uint64(state[0])
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((z ^ (z >> np.uint64(31))) >> np.uint64(11))


@compiled
def drawn(state: Ints, share: Floats, other: Ints) -> int:
    """One place drawn from an alias table (Walker 1977): ``share`` to keep a place, ``other`` instead of it."""
    spot = mix(state) * (1.0 / 9007199254740992.0) * share.size
    place = int(spot)
    return place if spot - place < share[place] else other[place]


@compiled
def log_likelihood(cases: float, expected: float, total: float) -> float:
    """Log-likelihood ratio of a window in which more cases lie than expected; 0 where not more."""
    if cases <= expected:
        return 0.0
    ratio = cases * math.log(cases / expected)
    if total > cases:
        ratio += (total - cases) * math.log((total - cases) / (total - expected))
    return ratio


@compiled
def sweep(counts: Small, baseline: Floats, order: Small, ends: Flags, taken: Flags, times: Ints, where: Ints) -> float:
    """Look at every window; its greatest log-likelihood ratio, 0 where none holds more than expected.

    Parameters
    ----------
    counts, baseline
        (areas, periods + 1) cases and expected cases before each period, added up over time.
    order, ends
        (areas, steps) the areas by distance from each centre (-1 after the last), and whether a circle may end there.
    taken
        (areas,) areas that no circle may touch.
    times
        (4,) longest interval, the first period at which it may end, fewest cases of a cluster, all cases.
    where
        (4,) centre, steps, first and last period of the window with the greatest ratio; written.
    """
    areas, width = counts.shape
    if width == 2:  # noqa: PLR2004 - one period
        return sweep_space(counts[:, 1], baseline[:, 1], order, ends, taken, times, where)
    # Windows that would reach beyond the last period end there: the loop over beginnings is whole registers long.
    lanes = (width + 6) // 8 * 8
    broad = lanes + times[0] + AT_ONCE
    counts32, baseline32 = padded(counts, broad), padded(baseline, broad)
    held, expected = np.zeros(broad, dtype=np.float32), np.zeros(broad, dtype=np.float32)
    top = 0.0
    for centre in range(areas):
        held[:], expected[:] = 0.0, 0.0
        grown = False
        for step in range(order.shape[1]):
            area = order[centre, step]
            if area < 0 or taken[area]:
                break
            plus(expected, baseline32, area)
            if counts[area, width - 1]:
                grown = True
                plus(held, counts32, area)
            if grown and ends[centre, step]:
                grown = False
                if promising(held, expected, lanes, times, top):
                    circle = order[centre, : step + 1]
                    top = intervals(held, expected, circle, baseline, times, top, where)
                    if where[0] < 0:
                        where[0], where[1] = centre, step
    return top


@compiled
def sweep_space(
    counts: Small, baseline: Floats, order: Small, ends: Flags, taken: Flags, times: Ints, where: Ints
) -> float:
    """Do as ``sweep`` does, for one period: ``counts`` and ``baseline`` (areas,)."""
    total, top = float(times[3]), 0.0
    for centre in range(order.shape[0]):
        cases, mean = 0, 0.0
        for step in range(order.shape[1]):
            area = order[centre, step]
            if area < 0 or taken[area]:
                break
            cases += counts[area]
            mean += baseline[area]
            more = cases - mean
            outside = total - cases
            # The bound of ``promising``, with no division: it is met with equality where nothing lies outside.
            if more <= 0 or more * more * (outside + mean) < 2 * top * mean * outside:
                continue
            if ends[centre, step] and cases >= times[2]:
                ratio = log_likelihood(cases, mean, total)
                if ratio > top:
                    top = ratio
                    where[0], where[1], where[2], where[3] = centre, step, 0, 0
    return top


@compiled
def plus(held: Floats, table: Floats, row: int) -> None:
    """Add a row of a table, in place."""
    here = np.uint64(row)
    for t in range(held.size):
        held[np.uint64(t)] += table[here, np.uint64(t)]


@compiled
def padded(table: Floats, width: int) -> Floats:
    """Single precision, each row drawn out to a width by its last value."""
    drawn_out = np.empty((table.shape[0], width), dtype=np.float32)
    for row in range(table.shape[0]):
        for t in range(width):
            drawn_out[row, t] = table[row, min(t, table.shape[1] - 1)]
    return drawn_out


@compiled
def promising(held: Floats, expected: Floats, lanes: int, times: Ints, top: float) -> bool:
    """Whether some interval of a circle may have a greater ratio than ``top``.

    With c of n cases where e are expected the ratio grows in c with the slope's slope 1 / c + 1 / (n - c), and is 0
    with slope 0 at c = e. So it is at most (c - e)^2 (1 / e + 1 / (n - c)) / 2, and n - c is at least what lies outside
    the circle. Single precision holds eight beginnings in a register; the bound is slackened by more than it loses.
    """
    weight = np.float32(1.001 / max(times[3] - held[held.size - 1], 1e-9))
    bar = np.float32(2 * top)
    for length in range(1, times[0] + 1, AT_ONCE):  # noqa: SIM110 - compiled: a plain loop
        if beyond(held, expected, length, lanes, weight, bar) > 0:
            return True
    return False


@njit(cache=True, nogil=True, fastmath=True)
def beyond(held: Floats, expected: Floats, length: int, lanes: int, weight: Small, bar: Small) -> Small:
    """Sum over the beginnings of how far the bound of ``promising`` is above ``bar``; 0 where it nowhere is.

    A sum, and numbers without a sign: a greatest value, or a place that may be negative, would keep the loop out of
    the wide registers. It is ten times as fast as it would be then.
    """
    excess = np.float32(0.0)
    for first in range(lanes):
        begin = np.uint64(first)
        for further in range(AT_ONCE):
            end = np.uint64(first + length + further)
            mean = expected[end] - expected[begin]
            more = held[end] - held[begin] - mean
            more = more if more > np.float32(0.0) else np.float32(0.0)  # noqa: FURB136 - max() takes one at a time
            above = more * more * (np.float32(1.001) + mean * weight) - bar * mean
            excess += above if above > np.float32(0.0) else np.float32(0.0)  # noqa: FURB136
    return excess


@compiled
def intervals(
    held: Floats, expected: Floats, circle: Small, baseline: Floats, times: Ints, top: float, where: Ints
) -> float:
    """Greatest ratio over the intervals of a circle, if it is above ``top``, else ``top``.

    ``where`` is told the first and last period, and -1 for the circle. What looks better in single precision is worked
    out in double.
    """
    width = baseline.shape[1]
    outside = max(times[3] - held[held.size - 1], 1e-9)
    for first in range(width - 1):
        for last in range(max(first, times[1]), min(width - 1, first + times[0])):
            cases = held[last + 1] - held[first]
            mean = expected[last + 1] - expected[first]
            more = cases - mean
            if more <= 0 or cases < times[2] or more * more * (1.001 + mean / outside) <= 2 * top * mean:
                continue
            if log_likelihood(cases, mean, times[3]) * 1.001 <= top:
                continue
            exact = 0.0
            for area in circle:
                exact += baseline[area, last + 1] - baseline[area, first]
            ratio = log_likelihood(cases, exact, times[3])
            if ratio > top:
                top = ratio
                where[0], where[2], where[3] = -1, first, last
    return top


@compiled
def poisson_maxima(
    seeds: Ints, alias: tuple[Floats, Ints], baseline: Floats, circles: tuple[Small, Flags], times: Ints
) -> Floats:
    """Greatest ratio of each draw in which every case falls on its own, by the baseline.

    ``seeds`` (draws,); ``alias`` tables over areas x periods; ``baseline`` as in ``sweep``, adding up to the total.
    """
    areas, width = baseline.shape
    found = np.empty(seeds.size)
    where = np.empty(4, dtype=np.int64)
    free = np.zeros(areas, dtype=np.bool_)
    state = np.empty(1, dtype=np.int64)
    for draw in range(seeds.size):
        state[0] = seeds[draw]
        counts = np.zeros((areas, width), dtype=np.int32)
        for _ in range(times[3]):
            area, period = divmod(drawn(state, alias[0], alias[1]), width - 1)
            counts[area, period + 1] += 1
        add_up(counts)
        found[draw] = sweep(counts, baseline, circles[0], circles[1], free, times, where)
    return found


@compiled
def permuted_maxima(
    seeds: Ints, cases: tuple[Ints, Ints], baseline: Floats, circles: tuple[Small, Flags], times: Ints
) -> Floats:
    """Greatest ratio of each draw in which the cases keep their places and exchange their periods.

    ``cases`` are the area and the period of each; the rest as in ``poisson_maxima``.
    """
    areas, width = baseline.shape
    total = cases[0].size
    found = np.empty(seeds.size)
    where = np.empty(4, dtype=np.int64)
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
        found[draw] = sweep(counts, baseline, circles[0], circles[1], free, times, where)
    return found


@compiled
def add_up(counts: Small) -> None:
    """Add up over time, in place."""
    for area in range(counts.shape[0]):
        for period in range(1, counts.shape[1]):
            counts[area, period] += counts[area, period - 1]
