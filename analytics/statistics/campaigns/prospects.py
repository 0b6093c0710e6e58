"""What a planned campaign can expect of its own evaluation: power month by month, and whether totals will be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics import release as said
from analytics.statistics.campaigns.changes import fewest
from analytics.statistics.campaigns.planning import power
from analytics.statistics.campaigns.totals import of_areas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.release import Release
    from analytics.statistics.campaigns.planning import Plan
    from analytics.territory import Territory

LENGTHS: Final = (*range(1, 13), 15, 18, 21, 24)
"""Months for which the chance is computed: a year month by month, then quarter by quarter."""
WANTED: Final = 0.8
EVERYTHING: Final = 100


def curve(plan: Plan, fall: float) -> tuple[float, ...]:
    """Chance that a fall is named after each of ``LENGTHS``, with as many months before: as ``evaluate`` compares."""
    return tuple(power(plan, (months, months), fall) for months in LENGTHS)


def first_seen(chances: Sequence[float], wanted: float = WANTED) -> int | None:
    """First of ``LENGTHS`` at which a fall is named with a wanted chance; None where none of them reaches it."""
    return next((months for months, chance in zip(LENGTHS, chances, strict=True) if chance >= wanted), None)


def smallest_percent(plan: Plan, months: int, wanted: float = WANTED) -> int | None:
    """Smallest fall, in whole per cent, that is named with a wanted chance; None where not even silence would be.

    Parameters
    ----------
    plan
        Rates and error.
    months
        Months after, and as many before.
    wanted
        Chance.
    """
    return fewest(lambda percent: power(plan, (months, months), percent / 100) >= wanted, EVERYTHING)


def told_runs(release: Release, territory: Territory, areas: Sequence[str], months: int) -> tuple[int, int]:
    """How many runs of so many months were told completely so far, and of how many: what evaluating depends on.

    Parameters
    ----------
    release, territory
        What has been said, and its ground.
    areas
        Zones, cells or communes, all of which have to be told.
    months
        Length of a run.
    """
    closed = said.months(release)
    known = of_areas(release, territory, areas)
    starts = [closed[0] + number for number in range(len(closed) - months + 1)]
    return sum(known.total(first, first + (months - 1)) is not None for first in starts), len(starts)
