"""New, growing, persistent, fading, calm: what a place has done over periods of the same age.

Each period is taken as it was told when it had just been closed, so that a young period is not taken for a quiet one.
A word is a test on counts, never a change of numbers:

- *hot* in a period: a window of the place is significant in the scan of that period against inhabitants;
- *calm*: hot in no period;
- *new*: hot in the last period, in none before, and the rise over the mean of those before is proved;
- *growing*: the same, and hot before;
- *fading*: hot before, and the fall of the last period under the mean of those before is proved;
- *persistent*: hot in some period, and no change is proved.

A rise is proved by the least that the last period can hold and the most that the others can; a fall the other way
round; or by the scan against the place's own history. Where silence bounds nothing it proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import special

from analytics import release as said
from analytics.statistics import StatisticsError, floors
from analytics.statistics.hotspots.scanning import LARGEST_M, scan
from analytics.statistics.hotspots.study import study, told_inside
from analytics.statistics.intervals import ratio_interval
from analytics.statistics.told import MONTHS_IN
from analytics.territory import ground, parse_cell_ids, snap

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.hotspots.study import Study
    from analytics.territory import Territory

STATES: Final = ("new", "growing", "persistent", "fading", "calm")
UNBOUNDED: Final = -1
LEVEL: Final = 0.05
PROVED: Final = 0.025
"""Greatest one-sided p-value of a change that is named."""


def states(
    release: Release,
    territory: Territory,
    period: str = "quarter",
    periods: int = 5,
    square_m: int = 2000,
    replicates: int = 999,
    seed: int | None = 0,
) -> pd.DataFrame:
    """Say what each square of which something is told has done.

    Parameters
    ----------
    release, territory
        A release and its ground.
    period
        ``quarter`` or ``year``.
    periods
        How many, the last closed one and those before it; at least 2.
    square_m
        Side of the squares, metres; a size of the ladder.
    replicates, seed
        Of the scans.

    Returns
    -------
    DataFrame
        One row a square: ``area``, ``area_level``, ``state`` (of ``STATES``), ``hot`` (periods in which it was hot),
        ``last_low``, ``last_high`` (least and greatest count of the last period), ``earlier_low``, ``earlier_high`` (of
        all others together; -1 where nothing bounds it), ``ratio_low``, ``ratio_high`` (95 % interval of the last
        period as a multiple of the mean of the others, unsaid counts allowed for), ``p_rise``, ``p_fall``.

    Raises
    ------
    StatisticsError
        Fewer closed periods than asked for: the sentence says how many months would be enough.
    """
    spans = _spans(release, period, periods)
    hot = np.array([])
    counts, names = [], []
    for first, last in spans:
        known = said.until(release, last)
        laid = study(known, territory, pd.period_range(first, last, freq="M"), LARGEST_M)
        if square_m not in laid.levels:
            raise StatisticsError(f"No square of the ladder measures {square_m} m; it has {laid.levels}.")
        level = laid.levels.index(square_m)
        names = laid.names[level]
        counts.append([row[: len(names)] for row in _bounds(known, territory, laid, level)])
        found = scan(known, territory, (str(first), str(last)), replicates=replicates, seed=seed)
        hot = np.append(hot, _within(found, names, square_m))
    hot = hot.reshape(len(spans), len(names)) > 0
    low, high = (np.array([pair[side] for pair in counts]) for side in (0, 1))
    table = _compared(low, high).assign(area=names, area_level=str(square_m), hot=hot.sum(axis=0))
    risen = (table["p_rise"] <= PROVED).to_numpy() | (
        _within(_risen(release, territory, spans[-1], replicates, seed), names, square_m) > 0
    )
    fallen = (table["p_fall"] <= PROVED).to_numpy()
    before = hot[:-1].any(axis=0)
    table["state"] = np.select(
        [~hot.any(axis=0), hot[-1] & risen & ~before, hot[-1] & risen, before & fallen],
        ["calm", "new", "growing", "fading"],
        "persistent",
    )
    columns = ["area", "area_level", "state", "hot", *list(table.columns[:8])]
    rows = np.flatnonzero((low > 0).any(axis=0))
    return table[columns].iloc[rows].reset_index(drop=True)


def _spans(release: Release, period: str, periods: int) -> list[tuple[pd.Period, pd.Period]]:
    if period not in ("quarter", "year") or periods < 2:  # noqa: PLR2004 - one to compare, one to compare with
        raise StatisticsError("Ask for at least 2 periods, each a quarter or a year.")
    closed, length = said.months(release), MONTHS_IN[period]
    if not len(closed):
        raise StatisticsError(f"Nothing was published yet: {periods * length} closed months would be enough.")
    last = closed[-1] - closed[-1].month % length
    first = last - periods * length + 1
    if first < closed[0]:
        raise StatisticsError(
            f"The release has no {periods} whole periods of {length} months: {periods * length} months, from the first "
            "of a period, would be enough."
        )
    return [(first + i * length, first + (i + 1) * length - 1) for i in range(periods)]


def _bounds(
    release: Release, territory: Territory, laid: Study, level: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Least and greatest count of each square in the months of the study.

    The most that is untold is k - 1 for each smallest cell x month: a group that is held back is covered by smaller
    ones that are not said. Nothing bounds it where the square does not meet the floor, or silence bounds nothing.
    """
    n, untold = (part[level] for part in told_inside(release, laid, territory))
    people = np.bincount(laid.area_of[level], weights=ground(territory, release.cell_m)["residents"], minlength=len(n))
    silent = floors.partly(release) or said.withholds(release)
    bounded = (untold == 0) | ((people >= int(release.manifest["policy"]["min_inhabitants"])) & (not silent))
    cells = -(-untold // len(laid.months))
    return n, np.where(bounded, n + cells * (release.k - 1), UNBOUNDED)


def _within(found: pd.DataFrame, names: list[str], square_m: int) -> npt.NDArray[np.int64]:
    """Whether each square holds a window of a scan that is no larger than it."""
    small = found[found["area_level"].astype(int) <= square_m]
    if small.empty:
        return np.zeros(len(names), dtype=np.int64)
    held, squares = parse_cell_ids(list(small["area"])), parse_cell_ids(names)
    inside = pd.MultiIndex.from_arrays([snap(held["e"], square_m), snap(held["n"], square_m)])
    return np.asarray(pd.MultiIndex.from_frame(squares[["e", "n"]]).isin(inside), dtype=np.int64)


def _risen(
    release: Release, territory: Territory, span: tuple[pd.Period, pd.Period], replicates: int, seed: int | None
) -> pd.DataFrame:
    """Windows of the last period that the scan against a place's own history finds; none without a history."""
    known, months = said.until(release, span[1]), (str(span[0]), str(span[1]))
    enough = pd.Period(year=span[0].year - 1, month=1, freq="M") >= said.months(known)[0]
    level = LEVEL if enough else 0.0
    return scan(known, territory, months, "history" if enough else "residents", level, replicates, seed)


def _compared(low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Compare the last period, the last row, with those before it, whatever the unsaid counts are."""
    others = len(low) - 1
    least, most = low[:-1].sum(axis=0), np.where((high[:-1] < 0).any(axis=0), UNBOUNDED, high[:-1].sum(axis=0))
    last_least, last_most = low[-1], high[-1]
    share = 1 / (1 + others)
    p_rise = np.where(most < 0, 1.0, _at_least(last_least, last_least + most, share))
    p_fall = np.where(last_most < 0, 1.0, 1 - _at_least(last_most + 1, last_most + least, share))
    ratio_low = [
        ratio_interval(int(n), int(m))[0] * others if m >= 0 else 0.0 for n, m in zip(last_least, most, strict=True)
    ]
    ratio_high = [
        ratio_interval(int(n), int(m))[1] * others if n >= 0 else np.inf for n, m in zip(last_most, least, strict=True)
    ]
    return pd.DataFrame(
        {
            "last_low": last_least,
            "last_high": last_most,
            "earlier_low": least,
            "earlier_high": most,
            "ratio_low": ratio_low,
            "ratio_high": ratio_high,
            "p_rise": p_rise,
            "p_fall": p_fall,
        }
    )


def _at_least(n: npt.NDArray[np.int64], total: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.float64]:
    """Probability of n or more of a total, each with this probability."""
    found: npt.NDArray[np.float64] = np.where(
        n <= 0, 1.0, np.where(n > total, 0.0, special.betainc(np.maximum(n, 1), np.maximum(total - n + 1, 1), share))
    )
    return found
