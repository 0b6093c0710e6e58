"""The strongest attacker of a tiny country: he runs the program on every truth that there can be.

He keeps the truths that publish exactly what he sees, and knows what all of them have in common. Worlds with more
episodes than those listed would only make him less sure, so what he cannot prove here he cannot prove at all.

Of one table by itself nothing may be proved. Of all tables together, audit and repair of every conceivable truth
included, nothing is promised (the method page says so); how much he finds there is measured, and must be less than what
plain suppression gives him.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.disclosure import ladder, repair
from tests.made_up import linked_world

K = 3
World = NDArray[np.int64]
Said = Callable[[World], Hashable]


def worlds(cells: int, months: int, most: int) -> Iterable[World]:
    """Every truth with at most so many episodes in each cell and month, (cells, months)."""
    for counts in product(range(most + 1), repeat=cells * months):
        yield np.array(counts, dtype=np.int64).reshape(cells, months)


def groups(cells: int, months: int) -> NDArray[np.float64]:
    """Every cell, pair of cells and the whole, by month and all months together, as masks (groups x atoms)."""
    areas = [[c] for c in range(cells)] + [list(range(c, c + 2)) for c in range(0, cells - 1, 2)] + [list(range(cells))]
    spans = [[m] for m in range(months)] + ([list(range(months))] if months > 1 else [])
    masks = []
    for area, span in product(areas, spans):
        mask = np.zeros((cells, months))
        mask[np.ix_(area, span)] = 1
        masks.append(mask.ravel())
    return np.unique(np.array(masks), axis=0)


def betrayed(said: Said, every: list[World]) -> float:
    """Share of the truths in which the attacker proves 1 to k - 1 somewhere."""
    alike: dict[Hashable, list[World]] = defaultdict(list)
    for world in every:
        alike[said(world)].append(world)
    masks = groups(*every[0].shape)
    found = 0
    for truths in alike.values():
        sums = np.array([world.ravel() for world in truths]) @ masks.T
        found += len(truths) * bool(((sums.min(axis=0) >= 1) & (sums.max(axis=0) < K)).any())
    return found / len(every)


def alone(rungs: tuple[tuple[str, str], ...]) -> Said:
    """What a table of two cells and their pair says by itself."""
    pair = np.zeros(2, dtype=np.int64)
    levels, names = {"1": np.arange(2), "2": pair}, {"1": ["a", "b"], "2": ["ab"]}
    ground = ladder.Ground(np.full(2, 500.0), np.ones(2, dtype=np.int64), levels, names)

    def said(world: World) -> Hashable:
        table = ladder.open_table(ground, rungs, k=K, min_inhabitants=100, months=world.shape[1])
        blocks = [block for month in range(world.shape[1]) for block in ladder.close_month(table, month, world)]
        return tuple((block.rung, block.area, block.last, block.n) for block in blocks)

    return said


def together(world: World) -> Hashable:
    """What all tables say of four cells in two zones, repaired."""
    lines, ground = linked_world.lines(world, np.array([0, 0, 1, 1])[: len(world)], k=K)
    told = [repair.close_month(lines, ground, month).blocks for month in range(world.shape[1])]
    return tuple((line, b.rung, b.area, b.last, b.n) for month in told for line, said in enumerate(month) for b in said)


def suppressed(world: World) -> Hashable:
    """Every cell, pair and the whole, by month and altogether, where it holds k or more."""
    sums = (groups(*world.shape) @ world.ravel()).astype(np.int64)
    return tuple(np.where(sums >= K, sums, -1).tolist())


@pytest.mark.slow
@pytest.mark.parametrize(
    "rungs",
    [
        (("1", "month"), ("2", "month"), ("1", "quarter"), ("2", "quarter")),
        (("1", "quarter"), ("2", "quarter")),
        (("2", "month"), ("2", "quarter")),
    ],
    ids=["all", "quarters", "pairs"],
)
def test_no_truth_is_betrayed_by_one_table(rungs: tuple[tuple[str, str], ...]) -> None:
    every = list(worlds(2, 3, K))
    assert betrayed(suppressed, every) > 0.5
    assert betrayed(alone(rungs), every) == 0


@pytest.mark.slow
def test_all_tables_together_betray_less_than_plain_suppression() -> None:
    every = list(worlds(4, 1, K))
    ours, theirs = betrayed(together, every), betrayed(suppressed, every)
    assert theirs > 0.5
    assert ours < theirs
