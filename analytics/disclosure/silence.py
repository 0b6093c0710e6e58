"""What silence says: the ladder's rule, for the groups that met the floor and were not sealed.

Such a group holds fewer than k, or a count at which hold-back refused it. Nearly all hold fewer than k, and most of
those rules say nothing that a larger one does not say: "at most k - 1 in here" holds for everything inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import holdback

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.linked import Line

    Numbers = NDArray[np.int64]
    Ranges = tuple[tuple[float, float], ...]

NOTHING = -1


@dataclass(frozen=True)
class Tried:
    """A group that a ladder tried.

    Attributes
    ----------
    line, month, rung, area
        Numbers of the line, of the month that closed, of the rung in its ladder, of the area in its level.
    """

    line: int
    month: int
    rung: int
    area: int


@dataclass(frozen=True, eq=False)
class Silent:
    """Groups of one rung that were tried together and not sealed; they are disjoint.

    Attributes
    ----------
    line, month, rung
        Which rung, at which closing.
    window
        Months of its period, from the first of the run of months.
    left
        (units of the table, months of the period) what was not sealed when they were tried.
    small, refused
        Areas that hold fewer than k, and those that hold more and were held back, with their count. Which is which
        is confidential.
    """

    line: int
    month: int
    rung: int
    window: slice
    left: NDArray[np.bool_]
    small: Numbers
    refused: dict[int, int]


def silent(
    lines: Sequence[Line],
    first: int,
    last: int,
    *,
    known: bool = True,
    eased: Mapping[Tried, int] | None = None,
) -> Iterator[Silent]:
    """Every rung that left groups unsealed in a run of months.

    Parameters
    ----------
    lines
        The tables, in the state in which the facts leave them.
    first, last
        The run of months (``linked.pieces``).
    known
        Whether ``waiting`` is the truth; if not, every group is taken to hold fewer than k.
    eased
        Groups that are taken to have been held back, if they hold more, at one of the counts up to so many; with 0, to
        have been withheld by the audit, so that nothing binds them.
    """
    for number, line in enumerate(lines):
        table = line.table
        for month in range(first, last + 1):
            for rung in range(len(table.rungs)):
                moment, span = table.moment(month, rung), table.period(month, rung)
                if span is None or moment not in table.unsealed or not table.unsealed[moment].any():
                    continue
                left = table.sealed[:, span[0] : span[1] + 1] >= moment
                company = _company(line, rung, span, left) if known else np.zeros(len(table.unsealed[moment]), np.int64)
                tried = table.unsealed[moment].copy()
                for group, most in (eased or {}).items():
                    if (group.line, group.month, group.rung) == (number, month, rung):
                        tried[group.area], company[group.area] = bool(most), most
                areas = np.flatnonzero(tried)
                company = company[areas]
                large = company >= table.k
                refused = dict(zip(areas[large].tolist(), company[large].tolist(), strict=True))
                window = slice(span[0] - first, span[1] - first + 1)
                yield Silent(number, month, rung, window, left, areas[~large], refused)


def _company(line: Line, rung: int, span: tuple[int, int], left: NDArray[np.bool_]) -> Numbers:
    level = line.table.rungs[rung].area_level
    still = np.where(left, line.waiting[:, span[0] : span[1] + 1], 0).sum(axis=1)
    size = len(line.table.ground.areas[level])
    return np.bincount(line.table.ground.area_of[level], weights=still, minlength=size).astype(np.int64)


def label(line: Line, group: Silent, areas: Numbers, width: int) -> Numbers:
    """Say which of some areas each atom lay in when they were tried: (units of ``line.owner``, width), -1 for none.

    Parameters
    ----------
    line
        The table of the group.
    group
        The rung.
    areas
        Numbers of areas.
    width
        Months of the run.
    """
    level = line.table.rungs[group.rung].area_level
    named = np.full(len(line.table.ground.areas[level]), NOTHING, dtype=np.int64)
    named[areas] = areas
    area = np.where(group.left, named[line.table.ground.area_of[level]][:, None], NOTHING)
    found = np.full((len(line.owner), width), NOTHING, dtype=np.int64)
    found[:, group.window] = np.where((line.owner >= 0)[:, None], area[line.owner], NOTHING)
    return found


def size(line: Line, group: Silent) -> tuple[int, int]:
    """How large a rung's rules are: months of the period, ground of the largest area."""
    level = line.table.rungs[group.rung].area_level
    ground = np.bincount(line.table.ground.area_of[level], weights=line.table.ground.cells)
    return group.window.stop - group.window.start, int(ground.max())


def maximal(labels: Sequence[Numbers]) -> list[Numbers]:
    """Leave out the rules that a larger one implies.

    Parameters
    ----------
    labels
        For each rung, the largest first, which of its rules speaks of each atom, -1 for none; arrays of one shape.

    Returns
    -------
    list of ndarray
        The same, without the rules whose atoms all lie in one rule that is kept.
    """
    kept: list[Numbers] = []
    for rung in labels:
        flat = rung.ravel()
        here = np.flatnonzero(flat != NOTHING)
        atoms = here[np.argsort(flat[here], kind="stable")]
        if not len(atoms):
            kept.append(rung)
            continue
        rules, start = np.unique(flat[atoms], return_index=True)
        implied = np.zeros(len(rules), dtype=bool)
        for larger in kept:
            held = larger.ravel()[atoms]
            least, greatest = np.minimum.reduceat(held, start), np.maximum.reduceat(held, start)
            implied |= (least == greatest) & (least != NOTHING)
        kept.append(np.where(np.isin(rung, rules[~implied]), rung, NOTHING))
    return kept


def allowed(line: Line, group: Silent, area: int) -> Ranges:
    """Ranges in which a refused group may lie, as far as its own count: fewer than k, or refused too."""
    ranges: list[tuple[float, float]] = [(0, line.table.k - 1)]
    counts = holdback.refused_counts(line.table, group.month, group.rung, area, group.refused[area])
    for count in counts:
        if count == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], count)
        else:
            ranges.append((count, count))
    return tuple(ranges)
