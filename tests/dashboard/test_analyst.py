"""The analyst's page without a browser: filters and address agree, files hold what is shown, nothing else is run."""

import json
from collections.abc import Callable
from pathlib import Path

import altair as alt
import geopandas as gpd
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import exports
from analytics.commands import reading as commands
from analytics.statistics import concentration as measures
from analytics.statistics import surface
from dashboard import concentrated, facts, reading
from dashboard.catalogue import catalogue
from dashboard.components import (
    concentration,
    dropped_layers,
    fact_chart,
    fact_filters,
    steadiness,
    take_away,
)
from tests.dashboard.conftest import World
from tests.dashboard.test_views import Run, words

FRENCH, ENGLISH = catalogue("fr"), catalogue("en")
HEAD = FRENCH.under("column")


@pytest.fixture
def opened(world: World) -> reading.Reading:
    return reading.Reading(world.release, world.territory, "test")


@pytest.fixture
def square(world: World) -> str:
    blocks = world.release.facts.query("table == 'blocks' and area_level == '1000'")
    return str(blocks["area"].iloc[0])


def bookmarked(run: Run, **parameters: str) -> AppTest:
    app = run("analyst")
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def test_a_bookmark_brings_every_choice_back(run: Run, world: World, square: str) -> None:
    app = bookmarked(run, table="blocks,outlook", level="1000,8000", period="2024-04:2025-03", area=square)
    assert not app.exception
    assert app.multiselect(key="table").value == ["blocks", "outlook"]
    assert app.multiselect(key="level").value == ["1000", "8000"]
    known = facts.described(world.release, world.territory)
    months = {"first": pd.Period("2024-04", freq="M"), "last": pd.Period("2025-03", freq="M")}
    wanted = facts.Filter(("blocks", "outlook"), ("1000", "8000"), (), **months, area=square)
    expected = facts.chosen(known, facts.zones_met(known, world.territory, 1000), wanted)
    shown = app.dataframe[0].value
    assert 0 < len(shown) < len(known)
    assert shown[HEAD["area"]].to_list() == expected["area"].iloc[::-1].to_list()
    assert "Seulement le sol choisi" in words(app)
    app.button(key="reset").click().run()
    assert len(app.dataframe[0].value) == len(known)
    assert not app.query_params


@pytest.mark.parametrize(
    "parameters",
    [
        {"table": "rivers", "level": "3", "zone": "atlantis"},
        {"period": "yesterday"},
        {"period": "2031-01:2031-02"},
        {"period": "2025-03:2024-04"},
        {"area": "../../etc/passwd"},
        {"area": "<script>alert(1)</script>"},
        {"area": "CRS4326RES1000mN2689000E4016000"},
        {"view": "vault"},
    ],
)
def test_an_address_that_means_nothing_asks_for_everything(run: Run, world: World, parameters: dict[str, str]) -> None:
    app = bookmarked(run, **parameters)
    assert not app.exception
    assert len(app.dataframe[0].value) == len(world.release.facts)
    assert "script" not in words(app)


def test_a_choice_goes_into_the_address(run: Run) -> None:
    app = run("analyst")
    app.multiselect(key="table").set_value(["blocks"]).run()
    assert app.query_params["table"] == "blocks"
    app.multiselect(key="table").set_value([]).run()
    assert "table" not in app.query_params


def test_no_path_of_the_server_is_shown(run: Run, world: World) -> None:
    app = run("analyst")
    shown = words(app) + " ".join(block.value for block in app.code)
    assert str(world.folder.parent) not in shown
    assert "release.read('release')" in shown
    assert "territory.load('territory.toml')" in shown


