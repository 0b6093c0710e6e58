"""What a scan of a release looks at: ground, windows, ladders and totals, by months of the study.

The study is a run of months: where a history is asked for, the calendar year before; and up to the months that are
scanned. Windows are the
aligned cells of the ladder, up to a size, by quarter and by year, wholly inside the months that are scanned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics import territory as ground_floor
from analytics.statistics import StatisticsError, floors, told

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.hotspots.climbing import Plan, View
    from analytics.territory import Territory

TABLES: Final = ("blocks", "outlook")
PERIODS: Final = ("quarter", "year")
A_THOUSANDTH: Final = 1e-3
"""Inhabitants of a cell where nobody lives: somebody may report from there."""


@dataclass(frozen=True, eq=False)
class Study:
    """A scan of a release, in numbers.

    Attributes
    ----------
    months
        Months of the study, in order.
    history
        How many of them are history.
    levels
        Sizes of cell, metres, from small to large; numbers of levels count from 0.
    area_of
        (levels, cells) area of each smallest cell.
    names
        For each level the ids of its areas.
    size
        (levels, cells) smallest cells of each area; 0 after the last.
    share
        (levels, cells) share of the inhabitants of each area.
    windows
        (windows, 3) level, first and last month.
    plans
        For each table the ladder that draws climb, see ``climbing``.
    groups
        (groups, 3) episodes, first month and months of each total that is known.
    totals
        (months,) episodes by month, those of a longer total spread evenly.
    """

    months: pd.PeriodIndex
    history: int
    levels: tuple[int, ...]
    area_of: npt.NDArray[np.int64]
    names: tuple[list[str], ...]
    size: npt.NDArray[np.int64]
    share: npt.NDArray[np.float64]
    windows: npt.NDArray[np.int64]
    plans: tuple[Plan, ...]
    groups: npt.NDArray[np.int64]
    totals: npt.NDArray[np.float64]


def view_of(laid: Study) -> View:
    """What the draws look at, see ``climbing``."""
    return laid.windows, laid.share, laid.totals, laid.history


def study(
    release: Release, territory: Territory, months: pd.PeriodIndex, largest_m: int, *, history: int = 0, first: int = 0
) -> Study:
    """Lay out a scan.

    Parameters
    ----------
    release, territory
        A release and its ground.
    months
        Months of the study.
    largest_m
        Side of the largest square.
    history
        How many of the first months are history.
    first
        Number of the first month that is scanned.

    Raises
    ------
    StatisticsError
        No window of the ladder fits; a total is not told; a view for some zones, which has no total.
    """
    if "restricted_to" in release.manifest:
        raise StatisticsError(
            "This release is a view for some zones and does not tell all that lies in its squares: scan the release it "
            "was made from."
        )
    cells = ground_floor.ground(territory, release.cell_m)
    ladders = {t: release.manifest["policy"]["tables"].get(t, []) for t in TABLES}
    levels = tuple(sorted({int(a) for rungs in ladders.values() for a, _ in rungs if int(a) <= largest_m}))
    if not levels:
        raise StatisticsError(f"No square of the ladder measures {largest_m} m or less: allow larger ones.")
    area_of, names = _areas(cells, levels, territory)
    people = cells["residents"].to_numpy(dtype=np.float64)
    weight = np.maximum(people, A_THOUSANDTH)
    share, size = np.zeros(area_of.shape), np.zeros(area_of.shape, dtype=np.int64)
    for level in range(len(levels)):
        share[level] = np.bincount(area_of[level], weights=weight, minlength=len(cells)) / weight.sum()
        size[level] = np.bincount(area_of[level], minlength=len(cells))
    spans = _spans(months, first)
    windows = [(level, *span) for level in range(len(levels)) for span in spans]
    if not windows:
        raise StatisticsError("No whole quarter lies in the months to scan: give at least 3, from the first of one.")
    groups = _groups(release, months)
    totals = np.zeros(len(months))
    for n, begin, length in groups:
        totals[begin : begin + length] += n / length
    rungs = [_steps(ladders[t], levels, months) for t in TABLES if ladders[t]]
    members, begins = _ordered(area_of)
    plans = tuple((steps, area_of, members, begins, people, _policy(release, steps)) for steps in rungs if len(steps))
    where = np.array(windows, dtype=np.int64)
    return Study(months, history, levels, area_of, names, size, share, where, plans, groups, totals)


def _policy(release: Release, steps: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    floor = int(release.manifest["policy"]["min_inhabitants"])
    return np.array([release.k, floor, steps[:, 3].max() + 1], dtype=np.int64)


def _areas(
    cells: pd.DataFrame, levels: tuple[int, ...], territory: Territory
) -> tuple[npt.NDArray[np.int64], tuple[list[str], ...]]:
    area_of, names = np.empty((len(levels), len(cells)), dtype=np.int64), []
    for number, level in enumerate(levels):
        found, ids = pd.factorize(ground_floor.area_of_cells(cells, str(level), territory), sort=True)
        area_of[number] = found
        names.append([str(area) for area in ids])
    return area_of, tuple(names)


def _spans(months: pd.PeriodIndex, scanned: int) -> list[tuple[int, int]]:
    """First and last month of each whole quarter and year of the months that are scanned."""
    spans = []
    for length in (told.MONTHS_IN[p] for p in PERIODS):
        starts = [i for i in range(scanned, len(months) - length + 1) if (months[i].month - 1) % length == 0]
        spans += [(i, i + length - 1) for i in starts]
    return spans


def _groups(release: Release, months: pd.PeriodIndex) -> npt.NDArray[np.int64]:
    """Totals of the whole territory; a month that is told in a period longer than the study gets its even part."""
    series = told.of_area(release, str(release.manifest["territory"]["code"]))
    numbers = np.array([series.number(m) for m in months])
    known = (numbers >= 0) & (numbers < len(series.owner))
    owner = np.where(known, series.owner[np.clip(numbers, 0, len(series.owner) - 1)], told.NO_FACT)
    if 2 * int((owner != told.NO_FACT).sum()) < len(months):
        raise StatisticsError(
            f"The total of the territory is told for {int((owner != told.NO_FACT).sum())} of {len(months)} months: a "
            f"scan needs it for at least {(len(months) + 1) // 2}."
        )
    mean = _even(series, owner)
    groups = []
    start = 0
    for i in range(1, len(months) + 1):
        if i == len(months) or owner[i] != owner[start]:
            n = round(float(mean[start:i].sum()))
            groups.append((n, start, i - start))
            start = i
    return np.array(groups, dtype=np.int64)


def _even(series: told.Series, owner: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Episodes of each month; a month that is not told is taken for the mean of those that are."""
    length = np.bincount(series.owner[series.owner >= 0], minlength=len(series.n))
    each = np.where(owner >= 0, series.n[owner] / np.maximum(length[owner], 1), np.nan)
    return np.where(np.isnan(each), np.nanmean(each), each)


