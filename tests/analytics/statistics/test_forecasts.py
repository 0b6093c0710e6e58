"""Forecasts: by hand, on draws, on releases, and a backtest that looks at nothing later than its origin."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics import release as releases
from analytics.statistics import StatisticsError, backtest, censored, forecasts
from analytics.statistics.forecasts import Predictive
from tests.made_up import laddered

LEVELS = ("50", "80", "95")


def test_an_interval_is_of_the_negative_binomial_with_this_mean_and_variance() -> None:
    found = Predictive(np.array([6.0]), np.array([9.0]))  # size 12, share 2/3
    low, high = found.interval(0.8)
    assert (low[0], high[0]) == (stats.nbinom.ppf(0.1, 12, 2 / 3), stats.nbinom.ppf(0.9, 12, 2 / 3))
    assert found.below(np.array([6.0]))[0] == pytest.approx(stats.nbinom.cdf(6, 12, 2 / 3))
    poisson = Predictive(np.array([6.0]), np.array([6.0]))
    assert poisson.interval(0.8)[1][0] == stats.poisson.ppf(0.9, 6)


def test_a_steady_series_is_foretold_at_its_mean_a_little_wider_than_poisson() -> None:
    counts = np.random.default_rng(0).poisson(9, 60)
    found = forecasts.predict(censored.complete(counts))
    assert found.mean == pytest.approx(np.full(3, counts.mean()), rel=0.1)
    assert (found.variance > found.mean).all()
    assert (np.diff(found.variance / found.mean) >= -1e-9).all()  # further ahead is never surer


def test_a_change_of_level_is_followed() -> None:
    counts = np.concatenate([np.random.default_rng(1).poisson(6, 36), np.random.default_rng(2).poisson(20, 12)])
    assert forecasts.predict(censored.complete(counts)).mean[0] > 15


def test_a_season_is_foretold_once_it_is_found() -> None:
    mean = 16 * (1 + 0.6 * np.cos(2 * np.pi * np.arange(63) / 12))
    counts = np.random.default_rng(3).poisson(mean)
    found = forecasts.predict(censored.complete(counts[:57]))  # the next months are October to December
    assert np.abs(found.mean - mean[57:60]).max() < 5
    assert forecasts.predict(censored.complete(counts[:57]), first_month=1).mean[2] > found.mean[0]


def test_silent_months_do_not_raise_the_forecast() -> None:
    """At 3 a month only months of 5 and more are told."""
    zones = {f"z{z}": np.random.default_rng(z).poisson(3, 36) for z in range(12)}
    release = laddered.release(zones)
    found = [forecasts.predict(censored.of_area(release, zone)).mean[0] for zone in zones]
    assert np.mean(found) == pytest.approx(np.mean(list(zones.values())), abs=0.3)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 30), min_size=12, max_size=40))
def test_intervals_are_nested_and_never_negative(counts: list[int]) -> None:
    if not sum(counts):
        return
    found = forecasts.predict(censored.complete(counts))
    ends = [found.interval(level) for level in forecasts.LEVELS]
    for (inner_low, inner_high), (low, high) in pairwise(ends):
        assert (low >= 0).all()
        assert (low <= inner_low).all()
        assert (inner_low <= inner_high).all()
        assert (inner_high <= high).all()


@pytest.mark.parametrize("rate", [2.0, 9.0])
def test_intervals_hold_what_they_promise_on_drawn_series(rate: float) -> None:
    """150 series and three months each; whole counts jump, so more than promised is held, never much less."""
    held: dict[float, list[float]] = {level: [] for level in forecasts.LEVELS}
    for seed in range(150):
        counts = np.random.default_rng([seed, 7]).poisson(rate, 39)
        found = forecasts.predict(censored.complete(counts[:36]))
        for level in forecasts.LEVELS:
            low, high = found.interval(level)
            held[level] += list((low <= counts[36:]) & (counts[36:] <= high))
    for level in forecasts.LEVELS:
        assert np.mean(held[level]) > level - 0.04


# ------------------------------------------------------------------------------------------------------- on a release


def test_every_area_gets_three_rows_that_can_be_written_down(tmp_path: Path) -> None:
    release = laddered.release({"a": np.random.default_rng(4).poisson(9, 30)})
    found = forecasts.of_area(release, "a")
    assert found["month"].tolist() == ["2022-07", "2022-08", "2022-09"]
    assert found["origin"].unique().tolist() == ["2022-06"]
    assert found["reason"].unique().tolist() == ["foretold"]
    assert (found["low_95"] <= found["expected"]).all()
    found.to_parquet(tmp_path / "f.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "f.parquet"), found)
    pd.testing.assert_frame_equal(forecasts.of_area(release, "a"), found)


def test_too_little_says_how_much_would_be_enough() -> None:
    short = forecasts.of_area(laddered.release({"a": np.full(11, 9)}), "a")
    assert short["reason"].unique().tolist() == ["not_enough"]
    assert short["needed"].tolist() == [12, 12, 12]
    assert short["expected"].isna().all()
    with pytest.raises(StatisticsError, match="12 closed months"):
        forecasts.predict(censored.complete(np.full(11, 9)))
    with pytest.raises(StatisticsError, match="one month or more"):
        forecasts.predict(censored.complete(np.full(20, 9)), horizon=0)


# ------------------------------------------------------------------------------------------------------- the backtest


def test_a_backtest_uses_only_what_was_known_at_each_origin() -> None:
    zone = np.random.default_rng(5).poisson(6, 30)
    release = laddered.release({"a": zone})
    rolled = backtest.of_area(release, "a")
    origin = 26
    then = forecasts.of_area(releases.until(release, releases.months(release)[origin]), "a")
    mine = rolled[rolled["origin"] == origin]
    assert mine["expected"].to_numpy() == pytest.approx(then["expected"].to_numpy())
    assert mine["high_95"].tolist() == then["high_95"].tolist()
    changed = zone.copy()
    changed[28:] += 30
    again = backtest.of_area(laddered.release({"a": changed}), "a")
    early = rolled["origin"] < 28
    pd.testing.assert_frame_equal(rolled.loc[early].iloc[:, 5:], again.loc[early].iloc[:, 5:])


def test_the_rivals_are_the_same_month_of_last_year_and_the_mean_of_twelve() -> None:
    counts = np.arange(30)
    rolled = backtest.of_counts(counts)
    first = rolled[rolled["origin"] == 23]
    assert first["truth"].tolist() == [24, 25, 26]
    assert first["same_month_last_year"].tolist() == [12, 13, 14]
    assert first["mean_last_12"].unique().tolist() == [np.arange(12, 24).mean()]
    scored = backtest.score(rolled).set_index("ahead")
    assert scored.loc[0, "error_last_year"] == 12
    assert scored.loc[0, "forecasts"] == len(rolled) == 6 * 3 - 3


def test_a_month_never_told_by_itself_is_held_for_certain_perhaps_or_not() -> None:
    rolled = pd.DataFrame(
        {
            "ahead": [1, 1, 1],
            "truth": [np.nan, np.nan, np.nan],
            "truth_low": [0.0] * 3,
            "truth_high": [4.0] * 3,
            "expected": [2.0] * 3,
            "same_month_last_year": [2.0] * 3,
            "mean_last_12": [2.0] * 3,
        }
        | {f"low_{level}": [0.0, 2.0, 5.0] for level in LEVELS}
        | {f"high_{level}": [6.0, 6.0, 9.0] for level in LEVELS}
    )
    scored = backtest.score(rolled).iloc[0]
    assert (scored["least_80"], scored["most_80"]) == pytest.approx((1 / 3, 2 / 3))
    assert (scored["told"], scored["forecasts"]) == (0, 3)


def test_a_backtest_of_too_little_says_what_it_needs() -> None:
    with pytest.raises(StatisticsError, match="needs 25 months"):
        backtest.of_counts(np.full(24, 9))
    with pytest.raises(StatisticsError, match="whole counts"):
        backtest.of_counts([-1] * 40)


def test_on_the_real_file_the_forecast_errs_less_than_its_rivals(shared_data: Path) -> None:
    """61 months, 3 to 48 reports each, with a fall by half in between: docs/trends.md gives the figures."""
    frame = pd.read_csv(shared_data / "charlottesville_drug_reports.csv")
    months = pd.PeriodIndex(pd.to_datetime(frame["DateReported"]), freq="M")
    counts = months.value_counts().sort_index()
    scored = backtest.score(backtest.of_counts(counts.to_numpy(), first_month=counts.index[0].month)).iloc[0]
    assert scored["forecasts"] == 108
    assert scored["error"] < scored["error_last_12"] < scored["error_last_year"]
    assert scored["least_95"] > 0.8


def test_of_an_area_that_has_not_been_told_for_a_year_nothing_is_foretold() -> None:
    known = censored.Known(36, (censored.Group(tuple(range(12)), n=60),))
    with pytest.raises(StatisticsError, match="6 of the last 12 months"):
        forecasts.predict(known)
    assert (
        forecasts.predict(censored.Known(36, (*known.groups, censored.Group(tuple(range(24, 36)), n=60)))).mean[0] > 0
    )
