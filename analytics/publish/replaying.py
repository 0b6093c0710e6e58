"""Coarser facts brought back to the finer facts that they add up: to carry a release on, or to derive from it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import release
from analytics.disclosure import linking
from analytics.publish.calendar import PublishError
from analytics.publish.finer import Finer, Told, values_of
from analytics.publish.sums import NOWHERE, open_sums, replay_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.policy import Policy
    from analytics.publish.sums import Sums
    from analytics.release import Release
    from analytics.territory import Territory

    Numbers = NDArray[np.int64]


def replay(added: Sequence[Sums], said: pd.DataFrame, months: pd.PeriodIndex, closed: int) -> None:
    """Bring every table to the state in which the coarser facts of its first months leave it.

    Parameters
    ----------
    added
        As from ``sums.open_sums``; updated in place.
    said
        The coarser facts.
    months, closed
        The months, and how many of them the coarser facts closed.

    Raises
    ------
    PublishError
        They are not sums of the finer facts.
    """
    known = 0
    for table in added:
        facts, moment, area = _places(table, said, months)
        told: dict[int, dict[int, int]] = {}
        for when, number, n in zip(moment, area, facts["n"], strict=True):
            told.setdefault(int(when), {})[int(number)] = int(n)
        known += sum(len(areas) for areas in told.values())
        for number in range(closed):
            if not replay_month(table, number, told):
                raise PublishError(
                    f"The facts of {months[number]} that were derived before are not sums of this finer release; "
                    "derive from the release that they came from, or name another folder."
                )
    if known != len(said):
        raise PublishError(
            "Facts that were derived before are not of this policy's rungs and this territory's areas; restore the "
            "files, or name another folder."
        )


def _places(table: Sums, said: pd.DataFrame, months: pd.PeriodIndex) -> tuple[pd.DataFrame, Numbers, Numbers]:
    """Facts of a table's rungs and areas, with the moment at which each was sealed and its area."""
    line, state = table.line, table.line.table
    facts = said[(said["table"] == line.name) & (said["attribute"] == line.attribute)]
    levels = pd.MultiIndex.from_tuples([(rung.area_level, rung.period_level) for rung in state.rungs])
    rung = levels.get_indexer(pd.MultiIndex.from_frame(facts[["area_level", "period_level"]]))
    area = np.full(len(facts), NOWHERE, dtype=np.int64)
    for level, names in state.ground.areas.items():
        here = (facts["area_level"] == level).to_numpy()
        words = linking.value_of(line, np.arange(len(names)))
        known = pd.MultiIndex.from_arrays([names, words])
        area[here] = known.get_indexer(pd.MultiIndex.from_frame(facts.loc[here, ["area", "value"]]))
    fits = (rung >= 0) & (area >= 0)
    closed = release.month_numbers(release.closing_month(facts).dt.to_timestamp(), months)
    moment = closed * len(state.rungs) + rung
    return facts[fits].reset_index(drop=True), moment[fits], area[fits]


def derived(of: Release, policy: Policy, origin: Finer, territory: Territory) -> Finer:
    """Lay out a derived release on the ground that its facts cover, by the release that it came from.

    Parameters
    ----------
    of
        The derived release.
    policy
        The policy that it was derived under.
    origin
        The release that it came from, as ``finer.published`` lays it out for that policy.
    territory
        Their ground.

    Raises
    ------
    PublishError
        The one did not come from the other.
    """
    months = release.months(of)
    added = open_sums(origin, policy, territory)
    replay(added, of.facts, origin.months, len(months))
    told = {}
    for table in added:
        facts, moment, area = _places(table, of.facts, origin.months)
        members = [table.added_up(int(when), int(number)) for when, number in zip(moment, area, strict=True)]
        atoms = [np.unique(np.concatenate([table.atoms[fact] for fact in mine])) for mine in members]
        told[table.line.name, table.line.attribute] = Told(facts, values_of(facts, table.line), atoms)
    return Finer(of, origin.cell_m, told)
