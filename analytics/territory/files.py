"""Reading a territory: its TOML file, the outlines and the inhabitants beside it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analytics.territory.grid import TerritoryError, parse_cell_ids, projected_crs, reproject, window
from analytics.territory.ground import Territory, parts
from analytics.territory.overlay import covered

_WGS84 = "EPSG:4326"
_COMMUNE_COLUMNS = ["code", "name", "population", "lon", "lat"]


def load(path: str | Path, census: str | Path | None = None) -> Territory:
    """Read a territory file.

    Parameters
    ----------
    path
        TOML file; the files that it names lie beside it, or are given with an absolute path.
    census
        Census grid in the layout of Eurostat's census of 2021, in place of the one that the file names, if any.

    Returns
    -------
    Territory
        Ready for `ground`.

    Raises
    ------
    TerritoryError
        One sentence, when a file is missing or says something impossible.
    """
    path = Path(path)
    settings = _toml(path)
    try:
        kind = settings["ground"]["kind"]
        projected_crs(settings["crs"])
        if int(settings["base_cell_m"]) <= 0:
            raise TerritoryError(f"{path.name}: base_cell_m must be a positive number of metres.")
        if kind == "communes":
            return _of_communes(path, settings, census)
        if kind == "box":
            return _of_box(path, settings)
    except KeyError as missing:
        raise TerritoryError(f"{path.name} does not say {missing.args[0]!r}.") from missing
    raise TerritoryError(f"{path.name}: the ground {kind!r} is neither 'communes' nor 'box'.")


def read_census(path: str | Path, crs: str) -> pd.DataFrame:
    """Read inhabitants in the layout of Eurostat's census grid of 2021.

    Parameters
    ----------
    path
        CSV file with the columns GRD_ID (INSEE id of the cell) and T (inhabitants); others are left aside.
    crs
        CRS of the territory's grid, which the ids must name.

    Returns
    -------
    pandas.DataFrame
        e, n, size_m (int64, metres) and residents (float64), a row a cell.

    Raises
    ------
    TerritoryError
        When the file is missing, has other columns, another CRS or several cell sizes.
    """
    path = Path(path)
    table = _csv(path, ["GRD_ID", "T"], {"GRD_ID": "str"})
    cells = parse_cell_ids(table["GRD_ID"])
    if cells.empty:
        raise TerritoryError(f"The census grid {path.name} holds no cell.")
    others = cells.loc[cells["crs"] != crs, "crs"]
    if len(others):
        raise TerritoryError(f"The census grid {path.name} has cells in {others.iloc[0]}, the territory is in {crs}.")
    if (cells["size_m"] != cells["size_m"].iloc[0]).any():
        raise TerritoryError(f"The census grid {path.name} must hold cells of one size.")
    counts = pd.to_numeric(table["T"], errors="coerce")
    # Negative or empty marks a number that the statistical office does not give: nobody is known to live there.
    cells["residents"] = counts.fillna(0.0).clip(lower=0.0).astype("float64")
    if cells.duplicated(["e", "n"]).any():
        raise TerritoryError(f"The census grid {path.name} holds a cell twice.")
    return cells.drop(columns="crs")


def _of_communes(path: Path, settings: dict[str, Any], census: str | Path | None) -> Territory:
    """Build a territory from the outlines of its communes."""
    ground = settings["ground"]
    communes = _communes(path.parent / ground["communes"])
    zones, zone_of = _zones(path, settings, communes["code"])
    communes["zone"] = communes["code"].map(zone_of).astype("str")
    shapes = reproject(communes.geometry.to_numpy(), _WGS84, settings["crs"])
    zone_shapes = tuple(shapely.union_all(shapes[communes["zone"] == zone]) for zone in zones.index)
    grid = Path(census) if census else path.parent / ground["census"] if "census" in ground else None
    sources = list(settings.get("sources", []))
    if grid:
        residents = read_census(grid, settings["crs"])
        sources.append(ground.get("census_source", f"Recensement, population par carreau : {grid.name}"))
    else:
        residents = _residents(path.parent / ground["residents"], int(ground["residents_cell_m"]))
    outline = shapely.union_all(communes.geometry.to_numpy())
    territory = _territory(settings, zones, communes, outline, zone_shapes, sources, residents)
    return _inside(territory) if grid else territory


def _of_box(path: Path, settings: dict[str, Any]) -> Territory:
    """Build a territory that is a square around a point, with densities by distance."""
    ground = settings["ground"]
    crs, base = settings["crs"], int(settings["base_cell_m"])
    centre_e, centre_n = ground["centre"]
    half = ground["side_m"] / 2
    box = shapely.box(centre_e - half, centre_n - half, centre_e + half, centre_n + half)
    communes = _typed(gpd.GeoDataFrame(dict.fromkeys(_COMMUNE_COLUMNS, ()), geometry=gpd.GeoSeries([], crs=_WGS84)))
    communes["zone"] = communes["code"]
    zones, _ = _zones(path, settings, pd.Series([], dtype="str"))
    if len(zones) != 1:
        raise TerritoryError(f"{path.name}: a box is one zone, not {len(zones)}.")
    # Straight sides of the grid bend in degrees: points every kilometre keep the drawn outline on its cells.
    outline = reproject(shapely.segmentize(box, 1000.0), crs, _WGS84)
    residents = _by_distance(path, box, shapely.Point(centre_e, centre_n), ground["density"], base)
    return _territory(settings, zones, communes, outline, (box,), list(settings.get("sources", [])), residents)


def _territory(
    settings: dict[str, Any],
    zones: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    outline: Any,  # noqa: ANN401
    shapes: tuple[Any, ...],
    sources: list[str],
    residents: pd.DataFrame,
) -> Territory:
    """Put a territory together."""
    labels = communes[["name", "lon", "lat", "population"]].sort_values("population", ascending=False, kind="stable")
    return Territory(
        code=str(settings["code"]),
        name=settings["name"],
        crs=settings["crs"],
        base_cell_m=int(settings["base_cell_m"]),
        zones=zones,
        communes=communes,
        outline=outline,
        labels=pd.DataFrame(labels).reset_index(drop=True),
        sources=tuple(sources),
        notes=tuple(settings.get("notes", [])),
        residents=residents,
        shapes=shapes,
    )


def _zones(path: Path, settings: dict[str, Any], codes: pd.Series[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read the zones: their names, and the zone of each commune."""
    listed = settings["zones"]
    zone_of: dict[str, str] = {}
    known = set(codes)
    for zone in listed:
        for code in zone.get("communes", []):
            if code not in known:
                raise TerritoryError(f"{path.name}: zone {zone['id']!r} names the commune {code}, which is not there.")
            if code in zone_of:
                raise TerritoryError(f"{path.name}: the commune {code} is in two zones.")
            zone_of[code] = zone["id"]
    rest = settings.get("rest")
    left = [code for code in codes if code not in zone_of]
    if left and rest is None:
        raise TerritoryError(f"{path.name}: the commune {left[0]} is in no zone, and no rest is named.")
    named = [*listed, rest] if rest and left else list(listed)
    zone_of.update(dict.fromkeys(left, rest["id"] if rest else ""))
    zones = pd.DataFrame({"name": [z["name"] for z in named]}, index=pd.Index([z["id"] for z in named], name="zone"))
    if zones.index.has_duplicates:
        raise TerritoryError(f"{path.name}: two zones have the same id.")
    return zones, zone_of


