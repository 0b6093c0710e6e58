"""What a planned campaign can expect: the same tests as its evaluation, and totals that were told."""

import pandas as pd
import pytest

from analytics import release as releases
from analytics import territory as territories
from analytics.statistics import campaigns
from analytics.statistics.campaigns import prospects
from tests.made_up import releases as made_up


def test_the_curve_is_the_power_with_as_many_months_before() -> None:
    plan = campaigns.Plan(9.0)
    found = prospects.curve(plan, 0.5)
    assert len(found) == len(prospects.LENGTHS)
    assert found[5] == campaigns.power(plan, (6, 6), 0.5)
    assert found[-1] == campaigns.power(plan, (24, 24), 0.5)


def test_the_first_length_that_is_enough_is_found() -> None:
    found = prospects.curve(campaigns.Plan(9.0), 0.5)
    seen = prospects.first_seen(found)
    assert seen is not None
    at = prospects.LENGTHS.index(seen)
    assert found[at] >= prospects.WANTED > found[at - 1]
    assert prospects.first_seen([0.1] * len(prospects.LENGTHS)) is None


@pytest.mark.parametrize("months", [3, 12])
def test_the_smallest_fall_is_the_one_of_planning_to_a_per_cent(months: int) -> None:
    plan = campaigns.Plan(12.0)
    exact = campaigns.smallest_fall(plan, (months, months)).fall
    found = prospects.smallest_percent(plan, months)
    assert exact is not None
    assert found is not None
    assert 0 <= found / 100 - exact <= 0.011


def test_silence_that_would_not_be_seen_has_no_smallest_fall() -> None:
    assert prospects.smallest_percent(campaigns.Plan(0.5), 2) is None


def test_runs_are_counted_as_told_only_if_every_month_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("told")
    territory = territories.load(made_up.territory_file(folder))
    whole = releases.read(made_up.write(folder / "release", territory, months=14))
    assert prospects.told_runs(whole, territory, ["all"], 3) == (12, 12)
    facts = whole.facts
    hole = facts[(facts["table"] != "series") | (pd.PeriodIndex(facts["period_start"], freq="M") != "2024-06")]
    assert prospects.told_runs(releases.part(whole, hole, {}), territory, ["all"], 3) == (9, 12)
    assert prospects.told_runs(whole, territory, ["all"], 24) == (0, 0)
