"""Names for squares: the commune that holds a cell's middle, and the largest commune that a wider square meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analytics.territory.grid import parse_cell_ids, snap
from analytics.territory.ground import ground

if TYPE_CHECKING:
    from analytics.territory.ground import Territory


def of_cells(territory: Territory, cell_m: int) -> pd.Series[str]:
    """Name the commune of each cell's middle, or the nearest one where the middle lies outside the territory.

    Parameters
    ----------
    cell_m
        Size of the cells, metres.

    Returns
    -------
    pandas.Series
        Index cell id, in the order of ``territory.ground``; empty names where the territory has no communes.
    """
    cells = ground(territory, cell_m)
    index = pd.Index(cells["cell"], name="cell")
    if territory.communes.empty:
        return pd.Series("", index=index, dtype="str")
    middles = gpd.points_from_xy(cells["e"] + cell_m / 2, cells["n"] + cell_m / 2, crs=territory.crs)
    communes = territory.communes[["name", "geometry"]].to_crs(territory.crs)
    tree = shapely.STRtree(communes.geometry.to_numpy())
    nearest = tree.nearest(np.asarray(middles))
    return pd.Series(communes["name"].to_numpy()[nearest], index=index, dtype="str")


def of_areas(territory: Territory, areas: pd.Series[str], cell_m: int) -> pd.DataFrame:
    """Name the most populous commune in each square, and count the others.

    Parameters
    ----------
    areas
        Ids of squares of any size that is a multiple of ``cell_m``; others get no name.

    Returns
    -------
    pandas.DataFrame
        Index area id; columns ``place`` and ``others`` (how many more communes have a cell's middle in it).
    """
    ids = pd.Index(areas.unique(), name="area")
    squares = parse_cell_ids(list(ids))
    cells = ground(territory, cell_m)
    names = of_cells(territory, cell_m).to_numpy()
    population = territory.communes.groupby("name")["population"].max().reindex(names).to_numpy()
    found = []
    for size in np.unique(squares["size_m"]):
        e, n = (snap(cells[axis], int(size)) for axis in ("e", "n"))
        held = pd.DataFrame({"e": e, "n": n, "place": names, "population": population}).drop_duplicates(
            ["e", "n", "place"]
        )
        held = held.sort_values("population", ascending=False, kind="stable")
        grouped = held.groupby(["e", "n"])["place"].agg(place="first", others="size").reset_index()
        found.append(grouped.assign(size_m=size, others=grouped["others"] - 1))
    known = pd.concat(found) if found else pd.DataFrame(columns=["e", "n", "size_m", "place", "others"])
    named = squares[["size_m", "e", "n"]].assign(area=ids).merge(known, on=["size_m", "e", "n"], how="left")
    return pd.DataFrame(named.set_index("area")[["place", "others"]]).fillna({"place": "", "others": 0})