def test_the_code_to_copy_runs_beside_the_release(
    world: World, opened: reading.Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_TERRITORY", str(world.file))
    monkeypatch.chdir(world.folder.parent)
    for says in (FRENCH, ENGLISH):
        names: dict[str, object] = {}
        exec(take_away.code(opened, says, first="2024-01", last="2025-10"), names)  # noqa: S102 - what one would paste
        published = names["published"]
        pd.testing.assert_frame_equal(published.facts, world.release.facts)  # type: ignore[attr-defined]


def test_the_command_to_copy_writes_the_same_as_the_page(
    world: World, opened: reading.Reading, square: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIGIE_TERRITORY", str(world.file))
    wanted = facts.Filter(
        ("blocks",), ("1000", "8000"), ("all",), pd.Period("2024-04", freq="M"), pd.Period("2025-03", freq="M"), square
    )
    words_of = take_away.command(opened, wanted, ENGLISH).replace("\\\n", " ").split()
    assert words_of[:5] == ["python", "-m", "analytics", "export", "release"]
    assert str(world.folder.parent) not in " ".join(words_of)
    options = dict(zip(words_of[5::2], words_of[6::2], strict=False))
    assert options["--area"] == square
    out = tmp_path / "vigie.gpkg"
    commands.export(
        world.folder,
        out,
        world.file,
        table=["blocks"],
        level=["1000", "8000"],
        zone=["all"],
        area=square,
        first="2024-04",
        last="2025-03",
        language="en",
        as_json=True,
    )
    estimate = surface.window(surface.fit(world.release, world.territory), "2024-04", "2025-03")
    assert exports.content(take_away.gathered(opened, wanted, estimate, ENGLISH), ".gpkg") == out.read_bytes()
    known = facts.described(world.release, world.territory)
    expected = facts.chosen(known, facts.zones_met(known, world.territory, 1000), wanted)
    assert gpd.read_file(out, layer="blocks")["order"].to_list() == expected["order"].to_list()


def test_the_chart_says_what_it_shows_and_marks_the_outlined(world: World, square: str) -> None:
    known = facts.described(world.release, world.territory)
    drawn = fact_chart.drawn(known, square, FRENCH)
    assert isinstance(drawn, alt.Chart)
    assert str(len(known)) in drawn.to_dict()["description"].replace("\u202f", "")
    frame = fact_chart.rows(known, FRENCH)
    assert (frame["end"] > frame["start"]).all()
    assert frame["n"].min() >= world.release.k
    split = known.head(4).assign(table="breakdown", attribute="category", value="street")
    assert len(fact_chart.told(pd.concat([known, split]))) == len(known)
    assert len(fact_chart.told(split)) == len(split)


def layer(folder: Path, name: str, content: object) -> None:
    place = folder / dropped_layers.FOLDER
    place.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (place / f"{name}.geojson").write_text(text, encoding="utf-8")


def collection(**feature: object) -> dict[str, object]:
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [6.0, 47.2]}, "properties": {}}
    return {"type": "FeatureCollection", "features": [point | feature]}


def test_a_notebooks_layer_is_drawn_and_named(run: Run, world: World, tmp_path: Path) -> None:
    folder = copied(world, tmp_path)
    layer(folder, "arrets_de_bus", collection())
    layer(folder, "casse", "{")
    app = run("analyst", release=folder)
    assert not app.exception
    assert "Calques déposés à côté de la publication : arrets de bus" in words(app)
    assert "ne peuvent pas être lus : casse" in words(app)
    assert str(tmp_path) not in words(app)


def copied(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    folder.mkdir()
    for file in world.folder.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


def found(world: World, tmp_path: Path) -> list[dropped_layers.Dropped]:
    release = type(world.release)(tmp_path, world.release.manifest, world.release.facts)
    return dropped_layers.found(release)


def test_a_dropped_layer_is_data_and_can_run_nothing(world: World, tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)>"
    layer(tmp_path, "bad", collection(properties={"nom": attack, "html": attack, "cell": attack}))
    dropped = found(world, tmp_path)[0]
    assert dropped.readable
    assert set(dropped.features[0]["properties"]) == {"html"}
    assert "<" not in dropped.features[0]["properties"]["html"]
    assert dropped_layers.group(dropped, "#000000").layer_name == "bad"
    naive = json.dumps(collection(properties={"nom": attack}))
    assert attack in naive
    assert attack not in json.dumps(dropped.features)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '"text"',
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": []},
        collection(geometry=None),
        collection(geometry={"type": "Point", "coordinates": [4020000, 2689000]}),
        collection(geometry={"type": "Point", "coordinates": ["a", "b"]}),
        collection(geometry={"type": "Teapot", "coordinates": [6, 47]}),
        '{"a":' * 20_000,
    ],
)
def test_what_is_no_layer_in_degrees_is_said_to_be_unreadable(world: World, tmp_path: Path, content: object) -> None:
    layer(tmp_path, "strange", content)
    assert [one.readable for one in found(world, tmp_path)] == [False]


