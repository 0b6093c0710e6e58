import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics import release as releases
from analytics.release import Release
from analytics.statistics import StatisticsError, told, trends
from analytics.statistics.intervals import poisson_interval, ratio_interval
from tests.made_up import laddered

YEARS, SERIES = 6, 300


def counts(*monthly: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(monthly, dtype=np.int64)


def constant_rate(rate: float) -> Release:
    """Many zones whose rate never changes, through the real ladder."""
    zones = {f"z{seed}": np.random.default_rng(seed).poisson(rate, 12 * YEARS) for seed in range(SERIES)}
    return laddered.release(zones, first="2015-01", whole=False)


def live(release: Release) -> list[trends.Comparison]:
    """What each zone's page says at the closing of each month from the second year on."""
    months = releases.months(release)[12:]
    series = [told.of_area(release, f"z{z}") for z in range(SERIES)]
    return [trends.compare(one, month) for one in series for month in months]


# ------------------------------------------------------------------------------------------------------- the intervals


@pytest.mark.parametrize("n", [0, 1, 5, 16, 186])
def test_poisson_interval_is_garwood_s(n: int) -> None:
    low, high = poisson_interval(n)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * n) / 2 if n else 0.0)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * (n + 1)) / 2)


@pytest.mark.parametrize(("this", "last"), [(5, 20), (0, 7), (7, 0), (160, 170)])
def test_ratio_interval_inverts_the_binomial_test(this: int, last: int) -> None:
    low, high = ratio_interval(this, last)
    if low > 0:
        at_low = stats.binomtest(this, this + last, low / (1 + low), alternative="greater")
        assert at_low.pvalue == pytest.approx(0.025)
    if np.isfinite(high):
        at_high = stats.binomtest(this, this + last, high / (1 + high), alternative="less")
        assert at_high.pvalue == pytest.approx(0.025)
    assert (low == 0) == (this == 0)
    assert np.isinf(high) == (last == 0)


def test_ratio_interval_turns_over_with_its_periods() -> None:
    low, high = ratio_interval(12, 30)
    back = ratio_interval(30, 12)
    assert (1 / high, 1 / low) == pytest.approx(back)


# ---------------------------------------------------------------------------------------------------------- the months


def test_a_month_is_published_or_not_said_never_zero_or_missing() -> None:
    release = laddered.release({"a": counts(7, 3, 0, 9, 5, 4)}, first="2024-01")
    frame = trends.monthly(release, "a")
    assert list(frame.columns) == ["month", "state", "n", "low", "high", "told_in"]
    assert list(frame["month"].astype(str)) == [f"2024-0{m}" for m in range(1, 7)]
    assert list(frame["state"]) == ["published", "not_said", "not_said", "published", "published", "not_said"]
    assert frame["n"].dtype == "Int64"
    assert frame["n"].isna().tolist() == [False, True, True, False, False, True]
    hidden = frame[frame["state"] == "not_said"]
    assert (hidden["low"] == 0).all()
    assert (hidden["high"] == 4).all()
    low, high = poisson_interval([7, 9, 5])
    shown = frame[frame["state"] == "published"]
    np.testing.assert_allclose(shown["low"].to_numpy(float), low)
    np.testing.assert_allclose(shown["high"].to_numpy(float), high)


def test_a_quarter_tells_the_sum_of_months_that_were_not_said() -> None:
    release = laddered.release({"a": counts(2, 3, 2, 9, 9, 9)}, first="2024-01")
    frame, sums = trends.monthly(release, "a"), trends.sums(release, "a")
    assert list(frame["told_in"]) == ["quarter"] * 3 + ["month"] * 3
    assert (frame["high"][:3] == 4).all()
    assert sums[["period_level", "months", "spoken", "n"]].to_numpy().tolist() == [
        ["quarter", 3, "2024-01 2024-02 2024-03", 7]
    ]


def test_a_year_speaks_only_of_the_months_that_no_earlier_fact_tells() -> None:
    zone = counts(9, 2, 1, 9, 9, 1, 2, 1, 1, 9, 9, 9)
    sums = trends.sums(laddered.release({"a": zone}, first="2024-01"), "a")
    assert sums[["period_level", "spoken", "n"]].to_numpy().tolist() == [
        ["year", "2024-02 2024-03 2024-06 2024-07 2024-08 2024-09", 8]
    ]


