"""The surface: estimated episodes in every smallest cell for any run of months, from a release alone.

Blocks are exact but of mixed size and age. The surface is the cell x month table that meets every published number of
every table and is otherwise as near as it can be to a first guess: the inhabitants, then what the fit before it found
over all months, a little of it lent to neighbouring cells, mixed with a tenth of inhabitants; and in the end the middle
between what was found so and the mean of many draws of where the episodes may lie (``posterior``), whose spread is the
interval. It is an estimate, is called so wherever it is shown, and carries the part of it that was counted rather than
inferred. docs/surface.md has the method and what was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import StatisticsError, floors, neighbours, posterior, spread, unsealed
from analytics.statistics.raking import NOWHERE, Joined, Margin, join, rake

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from analytics.release import Atoms, Release
    from analytics.territory import Territory

TABLES: Final = ("blocks", "outlook", "series", "departement")
ROUNDS: Final = 3
"""How often the fit's own sums over time become the next first guess; more follows the noise."""
INHABITANTS: Final = 0.1
"""Share of inhabitants in every first guess after the first."""
LENT: Final = 0.2
"""Share of what was found in a cell that the next first guess spreads over it and its neighbours."""
UNLOCATED: Final = 0.02
"""Unlocated episodes in the first guess, beside the located ones of their zone."""
FEWEST: Final = 1e-3
"""Inhabitants that the first guess puts where nobody lives: somebody may have reported from a car park."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Estimated episodes per smallest cell and month.

    Attributes
    ----------
    cells
        The territory's smallest cells, as from ``territory.ground``.
    zones
        Zone ids, in the order of ``unlocated``.
    months
        Closed months of the release.
    k
        Least number of episodes that a published number stands for.
    estimate
        (cells, months) estimated episodes, >= 0.
    unlocated
        (zones, months) estimated episodes without coordinates, >= 0.
    doubt
        Which part of the estimate comes from where; the intervals where there are no draws.
    draws
        Ways in which the episodes may lie, from which intervals are read; None where facts are floors, or unless asked.
    """

    cells: pd.DataFrame
    zones: tuple[str, ...]
    months: pd.PeriodIndex
    k: int
    estimate: npt.NDArray[np.float64]
    unlocated: npt.NDArray[np.float64]
    doubt: spread.Doubt
    draws: posterior.Draws | None = None


def fit(release: Release, territory: Territory, draws: posterior.Draws | int = posterior.NUMBER) -> Surface:
    """Estimate the episodes of every smallest cell in every closed month.

    Parameters
    ----------
    release
        As from ``release.read``; ``release.until`` gives what was known when a month had just been closed.
    territory
        The territory of the release.
    draws
        How many ways in which the episodes may lie are drawn (always the same ones), or those that were drawn before.
        With 0 the estimate is what was raked from inhabitants, sooner and less sure where places have little to do with
        them, and intervals are by moments (``spread``), as where facts are floors.

    Returns
    -------
    Surface
        Meets every fact of every table to 1e-6; 0 everywhere where nothing was published yet. The facts of a derived
        release, and of a view for some zones, do not say what exactly they cover: there each is a floor under its
        whole area and period (``floors``).

    Raises
    ------
    StatisticsError
        The release is of another territory, or its facts cannot all be met on this one.
    """
    of = release.manifest["territory"]["code"]
    if of != territory.code:
        raise StatisticsError(f"The release is of {of}, not of {territory.code}: open it with its own territory.")
    known = said.atoms(release, territory)
    partly = floors.partly(release)
    facts, margins, single = (
        floors.margins(release, territory, TABLES) if partly else _margins(release, territory, known)
    )
    joined = join(margins, known.units * len(known.months))
    held = _held(margins, joined)
    estimate = _raked(known, joined, held, release.k, floors.lift if partly else rake)
    found = None if isinstance(draws, int) else draws
    if isinstance(draws, int) and draws and margins and not partly:
        found = _drawn(release, territory, known, margins, estimate, draws)
    if found is not None:
        estimate = np.where(held, _between(estimate.ravel(), found, joined), estimate.ravel()).reshape(estimate.shape)
    if partly:
        facts = facts.assign(area_level="departement")  # floors are no counts to draw parts of, whatever their ground
    located, unlocated = estimate[: len(known.cells)], estimate[len(known.cells) :]
    doubt = spread.doubt(located, [Margin(m.group[: located.size], m.totals) for m in margins], facts, single)
    return Surface(known.cells, known.zones, known.months, release.k, located, unlocated, doubt, found)


