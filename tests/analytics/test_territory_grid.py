"""Laws of the nested grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from analytics import territory

SIZES = st.sampled_from([200, 250, 500, 1000, 2000, 4000, 8000])
COORDINATES = st.integers(-10_000_000, 10_000_000)
CRS = st.sampled_from(["EPSG:3035", "EPSG:2154", "EPSG:32617", "EPSG:2975"])


@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=20), SIZES, CRS)
def test_an_id_reads_back_as_its_cell(points: list[tuple[int, int]], size_m: int, crs: str) -> None:
    e, n = (territory.snap(axis, size_m) for axis in zip(*points, strict=True))
    read = territory.parse_cell_ids(territory.cell_ids(e, n, size_m, crs))
    assert read["e"].tolist() == e.tolist()
    assert read["n"].tolist() == n.tolist()
    assert (read["size_m"] == size_m).all()
    assert (read["crs"] == crs).all()


def test_ids_are_those_of_insee() -> None:
    ids = territory.cell_ids([4016000], [2689000], 1000, "EPSG:3035")
    assert ids.tolist() == ["CRS3035RES1000mN2689000E4016000"]


@given(COORDINATES, SIZES, st.integers(1, 8), st.integers(1, 4))
def test_a_cell_has_one_parent_at_each_multiple(value: int, size_m: int, times: int, more: int) -> None:
    cell = int(territory.snap(value, size_m))
    parent = int(territory.snap(cell, size_m * times))
    assert parent <= cell <= cell + size_m <= parent + size_m * times
    # Going up in two steps leads to the same cell as going up in one.
    assert territory.snap(parent, size_m * times * more) == territory.snap(value, size_m * times * more)


@given(st.floats(-1e7, 1e7), SIZES)
def test_snapping_goes_down_to_a_multiple(value: float, size_m: int) -> None:
    edge = int(territory.snap(value, size_m))
    assert edge % size_m == 0
    assert edge <= value < edge + size_m


@pytest.mark.parametrize(
    "wrong",
    ["", "CRS3035RES1000mN2689000", "1kmN2689E4016", "CRS3035RES1000mN2689000E4016000 ", "CRS3035RES-1mN0E0"],
)
def test_another_id_is_refused_in_one_sentence(wrong: str) -> None:
    with pytest.raises(territory.TerritoryError, match="is no cell id such as"):
        territory.parse_cell_ids(["CRS3035RES1000mN2689000E4016000", wrong])


def test_impossible_cells_are_refused() -> None:
    with pytest.raises(territory.TerritoryError, match="no multiple of 1000 m"):
        territory.cell_ids([4016200], [2689000], 1000, "EPSG:3035")
    with pytest.raises(territory.TerritoryError, match="positive number"):
        territory.snap([1], 0)
    with pytest.raises(territory.TerritoryError, match="missing or not finite"):
        territory.snap([1.0, np.nan], 200)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2272", "Europe", "EPSG:999999"])
def test_a_crs_that_carries_no_grid_is_refused(crs: str) -> None:
    with pytest.raises(territory.TerritoryError, match="coordinate system"):
        territory.corners_wgs84([0], [0], 1000, crs)


def test_squares_of_europes_grid_are_tilted_over_the_doubs() -> None:
    e, n = np.array([4_041_000, 4_090_000]), np.array([2_689_000, 2_720_000])
    corners = territory.corners_wgs84(e, n, 1000, "EPSG:3035")
    assert corners.shape == (2, 4, 2)
    geod = Geod(ellps="GRS80")
    south_west, south_east = corners[:, 0], corners[:, 1]
    azimuth, _, length = geod.inv(*south_west.T, *south_east.T)
    tilt = np.abs(90 - np.asarray(azimuth))
    assert ((tilt > 2) & (tilt < 4)).all()
    assert np.allclose(length, 1000, rtol=0.005)
    areas = [abs(geod.polygon_area_perimeter(*ring.T)[0]) for ring in corners]
    # The projection keeps areas: a square of the grid holds its square kilometre on the ground.
    assert np.allclose(areas, 1e6, rtol=1e-4)


def test_the_order_of_ids_is_kept() -> None:
    ids = ["CRS3035RES2000mN2688000E4016000", "CRS3035RES1000mN2689000E4016000"]
    read = territory.parse_cell_ids(pd.Series(ids))
    assert read["size_m"].tolist() == [2000, 1000]
