"""Alerts: Farrington's algorithm against the R package's own output, its pieces, and on releases."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import release as releases
from analytics.statistics import StatisticsError, alerts, censored, quasipoisson
from analytics.statistics.farrington import Settings, baseline, farrington, thresholds, weights
from tests.made_up import laddered

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "farrington" / "salmonella_agona.json").read_text(encoding="utf-8")
)
WEEKLY = np.array(REFERENCE["weekly"])
SERIES = {"weekly": WEEKLY, "four_weekly": WEEKLY.reshape(-1, 4).sum(axis=1)}
TOLERANCE = 1e-8
"""Relative: the reference is written with ten digits, and both sides stop at the same change of deviance."""


# -------------------------------------------------------------------------------------------- the R package


@pytest.mark.parametrize("name", sorted(REFERENCE["runs"]))
def test_thresholds_and_alarms_are_those_of_the_r_package_on_salmonella_agona(name: str) -> None:
    """Both calls of the package's documented example, its three ways to a threshold, and monthly settings."""
    run, counts = REFERENCE["runs"][name], SERIES[REFERENCE["runs"][name]["series"]]
    chosen = Settings(**run["settings"], standard_errors="package")
    at = np.arange(run["first"], len(counts))
    found = farrington(counts, b=run["b"], w=run["w"], freq=run["freq"], at=at, settings=chosen)
    theirs = {column: np.array(v, dtype=float) for column, v in run["expected_output"].items()}
    assert found["alarm"].tolist() == (theirs.pop("alarm") == 1).tolist()
    for column, values in theirs.items():
        np.testing.assert_allclose(found[column].to_numpy(), values, rtol=TOLERANCE, err_msg=column)


def test_the_reference_raises_the_alarms_of_the_documented_example() -> None:
    alarms = {name: sum(REFERENCE["runs"][name]["expected_output"]["alarm"]) for name in ("old", "new")}
    assert alarms == {"old": 11, "new": 6}
    assert len(WEEKLY) == 312


def test_known_thresholds_of_the_package_s_own_tests() -> None:
    """Mean 5 and its error 0.2, eight seen, after three powers; then the quantiles, with an error of log 2."""
    eight, one = np.array([8.0]), np.array([1.0])
    for power, upper, p_value in (
        ("none", 8.6926872, 0.0907246),
        ("1/2", 9.3744842, 0.1189986),
        ("2/3", 9.1154825, 0.1094727),
    ):
        delta = Settings(method="delta", power=power)  # type: ignore[arg-type]
        # Their error is of the mean, here it is of its logarithm.
        found = thresholds(np.log([5.0]), np.array([0.2 / 5]), one, eight, delta)
        assert (found[0][0], found[1][0]) == pytest.approx((upper, p_value), abs=1e-6)
    for method, phi, upper in (("muan", 1.0, 22), ("nbPlugin", 1.5, 10), ("nbPlugin", 1.0, 9)):
        quantile = Settings(method=method)  # type: ignore[arg-type]
        found = thresholds(np.log([5.0]), np.log([2.0]), np.array([phi]), np.array([11.0]), quantile)
        assert found[0][0] == upper


def test_weights_checked_by_hand_in_the_package_s_tests() -> None:
    residual = np.array([[0.0] * 5 + [2.0] * 5])
    used = np.ones((1, 10), dtype=bool)
    assert weights(residual, 0.0, used)[0] == pytest.approx([1.6] * 5 + [0.4] * 5)
    assert weights(np.zeros((1, 10)), 0.0, used)[0] == pytest.approx([1.0] * 10)


# ---------------------------------------------------------------------------------------------------- the pieces of it


def test_many_regressions_at_once_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(40), np.arange(40) / 12, (np.arange(40) % 12 < 4).astype(float)])
    counts, prior = rng.poisson(6, (5, 40)).astype(float), rng.uniform(0.3, 1.5, (5, 40))
    fits = quasipoisson.fit(design, counts, prior)
    for row in range(5):
        theirs = sm.GLM(counts[row], design, family=sm.families.Poisson(), var_weights=prior[row]).fit(scale="X2")
        assert fits.beta[row] == pytest.approx(theirs.params, abs=1e-7)
        assert fits.pearson[row] == pytest.approx(theirs.scale, rel=1e-4)
        assert fits.leverage(design)[row] == pytest.approx(theirs.get_hat_matrix_diag(), abs=1e-4)


def test_the_baseline_of_a_month_is_the_same_season_of_earlier_years() -> None:
    back, level = baseline(2, 1, 12, Settings())
    assert back.tolist() == [-25, -24, -23, -13, -12, -11]
    assert set(level) == {0}
    back, level = baseline(2, 1, 12, Settings(levels=4))
    assert back.tolist() == list(range(-25, -1))  # the month just before is left out
    assert level.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3] * 2


@settings(max_examples=40)
@given(st.lists(st.integers(0, 40), min_size=40, max_size=60), st.integers(1, 30))
def test_a_greater_count_is_never_less_alarming(counts: list[int], more: int) -> None:
    series = np.array([counts, counts], dtype=float)
    series[1, -1] += more
    found = farrington(series, b=3, w=1, at=[len(counts) - 1])
    less, greater = found.iloc[0], found.iloc[1]
    if np.isfinite(less["upper"]):
        assert greater["upper"] == less["upper"]
        assert greater["p_value"] <= less["p_value"]
        assert greater["alarm"] >= less["alarm"]


