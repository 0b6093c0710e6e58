"""The ground: every cell of a size on a territory, with its inhabitants and its zone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.territory.grid import TerritoryError, cell_ids, reproject, snap
from analytics.territory.overlay import covered, shared

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Territory:
    """A territory: its grid, its outline, its zones and where its inhabitants live.

    Attributes
    ----------
    code, name
        As shown and as named in a release.
    crs
        EPSG code of the projected CRS of the grid (metres).
    base_cell_m
        Size of the finest cell in metres; every cell size is a multiple of it.
    zones
        Index `zone` (id), column `name`, in the order of the territory file, the rest last.
    communes
        EPSG:4326; columns code, name, population, lon, lat (the town hall), zone, geometry; no row for a box ground.
    outline
        Polygon or multipolygon of the whole territory, EPSG:4326.
    labels
        Names for a map: name, lon, lat, population, the most populous first.
    sources
        Lines of attribution that whoever shows the territory must show.
    notes
        Assumptions to confirm.
    residents
        Where inhabitants are known: e, n, size_m (int64) and residents (float64, those inside the territory).
    shapes
        Ground of each zone in the grid's CRS (metres), in the order of `zones`.
    """

    code: str
    name: str
    crs: str
    base_cell_m: int
    zones: pd.DataFrame
    communes: gpd.GeoDataFrame
    outline: Any
    labels: pd.DataFrame
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    residents: pd.DataFrame
    shapes: tuple[Any, ...] = field(repr=False)
    _known: dict[tuple[str, int], pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    def remember(self, what: str, size_m: int, compute: Callable[[Territory, int], pd.DataFrame]) -> pd.DataFrame:
        """Return a table of this territory, computed at the first call only (a territory never changes)."""
        key = (what, size_m)
        if key not in self._known:
            self._known[key] = compute(self, size_m)
        return self._known[key]


def ground(territory: Territory, cell_m: int) -> pd.DataFrame:
    """Return every cell of a size that lies on the territory.

    Parameters
    ----------
    territory
        As `load` gives it.
    cell_m
        Cell size in metres, a multiple of the territory's base cell.

    Returns
    -------
    pandas.DataFrame
        A row a cell that shares ground with the territory, sorted by n, then e: e, n (int64 south-west corner, metres),
        residents (float64), zone (str, the zone with the most of its inhabitants, of its ground where it has none),
        cell (str, INSEE id). The same object at each call: copy before changing it.

    Raises
    ------
    TerritoryError
        When `cell_m` is no positive multiple of the base cell.
    """
    if cell_m <= 0 or cell_m % territory.base_cell_m:
        raise TerritoryError(
            f"A cell of {cell_m} m is no multiple of the base cell of {territory.base_cell_m} m of {territory.name}.",
        )
    return territory.remember("ground", int(cell_m), _ground)


def zone_of_commune(territory: Territory) -> pd.Series[str]:
    """Return the zone id of each commune: index commune code, values zone id (empty for a box ground)."""
    return pd.Series(
        territory.communes["zone"].to_numpy(),
        index=pd.Index(territory.communes["code"], name="code"),
        name="zone",
        dtype="str",
    )


def parts(territory: Territory, size_m: int) -> pd.DataFrame:
    """Return the ground of each zone in each cell.

    Parameters
    ----------
    territory
        As `load` gives it.
    size_m
        Any cell size in metres.

    Returns
    -------
    pandas.DataFrame
        A row a cell and zone: e, n (int64), zone (position in `territory.zones`), area (m2), weight (the share of the
        cell's inhabitants that the zone is taken to hold; 1 over the zones of a cell).
    """
    return territory.remember("parts", size_m, _parts)


def _parts(territory: Territory, size_m: int) -> pd.DataFrame:
    """Compute `parts`: where zones meet in a cell, its inhabitants go by the densities of the communes there."""
    frames = [covered(shape, size_m).assign(zone=zone) for zone, shape in enumerate(territory.shapes)]
    table = pd.concat(frames, ignore_index=True)
    table["weight"] = 1.0
    split = table.duplicated(["e", "n"], keep=False)
    if not split.any():
        return table
    cells = table.loc[split, ["e", "n"]].drop_duplicates().reset_index(drop=True)
    communes = territory.communes
    shapes = reproject(communes.geometry.to_numpy(), "EPSG:4326", territory.crs)
    density = communes["population"].to_numpy(dtype=float) / np.array([shape.area for shape in shapes])
    zone_at = {zone: position for position, zone in enumerate(territory.zones.index)}
    commune_zone = communes["zone"].map(zone_at).to_numpy(dtype=np.int64)
    pieces = shared(cells["e"].to_numpy(), cells["n"].to_numpy(), size_m, shapes)
    # A thousandth of an inhabitant a km2 keeps the share defined where nobody lives: it then goes by ground.
    pieces["weight"] = pieces["area"] * (density[pieces["shape"]] + 1e-9)
    pieces["zone"] = commune_zone[pieces["shape"]]
    weights = pieces.groupby(["cell", "zone"], as_index=False)["weight"].sum()
    weights = weights.join(cells, on="cell").drop(columns="cell")
    found = table.loc[split].drop(columns="weight").merge(weights, on=["e", "n", "zone"], how="left")
    weight = found["weight"].fillna(0.0)
    whole = weight.groupby([found["e"], found["n"]]).transform("sum")
    table.loc[split, "weight"] = (weight / whole).to_numpy()
    return table


def _ground(territory: Territory, cell_m: int) -> pd.DataFrame:
    """Compute `ground`: inhabitants of the source cells, spread evenly over their ground, summed over cells."""
    source_m = int(territory.residents["size_m"].iloc[0]) if len(territory.residents) else cell_m
    table = parts(territory, math.gcd(cell_m, source_m)).copy()
    source = table.assign(e=snap(table["e"], source_m), n=snap(table["n"], source_m))
    land = source.groupby(["e", "n"])["area"].transform("sum")
    known = territory.residents.set_index(["e", "n"])["residents"]
    held = known.reindex(pd.MultiIndex.from_frame(source[["e", "n"]])).fillna(0.0).to_numpy()
    density = held / land.to_numpy()
    # The inhabitants of a piece of cell go by the ground of all its pieces; only between zones do densities decide.
    ground_of_cell = table.groupby(["e", "n"])["area"].transform("sum").to_numpy()
    table["residents"] = density * ground_of_cell * table["weight"].to_numpy()
    table["e"], table["n"] = snap(table["e"], cell_m), snap(table["n"], cell_m)
    zones = table.groupby(["n", "e", "zone"], as_index=False)[["residents", "area"]].sum()
    cells = zones.groupby(["n", "e"], as_index=False)["residents"].sum()
    # Rounded, since a sum in another order must not decide between two zones that hold the same.
    zones["residents"] = zones["residents"].round(6)
    zones = zones.sort_values(["n", "e", "residents", "area", "zone"], ascending=[True, True, False, False, True])
    first = zones.drop_duplicates(["n", "e"])
    names = territory.zones.index.to_numpy()[first["zone"].to_numpy()]
    return pd.DataFrame(
        {
            "e": cells["e"].to_numpy(),
            "n": cells["n"].to_numpy(),
            "residents": cells["residents"].to_numpy(),
            "zone": pd.array(names, dtype="str"),
            "cell": pd.array(cell_ids(cells["e"], cells["n"], cell_m, territory.crs), dtype="str"),
        },
    )
