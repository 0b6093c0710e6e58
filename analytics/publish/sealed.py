"""Facts as the ladder knows them: which area each sealed, and at which moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import release
from analytics.disclosure import linking
from analytics.publish.calendar import PublishError

if TYPE_CHECKING:
    from analytics.disclosure.linked import Line
    from analytics.publish.calendar import Calendar


def sealed_areas(line: Line, facts: pd.DataFrame, calendar: Calendar) -> dict[int, dict[int, int]]:
    """Areas that a table's facts sealed and their episodes, by the moment of sealing: what ``ladder.replay`` takes.

    Parameters
    ----------
    line
        The table.
    facts
        Its facts (``ledger.of_line``).
    calendar
        The months of the release.

    Raises
    ------
    PublishError
        A fact is of no rung or area of the table, or one was said twice.
    """
    table = line.table
    levels = pd.MultiIndex.from_tuples([(r.area_level, r.period_level) for r in table.rungs])
    rung = levels.get_indexer(pd.MultiIndex.from_frame(facts[["area_level", "period_level"]]))
    area = np.full(len(facts), -1, dtype=np.int64)
    for level, names in table.ground.areas.items():
        here = (facts["area_level"] == level).to_numpy()
        known = pd.MultiIndex.from_arrays([names, linking.value_of(line, np.arange(len(names)))])
        area[here] = known.get_indexer(pd.MultiIndex.from_frame(facts.loc[here, ["area", "value"]]))
    if (rung < 0).any() or (area < 0).any():
        raise PublishError("The facts speak of areas or rungs that territory and policy do not have; restore them.")
    closed = calendar.numbers(release.closing_month(facts).dt.to_timestamp())
    told: dict[int, dict[int, int]] = {}
    for moment, place, n in zip(closed * len(table.rungs) + rung, area, facts["n"], strict=True):
        told.setdefault(int(moment), {})[int(place)] = int(n)
    if sum(map(len, told.values())) != len(facts):
        raise PublishError("A fact was said twice; restore the release.")
    return told
