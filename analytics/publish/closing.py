"""Closing months: every table's ladder seals what may be said, one month after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import release, vault
from analytics.disclosure import ladder, tables
from analytics.publish import ledger
from analytics.publish.calendar import Calendar, PublishError, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analytics.disclosure.policy import Policy
    from analytics.territory import Territory
    from analytics.vault import Vault


@dataclass(frozen=True, eq=False)
class Line:
    """One table on its way: its ladder, and the episodes of each of its atoms.

    Attributes
    ----------
    name
        The table.
    table
        The state of its ladder.
    units
        Id of each unit: cell, zone or territory.
    waiting
        (units, months) episodes, sealed or not.
    """

    name: str
    table: ladder.Table
    units: npt.NDArray[np.object_]
    waiting: npt.NDArray[np.int64]


def close(
    store: Vault,
    territory: Territory,
    policy: Policy,
    calendar: Calendar,
    progress: Callable[[int, int], None] | None,
) -> pd.DataFrame:
    """Close the calendar's months and write down the facts; give those."""
    vault.freeze(store, calendar.start, calendar.last, policy.episode_days)
    counts = vault.episode_counts(store)
    lines = [_line(store, name, territory, policy, calendar, counts) for name in policy.tables]
    vintage = ledger.next_vintage(store)
    received = ledger.received(store, calendar)
    rows: list[dict[str, Any]] = []
    for number in range(calendar.closed, calendar.months):
        for place, fact in enumerate(_month(lines, number, calendar.first, received, policy.k)):
            rows.append(fact | {"vintage": vintage, "order": order(calendar.first + number, place)})
        if progress is not None:
            progress(number - calendar.closed + 1, calendar.months - calendar.closed)
    facts = pd.DataFrame(rows, columns=list(release.COLUMNS)).astype(release.COLUMNS)
    ledger.write_down(store, facts, vintage, calendar)
    for line in lines:
        mine = facts[facts["table"] == line.name]
        ledger.remember(store, line.name, ledger.sealing(line.table, line.units, line.waiting, mine, calendar))
    return facts


def _line(
    store: Vault, name: str, territory: Territory, policy: Policy, calendar: Calendar, counts: pd.DataFrame
) -> Line:
    """Open a table's ladder in the state in which the published facts leave it."""
    table = ladder.open_table(
        tables.ground_of(name, policy, territory),
        policy.tables[name],
        k=policy.k,
        min_inhabitants=policy.min_inhabitants,
        months=calendar.months,
        offset=calendar.first.month - 1,
    )
    if calendar.closed:
        ladder.replay(table, calendar.closed - 1, _published_areas(store, name, table, calendar))
    units = tables.unit_ids(name, territory, policy.cell_m)
    unit = tables.unit_of(counts, name, territory, policy.cell_m)
    waiting = np.zeros((len(units), calendar.months), dtype=np.int64)
    here, month = unit >= 0, calendar.numbers(counts["month"].dt.to_timestamp())
    np.add.at(waiting, (unit[here], month[here]), counts["n"].to_numpy()[here])
    return Line(name, table, units, waiting)


def _published_areas(
    store: Vault, name: str, table: ladder.Table, calendar: Calendar
) -> dict[int, npt.NDArray[np.int64]]:
    """Areas that a table's facts sealed, by the moment of sealing."""
    facts = ledger.published(store)
    facts = facts[facts["table"] == name]
    levels = pd.MultiIndex.from_tuples([(r.area_level, r.period_level) for r in table.rungs])
    rung = levels.get_indexer(pd.MultiIndex.from_frame(facts[["area_level", "period_level"]]))
    area = np.empty(len(facts), dtype=np.int64)
    for level, names in table.ground.areas.items():
        here = (facts["area_level"] == level).to_numpy()
        area[here] = pd.Index(names).get_indexer(pd.Index(facts.loc[here, "area"]))
    if (rung < 0).any() or (area < 0).any():
        raise PublishError("The vault's facts speak of areas that this territory and policy do not have; restore them.")
    closed = calendar.numbers(release.closing_month(facts).dt.to_timestamp())
    moment = closed * len(table.rungs) + rung
    return {int(m): area[moment == m] for m in np.unique(moment)}


def _month(
    lines: list[Line], number: int, first: pd.Period, received: npt.NDArray[np.int64], k: int
) -> Iterator[dict[str, Any]]:
    """Facts that the closing of a month adds, table after table."""
    for line in lines:
        table = line.table
        for block in ladder.close_month(table, number, line.waiting):
            rung = table.rungs[block.rung]
            yield {
                "table": line.name,
                "area": table.ground.areas[rung.area_level][block.area],
                "area_level": rung.area_level,
                "period_start": (first + block.first).start_time.date().isoformat(),
                "period_end": (first + block.last).end_time.date().isoformat(),
                "period_level": rung.period_level,
                "attribute": "",
                "value": "",
                "n": block.n,
                "covered": block.covered,
                "residents": int(block.residents + ladder.NOISE),
                "reports": _reports(table, block, received, k) if line.name == "departement" else None,
            }


def _reports(table: ladder.Table, block: ladder.Block, received: npt.NDArray[np.int64], k: int) -> int:
    """Reports received in the months of a block of the whole territory, rounded down to a multiple of k."""
    moment = table.moment(block.last, block.rung)
    here = table.sealed[0, block.first : block.last + 1] == moment
    return int(received[block.first : block.last + 1][here].sum()) // k * k