def test_the_truth_lies_within_the_bounds_of_what_was_not_said() -> None:
    for seed, periods in enumerate(
        [("month", "quarter", "year"), ("quarter", "year"), ("year",), ("quarter", "month")]
    ):
        zones = {f"z{z}": np.random.default_rng([seed, z]).poisson(1 + z / 2, 43) for z in range(12)}
        release = laddered.release(zones, first="2020-03", periods=periods)
        for zone, truth in zones.items():
            frame = trends.monthly(release, zone)
            hidden = ((frame["state"] == "not_said") & frame["high"].notna()).to_numpy()
            high = frame["high"].to_numpy(float, na_value=np.inf)[hidden]
            assert (truth[hidden] <= high).all()
            assert (truth[hidden] >= frame["low"].to_numpy(float)[hidden]).all()
            assert (frame.loc[frame["state"] == "published", "n"] == truth[frame["state"] == "published"]).all()


def test_without_a_month_rung_the_first_rung_bounds_its_months() -> None:
    release = laddered.release({"a": counts(9, 9, 9, 1, 1, 1, 9)}, first="2024-01", periods=("quarter", "year"))
    frame = trends.monthly(release, "a")
    assert (frame["state"] == "not_said").all()
    assert frame["high"].tolist()[:6] == [27.0] * 3 + [4.0] * 3
    assert pd.isna(frame["high"].iloc[6])  # its quarter is not closed: nothing was tried yet


def test_silence_under_the_floor_bounds_nothing() -> None:
    release = laddered.release({"few": counts(*[9] * 6), "many": counts(*[9] * 6)}, residents={"few": 50.0})
    frame = trends.monthly(release, "few")
    assert (frame["state"] == "not_said").all()
    assert frame["high"].isna().all()


def test_the_whole_territory_is_read_from_its_own_table() -> None:
    release = laddered.release({"a": counts(3, 3), "b": counts(4, 1)})
    assert trends.monthly(release, laddered.CODE)["n"].tolist() == [7, pd.NA]
    assert (trends.monthly(release, "a")["state"] == "not_said").all()


# ----------------------------------------------------------------------------------------------------- the comparisons


def test_a_comparison_on_complete_totals() -> None:
    release = laddered.release({"a": counts(*[10] * 12, *[20] * 5)}, first="2023-01")
    found = trends.same_months(release, "a")
    assert (found.this_year, found.months, found.this, found.last) == (2024, (1, 5), 100, 50)
    assert found.ratio == 2
    assert (found.low, found.high) == pytest.approx(ratio_interval(100, 50))
    assert found.named
    assert found.reason == "complete"


def test_a_quarter_completes_its_months_but_a_year_that_reaches_beyond_does_not() -> None:
    told_by_quarter = laddered.release({"a": counts(2, 3, 2, *[9] * 9, 9, 9, 9)}, first="2023-01")
    assert trends.same_months(told_by_quarter, "a").last == 7
    told_by_year = laddered.release({"a": counts(9, 2, 1, 9, 9, 1, 2, 1, 1, 9, 9, 9, 9, 9, 9)}, first="2023-01")
    found = trends.same_months(told_by_year, "a")
    assert (found.last, found.unsaid_last, found.reason, found.named) == (None, 2, "not_enough", False)
    assert found.this == 27
    assert found.ratio is None


def test_one_month_not_said_is_not_enough() -> None:
    found = trends.same_months(laddered.release({"a": counts(*[9] * 12, 9, 3)}, first="2023-01"), "a")
    assert (found.this, found.unsaid_this, found.reason) == (None, 1, "not_enough")


def test_without_last_year_it_is_not_enough() -> None:
    found = trends.same_months(laddered.release({"a": counts(*[9] * 14)}, first="2023-06"), "a")
    assert (found.this, found.last, found.unsaid_last, found.reason) == (63, None, 5, "not_enough")


@pytest.mark.parametrize("every_month", [4, 7, 16])
def test_a_constant_series_names_no_change_at_any_closing(every_month: int) -> None:
    release = laddered.release({"a": counts(*[every_month] * 12 * YEARS)}, first="2015-01")
    for month in releases.months(release):
        known = releases.until(release, month)
        for area in ("a", laddered.CODE):
            found = trends.same_months(known, area)
            assert not found.named
            assert found.this is None or found.last is None or found.ratio == 1


def test_what_is_sealed_later_changes_no_comparison() -> None:
    """A comparison made when a month closed is the one that the finished release gives of it: the same age."""
    zone = np.random.default_rng(1).poisson(6, 48)
    release = laddered.release({"a": zone}, first="2015-01")
    later = told.of_area(release, "a")
    for month in releases.months(release):
        assert trends.same_months(releases.until(release, month), "a") == trends.compare(later, month)


