"""Filters keep what they say, places are named, and what a fact does not hold is told."""

import pandas as pd

from analytics import territory as territories
from dashboard import facts, places
from tests.dashboard.conftest import World


def test_every_fact_is_described_once(world: World) -> None:
    known = facts.described(world.release, world.territory)
    pd.testing.assert_frame_equal(known[world.release.facts.columns], world.release.facts)
    assert (known["covered"] <= known["nominal"]).all()
    assert (known["covered"] < known["nominal"]).any()
    assert (known.loc[known["table"] == "departement", "place"] == world.territory.name).all()
    assert (known.loc[known["table"] == "series", "place"] == "Toute la plaine").all()


def test_filters(world: World) -> None:
    known = facts.described(world.release, world.territory)
    met = facts.zones_met(known, world.territory, 1000)
    assert len(facts.chosen(known, met, facts.Filter())) == len(known)
    blocks = facts.chosen(known, met, facts.Filter(tables=("blocks",), levels=("1000",)))
    assert set(blocks["table"]) == {"blocks"}
    assert set(blocks["area_level"]) == {"1000"}
    first, last = pd.Period("2024-04", freq="M"), pd.Period("2024-05", freq="M")
    spring = facts.chosen(known, met, facts.Filter(first=first, last=last))
    assert len(spring)
    assert (spring["period_end"] >= "2024-04-01").all()
    assert (spring["period_start"] <= "2024-05-31").all()
    left_out = known.drop(spring.index)
    assert ((left_out["period_end"] < "2024-04-01") | (left_out["period_start"] > "2024-05-31")).all()
    assert len(facts.chosen(known, met, facts.Filter(zones=("all",)))) == len(known)
    assert facts.chosen(known, met, facts.Filter(zones=("elsewhere",))).empty


def test_a_ground_keeps_the_squares_that_hold_it_and_those_in_it(world: World) -> None:
    known = facts.described(world.release, world.territory)
    met = facts.zones_met(known, world.territory, 1000)
    small = known[(known["table"] == "blocks") & (known["area_level"] == "1000")]["area"].iloc[0]
    here = facts.chosen(known, met, facts.Filter(area=small))
    assert {"1000", "8000"} <= set(here["area_level"])
    e, n = territories.parse_cell_ids([small])[["e", "n"]].iloc[0]
    squares = territories.parse_cell_ids(here["area"])
    assert ((squares["e"] <= e) & (e < squares["e"] + squares["size_m"])).all()
    assert ((squares["n"] <= n) & (n < squares["n"] + squares["size_m"])).all()
    wide = here[here["area_level"] == "8000"]["area"].iloc[0]
    assert small in set(facts.chosen(known, met, facts.Filter(area=wide))["area"])
    assert set(facts.chosen(known, met, facts.Filter(area="all"))["area"]) == {"all"}
    assert set(facts.chosen(known, met, facts.Filter(area="XX"))["table"]) == {"departement"}
    assert facts.chosen(known, met, facts.Filter(area="CRS3035RES1000mN1000E1000")).empty


def test_places_of_the_doubs(root: object) -> None:
    doubs = territories.load(f"{root}/data/territory/doubs.toml")
    names = places.of_cells(doubs, 1000)
    assert len(names) == len(territories.ground(doubs, 1000))
    assert (names != "").all()
    # The cell of Besançon's citadel, and the square of 8 km around it.
    assert names["CRS3035RES1000mN2688000E4020000"] == "Besançon"
    found = places.of_areas(
        doubs, pd.Series(["CRS3035RES8000mN2688000E4016000", "CRS3035RES1000mN2688000E4020000"]), 1000
    )
    assert found["place"].to_list() == ["Besançon", "Besançon"]
    assert found["others"].iloc[0] > 0
    assert found["others"].iloc[1] == 0


def test_ground_without_communes_has_no_names(world: World) -> None:
    assert (places.of_cells(world.territory, 1000) == "").all()
    blocks = world.release.facts.query("table == 'blocks'")["area"]
    assert (places.of_areas(world.territory, blocks, 1000)["place"] == "").all()
    assert places.of_areas(world.territory, blocks.head(0), 1000).empty
