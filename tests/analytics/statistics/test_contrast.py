"""This year against last, cell by cell: what is named is there, what is not there is hardly ever named."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analytics import release as said
from analytics import territory as territories
from analytics.release import Release
from analytics.statistics import StatisticsError, contrast, surface
from analytics.territory import Territory
from bench import box_draws, surface_ten

MONTHS = 24
CORNER = np.array([720_000, 4_212_000])
PLACES = np.array([(-3000, -3000), (-3000, 2500), (0, 0), (2500, -2500), (3000, 3000)])
SEEDS = range(12)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return box_draws.territory(tmp_path_factory.mktemp("box"))


def world(box: Territory, seed: int, this: NDArray[np.int64], last: NDArray[np.int64]) -> Release:
    """Draw two years of reports at five places, as many as given in the mean, through the ladders."""
    chance = np.random.default_rng(seed)
    spots, months = [], []
    for year, means in enumerate((last, this)):
        counts = chance.poisson(means)
        spots.append(np.repeat(PLACES, counts, axis=0))
        months.append(12 * year + chance.integers(0, 12, counts.sum()))
    found = CORNER + np.concatenate(spots) + chance.normal(0, 150, (sum(map(len, spots)), 2))
    corner = territories.snap(found, 250)
    places = pd.DataFrame({"base_e": corner[:, 0], "base_n": corner[:, 1], "commune": None})
    return surface_ten.sealed(places, np.concatenate(months), MONTHS, box, box_draws.POLICY, repaired=False)


def months_of(release: Release) -> tuple[pd.Period, pd.Period]:
    closed = said.months(release)
    return closed[-12], closed[-1]


def compared(box: Territory, release: Release) -> pd.DataFrame:
    now, before = surface.fit(release, box), contrast.fit_before(release, box)
    assert before is not None
    return contrast.window(now, before, *months_of(release))


def cell_of(box: Territory, place: int) -> str:
    cells = territories.ground(box, 1000)
    corner = territories.snap(CORNER + PLACES[place], 1000)
    return str(cells.loc[(cells["e"] == corner[0]) & (cells["n"] == corner[1]), "cell"].iloc[0])


@pytest.fixture(scope="module")
def changed(box: Territory) -> Release:
    """A place that has grown fivefold, one that has fallen as much, three that have stayed as they were."""
    return world(box, 1, np.array([60, 10, 30, 30, 30]), np.array([10, 60, 30, 30, 30]))


def test_a_rise_and_a_fall_are_named_where_they_are(box: Territory, changed: Release) -> None:
    found = compared(box, changed).set_index("cell")["change"]
    assert found[cell_of(box, 0)] == "more"
    assert found[cell_of(box, 1)] == "fewer"
    assert set(found[[cell_of(box, place) for place in (2, 3, 4)]]) <= {"chance"}
    assert (found == "unsaid").sum() > len(found) / 2


def test_where_nothing_changes_hardly_anything_is_named(box: Territory) -> None:
    """At a false discovery rate of 10 %, one map in ten at most has any name on it where every change is chance."""
    same = np.array([12, 12, 20, 20, 30])
    named = [compared(box, world(box, seed, same, same))["change"].isin(["more", "fewer"]).any() for seed in SEEDS]
    assert sum(named) <= stats.binom.ppf(0.999, len(SEEDS), contrast.RATE)


def test_only_at_the_same_age_is_as_much_counted_in_both_years(box: Territory) -> None:
    """The naive way holds last year's months, as complete as they are today, against a young quarter."""
    same = np.array([6, 6, 10, 10, 15])
    counted: dict[str, list[float]] = {"young": [], "naive": [], "aged": []}
    for seed in range(4):
        whole = world(box, seed, same, same)
        release = said.until(whole, said.months(whole)[-4])
        now, before = surface.fit(release, box), contrast.fit_before(release, box)
        assert before is not None
        first, last = said.months(release)[-3], said.months(release)[-1]
        for name, fitted, back in (("young", now, 0), ("naive", now, 12), ("aged", before, 12)):
            found = surface.window(fitted, first - back, last - back)
            counted[name].append(float((found["measured"] * found["estimate"]).sum()))
    young, naive, aged = (sum(counted[name]) for name in ("young", "naive", "aged"))
    assert abs(aged - young) < naive - young


def test_the_year_before_is_known_as_it_was(box: Territory, changed: Release) -> None:
    earlier = contrast.year_before(changed)
    assert earlier is not None
    assert said.months(earlier)[-1] == said.months(changed)[-13]
    assert (said.closing_month(earlier.facts) <= said.months(changed)[-13]).all()
    young = said.until(changed, said.months(changed)[11])
    assert contrast.year_before(young) is None
    assert contrast.fit_before(young, box) is None


def test_a_surface_without_draws_is_refused(box: Territory, changed: Release) -> None:
    plain = surface.fit(changed, box, 0)
    with pytest.raises(StatisticsError, match="draws of both surfaces"):
        contrast.window(plain, plain, *months_of(changed))


@given(st.integers(0, 80), st.integers(0, 80))
def test_the_p_value_is_that_of_a_coin(this: int, last: int) -> None:
    expected = stats.binomtest(this, this + last).pvalue if this + last else 1.0
    assert float(contrast.two_sided(this, last)) == pytest.approx(expected)
    assert float(contrast.two_sided(this, last)) == float(contrast.two_sided(last, this))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.05, 0.1, 0.2]))
def test_discoveries_are_those_of_benjamini_and_hochberg(values: list[float], rate: float) -> None:
    p_value = np.array(values)
    adjusted = stats.false_discovery_control(p_value, method="bh")
    near = np.isclose(adjusted, rate)
    found = contrast.discoveries(p_value, rate)
    assert (found[~near] == (adjusted <= rate)[~near]).all()


def test_runs_of_months_are_sums_of_their_months(box: Territory, changed: Release) -> None:
    fitted = surface.fit(changed, box, 40)
    cells = np.arange(len(fitted.cells))
    known = contrast.cumulative(fitted, cells)
    whole = contrast.run(known, (0, MONTHS - 1))
    parts = sum(contrast.run(known, (month, month)) for month in range(MONTHS))
    assert (whole == parts).all()
    assert fitted.draws is not None
    located = fitted.draws.atom // MONTHS < len(cells)
    assert whole.sum() == located.sum()
