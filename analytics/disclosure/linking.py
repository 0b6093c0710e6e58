"""From a policy and a territory to the tables on their common ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import territory as ground_floor
from analytics.disclosure import tables
from analytics.disclosure.linked import Line, Linked
from analytics.disclosure.policy import CELL_TABLES
from analytics.disclosure.state import open_table
from analytics.territory import area_of_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.disclosure.policy import Policy
    from analytics.territory import Territory


def linked_of(policy: Policy, territory: Territory) -> Linked:
    """Give the ground that all tables of a policy share."""
    cells = ground_floor.ground(territory, policy.cell_m)
    zones = len(territory.zones)
    zone = tables.zone_numbers(cells["zone"], territory)
    levels = {level for table in CELL_TABLES for level, _ in policy.tables.get(table, ())} | {str(policy.cell_m)}
    areas_of = {"zone": np.concatenate([zone, np.arange(zones)])}
    for level in sorted(levels, key=int):
        numbers, _ = pd.factorize(area_of_cells(cells, level, territory), sort=True)
        areas_of[level] = np.concatenate([np.asarray(numbers, dtype=np.int64), np.full(zones, -1)])
    residents = np.concatenate([cells["residents"].to_numpy(dtype=np.float64), np.zeros(zones)])
    return Linked(residents, areas_of["zone"], areas_of, float(policy.crowd))


def lines_of(policy: Policy, territory: Territory, *, months: int, offset: int) -> list[Line]:
    """Open every table of a policy, with nothing published and nothing waiting.

    Parameters
    ----------
    policy, territory
        What may be said, and of which ground.
    months
        Number of months of the calendar.
    offset
        Calendar month (0 = January) of its first.
    """
    linked = linked_of(policy, territory)
    cells = len(linked.residents) - linked.zones
    owner_of = {
        "series": linked.zone_of,
        "departement": np.zeros(len(linked.residents), dtype=np.int64),
        **dict.fromkeys(CELL_TABLES, np.concatenate([np.arange(cells), np.full(linked.zones, -1)])),
    }
    lines = []
    for name, rungs in policy.tables.items():
        table = open_table(
            tables.ground_of(name, policy, territory),
            rungs,
            k=policy.k,
            min_inhabitants=policy.min_inhabitants,
            months=months,
            offset=offset,
        )
        lines.append(Line(name, table, owner_of[name], np.zeros(table.sealed.shape, dtype=np.int64)))
    return lines


def episodes_by_unit(
    line: Line, counts: pd.DataFrame, month: NDArray[np.int64], policy: Policy, territory: Territory
) -> NDArray[np.int64]:
    """Lay the vault's counts on a table's units and months: (units, months).

    Parameters
    ----------
    line
        The table.
    counts
        Columns base_e, base_n, commune, n.
    month
        Month number of each row.
    """
    waiting = np.zeros(line.table.sealed.shape, dtype=np.int64)
    unit = tables.unit_of(counts, line.name, territory, policy.cell_m)
    here = unit >= 0
    np.add.at(waiting, (unit[here], month[here]), counts["n"].to_numpy()[here])
    return waiting