def _communes(path: Path) -> gpd.GeoDataFrame:
    """Read the outlines of communes, sorted by code."""
    if not path.is_file():
        raise TerritoryError(f"The file of communes {path} is missing.")
    communes = gpd.read_file(path)
    missing = [column for column in _COMMUNE_COLUMNS if column not in communes.columns]
    if missing:
        raise TerritoryError(f"The file of communes {path.name} has no column {missing[0]!r}.")
    communes = _typed(communes.to_crs(_WGS84)[[*_COMMUNE_COLUMNS, "geometry"]])
    return communes.sort_values("code", ignore_index=True)


def _typed(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return communes with the same column types whatever the file, and where there are none."""
    return communes.astype(
        {"code": "str", "name": "str", "population": "int64", "lon": "float64", "lat": "float64"},
    )


def _residents(path: Path, size_m: int) -> pd.DataFrame:
    """Read the inhabitants per cell that the build script wrote (e, n, residents: those inside the territory)."""
    table = _csv(path, ["e", "n", "residents"], {"e": "int64", "n": "int64", "residents": "float64"})
    return table.assign(size_m=np.int64(size_m))[["e", "n", "size_m", "residents"]]


def _inside(territory: Territory) -> Territory:
    """Keep of each census cell the inhabitants of its ground inside the territory, by area."""
    grid = territory.residents
    size_m = int(grid["size_m"].iloc[0])
    land = parts(territory, size_m).groupby(["e", "n"])["area"].sum() / size_m**2
    kept = grid.join(land.rename("share"), on=["e", "n"], how="inner")
    kept["residents"] *= kept["share"].clip(upper=1.0)
    if not kept["residents"].sum():
        raise TerritoryError(f"The census grid has no inhabitant on the ground of {territory.name}.")
    inside = kept.drop(columns="share").reset_index(drop=True)
    return replace(territory, residents=inside)


def _by_distance(path: Path, box: Any, centre: Any, density: list[dict[str, float]], base_m: int) -> pd.DataFrame:  # noqa: ANN401
    """Return inhabitants per base cell of a box from densities by distance of its centre, nearest first, by area."""
    rings = sorted(density, key=lambda ring: ring.get("within_m", np.inf))
    if not rings or "within_m" in rings[-1]:
        raise TerritoryError(f"{path.name}: the last density must have no within_m, since it holds for all the rest.")
    e, n = window(box.bounds, base_m)
    cells = pd.MultiIndex.from_arrays([e, n], names=["e", "n"])
    residents = pd.Series(0.0, index=cells)
    taken = shapely.Polygon()
    for ring in rings:
        disc = centre.buffer(ring["within_m"], quad_segs=90) if "within_m" in ring else box
        reach = shapely.intersection(disc, box)
        found = covered(shapely.difference(reach, taken), base_m).set_index(["e", "n"])["area"]
        residents = residents.add(found * (ring["per_km2"] / 1e6), fill_value=0.0)
        taken = reach
    table = residents[residents > 0].rename("residents").reset_index()
    return table.assign(size_m=np.int64(base_m))[["e", "n", "size_m", "residents"]]


def _toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, or say in one sentence why not."""
    try:
        with path.open("rb") as handle:
            return tomllib.load(handle)
    except OSError as error:
        raise TerritoryError(f"The territory file {path} cannot be read.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TerritoryError(f"The territory file {path} is no TOML: {error}.") from error


def _csv(path: Path, columns: list[str], types: dict[str, str]) -> pd.DataFrame:
    """Read some columns of a CSV file, or say in one sentence why not."""
    if not path.is_file():
        raise TerritoryError(f"The file of inhabitants {path} is missing.")
    try:
        return pd.read_csv(path, usecols=columns, dtype=types)[columns]
    except (ValueError, UnicodeDecodeError) as error:
        raise TerritoryError(f"The file of inhabitants {path.name} cannot be read: {error}.") from error
