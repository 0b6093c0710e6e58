"""What a planned campaign can expect of its own evaluation: power month by month, and whether totals will be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics import release as said
from analytics.statistics.campaigns.planning import power
from analytics.statistics.campaigns.totals import of_areas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.release import Release
    from analytics.statistics.campaigns.planning import Plan
    from analytics.territory import Territory

LONGEST: Final = 24
WANTED: Final = 0.8


def curve(plan: Plan, fall: float, longest: int = LONGEST) -> tuple[float, ...]:
    """Chance that a fall is named after 1, 2, ... months, with as many before: as ``evaluate`` will compare them."""
    return tuple(power(plan, (months, months), fall) for months in range(1, longest + 1))


def first_seen(chances: Sequence[float], wanted: float = WANTED) -> int | None:
    """First number of months at which a fall is named with a wanted chance; None where none of them reaches it."""
    return next((months for months, chance in enumerate(chances, start=1) if chance >= wanted), None)


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
