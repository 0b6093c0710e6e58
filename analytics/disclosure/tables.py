"""The ground that each table stands on, and where a report lies on it.

The units of ``blocks`` and ``outlook`` are the smallest cells; those of ``series`` are the zones and that of
``departement`` is the whole territory, each with its unlocated episodes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import territory as ground_floor
from analytics.disclosure.policy import CELL_TABLES
from analytics.disclosure.state import Ground
from analytics.territory import area_of_cells

if TYPE_CHECKING:
    from analytics.disclosure.policy import Policy
    from analytics.territory import Territory


def ground_of(table: str, policy: Policy, territory: Territory) -> Ground:
    """Units of a table and the areas that they form at each level of its ladder."""
    cells = ground_floor.ground(territory, policy.cell_m)
    if table in CELL_TABLES:
        units, owner = cells, np.arange(len(cells))
    else:
        ids = unit_ids(table, territory, policy.cell_m)
        units = pd.DataFrame({"zone": ids})
        owner = zone_numbers(cells["zone"], territory) if table == "series" else np.zeros(len(cells), dtype=np.int64)
    people = np.bincount(owner, weights=cells["residents"], minlength=len(units))
    area_of, areas = {}, {}
    for level in dict.fromkeys(level for level, _ in policy.tables[table]):
        numbers, names = pd.factorize(area_of_cells(units, level, territory), sort=True)
        area_of[level], areas[level] = np.asarray(numbers, dtype=np.int64), [str(name) for name in names]
    return Ground(np.asarray(people, dtype=np.float64), np.bincount(owner, minlength=len(units)), area_of, areas)


def digest(policy: Policy, territory: Territory) -> str:
    """SHA-256 of the ground that facts are computed on: cells, inhabitants, zones.

    Two grounds side by side could be subtracted from one another, so a vault publishes on one.
    """
    cells = ground_floor.ground(territory, policy.cell_m)
    content = hashlib.sha256(repr(list(territory.zones.index)).encode())
    for column in ("cell", "zone"):
        content.update("\n".join(cells[column]).encode())
    content.update(cells["residents"].round(3).to_numpy(dtype=np.float64).tobytes())
    return content.hexdigest()


def unit_ids(table: str, territory: Territory, cell_m: int) -> npt.NDArray[np.object_]:
    """Ids of the units of a table: smallest cells, zones, or the territory."""
    if table in CELL_TABLES:
        return ground_floor.ground(territory, cell_m)["cell"].to_numpy(dtype=object)
    return np.array(territory.zones.index if table == "series" else [territory.code], dtype=object)


def unit_of(places: pd.DataFrame, table: str, territory: Territory, cell_m: int) -> npt.NDArray[np.int64]:
    """Number of the unit of a table that each place lies in; -1 where it lies in none (unlocated, for cells).

    Parameters
    ----------
    places
        Columns base_e, base_n (NA when unlocated) and commune.
    """
    if table == "departement":
        return np.zeros(len(places), dtype=np.int64)
    cells = ground_floor.ground(territory, cell_m)
    located = places["base_e"].notna().to_numpy()
    unit = np.full(len(places), -1, dtype=np.int64)
    corners = [ground_floor.snap(places.loc[located, name].astype("int64"), cell_m) for name in ("base_e", "base_n")]
    unit[located] = pd.MultiIndex.from_frame(cells[["e", "n"]]).get_indexer(pd.MultiIndex.from_arrays(corners))
    if (unit[located] < 0).any():
        raise ValueError("A located report lies on no cell of the territory; the door should have set it aside.")
    if table == "series":
        unit[located] = zone_numbers(cells["zone"], territory)[unit[located]]
        communes = places.loc[~located, "commune"].map(ground_floor.zone_of_commune(territory))
        unit[~located] = zone_numbers(communes, territory)
    return unit


def zone_numbers(zones: pd.Series[Any], territory: Territory) -> npt.NDArray[np.int64]:
    """Place of each zone id in ``territory.zones``; -1 for an id that is not there."""
    return np.asarray(territory.zones.index.get_indexer(pd.Index(zones)), dtype=np.int64)
