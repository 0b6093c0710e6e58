"""Sums of the surface over ground: they meet what is published, widen what is under k, and add up."""

import numpy as np
import pandas as pd
import pytest

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.statistics import StatisticsError, levels, priorities, rhythm, surface
from analytics.statistics.sums_of_ground import NOWHERE, grouped, months_between, over
from analytics.statistics.surface import Surface
from analytics.territory import Territory
from tests.made_up import releases as made_up

FIRST, LAST = pd.Period("2024-11", "M"), pd.Period("2025-10", "M")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return territories.load(made_up.territory_file(tmp_path_factory.mktemp("ground")))


@pytest.fixture(scope="module")
def told(ground: Territory, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return releases.read(made_up.write(tmp_path_factory.mktemp("told") / "release", ground, months=22))


@pytest.fixture(scope="module")
def fitted(told: Release, ground: Territory) -> Surface:
    return surface.fit(told, ground)


def everything(fitted: Surface) -> np.ndarray:
    return grouped(fitted, np.zeros(len(fitted.cells), dtype=np.int64), dict.fromkeys(fitted.zones, 0))


def test_the_whole_is_the_published_total(told: Release, fitted: Surface) -> None:
    months = told.facts.query("table == 'departement' and period_level == 'month' and period_start >= '2024-11'")
    assert len(months) == 12
    found = over(fitted, everything(fitted), months_between(fitted, FIRST, LAST)).iloc[0]
    assert found["estimate"] == pytest.approx(months["n"].sum(), abs=1e-3)
    assert found["low"] <= months["n"].sum() <= found["high"]


def test_a_group_of_one_cell_is_the_window_of_that_cell(fitted: Surface) -> None:
    window = surface.window(fitted, FIRST, LAST)
    found = over(fitted, grouped(fitted, np.arange(len(fitted.cells))), months_between(fitted, FIRST, LAST))
    pd.testing.assert_frame_equal(
        found, window[["estimate", "low", "high", "measured", "said"]], check_dtype=False, atol=1e-9
    )


def test_the_interval_of_a_sum_is_narrower_than_the_sum_of_intervals(fitted: Surface) -> None:
    wanted = months_between(fitted, FIRST, LAST)
    inside = np.where(fitted.cells["residents"] > fitted.cells["residents"].median(), 0, NOWHERE)
    one = over(fitted, grouped(fitted, inside), wanted).iloc[0]
    each = surface.window(fitted, FIRST, LAST)[inside == 0]
    assert one["high"] - one["low"] < (each["high"] - each["low"]).sum()


def test_what_lies_under_k_is_said_to_lie_under_k(fitted: Surface) -> None:
    window = surface.window(fitted, FIRST, LAST)
    quiet = int(np.flatnonzero(window["said"] == "fewer_than_k")[0])
    alone = np.where(np.arange(len(window)) == quiet, 0, NOWHERE)
    found = over(fitted, grouped(fitted, alone), months_between(fitted, FIRST, LAST)).iloc[0]
    assert (found["low"], found["high"], found["said"]) == (0, fitted.k - 1, "fewer_than_k")


def test_without_draws_the_interval_is_wider_and_holds_the_estimate(
    told: Release, ground: Territory, fitted: Surface
) -> None:
    plain, wanted = surface.fit(told, ground, 0), months_between(fitted, FIRST, LAST)
    by_moments, by_draws = (over(s, everything(s), wanted).iloc[0] for s in (plain, fitted))
    assert by_moments["low"] <= by_moments["estimate"] <= by_moments["high"]
    assert by_moments["high"] - by_moments["low"] >= by_draws["high"] - by_draws["low"]


def test_groups_of_another_surface_are_refused(fitted: Surface) -> None:
    with pytest.raises(StatisticsError, match="Give a group"):
        over(fitted, np.zeros(3, dtype=np.int64), months_between(fitted, FIRST, LAST))


def test_squares_add_up_to_the_area_and_only_founded_ones_are_listed(ground: Territory, fitted: Surface) -> None:
    wanted = months_between(fitted, FIRST, LAST)
    mine = np.ones(len(fitted.cells), dtype=bool)
    found = priorities.squares(fitted, ground, mine, wanted)
    assert found["residents"].sum() == pytest.approx(fitted.cells["residents"].sum())
    assert found["estimate"].sum() == pytest.approx(fitted.estimate[:, wanted].sum())
    bare = priorities.reasoned(found, pd.DataFrame(), pd.DataFrame(), since=FIRST)
    listed = priorities.listed(bare)
    assert 0 < len(listed) <= priorities.MOST
    assert (listed["low"] > 0).all()
    assert listed["estimate"].is_monotonic_decreasing


def test_a_cluster_puts_a_square_on_the_list_and_an_old_one_does_not(ground: Territory, fitted: Surface) -> None:
    wanted = months_between(fitted, FIRST, LAST)
    found = priorities.squares(fitted, ground, np.ones(len(fitted.cells), dtype=bool), wanted)
    alike = found[found["said"] == "estimate"].iloc[[0]].assign(low=0).reset_index(drop=True)
    cluster = pd.DataFrame(
        {
            "area": alike["area"],
            "period_start": "2025-07-01",
            "period_end": "2025-09-30",
            "p_value": 0.004,
            "expectation": "residents",
        }
    )
    there = priorities.reasoned(alike, cluster, pd.DataFrame(), since=FIRST)
    assert priorities.listed(there)["p_value"].tolist() == [0.004]
    old = priorities.reasoned(alike, cluster, pd.DataFrame(), since=pd.Period("2025-10", "M"))
    assert priorities.listed(old).empty
    weak = priorities.reasoned(alike, cluster.assign(p_value=0.2), pd.DataFrame(), since=FIRST)
    assert priorities.listed(weak).empty


def test_the_level_of_told_months_is_their_published_total(told: Release, ground: Territory) -> None:
    run = levels.longest_told(told, "all")
    assert run == (FIRST, LAST)
    level = levels.exact(told, ground, "all", *run)
    assert level is not None
    assert level.n == told.facts.query("table == 'series' and period_start >= '2024-11'")["n"].sum()
    assert level.rate_low < level.rate < level.rate_high
    assert level.months == 12


def test_few_told_months_are_no_level(told: Release) -> None:
    facts = told.facts
    recent = facts[(facts["table"] != "series") | (facts["period_start"] >= "2025-06")]
    assert levels.longest_told(releases.part(told, recent, {}), "all") is None


def test_a_level_stands_out_only_where_the_test_says_so() -> None:
    def level(n: int, people: float, *, is_told: bool = True) -> levels.Level:
        found = pd.Series({"estimate": float(n), "low": n, "high": n, "said": "estimate"})
        known = levels.estimated(found, people, FIRST, LAST)
        return known if not is_told else levels.Level(**{**vars(known), "told": True})

    whole = level(200, 100_000)
    assert levels.against_rest(level(60, 10_000), whole) == "more"
    assert levels.against_rest(level(21, 10_000), whole) == "alike"
    assert levels.against_rest(level(5, 10_000), whole) == "fewer"
    assert levels.against_rest(level(60, 10_000, is_told=False), whole) == "more"
    assert levels.against_rest(level(30, 10_000, is_told=False), whole) == "alike"


def test_seasons_are_named_only_where_they_stand_out(fitted: Surface) -> None:
    group = everything(fitted)
    found = rhythm.seasons(fitted, group)
    assert found is not None
    assert (found.first_year, found.last_year) == (2024, 2024)
    assert (found.table["stands"] == "alike").all()
    loud = fitted.estimate.copy()
    loud[:, fitted.months.quarter == 3] *= 4
    louder = Surface(**{**vars(fitted), "estimate": loud, "draws": None})
    stood = rhythm.seasons(louder, group)
    assert stood is not None
    assert stood.table["stands"].tolist()[2] == "more"


def test_hours_are_a_floor_and_what_is_left_is_not_said_under_k(told: Release) -> None:
    bands = ("morning", "evening")
    assert rhythm.hours(told, "all", bands) is None
    facts = told.facts
    one = facts[(facts["table"] == "series") & (facts["period_level"] == "month")].tail(1)
    split = one.assign(table="breakdown", attribute="time_band", value="evening", n=one["n"])
    found = rhythm.hours(releases.part(told, pd.concat([facts, split]), {}), "all", bands)
    assert found is not None
    assert found.least == {"morning": 0, "evening": int(one["n"].iloc[0])}
    assert found.total is not None
    assert found.unsplit is None or found.unsplit >= told.k


def test_quarters_are_told_where_they_are_told_and_estimated_where_not(told: Release, fitted: Surface) -> None:
    group = everything(fitted)
    exact = levels.quarters(told, fitted, group, "all", 4)
    assert exact["kind"].tolist() == ["told"] * 4
    estimate = levels.quarters(told, fitted, group, None, 4)
    assert set(estimate["kind"]) == {"estimate"}
    np.testing.assert_allclose(exact["n"], estimate["n"], atol=1e-3)
