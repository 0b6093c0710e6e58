"""The ground of the Doubs and of a box: cells, inhabitants, zones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from analytics import territory

ROOT = Path(__file__).parents[2]
DOUBS = ROOT / "data" / "territory" / "doubs.toml"
CHARLOTTESVILLE = ROOT / "tests" / "data" / "charlottesville" / "territory.toml"
SHARED = ROOT.parent / "shared" / "data"
CENSUS = SHARED / "doubs_census2021_1km.csv"
REPORTS = SHARED / "charlottesville_drug_reports.csv"


@cache
def doubs() -> territory.Territory:
    return territory.load(DOUBS)


@cache
def box() -> territory.Territory:
    return territory.load(CHARLOTTESVILLE)


def corner_polygons(cells: pd.DataFrame, size_m: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    corners = territory.corners_wgs84(cells["e"], cells["n"], size_m, "EPSG:3035")
    return np.asarray(shapely.polygons(corners))


def test_the_doubs_is_whole() -> None:
    here = doubs()
    assert (here.code, here.crs, here.base_cell_m) == ("25", "EPSG:3035", 200)
    assert len(here.communes) == 563
    assert here.communes["population"].sum() == 539_067
    assert here.outline.geom_type == "Polygon"
    assert len(here.outline.interiors) == 0
    area = abs(Geod(ellps="GRS80").geometry_area_perimeter(here.outline)[0]) / 1e6
    # 5,234 km2 is the area of the land register; the ellipsoid's, lakes and rivers included, is a little more.
    assert area == pytest.approx(5_256, abs=1)
    assert area == pytest.approx(5_234, rel=0.005)


def test_communes_do_not_overlap() -> None:
    shapes = doubs().communes.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).sum() == pytest.approx(doubs().outline.area)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [("25223", 5.97210, 46.99120), ("25390", 6.44885, 46.99799), ("25364", 6.13089, 47.17904)],
)
def test_the_three_gaps_went_to_their_commune(code: str, lon: float, lat: float) -> None:
    communes = doubs().communes.set_index("code")
    assert communes.geometry[code].contains(shapely.Point(lon, lat))


@pytest.mark.parametrize("size_m", [200, 600, 1000, 2000, 8000])
def test_ground_has_one_sorted_row_a_cell(size_m: int) -> None:
    cells = territory.ground(doubs(), size_m)
    assert list(cells.columns) == ["e", "n", "residents", "zone", "cell"]
    assert cells["cell"].is_unique
    assert cells.equals(cells.sort_values(["n", "e"], ignore_index=True))
    assert str(cells["e"].dtype) == str(cells["n"].dtype) == "int64"
    assert (cells["residents"] >= 0).all()
    assert set(cells["zone"]) == {"besancon", "montbeliard", "pontarlier", "gendarmerie"}
    assert territory.ground(doubs(), size_m) is cells


@settings(deadline=None, max_examples=12)
@given(st.sampled_from([200, 400, 600, 1000]), st.sampled_from([1, 2, 3, 5]))
def test_cells_nest_and_keep_their_inhabitants(size_m: int, times: int) -> None:
    fine, coarse = territory.ground(doubs(), size_m), territory.ground(doubs(), size_m * times)
    parents = pd.DataFrame(
        {"e": territory.snap(fine["e"], size_m * times), "n": territory.snap(fine["n"], size_m * times)},
    )
    summed = fine["residents"].groupby([parents["n"], parents["e"]]).sum()
    assert summed.index.tolist() == list(zip(coarse["n"], coarse["e"], strict=True))
    assert np.allclose(summed, coarse["residents"], atol=1e-6)
    assert fine["residents"].sum() == pytest.approx(539_067, abs=1)


@pytest.mark.parametrize("size_m", [0, -200, 100, 250, 500, 1100])
def test_a_size_that_is_no_multiple_of_the_base_cell_is_refused(size_m: int) -> None:
    with pytest.raises(
        territory.TerritoryError, match=f"A cell of {size_m} m is no multiple of the base cell of 200 m"
    ):
        territory.ground(doubs(), size_m)


def test_cells_lie_on_a_commune_as_they_are_drawn() -> None:
    besancon = doubs().communes.set_index("code").geometry["25056"]
    cells = territory.ground(doubs(), 1000)
    squares = corner_polygons(cells, 1000)
    inside = shapely.intersection(squares, besancon)
    # The squares that are drawn, tilted in degrees, hold the commune exactly once: no gap between them, no overlap.
    assert shapely.area(inside).sum() == pytest.approx(besancon.area, rel=1e-6)
    assert shapely.covers(shapely.union_all(squares[shapely.area(inside) > 0]).buffer(1e-7), besancon)
    # Upright rectangles in degrees would not.
    west, south, east, north = shapely.bounds(squares).T
    upright = shapely.area(shapely.intersection(shapely.box(west, south, east, north), besancon)).sum()
    assert upright > 1.05 * besancon.area


def test_the_same_overlay_holds_in_metres() -> None:
    besancon = territory.reproject(doubs().communes.set_index("code").geometry["25056"], "EPSG:4326", "EPSG:3035")
    cells = territory.ground(doubs(), 200)
    share = shapely.area(shapely.intersection(territory.squares(cells["e"], cells["n"], 200), besancon)) / 200**2
    assert share.sum() * 0.04 == pytest.approx(besancon.area / 1e6, rel=1e-9)
    # A cell mostly in the commune, the only one of its zone, is of that zone save where the neighbours are denser.
    assert (cells["zone"][share > 0.99] == "besancon").all()
    assert (cells["zone"][share == 0] != "besancon").all()


def test_every_cell_shares_ground_with_the_outline_and_none_is_forgotten() -> None:
    cells = territory.ground(doubs(), 1000)
    outline = territory.reproject(doubs().outline, "EPSG:4326", "EPSG:3035")
    inside = shapely.area(shapely.intersection(territory.squares(cells["e"], cells["n"], 1000), outline))
    assert (inside > 0).all()
    assert inside.sum() == pytest.approx(outline.area, rel=1e-9)


def test_each_commune_has_one_zone() -> None:
    zones = territory.zone_of_commune(doubs())
    assert zones.index.is_unique
    assert len(zones) == 563
    assert zones["25056"] == "besancon"
    assert zones["25388"] == zones["25031"] == zones["25580"] == zones["25057"] == "montbeliard"
    assert zones["25462"] == "pontarlier"
    assert zones["25223"] == "gendarmerie"
    assert set(zones) == set(doubs().zones.index)


@pytest.mark.parametrize("name", ["Besançon", "Pontarlier", "Montbéliard", "Les Fins", "L'Isle-sur-le-Doubs"])
def test_labels_stand_in_their_commune(name: str) -> None:
    label = doubs().labels.query("name == @name").iloc[0]
    commune = doubs().communes.set_index("name").geometry[name]
    assert commune.contains(shapely.Point(label["lon"], label["lat"]))
    assert doubs().labels["population"].is_monotonic_decreasing


def test_a_box_has_the_inhabitants_of_its_densities() -> None:
    cells = territory.ground(box(), 500)
    disc = np.pi * 4**2
    assert cells["residents"].sum() == pytest.approx(1000 * disc + 50 * (40**2 - disc), rel=1e-4)
    assert cells["residents"].max() == pytest.approx(250)
    assert (cells["zone"] == "all").all()
    assert len(box().communes) == len(box().labels) == len(territory.zone_of_commune(box())) == 0
    corners = territory.corners_wgs84(cells["e"], cells["n"], 500, "EPSG:32617")
    met = shapely.intersects(shapely.polygons(corners), box().outline)
    assert met.all()


@pytest.mark.skipif(not REPORTS.exists(), reason=f"the real file {REPORTS} is not here")
def test_the_box_lies_around_the_median_of_the_real_reports() -> None:
    reports = pd.read_csv(REPORTS).dropna(subset=["lat", "lon"])
    points = territory.reproject(shapely.points(reports["lon"], reports["lat"]), "EPSG:4326", "EPSG:32617")
    ground = box().shapes[0]
    assert np.allclose(np.median(shapely.get_coordinates(points), axis=0), ground.centroid.coords[0], atol=0.01)
    assert shapely.covers(ground, points).all()


@pytest.mark.skipif(not CENSUS.exists(), reason=f"the census extract {CENSUS} is not here")
def test_interpolated_inhabitants_are_near_those_of_the_census() -> None:
    census = territory.load(DOUBS, CENSUS)
    figures = {}
    for size_m in (1000, 2000, 4000, 8000):
        true, guess = territory.ground(census, size_m), territory.ground(doubs(), size_m)
        assert true["cell"].equals(guess["cell"])
        people = true["residents"].to_numpy()
        spread = guess["residents"].to_numpy() * people.sum() / guess["residents"].sum()
        figures[size_m] = (np.abs(spread - people).sum() / 2 / people.sum(), np.corrcoef(spread, people)[0, 1])
    # The figures of docs/territoire.md.
    assert [round(100 * misplaced) for misplaced, _ in figures.values()] == [29, 19, 11, 7]
    assert [round(r, 2) for _, r in figures.values()] == [0.79, 0.86, 0.95, 0.97]


@pytest.mark.skipif(not CENSUS.exists(), reason=f"the census extract {CENSUS} is not here")
def test_a_census_grid_counts_border_cells_by_their_ground() -> None:
    census = territory.load(DOUBS, CENSUS)
    table = pd.read_csv(CENSUS)
    cells = territory.ground(census, 1000).set_index("cell")
    outline = territory.reproject(doubs().outline, "EPSG:4326", "EPSG:3035")
    corners = territory.parse_cell_ids(table["GRD_ID"])
    share = shapely.area(shapely.intersection(territory.squares(corners["e"], corners["n"], 1000), outline)) / 1e6
    inside = pd.Series(table["T"].to_numpy() * share, index=table["GRD_ID"])[share > 1e-9]
    assert np.allclose(cells["residents"].reindex(inside.index), inside)
    assert cells["residents"].sum() == pytest.approx(inside.sum())
    # Finer cells share the inhabitants of theirs by ground.
    fine = territory.ground(census, 200)
    assert fine["residents"].sum() == pytest.approx(inside.sum())
    assert "doubs_census2021_1km.csv" in census.sources[-1]
