import numpy as np
import pytest

from analytics.statistics import StatisticsError, campaigns, conditional
from analytics.statistics.campaigns import Plan

DRAWS = 4000


def simulated(plan: Plan, months: tuple[int, int], fall: float) -> float:
    """Share of drawn campaigns whose fall the evaluation's own test names."""
    rng = np.random.default_rng(3)
    before, after = months
    mine = rng.poisson([plan.rate * before, plan.rate * (1 - fall) * after], (DRAWS, 2))
    other = rng.poisson([(plan.comparison or 0) * before, (plan.comparison or 0) * after], (DRAWS, 2))
    named = 0
    seen: dict[tuple[int, ...], bool] = {}
    for (a, b), (c, d) in zip(mine.tolist(), other.tolist(), strict=True):
        if (a, b, c, d) not in seen:
            family, usual, fell = (
                (conditional.binomial(a + b), after / before, b * before < a * after)
                if plan.comparison is None
                else (conditional.hypergeometric(a + b, c + d, b + d), 1.0, b * c < a * d)
            )
            seen[a, b, c, d] = fell and conditional.p_value(family, b, usual, plan.method) <= plan.error
        named += seen[a, b, c, d]
    return named / DRAWS


@pytest.mark.parametrize(
    ("plan", "months", "fall"),
    [
        (Plan(16), (12, 6), 0.3),
        (Plan(5, method="mid_p"), (6, 3), 0.5),
        (Plan(2), (12, 12), 0.6),
        (Plan(9, comparison=9), (6, 6), 0.5),
        (Plan(5, comparison=16, method="mid_p"), (12, 6), 0.5),
    ],
)
def test_power_is_how_often_the_evaluation_names_the_fall(plan: Plan, months: tuple[int, int], fall: float) -> None:
    found = campaigns.power(plan, months, fall)
    assert found == pytest.approx(simulated(plan, months, fall), abs=3.5 * np.sqrt(0.25 / DRAWS))


def test_the_months_needed_are_the_first_that_are_enough() -> None:
    found = campaigns.months_needed(Plan(16), 0.3)
    assert found.months is not None
    assert found.power >= 0.8 > campaigns.power(Plan(16), (12, found.months - 1), 0.3)


def test_where_the_months_before_are_too_few_it_says_how_many_would_do() -> None:
    found = campaigns.months_needed(Plan(5), 0.3, before=3)
    assert (found.months, found.reason) == (None, "not_enough")
    assert found.needed is not None
    assert campaigns.power(Plan(5), (found.needed, found.needed), 0.3) >= 0.8


def test_the_smallest_fall_is_one_that_is_named_and_a_smaller_is_not() -> None:
    found = campaigns.smallest_fall(Plan(9, comparison=16), (12, 6))
    assert found.fall is not None
    assert found.power == pytest.approx(0.8, abs=0.005)
    assert campaigns.power(Plan(9, comparison=16), (12, 6), found.fall - 0.02) < 0.8


def test_where_even_silence_would_not_be_named_it_says_so() -> None:
    found = campaigns.smallest_fall(Plan(1), (2, 2))
    assert (found.fall, found.reason) == (None, "not_enough")
    assert found.needed is not None
    assert campaigns.power(Plan(1), (found.needed, found.needed), 1.0) >= 0.8


def test_power_grows_with_months_with_the_fall_and_with_the_comparison() -> None:
    months = [campaigns.power(Plan(9), (12, m), 0.3) for m in (3, 6, 12, 24)]
    falls = [campaigns.power(Plan(9), (12, 6), fall) for fall in (0.1, 0.3, 0.5, 0.9)]
    beside = [campaigns.power(Plan(9, comparison=rate), (12, 12), 0.5) for rate in (3.0, 9.0, 30.0)]
    assert all(np.diff(row).min() > 0 for row in (months, falls, beside))
    assert beside[-1] < campaigns.power(Plan(9), (12, 12), 0.5)


def test_a_plan_that_cannot_be_is_refused() -> None:
    for rate, comparison, error in (
        (0, None, 0.05),
        (-1, None, 0.05),
        (5, 0, 0.05),
        (5, None, 0),
        (float("nan"), 1, 0.1),
    ):
        with pytest.raises(StatisticsError):
            Plan(rate, comparison, error)
    for months, fall in (((0, 3), 0.3), ((3, 0), 0.3), ((3, 3), 0), ((3, 3), 1.1)):
        with pytest.raises(StatisticsError):
            campaigns.power(Plan(5), months, fall)
    with pytest.raises(StatisticsError):
        campaigns.months_needed(Plan(5), 0.3, wanted=1.0)
