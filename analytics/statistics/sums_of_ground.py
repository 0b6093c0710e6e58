"""What the surface says of several cells together: a commune, a zone, a wider square; in any months.

The sum of intervals is no interval of the sum. It is read from the draws, each of which places every episode: what is
added up in each of them, and the middle of these sums. Where there are no draws (facts are floors) the variances of the
cells are added, which is wider than the truth: what a fact gives to one of its cells it takes from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.statistics import StatisticsError, spread
from analytics.statistics.posterior import LEVEL
from analytics.statistics.raking import added

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.posterior import Draws
    from analytics.statistics.surface import Surface

NOWHERE: Final = -1


def months_between(surface: Surface, first: pd.Period, last: pd.Period) -> npt.NDArray[np.bool_]:
    """Which months of a surface lie in a run, both ends included."""
    return np.asarray((surface.months >= first) & (surface.months <= last), dtype=np.bool_)


def grouped(
    surface: Surface, cells: npt.NDArray[np.int64], zones: dict[str, int] | None = None
) -> npt.NDArray[np.int64]:
    """Give every unit of a surface the number of its group.

    Parameters
    ----------
    cells
        (cells,) number of each cell's group, ``NOWHERE`` for none.
    zones
        Zone id -> number of the group that its unlocated episodes belong to; they are left out by default.
    """
    unlocated = [(zones or {}).get(zone, NOWHERE) for zone in surface.zones]
    return np.concatenate([cells, np.array(unlocated, dtype=np.int64)])


def over(
    surface: Surface, group: npt.NDArray[np.int64], wanted: npt.NDArray[np.bool_], *, number: int | None = None
) -> pd.DataFrame:
    """Estimate the episodes of groups of units in some months.

    Parameters
    ----------
    surface
        As from ``surface.fit``.
    group
        (units,) number of each unit's group, as from ``grouped``.
    wanted
        (months,) which months are added up; they need not follow each other.
    number
        How many groups there are; by default one more than the greatest number.

    Returns
    -------
    DataFrame
        One row a group: ``estimate``; ``low, high`` (a 90 % interval in whole episodes; one that ends below k is given
        as 0 to k - 1); ``measured`` (0 to 1, the part that comes from facts whose ground is one smallest cell alone);
        ``said``: ``estimate`` or ``fewer_than_k``.

    Raises
    ------
    StatisticsError
        The groups or the months are not those of the surface.
    """
    cells, months = surface.estimate.shape
    if len(group) != cells + len(surface.zones) or len(wanted) != months:
        raise StatisticsError("Give a group to each cell and zone of the surface, and say of each month if it counts.")
    size = int(group.max(initial=NOWHERE)) + 1 if number is None else number
    mine = group >= 0
    sums = np.concatenate([surface.estimate[:, wanted].sum(axis=1), surface.unlocated[:, wanted].sum(axis=1)])
    estimate = np.bincount(group[mine], weights=sums[mine], minlength=size).astype(np.float64)
    if surface.draws is None:
        low, high = _by_moments(surface, group, wanted, estimate)
    else:
        low, high = _by_draws(surface.draws, group, wanted, estimate)
    alone = surface.doubt.alone[wanted].sum(axis=0)
    inside = group[:cells] >= 0
    measured = np.bincount(group[:cells][inside], weights=alone[inside], minlength=size)
    share = np.divide(measured, estimate, out=np.zeros(size), where=estimate > spread.LEAST)
    hidden = high < surface.k
    return pd.DataFrame(
        {
            "estimate": estimate,
            "low": np.where(hidden, 0, low),
            "high": np.where(hidden, surface.k - 1, high),
            "measured": np.minimum(share, 1.0),
            "said": pd.array(np.where(hidden, "fewer_than_k", "estimate"), dtype="str"),
        }
    )


def _by_draws(
    draws: Draws, group: npt.NDArray[np.int64], wanted: npt.NDArray[np.bool_], estimate: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    unit, month = np.divmod(draws.atom, draws.months)
    of_group = group[unit]
    here = wanted[month] & (of_group >= 0)
    draw = np.repeat(np.arange(draws.number), np.diff(draws.begin))
    size = len(estimate)
    found = np.bincount(draw[here] * size + of_group[here], minlength=draws.number * size).reshape(draws.number, size)
    tail = (1 - LEVEL) / 2
    ranks = [int(np.ceil(share * draws.number)) - 1 for share in (tail, 1 - tail)]
    low, high = np.partition(found, ranks, axis=0)[ranks]
    nearest = np.rint(estimate).astype(np.int64)
    return np.minimum(low, nearest), np.maximum(high, nearest)


def _by_moments(
    surface: Surface, group: npt.NDArray[np.int64], wanted: npt.NDArray[np.bool_], estimate: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    known, size = surface.doubt, len(estimate)
    cells = len(surface.estimate)
    mine = group[:cells] >= 0
    inside = added(known.part[wanted].ravel(), known.mass[wanted].ravel(), len(known.total))
    whole = inside >= known.total - spread.WHOLE
    each = np.where(whole, 0.0, inside * np.maximum(1.0 - inside / known.total, 0.0))
    shared = added(known.cell, each, cells)
    doubt = shared + known.slant[wanted].sum(axis=0) ** 2
    variance = np.bincount(group[:cells][mine], weights=doubt[mine], minlength=size)
    # Unlocated episodes are of no part: they are counts of their own.
    away = np.flatnonzero(group[cells:] >= 0)
    extra = surface.unlocated[:, wanted].sum(axis=1)
    variance += np.bincount(group[cells:][away], weights=extra[away], minlength=size)
    counted = added(known.cell, np.where(whole, known.total, 0.0), cells)
    fixed = np.rint(np.bincount(group[:cells][mine], weights=counted[mine], minlength=size)).astype(np.float64)
    low, high = spread.quantiles(np.maximum(estimate - fixed, 0.0), variance.astype(np.float64), LEVEL)
    return (fixed + low).astype(np.int64), (fixed + high).astype(np.int64)


__all__ = ["NOWHERE", "grouped", "months_between", "over"]
