"""Campaigns: a registry, an evaluation before and after against comparison zones, and the power to see a fall at all.

docs/campaigns.md has the methods, what was measured and what none of it says. Functions of counts take plain numbers
(``before_after``, ``difference``, ``weighted_displacement``, ``placebo_dates``, ``triage``, ``power``); ``evaluate``
and ``rates`` read a release.
"""

from analytics.statistics.campaigns.changes import Change, before_after, difference
from analytics.statistics.campaigns.displacement import Displacement, weighted_displacement
from analytics.statistics.campaigns.evaluation import Evaluation, Totals, evaluate, lengths, runs
from analytics.statistics.campaigns.placebo import Placebo, placebo_dates
from analytics.statistics.campaigns.planning import (
    MonthsNeeded,
    Plan,
    SmallestFall,
    months_needed,
    power,
    smallest_fall,
)
from analytics.statistics.campaigns.registry import KINDS, Campaign, add, check_areas, read, written
from analytics.statistics.campaigns.sorting import Share, Triage, kept_share, triage, which_moved
from analytics.statistics.campaigns.zone_rates import rates

__all__ = [
    "KINDS",
    "Campaign",
    "Change",
    "Displacement",
    "Evaluation",
    "MonthsNeeded",
    "Placebo",
    "Plan",
    "Share",
    "SmallestFall",
    "Totals",
    "Triage",
    "add",
    "before_after",
    "check_areas",
    "difference",
    "evaluate",
    "kept_share",
    "lengths",
    "months_needed",
    "placebo_dates",
    "power",
    "rates",
    "read",
    "runs",
    "smallest_fall",
    "triage",
    "weighted_displacement",
    "which_moved",
    "written",
]
