from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import StatisticsError, campaigns
from analytics.statistics.campaigns.placebo import log_ratio

COUNT = st.integers(0, 80)


# ------------------------------------------------------------ before and after


def test_a_fall_from_thirty_to_twelve_is_named_and_one_from_ten_to_seven_is_not() -> None:
    assert campaigns.before_after((30, 12)).named
    assert not campaigns.before_after((10, 7)).named


@given(COUNT, COUNT)
def test_before_and_after_turned_over_turn_the_ratio_over(before: int, after: int) -> None:
    one, other = campaigns.before_after((before, after)), campaigns.before_after((after, before))
    assert one.p == pytest.approx(other.p)
    if one.low > 0:
        assert 1 / one.low == pytest.approx(other.high)


def test_periods_of_other_lengths_are_compared_by_their_rates() -> None:
    change = campaigns.before_after((24, 6), months=(12, 3))
    assert change.ratio == pytest.approx(1.0)
    assert not change.named
    assert change.p > 0.5


@pytest.mark.parametrize(("method", "needed"), [("exact", 6), ("mid_p", 5)])
def test_too_few_reports_are_said_to_be_too_few_with_the_number_that_would_do(method: str, needed: int) -> None:
    # Exact: 2 * 0.5 ** 5 = 0.0625 and 2 * 0.5 ** 6 = 0.031; mid-p: 0.5 ** 4 = 0.0625 and 0.5 ** 5 = 0.031.
    for total in range(needed + 2):
        change = campaigns.before_after((total, 0), method=method)  # type: ignore[arg-type]
        assert change.reason == ("not_enough" if total < needed else "complete")
        assert change.needed == (needed if total < needed else None)
        assert change.named == (total >= needed)


# ------------------------------------------------------------ difference in differences


def test_the_difference_in_differences_is_the_odds_ratio_of_the_four_counts() -> None:
    net = campaigns.difference((30, 12), (40, 38))
    assert net.ratio == pytest.approx((12 / 30) / (38 / 40))


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 4))
def test_a_change_that_both_share_is_none(before: int, after: int, times: int) -> None:
    net = campaigns.difference((before, after), (before * times, after * times))
    assert net.ratio == pytest.approx(1.0)
    assert not net.named


def test_a_comparison_with_too_few_reports_can_never_be_enough() -> None:
    net = campaigns.difference((3, 2), (0, 0))
    assert (net.ratio, net.reason, net.needed, net.named) == (None, "not_enough", None, False)
    lacking = campaigns.difference((3, 1), (40, 38))
    assert lacking.reason == "not_enough"
    assert lacking.needed is not None
    assert (
        campaigns.difference((lacking.needed, 0), (40, 38)).named
        or campaigns.difference((0, lacking.needed), (40, 38)).named
    )


# ------------------------------------------------------------ weighted displacement difference


def test_the_published_example_of_wheeler_and_ratcliffe_is_reproduced() -> None:
    # Wheeler and Ratcliffe (2018), Crime Science 7:11, as tested in the author's R package ptools
    # (tests/testthat/test-wdd.R, "Est & Variance Paper"): -118, sqrt(1568), z -2.98, 95 % interval -196 to -40.
    found = campaigns.weighted_displacement((207, 110), (308, 318), (178, 157), (150, 140))
    assert found.total == -118
    assert found.total_se == pytest.approx(np.sqrt(1568))
    assert round(found.z, 2) == -2.98
    assert (round(found.low), round(found.high)) == (-196, -40)
    assert found.named


def test_wheeler_s_example_with_other_lengths_of_periods_is_reproduced() -> None:
    # A. Wheeler, "The WDD test with different pre/post time periods" (2021): -20, variance 115.
    found = campaigns.weighted_displacement((80, 20), (100, 50), months=(2, 1))
    assert found.total == pytest.approx(-20)
    assert found.total_se == pytest.approx(np.sqrt(115))


def test_wheeler_s_example_with_other_sizes_of_areas_is_reproduced() -> None:
    # ptools, tests/testthat/test-wdd.R, "Area Weights" (there: control, treated, and the same of displacement).
    found = campaigns.weighted_displacement((207, 110), (308, 318), (178, 157), (150, 140), sizes=(1.2, 0.9, 1.5, 1.6))
    expected = (-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241)
    assert (found.total, found.total_se, found.z, found.low, found.high) == pytest.approx(expected, rel=1e-6)


def test_the_example_of_the_package_s_readme_is_reproduced() -> None:
    # ptools, README: wdd(c(20,20), c(20,10)), 90 % interval.
    found = campaigns.weighted_displacement((20, 10), (20, 20), level=0.9)
    assert (found.local, found.local_se, found.z) == pytest.approx((-10, 8.366600, -1.195229), rel=1e-6)
    assert (found.low, found.high) == pytest.approx((-23.761833, 3.761833), rel=1e-6)
    assert not found.named


