"""Values of attributes beside the episodes: what they leave of a total is attacked and repaired as any sum."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.disclosure import audit, holdback, ladder, linked, repair
from analytics.disclosure.attack import attack
from analytics.disclosure.linked import Line, Linked
from tests.made_up import linked_world

K = 3
QUARTER, YEAR = 3, 12
ZONES = 2
TABLES = ("series", "departement")
OUTCOMES, DELAYS = ("arrest",), ("arrest:0-7", "arrest:8-30")

Ranges = list[list[tuple[float, float]]]


def closed_alone(lines: list[Line], months: int) -> None:
    """Each table by itself, as if nobody had the others."""
    for month in range(months):
        for line in lines:
            ladder.close_month(line.table, month, line.waiting)


def by_hand(attributes: dict[str, tuple[str, ...]], counts: dict[str, list[int]]) -> tuple[list[Line], Linked]:
    """Eight episodes in the first zone's quarter, in months that are silent, and what they split into."""
    lines, ground = linked_world.lines(np.array([[3, 3, 2], [4, 2, 2]]), np.arange(ZONES), tables=TABLES)
    for attribute, values in attributes.items():
        split = np.zeros((ZONES, len(values), QUARTER), dtype=np.int64)
        split[0, :, 0] = counts[attribute]
        split[1, 0, 0] = 8
        lines.append(linked_world.by_attribute(attribute, values, split))
    return lines, ground


@pytest.mark.parametrize(
    ("attributes", "counts"),
    [
        ({"category": ("street", "home")}, {"category": [5, 3]}),
        ({"outcome": OUTCOMES, "delay": DELAYS}, {"outcome": [8], "delay": [5, 3]}),
    ],
    ids=["category", "delay"],
)
def test_what_the_values_leave_of_a_total_is_repaired(
    attributes: dict[str, tuple[str, ...]], counts: dict[str, list[int]]
) -> None:
    naive, ground = by_hand(attributes, counts)
    closed_alone(naive, QUARTER)
    total = naive[0] if "category" in attributes else naive[-2]
    told = [[n for areas in line.table.told.values() for area, n in areas.items() if not area] for line in naive]
    assert told[naive.index(total)] == [8]
    assert told[-1] == [5]  # so the other value has three, and neither table says so by itself
    assert not attack(naive, ground, (0, QUARTER - 1)).clean
    ours, _ = by_hand(attributes, counts)
    withheld = [held for month in range(QUARTER) for held in repair.close_month(ours, ground, month).withheld]
    assert any(withheld)
    assert attack(ours, ground, (0, QUARTER - 1)).clean


def drawn(seed: int) -> tuple[list[Line], Linked]:
    """A year of two zones: episodes, their category, and the first outcome of some with its delay."""
    rng = np.random.default_rng(seed)
    episodes = rng.poisson(2.0, size=(ZONES, YEAR)).astype(np.int64)
    lines, ground = linked_world.lines(episodes, np.arange(ZONES), k=K, tables=TABLES)
    category = np.moveaxis(rng.multinomial(episodes, [0.6, 0.3, 0.1]), -1, 1)
    outcome = rng.binomial(episodes, 0.5)
    delay = np.moveaxis(rng.multinomial(outcome, [0.7, 0.3]), -1, 1)
    for name, values, counts in (
        ("category", ("a", "b", "c"), category),
        ("outcome", OUTCOMES, outcome[:, None, :]),
        ("delay", DELAYS, delay),
    ):
        lines.append(linked_world.by_attribute(name, values, counts.astype(np.int64), k=K))
    return lines, ground


class Unknowns:
    """The unknowns, written apart from the audit's own code: episodes by zone and month, values by zone and quarter."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        sizes = [len(line.waiting) * YEAR // QUARTER if line.attribute else 0 for line in lines]
        self.base = ZONES * YEAR + np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.width = ZONES * YEAR + sum(sizes)

    def row(self, number: int, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """A sum over atoms (units, months) of a table."""
        line, found = self.lines[number], np.zeros(self.width)
        if not line.attribute:
            found[: ZONES * YEAR] = inside[line.owner].ravel()
            return found
        quarters = inside.reshape(len(inside), -1, QUARTER)
        assert (quarters.all(axis=2) == quarters.any(axis=2)).all()
        found[self.base[number] : self.base[number] + quarters[:, :, 0].size] = quarters[:, :, 0].ravel()
        return found

    def value(self, number: int, zone: int, values: list[int], months: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The sum of some values in a zone."""
        line = self.lines[number]
        inside = np.zeros_like(line.waiting, dtype=bool)
        inside[[zone * len(line.values) + value for value in values]] = months
        return self.row(number, inside)

    def truth(self) -> NDArray[np.float64]:
        """What every unknown holds."""
        found = [self.lines[0].waiting.ravel()]
        found += [line.waiting.reshape(len(line.waiting), -1, QUARTER).sum(axis=2).ravel() for line in self.lines[2:]]
        return np.concatenate(found).astype(np.float64)


