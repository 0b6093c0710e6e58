"""The Markov chain behind the surface's intervals: one more way in which the episodes may lie, again and again.

Compiled. An *episode* sits in an atom (a smallest cell, or the unlocated of a zone, in one month). What ``blocks``
counts moves within its fact alone, so that these facts are met exactly; the others are free, and may be more or fewer.
The totals of coarser tables pull as if they had been counted with a small error, since an exact walk among overlapping
totals would hardly move; a group that was tried and not sealed is believed to hold fewer than k, or, seldom, to have
been held back.

Episodes come from sources, one a cell, each with an intensity of its own (gamma; a few places hold nearly all, and
where they are is learnt from the facts). Its shape is a share of inhabitants, or of a power of them down to none: how
much inhabitants tell is learnt too. A source sends some of its episodes to the neighbouring cells; other episodes are
of no source. Months have factors. Each is drawn in turn given the others (Gibbs sampling; Geman and Geman 1984), the
episodes by Metropolis steps from what raking says of each fact.

References
----------
Geman, S., Geman, D. (1984). Stochastic relaxation, Gibbs distributions, and the Bayesian restoration of images. IEEE
Transactions on Pattern Analysis and Machine Intelligence 6, 721-741.
Wolpert, R. L., Ickstadt, K. (1998). Poisson/gamma random field models for spatial statistics. Biometrika 85, 251-267.
"""

from __future__ import annotations

from typing import Final

import numba as nb
import numpy as np

from analytics.statistics import sources
from analytics.statistics.told import HELD_BACK

PULL: Final = 1.0
"""Variance of the error that a coarser total is met with."""
TINY: Final = 1e-300