def test_a_displacement_of_hardly_any_reports_names_nothing() -> None:
    found = campaigns.weighted_displacement((5, 0), (1, 1))
    assert (found.reason, found.needed, found.named) == ("not_enough", 10, False)
    assert campaigns.weighted_displacement((0, 0), (0, 0)).z == 0


# ------------------------------------------------------------ placebo dates


def test_placebo_dates_are_all_that_end_before_the_campaign() -> None:
    found = campaigns.placebo_dates(np.full(30, 9), None, 24, (3, 3))
    assert list(found.dates) == list(range(3, 22))
    assert found.p == 1.0  # all alike: ties count as farther out


def test_a_fall_unlike_any_other_gets_the_smallest_p_that_the_dates_allow() -> None:
    counts = np.tile([9, 11, 10], 10)
    counts[24:27] = 1
    found = campaigns.placebo_dates(counts, np.full(30, 20), 24, (3, 3))
    assert found.p == pytest.approx(1 / (1 + len(found.others)))
    assert found.reason == "complete"
    assert campaigns.placebo_dates(counts, None, 24, (3, 3), direction="rise").p == 1.0


def test_too_few_placebo_dates_are_said_with_the_number_that_would_do() -> None:
    found = campaigns.placebo_dates(np.full(20, 9), None, 12, (3, 3))
    assert (found.reason, found.needed) == ("not_enough", 19)


def test_placebo_dates_with_a_month_that_was_not_told_are_left_out() -> None:
    counts = np.full(30, 9.0)
    counts[5] = np.nan
    found = campaigns.placebo_dates(counts, None, 24, (3, 3))
    assert not set(found.dates) & set(range(3, 9))
    assert set(range(9, 22)) == set(found.dates)


@given(st.lists(st.integers(0, 30), min_size=12, max_size=30))
def test_the_real_date_s_change_is_that_of_its_counts(counts: list[int]) -> None:
    found = campaigns.placebo_dates(counts, None, len(counts) - 3, (2, 3))
    before, after = sum(counts[-5:-3]), sum(counts[-3:])
    assert found.real == pytest.approx(log_ratio((before, after), None, (2, 3)))


# ------------------------------------------------------------ triage


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ((40, 10), (80, 20), "count"),
        ((40, 10), (40, 60), "share"),
        ((40, 10), (80, 90), "both"),
        ((40, 10), (42, 12), "neither"),
        ((3, 1), (2, 0), "not_enough"),
        ((40, 0), (41, 0), "not_enough"),
    ],
)
def test_it_is_said_which_of_count_and_share_moved(before: tuple[int, int], after: tuple[int, int], moved: str) -> None:
    assert campaigns.triage(before, after).moved == moved


def test_the_share_kept_has_clopper_and_pearson_s_interval() -> None:
    # Clopper-Pearson 95 % for 10 of 10: low = 0.025 ** (1 / 10).
    found = campaigns.kept_share(10, 0)
    assert (found.low, found.high) == pytest.approx((0.025 ** (1 / 10), 1.0))
    empty = campaigns.kept_share(0, 0)
    assert (empty.share, empty.low, empty.high) == (None, 0.0, 1.0)


# ------------------------------------------------------------ wrong input


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: campaigns.before_after((-1, 3)),
        lambda: campaigns.before_after((1.5, 3)),  # type: ignore[arg-type]
        lambda: campaigns.before_after((float("nan"), 3)),  # type: ignore[arg-type]
        lambda: campaigns.before_after((1, 2, 3)),
        lambda: campaigns.before_after((1, 2), months=(0, 3)),
        lambda: campaigns.before_after((1, 2), level=1.0),
        lambda: campaigns.difference((1, 2), (1, -2)),
        lambda: campaigns.weighted_displacement((1, 2), (1, 2), sizes=(1, 1, 0, 1)),
        lambda: campaigns.weighted_displacement((1, 2), (1, 2), months=(1,)),
        lambda: campaigns.placebo_dates([1, 2, 3], None, 2, (3, 1)),
        lambda: campaigns.placebo_dates([1, 2, -3, 4], None, 2, (1, 1)),
        lambda: campaigns.placebo_dates([1, 2, 3, 4], [1, 2], 2, (1, 1)),
        lambda: campaigns.placebo_dates([1, 2, 3, 4], None, 2, (0, 1)),
        lambda: campaigns.kept_share(-1, 2),
        lambda: campaigns.which_moved(campaigns.before_after((9, 9)), campaigns.difference((9, 9), (9, 9), level=0.9)),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(wrong: Callable[[], object]) -> None:
    with pytest.raises(StatisticsError, match=r"^[A-Z][^.]*(\.\d[^.]*)*\.$"):
        wrong()