def _between(raked: npt.NDArray[np.float64], draws: posterior.Draws, joined: Joined) -> npt.NDArray[np.float64]:
    """(atoms,) table that meets the totals, from the middle between what was raked and the mean of the draws."""
    mean = np.bincount(draws.atom, minlength=raked.size) / draws.number
    return rake(np.where(raked > 0, raked + mean, 0.0), joined)


def _drawn(
    release: Release,
    territory: Territory,
    known: Atoms,
    margins: list[Margin],
    estimate: npt.NDArray[np.float64],
    number: int,
) -> posterior.Draws:
    told = [table for table in TABLES if (release.facts["table"] == table).any()]
    silent = unsealed.of(release, territory, known, TABLES)
    raked = posterior.Raked(dict(zip(told, margins, strict=True)), estimate, _people(known))
    return posterior.draw(raked, neighbours.sending(known.cells), silent, release.k, number)


def window(surface: Surface, first: str | pd.Period, last: str | pd.Period) -> pd.DataFrame:
    """Estimate the episodes of every smallest cell in a run of months.

    Parameters
    ----------
    surface
        As from ``fit``.
    first, last
        Months such as ``2025-07``, both inclusive and closed.

    Returns
    -------
    DataFrame
        One row a smallest cell, in the order of ``territory.ground``: ``cell, e, n, residents, estimate``; ``low,
        high`` (a 90 % interval in whole episodes; one that ends below k is given as 0 to k - 1); ``measured`` (0 to 1,
        the part of the estimate that comes from facts whose ground is that cell alone); ``said``: ``estimate``, or
        ``fewer_than_k`` where the interval was widened to 0 to k - 1.

    Raises
    ------
    StatisticsError
        The months are not closed ones of the surface, or the last comes before the first.
    """
    start, end = _month_number(surface, first), _month_number(surface, last)
    if end < start:
        raise StatisticsError(f"The period ends in {last}, before it begins in {first}: give the earlier month first.")
    estimate = surface.estimate[:, start : end + 1].sum(axis=1)
    low, high, measured = spread.interval(surface.doubt, estimate, start, end)
    if surface.draws is not None:
        low, high = posterior.interval(surface.draws, estimate, start, end)
    hidden = high < surface.k
    frame = surface.cells[["cell", "e", "n", "residents"]].copy()
    frame["estimate"] = estimate
    frame["low"] = np.where(hidden, 0, low)
    frame["high"] = np.where(hidden, surface.k - 1, high)
    frame["measured"] = measured
    frame["said"] = pd.array(np.where(hidden, "fewer_than_k", "estimate"), dtype="str")
    return frame


def _month_number(surface: Surface, month: str | pd.Period) -> int:
    try:
        wanted = pd.Period(month, freq="M")
    except ValueError:
        raise StatisticsError(f"{month!r} is no month: write it as 2025-07.") from None
    if wanted not in surface.months:
        closed = f"{surface.months[0]} to {surface.months[-1]}" if len(surface.months) else "none yet"
        raise StatisticsError(f"{wanted} is no closed month of this release ({closed}): choose one of these.")
    return int(np.argmax(surface.months == wanted))


def _margins(
    release: Release, territory: Territory, known: Atoms
) -> tuple[pd.DataFrame, list[Margin], npt.NDArray[np.bool_]]:
    """Facts of all tables, their margins, and which facts speak of the ground of one cell alone."""
    frames, margins, single = [], [], []
    for table in TABLES:
        if not (release.facts["table"] == table).any():
            continue
        matrix, facts = said.incidence(release, territory, table)
        lengths = np.diff(matrix.indptr)
        if (lengths == 0).any():
            lost = facts["area"].iloc[int(np.argmin(lengths))]
            raise StatisticsError(f"The release speaks of {lost}, which is not on this territory: use its own.")
        group = np.full(matrix.shape[1], NOWHERE, dtype=np.int64)
        group[matrix.indices] = np.repeat(np.arange(len(facts)), lengths)
        units = matrix.indices // len(known.months)
        ends = np.minimum.reduceat(units, matrix.indptr[:-1]), np.maximum.reduceat(units, matrix.indptr[:-1])
        frames.append(facts)
        margins.append(Margin(group, facts["n"].to_numpy(dtype=np.float64)))
        single.append(ends[0] == ends[1])
    facts = pd.concat(frames, ignore_index=True) if frames else said.empty_facts()
    return facts, margins, np.concatenate([np.empty(0, dtype=bool), *single])


