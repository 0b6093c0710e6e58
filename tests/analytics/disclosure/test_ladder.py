"""The ladder's laws, on territories that hypothesis draws."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure import audit, holdback, ladder

K = 5
RUNGS = (("1", "quarter"), ("2", "quarter"), ("1", "year"), ("2", "year"), ("4", "year"))
WITH_MONTHS = (("1", "month"), ("2", "month"), ("1", "quarter"), ("2", "quarter"), ("2", "year"))


def square(side: int, residents: np.ndarray[Any, Any]) -> ladder.Ground:
    """A square of side x side cells, its areas of 1, 2, 4 ... cells a side."""
    north, east = np.divmod(np.arange(side * side), side)
    area_of, areas = {}, {}
    size = 1
    while size <= side:
        key = (north // size) * side + east // size
        names, numbers = np.unique(key, return_inverse=True)
        area_of[str(size)] = numbers.astype(np.int64)
        areas[str(size)] = [str(name) for name in names]
        size *= 2
    return ladder.Ground(residents.astype(float), np.ones(side * side, dtype=np.int64), area_of, areas)


@st.composite
def worlds(draw: st.DrawFn, months: int = 24) -> dict[str, Any]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    side = 4
    residents = rng.choice([0, 30, 120, 400, 2000], size=side * side)
    attraction = rng.gamma(0.4, size=side * side)
    rate = draw(st.sampled_from([2.0, 8.0, 20.0]))
    waiting = rng.poisson(rate * (attraction / attraction.sum())[:, None], size=(side * side, months))
    return {
        "ground": square(side, residents),
        "waiting": waiting,
        "months": months,
        "offset": draw(st.integers(0, 11)),
        "rungs": draw(st.sampled_from([RUNGS, WITH_MONTHS])),
    }


def run(world: dict[str, Any], until: int | None = None) -> tuple[ladder.Table, list[ladder.Block]]:
    table = fresh(world)
    blocks: list[ladder.Block] = []
    for month in range(world["months"] if until is None else until):
        blocks += ladder.close_month(table, month, world["waiting"])
    return table, blocks


def fresh(world: dict[str, Any]) -> ladder.Table:
    return ladder.open_table(
        world["ground"],
        world["rungs"],
        k=K,
        min_inhabitants=100,
        months=world["months"],
        offset=world["offset"],
    )


def ground_of(table: ladder.Table, block: ladder.Block) -> np.ndarray[Any, Any]:
    """Atoms that a block sealed, as (units, months)."""
    mask = np.zeros(table.sealed.shape, dtype=bool)
    span = slice(block.first, block.last + 1)
    units = table.units(block.rung, block.area)
    mask[units, span] = table.sealed[units, span] == table.moment(block.last, block.rung)
    return mask


@given(worlds())
@settings(max_examples=60)
def test_every_block_has_company_and_holds_what_its_ground_holds(world: dict[str, Any]) -> None:
    table, blocks = run(world)
    grounds = [ground_of(table, block) for block in blocks]
    for block, mask in zip(blocks, grounds, strict=True):
        assert block.n >= K
        assert world["waiting"][mask].sum() == block.n
        assert mask.sum() == block.covered
    # Each atom, and so each episode, is in one block at most; nothing is sealed outside a block.
    together = np.sum(grounds, axis=0) if grounds else np.zeros(table.sealed.shape)
    assert together.max(initial=0) <= 1
    assert np.array_equal(together.astype(bool), table.sealed != ladder.UNSEALED)


@given(worlds())
@settings(max_examples=40)
def test_every_block_meets_the_floor_in_each_month_that_it_covers(world: dict[str, Any]) -> None:
    table, blocks = run(world)
    people = world["ground"].residents
    for block in blocks:
        mask = ground_of(table, block)
        by_month = (people[:, None] * mask).sum(axis=0)[mask.any(axis=0)]
        assert by_month.min() >= 100
        assert by_month.min() == pytest.approx(block.residents)


@given(worlds(), st.integers(1, 23))
@settings(max_examples=40)
def test_what_was_published_does_not_change_when_months_are_added(world: dict[str, Any], until: int) -> None:
    _, early = run(world, until)
    _, late = run(world)
    assert late[: len(early)] == early


@given(worlds(), st.integers(1, 23))
@settings(max_examples=40)
def test_a_ladder_rebuilt_from_its_facts_goes_on_as_if_never_left(world: dict[str, Any], until: int) -> None:
    _, whole = run(world)
    left, before = run(world, until)
    again = fresh(world)
    published: dict[int, dict[int, int]] = {}
    for block in before:
        published.setdefault(left.moment(block.last, block.rung), {})[block.area] = block.n
    ladder.replay(again, 0, until - 1, published)
    assert np.array_equal(again.sealed, left.sealed)
    after = [b for month in range(until, world["months"]) for b in ladder.close_month(again, month, world["waiting"])]
    assert before + after == whole


@given(worlds(), st.integers(0, 23))
@settings(max_examples=30)
def test_what_comes_later_is_not_seen(world: dict[str, Any], until: int) -> None:
    _, early = run(world, until)
    changed = world | {"waiting": world["waiting"].copy()}
    changed["waiting"][:, until:] += 7
    _, again = run(changed, until)
    assert again == early


def naive_attack(table: ladder.Table, block: ladder.Block) -> bool:
    """An attacker of one block, written apart from the ladder's own code: small, slow, every group of every rung."""
    mask = ground_of(table, block)
    atoms = np.flatnonzero(mask)
    moment = table.moment(block.last, block.rung)
    rules, ranges = [], []
    for earlier, unsealed in table.unsealed.items():
        month, rung = divmod(earlier, len(table.rungs))
        span = table.period(month, rung)
        if earlier >= moment or span is None:
            continue
        for area in np.flatnonzero(unsealed):
            inside = np.zeros(table.sealed.shape, dtype=bool)
            units = table.units(rung, int(area))
            inside[units, span[0] : span[1] + 1] = table.sealed[units, span[0] : span[1] + 1] >= earlier
            cut = inside & mask
            if not cut.any():
                continue
            refused = holdback.refused_counts(table, month, rung, int(area), limit=60)
            if (cut == inside).all():
                ranges.append([(0, K - 1), *((c, c) for c in refused)])
            else:  # nothing lies beside the block on ground that is not sealed
                ranges.append([(0, K - 1)])
            rules.append(cut.ravel()[atoms])
    if not rules:
        return False
    groups = np.unique(np.array(rules), axis=0)
    lo, hi = audit.bounds(np.ones((1, len(atoms))), [block.n], groups, either=(np.array(rules), ranges), integer=True)
    return bool(((lo >= 1) & (hi <= K - 1)).any())


@pytest.mark.slow
@given(worlds(months=15))
@settings(max_examples=25)
def test_no_block_proves_a_small_number_by_itself(world: dict[str, Any]) -> None:
    world = world | {"ground": square(2, world["ground"].residents[:4]), "waiting": world["waiting"][:4] * 2}
    world["rungs"] = tuple(r for r in world["rungs"] if r[0] != "4")
    table, blocks = run(world)
    for block in blocks:
        assert not naive_attack(table, block)
