"""Compare mode, clusters and what the map is asked from outside: what is sent says what was given."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.square_map import Choice, Cluster, told
from dashboard.components.square_map.choice import choice_of, state_of
from dashboard.components.square_map.clusters import clusters_data
from dashboard.components.square_map.comparison import Comparison, Scale
from dashboard.components.square_map.focus import bounds_of
from dashboard.components.square_map.packing import unpack
from dashboard.components.square_map.payload import CONSTANT, SurfacePeriod, surface_layer
from dashboard.components.square_map.periods import Span
from tests.made_up import square_map as made_up

BREAKS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
NOW = Span(pd.Period("2025-10", "M"), pd.Period("2025-10", "M"))
NOTHING = np.array([2, 2, 2], dtype=np.int8)


def _period(span: Span, estimate: list[float], *, fewer: bool = False) -> SurfacePeriod:
    values = np.array(estimate)
    return SurfacePeriod(span, values, values * 0.5, values * 1.5, np.zeros(3), np.full(3, fewer))


def _layer(comparison: Comparison | None, periods: int = 1) -> dict[str, Any]:
    cells = pd.DataFrame({"cell": ["a", "b", "c"], "residents": [10.0, 20.0, 30.0]})
    e = np.arange(3) * 1000 + 4_016_000
    corners = made_up.corners(e, np.full(3, 2_689_000), np.full(3, 1000))
    surface = {"month": [_period(Span(NOW.first + i, NOW.last + i), [3.0, 0, 0]) for i in range(periods)]}
    label = lambda name, span: f"{name} {span.last}"  # noqa: E731
    return surface_layer(cells, corners, surface, Scale(1000, BREAKS, 5, label), comparison)


def _before(estimate: list[float]) -> SurfacePeriod:
    return _period(Span(NOW.first - 12, NOW.last - 12), estimate)


def test_without_a_comparison_nothing_is_sent_of_it() -> None:
    assert _layer(None)["granularities"]["month"]["before"] is None
    assert _layer(Comparison({"month": [None]}, {"month": [None]}))["granularities"]["month"]["before"] is None


def test_the_period_before_is_sent_with_its_name_and_its_changes() -> None:
    change = np.array([1, -1, 0], dtype=np.int8)
    made = _layer(Comparison({"month": [_before([1.0, 8.0, 0])]}, {"month": [change]}))
    before = made["granularities"]["month"]["before"]
    assert before["labels"] == ["month 2024-10"]
    assert unpack(before["change"], "i1").tolist() == [1, -1, 0]
    assert unpack(before["estimate"], "u2").tolist() == [10, 80, 0]
    assert unpack(before["low"], "u2").tolist() == [0, 4, 0]
    assert unpack(before["high"], "u2").tolist() == [2, 12, 0]
    assert (made["seen"]["now"], made["seen"]["before"]) == (2025 * 12 + 9, 2024 * 12 + 9)


def test_a_cell_of_the_year_before_alone_is_sent_as_well() -> None:
    assert unpack(_layer(None)["active"], "u4").tolist() == [0]
    past = _layer(Comparison({"month": [_before([0, 8.0, 0])]}, {"month": [NOTHING]}))
    assert unpack(past["active"], "u4").tolist() == [0, 1]
    assert unpack(past["granularities"]["month"]["codes"], "u1").tolist()[1] == CONSTANT
    changed = np.array([2, 2, 0], dtype=np.int8)
    spoken = _layer(Comparison({"month": [_before([0, 0, 0])]}, {"month": [changed]}))
    assert unpack(spoken["active"], "u4").tolist() == [0, 2]


def test_periods_without_a_year_before_stay_without() -> None:
    change = np.array([0, 2, 2], dtype=np.int8)
    compared = Comparison({"month": [None, _before([1.0, 0, 0]), None]}, {"month": [None, change, None]})
    before = _layer(compared, periods=3)["granularities"]["month"]["before"]
    assert before["row"] == [-1, 0, -1]
    assert len(unpack(before["codes"], "u1")) == 1


def test_a_period_before_without_its_changes_is_not_compared() -> None:
    made = _layer(Comparison({"month": [_before([1.0, 0, 0])]}, {}))
    assert made["granularities"]["month"]["before"] is None


@pytest.mark.parametrize(
    ("before", "change", "said"),
    [
        ([], [], "0 periods before"),
        ([_before([1.0, 0, 0])], [NOTHING, NOTHING], "2 changes for 1 periods"),
        ([_before([1.0, 0, 0])], [NOTHING[:2]], "other cells"),
    ],
)
def test_what_is_not_aligned_is_refused(before: list[SurfacePeriod], change: list[Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        _layer(Comparison({"month": before}, {"month": change}))


def test_a_comparison_costs_less_than_the_surface_itself() -> None:
    world = made_up.make(2_000)
    alone, compared = (len(json.dumps(made_up.payload(world, compared=both))) for both in (False, True))
    assert compared < 2 * alone


def test_a_cluster_of_any_size_has_its_corners() -> None:
    area = "CRS3035RES4000mN2688000E4016000"
    made = clusters_data([Cluster("x", area, NOW.first, NOW.last, "1", "mots", "new")])
    assert (made[0]["first"], made[0]["last"], made[0]["label"], made[0]["words"]) == (24309, 24309, "1", "mots")
    wanted = made_up.corners(np.array([4_016_000]), np.array([2_688_000]), np.array([4000]))[0]
    np.testing.assert_allclose(made[0]["corners"], wanted, atol=1e-6)
    assert clusters_data([]) == []


def test_places_to_fly_to() -> None:
    payload = made_up.payload(made_up.make(120))
    assert bounds_of(None, payload) is None
    assert bounds_of("no such place", payload) is None
    west, south, east, north = bounds_of("west", payload) or [0.0] * 4
    assert west < east
    assert south < north
    square = bounds_of("CRS3035RES2000mN2688000E4016000", payload)
    assert square
    assert square[2] - square[0] == pytest.approx(0.028, abs=0.003)


def test_a_choice_survives_its_telling() -> None:
    choice = Choice("month", "2025-10", "2025-10", "change", "cell", compare=True)
    other = Choice("year", "2024-01", "2024-12")
    assert choice_of(state_of(choice), other) == choice
    assert choice_of({}, other) == other
    assert choice_of({"cell": None, "compare": None}, choice) == Choice(
        "month", "2025-10", "2025-10", "change", None, compare=True
    )


def _page() -> None:
    import streamlit  # noqa: PLC0415

    from dashboard.components.square_map import Choice as Asked  # noqa: PLC0415
    from dashboard.components.square_map import agree  # noqa: PLC0415
    from dashboard.components.square_map import square_map as shown_map  # noqa: PLC0415
    from tests.made_up import square_map as world  # noqa: PLC0415

    def heard() -> None:
        streamlit.session_state["heard"] = streamlit.session_state.get("heard", 0) + 1

    start = streamlit.session_state.get("start", Asked("month", "2025-10", "2025-10"))
    if agreed := streamlit.session_state.get("agreed"):
        agree("map", agreed)
    payload = world.payload(world.make(120))
    chosen = shown_map(payload, strings=world.STRINGS, key="map", start=start, on_change=heard)
    streamlit.text(repr(chosen))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_page, default_timeout=30).run()


def _choose(app: AppTest, choice: Choice) -> AppTest:
    app.session_state["map"] = state_of(choice)
    return app.run()


def _start(app: AppTest) -> dict[str, Any]:
    start: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)["start"]
    return start


def _asked(app: AppTest) -> int:
    return int(_start(app)["asked"])


APRIL, MAY = (Choice("month", month, month) for month in ("2025-04", "2025-05"))


def test_what_the_page_asks_for_wins_and_counts_as_asked(app: AppTest) -> None:
    app = _choose(app, APRIL)
    assert (app.text[0].value, _asked(app)) == (repr(APRIL), 0)
    app.session_state["start"] = MAY
    app.run()
    assert (app.text[0].value, _asked(app)) == (repr(MAY), 1)
    app.run()
    assert (app.text[0].value, _asked(app)) == (repr(MAY), 1)  # asked once
    assert "heard" not in app.session_state  # a page is not told what it has asked itself


def test_a_page_that_repeats_what_the_map_told_asks_for_nothing(app: AppTest) -> None:
    sent = _start(app)
    app = _choose(app, APRIL)
    app.session_state["start"] = APRIL
    app.run()
    assert _start(app) == sent  # and nothing is sent again
    app = _choose(app, MAY)  # and what is chosen since stays, though the start is an older one
    assert (app.text[0].value, _asked(app)) == (repr(MAY), 0)


def test_only_what_has_changed_in_a_start_is_followed(app: AppTest) -> None:
    app = _choose(app, MAY)
    app.session_state["start"] = Choice("month", "2025-10", "2025-10", cluster="g1")
    app.run()
    assert app.text[0].value == repr(Choice("month", "2025-05", "2025-05", cluster="g1"))
    assert (_start(app)["first"], _start(app)["cluster"], _start(app)["flight"]) == ("2025-05", "g1", True)


def test_a_cluster_that_is_asked_for_lets_the_chosen_square_go(app: AppTest) -> None:
    app = _choose(app, Choice("month", "2025-05", "2025-05", cell="CRS3035RES1000mN2689000E4016000"))
    app.session_state["start"] = Choice("month", "2025-10", "2025-10", cluster="g1")
    app.run()
    assert app.text[0].value == repr(Choice("month", "2025-05", "2025-05", cluster="g1"))


def test_a_place_to_fly_to_is_asked_for_though_nothing_else_changes(app: AppTest) -> None:
    app = _choose(app, MAY)
    app.session_state["start"] = Choice("month", "2025-10", "2025-10", focus="west")
    app.run()
    assert (app.text[0].value, _asked(app)) == (repr(MAY), 1)
    assert _start(app)["focus"]
    assert not _start(app)["flight"]


def test_before_anything_is_told_the_start_is() -> None:
    assert told("no such map", APRIL) == APRIL


@pytest.mark.parametrize("agreed", [True, False])
def test_a_run_that_was_broken_off_before_the_map_is_made_up_for(app: AppTest, *, agreed: bool) -> None:
    october = Choice("month", "2025-10", "2025-10")
    app.session_state["map"] = state_of(APRIL)  # told; and before the map was made again, its reader has gone back
    app.session_state["agreed"] = APRIL if agreed else None
    app.run()
    assert (app.text[0].value, _asked(app)) == ((repr(october), 1) if agreed else (repr(APRIL), 0))
