"""From a policy and a territory to the tables on their common ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import reports as vocabulary
from analytics import territory as ground_floor
from analytics.disclosure import tables
from analytics.disclosure.linked import Line, Linked
from analytics.disclosure.policy import BREAKDOWN, CELL_TABLES
from analytics.disclosure.state import Ground, open_table
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
    """Open every table of a policy, with nothing published and nothing waiting; of a breakdown, one an attribute.

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
        for attribute, values in _split(name).items():
            ground = _by_value(policy, territory, values) if values else tables.ground_of(name, policy, territory)
            table = open_table(
                ground, rungs, k=policy.k, min_inhabitants=policy.min_inhabitants, months=months, offset=offset
            )
            waiting = np.zeros(table.sealed.shape, dtype=np.int64)
            owner = np.arange(len(waiting)) if attribute else owner_of[name]
            lines.append(Line(name, table, owner, waiting, attribute, values))
    return lines


def _split(table: str) -> dict[str, tuple[str, ...]]:
    """Attributes by which a table is split, with their values: none but for a breakdown."""
    return vocabulary.BREAKDOWNS if table == BREAKDOWN else {"": ()}


def _by_value(policy: Policy, territory: Territory, values: tuple[str, ...]) -> Ground:
    """Each zone once a value, an area by itself: the ground and the inhabitants are the zone's."""
    cells = ground_floor.ground(territory, policy.cell_m)
    zone, zones = tables.zone_numbers(cells["zone"], territory), len(territory.zones)
    people = np.bincount(zone, weights=cells["residents"], minlength=zones).astype(np.float64)
    names = np.repeat([str(name) for name in territory.zones.index], len(values)).tolist()
    return Ground(
        np.repeat(people, len(values)),
        np.repeat(np.bincount(zone, minlength=zones), len(values)),
        {"zone": np.arange(len(names))},
        {"zone": names},
    )


def value_of(line: Line, areas: NDArray[np.int64]) -> NDArray[np.object_]:
    """Value of the line's attribute that each area of a level stands for; empty where the table has no attribute."""
    words = np.array(line.values or ("",), dtype=object)  # noqa: PD011 - not a frame's
    return np.asarray(words[areas % len(words)], dtype=object)


def unit_ids(line: Line, policy: Policy, territory: Territory) -> NDArray[np.object_]:
    """Ids of the units of a table; for an attribute those of the zones, once a value."""
    if not line.attribute:
        return tables.unit_ids(line.name, territory, policy.cell_m)
    return np.repeat(np.array(territory.zones.index, dtype=object), len(line.values))


def unit_of(line: Line, counts: pd.DataFrame, policy: Policy, territory: Territory) -> NDArray[np.int64]:
    """Number of the unit of a table that each count belongs to; -1 where the table does not speak of it.

    Parameters
    ----------
    counts
        Columns base_e, base_n, commune, attribute, value; attribute and value are empty for the episodes themselves.
    """
    unit = np.full(len(counts), -1, dtype=np.int64)
    mine = (counts["attribute"] == line.attribute).to_numpy()
    place = tables.unit_of(counts[mine], "series" if line.attribute else line.name, territory, policy.cell_m)
    if line.attribute:
        value = pd.Index(line.values).get_indexer(pd.Index(counts.loc[mine, "value"]))
        if (value < 0).any():
            raise ValueError(f"A count of {line.attribute} has a value outside the vocabulary.")
        place = place * len(line.values) + value
    unit[mine] = place
    return unit


def episodes_by_unit(
    line: Line, counts: pd.DataFrame, month: NDArray[np.int64], policy: Policy, territory: Territory
) -> NDArray[np.int64]:
    """Lay the vault's counts on a table's units and months: (units, months).

    Parameters
    ----------
    line
        The table.
    counts
        Columns base_e, base_n, commune, attribute, value, n: of the episodes and of all attributes together. What is
        missing of sealed atoms, since it was erased and forgotten, changes nothing.
    month
        Month number of each row.
    """
    waiting = np.zeros(line.table.sealed.shape, dtype=np.int64)
    unit = unit_of(line, counts, policy, territory)
    here = unit >= 0
    np.add.at(waiting, (unit[here], month[here]), counts["n"].to_numpy()[here])
    return waiting
