"""What a scan finds: clusters, and how often chance alone would do as much."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.statistics import StatisticsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt


@dataclass(frozen=True)
class Cluster:
    """Areas that lie together and hold more cases than expected.

    Attributes
    ----------
    members
        Numbers of its areas, from 0, in their order.
    observed
        Cases inside.
    expected
        Cases expected inside if every case fell by the baseline; the expected cases of all areas add up to all cases.
    relative_risk
        Cases to expected cases inside, as a multiple of the same outside; infinite where all cases lie inside.
    llr
        Log-likelihood ratio.
    p_value
        Share of the draws, the data among them, whose greatest ratio is at least as great.
    p_gumbel
        The same by a Gumbel distribution fitted to the draws: for values under 1 / replicates.
    centre
        Number of the area at the centre.
    first, last
        First and last period, numbers from 0; None for a scan of space alone.
    """

    members: tuple[int, ...]
    observed: int
    expected: float
    relative_risk: float
    llr: float
    p_value: float
    p_gumbel: float
    centre: int
    first: int | None = None
    last: int | None = None


def p_values(llr: float, maxima: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Monte Carlo p-value of a ratio and its Gumbel approximation, from the greatest ratio of each draw.

    Parameters
    ----------
    llr
        The ratio.
    maxima
        (draws,) greatest ratio of each draw; with fewer than two there is no Gumbel approximation (NaN).

    References
    ----------
    Abrams, A. M., Kleinman, K., Kulldorff, M. (2010). Gumbel based p-value approximations for spatial scan statistics.
    International Journal of Health Geographics 9, 61. (By moments.)
    """
    p_value = (1 + int((maxima >= llr - 1e-9).sum())) / (1 + len(maxima))
    spread = float(maxima.std(ddof=1)) if len(maxima) > 1 else 0.0
    if spread <= 0:
        return p_value, math.nan
    scale = spread * math.sqrt(6) / math.pi
    reduced = (llr - (float(maxima.mean()) - np.euler_gamma * scale)) / scale
    return p_value, -math.expm1(-math.exp(-reduced))


def relative_risk(observed: float, expected: float, total: float) -> float:
    """Cases to expected cases inside, as a multiple of the same outside."""
    outside = total - observed
    return math.inf if outside <= 0 else observed / expected * (total - expected) / outside


def seeds(seed: int | None, replicates: int) -> npt.NDArray[np.int64]:
    """One seed a draw.

    Raises
    ------
    StatisticsError
        Fewer than one draw.
    """
    if replicates < 1:
        raise StatisticsError("A scan needs at least 1 replicate to give a p-value: ask for 999.")
    return np.random.default_rng(seed).integers(np.iinfo(np.int64).min, np.iinfo(np.int64).max, replicates)


def shared_out(draw: Callable[..., Any], seeds_of_draws: npt.NDArray[np.int64], *given: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401
    """Run a compiled function on all cores, a share of the seeds each.

    Threads rather than a parallel loop: that of numba ends the program when two visitors' scans meet.
    """
    cores = min(_cores(), len(seeds_of_draws))
    parts = np.array_split(seeds_of_draws, 4 * cores)
    with ThreadPoolExecutor(cores) as pool:
        return np.concatenate(list(pool.map(lambda part: draw(part, *given), [p for p in parts if len(p)])))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def alias_table(share: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Tables from which a place is drawn by its share at one stroke (Walker 1977).

    Parameters
    ----------
    share
        (places,) >= 0, not all 0.
    """
    size = len(share)
    left = share * (size / share.sum())
    keep, other = np.ones(size), np.arange(size)
    small, large = list(np.flatnonzero(left < 1)), list(np.flatnonzero(left >= 1))
    while small and large:
        low, high = small.pop(), large[-1]
        keep[low], other[low] = left[low], high
        left[high] -= 1 - left[low]
        if left[high] < 1:
            small.append(large.pop())
    return keep, other