@nb.njit(cache=True, nogil=True)
def chain(seed, ground, segments, totals, silent, plan, out):  # noqa: ANN001, ANN201
    """Walk, and write down every few sweeps where the episodes are.

    Parameters
    ----------
    seed
        Of the random numbers.
    ground
        ``(shares, total, near, weight, months)``: (guesses, units) first guesses of the share of each source, rows of
        1, all > 0; the episodes of a month, as a first guess; (units, 8) neighbours, -1 for none, and the share that
        each gets of what a source sends, rows of 1, or of 0 where nothing is sent; number of months. Atom number =
        unit x months + month.
    segments
        ``(begin, end, n, order, weighed)``: each block fact's atoms lie in ``order`` from its begin to its end, and its
        episodes are n; the last segment is the ground of no block fact, with a first guess of n; (atoms,) weights,
        > 0, by which a step proposes an atom.
    totals
        ``(owner, counted)``: (atoms, tables) the coarser fact that holds an atom, -1 for none, and what facts count.
    silent
        ``(group, groups, k)``: (atoms, rungs) the unsealed group that holds an atom, -1 for none; how many; the policy.
    plan
        ``(burn, thin)``: sweeps before anything is written down, and from one draw to the next.
    out
        (draws, room + 1) int, filled: how many episodes there are, then their atoms.
    """
    np.random.seed(seed)  # noqa: NPY002 - what is compiled has this generator alone, one a thread
    shares, total, near, weight, months = ground
    begin, end, n, order, weighed = segments
    owner, counted = totals
    group, groups, k = silent
    heap = np.cumsum(weighed[order])
    at, segment = np.empty(out.shape[1] - 1, np.int64), np.full(out.shape[1] - 1, len(n) - 1)
    size = _placed(at, segment, segments, heap)
    fixed = size - n[-1]
    told, held = np.zeros(len(counted)), np.zeros(groups + 1, np.int64)
    for i in range(size):
        _count(at[i], 1, owner, told, group, held)
    rate, mine, monthly = np.zeros(shares.shape[1]), np.zeros(shares.shape[1]), np.zeros(months)
    intensity, background, factor = 0.9 * total * shares[0], 0.1 * total * shares[0], np.ones(months)
    guess, spread, places = 0, 0.2, 100.0
    for sweep in range(plan[0] + plan[1] * len(out)):
        sending = (near, weight, intensity, spread)
        sources.rates(rate, background, sending)
        pull = min(1.0, 0.1 + 2.0 * sweep / plan[0]) / (2 * PULL)
        sums = (owner, told, counted, pull)
        _steps(at[:fixed], segment, (begin, end, order, heap, weighed), (rate, factor), sums, (group, held, k))
        if end[-1] > begin[-1]:
            free = (begin[-1], end[-1], order, heap, weighed)
            for _ in range(2 * (size - fixed) + 10):
                size = _free(at, (size, fixed), free, (rate, factor), sums, (group, held, k))
        spread, scattered = sources.origins(at[:size], rate, background, sending, mine, monthly)
        places = sources.concentration(places, shares[guess], mine, total * factor.sum())
        guess = sources.guessed(guess, places, shares, mine)
        level = np.random.gamma(1.0 + scattered, 1 / (1 / total + factor.sum()))  # noqa: NPY002
        background[:] = level * shares[guess]
        sources.intensities(intensity, factor, places * shares[guess], places / total, mine, (monthly, level))
        done = sweep + 1 - plan[0]
        if done > 0 and done % plan[1] == 0:
            out[done // plan[1] - 1, 0] = size
            out[done // plan[1] - 1, 1 : size + 1] = at[:size]


@nb.njit(cache=True, nogil=True)
def _placed(at, segment, segments, heap):  # noqa: ANN001, ANN202
    """Lay the episodes of each segment out by weight; gives how many there are."""
    begin, end, n, order, _ = segments
    size = 0
    for number in range(len(n)):
        for _ in range(n[number]):
            at[size], segment[size] = order[_pick(heap, begin[number], end[number])], number
            size += 1
    return size


@nb.njit(cache=True, nogil=True)
def _steps(at, segment, segments, expected, sums, silent):  # noqa: ANN001, ANN202
    """One step of each episode that a block counts, within its block."""
    begin, end, order, heap, weighed = segments
    for i in range(len(at)):
        first, last = begin[segment[i]], end[segment[i]]
        if last - first > 1:
            there = order[_pick(heap, first, last)]
            gain = _gain(at[i], there, expected[0], expected[1], weighed)
            gain += _fit(at[i], there, *sums) + _hush(at[i], there, *silent)
            if np.log(np.random.random()) < gain:  # noqa: NPY002
                _count(at[i], -1, sums[0], sums[1], silent[0], silent[1])
                _count(there, 1, sums[0], sums[1], silent[0], silent[1])
                at[i] = there


@nb.njit(cache=True, nogil=True)
def _pick(heap, begin, end):  # noqa: ANN001, ANN202
    """Place of a random atom of a segment, by its weight."""
    below = heap[begin - 1] if begin else 0.0
    wanted = below + np.random.random() * (heap[end - 1] - below)  # noqa: NPY002
    low, high = begin, end - 1
    while low < high:
        middle = (low + high) >> 1
        if heap[middle] > wanted:
            high = middle
        else:
            low = middle + 1
    return low


@nb.njit(cache=True, nogil=True)
def _count(atom, by, owner, told, group, held):  # noqa: ANN001, ANN202
    """Count an episode in, or out, of every total and group that holds its atom."""
    for table in range(owner.shape[1]):
        if owner[atom, table] >= 0:
            told[owner[atom, table]] += by
    for rung in range(group.shape[1]):
        if group[atom, rung] >= 0:
            held[group[atom, rung]] += by


@nb.njit(cache=True, nogil=True)
def _gain(here, there, rate, factor, weighed):  # noqa: ANN001, ANN202
    """Log odds of an atom against another, beside those by which it was proposed; -1 is none."""
    months = len(factor)
    gain = 0.0
    if there >= 0:
        gain += np.log(max(rate[there // months] * factor[there % months], TINY) / weighed[there])
    if here >= 0:
        gain -= np.log(max(rate[here // months] * factor[here % months], TINY) / weighed[here])
    return gain


@nb.njit(cache=True, nogil=True)
def _fit(here, there, owner, told, counted, pull):  # noqa: ANN001, ANN202
    """How much better the coarser totals are met when an episode moves."""
    gain = 0.0
    for table in range(owner.shape[1]):
        left = owner[here, table] if here >= 0 else -1
        found = owner[there, table] if there >= 0 else -1
        if left != found:
            if left >= 0:
                gain += 2 * (told[left] - counted[left]) - 1
            if found >= 0:
                gain -= 2 * (told[found] - counted[found]) + 1
    return gain * pull


@nb.njit(cache=True, nogil=True)
def _hush(here, there, group, held, k):  # noqa: ANN001, ANN202
    """Log odds by groups that were not sealed: to have k or more they must have been held back."""
    gain = 0.0
    for rung in range(group.shape[1]):
        left = group[here, rung] if here >= 0 else -1
        found = group[there, rung] if there >= 0 else -1
        if left != found:
            if left >= 0 and held[left] == k:
                gain -= np.log(HELD_BACK)
            if found >= 0 and held[found] == k - 1:
                gain += np.log(HELD_BACK)
    return gain


@nb.njit(cache=True, nogil=True)
def _free(at, sizes, segment, expected, totals, silent):  # noqa: ANN001, ANN202
    """One step of the episodes that no block counts: one moves, comes or goes; gives how many episodes there are."""
    begin, end, order, heap, weighed = segment
    size, fixed = sizes
    free = size - fixed
    mass = heap[end - 1] - (heap[begin - 1] if begin else 0.0)
    kind = np.random.random()  # noqa: NPY002
    here = there = -1
    i = size
    if kind < 0.7 and free > 0:  # moves, or goes  # noqa: PLR2004
        i = fixed + int(np.random.random() * free)  # noqa: NPY002
        here = at[i]
    if kind < 0.4 or kind >= 0.7:  # moves, or comes  # noqa: PLR2004
        there = order[_pick(heap, begin, end)]
    moves, goes = kind < 0.4, 0.4 <= kind < 0.7  # noqa: PLR2004
    if ((moves or goes) and free == 0) or (not moves and not goes and size >= len(at)):
        return size
    gain = _gain(here, there, expected[0], expected[1], weighed)
    gain += _fit(here, there, *totals) + _hush(here, there, *silent)
    if goes:
        gain += np.log(free / mass)
    elif not moves:
        gain += np.log(mass / (free + 1))
    if np.log(np.random.random()) >= gain:  # noqa: NPY002
        return size
    if here >= 0:
        _count(here, -1, totals[0], totals[1], silent[0], silent[1])
    if there >= 0:
        _count(there, 1, totals[0], totals[1], silent[0], silent[1])
    if goes:
        at[i] = at[size - 1]
        return size - 1
    at[i] = there
    return size if moves else size + 1
