"""Every fact of a release with what it speaks of: its place, how much of its ground it holds, its zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics import release as said
from analytics import territory as ground_floor
from analytics.territory import places

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.territory import Territory


@dataclass(frozen=True)
class Filter:
    """Which facts are wanted; an empty tuple asks for all.

    Attributes
    ----------
    tables, levels, zones
        As in the release; a fact is of a zone if its ground meets it.
    first, last
        Months, both included: facts whose period has one of them at least.
    area
        Id of an area: facts about its ground, as ``about`` gives them.
    """

    tables: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    first: pd.Period | None = None
    last: pd.Period | None = None
    area: str | None = None


def described(release: Release, territory: Territory) -> pd.DataFrame:
    """Give the facts with what a reader needs beside them.

    Returns
    -------
    pandas.DataFrame
        The release's columns, then ``nominal`` (cell-months of the whole area and period), ``place`` and ``others``
        (the largest commune of a square, how many more it meets; for a zone or the territory its name).
    """
    facts = release.facts.copy()
    facts["nominal"] = said.nominal_covered(facts, territory, release.cell_m)
    square = facts["area_level"].str.isdigit()
    named = places.of_areas(territory, facts.loc[square, "area"], release.cell_m)
    names = {territory.code: territory.name} | territory.zones["name"].to_dict()
    facts["place"] = facts["area"].map(named["place"] if len(named) else {}).astype("object")
    facts.loc[~square, "place"] = facts.loc[~square, "area"].map(names)
    facts["others"] = facts["area"].map(named["others"] if len(named) else {}).fillna(0).astype("int64")
    return facts.astype({"place": "str"})


def zones_met(facts: pd.DataFrame, territory: Territory, cell_m: int) -> pd.DataFrame:
    """Say which zones the ground of each area meets.

    Returns
    -------
    pandas.DataFrame
        Columns ``area``, ``zone``: a row a pair.
    """
    cells = ground_floor.ground(territory, cell_m)
    pairs = [
        pd.DataFrame({"area": ground_floor.area_of_cells(cells, str(level), territory), "zone": cells["zone"]})
        for level in facts["area_level"].unique()
    ]
    met = pd.concat(pairs) if pairs else pd.DataFrame(columns=["area", "zone"])
    return met.drop_duplicates(ignore_index=True)


def chosen(facts: pd.DataFrame, met: pd.DataFrame, wanted: Filter) -> pd.DataFrame:
    """Keep the facts that are wanted, in their order.

    Parameters
    ----------
    facts
        As from ``described`` (or the release's own).
    met
        As from ``zones_met``.
    """
    keep = pd.Series(data=True, index=facts.index)
    if wanted.tables:
        keep &= facts["table"].isin(wanted.tables)
    if wanted.levels:
        keep &= facts["area_level"].isin(wanted.levels)
    if wanted.zones:
        keep &= facts["area"].isin(met.loc[met["zone"].isin(wanted.zones), "area"])
    if wanted.first is not None:
        keep &= facts["period_end"] >= str(wanted.first.start_time.date())
    if wanted.last is not None:
        keep &= facts["period_start"] <= str(wanted.last.end_time.date())
    if wanted.area is not None:
        keep &= about(facts, wanted.area)
    return facts[keep]


def about(facts: pd.DataFrame, area: str) -> pd.Series[bool]:
    """Tell which facts speak of an area's ground.

    Parameters
    ----------
    facts
        Facts of any level.
    area
        Id of a square: facts about squares that hold it or lie in it. Of a zone, or the territory's code: its own.
    """
    mine = facts["area"] == area
    square = facts["area_level"].str.isdigit()
    if not is_square(area) or not square.any():
        return mine
    here = ground_floor.parse_cell_ids([area]).iloc[0]
    squares = ground_floor.parse_cell_ids(facts.loc[square, "area"]).set_index(facts.index[square])
    size = squares["size_m"].clip(lower=int(here["size_m"]))
    same = (squares["e"] // size == here["e"] // size) & (squares["n"] // size == here["n"] // size)
    told: pd.Series[bool] = mine | same.reindex(facts.index, fill_value=False)
    return told


def is_square(area: str) -> bool:
    """Tell whether an area's id is that of a square of the grid."""
    try:
        ground_floor.parse_cell_ids([area])
    except ground_floor.TerritoryError:
        return False
    return True


def density(facts: pd.DataFrame, cell_m: int) -> pd.Series[float]:
    """Episodes per km2 per year over the ground and the months that each fact covers."""
    rate: pd.Series[float] = facts["n"] / (facts["covered"] * (cell_m / 1000) ** 2 / 12)
    return rate
