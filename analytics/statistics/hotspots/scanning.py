"""The scan of a release: windows that the ladder tells, against a null that the ladder has selected alike.

A window is an aligned square of the ladder by quarter or year. Its count is known when published facts wholly inside it
tell all of its ground; a window of which less is told is unseen. The likelihood ratio of each seen window is compared
with the greatest of each of many draws: as many episodes as the whole territory had in each period, placed by
inhabitants (or as in the place's own history), climb the same ladder, and only what it would tell is seen. So the
p-value allows for all the windows that were looked at, and for the ladder's having chosen them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import special

from analytics import release as said
from analytics.statistics import StatisticsError, surface
from analytics.statistics.hotspots import climbing
from analytics.statistics.hotspots.clusters import alias_table, p_values, seeds, shared_out
from analytics.statistics.hotspots.study import study, told_windows, view_of
from analytics.statistics.intervals import poisson_interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.hotspots.study import Study
    from analytics.territory import Territory

LARGEST_M: Final = 8000
YEAR: Final = 12
EXPECTATIONS: Final = ("residents", "history")
PRIOR: Final = 0.1
"""Part of inhabitants in the places of the draws of a history."""
COLUMNS: Final = {
    "area": "str",
    "area_level": "str",
    "period_start": "str",
    "period_end": "str",
    "period_level": "str",
    "observed": "int64",
    "expected": "float64",
    "ratio": "float64",
    "low": "float64",
    "high": "float64",
    "llr": "float64",
    "p_value": "float64",
    "p_gumbel": "float64",
}


def scan(  # noqa: PLR0913 - one argument a choice of the method
    release: Release,
    territory: Territory,
    months: tuple[str, str] | None = None,
    expectation: str = "residents",
    level: float = 0.05,
    replicates: int = 999,
    seed: int | None = 0,
    *,
    largest_m: int = LARGEST_M,
) -> pd.DataFrame:
    """Find the windows of a release that hold more than chance would put there and the ladder would tell.

    Parameters
    ----------
    release, territory
        A release and its ground.
    months
        First and last month to scan; by default the twelve months up to the last closed quarter, or as many as there
        are from the first quarter on.
    expectation
        ``residents``: every inhabitant reports alike. ``history``: every place keeps the share of the reports that it
        had in the calendar year before; where the release does not tell all of that year, k - 1 more are taken for
        granted.
    level
        Windows with a p-value up to this are given; 1 for every window with more than expected.
    replicates, seed
        Number of draws and their seed: the same seed gives the same table.
    largest_m
        Side of the largest square, metres.

    Returns
    -------
    DataFrame
        Windows that share no ground in the same month, the most likely first: ``area`` (cell id), ``area_level``,
        ``period_start``, ``period_end``, ``period_level``, ``observed``, ``expected``, ``ratio`` with its 95 % interval
        ``low`` to ``high``, ``llr``, ``p_value``, ``p_gumbel``. The interval is of this window alone: that of a window
        that was chosen because it is high is too high, the p-value is not.

    Raises
    ------
    StatisticsError
        Months outside the release, too short a history, a total that is not told, an unknown expectation.
    """
    if expectation not in EXPECTATIONS:
        raise StatisticsError(f"There is no expectation {expectation!r}; known are {' and '.join(EXPECTATIONS)}.")
    laid = _laid(release, territory, months, expectation, largest_m)
    windows, before = told_windows(release, laid, territory)
    known = laid.totals[: laid.history].sum()
    shares = laid.share[0, laid.area_of[0]] if not laid.history else _places(release, territory, laid)
    given = (laid.plans, view_of(laid), alias_table(shares), laid.groups)
    maxima = shared_out(climbing.tops, seeds(seed, replicates), *given)
    table = _scored(windows, laid, before, known)
    apart = _apart(table, laid)
    values = [p_values(llr, maxima) for llr in apart["llr"]]
    apart["p_value"], apart["p_gumbel"] = [p for p, _ in values], [g for _, g in values]
    return _named(apart[apart["p_value"] <= level], laid)


def _laid(
    release: Release, territory: Territory, months: tuple[str, str] | None, expectation: str, largest_m: int
) -> Study:
    closed = said.months(release)
    if not len(closed):
        raise StatisticsError("Nothing was published in this release yet: a scan needs at least 3 closed months.")
    first, last = (pd.Period(m, freq="M") for m in months) if months else _year(closed)
    if first < closed[0] or last > closed[-1] or last < first:
        raise StatisticsError(f"Give months from {closed[0]} to {closed[-1]}, the first before the last.")
    if expectation == "residents":
        return study(release, territory, pd.period_range(first, last, freq="M"), largest_m)
    begin = pd.Period(year=first.year - 1, month=1, freq="M")
    if begin < closed[0]:
        raise StatisticsError(
            f"A comparison with a place's history needs the whole year before {first.year}, and the release begins in "
            f"{closed[0]}: publish from {begin} on, or scan later months."
        )
    whole = pd.period_range(begin, last, freq="M")
    return study(release, territory, whole, largest_m, history=YEAR, first=(first - begin).n)


def _year(closed: pd.PeriodIndex) -> tuple[pd.Period, pd.Period]:
    """The twelve months up to the last closed quarter, from the first quarter of the release on."""
    last = closed[-1] - closed[-1].month % 3
    first = max(last - YEAR + 1, closed[0] + (1 - closed[0].month) % 3)
    if last < first:
        raise StatisticsError(f"A scan needs a whole closed quarter; the release has {len(closed)} closed months.")
    return first, last


def _places(release: Release, territory: Territory, laid: Study) -> npt.NDArray[np.float64]:
    """Share of each smallest cell over history and months scanned: the surface, with a part of inhabitants."""
    known = said.until(release, laid.months[-1])
    found = surface.window(surface.fit(known, territory), str(laid.months[0]), str(laid.months[-1]))
    estimate = found["estimate"].to_numpy(dtype=np.float64)
    inhabitants = laid.share[0, laid.area_of[0]] / laid.size[0, laid.area_of[0]]
    total = estimate.sum()
    shares: npt.NDArray[np.float64] = (1 - PRIOR) * estimate / max(total, 1.0) + PRIOR * inhabitants
    return shares


def _scored(windows: pd.DataFrame, laid: Study, before: npt.NDArray[np.float64], known: float) -> pd.DataFrame:
    """Expectation, ratio with interval and likelihood ratio of each window that is seen."""
    level, area = windows["level"].to_numpy(), windows["area"].to_numpy()
    added = np.append(0.0, np.cumsum(laid.totals))
    total = np.maximum(added[windows["last"] + 1] - added[windows["first"]], windows["n"])
    n, share = windows["n"].to_numpy(dtype=np.float64), laid.share[level, area]
    past = before[level, area]
    llr = [climbing.score(*v, known) for v in zip(n, total, share, past, strict=True)]
    if known:
        expected = total * past / known
        # Given their sum the count is binomial; what inhabitants add to the history need not be whole.
        odds = [special.betaincinv(n, past + 1, 0.025), special.betaincinv(n + 1, past, 0.975)]
        low, high = (_odds(share_of) * known / total for share_of in odds)
    else:
        expected = total * share
        low, high = (bound / expected for bound in poisson_interval(n))
    return windows.assign(expected=expected, ratio=n / expected, low=low, high=high, llr=llr)


def _odds(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.divide(share, 1 - share, out=np.full_like(share, np.inf), where=share < 1)


def _apart(table: pd.DataFrame, laid: Study) -> pd.DataFrame:
    """Keep windows with more than expected that share no ground in the same month, the most likely first."""
    ordered = table[table["llr"] > 0].sort_values(
        ["llr", "level", "first", "area"], ascending=[False, True, True, True], kind="stable"
    )
    taken = np.zeros((laid.area_of.shape[1], len(laid.months)), dtype=np.bool_)
    kept = np.zeros(len(ordered), dtype=np.bool_)
    columns = (ordered[name].to_numpy(dtype=np.int64) for name in ("level", "area", "first", "last"))
    for row, (level, area, first, last) in enumerate(zip(*columns, strict=True)):
        ground = np.ix_(laid.area_of[level] == area, np.arange(first, last + 1))
        if not taken[ground].any():
            taken[ground] = True
            kept[row] = True
    return ordered[kept].reset_index(drop=True)


def _named(table: pd.DataFrame, laid: Study) -> pd.DataFrame:
    lengths = {3: "quarter", YEAR: "year"}
    rows: dict[str, Any] = {
        "area": [laid.names[i][a] for i, a in zip(table["level"], table["area"], strict=True)],
        "area_level": [str(laid.levels[i]) for i in table["level"]],
        "period_start": [laid.months[m].start_time.date().isoformat() for m in table["first"]],
        "period_end": [laid.months[m].end_time.date().isoformat() for m in table["last"]],
        "period_level": [lengths[n] for n in table["last"] - table["first"] + 1],
        "observed": table["n"].to_numpy(),
    }
    rows |= {name: table[name].to_numpy() for name in list(COLUMNS)[6:]}
    return pd.DataFrame(rows).astype(COLUMNS)
