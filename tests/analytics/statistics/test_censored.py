"""What is known of a series: the truth is never excluded, and what is said of it is a likelihood."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analytics.statistics import StatisticsError, censored
from analytics.statistics.censored import Group, Known
from tests.made_up import laddered

LADDERS = [
    ("month", "quarter", "year"),
    ("quarter", "year"),
    ("year",),
    ("quarter", "month"),
    ("quarter", "month", "year"),
]


def holds(group: Group, truth: NDArray[np.int64]) -> bool:
    total = int(truth[list(group.months)].sum())
    if group.n is not None:
        fine = total == group.n
    else:
        fine = group.below is None or total < group.below or (group.above is not None and total > group.above)
    return fine and all(holds(part, truth) for part in group.parts)


@settings(max_examples=30)
@given(st.sampled_from(LADDERS), st.integers(0, 2**32 - 1), st.floats(0.3, 8))
def test_the_truth_is_never_excluded(periods: tuple[str, ...], seed: int, rate: float) -> None:
    truth = np.random.default_rng(seed).poisson(rate, 43)
    known = censored.of_area(laddered.release({"a": truth}, first="2020-03", periods=periods), "a")
    assert all(holds(group, truth) for group in known.groups)
    months = [month for group in known.groups for month in group.months]
    assert len(set(months)) == len(months)
    assert np.isfinite(known.log_likelihood(np.full((1, 43), rate))).all()


def test_a_silent_quarter_of_silent_months_holds_fewer_than_k_or_was_held_back() -> None:
    known = censored.of_area(laddered.release({"a": np.array([3, 3, 4, 9])}, first="2024-01"), "a")
    quarter, april = known.groups
    assert april.n == 9
    # 10 in three months of at most 4 each would prove 2 in each of them: held back, as 9, 11 and 12 would be.
    assert (quarter.n, quarter.below, quarter.above) == (None, 5, 8)
    assert [(part.months, part.below, part.above) for part in quarter.parts] == [((m,), 5, None) for m in range(3)]


@pytest.mark.parametrize("excess", [None, 0.7])
def test_the_likelihood_is_the_sum_over_all_truths_that_agree(excess: float | None) -> None:
    """Every group of three months and two quarters, against brute force."""
    months = tuple(Group((m,), below=3) for m in range(3))
    mean = np.array([[0.8, 1.3, 2.1, 1.7]])

    def chance(m: int, n: int) -> float:
        if excess is None:
            return float(stats.poisson.pmf(n, mean[0, m]))
        return float(stats.nbinom.pmf(n, mean[0, m] / excess, 1 / (1 + excess)))

    table = np.array([[chance(m, n) for n in range(22)] for m in range(4)])
    silent = Group((0, 1, 2), months, below=3, above=4)
    for known, agrees in (
        (Known(4, (Group((0, 1, 2), months, n=4),)), lambda t: max(t[:3]) < 3 and sum(t[:3]) == 4),
        (Known(4, (silent,)), lambda t: max(t[:3]) < 3 and (sum(t[:3]) < 3 or sum(t[:3]) > 4)),
        (Known(4, (Group((0, 1, 2, 3), (silent,), n=7),)), lambda t: holds(silent, np.array(t)) and sum(t) == 7),
        (Known(4, (Group((1, 3), n=5),)), lambda t: t[1] + t[3] == 5),
    ):
        truths = (truth for truth in product(range(22), repeat=4) if agrees(truth))
        total = sum(float(np.prod([table[m, n] for m, n in enumerate(truth)])) for truth in truths)
        over = None if excess is None else np.array([excess])
        assert known.log_likelihood(mean, over)[0] == pytest.approx(np.log(total), abs=1e-6)


@pytest.mark.parametrize("excess", [None, 0.7])
def test_silence_where_anything_may_be_withheld_counts_by_its_odds(excess: float | None) -> None:
    """A month of k and more is silent one time in ten; alone, and in a sum that was told."""
    mean, over = np.array([[3.0, 4.0]]), None if excess is None else np.array([excess])
    law = stats.poisson(mean[0]) if excess is None else stats.nbinom(mean[0] / excess, 1 / (1 + excess))
    silent = [Group((m,), below=5, odds=0.1) for m in (0, 1)]
    small = law.cdf(4)
    found = Known(2, tuple(silent)).log_likelihood(mean, over)[0]
    assert found == pytest.approx(np.log(small + 0.1 * (1 - small)).sum(), abs=1e-6)
    n = np.arange(12)
    weighed = law.pmf(n[:, None]) * np.where(n < 5, 1.0, 0.1)[:, None]
    told = Known(2, (Group((0, 1), tuple(silent), n=11),)).log_likelihood(mean, over)[0]
    assert told == pytest.approx(np.log(weighed[:, 0] @ weighed[::-1, 1]), abs=1e-6)
    if excess is None:
        far = np.arange(60)
        chance = stats.poisson.pmf(far, 4.0) * np.where(far < 5, 1.0, 0.1)
        expected = Known(2, tuple(silent)).expected(mean[0])[1]
        assert expected == pytest.approx(far @ chance / chance.sum(), abs=1e-3)


def test_of_an_audited_release_the_first_silence_alone_counts() -> None:
    release = laddered.release({"a": np.array([3, 3, 4, 9, 0, 2])}, first="2024-01", withheld=0.0)
    silent = [group for group in censored.of_area(release, "a").groups if group.n is None]
    assert [(group.months, group.below, group.odds) for group in silent] == [((m,), 5, 0.1) for m in (0, 1, 2, 4, 5)]


def test_expected_counts_are_means_of_the_truths_that_agree() -> None:
    known = Known(3, (Group((0, 1), (Group((0,), below=3), Group((1,), below=3)), n=3),))
    expected = known.expected(np.array([2.0, 1.0, 4.0]))
    # 1 and 2, or 2 and 1: chances 2 x 1/2 and 2 x 1 (without the factors that they share).
    assert expected == pytest.approx([5 / 3, 4 / 3, 4.0], abs=1e-5)
    assert known.information(np.array([2.0, 1.0, 4.0])).tolist() == [1.0, 1.0, 0.0]


def test_a_constant_rate_is_found_through_the_silence() -> None:
    """At 3 a month four fifths of the months are silent; leaving them out would say 5 and more."""
    rates, naive = [], []
    for seed in range(20):
        known = censored.of_area(laddered.release({"a": np.random.default_rng(seed).poisson(3, 48)}), "a")
        rates.append(censored.constant_rate(known))
        naive.append(np.nanmean(known.alone))
    assert np.mean(rates) == pytest.approx(3, abs=0.15)
    assert np.mean(naive) > 5


def test_silence_that_bounds_nothing_says_nothing() -> None:
    release = laddered.release({"few": np.full(6, 3), "many": np.full(6, 9)}, residents={"few": 50.0})
    known = censored.of_area(release, "few")
    assert known.groups == ()
    assert np.isnan(censored.filled(known)).all()
    assert known.log_likelihood(np.ones((2, 6))).tolist() == [0.0, 0.0]


def test_a_series_that_is_told_month_by_month_is_whole() -> None:
    known = censored.complete([4, 0, 7])
    assert known.whole
    assert known.alone.tolist() == [4, 0, 7]
    assert censored.constant_rate(known) == pytest.approx(11 / 3, rel=0.01)
    assert known.log_likelihood(np.array([[2.0, 1.0, 6.0]]))[0] == pytest.approx(
        sum(float(stats.poisson.logpmf(n, mean)) for n, mean in ((4, 2), (0, 1), (7, 6)))
    )


@pytest.mark.parametrize("wrong", [[3, -1], [1.5, 2], [np.nan, 2], [[1, 2]]])
def test_what_is_no_series_of_counts_is_refused(wrong: list[float]) -> None:
    with pytest.raises(StatisticsError, match="whole counts"):
        censored.complete(wrong)
