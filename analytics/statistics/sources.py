"""Where episodes come from: the intensities behind the draws of ``allocation``, each drawn given the episodes.

Compiled. A cell's rate is what its own source keeps, what its neighbours' sources send it, and a background that has no
places of its own.
"""

from __future__ import annotations

import math
from typing import Final

import numba as nb
import numpy as np

MONTHS_ALIKE: Final = 4.0
"""Shape of the gamma distribution of a month's factor."""
FEWEST_PLACES: Final = 1.0
MOST_PLACES: Final = 3000.0
"""Least and greatest sum of the sources' shapes: the smaller, the fewer places hold nearly all."""
WIDEST: Final = 0.6
"""Greatest share of its episodes that a source sends to its neighbours."""
SIDES: Final = 8


@nb.njit(cache=True, nogil=True)
def intensities(intensity, factor, shape, rate, mine, months):  # noqa: ANN001, ANN201
    """Draw the sources' intensities, then the months' factors, in place.

    ``months`` are the episodes of each month, and what the background gives in one.
    """
    monthly, background = months
    length = factor.sum()
    for unit in range(len(intensity)):
        intensity[unit] = np.random.gamma(shape[unit] + mine[unit], 1 / (rate + length))  # noqa: NPY002
    shown = intensity.sum() + background
    for month in range(len(factor)):
        factor[month] = np.random.gamma(MONTHS_ALIKE + monthly[month], 1 / (MONTHS_ALIKE + shown))  # noqa: NPY002


@nb.njit(cache=True, nogil=True)
def rates(rate, background, sending):  # noqa: ANN001, ANN201
    """Episodes a month that each unit expects: from the background, its own source and its neighbours'."""
    near, weight, intensity, spread = sending
    rate[:] = background + intensity
    for unit in range(len(rate)):
        for side in range(SIDES):
            if near[unit, side] >= 0:
                sent = spread * weight[unit, side] * intensity[unit]
                rate[unit] -= sent
                rate[near[unit, side]] += sent


@nb.njit(cache=True, nogil=True)
def origins(at, rate, background, sending, mine, monthly):  # noqa: ANN001, ANN201
    """Draw where each episode came from, and how much sources send to their neighbours; how many are of no place.

    Fills ``mine`` (units,) and ``monthly`` (months,) with the episodes of each source and month.
    """
    near, weight, intensity, spread = sending
    months = len(monthly)
    mine[:], monthly[:] = 0.0, 0.0
    scattered = 0
    stayed, sent = 4.0, 1.0  # a weak belief that most stay
    for atom in at:
        unit = atom // months
        monthly[atom % months] += 1
        left = np.random.random() * rate[unit] - background[unit]  # noqa: NPY002
        if left < 0:
            scattered += 1
            continue
        source = unit
        for side in range(SIDES):
            other = near[unit, side]
            if other >= 0:
                # Sides are numbered so that the way back has the number 7 - side.
                left -= spread * weight[other, SIDES - 1 - side] * intensity[other]
                if left < 0:
                    source = other
                    break
        mine[source] += 1
        if source != unit:
            sent += 1
        elif near[unit].max() >= 0:
            stayed += 1
    return min(WIDEST, np.random.beta(sent, stayed)), scattered  # noqa: NPY002


@nb.njit(cache=True, nogil=True)
def concentration(places, share, mine, expected):  # noqa: ANN001, ANN201
    """One Metropolis step for the sum of the sources' shapes, given the episodes of each (negative binomial)."""
    wanted = places * np.exp(0.25 * np.random.randn())  # noqa: NPY002
    if wanted < FEWEST_PLACES or wanted > MOST_PLACES:
        return places
    gain = wanted * np.log(wanted / (wanted + expected)) - places * np.log(places / (places + expected))
    found = 0.0
    for unit in range(len(share)):
        if mine[unit] > 0:
            new, old = wanted * share[unit], places * share[unit]
            gain += math.lgamma(new + mine[unit]) - math.lgamma(new)
            gain -= math.lgamma(old + mine[unit]) - math.lgamma(old)
            found += mine[unit]
    gain -= found * np.log((wanted + expected) / (places + expected))
    return wanted if np.log(np.random.random()) < gain else places  # noqa: NPY002


@nb.njit(cache=True, nogil=True)
def guessed(guess, places, shares, mine):  # noqa: ANN001, ANN201
    """One Metropolis step between neighbouring first guesses of where sources lie, given the episodes of each."""
    other = guess + (1 if np.random.random() < 0.5 else -1)  # noqa: NPY002, PLR2004
    if other < 0 or other >= len(shares):
        return guess
    gain = 0.0
    for unit in range(shares.shape[1]):
        if mine[unit] > 0:
            new, old = places * shares[other, unit], places * shares[guess, unit]
            gain += math.lgamma(new + mine[unit]) - math.lgamma(new)
            gain -= math.lgamma(old + mine[unit]) - math.lgamma(old)
    return other if np.log(np.random.random()) < gain else guess  # noqa: NPY002