def spans(length: int) -> list[NDArray[np.bool_]]:
    """Months of each period of so many months."""
    return [(np.arange(YEAR) // length) == period for period in range(YEAR // length)]


def ties(unknowns: Unknowns) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Sums that are zero, and sums of at most zero."""
    zero, most = [], []
    names = [line.attribute for line in unknowns.lines]
    category, outcome, delay = (names.index(name) for name in ("category", "outcome", "delay"))
    for zone, months in product(range(ZONES), spans(QUARTER)):
        episodes = unknowns.row(0, np.outer(np.arange(ZONES) == zone, months))
        zero.append(episodes - unknowns.value(category, zone, [0, 1, 2], months))
        zero.append(unknowns.value(outcome, zone, [0], months) - unknowns.value(delay, zone, [0, 1], months))
        until = np.arange(YEAR) <= np.flatnonzero(months)[-1]
        kept = unknowns.row(0, np.outer(np.arange(ZONES) == zone, until))
        most.append(unknowns.value(outcome, zone, [0], until) - kept)
    return zero, most


def said(unknowns: Unknowns) -> tuple[list[NDArray[np.float64]], list[float], list[NDArray[np.float64]], Ranges]:
    """Facts with their counts, and silent groups with the ranges in which theirs may lie."""
    facts, counts, silent, ranges = [], [], [], []
    for number, line in enumerate(unknowns.lines):
        table = line.table
        for moment, unsealed in table.unsealed.items():
            month, rung = divmod(moment, len(table.rungs))
            span = table.period(month, rung)
            assert span is not None
            area_of = table.ground.area_of[table.rungs[rung].area_level]
            for area, n in table.told.get(moment, {}).items():
                facts.append(unknowns.row(number, (area_of == area)[:, None] & (table.sealed == moment)))
                counts.append(float(n))
            for area in map(int, np.flatnonzero(unsealed)):
                inside = (area_of == area)[:, None] & (table.sealed >= moment)
                inside[:, : span[0]] = False
                inside[:, span[1] + 1 :] = False
                n = int(line.waiting[inside].sum())
                refused = holdback.refused_counts(table, month, rung, area, n) if n >= K else ()
                silent.append(unknowns.row(number, inside))
                ranges.append([(0.0, K - 1.0), *((float(c), float(c)) for c in refused)])
    return facts, counts, silent, ranges


def proved(lines: list[Line]) -> int:
    """How many zones and values, by quarter and year, are proved to hold 1 to k - 1."""
    unknowns = Unknowns(lines)
    facts, counts, silent, ranges = said(unknowns)
    zero, most = ties(unknowns)
    truth = unknowns.truth()  # it obeys all that the attacker is given, or he would reason from what is false
    assert np.array_equal(np.array(facts) @ truth, counts)
    assert not (np.array(zero) @ truth).any()
    assert (np.array(most) @ truth <= 0).all()
    assert all(any(low <= row @ truth <= high for low, high in r) for row, r in zip(silent, ranges, strict=True))
    firm = [row for row, r in zip(silent, ranges, strict=True) if len(r) == 1]
    choice = [(row, r) for row, r in zip(silent, ranges, strict=True) if len(r) > 1]
    upper = (np.array([*firm, *most]), np.array([K - 1.0] * len(firm) + [0.0] * len(most)))
    groups = [
        unknowns.value(number, zone, [value], months)
        for number, line in enumerate(lines)
        if line.attribute
        for zone, value, length in product(range(ZONES), range(len(line.values)), (QUARTER, YEAR))
        for months in spans(length)
    ]
    lo, hi = audit.bounds(
        np.array([*facts, *zero]),
        np.array([*counts, *([0.0] * len(zero))]),
        np.array(groups),
        upper=upper,
        either=(np.array([row for row, _ in choice]), [r for _, r in choice]) if choice else None,
        integer=True,
    )
    return int(((lo >= 1) & (hi < K)).sum())


@pytest.mark.slow
def test_values_and_episodes_together_prove_nothing_small() -> None:
    betrayed = 0
    for seed in range(6):
        naive, _ = drawn(seed)
        closed_alone(naive, YEAR)
        betrayed += proved(naive) > 0
        ours, ground = drawn(seed)
        for month in range(YEAR):
            repair.close_month(ours, ground, month)
        assert proved(ours) == 0
        assert all(attack(ours, ground, span).clean for span in linked.pieces(YEAR, 0))
        assert any(line.table.told for line in ours if line.attribute)
    assert betrayed >= 3
