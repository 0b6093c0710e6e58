"""How many a month, more or fewer than last year, and what the last publication added.

A month that was not sealed is neither zero nor missing: it was not said, which bounds it. Comparisons are made on
totals that are complete for both periods alone, since what is young is under-published: counting what is sealed so far
would show a fall that is not there.

A report is not an offence: a call to report raises reports, whatever the number of offences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from analytics.statistics.comparisons import (
    Comparison,
    compare,
    last_month,
    last_quarter,
    recent,
    same_months,
)
from analytics.statistics.intervals import poisson_interval
from analytics.statistics.told import bounds, complete_total, of_area, silence_bounds

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.territory import Territory

__all__ = ["Comparison", "Latest", "compare", "latest", "monthly", "recent", "same_months", "sums"]

PUBLISHED: Final = "published"
NOT_SAID: Final = "not_said"


@dataclass(frozen=True)
class Latest:
    """What the last publication added, and what share of the last closed quarter is placed on the map.

    Attributes
    ----------
    vintage
        Its number.
    first_month, through
        The months that it closed.
    facts_added
        How many facts it added, and ``facts_by_table`` in which tables.
    quarter
        Last quarter wholly closed; None when there is none yet.
    episodes
        Distinct reports of that quarter in the whole territory; None when ``departement`` does not tell all of it.
    in_blocks, in_outlook
        How many of them facts of that quarter place in fine cells, and in the coarse quick picture.
    reason
        ``complete``, ``no_quarter`` (none is closed yet) or ``not_enough`` (the quarter's total is not told).
    """

    vintage: int
    first_month: pd.Period
    through: pd.Period
    facts_added: int
    facts_by_table: dict[str, int]
    quarter: pd.Period | None
    episodes: int | None
    in_blocks: int | None
    in_outlook: int | None
    reason: Literal["complete", "no_quarter", "not_enough"]

    @property
    def share_blocks(self) -> float | None:
        """Share of the quarter's episodes in ``blocks``, 0 to 1; None when it cannot be said."""
        return _share(self.in_blocks, self.episodes)

    @property
    def share_outlook(self) -> float | None:
        """Share of the quarter's episodes in ``outlook``, 0 to 1; None when it cannot be said."""
        return _share(self.in_outlook, self.episodes)


def monthly(release: Release, area: str, territory: Territory | None = None) -> pd.DataFrame:
    """Say for every closed month what was published of an area.

    Parameters
    ----------
    release
        What has been said.
    area
        Code of the territory (table ``departement``) or id of a zone (table ``series``).
    territory
        With it, an area of which nothing was ever published is known to meet the policy's floor or not.

    Returns
    -------
    DataFrame
        One row a closed month, in order: ``month`` (monthly Period), ``state`` (``published`` or ``not_said``), ``n``
        (Int64, NA when not said), ``low`` and ``high`` (Float64): the exact Poisson 95 % interval of a published month;
        of a month not said the least and greatest count that the ladder's rule allows (0 to k - 1 where months are the
        first rung), ``high`` NA where no rule binds it (an area under the floor, or not known to meet it);
        ``told_in`` (``month``, ``quarter``, ``year`` or empty): the period of the fact that speaks of the month.

    Raises
    ------
    StatisticsError
        When the territory has no such area.
    """
    series = of_area(release, area)
    n = np.where(series.alone, series.n[series.owner], 0)
    low, high = poisson_interval(n)
    least, greatest = bounds(release, series, silence=silence_bounds(release, series, area, territory))
    level = np.append(series.facts["period_level"].to_numpy(dtype=object), "")
    return pd.DataFrame(
        {
            "month": series.months,
            "state": pd.array(np.where(series.alone, PUBLISHED, NOT_SAID), dtype="str"),
            "n": pd.array(n, dtype="Int64").copy(),
            "low": np.where(series.alone, low, least),
            "high": np.where(series.alone, high, greatest),
            "told_in": pd.array(level[series.owner], dtype="str"),
        }
    ).assign(
        n=lambda frame: frame["n"].mask(frame["state"] == NOT_SAID),
        low=lambda frame: frame["low"].astype("Float64"),
        high=lambda frame: frame["high"].where(np.isfinite(frame["high"])).astype("Float64"),
    )


def sums(release: Release, area: str) -> pd.DataFrame:
    """Facts that tell several months of an area together: what is known of months that were not said alone.

    Parameters
    ----------
    release, area
        As for ``monthly``.

    Returns
    -------
    DataFrame
        One row a fact of a quarter or year, in order of time: ``period_level``, ``first`` and ``last`` (monthly Period,
        the nominal period), ``months`` (how many months it speaks of: those that no earlier fact tells), ``spoken``
        (those months as text, ``2025-01 2025-02``), ``n`` (their exact sum), ``low`` and ``high`` (exact Poisson 95 %
        interval of that sum).
    """
    series = of_area(release, area)
    spoken = [series.months[series.owner == fact] for fact in range(len(series.facts))]
    low, high = poisson_interval(series.n[:-1])
    frame = pd.DataFrame(
        {
            "period_level": series.facts["period_level"].astype("str"),
            "first": pd.PeriodIndex(series.facts["period_start"], freq="M"),
            "last": pd.PeriodIndex(series.facts["period_end"], freq="M"),
            "months": [len(months) for months in spoken],
            "spoken": pd.array([" ".join(months.astype("str")) for months in spoken], dtype="str"),
            "n": series.facts["n"],
            "low": low,
            "high": high,
        }
    )
    longer = frame[frame["period_level"] != "month"]
    return longer.sort_values(["first", "last"], kind="stable", ignore_index=True)


def latest(release: Release) -> Latest:
    """Say what the last publication added, from facts alone.

    Raises
    ------
    StatisticsError
        When nothing was published yet.
    """
    end = last_month(release)
    vintage = release.manifest["vintages"][-1]
    added = release.facts[release.facts["vintage"] == vintage["vintage"]]
    quarter, episodes = last_quarter(release), None
    if quarter is not None:
        whole = of_area(release, str(release.manifest["territory"]["code"]))
        episodes, _ = complete_total(whole, quarter.asfreq("M", "start"), quarter.asfreq("M", "end"))
    told = None if quarter is None or episodes is None else _told_inside(release.facts, quarter)
    return Latest(
        vintage=int(vintage["vintage"]),
        first_month=pd.Period(vintage["first_month"], freq="M"),
        through=end,
        facts_added=len(added),
        facts_by_table={str(table): int(n) for table, n in added["table"].value_counts().items()},
        quarter=quarter,
        episodes=episodes,
        in_blocks=None if told is None else told["blocks"],
        in_outlook=None if told is None else told["outlook"],
        reason="no_quarter" if quarter is None else "not_enough" if episodes is None else "complete",
    )


def _told_inside(facts: pd.DataFrame, quarter: pd.Period) -> dict[str, int]:
    """Episodes of each table of cells in facts whose whole period lies in a quarter."""
    start, end = (pd.PeriodIndex(facts[name], freq="M") for name in ("period_start", "period_end"))
    inside = (start >= quarter.asfreq("M", "start")) & (end <= quarter.asfreq("M", "end"))
    summed = facts[inside].groupby("table")["n"].sum()
    return {table: int(summed.get(table, 0)) for table in ("blocks", "outlook")}


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole
