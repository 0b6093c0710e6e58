"""Intervals and p-values of small counts: coverage by enumeration, and what tests and intervals owe each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analytics.statistics import StatisticsError
from analytics.statistics.intervals import (
    mid_p_interval,
    mid_p_ratio_interval,
    poisson_interval,
    ratio_interval,
    ratio_p_value,
)

LARGEST = 100.0
N = np.arange(220)
counts = st.integers(0, 300)


def coverage(ends: tuple[NDArray[np.float64], NDArray[np.float64]], least: float) -> NDArray[np.float64]:
    """Exact coverage of every mean from ``least`` on: it only jumps at ends, and has no dip lower than beside one."""
    low, high = ends
    beside = np.concatenate([low - 1e-9, low + 1e-9, high - 1e-9, high + 1e-9])
    means = np.concatenate([beside, np.arange(least, LARGEST, 0.01)])
    means = means[(means >= least) & (means <= LARGEST)]
    held = (low <= means[:, None]) & (means[:, None] <= high)
    covered: NDArray[np.float64] = (stats.poisson.pmf(N[None, :], means[:, None]) * held).sum(axis=1)
    return covered


def test_the_exact_interval_never_holds_less_than_it_says() -> None:
    assert coverage(poisson_interval(N), 0.01).min() >= 0.95


def test_the_mid_p_interval_holds_means_from_three_in_93_to_97_percent() -> None:
    covered = coverage(mid_p_interval(N), 3)
    assert 0.93 <= covered.min() < 0.95
    assert 0.95 < covered.max() <= 0.97
    assert covered.mean() == pytest.approx(0.95, abs=0.005)


def test_the_mid_p_interval_is_shorter_than_the_exact_one_and_holds_its_count() -> None:
    low, high = mid_p_interval(N)
    exact_low, exact_high = poisson_interval(N)
    assert (high - low < exact_high - exact_low).all()
    assert ((low <= N) & (high >= N)).all()
    assert (np.diff(low) > 0).all()
    assert (np.diff(high) > 0).all()


@pytest.mark.parametrize("n", [0, 1, 4, 16])
def test_the_mid_p_interval_is_where_sterne_s_mid_p_test_does_not_refuse(n: int) -> None:
    """The test written out as it is defined, on means just inside and outside of the ends."""

    def p_value(mean: float) -> float:
        chance = stats.poisson.pmf(np.arange(200), mean)
        return float(chance[chance < chance[n] * (1 - 1e-9)].sum() + chance[n] / 2)

    low, high = (float(end) for end in mid_p_interval(n))
    assert p_value(high - 1e-6) > 0.05
    assert all(p_value(mean) <= 0.05 for mean in np.linspace(high + 1e-6, high + 12, 400))
    if n:
        assert p_value(low + 1e-6) > 0.05
        assert all(p_value(mean) <= 0.05 for mean in np.linspace(low / 50, low - 1e-6, 400))
    else:
        assert low == 0


def test_intervals_keep_the_shape_of_their_counts() -> None:
    for interval in (poisson_interval, mid_p_interval):
        low, high = interval(np.arange(6).reshape(2, 3))
        assert low.shape == high.shape == (2, 3)
        assert interval(7)[0].shape == ()


# ------------------------------------------------------------------------------------------------------ ratios of two


@pytest.mark.parametrize(("this", "last"), [(20, 8), (0, 7), (7, 0), (160, 171), (1, 1)])
def test_the_exact_p_value_doubles_the_smaller_tail_of_the_binomial_test(this: int, last: int) -> None:
    tails = [
        stats.binomtest(this, this + last, 0.5, alternative="greater").pvalue,
        stats.binomtest(this, this + last, 0.5, alternative="less").pvalue,
    ]
    assert ratio_p_value(this, last) == pytest.approx(min(1.0, 2 * min(tails)))
    half = stats.binom.pmf(this, this + last, 0.5) / 2
    assert ratio_p_value(this, last, mid=True) == pytest.approx(min(1.0, 2 * (min(tails) - half)))


@given(counts, counts)
def test_a_ratio_excludes_one_just_when_its_p_value_is_under_a_twentieth(this: int, last: int) -> None:
    for mid, interval in ((False, ratio_interval), (True, mid_p_ratio_interval)):
        p_value = ratio_p_value(this, last, mid=mid)
        low, high = interval(this, last)
        if abs(p_value - 0.05) > 1e-9:
            assert (p_value < 0.05) == (low > 1 or high < 1)


@given(counts, counts)
def test_turning_the_periods_over_turns_the_ratio_over(this: int, last: int) -> None:
    assert ratio_p_value(this, last) == pytest.approx(ratio_p_value(last, this))
    low, high = mid_p_ratio_interval(this, last)
    back_low, back_high = mid_p_ratio_interval(last, this)
    assert low * back_high == pytest.approx(1) or (low == 0 and np.isinf(back_high))
    assert high * back_low == pytest.approx(1) or (np.isinf(high) and back_low == 0)


@given(counts, counts)
def test_mid_p_is_shorter_and_smaller(this: int, last: int) -> None:
    low, high = ratio_interval(this, last)
    inner_low, inner_high = mid_p_ratio_interval(this, last)
    assert low <= inner_low <= inner_high <= high
    assert ratio_p_value(this, last, mid=True) <= ratio_p_value(this, last) <= 1


def size(mean: float, *, mid: bool) -> float:
    """Chance that two counts of one mean are told apart at 5 %, enumerated."""
    n = np.arange(int(mean + 10 * np.sqrt(mean)) + 10)
    chance = stats.poisson.pmf(n, mean)
    told_apart = np.array([[ratio_p_value(int(a), int(b), mid=mid) < 0.05 for b in n] for a in n])
    return float(chance @ told_apart @ chance)


@pytest.mark.parametrize("mean", [2.0, 5.0, 16.0])
def test_the_exact_ratio_test_names_no_change_in_95_percent(mean: float) -> None:
    assert size(mean, mid=False) <= 0.05
    assert size(mean, mid=False) < size(mean, mid=True) <= 0.06


@pytest.mark.parametrize("wrong", [-1, float("nan"), [3, -2], float("inf")])
def test_what_is_no_count_is_refused(wrong: float) -> None:
    for ask in (poisson_interval, mid_p_interval):
        with pytest.raises(StatisticsError, match="not negative"):
            ask(wrong)


def test_a_negative_count_has_no_ratio() -> None:
    for ask in (ratio_p_value, mid_p_ratio_interval):
        with pytest.raises(StatisticsError, match="not negative"):
            ask(-1, 3)
