"""Facts that do not say what exactly they cover: floors under their whole area and period, and no more than that."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import floors, told
from analytics.statistics.raking import Margin, added, join
from tests.made_up import laddered


def test_the_least_that_meets_two_tables_that_differ() -> None:
    # One table says 12 on the first two atoms, the other 10 on the first three: 12 on two of them meets both.
    margins = [
        Margin(np.array([0, 0, -1, -1]), np.array([12.0])),
        Margin(np.array([0, 0, 0, -1]), np.array([10.0])),
    ]
    found = floors.lift(np.full(4, 0.01), join(margins, 4))
    assert found[:2] == pytest.approx([6, 6])
    assert found[2:] == pytest.approx([0.01, 0.01])


@given(st.integers(0, 2**32 - 1))
def test_every_floor_is_met_and_none_is_overshot_without_need(seed: int) -> None:
    rng = np.random.default_rng(seed)
    margins = [
        Margin(rng.integers(-1, 3, 12), rng.integers(5, 30, 3).astype(float)),
        Margin(rng.integers(-1, 2, 12), rng.integers(5, 30, 2).astype(float)),
    ]
    if any(len(np.setdiff1d(np.arange(len(m.totals)), m.group)) for m in margins):
        return  # a floor under nothing
    first = rng.random(12) * 0.1 + 0.01
    found = floors.lift(first, join(margins, 12))
    over = [added(m.group, found, len(m.totals)) / m.totals for m in margins]
    assert min(part.min() for part in over) > 1 - 1e-3
    # Whatever was lifted lies in a floor that is just met.
    just = [np.append(part < 1 + 1e-2, False)[m.group] for part, m in zip(over, margins, strict=True)]
    assert np.all(np.logical_or(*just) | (found <= first * (1 + 1e-2)))


def test_silence_bounds_nothing_and_a_partial_fact_tells_no_month() -> None:
    whole = laddered.release({"a": np.array([2, 2, 3, 9, 9, 9])}, whole=False)
    derived = replace(whole, manifest=whole.manifest | {"derived_from": {}})
    exact = told.of_area(whole, "a")
    assert (told.of_area(derived, "a").owner == exact.owner).all()
    facts = whole.facts.assign(covered=whole.facts["covered"].where(whole.facts["period_level"] == "month", 150))
    partial = told.of_area(replace(derived, facts=facts), "a")
    quarters = whole.facts["period_level"].eq("quarter").to_numpy()
    assert quarters.any()
    assert not np.isin(partial.owner, np.flatnonzero(quarters)).any()
    assert told.meets_floor(whole, exact, "a", None)
    assert not told.meets_floor(derived, exact, "a", None)
