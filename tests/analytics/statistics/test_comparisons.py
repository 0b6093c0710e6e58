"""The last month, quarter and year against a year before."""

import numpy as np
import pandas as pd
import pytest

from analytics import release as releases
from analytics.statistics import StatisticsError, told, trends
from analytics.statistics.comparisons import last_quarter
from analytics.statistics.intervals import ratio_interval, ratio_p_value
from tests.made_up import laddered


def test_month_quarter_and_year_are_compared_with_the_same_a_year_before() -> None:
    zone = np.array([6] * 12 + [9, 9, 9, 10, 11, 12, 20], dtype=np.int64)
    found = trends.recent(laddered.release({"a": zone}, first="2023-01"), "a")
    assert list(found) == ["month", "quarter", "year"]
    assert (found["month"].months, found["month"].this, found["month"].last) == ((7, 7), 20, 6)
    assert (found["quarter"].months, found["quarter"].this, found["quarter"].last) == ((4, 6), 33, 18)
    assert (found["year"].months, found["year"].this, found["year"].last) == ((1, 7), 80, 42)
    for one in found.values():
        assert one.this is not None
        assert one.last is not None
        assert (one.low, one.high) == ratio_interval(one.this, one.last)
        assert one.p_value == ratio_p_value(one.this, one.last)
        assert one.named == (one.p_value < 0.05)


def test_before_a_quarter_is_closed_none_is_compared() -> None:
    release = laddered.release({"a": np.full(2, 9)}, first="2024-01")
    assert list(trends.recent(release, "a")) == ["month", "year"]
    assert last_quarter(release) is None


def test_a_quarter_told_as_a_whole_can_be_compared_where_its_months_cannot() -> None:
    zone = np.array([2, 3, 2, *[9] * 9, 3, 2, 2], dtype=np.int64)
    found = trends.recent(laddered.release({"a": zone}, first="2023-01"), "a")
    assert (found["quarter"].this, found["quarter"].last, found["quarter"].reason) == (7, 7, "complete")
    assert (found["month"].reason, found["month"].p_value, found["month"].named) == ("not_enough", None, False)


def test_what_is_sealed_later_changes_no_comparison_of_any_length() -> None:
    release = laddered.release({"a": np.random.default_rng(1).poisson(6, 40)}, first="2015-01")
    later = told.of_area(release, "a")
    for month in releases.months(release):
        known = trends.recent(releases.until(release, month), "a")
        assert known["month"] == trends.compare(later, month, length=1)
        if "quarter" in known and month.month % 3 == 0:
            assert known["quarter"] == trends.compare(later, month, length=3)


@pytest.mark.parametrize("length", [0, -1, 13, 4])
def test_a_run_of_months_stays_within_its_year(length: int) -> None:
    series = told.of_area(laddered.release({"a": np.full(15, 9)}, first="2023-01"), "a")
    with pytest.raises(StatisticsError, match="1 to 3"):
        trends.compare(series, pd.Period("2024-03", freq="M"), length=length)


def test_a_quarter_told_by_months_is_not_compared_with_one_told_as_a_whole() -> None:
    """Each month 5 or more, or each under 5: that is how it was told, and no change."""
    zone = np.array([2, 3, 2, *[9] * 9, 6, 6, 7], dtype=np.int64)
    found = trends.recent(laddered.release({"a": zone}, first="2023-01"), "a")["quarter"]
    assert (found.this, found.last) == (19, 7)
    assert ratio_p_value(19, 7) < 0.05
    assert (found.reason, found.ratio, found.p_value, found.named) == ("not_enough", None, None, False)


def test_a_quarter_at_a_constant_rate_names_no_change_whatever_the_rate() -> None:
    """At 4 a month a fifth of the comparable quarters would be named if both ways of telling were mixed."""
    zones = {f"z{z}": np.random.default_rng([1, z]).poisson(4, 48) for z in range(80)}
    release = laddered.release(zones, first="2015-01", whole=False)
    found, mixed = [], []
    for zone in zones:
        series = told.of_area(release, zone)
        for month in releases.months(release)[14::3]:
            one = trends.compare(series, month, length=3)
            if one.this is not None and one.last is not None:
                mixed.append(ratio_p_value(one.this, one.last) < 0.05)
                found.append(one.named)
    assert len(found) > 15
    assert np.mean(mixed) > 0.1
    assert np.mean(found) <= 0.05
