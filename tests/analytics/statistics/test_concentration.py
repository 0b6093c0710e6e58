from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.statistics import StatisticsError, concentration, surface
from analytics.statistics.concentration import estimated
from analytics.statistics.concentration.curve import adjusted, first
from analytics.territory import Territory
from tests.made_up import releases as made_up

COUNTS = st.lists(st.integers(0, 20), min_size=2, max_size=60).filter(any)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return territories.load(made_up.territory_file(tmp_path_factory.mktemp("ground")))


@pytest.fixture(scope="module")
def release(ground: Territory, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return releases.read(made_up.write(tmp_path_factory.mktemp("made-up") / "release", ground))


# ------------------------------------------------------------ the curve


@pytest.mark.parametrize(
    ("counts", "gini", "adjusted"),
    [
        ((10, 8, 2, 0, 0, 0, 0, 0, 0, 0), 0.78, 0.78),
        ((5, 2, 1, 0, 0, 0, 0, 0, 0, 0), 0.8, 0.75),
        ((10, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0.9, 0.9),
        ((10, *([0] * 99)), 0.99, 0.9),
    ],
)
def test_the_documented_examples_of_lorenzgini_are_reproduced(
    counts: tuple[int, ...], gini: float, adjusted: float
) -> None:
    # R package lorenzgini of Steenbeek and Bernasco, examples of gini(unbiased = FALSE), R/gini.R; the last adjusted
    # value by its formula max(1, 100 / 10) * (0.99 - 1) + 1.
    found = concentration.gini(counts)
    assert (found.gini, found.adjusted) == pytest.approx((gini, adjusted))


@given(COUNTS)
def test_gini_is_the_area_between_the_lorenz_curve_and_the_diagonal(counts: list[int]) -> None:
    curve = concentration.lorenz(counts)
    area = np.trapezoid(curve["reports"], curve["area"])
    assert concentration.gini(counts).gini == pytest.approx(2 * area - 1)


@given(COUNTS)
def test_the_lorenz_curve_rises_ever_more_slowly_from_nothing_to_all(counts: list[int]) -> None:
    held = concentration.lorenz(counts)["reports"].to_numpy()
    assert held[0] == 0
    assert held[-1] == pytest.approx(1)
    steps = np.diff(held)
    assert (steps >= -1e-12).all()
    assert (np.diff(steps) <= 1e-12).all()


@given(st.integers(1, 30), st.integers(30, 60))
def test_reports_each_in_a_cell_of_its_own_are_as_even_as_can_be(reports: int, cells: int) -> None:
    counts = np.zeros(cells)
    counts[:reports] = 1
    assert concentration.gini(counts).adjusted == pytest.approx(0)


@given(COUNTS, st.floats(0.5, 60))
def test_the_first_cells_are_as_many_as_asked_and_hold_the_most(counts: list[int], number: float) -> None:
    values = np.array(counts, dtype=np.float64)
    chosen = first(values, number)
    assert chosen.sum() == pytest.approx(min(number, len(values)))
    assert ((chosen >= -1e-12) & (chosen <= 1 + 1e-12)).all()
    assert chosen[values > values[chosen < 1 - 1e-9].max(initial=-1)].min(initial=1) == pytest.approx(1)
    ranked = np.sort(values)[::-1]
    whole = int(min(number, len(values)))
    assert (chosen * values).sum() >= ranked[:whole].sum() - 1e-9


def drawn(rates: NDArray[np.float64], reports: float, seed: int) -> NDArray[np.int64]:
    return np.asarray(np.random.default_rng(seed).poisson(reports * rates / rates.sum()))


@pytest.mark.parametrize("reports", [50, 200])
def test_the_interval_of_the_share_holds_what_the_truly_first_cells_hold(reports: int) -> None:
    rates = 1 / np.arange(1, 501) ** 1.2
    truth = rates[:25].sum() / rates.sum()
    held = 0
    for seed in range(100):
        row = concentration.captured(drawn(rates, reports, seed), [0.05], halvings=20).iloc[0]
        held += row["low"] <= truth <= row["high"]
    assert held >= 95


@pytest.mark.parametrize("reports", [20, 100])
def test_the_interval_of_the_adjusted_gini_holds_its_mean(reports: int) -> None:
    rates = 1 / np.arange(1, 501) ** 1.2
    found = [concentration.gini(drawn(rates, reports, seed)) for seed in range(300)]
    mean = np.mean([one.adjusted for one in found])
    held = np.mean([one.low <= mean <= one.high for one in found])
    assert 0.91 <= held <= 0.99


def test_on_even_ground_what_the_first_cells_seem_to_hold_does_not_last() -> None:
    row = concentration.captured(drawn(np.ones(500), 100, 1), [0.05]).iloc[0]
    assert row["counted"] > 0.3
    assert row["lasting"] < 0.12
    assert row["low"] < 0.05


def test_few_reports_are_said_to_be_few() -> None:
    frame = concentration.captured([5, 1, 0, 0])
    assert set(frame["reason"]) == {"not_enough"}
    assert set(frame["needed"]) == {20}
    assert concentration.captured([30, 1, 0, 0])["needed"].isna().all()


# ------------------------------------------------------------ the windows


def test_cells_that_never_change_overlap_wholly_and_hold_all() -> None:
    cube = np.zeros((20, 24))
    cube[:3] = 4
    frame = concentration.steadiness(cube, first_cells=3)
    assert (frame["overlap"] == 1).all()
    assert (frame["hit_rate"] == 1).all()
    assert frame["index"].to_numpy() == pytest.approx(20 / 3)
    assert list(frame["pairs"]) == [23, 7, 3, 1]
    assert list(frame["reason"]) == ["complete"] * 3 + ["not_enough"]
    assert frame["needed"].iloc[3] == 36
    assert (frame["low"] < 1).all()


def test_the_hit_rate_is_what_the_next_window_holds_in_the_first_cells() -> None:
    cube = np.array([[5, 1, 0], [0, 3, 6], [2, 2, 2]])
    frame = concentration.steadiness(cube, [1], first_cells=1)
    # The first cell of month 1 holds 1 of 6, that of month 2 holds 6 of 8; neither is the first of the next... one is.
    assert frame["hit_rate"].iloc[0] == pytest.approx(7 / 14)
    assert frame["overlap"].iloc[0] == pytest.approx(0.5)


def test_cells_that_tie_count_in_part() -> None:
    cube = np.array([[1, 4], [1, 0], [0, 0]])
    frame = concentration.steadiness(cube, [1], first_cells=1)
    assert (frame["hit_rate"].iloc[0], frame["overlap"].iloc[0]) == pytest.approx((0.5, 0.5))


def test_on_even_ground_the_first_cells_hold_their_share_of_the_area_alone() -> None:
    cube = np.random.default_rng(0).poisson(0.05, (400, 120))
    frame = concentration.steadiness(cube, [1, 3, 12], first_cells=20)
    assert ((frame["low"] <= 0.05) & (frame["high"] >= 0.05)).all()
    assert frame["index"].to_numpy() == pytest.approx(1, abs=0.5)


# ------------------------------------------------------------ the release


def test_a_release_s_first_cells_are_an_estimate_with_an_interval(release: Release, ground: Territory) -> None:
    fitted = surface.fit(release, ground)
    frame = concentration.of_surface(fitted, "2025-01", "2025-12")
    assert set(frame["said"]) == {"estimate"}
    assert ((frame["low"] <= frame["estimate"]) & (frame["estimate"] <= frame["high"])).all()
    assert frame["estimate"].is_monotonic_increasing
    whole = concentration.of_surface(fitted, "2025-01", "2025-12", [1.0]).iloc[0]
    assert whole["estimate"] == pytest.approx(1)


def test_a_release_s_intervals_reach_further_than_its_surface_s_draws_say(release: Release, ground: Territory) -> None:
    fitted = surface.fit(release, ground)
    months = ("2025-01", "2025-12")
    drawn = estimated.of_draws(fitted, *months)
    ranked = surface.window(fitted, *months)["estimate"].to_numpy()[estimated.inhabited(fitted)]
    told = concentration.of_surface(fitted, *months, [0.05]).iloc[0]
    held = drawn @ first(ranked, told["cells"]) / drawn.sum(axis=1)
    low, high = np.quantile(held, [0.025, 0.975])
    assert low < held.mean() < high
    assert held.mean() - told["low"] >= 1.75 * (held.mean() - low) - 1e-9
    assert told["high"] == 1 or told["high"] - held.mean() >= 1.75 * (high - held.mean()) - 1e-9
    gini, plain = concentration.gini_of_surface(fitted, *months), adjusted(drawn)
    low, high = np.nanquantile(plain, [0.025, 0.975])
    assert gini.low < low < gini.adjusted < high < gini.high


def test_a_release_s_gini_lies_in_its_interval_and_is_the_same_for_a_seed(release: Release, ground: Territory) -> None:
    fitted = surface.fit(release, ground)
    one = concentration.gini_of_surface(fitted, "2025-01", "2025-12")
    assert one == concentration.gini_of_surface(fitted, "2025-01", "2025-12")
    assert one.low <= one.adjusted <= one.high <= 1


def test_a_release_s_steadiness_is_by_what_was_known_then(release: Release, ground: Territory) -> None:
    frame = concentration.steadiness_of(release, ground, [3, 6, 12])
    assert list(frame["months"]) == [3, 6, 12]
    assert list(frame["pairs"]) == [7, 3, 1]
    assert frame["overlap"].between(0, 1).all()
    assert (frame["index"] > 2).all()
    assert set(frame["said"]) == {"estimate"}
    later = concentration.steadiness_of(release, ground, [3], live=False)
    assert later["overlap"].iloc[0] != frame["overlap"].iloc[0]


def test_a_release_that_says_too_little_says_so(ground: Territory, tmp_path: Path) -> None:
    few = releases.read(made_up.write(tmp_path / "few", ground, months=3, a_month=0.1))
    frame = concentration.of_surface(surface.fit(few, ground), "2024-01", "2024-03")
    assert set(frame["reason"]) == {"not_enough"}
    assert set(frame["needed"]) == {few.k}
    assert frame["estimate"].isna().all()
    with pytest.raises(StatisticsError, match="longer period"):
        concentration.gini_of_surface(surface.fit(few, ground), "2024-01", "2024-03")
    empty = releases.read(made_up.write_empty(tmp_path / "empty", ground))
    with pytest.raises(StatisticsError, match="no closed month"):
        concentration.steadiness_of(empty, ground)


# ------------------------------------------------------------ wrong input


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: concentration.lorenz([]),
        lambda: concentration.lorenz([[1, 2], [3, 4]]),
        lambda: concentration.gini([1, -1]),
        lambda: concentration.gini([1, float("nan")]),
        lambda: concentration.captured([0, 0]),
        lambda: concentration.captured([0.5, 2]),
        lambda: concentration.gini([0.5, 2]),
        lambda: concentration.captured([5, 2], [0.0]),
        lambda: concentration.steadiness([1, 2, 3]),
        lambda: concentration.steadiness([[1, -2], [3, 4]]),
        lambda: concentration.steadiness([[1, 2], [3, 4]], [0], first_cells=1),
        lambda: concentration.steadiness([[1, 2], [3, 4]], [1], first_cells=3),
    ],
)
def test_what_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(StatisticsError):
        wrong()
