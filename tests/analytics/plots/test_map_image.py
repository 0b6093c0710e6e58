"""The still map: four states that differ, the same bytes each time, and nothing that runs."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics import release as releases
from analytics import territory as territories
from analytics.plots import palette
from analytics.plots.map_image import Picture, map_svg
from analytics.release import Release
from analytics.statistics import surface
from analytics.territory import Territory
from tests.made_up import releases as made_up

RUN = (pd.Period("2024-11", "M"), pd.Period("2025-10", "M"))
TEXTS = {"unit": "a", "published": "b", "estimated": "c", "nothing": "d", "outside": "e"}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Territory, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("map")
    ground = territories.load(made_up.territory_file(folder))
    told = releases.read(made_up.write(folder / "release", ground, months=22))
    return told, ground, surface.window(surface.fit(told, ground, 0), *RUN)


def test_the_same_input_gives_the_same_bytes(drawn: tuple[Release, Territory, pd.DataFrame]) -> None:
    told, ground, window = drawn
    once, again = (map_svg(told, ground, window, RUN, Picture(None, {}, TEXTS)) for _ in range(2))
    assert once == again


def test_the_picture_holds_no_script_no_request_and_no_date(drawn: tuple[Release, Territory, pd.DataFrame]) -> None:
    told, ground, window = drawn
    svg = map_svg(told, ground, window, RUN, Picture(None, {}, TEXTS))
    ET.fromstring(svg)  # noqa: S314 - our own
    assert "<script" not in svg
    assert "<dc:date>" not in svg
    linked = re.findall(r'href="([^"]*)"', svg)
    assert all(target.startswith("#") for target in linked)


def test_each_state_has_a_look_of_its_own(drawn: tuple[Release, Territory, pd.DataFrame]) -> None:
    told, ground, window = drawn
    svg = map_svg(told, ground, window, RUN, Picture(None, {}, TEXTS)).lower()
    assert "<pattern" in svg  # nothing may be said
    assert f"fill: {palette.OUTSIDE}" in svg
    assert any(f"fill: {colour}" in svg for colour in palette.DENSITY)
    assert f"stroke: {palette.INK}" in svg  # published


def test_a_cell_under_k_is_left_to_the_hatching(drawn: tuple[Release, Territory, pd.DataFrame]) -> None:
    told, ground, window = drawn
    nothing = window.assign(estimate=0.0, said="fewer_than_k")
    full = map_svg(told, ground, window, RUN, Picture(None, {}, TEXTS), breaks=(1, 2, 5, 10, 20, 50))
    bare = map_svg(told, ground, nothing, RUN, Picture(None, {}, TEXTS), breaks=(1, 2, 5, 10, 20, 50))
    assert len(bare) < len(full)


def test_an_area_is_framed_and_its_squares_are_numbered(drawn: tuple[Release, Territory, pd.DataFrame]) -> None:
    told, ground, window = drawn
    west, south, east, north = ground.outline.bounds
    part = shapely.box(west, south, (west + east) / 2, (south + north) / 2)
    corners = np.array([[west, south], [west + 0.02, south], [west + 0.02, south + 0.02], [west, south + 0.02]])
    plain = map_svg(told, ground, window, RUN, Picture(part, {}, TEXTS))
    marked = map_svg(told, ground, window, RUN, Picture(part, {1: corners}, TEXTS))
    assert palette.ACCENT in plain
    assert palette.ACCENT not in map_svg(told, ground, window, RUN, Picture(None, {}, TEXTS))
    assert len(marked) > len(plain)


def test_bounds_are_written_as_asked(drawn: tuple[Release, Territory, pd.DataFrame]) -> None:
    told, ground, window = drawn
    asked: list[float] = []

    def write(value: float) -> str:
        asked.append(value)
        return "x"

    map_svg(told, ground, window, RUN, Picture(None, {}, TEXTS, write), breaks=(1, 2, 5, 10, 20, 50))
    assert asked == [1, 2, 5, 10, 20, 50]
