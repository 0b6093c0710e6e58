"""What part of a year's distinct reports each rung of the ladder has placed: how fine, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics import release as said
from analytics.statistics.told import complete_total, of_area

if TYPE_CHECKING:
    from analytics.release import Release


@dataclass(frozen=True, eq=False)
class Shares:
    """What each rung has published.

    Attributes
    ----------
    year
        Last calendar year that is closed and whose total is published in full; None where there is none.
    episodes
        Distinct reports of that year in the whole territory.
    rungs
        One row a rung, in the policy's order: ``table``, ``area_level``, ``period_level``, ``facts`` (how many numbers
        of all years), ``share`` (Float64, 0 to 1: of that year's distinct reports, those that the rung placed; NA
        without a year, and for breakdowns, which count the same reports once an attribute).
    """

    year: pd.Period | None
    episodes: int | None
    rungs: pd.DataFrame

    def placed(self, table: str, *period_levels: str) -> float | None:
        """Share that the rungs of a table with these periods have placed together; None where it cannot be said."""
        chosen = self.rungs[(self.rungs["table"] == table) & self.rungs["period_level"].isin(period_levels)]
        return None if chosen.empty or chosen["share"].isna().any() else float(chosen["share"].sum())


def by_rung(release: Release) -> Shares:
    """Count what each rung of a release's policy has published.

    Parameters
    ----------
    release
        What has been said.
    """
    year, episodes = _year(release)
    facts = release.facts
    inside = (
        facts["period_start"].str[:4] == str(year) if year is not None else pd.Series(data=False, index=facts.index)
    )
    keys = ["table", "area_level", "period_level"]
    number, summed = facts.groupby(keys).size(), facts[inside].groupby(keys)["n"].sum()
    rungs = [
        (table, area, period)
        for table, ladder in release.manifest["policy"]["tables"].items()
        for area, period in ladder
    ]
    rows = [
        {
            **dict(zip(keys, rung, strict=True)),
            "facts": int(number.get(rung, 0)),
            "share": summed.get(rung, 0) / episodes if episodes and rung[0] != said.BREAKDOWN else None,
        }
        for rung in rungs
    ]
    frame = pd.DataFrame(rows, columns=[*keys, "facts", "share"])
    return Shares(year, episodes, frame.astype({"facts": "int64", "share": "Float64"}))


def _year(release: Release) -> tuple[pd.Period | None, int | None]:
    """Last calendar year whose total is told, and that total."""
    months = said.months(release)
    years = [year for year in sorted(set(months.year), reverse=True) if (months.year == year).sum() == 12]  # noqa: PLR2004
    if not years:
        return None, None
    whole = of_area(release, str(release.manifest["territory"]["code"]))
    for year in years:
        total, _ = complete_total(whole, pd.Period(f"{year}-01", freq="M"), pd.Period(f"{year}-12", freq="M"))
        if total:
            return pd.Period(str(year), freq="Y"), total
    return None, None
