"""Attributes in the attacker's problem: the values of category, time band and so on beside the episodes.

Category, time band and weekday add up to the episodes of the same zone and time; of triage only what was kept equals
them; delay classes add up to their outcome. Attributes are never crossed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure.linked import KEPT, PARTS_OF_EPISODES, in_span, step_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.linked import Line, Linked

    Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Family:
    """The unknowns of an attribute, one a zone, shortest period and value.

    Attributes
    ----------
    line, attribute, values
        Number of its line, the attribute, its values.
    base
        Its first variable; variable = ``base + (zone * buckets + bucket) * values + value``.
    zones
        Number of zones.
    bucket_of
        (months,) shortest period of each month of the run, from 0.
    phase
        Calendar month (0 = January) of the first month of the run.
    """

    line: int
    attribute: str
    values: tuple[str, ...]
    base: int
    zones: int
    bucket_of: Numbers
    phase: int

    @property
    def buckets(self) -> int:
        """Number of shortest periods in the run of months."""
        return int(self.bucket_of[-1]) + 1

    @property
    def size(self) -> int:
        """Number of its unknowns."""
        return self.zones * self.buckets * len(self.values)

    def variables(self, zone: int, buckets: Numbers, value: int) -> Numbers:
        """Unknowns of a zone and value in some shortest periods."""
        found: Numbers = self.base + (zone * self.buckets + buckets) * len(self.values) + value
        return found

    def of_world(self, world: NDArray[np.float64]) -> NDArray[np.float64]:
        """Episodes by (zone, shortest period, value) in one solution of the attacker's problem."""
        return world[self.base : self.base + self.size].reshape(self.zones, self.buckets, len(self.values))


def families_of(lines: Sequence[Line], linked: Linked, first: int, last: int, base: int) -> list[Family]:
    """Lay out the unknowns of each attribute after those of episodes."""
    families = []
    for number, line in enumerate(lines):
        if line.attribute:
            month = line.table.offset + np.arange(first, last + 1)
            bucket = month // step_of(line) - month[0] // step_of(line)
            phase = int(month[0]) % 12
            families.append(Family(number, line.attribute, line.values, base, linked.zones, bucket, phase))
            base += families[-1].size
    return families


def groups_of_family(
    lines: Sequence[Line], family: Family, first: int, last: int, width: int
) -> Iterator[tuple[tuple[int, int, int, int], sparse.csr_array, bool]]:
    """Groups of an attribute that were tried: (line, month, rung, area), its unknowns, whether it was sealed."""
    for number, line, month, rung, reach in in_span([lines[family.line]], first, last):
        table = line.table
        moment = table.moment(month, rung)
        tried = [(area, True) for area in table.told[moment]]
        tried += [(int(area), False) for area in np.flatnonzero(table.unsealed[moment])]
        window = slice(reach[0], reach[1] + 1)
        for area, is_fact in tried:
            columns = []
            for unit in table.units(rung, area):
                zone, value = divmod(int(unit), len(family.values))
                sealed = table.sealed[unit, window]
                here = (sealed == moment) if is_fact else (sealed >= moment)
                bucket = np.unique(family.bucket_of[reach[0] - first : reach[1] - first + 1][here])
                columns.append(family.variables(zone, bucket, value))
            column = np.concatenate(columns)
            row = sparse.csr_array((np.ones(len(column)), (np.zeros(len(column), dtype=int), column)), shape=(1, width))
            yield (family.line + number, month, rung, area), row, is_fact


def links(families: Sequence[Family], linked: Linked, owner: Numbers, atoms: Numbers, width: int) -> sparse.csr_array:
    """Sums that are 0, matrix (links x variables): what adds up less its parts."""
    zone = np.repeat(linked.zone_of, owner.shape[1])[atoms]
    month = np.tile(np.arange(owner.shape[1]), owner.shape[0])[atoms]
    rows = []
    outcomes = next((f for f in families if f.attribute == "outcome"), None)
    for family in families:
        cell = np.arange(family.zones * family.buckets)
        if family.attribute in PARTS_OF_EPISODES:
            rows.append(_parts(family, cell, np.arange(len(family.values)), width))
        elif family.attribute == "triage":
            rows.append(_parts(family, cell, np.array([family.values.index(KEPT)]), width))
        else:
            if family.attribute == "delay" and outcomes is not None:
                rows += _delays(family, outcomes, cell, width)
            continue
        place = zone * family.buckets + family.bucket_of[month]
        episodes = sparse.csr_array((np.ones(len(atoms)), (place, np.arange(len(atoms)))), shape=(len(cell), width))
        rows[-1] = episodes - rows[-1]
    return sparse.csr_array(sparse.vstack([sparse.csr_array((0, width)), *rows], format="csr"))


def _parts(family: Family, cell: Numbers, values: Numbers, width: int) -> sparse.csr_array:
    """0/1 matrix (zones x shortest periods, variables) that adds up some values of a family."""
    column = family.base + cell[:, None] * len(family.values) + values[None, :]
    row = np.broadcast_to(cell[:, None], column.shape)
    return sparse.csr_array((np.ones(column.size), (row.ravel(), column.ravel())), shape=(len(cell), width))


def _delays(delays: Family, outcomes: Family, cell: Numbers, width: int) -> list[sparse.csr_array]:
    """Each outcome less its delay classes."""
    rows = []
    for number, outcome in enumerate(outcomes.values):
        classes = np.array([i for i, value in enumerate(delays.values) if value.startswith(f"{outcome}:")])
        parts = _parts(delays, cell, classes, width)
        rows.append(_parts(outcomes, cell, np.array([number]), width) - parts)
    return rows
