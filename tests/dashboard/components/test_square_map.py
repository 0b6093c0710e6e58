"""The map's payload: what is sent says what was given, and what is left out is constant."""

import json
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from analytics import territory as territories
from analytics.plots.palette import density_breaks
from dashboard.components.square_map import STRING_KEYS, Choice, default_choice, registration, square_map
from dashboard.components.square_map.blocks import block_densities, blocks_layer, fact_months, shown
from dashboard.components.square_map.comparison import Scale
from dashboard.components.square_map.geometry import lines, shared_borders, squares
from dashboard.components.square_map.ground import ground_layer
from dashboard.components.square_map.layers import block_facts, map_payload
from dashboard.components.square_map.packing import pack, pack_lines, unpack, unpack_lines
from dashboard.components.square_map.payload import (
    CONSTANT,
    FEWER,
    SurfacePeriod,
    surface_layer,
)
from dashboard.components.square_map.periods import Span, month_number, spans
from tests.made_up import releases as made_up_releases
from tests.made_up import square_map as made_up

BREAKS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
JANUARY = Span(pd.Period("2025-01", "M"), pd.Period("2025-01", "M"))
YEAR = Span(pd.Period("2025-01", "M"), pd.Period("2025-12", "M"))
SOURCES = Path(registration.__file__).parent


def _cells(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"cell": [f"cell {i}" for i in range(count)], "residents": np.arange(count) * 10.0}
        | {"place": ["A" if i % 2 else "B" for i in range(count)]}
    )


def _corners(count: int) -> np.ndarray:
    e, n = np.arange(count) * 1000 + 4_016_000, np.full(count, 2_689_000)
    return made_up.corners(e, n, np.full(count, 1000))


def _period(span: Span, estimate: list[float], fewer: list[bool]) -> SurfacePeriod:
    values = np.array(estimate)
    return SurfacePeriod(span, values, values * 0.5, values * 1.5, np.full(len(values), 0.256), np.array(fewer))


def _surface(periods: dict[str, list[SurfacePeriod]], count: int) -> dict[str, Any]:
    label = lambda granularity, span: f"{granularity} {span.last}"  # noqa: E731
    return surface_layer(_cells(count), _corners(count), periods, Scale(1000, BREAKS, 5, label))


