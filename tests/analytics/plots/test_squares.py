import dataclasses

import numpy as np
import pandas as pd
import pytest

from analytics import territory as territories
from analytics.plots import palette, squares
from analytics.plots.texts import FRENCH
from tests.analytics.plots.conftest import Drawable

BREAKS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def surface_features(drawn: Drawable, window: pd.DataFrame) -> dict[str, dict[str, object]]:
    density = squares.surface_density(window, drawn.release.cell_m, 12)
    found = squares.surface_squares(
        window, drawn.release, drawn.territory, rank=palette.classes(density, BREAKS), texts=FRENCH
    )
    return {feature["id"]: feature for feature in found["features"]}


def test_squares_are_tilted_as_the_grid_is(doubs: Drawable) -> None:
    features = surface_features(doubs, doubs.window)
    cells = territories.parse_cell_ids(features)
    corners = territories.corners_wgs84(cells["e"], cells["n"], 1000, doubs.territory.crs)
    for feature, expected in zip(features.values(), corners, strict=True):
        ring = np.array(feature["geometry"]["coordinates"][0])  # type: ignore[index]
        np.testing.assert_allclose(ring[:4], expected, atol=1e-5)
        assert ring[0].tolist() == ring[4].tolist()
        assert ring[0][1] != ring[1][1]  # an upright rectangle would have both on one parallel


def test_ground_of_which_nothing_may_be_said_is_not_painted(drawable: Drawable) -> None:
    """A pale colour would call it quiet."""
    cells = drawable.window.iloc[:4].assign(residents=100.0, measured=0.5, said="estimate")
    window = cells.assign(estimate=[0.01, 0.1, 3.0, 9.0], low=[0, 0, 0, 5], high=[0, 7, 4, 14])
    features = surface_features(drawable, window)
    names = window["cell"].tolist()
    assert names[0] not in features
    looks = {cell: features[cell]["properties"]["look"] for cell in names[1:]}  # type: ignore[index]
    assert looks == {names[1]: "q0", names[2]: "q4", names[3]: "q5"}
    html = {cell: str(features[cell]["properties"]["html"]) for cell in names[1:]}  # type: ignore[index]
    assert "Entre 0 et 7" in html[names[1]]
    assert "Moins de 5, peut-être aucun" in html[names[2]]
    assert "Entre 5 et 14" in html[names[3]]
    assert "<strong>9,0</strong> signalements estimés" in html[names[3]]
    assert "Part mesurée : 50 %" in html[names[3]]


def test_no_hover_text_lies_within_one_and_k(doubs: Drawable) -> None:
    for feature in surface_features(doubs, doubs.window).values():
        html = str(feature["properties"]["html"])  # type: ignore[index]
        if "Entre" in html:
            assert int(html.split("Entre ")[1].split(" et ")[1].split("<", maxsplit=1)[0]) >= doubs.release.k


def test_a_cell_is_named_after_the_commune_of_its_middle(doubs: Drawable) -> None:
    cells = doubs.window.nlargest(1, "estimate")
    assert squares.places(cells, doubs.territory, 1000) == ["Besançon"]


def test_names_are_not_read_as_html(doubs: Drawable) -> None:
    communes = doubs.territory.communes.assign(name="<script>alert(1)</script>")
    fields = {f.name: getattr(doubs.territory, f.name) for f in dataclasses.fields(doubs.territory) if f.init}
    spoiled = dataclasses.replace(doubs, territory=territories.Territory(**{**fields, "communes": communes}))
    features = surface_features(spoiled, doubs.window)
    assert features
    assert not [f for f in features.values() if "<script" in str(f["properties"])]


def test_blocks_tell_exactly_the_facts_of_the_months(drawable: Drawable) -> None:
    facts = squares.block_facts(drawable.release, drawable.territory, drawable.first, drawable.last)
    whole = drawable.release.facts[drawable.release.facts["table"] == "blocks"]
    within = whole[whole["period_start"] >= f"{drawable.first}-01"]
    assert set(within["order"]) == set(facts["order"])
    earlier = squares.block_facts(
        drawable.release, drawable.territory, pd.Period("2024-01", "M"), pd.Period("2024-03", "M")
    )
    assert set(earlier["order"]).isdisjoint(whole.loc[whole["period_start"] >= "2024-04-01", "order"])
    found = squares.block_squares(facts, drawable.release, drawable.territory, breaks=BREAKS, texts=FRENCH)
    assert {feature["id"] for feature in found["features"]} == set(facts["area"])
    summed = facts.groupby("area")["n"].sum()
    covered = facts.groupby("area")["covered"].sum()
    density = squares.block_density(facts, 1000)
    assert density.to_dict() == pytest.approx((summed / (covered / 12)).to_dict())


def test_coarse_squares_are_hatched_and_lie_below_fine_ones(drawable: Drawable) -> None:
    facts = squares.block_facts(drawable.release, drawable.territory, drawable.first, drawable.last)
    found = squares.block_squares(facts, drawable.release, drawable.territory, breaks=BREAKS, texts=FRENCH)
    sizes = territories.parse_cell_ids(feature["id"] for feature in found["features"])["size_m"].to_numpy()
    assert len(set(sizes)) > 1
    assert (np.diff(sizes) <= 0).all()
    for size, feature in zip(sizes, found["features"], strict=True):
        assert feature["properties"]["look"][0] == ("q" if size == 1000 else "h")
    partial = set(facts.loc[facts["partial"], "area"])
    told = {feature["id"] for feature in found["features"] if FRENCH["partial"] in feature["properties"]["html"]}
    assert told <= partial
    assert told or not partial
