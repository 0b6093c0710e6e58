"""Attributes in the attacker's problem: the values of category, time band and so on beside the episodes.

The unknowns of an attribute are its values by zone and shortest period. Those of category, time band and weekday add
up to the episodes of the same zone and time; of triage only what was kept equals them; delay classes add up to their
outcome; and a zone has no more outcomes of a kind than kept episodes until then. Attributes are never crossed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from analytics.disclosure.state import MONTHS_IN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.linked import Line, Linked
    from analytics.disclosure.state import Table

    Numbers = NDArray[np.int64]
    Rows = list[sparse.csr_array]

PARTS: Final = ("category", "time_band", "weekday")
"""Attributes whose values share out the episodes."""
TRIAGE, KEPT, OUTCOME, DELAY = "triage", "kept", "outcome", "delay"


@dataclass(frozen=True, eq=False)
class Family:
    """The unknowns of an attribute.

    Attributes
    ----------
    line, attribute, values
        Number of its line (of the first, where several releases tell it), the attribute, its values.
    zones
        Number of zones.
    bucket_of
        (months,) shortest period of each month of the run, from 0.
    base
        Its first variable; variable = ``base + (zone * values + value) * buckets + bucket``.
    """

    line: int
    attribute: str
    values: tuple[str, ...]
    zones: int
    bucket_of: Numbers
    base: int = 0

    @property
    def buckets(self) -> int:
        """Number of shortest periods in the run of months."""
        return int(self.bucket_of[-1]) + 1

    @property
    def size(self) -> int:
        """Number of its unknowns."""
        return self.zones * len(self.values) * self.buckets

    def placed(self, base: int) -> Family:
        """Give the same after other variables; attributes follow one another."""
        return replace(self, base=base + self.base)

    def flat(self, labels: Numbers) -> Numbers:
        """Of labels (units, months) those of its variables, in their order."""
        starts = np.searchsorted(self.bucket_of, np.arange(self.buckets))
        found: Numbers = labels[:, starts].ravel()
        return found

    def summed(self, counts: Numbers) -> Numbers:
        """Add up counts (units, months) by shortest period: (units, buckets)."""
        starts = np.searchsorted(self.bucket_of, np.arange(self.buckets))
        return np.asarray(np.add.reduceat(counts, starts, axis=1), dtype=np.int64)

    def variables(self, values: Sequence[int]) -> Numbers:
        """Variables of some values: (zones * buckets, values), place = ``zone * buckets + bucket``."""
        zone, bucket = np.divmod(np.arange(self.zones * self.buckets), self.buckets)
        unit = zone[:, None] * len(self.values) + np.array(values)[None, :]
        return np.asarray(self.base + unit * self.buckets + bucket[:, None], dtype=np.int64)


def families_of(lines: Sequence[Line], linked: Linked, first: int, last: int) -> list[Family]:
    """Lay out the unknowns of each attribute that was tried in a run of months, one after the other.

    Tables of several releases that tell the same attribute tell of the same unknowns.
    """
    found: list[Family] = []
    base = 0
    for attribute in dict.fromkeys(line.attribute for line in lines if line.attribute):
        numbers = [number for number, line in enumerate(lines) if line.attribute == attribute]
        tables = [lines[number].table for number in numbers]
        if any(_tried(table, first, last) for table in tables):
            step = min(MONTHS_IN[rung.period_level] for table in tables for rung in table.rungs)
            month = tables[0].offset + np.arange(first, last + 1)
            bucket = month // step - month[0] // step
            found.append(Family(numbers[0], attribute, lines[numbers[0]].values, linked.zones, bucket, base))
            base += found[-1].size
    return found


def _tried(table: Table, first: int, last: int) -> bool:
    """Whether any rung was tried in a run of months."""
    closed = range(table.moment(first, 0), table.moment(last + 1, 0))
    return any(moment in table.unsealed or moment in table.told for moment in closed)


def links(
    lines: Sequence[Line], families: Sequence[Family], where: tuple[Numbers, Numbers], first: int, *, known: bool
) -> tuple[sparse.csr_array, sparse.csr_array, NDArray[np.float64]]:
    """What ties attributes to episodes and to one another.

    Parameters
    ----------
    lines, families
        The tables, and the unknowns of their attributes.
    where
        Zone and shortest period of each unknown of episodes.
    first
        First month of the run.
    known
        Whether ``waiting`` of the lines is the truth.

    Returns
    -------
    links, caps, room
        Sums that are 0, and sums of at most so much: matrices (rows x variables), and (rows,).
    """
    width = len(where[0]) + sum(family.size for family in families)
    zero: Rows = [sparse.csr_array((0, width))]
    most: Rows = [sparse.csr_array((0, width))]
    room = [np.empty(0)]
    outcomes = next((f for f in families if f.attribute == OUTCOME), None)
    for family in families:
        every = range(len(family.values))
        episodes = _episodes(family, where, width)
        if family.attribute in PARTS:
            zero.append(episodes - _parts(family, every, width))
        elif family.attribute == TRIAGE:
            zero.append(episodes - _parts(family, [family.values.index(KEPT)], width))
        elif family.attribute == OUTCOME and (known or not first):
            rows, slack = _at_most_kept(lines, family, episodes, first)
            most += rows
            room += slack
        elif family.attribute == DELAY and outcomes is not None:
            for number, outcome in enumerate(outcomes.values):
                classes = [place for place in every if family.values[place].startswith(f"{outcome}:")]
                zero.append(_parts(outcomes, [number], width) - _parts(family, classes, width))
    return _stacked(zero), _stacked(most), np.concatenate(room)


def _stacked(rows: Rows) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack(rows, format="csr"))


def _episodes(family: Family, where: tuple[Numbers, Numbers], width: int) -> sparse.csr_array:
    """0/1 matrix (zones x shortest periods, variables) that adds up episodes."""
    place = where[0] * family.buckets + where[1]
    shape = (family.zones * family.buckets, width)
    return sparse.csr_array((np.ones(len(place)), (place, np.arange(len(place)))), shape=shape)


def _parts(family: Family, values: Sequence[int], width: int) -> sparse.csr_array:
    """0/1 matrix (zones x shortest periods, variables) that adds up some values."""
    column = family.variables(values)
    row = np.broadcast_to(np.arange(len(column))[:, None], column.shape)
    return sparse.csr_array((np.ones(column.size), (row.ravel(), column.ravel())), shape=(len(column), width))


def _at_most_kept(
    lines: Sequence[Line], family: Family, episodes: sparse.csr_array, first: int
) -> tuple[Rows, list[NDArray[np.float64]]]:
    """Outcomes of a kind until the end of a period, less the episodes until then: at most what was left before.

    What was left before the run is taken from the truth: fewer worlds than the attacker's, so nothing is cleared that
    he could not clear. Where the truth of those years is forgotten, what the run itself needs is left.
    """
    line = lines[family.line]
    series = next((other for other in lines if other.name == "series"), None)
    if series is None:
        return [], []
    run = slice(first, first + len(family.bucket_of))
    before, kept = series.waiting[:, :first].sum(axis=1), family.summed(series.waiting[:, run]).cumsum(axis=1)
    until = sparse.kron(sparse.eye_array(family.zones), np.tril(np.ones((family.buckets, family.buckets))))
    rows, room = [], []
    for value in range(len(family.values)):
        of_kind = line.waiting[value :: len(family.values)]
        needed = (family.summed(of_kind[:, run]).cumsum(axis=1) - kept).max(axis=1)
        left = np.maximum(before - of_kind[:, :first].sum(axis=1), needed)
        rows.append(sparse.csr_array(until @ (_parts(family, [value], episodes.shape[1]) - episodes)))
        room.append(np.repeat(np.maximum(left, 0), family.buckets).astype(np.float64))
    return rows, room
