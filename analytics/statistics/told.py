"""What the facts of one area tell month by month, and what the ladder's rule says of the months that they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics import release as said
from analytics import territory as ground_floor
from analytics.statistics import StatisticsError, floors

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from analytics.release import Release
    from analytics.territory import Territory

MONTHS_IN: Final = {"month": 1, "quarter": 3, "year": 12}
NO_FACT: Final = -1
HELD_BACK: Final = 0.1
"""Chance that a group of k and more was not sealed all the same: held back, or withheld after the audit."""


@dataclass(frozen=True, eq=False)
class Series:
    """The facts of one area and which of them tells each month.

    Attributes
    ----------
    months
        Closed months, in order.
    table
        ``departement`` or ``series``.
    facts
        The area's facts in that table, in the order of sealing.
    first, last
        (facts,) first and last month of each fact's period, as numbers of ``months``.
    owner
        (months,) number of the fact that tells a month, ``NO_FACT`` (-1) for none.
    alone
        (months,) whether that fact is of the month alone.
    n
        (facts + 1,) counts, with a 0 at the end for ``NO_FACT`` to find.
    """

    months: pd.PeriodIndex
    table: str
    facts: pd.DataFrame
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    alone: npt.NDArray[np.bool_]
    n: npt.NDArray[np.int64]

    def number(self, month: pd.Period) -> int:
        """Number of a month, counted from the first closed one; negative before it."""
        return int((month.year - self.months[0].year) * 12 + month.month - self.months[0].month)


def of_area(release: Release, area: str) -> Series:
    """Give the facts of the whole territory (its code) or of a zone (its id), and which of them tells each month."""
    table = "departement" if area == str(release.manifest["territory"]["code"]) else "series"
    months = said.months(release)
    chosen = (release.facts["table"] == table) & (release.facts["area"] == area)
    facts = release.facts[chosen].sort_values("order", ignore_index=True)
    first, last = (said.month_numbers(facts[name], months) for name in ("period_start", "period_end"))
    owner = np.full(len(months), NO_FACT, dtype=np.int64)
    covered = facts["covered"].to_numpy(dtype=np.int64)
    a_month = (covered / (last - np.maximum(first, 0) + 1)).max(initial=0.0)  # a fact of one month covers all of it
    for fact in range(len(facts)):
        span = owner[max(first[fact], 0) : last[fact] + 1]
        free = span == NO_FACT
        if floors.partly(release) and covered[fact] != a_month * free.sum():
            continue  # it tells some of these months, and does not say which
        span[free] = fact
    alone = (owner != NO_FACT) & np.append(facts["period_level"] == "month", [False])[owner]
    n = np.append(facts["n"].to_numpy(dtype=np.int64), 0)
    return Series(months, table, facts, np.maximum(first, 0), last, owner, alone, n)


def complete_total(series: Series, first: pd.Period, last: pd.Period) -> tuple[int | None, int]:
    """Sum over a run of months, None unless each lies in a fact wholly inside the run; and how many do not."""
    start, stop = series.number(first), series.number(last) + 1
    inside = np.append((series.first >= start) & (series.last < stop), [False])
    owner = series.owner[max(start, 0) : max(stop, 0)]
    unsaid = stop - start - len(owner) + int((~inside[owner]).sum())
    return (None if unsaid else int(series.n[np.unique(owner)].sum())), unsaid


def meets_floor(release: Release, series: Series, area: str, territory: Territory | None) -> bool:
    """Whether the area is known to meet the policy's floor: only then does its silence say anything.

    Where facts are floors (a derived release, a view) it says nothing: what waits elsewhere is not in them.
    """
    if floors.partly(release):
        return False
    if territory is not None:
        cells = ground_floor.ground(territory, release.cell_m)
        if series.table == "series" and area not in territory.zones.index:
            known = ", ".join([territory.code, *territory.zones.index])
            raise StatisticsError(f"{territory.name} has no area {area!r}; it has {known}.")
        people = cells["residents"][(series.table == "departement") | (cells["zone"] == area)].sum()
        return bool(people + 1e-6 >= int(release.manifest["policy"]["min_inhabitants"]))
    return bool(len(series.facts))


def silence_bounds(release: Release, series: Series, area: str, territory: Territory | None) -> bool:
    """Whether silence bounds a count for certain: the floor is met, and no audit of all tables kept anything unsaid.

    What such an audit withholds may hold any number; most of what is silent is small all the same (``HELD_BACK``).
    """
    return not said.withholds(release) and meets_floor(release, series, area, territory)


def bounds(
    release: Release, series: Series, *, silence: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Least and greatest count of each month by what was sealed and by the ladder's rule.

    A group that was tried and not sealed holds fewer than k, or a count at which it would have been held back. The
    second needs an earlier rule over all of its months (else nothing can be proved of it), and is then at most the sum
    of their bounds. Bounds are never too narrow; where months are the first rung they are the exact 0 to k - 1.
    ``silence`` is whether silence bounds anything (``silence_bounds``).
    """
    k, size = release.k, len(series.months)
    greatest, ruled = np.full(size, np.inf), np.zeros(size, dtype=bool)
    waiting = np.ones(size, dtype=bool)
    sealed = {
        (level, first, last): n
        for level, first, last, n in zip(
            series.facts["period_level"], series.first, series.last, series.facts["n"], strict=True
        )
    }
    rungs = [period for _, period in release.manifest["policy"]["tables"].get(series.table, [])]
    for closing in range(size if silence else 0):
        for period in rungs:
            length = MONTHS_IN[period]
            if series.months[closing].month % length:
                continue
            first = max(0, closing - length + 1)
            left = first + np.flatnonzero(waiting[first : closing + 1])
            if not len(left):
                continue
            n = sealed.get((period, first, closing))
            if n is not None:
                greatest[left], waiting[left] = np.minimum(greatest[left], n), False
                continue
            ceiling = max(k - 1.0, greatest[left].sum()) if ruled[left].all() else k - 1.0
            greatest[left], ruled[left] = np.minimum(greatest[left], ceiling), True
    least = np.zeros(size)
    for fact in range(len(series.facts)):
        told = np.flatnonzero(series.owner == fact)
        others = greatest[told].sum() - greatest[told] if np.isfinite(greatest[told]).all() else np.inf
        least[told] = np.maximum(least[told], series.n[fact] - others)
    return np.maximum(least, 0.0), greatest
