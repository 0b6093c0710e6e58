"""Inhabitants per cell where no census grid is at hand: areal interpolation from the communes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from analytics.territory.grid import reproject, snap
from analytics.territory.overlay import covered, shared

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

# Inhabitants are spread over cells of this size, fine enough to see a village, before they are summed.
_SPREAD_CELL_M = 200
# Chosen on the Doubs, where they bring what even spreading misplaces from 55 % to 29 % (docs/territoire.md).
_EVEN = 0.1
_REACH_M = 300.0
_REACH_BY_ROOT_M = 6.0


def spread(communes: gpd.GeoDataFrame, crs: str, cell_m: int) -> pd.DataFrame:
    """Spread the inhabitants of each commune over its ground, more densely near its town hall, and sum them over cells.

    A tenth lives evenly over the commune; nine tenths as exp(-(d / L)**2) at the distance d of the town hall, where
    L = 300 m + 6 m x the square root of the inhabitants, since the built ground grows with them.

    Parameters
    ----------
    communes
        EPSG:4326; population, lon, lat (the town hall), geometry.
    crs
        EPSG code of the grid's CRS, in metres.
    cell_m
        Cell size in metres, a multiple of 200.

    Returns
    -------
    pandas.DataFrame
        e, n (int64, metres) and residents (float64), sorted by n, then e; no cell without inhabitants. The sum is that
        of the communes.
    """
    shapes = reproject(communes.geometry.to_numpy(), "EPSG:4326", crs)
    halls = reproject(shapely.points(communes["lon"], communes["lat"]), "EPSG:4326", crs)
    people = communes["population"].to_numpy(dtype=float)
    ground = covered(shapely.union_all(shapes), _SPREAD_CELL_M)
    e, n = ground["e"].to_numpy(), ground["n"].to_numpy()
    pieces = shared(e, n, _SPREAD_CELL_M, shapes)
    cell, commune, area = (pieces[column].to_numpy() for column in ("cell", "shape", "area"))
    half = _SPREAD_CELL_M / 2
    distance = shapely.distance(shapely.points(e[cell] + half, n[cell] + half), halls[commune])
    near = area * np.exp(-((distance / (_REACH_M + _REACH_BY_ROOT_M * np.sqrt(people[commune]))) ** 2))
    share = _EVEN * _shares(area, commune) + (1 - _EVEN) * _shares(near, commune)
    table = pd.DataFrame({"e": snap(e[cell], cell_m), "n": snap(n[cell], cell_m), "residents": share * people[commune]})
    table = table.groupby(["n", "e"])["residents"].sum().reset_index()
    return table.loc[table["residents"] > 0].reset_index(drop=True)[["e", "n", "residents"]]


def _shares(values: npt.NDArray[np.float64], group: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return each value as a share of its group's sum."""
    shares: npt.NDArray[np.float64] = values / np.bincount(group, weights=values)[group]
    return shares
