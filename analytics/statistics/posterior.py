"""Ways in which the episodes of a release may lie, each as likely as the others: what intervals are read from.

Every draw places every episode in a smallest cell and a month (or among the unlocated of a zone), in agreement with the
published numbers; ``allocation`` says by which model. Several chains begin apart, so that one that is caught in one
explanation does not speak for all.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics.statistics import StatisticsError, allocation, sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from analytics.statistics.raking import Margin
    from analytics.statistics.unsealed import Unsealed

FINE: Final = "blocks"
"""The table whose facts are met exactly."""
LEVEL: Final = 0.9
NUMBER: Final = 400
CHAINS: Final = 8
BURN: Final = 200
THIN: Final = 4
THREADS: Final = 2
LEAST_WEIGHT: Final = 1e-3
"""Share of the first guess that a step proposes where raking found nothing."""
ROOM: Final = 200
POWERS: Final = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Powers of inhabitants that the share of a source may follow."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Ways in which the episodes may lie.

    Attributes
    ----------
    begin
        (draws + 1,) where the episodes of each draw begin in ``atom``.
    atom
        (episodes of all draws,) unit x months + month.
    months
        Number of months.
    """

    begin: npt.NDArray[np.int64]
    atom: npt.NDArray[np.int32]
    months: int

    @property
    def number(self) -> int:
        """How many ways there are."""
        return len(self.begin) - 1


@dataclass(frozen=True, eq=False)
class Raked:
    """What raking knew and found.

    Attributes
    ----------
    margins
        By table, over the flattened estimate.
    estimate
        (units, months).
    people
        (units,) share of each unit in the first guess, > 0.
    """

    margins: Mapping[str, Margin]
    estimate: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]


def draw(
    raked: Raked,
    sending: tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]],
    silent: Unsealed,
    k: int,
    number: int,
    seed: int = 0,
) -> Draws:
    """Draw ways in which the episodes may lie.

    Parameters
    ----------
    raked
        What was published, and what raking made of it.
    sending
        Neighbours of each cell and what each is sent (``neighbours.sending``).
    silent
        Groups that were tried and not sealed.
    k
        Least number that is published.
    number
        How many ways, rounded up to a multiple of the chains.
    seed
        The same gives the same draws.

    Raises
    ------
    StatisticsError
        Fewer than one draw is asked for.
    """
    if number < 1:
        raise StatisticsError(f"{number} draws are none: ask for 1 or more.")
    units, months = raked.estimate.shape
    segments = _segments(raked)
    owner, counted = _coarser(raked)
    near, share = np.full((units, sources.SIDES), -1, dtype=np.int64), np.zeros((units, sources.SIDES))
    near[: len(sending[0])], share[: len(sending[1])] = sending
    shares = _shares(raked.people, len(sending[0]))
    total = max(float(raked.estimate.sum()), 1.0) / months
    room = int(segments[2].sum()) + 3 * int(segments[2][-1]) + ROOM
    out = np.zeros((CHAINS, -(-number // CHAINS), room + 1), dtype=np.int64)

    def walk(chain: int) -> None:
        ground = shares, total, near, share, months
        known = owner, counted
        allocation.chain(
            seed * CHAINS + chain,
            ground,
            segments,
            known,
            (silent.group, silent.groups, k),
            (BURN, THIN),
            out[chain],
        )

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(walk, range(CHAINS)))
    rows = out.reshape(-1, room + 1)
    inside = np.arange(1, room + 1) <= rows[:, :1]
    return Draws(np.concatenate([[0], np.cumsum(rows[:, 0])]), rows[:, 1:][inside].astype(np.int32), months)


def counts(draws: Draws, first: int, last: int, cells: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Episodes of a run of months in each draw.

    Parameters
    ----------
    first, last
        Numbers of the first and last month, both inclusive.
    cells
        How many of the units are cells; the others are left out.

    Returns
    -------
    places : (m,) cells that hold an episode in any draw, in order
    found : (draws, m) episodes
    """
    unit, month = np.divmod(draws.atom, draws.months)
    here = np.flatnonzero((month >= first) & (month <= last) & (unit < cells))
    unit = unit[here]
    seen = np.bincount(unit, minlength=cells) > 0
    places, place = np.flatnonzero(seen), np.cumsum(seen) - 1
    draw_of = np.repeat(np.arange(draws.number), np.diff(np.searchsorted(here, draws.begin)))
    found = np.bincount(draw_of * len(places) + place[unit], minlength=draws.number * len(places))
    return places, found.reshape(draws.number, len(places))


def interval(
    draws: Draws, estimate: npt.NDArray[np.float64], first: int, last: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Interval of the episodes of every cell in a run of months: the middle of the draws, and the estimate with it.

    Parameters
    ----------
    estimate
        (cells,) estimate of the run of months.
    first, last
        As for ``counts``.

    Returns
    -------
    low, high : (cells,) whole episodes
    """
    places, found = counts(draws, first, last, len(estimate))
    tail = (1 - LEVEL) / 2
    ranks = int(np.ceil(tail * draws.number)) - 1, int(np.ceil((1 - tail) * draws.number)) - 1
    low, high = np.zeros((2, len(estimate)), dtype=np.int64)
    low[places], high[places] = np.partition(found, ranks, axis=0)[list(ranks)]
    nearest = np.rint(estimate).astype(np.int64)
    return np.minimum(low, nearest), np.maximum(high, nearest)


def _segments(raked: Raked) -> tuple[npt.NDArray[np.int64] | npt.NDArray[np.float64], ...]:
    """Atoms of each block fact, then those of none; what they count; by which weights steps propose."""
    fine = raked.margins.get(FINE)
    atoms, months = raked.estimate.size, raked.estimate.shape[1]
    n = np.empty(0, dtype=np.int64) if fine is None else np.rint(fine.totals).astype(np.int64)
    owner = np.full(atoms, -1, dtype=np.int64) if fine is None else fine.group
    key = np.where(owner >= 0, owner, len(n))
    size = np.bincount(key, minlength=len(n) + 1)
    end = np.cumsum(size)
    estimate = raked.estimate.ravel()
    least = np.repeat(raked.people, months) * LEAST_WEIGHT * max(float(estimate.sum()), 1.0) / months
    free = round(float(estimate[owner < 0].sum()))
    return end - size, end, np.append(n, free), np.argsort(key, kind="stable"), estimate + least


def _shares(people: npt.NDArray[np.float64], cells: int) -> npt.NDArray[np.float64]:
    """(guesses, units) share of each unit by powers of inhabitants; the unlocated, after the cells, keep theirs."""
    powers = np.repeat(people[None, :], len(POWERS), axis=0)
    powers[:, :cells] **= np.array(POWERS)[:, None]
    powers[:, :cells] *= people[:cells].sum() / powers[:, :cells].sum(axis=1, keepdims=True)
    found: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return found


def _coarser(raked: Raked) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Fact of each coarser table that holds each atom, numbered through, and what they count."""
    columns, totals, before = [], [np.empty(0)], 0
    for table, margin in raked.margins.items():
        if table != FINE:
            columns.append(np.where(margin.group >= 0, margin.group + before, -1))
            totals.append(margin.totals)
            before += len(margin.totals)
    owner = np.array(columns, dtype=np.int32).reshape(len(columns), raked.estimate.size)
    return np.ascontiguousarray(owner.T), np.concatenate(totals)
