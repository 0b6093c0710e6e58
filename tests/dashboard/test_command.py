"""The commander's page: what is new, what stands out, a square's past beside the map, and all of it in the address."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import territory as territories
from analytics.release import Release
from analytics.statistics import StatisticsError, sums_of_ground, surface
from dashboard import reading
from dashboard.catalogue import catalogue
from dashboard.components import expected
from dashboard.components.command import clusters, outcomes, past, states
from dashboard.components.square_map.geometry import area_corners
from dashboard.reading import Reading
from tests.dashboard.conftest import World

FRENCH = catalogue("fr")
Run = Callable[..., AppTest]


@pytest.fixture
def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    monkeypatch.setenv("VIGIE_RELEASE", str(world.folder))
    monkeypatch.setenv("VIGIE_TERRITORY", str(world.file))
    st.cache_resource.clear()
    yield reading.opened()
    st.cache_resource.clear()


def busiest(release: Release, level: str) -> str:
    facts = release.facts[(release.facts["table"] == "blocks") & (release.facts["area_level"] == level)]
    return str(facts.groupby("area")["n"].sum().idxmax())


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html")).replace("\u00a0", " ").replace("\u202f", " ")


def scanned(area: str, **other: object) -> dict[str, object]:
    row: dict[str, object] = {
        "area": area,
        "area_level": "1000",
        "period_start": "2025-07-01",
        "period_end": "2025-09-30",
    }
    row |= {"period_level": "quarter", "observed": 9, "expected": 0.7, "p_value": 0.001, "llr": 15.0}
    return row | {"expectation": "residents"} | other


def test_the_first_lines_say_what_changed_before_any_chart(run: Run) -> None:
    app = run()
    assert not app.exception
    said = html(app)
    assert "vigie-news" in said
    assert "janvier à octobre 2025" in said
    assert "inhabituel" in said or "Alerte" in said


@pytest.mark.parametrize(
    ("query", "expected_state"),
    [
        ({"periode": "quarter.2025-07.2025-09"}, {"granularity": "quarter", "first": "2025-07", "last": "2025-09"}),
        ({"periode": "quarter.2031-07.2031-09"}, {"granularity": "last12", "first": "2024-11", "last": "2025-10"}),
        ({"periode": "<script>"}, {"granularity": "last12", "first": "2024-11", "last": "2025-10"}),
    ],
)
def test_a_bookmark_is_a_view_and_nonsense_is_the_usual_one(
    query: dict[str, str], expected_state: dict[str, str], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_RELEASE", str(world.folder))
    monkeypatch.setenv("VIGIE_TERRITORY", str(world.file))
    app = AppTest.from_file(str(Path(reading.ROOT) / "dashboard" / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    content = app.get("bidi_component")
    started = next(c.proto.json for c in content if '"start"' in c.proto.json)
    start = json.loads(started)["start"]
    assert {name: start[name] for name in expected_state} == expected_state


@pytest.mark.usefixtures("nothing_kept")
def test_a_search_that_cannot_be_made_is_not_told_as_one_that_found_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = reading.table

    def without(refused: bool) -> str:  # noqa: FBT001 - the two worlds of this test
        def given(opened: Reading, name: str) -> pd.DataFrame:
            if name not in {"hotspots", "states"}:
                return table(opened, name)
            if refused:
                raise StatisticsError("too young")
            columns = ["area", "area_level", "period_start", "period_end", "period_level", "p_value", "llr", "state"]
            return pd.DataFrame({column: [] for column in columns})

        monkeypatch.setattr(reading, "table", given)
        st.cache_resource.clear()
        app = run()
        assert not app.exception
        return html(app)

    assert "La recherche de foyers n’est pas possible" in without(refused=True)
    found_nothing = without(refused=False)
    assert "Aucun foyer n’est établi" in found_nothing
    assert "La recherche de foyers n’est pas possible" not in found_nothing


def test_what_is_chosen_in_the_map_goes_into_the_address(run: Run, world: World) -> None:
    app = run()
    area = busiest(world.release, "1000")
    app.session_state["map"] = {
        "period": {"granularity": "quarter", "first": "2025-07", "last": "2025-09"},
        "view": "surface",
        "cell": area,
        "compare": False,
        "cluster": None,
    }
    app.run()
    assert not app.exception
    assert any("Carreau choisi" in element.value for element in app.subheader)


@pytest.mark.parametrize("level", ["1000", "4000"])
def test_the_past_of_a_square_is_that_of_its_cells(opened: Reading, level: str) -> None:
    area = busiest(opened.release, level)
    found = past.of_square(opened, area, "year")
    assert found is not None
    fitted = reading.fitted(opened)
    square = territories.parse_cell_ids([area]).iloc[0]
    cells = reading.cells(opened)
    size = int(square["size_m"])
    mine = (territories.snap(cells["e"].to_numpy(), size) == square["e"]) & (
        territories.snap(cells["n"].to_numpy(), size) == square["n"]
    )
    for line in found.lines.to_dict("records"):
        wanted = sums_of_ground.months_between(fitted, line["first"], line["last"])
        assert line["estimate"] == pytest.approx(fitted.estimate[mine][:, wanted].sum())
    if level == "1000":
        window = surface.window(fitted, found.lines["first"].iloc[-1], found.lines["last"].iloc[-1])
        assert window.loc[mine, "high"].iloc[0] == found.lines["high"].iloc[-1]


@pytest.mark.parametrize("area", ["", "nowhere", "CRS3035RES1000mN1E1", "CRS3035RES1000mN0E0", "../etc", "25"])
def test_an_address_that_names_no_square_of_this_ground_gets_none(opened: Reading, area: str) -> None:
    assert past.of_square(opened, area, "year") is None


def test_clusters_are_told_in_words_and_in_order(opened: Reading) -> None:
    areas = [busiest(opened.release, "1000"), busiest(opened.release, "4000")]
    frame = pd.DataFrame(
        [
            scanned(areas[1], area_level="4000", period_start="2024-01-01", period_end="2024-12-31", p_value=0.014),
            scanned(areas[0]),
            scanned(areas[0], p_value=0.2, period_end="2025-06-30"),
        ]
    ).assign(period_level=["year", "quarter", "quarter"])
    found = clusters.found(frame, opened, FRENCH)
    assert [cluster.drawn.area for cluster in found] == areas  # the newest first, and none that may be chance
    assert [cluster.drawn.label for cluster in found] == ["1", "2"]
    words = found[1].words.replace("\u00a0", " ").replace("\u202f", " ")
    assert "9 signalements distincts, pour 0,7 attendu" in words
    assert "14 fois sur 1 000" in words
    assert len(clusters.rows(found, FRENCH)) == 2
    assert clusters.found(frame.iloc[:0], opened, FRENCH) == []


def test_no_cluster_is_told_whose_p_is_above_the_level(opened: Reading) -> None:
    frame = pd.DataFrame([scanned(busiest(opened.release, "1000"), p_value=0.051)])
    assert clusters.found(frame, opened, FRENCH) == []


def test_states_name_places_and_leave_out_the_calm(opened: Reading) -> None:
    areas = [busiest(opened.release, "1000"), busiest(opened.release, "4000")]
    named = states.named(pd.DataFrame({"area": areas, "state": ["new", "calm"]}), opened, FRENCH)
    assert list(named) == ["new"]
    assert [area for area, _ in named["new"]] == areas[:1]


def test_alarms_are_one_sentence() -> None:
    table = pd.DataFrame(
        {
            "area": ["25", "a", "b"],
            "month": "2025-10",
            "reason": ["judged", "judged", "not_said"],
            "observed": [13, 9, None],
            "expected": [14.9, 2.1, None],
            "alarm": [False, True, False],
        }
    )
    names = {"25": "Doubs", "a": "Besançon", "b": "Pontarlier"}
    rings = expected.alarms(table, names, FRENCH)
    assert "Besançon" in rings
    assert "Doubs" not in rings
    assert "survient de temps à autre" in rings
    calm = expected.alarms(table.assign(alarm=False), names, FRENCH)
    assert "rien d’inhabituel n’est établi" in calm
    assert "Pontarlier" not in calm
    assert "on ne peut dire d’aucune zone" in expected.alarms(table.assign(reason="not_said"), names, FRENCH)


def test_outcomes_are_floors_and_what_is_not_said_is_no_zero(opened: Reading) -> None:
    found = outcomes.years(opened.release, FRENCH)
    assert [year.name for year in found] == ["année 2024", "janvier à octobre 2025"]
    rows = outcomes.rows(found, FRENCH)
    assert "0" not in set(rows.to_numpy().ravel())
    assert set(rows[found[0].name]) >= {"non dit"}
    assert outcomes.chart(found, FRENCH).to_dict()["description"]
    assert outcomes.delays(found, FRENCH).empty


def test_a_clusters_ground_is_where_the_map_draws_it(opened: Reading) -> None:
    area = busiest(opened.release, "4000")
    corners = area_corners([area])[0]
    known = reading.cells(opened)
    square = territories.parse_cell_ids([area]).iloc[0]
    inside = known[(known["e"] // 4000 * 4000 == square["e"]) & (known["n"] // 4000 * 4000 == square["n"])]
    ground = territories.corners_wgs84(inside["e"], inside["n"], opened.release.cell_m, opened.territory.crs)
    middle = ground.mean(axis=1)
    assert (middle > corners.min(axis=0)).all()
    assert (middle < corners.max(axis=0)).all()
    assert np.isfinite(corners).all()
