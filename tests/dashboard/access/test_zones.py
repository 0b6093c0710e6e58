"""Whoever answers for one zone gets no fact, cell, row or name of another, whoever else has read before."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from analytics.restricted import restricted
from analytics.statistics import StatisticsError
from dashboard import reading
from dashboard.access.reader import Reader
from dashboard.components.command import past
from dashboard.components.square_map import packing
from dashboard.components.square_map.layers import block_facts
from dashboard.components.square_map.periods import Span
from dashboard.problem import Problem
from dashboard.reading import Reading
from tests.made_up.counties import COMMUNES, NAMES, County

SPAN = Span(pd.Period("2025-01", freq="M"), pd.Period("2025-06", freq="M"))
Reads = Callable[..., Reading]


@pytest.fixture
def reads(county: County, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Open the release as somebody who is limited to some zones, or to none."""
    monkeypatch.setenv("VIGIE_TERRITORY", str(county.file))

    def opened(*zones: str, audience: str = "prevention") -> Reading:
        reader = Reader("x", audience, audience, zones or None, getattr(county, audience))
        monkeypatch.setattr("dashboard.reading.access.current", lambda: reader)
        return reading.opened()

    return opened


def everything(opened: Reading) -> str:
    """All that pages are given, as one text."""
    told = [
        reading.facts(opened).to_csv(),
        reading.zones_met(opened).to_csv(),
        reading.blocks(opened).to_csv(),
        reading.cells(opened).to_csv(),
        reading.window(opened, SPAN).to_csv(),
        opened.territory.zones.to_csv(),
        pd.DataFrame(opened.territory.communes.drop(columns="geometry")).to_csv(),
        opened.territory.labels.to_csv(),
        *(reading.table(opened, name).to_csv() for name in ("hotspots", "states", "alerts", "forecasts")),
        unpacked(reading.payload(opened)),
    ]
    return "\n".join(told)


def unpacked(payload: Any) -> str:  # noqa: ANN401
    """Write what the map is told with its packed lines of text laid open."""

    def opened(node: Any) -> Any:  # noqa: ANN401
        if isinstance(node, dict):
            lines = {key: packing.unpack_lines(node[key]) for key in ("ids", "places") if key in node}
            return {key: opened(value) for key, value in node.items()} | lines
        return node

    return json.dumps(opened(payload), ensure_ascii=False)


def traces(text: str, county: County, zone: str) -> list[str]:
    """What a text holds of a zone: its id, its name, its communes, its cells."""
    names = [f",{zone}\n", f'"{zone}"', NAMES[zone], *COMMUNES[zone], *county.cells(zone)]
    return [name for name in names if name in text]


@pytest.mark.slow
@pytest.mark.parametrize(("mine", "other"), [("west", "east"), ("east", "west")])
def test_nothing_of_another_zone_is_given(mine: str, other: str, reads: Reads, county: County) -> None:
    assert traces(everything(reads(mine)), county, other) == []
    # The same search in what somebody without a limit is given finds all of it.
    assert len(traces(everything(reads()), county, other)) > len(county.cells(other))


def test_an_address_that_asks_for_anothers_square_gets_none(reads: Reads, county: County) -> None:
    """The past of a square is looked up by what the address says, and anybody can write an address."""
    foreign = min(county.cells("east"))
    theirs = reads("east").release.facts
    wide = theirs.loc[theirs["area_level"].isin(["2000", "4000"]), "area"].iloc[0]
    for area in (foreign, wide):
        assert past.of_square(reads(), area, "year") is not None
    officer = reads("west")
    for area in (foreign, wide):
        assert past.of_square(officer, area, "year") is None
    assert past.of_square(officer, min(county.cells("west")), "year") is not None


def test_one_readers_view_is_never_anothers(reads: Reads, county: County) -> None:
    """Whoever came before, in whatever order: the caches hold each view under its own name."""
    first = {zones: everything(reads(*zones)) for zones in [(), ("west",), ("east",)]}
    again = {zones: everything(reads(*zones)) for zones in [("east",), (), ("west",)]}
    assert first == again
    assert traces(again["west",], county, "east") == []


