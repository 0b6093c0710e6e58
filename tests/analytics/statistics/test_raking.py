"""Raking on plain arrays: every total met, nothing negative, the nearest table to the first guess."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics import StatisticsError
from analytics.statistics.raking import NOWHERE, Margin, join, rake

Cube = tuple[npt.NDArray[np.float64], list[Margin]]


def margin(*group: int, totals: list[float]) -> Margin:
    return Margin(np.array(group, dtype=np.int64), np.array(totals, dtype=np.float64))


def raked(first: list[float], *margins: Margin) -> npt.NDArray[np.float64]:
    guess = np.array(first, dtype=np.float64)
    return rake(guess, join(margins, len(guess)))


@st.composite
def cubes(draw: st.DrawFn) -> Cube:
    """Draw a first guess and margins that a sparse table of counts meets, with many zeros, as small counts have."""
    atoms = draw(st.integers(1, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    chance = np.random.default_rng(seed)
    truth = chance.poisson(draw(st.sampled_from([0.1, 0.5, 3.0])), atoms)
    margins = []
    for _ in range(draw(st.integers(0, 4))):
        group = chance.integers(NOWHERE, draw(st.integers(1, 8)), atoms)
        totals = np.bincount(group + 1, weights=truth, minlength=group.max() + 2)[1:]
        margins.append(Margin(group, totals.astype(np.float64)))
    return chance.gamma(0.3, size=atoms) + 1e-6, margins


@given(cubes())
@settings(deadline=None, max_examples=200)
def test_every_total_is_met_and_nothing_is_negative(cube: Cube) -> None:
    first, margins = cube
    found = rake(first, join(margins, len(first)))
    assert (found >= 0).all()
    for known in margins:
        sums = np.bincount(known.group + 1, weights=found, minlength=len(known.totals) + 1)[1:]
        np.testing.assert_allclose(sums, known.totals, atol=1e-6)


@given(cubes())
@settings(deadline=None, max_examples=50)
def test_the_order_of_the_margins_does_not_matter(cube: Cube) -> None:
    first, margins = cube
    forth, back = (rake(first, join(order, len(first))) for order in (margins, margins[::-1]))
    np.testing.assert_allclose(forth, back, atol=1e-5)


@given(cubes())
@settings(deadline=None, max_examples=50)
def test_the_same_input_gives_the_same_bits(cube: Cube) -> None:
    first, margins = cube
    assert rake(first, join(margins, len(first))).tobytes() == rake(first, join(margins, len(first))).tobytes()


def test_two_margins_of_an_even_guess_make_the_table_of_independence() -> None:
    rows, columns = np.array([10.0, 30.0, 60.0]), np.array([25.0, 75.0])
    row, column = np.repeat(np.arange(3), 2), np.tile(np.arange(2), 3)
    found = rake(np.ones(6), join([Margin(row, rows), Margin(column, columns)], 6))
    np.testing.assert_allclose(found.reshape(3, 2), np.outer(rows, columns) / 100)


def test_a_ratio_of_odds_in_the_guess_is_kept() -> None:
    found = raked([4, 1, 1, 1], margin(0, 0, 1, 1, totals=[7, 5]), margin(0, 1, 0, 1, totals=[6, 6]))
    assert found[0] * found[3] / (found[1] * found[2]) == pytest.approx(4)


def test_what_no_margin_speaks_of_keeps_the_guess() -> None:
    assert raked([2, 3, 5], margin(0, 0, NOWHERE, totals=[10])).tolist() == [4, 6, 5]


def test_the_rest_of_a_total_that_is_filled_is_exactly_zero() -> None:
    found = raked([1, 1, 1], margin(0, 0, 0, totals=[5]), margin(0, 0, NOWHERE, totals=[5]))
    assert found[2] == 0
    np.testing.assert_allclose(found, [2.5, 2.5, 0], atol=1e-9)


def test_a_zero_that_only_three_margins_together_force_is_found() -> None:
    # a + b = 5, c + d = 5, a + c = 5 and b + d + e = 5: all ten are in a to d, so that e holds nothing.
    found = raked(
        [1, 1, 1, 1, 1],
        margin(0, 0, 1, 1, NOWHERE, totals=[5, 5]),
        margin(0, 1, 0, 1, 1, totals=[5, 5]),
        margin(NOWHERE, 0, 0, NOWHERE, NOWHERE, totals=[6]),
    )
    assert found[4] == 0
    np.testing.assert_allclose(found[:4], [2, 3, 3, 2], atol=1e-8)


def test_joined_atoms_are_those_that_no_margin_tells_apart() -> None:
    joined = join([margin(0, 0, 1, NOWHERE, totals=[1, 1]), margin(0, 0, 0, 0, totals=[2])], 4)
    assert joined.size == 3
    assert joined.label[0] == joined.label[1]


def test_no_atoms_and_no_margins_are_no_trouble() -> None:
    assert rake(np.ones(0), join([], 0)).size == 0
    assert rake(np.ones(3), join([], 3)).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("first", "margins"),
    [
        ([1, 1], [margin(0, 0, totals=[5]), margin(0, 0, totals=[6])]),
        ([1, 1, 1], [margin(0, 0, 1, totals=[9, 1]), margin(0, 1, 1, totals=[1, 1])]),
        ([0, 1], [margin(0, 1, totals=[5, 5])]),
        ([1, 1], [margin(0, 0, totals=[-1])]),
        ([1, 1], [margin(0, 0, totals=[float("nan")])]),
        ([1, 1], [margin(0, 2, totals=[1])]),
        ([1, 1, 1], [margin(0, 0, totals=[1])]),
    ],
)
def test_what_cannot_be_met_is_said_in_a_sentence(first: list[float], margins: list[Margin]) -> None:
    with pytest.raises(StatisticsError, match=r"\.$"):
        raked(first, *margins)
