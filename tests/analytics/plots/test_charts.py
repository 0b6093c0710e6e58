import json
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from analytics import plots
from analytics.statistics import trends
from tests.made_up import laddered


def chart(zone: list[int], **options: Any) -> dict[str, Any]:  # noqa: ANN401
    release = laddered.release({"a": np.array(zone)}, first="2024-01", **options)
    monthly, sums = trends.monthly(release, "a"), trends.sums(release, "a")
    spec: dict[str, Any] = json.loads(plots.series_chart(monthly, sums, area="Zone <A>", k=5).to_json())
    return spec


def rows(spec: dict[str, Any], column: str) -> list[dict[str, Any]]:
    return next(data for data in spec["datasets"].values() if column in data[0])


def test_every_month_is_drawn_once_published_or_not_said() -> None:
    spec = chart([7, 3, 0, 9, 5, 4])
    months = rows(spec, "published")
    assert [row["published"] for row in months] == [True, False, False, True, True, False]
    assert [row["count"] for row in months] == [7, None, None, 9, 5, None]
    hidden = [row for row in months if not row["published"]]
    assert {(row["low"], row["high"], row["n"], row["bounds"]) for row in hidden} == {(0.0, 4.0, "–", "4 au plus")}
    assert {row["kind"] for row in months} == {
        "Publié, avec son intervalle à 95 %",
        "Non dit : moins de 5, ou retenu",
    }
    assert months[0]["bounds"] == "de 2,8 à 14,4"
    assert months[0]["month"] == "janvier 2024"


def test_what_was_not_said_differs_by_shape_as_well_as_by_colour() -> None:
    marks = [layer["mark"] for layer in chart([7, 3, 0])["layer"]]
    assert [mark.get("strokeDash") for mark in marks] == [[3, 2], None, None]
    assert [mark["type"] for mark in marks] == ["bar", "bar", "point"]


def test_a_sum_is_marked_at_the_mean_of_its_months() -> None:
    spec = chart([2, 3, 2, 9, 9, 9])
    assert [row["mean"] for row in rows(spec, "mean")] == pytest.approx([7 / 3] * 3)
    assert rows(spec, "mean")[0]["sum"] == "7 sur 3 mois (janvier – mars 2024)"
    assert chart([7, 8, 9])["layer"][-1]["mark"]["type"] == "point"


def test_a_month_that_nothing_bounds_is_drawn_to_the_top_and_says_so() -> None:
    months = rows(chart([9, 9], residents={"a": 20.0}), "published")
    assert {row["bounds"] for row in months} == {"rien ne le borne"}
    assert {row["state"] for row in months} == {"Non dit, et rien ne le borne"}


def test_a_chart_speaks_french_and_describes_itself() -> None:
    spec = chart([7, 3, 0, 9, 5, 4])
    assert spec["description"] == (
        "Série mensuelle des signalements distincts, Zone <A>, janvier 2024 à juin 2024 : 3 mois publiés, "
        "3 mois non dits (moins de 5, ou retenus). Les mois publiés vont de 5 à 9."
    )
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    assert spec["config"]["locale"]["time"]["months"][1] == "février"
    assert "http" not in json.dumps({k: v for k, v in spec.items() if k != "$schema"})


def test_a_series_of_no_month_is_drawn_too() -> None:
    empty = trends.monthly(laddered.release({"a": np.array([9])}), "a").iloc[:0]
    assert plots.series_chart(empty, None, area="A", k=5).to_dict()["description"] == "Aucun mois clos"


def test_a_notebook_s_charts_load_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = alt.renderers.active
    monkeypatch.setattr("analytics.plots.charts.find_spec", lambda _: None)
    try:
        assert plots.offline_charts() == "vegalite"
        spec = alt.Chart(pd.DataFrame({"a": [1]}), description="Un point").mark_point().encode(x="a:Q")
        bundle = spec._repr_mimebundle_()
        assert set(bundle) == {"application/vnd.vegalite.v6+json", "text/plain"}
        assert bundle["text/plain"] == "Un point"
    finally:
        alt.renderers.enable(before)


def test_no_layer_is_empty_for_screen_readers_to_stumble_over() -> None:
    assert [layer["mark"]["type"] for layer in chart([7, 8, 9])["layer"]] == ["bar", "point"]
    assert [layer["mark"].get("strokeDash") for layer in chart([1, 2, 1])["layer"]] == [[3, 2]]
