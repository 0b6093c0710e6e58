"""The map of chosen facts: drawn without a network, each square by its id, outlines of whatever has a ground."""

import re
from typing import Any

import folium
import pytest

from analytics import plots, territory
from analytics import release as releases
from analytics.exports import described
from analytics.plots import fact_map
from analytics.release import Release
from analytics.territory import Territory
from tests.made_up import releases as made_up

BREAKS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
World = tuple[Release, Territory]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    ground = territory.load(made_up.territory_file(folder))
    return releases.read(made_up.write(folder / "release", ground, months=12)), ground


def features(group: folium.FeatureGroup) -> list[dict[str, Any]]:
    layers = [child for child in group._children.values() if isinstance(child, folium.GeoJson)]  # noqa: SLF001
    return [feature for layer in layers for feature in layer.data["features"]]


def test_the_ground_asks_nothing_of_a_network_and_says_what_it_shows(world: World) -> None:
    release, ground = world
    said = fact_map.told(release, ground, breaks=BREAKS, view="blocks", caption="Faits <choisis>")
    html = str(plots.ground_map(ground, said).get_root().render())
    assert not re.findall(r"<(?:script|link|img)[^>]+https?:", html)
    assert "Faits &lt;choisis&gt;" in said["head"]
    assert "<choisis>" not in said["head"]
    assert said["label"].endswith("Faits <choisis>.")  # an attribute, set as text


def test_each_square_of_the_facts_is_drawn_once_and_known_by_its_id(world: World) -> None:
    release, ground = world
    known = described(release, ground)
    blocks = known[known["table"] == "blocks"]
    group = plots.fact_layer(blocks, release, ground, breaks=BREAKS)
    drawn = [feature["properties"]["cell"] for feature in features(group)]
    assert sorted(drawn) == sorted(blocks["area"].unique())
    assert features(plots.fact_layer(blocks.head(0), release, ground, breaks=BREAKS)) == []


@pytest.mark.parametrize("area", ["XX", "all", "CRS3035RES2000mN2688000E4016000"])
def test_whatever_has_a_ground_has_an_outline(world: World, area: str) -> None:
    group = plots.outline_layer([area], world[1])
    assert "LineString" in features(group)[0]["geometry"]["type"]


def test_what_has_no_ground_is_left_out(world: World) -> None:
    assert features(plots.outline_layer(["<b>nowhere</b>", ""], world[1])) == []