def test_a_link_out_of_the_folder_and_a_heap_are_not_followed(world: World, tmp_path: Path) -> None:
    layer(tmp_path, "real", collection())
    place = tmp_path / dropped_layers.FOLDER
    (place / "link.geojson").symlink_to(place / "real.geojson")
    for number in range(20):
        layer(tmp_path, f"z{number:02}", collection())
    dropped = found(world, tmp_path)
    assert len(dropped) == dropped_layers.MOST
    assert not dropped[0].readable
    assert dropped[0].name == "link"


def concentration_of(estimate: float, reason: str) -> concentrated.Concentrated:
    captured = pd.DataFrame(
        {
            "area": [0.01],
            "cells": [2.56],
            "estimate": [estimate],
            "low": [0.5],
            "high": [0.9],
            "reason": [reason],
            "needed": pd.array([None if reason == "complete" else 5], dtype="Int64"),
        }
    )
    lorenz = measures.lorenz([5, 1, 0, 0]) if reason == "complete" else None
    gini = measures.Gini(0.9, 0.83, 0.8, 0.86) if reason == "complete" else None
    return concentrated.Concentrated(lorenz, captured, gini)


def test_concentration_is_told_with_its_intervals_or_not_at_all() -> None:
    told = concentration.sentences(concentration_of(0.75, "complete"), "octobre 2025", FRENCH)
    assert len(told) == 2
    assert "Octobre 2025" in told[0]
    assert "entre 50" in told[0]
    assert "0,83 (entre 0,80 et 0,86)" in told[1]
    little = concentration_of(float("nan"), "not_enough")
    told = concentration.sentences(little, "octobre 2025", FRENCH)
    assert len(told) == 1
    assert "au moins 5 signalements" in told[0]
    assert concentration.chart(little, FRENCH) is None


def steady(short: tuple[float, float, float], long: tuple[float, float, float]) -> pd.DataFrame:
    rows = [
        {"months": months, "pairs": 4, "overlap": mean, "overlap_low": low, "overlap_high": high, "hit_rate": 0.4}
        | {"low": 0.3, "high": 0.5, "reason": "complete", "needed": pd.NA}
        for months, (low, mean, high) in ((1, short), (12, long))
    ]
    return pd.DataFrame(rows).astype({"needed": "Int64"})


@pytest.mark.parametrize(
    ("short", "long", "said"),
    [
        ((0.3, 0.4, 0.5), (0.7, 0.8, 0.9), "la stabilité. Sur les dix premiers carreaux, 8,0 restent"),
        ((0.7, 0.8, 0.9), (0.3, 0.4, 0.5), "On ne gagne pas en stabilité"),
        ((0.3, 0.5, 0.8), (0.6, 0.8, 0.9), "n’est pas établi"),
    ],
)
def test_a_gain_is_named_only_if_the_intervals_part(
    short: tuple[float, float, float], long: tuple[float, float, float], said: str
) -> None:
    told = steadiness.sentences(steady(short, long), FRENCH)
    assert len(told) == 2
    assert said in told[0]
    assert "6 mois en arrière" in told[1]
    assert "un mois sur 12" in told[1]


def test_too_few_months_say_how_many_would_do() -> None:
    little = steady((0, 0, 1), (0, 0, 1)).assign(reason="not_enough", needed=[2, 36])
    assert steadiness.sentences(little, FRENCH) == [FRENCH.text("steadiness.not_enough", needed="2")]
    table = steadiness.rows(little, FRENCH)
    assert table[HEAD["again"]].isna().all()
    assert "36 mois" in table[HEAD["again_interval"]].iloc[1]
    assert steadiness.chart(little, FRENCH) is None


def test_a_second_click_on_the_same_square_takes_it_back(run: Run, square: str) -> None:
    app = bookmarked(run, area=square)
    assert app.session_state[fact_filters.AREA] == square
    app.button(key="whole-ground").click().run()
    assert app.session_state[fact_filters.AREA] is None
    assert "area" not in app.query_params


def test_the_page_speaks_english(run: Callable[..., AppTest]) -> None:
    app = bookmarked(run, lang="en")
    assert not app.exception
    assert "All published facts" in words(app)
    assert "Few cells, many reports" in words(app)
