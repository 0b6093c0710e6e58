import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import odds_ratio

from analytics.statistics import conditional
from analytics.statistics.intervals import ratio_interval

COUNT = st.integers(0, 60)


@given(COUNT, COUNT)
def test_the_exact_interval_of_odds_is_that_of_a_ratio_of_poisson_counts(before: int, after: int) -> None:
    found = conditional.interval(conditional.binomial(before + after), after)
    assert found == pytest.approx(ratio_interval(after, before), rel=1e-6)


@pytest.mark.parametrize("table", [(12, 38, 30, 40), (1, 9, 11, 3), (0, 5, 7, 2), (6, 0, 4, 9), (3, 3, 3, 3)])
def test_the_exact_interval_of_an_odds_ratio_is_scipy_s(table: tuple[int, int, int, int]) -> None:
    # The conditional interval of Cornfield, as scipy.stats.contingency.odds_ratio computes it.
    a, b, c, d = table
    family = conditional.hypergeometric(a + c, b + d, a + b)
    expected = odds_ratio(np.array([[a, b], [c, d]])).confidence_interval(0.95)
    assert conditional.interval(family, a) == pytest.approx((expected.low, expected.high), rel=1e-6)


def test_fisher_s_tea_tasting_is_reproduced() -> None:
    # Fisher (1935), The Design of Experiments: 3 of 4 cups right, chance of as many or more 17/70.
    _, above = conditional.tails(conditional.hypergeometric(4, 4, 4), 3, 0.0, "exact")
    assert above == pytest.approx(17 / 70)


@given(COUNT, COUNT, st.sampled_from(["exact", "mid_p"]), st.floats(0.05, 20))
def test_an_interval_holds_a_ratio_exactly_when_its_test_does_not_exclude_it(
    before: int, after: int, method: conditional.Method, theta: float
) -> None:
    family = conditional.binomial(before + after)
    low, high = conditional.interval(family, after, 0.95, method)
    p = conditional.p_value(family, after, theta, method)
    if abs(p - 0.05) > 1e-6:
        assert (low < theta < high) == (p > 0.05)


@given(COUNT, COUNT)
def test_mid_p_lies_inside_exact(before: int, after: int) -> None:
    family = conditional.binomial(before + after)
    exact, mid = (conditional.interval(family, after, 0.95, method) for method in ("exact", "mid_p"))
    assert exact[0] <= mid[0] + 1e-9
    assert mid[1] <= exact[1] + 1e-9 or np.isinf(exact[1])


def test_the_exact_test_never_exceeds_its_error_and_mid_p_is_near_it() -> None:
    for mean in (2.0, 6.0, 16.0):
        counts = np.arange(int(stats.poisson.isf(1e-9, mean)) + 1)
        chance = stats.poisson.pmf(counts, mean)
        limits: dict[conditional.Method, float] = {"exact": 0.05, "mid_p": 0.06}
        for method, most in limits.items():
            wrong = sum(
                chance[a] * chance[b]
                for a in counts
                for b in counts
                if conditional.p_value(conditional.binomial(int(a + b)), int(b), 1.0, method) <= 0.05
            )
            assert wrong <= most