def _steps(rungs: list[list[str]], levels: tuple[int, ...], months: pd.PeriodIndex) -> npt.NDArray[np.int64]:
    """Level, first and last month, rung of each trial, in order; those on larger squares come last and seal no more."""
    kept = [(i, int(a), told.MONTHS_IN[p]) for i, (a, p) in enumerate(rungs) if int(a) in levels]
    steps = []
    for closing in range(len(months)):
        for rung, area, length in kept:
            first = closing - length + 1
            if months[closing].month % length == 0 and first >= 0:
                steps.append((levels.index(area), first, closing, rung))
    return np.array(steps, dtype=np.int64).reshape(-1, 4)


def _ordered(area_of: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cells in the order of their areas, those of one smaller area together, and where each area begins."""
    levels, cells = area_of.shape
    members, begins = np.empty_like(area_of), np.zeros((levels, cells + 1), dtype=np.int64)
    for level in range(levels):
        members[level] = np.lexsort([area_of[smaller] for smaller in range(level + 1)])
        begins[level, 1:] = np.cumsum(np.bincount(area_of[level], minlength=cells))
    return members, begins


def told_windows(release: Release, laid: Study, territory: Territory) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """Counts that the release tells.

    Returns
    -------
    windows : DataFrame
        One row a window that facts wholly inside it tell completely: ``level``, ``area`` (numbers), ``first``,
        ``last``, ``n``.
    before : (levels, cells) array
        The most that the history of each area holds: what facts wholly inside it tell, and k - 1 where they do not
        tell all.
    """
    rows, before, all_told = [], np.zeros(laid.share.shape), np.zeros(laid.share.shape, dtype=np.bool_)
    for table in TABLES:
        facts = _facts(release, laid, territory, table)
        for level, first, last in laid.windows:
            n, untold = _added(facts, laid, level, (first, last))
            seen = np.flatnonzero((untold == 0) & (n > 0))
            rows.append(pd.DataFrame({"level": level, "area": seen, "first": first, "last": last, "n": n[seen]}))
        for level in range(len(laid.levels) if laid.history else 0):
            n, untold = _added(facts, laid, level, (0, laid.history - 1))
            before[level] = np.maximum(before[level], n)
            all_told[level] |= untold == 0
    before = np.where(all_told, before, before + release.k - 1)
    found = pd.concat(rows, ignore_index=True).astype({"n": "int64"})
    return found.drop_duplicates(["level", "area", "first", "last"], ignore_index=True), before


def told_inside(
    release: Release, laid: Study, territory: Territory
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """What facts wholly inside each area and the months of the study tell.

    Returns
    -------
    n, untold : (levels, cells) arrays
        Episodes that are told, of the table that tells most; smallest cells x months of which it tells nothing.
    """
    n = np.zeros(laid.share.shape, dtype=np.int64)
    untold = laid.size * len(laid.months)
    for table in TABLES:
        facts = _facts(release, laid, territory, table)
        for level in range(len(laid.levels)):
            here, missing = _added(facts, laid, level, (0, len(laid.months) - 1))
            more = here > n[level]
            n[level], untold[level] = np.where(more, here, n[level]), np.where(more, missing, untold[level])
    return n, untold


def _added(
    facts: pd.DataFrame, laid: Study, level: int, months: tuple[int, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Episodes in facts wholly inside each area and these months; cells x months of which they tell nothing."""
    inside = facts[(facts["level"] <= level) & (facts["first"] >= months[0]) & (facts["last"] <= months[1])]
    area, width = laid.area_of[level][inside["cell"].to_numpy()], laid.share.shape[1]
    n = np.bincount(area, weights=inside["n"], minlength=width).astype(np.int64)
    covered = np.bincount(area, weights=inside["covered"], minlength=width).astype(np.int64)
    return n, laid.size[level] * (months[1] - months[0] + 1) - covered


def _facts(release: Release, laid: Study, territory: Territory, table: str) -> pd.DataFrame:
    """Facts of a table that lie in the study, by numbers; ``cell`` is one of the smallest cells of each."""
    facts = release.facts[(release.facts["table"] == table) & release.facts["area_level"].isin(map(str, laid.levels))]
    if floors.partly(release):
        facts = facts[facts["covered"].to_numpy() == said.nominal_covered(facts, territory, release.cell_m)]
    first, last = (said.month_numbers(facts[c], laid.months) for c in ("period_start", "period_end"))
    level = np.array([laid.levels.index(int(v)) for v in facts["area_level"]], dtype=np.int64)
    place = {(i, area): number for i, names in enumerate(laid.names) for number, area in enumerate(names)}
    area = np.array([place[key] for key in zip(level, facts["area"], strict=True)], dtype=np.int64)
    anywhere = np.zeros(laid.area_of.shape, dtype=np.int64)
    for i in range(len(laid.levels)):
        anywhere[i, laid.area_of[i]] = np.arange(laid.area_of.shape[1])
    found = pd.DataFrame(
        {
            "level": level,
            "first": first,
            "last": last,
            "n": facts["n"].to_numpy(),
            "covered": facts["covered"].to_numpy(),
            "cell": anywhere[level, area],
        }
    )
    return found[(found["first"] >= 0) & (found["last"] < len(laid.months))].reset_index(drop=True)