def test_a_count_that_is_not_known_is_left_out_of_baselines_and_not_judged() -> None:
    counts = np.random.default_rng(3).poisson(9, 60).astype(float)
    gap = counts.copy()
    gap[[47, 30]] = np.nan
    found = farrington(gap, b=3, w=1, at=[30 + 12, 47, 59])
    assert not found["alarm"].iloc[1]
    assert np.isnan(found["p_value"].iloc[1])
    assert found["expected"].iloc[2] != farrington(counts, b=3, w=1, at=[59])["expected"].iloc[0]


def test_a_plain_outbreak_is_alarmed_and_a_plain_month_is_not() -> None:
    counts = np.random.default_rng(4).poisson(16, 61)
    counts[-1] = 16
    assert not farrington(counts, b=4, w=1, at=[60])["alarm"].iloc[0]
    counts[-1] = 45
    assert farrington(counts, b=4, w=1, at=[60])["alarm"].iloc[0]


@pytest.mark.parametrize(
    ("counts", "changes", "words"),
    [
        ([3, -1] * 30, {}, "not negative"),
        ([3.0, np.inf] * 30, {}, "finite"),
        ([3] * 20, {}, "needs 26"),
        ([3] * 60, {"w": 6}, "windows that fit"),
        ([3] * 60, {"settings": Settings(levels=11)}, "1 to 10 levels"),
        ([3] * 60, {"settings": Settings(alpha=1.0)}, "between 0 and 1"),
        ([3] * 60, {"at": [60]}, "whole baseline"),
    ],
)
def test_wrong_input_is_refused(counts: list[float], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StatisticsError, match=words):
        farrington(counts, **({"b": 2, "w": 1} | changes))


# ------------------------------------------------------------------------------------------------------- on a release


def test_the_last_month_of_a_zone_is_judged_from_what_a_release_says() -> None:
    zone = np.random.default_rng(5).poisson(9, 37)
    zone[-1] = 30
    found = alerts.latest(laddered.release({"a": zone}), "a")
    assert (found.reason, found.observed, found.alarm) == ("judged", 30, True)
    assert 5 < found.expected < 13 < found.upper < 30
    assert found.p_value < 0.001
    assert str(found.month) == "2023-01"


def test_a_month_that_was_not_said_raises_no_alarm_and_is_not_called_quiet() -> None:
    zone = np.array([*[9] * 36, 3])
    found = alerts.latest(laddered.release({"a": zone}), "a")
    assert (found.reason, found.alarm, found.observed) == ("not_said", False, None)
    assert np.isnan(found.upper)


def test_silence_in_the_baseline_counts_as_the_few_that_it_stands_for() -> None:
    """Four a month: leaving the silent months out would set the threshold of a zone of 6 and more."""
    zone = np.random.default_rng(6).poisson(4, 49)
    zone[-1] = 12
    known = censored.of_area(laddered.release({"a": zone}), "a")
    found = alerts.judge(known, pd.Period("2024-01", freq="M"))
    left_out = farrington(np.concatenate([[np.nan], known.alone]), b=4, w=1, at=[49], settings=alerts.MONTHLY).iloc[0]
    assert found.expected == pytest.approx(4, abs=1.5)
    assert left_out["expected"] > found.expected + 1
    assert found.alarm


def test_too_short_a_series_says_how_many_months_would_be_enough() -> None:
    short = alerts.latest(laddered.release({"a": np.full(24, 9)}), "a")
    assert (short.reason, short.needed) == ("not_enough", 25)
    assert alerts.latest(laddered.release({"a": np.full(25, 9)}), "a").reason == "judged"


def test_a_baseline_of_which_too_little_is_known_says_so() -> None:
    release = laddered.release({"a": np.array([9] + [3] * 35 + [9])}, periods=("month",))
    derived = releases.Release(release.path, release.manifest | {"derived_from": "a finer one"}, release.facts)
    found = alerts.latest(derived, "a")
    assert (found.reason, found.needed, found.alarm) == ("not_enough", 18, False)


def test_history_judges_each_month_from_what_was_known_when_it_closed() -> None:
    zone = np.random.default_rng(7).poisson(8, 30)
    release = laddered.release({"a": zone})
    found = alerts.history(release, "a")
    assert len(found) == 30
    assert (found["reason"][:24] == "not_enough").all()
    month = releases.months(release)[27]
    then = alerts.latest(releases.until(release, month), "a")
    assert found["upper"].iloc[27] == pytest.approx(then.upper, nan_ok=True)


def test_false_alarms_at_nine_a_month_are_about_as_many_as_stated() -> None:
    """360 quiet months after three years: 0.3 a zone-year is the level; more than twice that would be a fault."""
    rng = np.random.default_rng(9)
    counts = np.hstack([np.full((360, 1), np.nan), rng.poisson(9, (360, 37))])
    found = farrington(counts, b=3, w=1, at=[37], settings=alerts.MONTHLY)
    assert 0 < 12 * found["alarm"].mean() < 0.6
