"""What reports led to: from what was received to what was kept, and from there to arrests, searches, seizures.

Everything is a floor. A breakdown tells a number where k or more of one kind stand together in a zone; what has no row
is not zero. An outcome counts in the month in which it happened, the first of each kind of an episode, whenever its
report came; so outcomes of a period are not a part of the reports of that period, and no rate is made of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics import release as said
from analytics.reports import DELAYS, OUTCOMES
from analytics.statistics import StatisticsError
from analytics.statistics.campaigns.sorting import Share, kept_share
from analytics.statistics.campaigns.totals import complete, of_triage
from analytics.statistics.told import of_area

if TYPE_CHECKING:
    from analytics.release import Release


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What a run of months led to, as far as it was published.

    Attributes
    ----------
    received, episodes
        Reports received and distinct reports kept of the whole territory, at least; None where nothing of them is told
        (a view of some zones).
    triage
        Distinct reports kept and set aside in the zones that tell both completely, with the share kept and its exact
        95 % interval; None where none does.
    triage_zones
        How many zones that is.
    kinds
        One row a kind of outcome, in the order of ``reports.OUTCOMES``: ``kind``, ``n`` (at least; 0 where none is
        told), ``zones`` (how many zones tell some).
    delays
        One row a kind and class of delay of which something is told: ``kind``, ``delay`` (class of days), ``n``.
    """

    received: int | None
    episodes: int | None
    triage: Share | None
    triage_zones: int
    kinds: pd.DataFrame
    delays: pd.DataFrame


def told(release: Release, first: str | pd.Period, last: str | pd.Period) -> Outcomes:
    """Add up what was published of outcomes in a run of months.

    Parameters
    ----------
    release
        What has been said.
    first, last
        Months, both inclusive; facts count whose whole period lies inside.

    Raises
    ------
    StatisticsError
        The last month comes before the first.
    """
    start, end = pd.Period(first, freq="M"), pd.Period(last, freq="M")
    if end < start:
        raise StatisticsError(f"The period ends in {last}, before it begins in {first}: give the earlier month first.")
    whole = _inside(release.facts[release.facts["table"] == "departement"], start, end)
    found = _inside(said.breakdown(release, "outcome"), start, end)
    delays = _inside(said.breakdown(release, "delay"), start, end)
    sorted_, zones = _triage(release, start, end)
    by_kind = found.groupby("value")
    kinds = pd.DataFrame({"kind": list(OUTCOMES)})
    kinds["n"] = kinds["kind"].map(by_kind["n"].sum()).fillna(0).astype("int64")
    kinds["zones"] = kinds["kind"].map(by_kind["area"].nunique()).fillna(0).astype("int64")
    return Outcomes(
        received=None if whole.empty else int(whole["reports"].sum()),
        episodes=None if whole.empty else int(whole["n"].sum()),
        triage=sorted_,
        triage_zones=zones,
        kinds=kinds,
        delays=_delays(delays),
    )


def _inside(facts: pd.DataFrame, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    start, end = (pd.PeriodIndex(facts[name].astype("str"), freq="M") for name in ("period_start", "period_end"))
    kept: pd.DataFrame = facts[(start >= first) & (end <= last)]
    return kept


def _triage(release: Release, first: pd.Period, last: pd.Period) -> tuple[Share | None, int]:
    """Share kept in the zones that tell completely what was kept and what was set aside; how many they are."""
    facts = release.facts
    zones = facts.loc[facts["table"] == "series", "area"].unique()
    kept = [complete(of_area(release, zone), first, last) for zone in zones]
    aside = [complete(of_triage(release, zone, "set_aside"), first, last) for zone in zones]
    both = [(one, other) for one, other in zip(kept, aside, strict=True) if one is not None and other is not None]
    return (kept_share(sum(n for n, _ in both), sum(n for _, n in both)) if both else None), len(both)


def _delays(facts: pd.DataFrame) -> pd.DataFrame:
    """Sums of each kind and class of delay, in the order of the vocabulary."""
    pairs = [(kind, delay) for kind in OUTCOMES for delay in DELAYS]
    sums = facts.groupby("value")["n"].sum()
    found = [(kind, delay, int(sums.get(f"{kind}:{delay}", 0))) for kind, delay in pairs]
    return pd.DataFrame([row for row in found if row[2]], columns=["kind", "delay", "n"])
