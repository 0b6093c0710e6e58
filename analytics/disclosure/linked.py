"""All tables on one ground: what their sums have in common.

The atoms of the attacker's problem are (unit, month): the units are the smallest cells, then one a zone for its
unlocated episodes. A table that adds them up differently says here how.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.state import Table


@dataclass(frozen=True, eq=False)
class Linked:
    """The ground that all tables share.

    Attributes
    ----------
    residents
        (units,) inhabitants; 0 for the unlocated.
    zone_of
        (units,) number of the zone of each unit.
    areas_of
        For each area level that an attacker looks at, the area of each unit, -1 for none (the unlocated, for cells).
    crowd
        Ground with so many inhabitants that is neither cell nor zone points at nobody.
    """

    residents: NDArray[np.float64]
    zone_of: NDArray[np.int64]
    areas_of: dict[str, NDArray[np.int64]]
    crowd: float

    @property
    def zones(self) -> int:
        """Number of zones."""
        return int(self.zone_of.max()) + 1


@dataclass(frozen=True, eq=False)
class Line:
    """One table on its way: its ladder, and the episodes of each of its atoms.

    Attributes
    ----------
    name
        The table.
    table
        The state of its ladder.
    owner
        (units of ``Linked``,) the table's unit that holds each; -1 for none.
    waiting
        (units of the table, months) episodes, sealed or not. Confidential.
    attribute
        What the table breaks episodes down by; empty for the episodes themselves. The units of such a table are
        ``zone * len(values) + value``, each an area of its own; they are unknowns of their own, and ``owner`` is their
        own number.
    values
        The values of the attribute.
    release
        Number of the release that says it, where several are attacked together.
    """

    name: str
    table: Table
    owner: NDArray[np.int64]
    waiting: NDArray[np.int64]
    attribute: str = ""
    values: tuple[str, ...] = ()
    release: int = 0


def by_zone(lines: Sequence[Line], linked: Linked) -> tuple[list[int], list[Line], Linked]:
    """Give the tables that do not tell the ground of a zone apart, on a ground of whole zones.

    What they betray together is found there far sooner, since there are few unknowns.

    Returns
    -------
    numbers, lines, linked
        Numbers of those tables, the same tables (not copies of their ladders), and the ground.
    """
    _, first = np.unique(linked.zone_of, return_index=True)
    zones = np.arange(len(first))
    numbers, found = [], []
    for number, line in enumerate(lines):
        if line.attribute or np.array_equal(line.owner, line.owner[first][linked.zone_of]):
            numbers.append(number)
            found.append(line if line.attribute else replace(line, owner=line.owner[first]))
    people = np.bincount(linked.zone_of, weights=linked.residents).astype(np.float64)
    return numbers, found, Linked(people, zones, {"zone": zones}, linked.crowd)


def pieces(months: int, offset: int) -> list[tuple[int, int]]:
    """Runs of months that no closed period links: closed years, then the quarters and months of the open one.

    Every period lies within one calendar year, so years are attacked apart; before a year closes nothing links its
    quarters, before a quarter closes nothing links its months.
    """
    found, first = [], 0
    while first < months:
        for length in (12, 3, 1):
            last = first + length - (offset + first) % length - 1
            if last < months:
                break
        found.append((first, last))
        first = last + 1
    return found


def piece_closed_by(month: int, offset: int) -> tuple[int, int]:
    """The run of months that the closing of a month links to one another."""
    for length in (12, 3):
        if (offset + month + 1) % length == 0:
            return max(0, month - length + 1), month
    return month, month