def _held(margins: list[Margin], joined: Joined) -> npt.NDArray[np.bool_]:
    """Atoms of which at least one fact speaks."""
    held = np.zeros(len(joined.label), dtype=bool)
    for margin in margins:
        held |= margin.group >= 0
    return held


def _raked(
    known: Atoms,
    joined: Joined,
    held: npt.NDArray[np.bool_],
    k: int,
    meet: Callable[[npt.NDArray[np.float64], Joined], npt.NDArray[np.float64]],
) -> npt.NDArray[np.float64]:
    """(units, months) estimate: raked from inhabitants, then from its own sums over time mixed with inhabitants."""
    shape = known.units, len(known.months)
    if not held.any():
        return np.zeros(shape)
    people, near = _people(known), neighbours.smoothing(known.cells)
    guess, spoken = people, held.reshape(shape)
    estimate = np.zeros(shape)
    for turn in range(ROUNDS + 1):
        if turn:
            found = estimate.sum(axis=1)
            located = found[: len(known.cells)]
            located[:] = (1 - LENT) * located + LENT * (near @ located)
            guess = (1 - INHABITANTS) * found / found.sum() + INHABITANTS * people
        first = np.repeat(guess[:, None], shape[1], axis=1)
        estimate = meet(first.ravel(), joined).reshape(shape)
        estimate = np.where(spoken, estimate, first * _unspoken(estimate, first, spoken, k))
    return estimate


def _people(known: Atoms) -> npt.NDArray[np.float64]:
    """Share of each unit in the first guess: inhabitants; for the unlocated, a small part of their zone's."""
    residents = np.maximum(known.cells["residents"].to_numpy(dtype=np.float64), FEWEST)
    zones = known.cells.assign(residents=residents).groupby("zone")["residents"].sum()
    of_zone = zones.reindex(list(known.zones)).fillna(FEWEST).to_numpy(dtype=np.float64)
    weights: npt.NDArray[np.float64] = np.concatenate([residents, UNLOCATED * of_zone])
    share: npt.NDArray[np.float64] = weights / weights.sum()
    return share


def _unspoken(
    estimate: npt.NDArray[np.float64], first: npt.NDArray[np.float64], spoken: npt.NDArray[np.bool_], k: int
) -> npt.NDArray[np.float64]:
    """(months,) factor of the first guess on ground of which nothing was said in a month.

    The rate of what was said would give a mean; that it was not sealed says that fewer than k were there.
    """
    rate = float(estimate[spoken].sum() / first[spoken].sum())
    free = np.where(spoken, 0.0, first).sum(axis=0)
    factor: npt.NDArray[np.float64] = spread.mean_below(rate * free, k) / np.maximum(free, np.finfo(float).tiny)
    return factor


def facts_met(surface: Surface, release: Release, territory: Territory) -> float:
    """Greatest difference between a published number and what the surface adds up to on its ground.

    Where facts are floors, the greatest number of episodes that are missing to one.

    Raises
    ------
    StatisticsError
        The release is not the one of the surface.
    """
    whole = np.concatenate([surface.estimate, surface.unlocated]).ravel()
    if not whole.size == said.atoms(release, territory).units * len(said.months(release)):
        raise StatisticsError("The surface is not of this release: fit it again.")
    if floors.partly(release):
        return floors.short(whole, floors.margins(release, territory, TABLES)[1])
    worst = 0.0
    for table in TABLES:
        if (release.facts["table"] == table).any():
            matrix, facts = said.incidence(release, territory, table)
            worst = max(worst, float(np.abs(matrix @ whole - facts["n"].to_numpy(dtype=np.float64)).max()))
    return worst


__all__ = ["TABLES", "Surface", "facts_met", "fit", "window"]