@pytest.mark.parametrize("rate", [16, 8])
def test_a_constant_rate_is_not_called_a_change(rate: float) -> None:
    """The interval excludes 1 in 5 % of comparisons at most, either side in 2.5 % at most.

    300 series of six years, live at each closing: 18,000 comparisons. At 16 a month 4.7 % are named (falls 2.5 %),
    at 8 a month, where a third is complete, 0.9 % (falls 0.4 %).
    """
    found = [c for c in live(constant_rate(rate)) if c.reason == "complete"]
    assert len(found) > 4000
    assert sum(c.named for c in found) <= 0.05 * len(found)
    assert sum(c.named for c in found if (c.ratio or 0) < 1) <= 0.025 * len(found)


def test_counting_what_is_sealed_so_far_would_name_falls() -> None:
    """The rival that this module must not be: sealed this year against sealed of last year, at a constant rate."""
    named = {"fall": 0, "rise": 0, "none": 0}
    release = laddered.release({f"z{z}": np.random.default_rng(z).poisson(4, 34) for z in range(40)}, first="2015-01")
    facts = release.facts[release.facts["table"] == "series"]
    start = pd.PeriodIndex(facts["period_start"], freq="M")
    for z in range(40):
        mine = (facts["area"] == f"z{z}").to_numpy()
        this, last = (int(facts["n"][mine & (start.year == year) & (start.month <= 10)].sum()) for year in (2017, 2016))
        low, high = ratio_interval(this, last)
        named["fall" if high < 1 else "rise" if low > 1 else "none"] += 1
        assert not trends.same_months(release, f"z{z}").named
    # One would be named by chance.
    assert named["fall"] >= 10
    assert named["rise"] <= 1


# ------------------------------------------------------------------------------------------------ the last publication


def with_cells(release: Release, **told_in_quarter: int) -> Release:
    """Add facts of cells to the last quarter's."""
    tables, n = list(told_in_quarter), list(told_in_quarter.values())
    rows = release.facts.iloc[[0] * len(n)].assign(
        table=tables, n=n, period_start="2024-04-01", period_end="2024-06-30"
    )
    longer = rows.assign(period_start="2024-01-01", period_end="2024-12-31", n=1000)  # reaches beyond the quarter
    return dataclasses.replace(release, facts=pd.concat([release.facts, rows, longer], ignore_index=True))


def test_the_latest_tells_what_share_of_the_last_quarter_is_on_the_map() -> None:
    release = with_cells(
        laddered.release({"a": counts(9, 9, 9, 10, 10, 20, 7, 7)}, first="2024-01"), blocks=22, outlook=30
    )
    found = trends.latest(release)
    assert (found.vintage, str(found.first_month), str(found.through)) == (1, "2024-01", "2024-08")
    assert found.facts_added == len(release.facts)
    assert sum(found.facts_by_table.values()) == found.facts_added
    assert str(found.quarter) == "2024Q2"
    assert (found.episodes, found.in_blocks, found.in_outlook, found.reason) == (40, 22, 30, "complete")
    assert (found.share_blocks, found.share_outlook) == (0.55, 0.75)


def test_the_latest_says_when_the_share_cannot_be_said() -> None:
    unsaid = trends.latest(laddered.release({"a": counts(9, 9, 9, 9, 3, 9)}, first="2024-01"))
    assert (unsaid.reason, unsaid.episodes, unsaid.share_blocks, unsaid.share_outlook) == (
        "not_enough",
        None,
        None,
        None,
    )
    early = trends.latest(laddered.release({"a": counts(9, 9)}, first="2024-02"))
    assert (early.reason, early.quarter) == ("no_quarter", None)


def test_the_latest_counts_what_its_vintage_added() -> None:
    release = laddered.release({"a": counts(*[9] * 6)}, first="2024-01")
    vintages = [
        {"vintage": 1, "first_month": "2024-01", "through": "2024-05", "facts": 10},
        {"vintage": 2, "first_month": "2024-06", "through": "2024-06", "facts": 2},
    ]
    facts = release.facts.assign(vintage=np.where(releases.closing_month(release.facts) == pd.Period("2024-06"), 2, 1))
    found = trends.latest(dataclasses.replace(release, manifest=release.manifest | {"vintages": vintages}, facts=facts))
    assert (found.vintage, found.facts_added, found.facts_by_table) == (2, 2, {"series": 1, "departement": 1})
    assert str(found.first_month) == "2024-06"


def test_an_empty_release_is_said_to_be_empty() -> None:
    release = laddered.release({"a": counts(1)})
    empty = dataclasses.replace(release, manifest=release.manifest | {"vintages": []})
    for ask in (trends.latest, lambda r: trends.same_months(r, "a")):
        with pytest.raises(StatisticsError, match="no closed month"):
            ask(empty)
    assert trends.monthly(empty, "a").empty
    assert trends.sums(empty, "a").empty
