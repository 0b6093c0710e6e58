"""The ground of a territory: nested grid, zones, communes and inhabitants."""

from analytics.territory.areas import area_of_cells
from analytics.territory.files import load, read_census
from analytics.territory.grid import TerritoryError, cell_ids, corners_wgs84, parse_cell_ids, reproject, snap, squares
from analytics.territory.ground import Territory, ground, zone_of_commune

__all__ = [
    "Territory",
    "TerritoryError",
    "area_of_cells",
    "cell_ids",
    "corners_wgs84",
    "ground",
    "load",
    "parse_cell_ids",
    "read_census",
    "reproject",
    "snap",
    "squares",
    "zone_of_commune",
]