@given(st.lists(st.integers(0, 2**32 - 1)), st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"))))
def test_packing_loses_nothing(numbers: list[int], words: list[str]) -> None:
    assert unpack(pack(np.array(numbers, dtype=np.uint32)), "u4").tolist() == numbers
    assert unpack_lines(pack_lines(words)) == (words or [""])


def test_neighbours_share_their_corners() -> None:
    packed = squares(_corners(2))
    vertices = np.cumsum(unpack(packed["vertices"], "i4").reshape(-1, 2), axis=0) / 1e6
    quads = unpack(packed["quads"], "u4").reshape(2, 4)
    assert len(vertices) == 6
    assert len(set(quads[0]) & set(quads[1])) == 2
    np.testing.assert_allclose(vertices[quads], _corners(2), atol=1e-6)


def test_squares_are_tilted_and_fit_what_they_stand_on() -> None:
    southwest, southeast, northeast, northwest = _corners(1)[0]
    slope = np.degrees(np.arctan2(southeast[1] - southwest[1], (southeast[0] - southwest[0]) * np.cos(np.radians(47))))
    assert 1 < abs(slope) < 6
    assert shapely.Polygon([southwest, southeast, northeast, northwest]).is_valid


def test_borders_of_neighbours_are_drawn_once() -> None:
    both = shared_borders([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    assert both.length == pytest.approx(7)  # 8 if the common side were there twice


def test_lines_keep_rings_and_holes() -> None:
    ring = shapely.Polygon(shapely.box(0, 0, 1, 1).exterior, [shapely.box(0.4, 0.4, 0.6, 0.6).exterior])
    packed = lines(ring)
    assert unpack(packed["lengths"], "u4").tolist() == [5, 5]
    points = np.cumsum(unpack(packed["points"], "i4").reshape(-1, 2), axis=0) / 1e5
    assert shapely.Polygon(points[:5], [points[5:]]).equals(ring)


def test_periods_cover_all_months_and_cut_what_is_not_closed() -> None:
    found = spans(pd.period_range("2023-02", "2025-10", freq="M"))
    assert [len(found[name]) for name in ("month", "quarter", "year")] == [33, 12, 3]
    assert [len(found[name]) for name in ("last3", "last6", "last12")] == [31, 28, 22]
    assert (found["year"][0].months, found["year"][1].months, found["year"][2].months) == (11, 12, 10)
    assert found["quarter"][-1] == Span(pd.Period("2025-10", "M"), pd.Period("2025-10", "M"))
    assert all(span.months == 6 for span in found["last6"])


def test_a_short_release_has_no_long_windows() -> None:
    assert spans(pd.period_range("2025-01", "2025-02", freq="M"))["last3"] == []


def test_classes_follow_the_yearly_density_of_each_period() -> None:
    made = _surface({"month": [_period(JANUARY, [0.1, 0.5, 0], [True, True, True])],
                     "year": [_period(YEAR, [0.1, 6.0, 0.5], [True, False, False])]}, 3)  # fmt: skip
    month, year = (unpack(made["granularities"][name]["codes"], "u1") for name in ("month", "year"))
    active = unpack(made["active"], "u4").tolist()
    assert active == [0, 1, 2]
    assert month.tolist() == [FEWER + 2, FEWER + 4, CONSTANT]  # 1.2, 6 and none a year
    assert year.tolist() == [CONSTANT, 4, 1]


def test_only_cells_that_say_something_are_sent() -> None:
    made = _surface({"year": [_period(YEAR, [0.01, 3.0, 0.2], [True, True, True])]}, 3)
    assert unpack(made["active"], "u4").tolist() == [1]
    assert unpack(made["granularities"]["year"]["estimate"], "u2").tolist() == [30]
    assert made["squares"]["count"] == 3  # they can be hovered all the same
    assert unpack_lines(made["ids"]) == ["cell 0", "cell 1", "cell 2"]
    places = unpack_lines(made["places"])
    assert [places[i] for i in unpack(made["place"], "u2")] == ["B", "A", "B"]


def test_a_cell_of_next_to_nothing_is_not_painted_as_quiet() -> None:
    values = np.array([0.1, 0.1, 0.1])
    low, high = np.zeros(3), np.array([1.2, 4.0, 4.2])  # 4.2 may be five
    item = SurfacePeriod(YEAR, values, low, high, np.zeros(3), np.zeros(3, bool))
    assert unpack(_surface({"year": [item]}, 3)["active"], "u4").tolist() == [2]


def test_intervals_are_rounded_outwards() -> None:
    made = _surface({"year": [_period(YEAR, [13.0], [False])]}, 1)["granularities"]["year"]
    assert unpack(made["low"], "u2").tolist() == [6]
    assert unpack(made["high"], "u2").tolist() == [20]
    assert unpack(made["measured"], "u1").tolist() == [26]


def test_rounding_forgives_floating_point() -> None:
    item = SurfacePeriod(YEAR, np.array([7.0]), np.array([4.9999999999]), np.array([9.0000000001]), np.ones(1), np.zeros(1, bool))  # fmt: skip  # noqa: E501
    made = _surface({"year": [item]}, 1)["granularities"]["year"]
    assert (unpack(made["low"], "u2")[0], unpack(made["high"], "u2")[0]) == (5, 9)


def test_values_for_other_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values for 3 cells"):
        _surface({"year": [_period(YEAR, [1.0, 2.0], [False, False])]}, 3)


@given(st.lists(st.floats(0, 1e4), max_size=60))
def test_breaks_are_six_round_growing_numbers(densities: list[float]) -> None:
    breaks = density_breaks(np.array(densities))
    assert len(breaks) == 6
    assert all(low < high for low, high in pairwise(breaks))
    assert all(f"{value:e}"[0] in "125" for value in breaks)


def test_the_darkest_colour_holds_a_tenth_of_what_there_is() -> None:
    densities = np.concatenate([np.full(5000, 0.01), np.full(50, 8.0), [400.0]])
    breaks = density_breaks(densities)
    assert densities[densities >= breaks[-1]].sum() >= 0.1 * densities.sum()


def _facts(**columns: object) -> pd.DataFrame:
    base = {"area": "a", "period_start": "2025-01-01", "period_end": "2025-03-31", "period_level": "quarter", "n": 6}
    return pd.DataFrame({**base, "covered": 3, "partial": False, **columns})


def test_facts_are_shown_when_they_speak_of_the_period() -> None:
    facts = _facts(
        area=["quarter", "year", "rest of the year"],
        period_start="2025-01-01",
        period_end=["2025-03-31", "2025-12-31", "2025-12-31"],
        spoken=[0b111, 0b111111111111, 0b111111111000],
    )
    assert shown(facts, JANUARY)["area"].tolist() == ["quarter", "year"]
    assert shown(facts, Span(pd.Period("2025-04", "M"), pd.Period("2025-04", "M")))["area"].tolist() == ["year", "rest of the year"]  # fmt: skip  # noqa: E501
    assert shown(facts, Span(pd.Period("2024-02", "M"), pd.Period("2024-12", "M"))).empty
    assert len(shown(facts, YEAR)) == 3


def test_without_a_mask_a_fact_speaks_of_its_whole_period() -> None:
    facts = _facts(area=["a"], period_end=["2025-12-31"])
    assert fact_months(facts)["spoken"].tolist() == [0b111111111111]


@given(st.integers(0, 40), st.integers(0, 14), st.integers(0, 4095))
def test_the_mask_and_a_set_of_months_agree(start: int, length: int, mask: int) -> None:
    facts = _facts(area=["a"], period_start=["2025-01-01"], period_end=["2025-12-31"], spoken=[mask])
    first = pd.Period("2023-06", "M") + start
    span = Span(first, first + length)
    spoken = {month_number(pd.Period("2025-01", "M")) + i for i in range(12) if mask >> i & 1}
    wanted = set(range(month_number(span.first), month_number(span.last) + 1))
    assert len(shown(facts, span)) == bool(spoken & wanted)


def test_density_is_over_the_ground_that_is_covered() -> None:
    facts = _facts(area=["a", "b"], covered=[3, 12])  # 1 km2 for a quarter; 4 km2 for a quarter
    assert block_densities(facts, 1000).tolist() == [24, 6]
    assert block_densities(facts, 500).tolist() == [96, 24]


def test_blocks_are_painted_from_coarse_to_fine() -> None:
    facts = _facts(area=["fine", "coarse", "fine"], n=[5, 9, 7], partial=[False, True, False], nominal=[3, 30, 3])
    areas = pd.DataFrame({"area": ["fine", "coarse"], "size_m": [1000, 4000]})
    made = blocks_layer(facts, areas, _corners(2), cell_m=1000, label=lambda level, span: f"{level} {span.last}")
    assert unpack_lines(made["ids"]) == ["coarse", "fine"]
    assert unpack(made["square"], "u4").tolist() == [1, 0, 1]
    assert unpack(made["n"], "u4").tolist() == [5, 9, 7]
    assert unpack(made["share"], "u1").tolist() == [100, 10, 100]
    assert made["labels"] == ["quarter 2025-03"]


def test_a_partial_fact_never_claims_the_whole() -> None:
    facts = _facts(area=["a"], covered=[999], nominal=[1000], partial=[True])
    areas = pd.DataFrame({"area": ["a"], "size_m": [4000]})
    made = blocks_layer(facts, areas, _corners(1), cell_m=1000, label=lambda *_: "")
    assert unpack(made["share"], "u1").tolist() == [99]


def test_ground_without_communes() -> None:
    nothing = pd.DataFrame({"name": [], "lon": [], "lat": [], "population": []})
    made = ground_layer(shapely.box(6, 47, 7, 48), communes=[], commune_zones=pd.Series([], dtype="str"),
                        zones=pd.Series({"all": "Tout"}), labels=nothing)  # fmt: skip
    assert made["bounds"] == [6, 47, 7, 48]
    assert (made["zone_names"], made["names"]) == ([], [])
    json.dumps(made)


def test_zones_are_named_inside_themselves_and_small_ones_get_a_button() -> None:
    left, right = shapely.box(0, 0, 0.2, 1), shapely.box(0.2, 0, 1, 1)
    names = pd.DataFrame({"name": ["B", "A"], "lon": [0.1, 0.5], "lat": [0.5, 0.5], "population": [1, 9]})
    made = ground_layer(shapely.box(0, 0, 1, 1), communes=[left, right], commune_zones=pd.Series(["l", "r"]),
                        zones=pd.Series({"l": "Gauche", "r": "Droite"}), labels=names)  # fmt: skip
    (name, lon, lat, bounds), (_, _, _, large) = made["zone_names"]
    assert name == "Gauche"
    assert left.contains(shapely.Point(lon, lat))
    assert (bounds, large) == ([0, 0, 0.2, 1], None)
    assert [label[0] for label in made["names"]] == ["A", "B"]  # the most populous first


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    return made_up.payload(made_up.make(120))


def test_the_version_changes_with_the_content_only(small: dict[str, Any]) -> None:
    again = made_up.payload(made_up.make(120))
    other = made_up.payload(made_up.make(121))
    assert again["version"] == small["version"] != other["version"]


def test_the_payload_of_a_departement_stays_small() -> None:
    world = made_up.make(5600)
    size = len(json.dumps(made_up.payload(world)))
    assert size < 3_000_000


def test_the_map_starts_with_the_last_twelve_months(small: dict[str, Any]) -> None:
    assert default_choice(small) == Choice("last12", "2024-11", "2025-10")


def test_a_missing_text_is_named(small: dict[str, Any]) -> None:
    with pytest.raises(KeyError, match="play"):
        square_map(small, strings=dict.fromkeys(STRING_KEYS - {"play"}, ""), key="map")


def test_a_real_release_becomes_a_payload(tmp_path: Path) -> None:
    territory = territories.load(made_up_releases.territory_file(tmp_path))
    release = releases.read(made_up_releases.write(tmp_path / "release", territory))
    cells = territories.ground(territory, 1000)
    periods = {
        name: [_period(span, [span.months * 0.1] * len(cells), [False] * len(cells)) for span in items]
        for name, items in spans(releases.months(release)).items()
    }
    made = map_payload(release, territory, cells=cells, periods=periods, label=made_up.label)
    json.dumps(made)
    facts = block_facts(release, territory)
    assert made["blocks"]["count"] == len(facts) > 0
    assert facts["partial"].any()
    assert not facts["partial"].all()
    matrix, _ = releases.incidence(release, territory, "blocks")
    months = matrix.tocoo().coords[1] % len(releases.months(release))
    for fact in (0, len(facts) - 1):
        told = {pd.Period("2024-01", "M") + int(m) for m in months[matrix.tocoo().coords[0] == fact]}
        first = pd.Period(facts["period_start"].iloc[fact], "M")
        assert told == {first + i for i in range(12) if facts["spoken"].iloc[fact] >> i & 1}


def test_streamlit_finds_the_component_and_leaflet(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = BidiComponentManager()
    monkeypatch.setattr(registration, "get_bidi_component_manager", lambda: manager)
    registration.ensure_registered()
    for name, file in ((registration.NAME, "square_map.js"), (registration.LEAFLET, "leaflet.js")):
        folder = manager.get_component_path(name)
        assert folder is not None
        assert (Path(folder) / file).is_file()


def test_the_inner_project_has_the_name_of_the_distribution() -> None:
    inner = tomllib.loads((SOURCES / "pyproject.toml").read_text(encoding="utf-8"))
    outer = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    component = inner["tool"]["streamlit"]["component"]["components"][0]
    assert inner["project"]["name"] == outer["project"]["name"]
    assert f"{inner['project']['name']}.{component['name']}" == registration.NAME


def test_the_browser_reads_no_html_and_asks_for_nothing_outside() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in sorted((SOURCES / "assets").iterdir()))
    for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "fetch(", "https://"):
        assert danger not in written, danger


def test_a_page_hears_what_was_chosen_before_it_was_left() -> None:
    def page() -> None:
        import streamlit  # noqa: PLC0415

        from dashboard.components.square_map import square_map as shown_map  # noqa: PLC0415
        from tests.made_up import square_map as world  # noqa: PLC0415

        chosen = shown_map(world.payload(world.make(120)), strings=world.STRINGS, key="map")
        streamlit.text(f"{chosen.granularity} {chosen.last} {chosen.view} {chosen.cell}")

    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    assert app.text[0].value == "last12 2025-10 surface None"
    period = {"granularity": "month", "first": "2024-03", "last": "2024-03"}
    app.session_state["map"] = {"period": period, "view": "blocks", "cell": "CRS3035RES1000mN2689000E4016000"}
    app.run()
    assert not app.exception
    assert app.text[0].value == "month 2024-03 blocks CRS3035RES1000mN2689000E4016000"
