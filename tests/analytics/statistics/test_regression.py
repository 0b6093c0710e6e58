"""Trend and season: both ways of fitting agree, silence hides nothing, and the tests keep their size."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from analytics.statistics import StatisticsError, censored, regression, told
from tests.made_up import laddered

YEARS = (np.arange(60) - 29.5) / 12


@pytest.mark.parametrize("negative", [False, True])
def test_both_ways_agree_where_nothing_is_censored(*, negative: bool) -> None:
    counts = np.random.default_rng(0).negative_binomial(6, 0.4, 60)
    shape = regression.design(60, 1, "harmonic")
    library = regression.by_statsmodels(counts.astype(float), shape, negative=negative)
    own = regression.by_likelihood(censored.complete(counts), shape, negative=negative)
    assert own.beta == pytest.approx(library.beta, abs=1e-5)
    assert own.log_likelihood == pytest.approx(library.log_likelihood, abs=1e-6)
    assert np.sqrt(np.diag(own.covariance)) == pytest.approx(np.sqrt(np.diag(library.covariance)), rel=1e-3)
    assert own.excess == pytest.approx(library.excess, abs=1e-3)


def test_trend_and_season_are_found() -> None:
    wave = 1 + 0.5 * np.cos(2 * np.pi * (np.arange(60) - 6) / 12)
    found = regression.trend(np.random.default_rng(3).poisson(16 * 1.25**YEARS * wave))
    assert found.reason == "fitted"
    assert found.low < 1.25 < found.high
    assert found.p_value < 0.001
    assert found.season_p < 1e-6
    assert int(np.argmax(found.season)) in (5, 6, 7)
    assert np.prod(found.season) == pytest.approx(1)
    assert found.level == pytest.approx(15, rel=0.2)


def test_the_season_follows_the_calendar_of_the_first_month() -> None:
    counts = np.rint(20 * (1 + 0.6 * np.cos(2 * np.pi * (np.arange(48) + 8 - 6) / 12))).astype(int)  # from September on
    seasons: tuple[regression.Season, ...] = ("harmonic", "months")
    for season in seasons:
        found = regression.trend(counts, first_month=9, season=season)
        assert int(np.argmax(found.season)) == 6  # July
    assert regression.trend(counts, season="none").season == (1.0,) * 12


def test_a_trend_is_found_through_the_silence() -> None:
    """At 4 a month most months are silent; the sealed ones alone would show nearly the same count all the time."""
    rng = np.random.default_rng(5)
    rising = {f"z{z}": rng.poisson(4 * 1.4**YEARS) for z in range(8)}
    release = laddered.release(rising)
    found = [regression.of_area(release, zone) for zone in rising]
    assert np.exp(np.mean([np.log(one.trend) for one in found])) == pytest.approx(1.4, rel=0.06)
    assert sum(one.low <= 1.4 <= one.high for one in found) >= 6


def test_silence_bounds_the_level_too() -> None:
    rng = np.random.default_rng(6)
    flat = {f"z{z}": rng.poisson(2, 60) for z in range(8)}
    release = laddered.release(flat)
    found = [regression.of_area(release, zone) for zone in flat]
    assert np.mean([one.level for one in found]) == pytest.approx(np.mean(list(flat.values())), rel=0.05)


def test_the_level_of_an_audited_release_is_not_that_of_its_large_months() -> None:
    """At five a month half of the months are silent; where silence counted for nothing, the others spoke for them."""
    counts = np.random.default_rng(12).poisson(5, (16, 60))
    release = laddered.release({f"z{i}": row for i, row in enumerate(counts)}, whole=False, withheld=0.1)
    levels, deaf = [], []
    for zone in (f"z{i}" for i in range(len(counts))):
        levels.append(regression.of_area(release, zone, season="none").level)
        unheard = censored.of_series(told.of_area(release, zone), ["month", "quarter", "year"], None)
        deaf.append(regression.of_known(unheard, season="none").level)
    assert np.mean(levels) == pytest.approx(counts.mean(), rel=0.03)
    assert np.mean(deaf) > 1.05 * counts.mean()


def test_dean_s_statistic_is_the_sum_that_he_gives() -> None:
    counts = np.random.default_rng(1).poisson(5, 40)
    fitted = sm.GLM(counts, np.ones((40, 1)), family=sm.families.Poisson()).fit()
    mean, pull = fitted.fittedvalues, np.full(40, 1 / 40)
    statistic, p_value = regression.overdispersion(counts, mean, pull)
    average = counts.mean()
    # With one mean for all: (n variance - n mean + mean) / mean / root of 2 n.
    by_hand = (40 * counts.var() - 40 * average + average) / average / np.sqrt(80)
    assert statistic == pytest.approx(by_hand)
    assert p_value == pytest.approx(stats.norm.sf(by_hand))


def test_overdispersed_counts_get_the_negative_binomial_and_wider_intervals() -> None:
    counts = np.random.default_rng(2).negative_binomial(16 / 3, 1 / 4, 60)  # variance four times the mean
    found = regression.trend(counts)
    assert found.model == "negative_binomial"
    assert found.overdispersion_p < 0.001
    assert 1.5 < found.excess < 6
    plain = regression.by_statsmodels(counts.astype(float), regression.design(60, 1, "harmonic"), negative=False)
    assert np.log(found.high / found.low) > 1.5 * 2 * 1.96 * np.sqrt(plain.covariance[1, 1])


def test_the_trend_test_keeps_its_size_on_poisson_and_on_overdispersed_counts() -> None:
    """200 flat series each; 5 % is promised."""
    rng = np.random.default_rng(8)
    draws = rng.poisson(16, (200, 48)), rng.poisson(3, (200, 48)), rng.negative_binomial(8, 0.5, (200, 48))
    for counts in draws:
        found = [regression.trend(series) for series in counts]
        assert 0.01 < np.mean([one.p_value < 0.05 for one in found]) < 0.10


def test_too_little_is_said_to_be_too_little_with_what_would_be_enough() -> None:
    short = regression.trend(np.full(23, 9))
    assert (short.reason, short.needed, short.needed_of) == ("not_enough", 24, "months")
    assert regression.trend(np.full(30, 9), season="months").needed == 36
    silent = regression.of_area(laddered.release({"a": np.ones(30, dtype=np.int64)}), "a")
    assert (silent.reason, silent.needed, silent.needed_of) == ("not_enough", 8, "facts")
    assert np.isnan(silent.trend)
    assert regression.trend(np.zeros(30, dtype=int)).reason == "not_enough"


def test_wrong_input_is_refused() -> None:
    with pytest.raises(StatisticsError, match="whole counts"):
        regression.trend([4, -1] * 20)
    with pytest.raises(StatisticsError, match="calendar month"):
        regression.trend([4] * 40, first_month=13)
    with pytest.raises(StatisticsError, match="no season 'weekly'"):
        regression.trend([4] * 40, season="weekly")  # type: ignore[arg-type]