def test_a_cache_that_goes_by_the_release_alone_hands_over_the_others_numbers(
    reads: Reads, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: under keys of the files alone, the first reader's view is what everybody gets."""
    careful = reading.opened
    monkeypatch.setattr(reading, "opened", lambda: replace(careful(), key="the files"))
    try:
        whole = [give(reads()).to_csv() for give in (reading.facts, reading.cells, reading.blocks)]
        handed = [give(reads("west")).to_csv() for give in (reading.facts, reading.cells, reading.blocks)]
    finally:
        st.cache_resource.clear()
    assert handed == whole
    assert all(traces(text, county, "east") for text in handed)


def test_the_facts_are_those_that_lie_wholly_inside(reads: Reads, county: County) -> None:
    opened = reads("west")
    expected = restricted(county.release, county.territory, ["west"]).facts
    pd.testing.assert_frame_equal(opened.release.facts, expected)
    crossing = set(county.release.facts["area"]) - set(expected["area"]) - set(reads("east").release.facts["area"])
    assert crossing - {county.territory.code}, "no square of this county lies in both zones"


def test_the_wholes_numbers_are_what_is_cut_down(reads: Reads) -> None:
    """A view is computed from no part: a cell has the same estimate for everybody, a block the same months."""
    whole = reads()
    estimates, blocks = reading.window(whole, SPAN).set_index("cell"), reading.blocks(whole).set_index("order")
    own = reads("east")
    mine, mine_blocks = reading.window(own, SPAN).set_index("cell"), reading.blocks(own).set_index("order")
    columns = ["estimate", "low", "high", "measured", "said"]
    pd.testing.assert_frame_equal(mine[columns], estimates.loc[mine.index, columns])
    assert (mine_blocks["spoken"] == blocks.loc[mine_blocks.index, "spoken"]).all()
    for name, found in reading.periods(own).items():
        assert all(len(period.estimate) == len(mine) for period in found), name
    period = next(p for p in reading.periods(own)["quarter"] if str(p.span.first) == "2025-01")
    again = reading.window(own, period.span)
    assert (again["estimate"].to_numpy() == period.estimate).all()


def test_months_read_from_the_part_alone_would_be_others(reads: Reads) -> None:
    """Why blocks are cut down and not computed from the view: an unseen wide fact has told some of their months."""
    own = reads("west")
    naive = block_facts(own.release, own.territory)["spoken"].to_numpy()
    careful = reading.blocks(own)["spoken"].to_numpy()
    assert len(naive) == len(careful)
    assert (naive & careful == careful).all()
    assert (naive != careful).any()


def test_cells_stand_in_the_same_order_everywhere(reads: Reads, county: County) -> None:
    own = reads("west")
    assert reading.cells(own)["cell"].to_list() == reading.window(own, SPAN)["cell"].to_list()
    assert set(reading.cells(own)["cell"]) == county.cells("west")
    assert set(reading.cells(own)["place"]) <= set(COMMUNES["west"])
    assert np.isfinite(reading.cells(own)["residents"]).all()


def test_a_table_about_the_whole_territory_is_not_given(reads: Reads) -> None:
    assert len(reading.table(reads(), "steadiness"))
    for name in ("steadiness", "draws"):
        with pytest.raises(StatisticsError, match="whole territory"):
            reading.table(reads("west"), name)


def test_the_surface_to_add_up_in_is_the_same_for_everybody(reads: Reads) -> None:
    whole = reading.fitted(reads())
    own = reads("west")
    assert reading.fitted(own) is reading.fitted(own.whole) is whole
    mine = whole.cells["zone"].isin(own.territory.zones.index).to_numpy()
    assert whole.estimate[mine].sum() == pytest.approx(whole.estimate[(whole.cells["zone"] == "west").to_numpy()].sum())
    reads("east")
    with pytest.raises(Problem):
        reading.fitted(own.whole)


def test_every_zone_is_the_whole(reads: Reads) -> None:
    opened = reads("east", "west")
    assert not opened.limited
    assert "departement" in set(opened.release.facts["table"])


def test_a_zone_that_is_not_there_is_a_problem(reads: Reads) -> None:
    with pytest.raises(Problem) as raised:
        reads("north")
    assert raised.value.kind == "strange_zone"


def test_the_release_must_be_that_of_the_audience(
    county: County, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reads(audience="command").release.manifest["audience"] == "command"
    mixed_up = Reader("x", "prevention", "prevention", None, Path(county.command))
    monkeypatch.setattr("dashboard.reading.access.current", lambda: mixed_up)
    with pytest.raises(Problem) as raised:
        reading.opened()
    assert raised.value.kind == "audience"


@pytest.mark.parametrize("give", [reading.cells, reading.facts, reading.blocks, reading.payload, reading.periods])
def test_what_was_opened_for_one_reader_is_given_to_no_other(give: Callable[[Reading], object], reads: Reads) -> None:
    """A part of a page runs again without passing the door: what it asks for is asked about again."""
    opened = reads()
    give(opened)
    reads("west")
    with pytest.raises(Problem):
        give(opened)
