"""Every fact of a release with what it speaks of: its place, how much of its ground it holds, its zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics import release as releases
from analytics import territory as territories
from analytics.territory.areas import area_of_cells
from dashboard import places

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
    """

    tables: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    first: pd.Period | None = None
    last: pd.Period | None = None


def described(release: Release, territory: Territory) -> pd.DataFrame:
    """Give the facts with what a reader needs beside them.

    Returns
    -------
    pandas.DataFrame
        The release's columns, then ``nominal`` (cell-months of the whole area and period), ``place`` and ``others``
        (the largest commune of a square, how many more it meets; for a zone or the territory its name).
    """
    facts = release.facts.copy()
    facts["nominal"] = releases.nominal_covered(facts, territory, release.cell_m)
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
    cells = territories.ground(territory, cell_m)
    pairs = [
        pd.DataFrame({"area": area_of_cells(cells, str(level), territory), "zone": cells["zone"]})
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
    return facts[keep]
