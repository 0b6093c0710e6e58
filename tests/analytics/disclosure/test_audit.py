"""Bounds against examples that others published, against enumeration, and against their own laws."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure import audit


def test_a_tile_shared_by_two_municipalities_is_bounded_by_what_the_others_hold() -> None:
    """Guidelines on geographically differenced data: A = 100, B = 200, their tiles, one tile of 30 on the border."""
    inside_a, inside_b = [15, 40, 26, 16], [58, 60, 30, 25]
    tiles = np.hstack([np.eye(8), np.zeros((8, 2))])
    # The shared tile has a part in A and a part in B.
    shared = np.zeros((1, 10))
    shared[0, 8:] = 1
    municipality_a = np.array([[1, 1, 1, 1, 0, 0, 0, 0, 1, 0]])
    municipality_b = np.array([[0, 0, 0, 0, 1, 1, 1, 1, 0, 1]])
    facts = np.vstack([tiles, shared, municipality_a, municipality_b])
    parts = np.hstack([np.zeros((2, 8)), np.eye(2)])
    lo, hi = audit.bounds(facts, [*inside_a, *inside_b, 30, 100, 200], parts)
    assert lo.tolist() == [3, 27]
    assert hi.tolist() == [3, 27]


def test_three_silent_months_under_a_quarter_of_twelve_are_four_each_with_the_rule_alone() -> None:
    months = np.eye(3)
    lo, hi = audit.bounds([[1, 1, 1]], [12], months, upper=(months, [4, 4, 4]))
    assert lo.tolist() == hi.tolist() == [4, 4, 4]
    lo, hi = audit.bounds([[1, 1, 1]], [12], months)
    assert lo.tolist() == [0, 0, 0]
    assert hi.tolist() == [12, 12, 12]


def test_a_quarter_held_back_under_a_year_block_is_found() -> None:
    """January to March of 3 each were held back as a quarter of 9; a year block of 12 with April says so."""
    months = np.eye(4)
    quarter = ([[1, 1, 1, 0]], [[(0, 4), (9, 12)]])
    lo, hi = audit.bounds([[1, 1, 1, 1]], [12], months, upper=(months, [4] * 4), either=quarter, integer=True)
    assert lo.tolist() == [1, 1, 1, 0]
    assert hi.tolist() == [4, 4, 4, 3]
    # Who forgets that a group may have been held back believes a contradiction.
    with pytest.raises(audit.AuditError):
        audit.bounds([[1, 1, 1, 1]], [12], months, upper=(np.vstack([months, quarter[0]]), [4] * 5), integer=True)


def test_only_whole_numbers_betray_the_parity() -> None:
    facts, d = [[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 1]], [[0, 0, 0, 1]]
    relaxed = audit.bounds(facts, [5, 5, 5], d, upper=(d, [4]))
    assert [v.tolist() for v in relaxed] == [[0], [4]]
    whole = audit.bounds(facts, [5, 5, 5], d, upper=(d, [4]), integer=True)
    assert [v.tolist() for v in whole] == [[1], [3]]


def test_a_plus_b_minus_c() -> None:
    """7 and 8 on disjoint ground, 12 on ground that misses one atom of each: the two atoms hold 3 together."""
    facts = [[1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1]]
    lo, hi = audit.bounds(facts, [7, 8, 12], [[1, 0, 1, 0]])
    assert lo.tolist() == hi.tolist() == [3]


def test_a_withheld_month_is_allowed_for() -> None:
    """Months 6 (withheld by repair), 4 and 2 under their quarter: nobody is accused and the program has a solution."""
    months = np.eye(3)
    either = (months, [[(0, 4), (6, 6)], [(0, 4), (6, 6)], [(0, 4), (6, 6)]])
    lo, hi = audit.bounds([[1, 1, 1]], [12], months, either=either, integer=True)
    assert not ((lo >= 1) & (hi <= 4)).any()


def test_nothing_told_bounds_nothing() -> None:
    lo, hi = audit.bounds(np.empty((0, 2)), [], np.eye(2))
    assert lo.tolist() == [0, 0]
    assert np.isinf(hi).all()
    lo, hi = audit.bounds([[1, 0]], [12], np.eye(2), integer=True)
    assert lo.tolist() == [12, 0]
    assert hi[0] == 12
    assert np.isinf(hi[1])


def test_a_contradiction_is_an_error_and_not_a_number() -> None:
    with pytest.raises(audit.AuditError):
        audit.bounds([[1, 1]], [10], [[1, 0]], upper=(np.eye(2), [4, 4]))
    with pytest.raises(audit.AuditError):
        audit.bounds([[1, 1], [1, 1]], [10, 9], [[1, 0]])


@st.composite
def small_worlds(draw: st.DrawFn) -> dict[str, Any]:
    atoms = draw(st.integers(2, 4))
    truth = np.array(draw(st.lists(st.integers(0, 4), min_size=atoms, max_size=atoms)))
    row = st.lists(st.integers(0, 1), min_size=atoms, max_size=atoms)
    facts = np.array([[1] * atoms, *draw(st.lists(row, max_size=3))])
    rules = np.array(draw(st.lists(row, min_size=1, max_size=3)))
    ranges = []
    for total in (rules @ truth).tolist():
        other = draw(st.integers(0, 8))
        ranges.append(sorted({(total, total + draw(st.integers(0, 2))), (other, other)}))
    groups = np.array(draw(st.lists(row, min_size=1, max_size=4)))
    return {"truth": truth, "facts": facts, "rules": rules, "ranges": ranges, "groups": groups}


def _enumerated(world: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    values = world["facts"] @ world["truth"]
    fitting = []
    for counts in product(range(int(values[0]) + 1), repeat=len(world["truth"])):
        x = np.array(counts)
        sums = world["rules"] @ x
        allowed = all(any(low <= s <= high for low, high in r) for s, r in zip(sums, world["ranges"], strict=True))
        if allowed and (world["facts"] @ x == values).all():
            fitting.append(x)
    return fitting


@given(small_worlds())
@settings(max_examples=100)
def test_integer_bounds_are_those_of_enumeration(world: dict[str, Any]) -> None:
    reached = np.array([world["groups"] @ x for x in _enumerated(world)])
    lo, hi = audit.bounds(
        world["facts"],
        world["facts"] @ world["truth"],
        world["groups"],
        either=(world["rules"], world["ranges"]),
        integer=True,
    )
    assert lo.tolist() == reached.min(axis=0).tolist()
    assert hi.tolist() == reached.max(axis=0).tolist()


@given(small_worlds(), st.integers(2, 5))
@settings(max_examples=100)
def test_small_numbers_are_proved_exactly_when_the_bounds_prove_them(world: dict[str, Any], k: int) -> None:
    told: dict[str, Any] = {"either": (world["rules"], world["ranges"]), "integer": True}
    values = world["facts"] @ world["truth"]
    lo, hi = audit.bounds(world["facts"], values, world["groups"], **told)
    known = audit.problem(world["facts"], values, **told)
    assert audit.proves_small(known, world["groups"], k) == bool(((lo >= 1) & (hi <= k - 1)).any())


@given(small_worlds())
@settings(max_examples=50)
def test_the_relaxation_is_never_narrower(world: dict[str, Any]) -> None:
    values = world["facts"] @ world["truth"]
    relaxed = audit.bounds(world["facts"], values, world["groups"])
    whole = audit.bounds(world["facts"], values, world["groups"], integer=True)
    assert (relaxed[0] <= whole[0] + 1e-6).all()
    assert (relaxed[1] >= whole[1] - 1e-6).all()
