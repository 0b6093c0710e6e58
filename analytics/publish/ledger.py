"""What the vault remembers of what was said: the facts, the vintages, and which fact sealed each report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import release, vault
from analytics.disclosure import ladder, linking, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.disclosure.linked import Line
    from analytics.publish.calendar import Calendar
    from analytics.territory import Territory
    from analytics.vault import Vault


def published(store: Vault) -> pd.DataFrame:
    """Every fact ever published from this vault."""
    return vault.frame(store, 'SELECT * FROM facts ORDER BY "order"').astype(release.COLUMNS)[list(release.COLUMNS)]


def next_vintage(store: Vault) -> int:
    """Number of the publication that is being made, from 1."""
    return int(store.connection.execute("SELECT coalesce(max(vintage), 0) + 1 FROM vintages").fetchall()[0][0])


def received(store: Vault, calendar: Calendar) -> npt.NDArray[np.int64]:
    """Reports received in each month of the release."""
    found = vault.frame(store, "SELECT month, n FROM received")
    numbers = calendar.numbers(found["month"])
    counts = np.zeros(calendar.months, dtype=np.int64)
    counts[numbers] = found["n"].to_numpy()
    return counts


def counts(store: Vault) -> pd.DataFrame:
    """Everything that closed months hold: the episodes (attribute ``''``), and each attribute by itself.

    Returns
    -------
    DataFrame
        Columns base_e, base_n, commune, month, attribute, value, n; see ``vault.breakdown_counts``. Confidential.
    """
    episodes = vault.episode_counts(store).assign(attribute="", value="")
    split = vault.breakdown_counts(store)
    return pd.concat([episodes.astype(split.dtypes)[list(split.columns)], split], ignore_index=True)


def of_line(rows: pd.DataFrame, line: Line) -> pd.DataFrame:
    """Rows (of facts, of what was withheld) that are of a line's table and attribute."""
    return rows[(rows["table"] == line.name) & (rows["attribute"] == line.attribute)]


def write_down(store: Vault, facts: pd.DataFrame, vintage: int, calendar: Calendar) -> None:
    """Add a vintage and its facts."""
    run = store.connection
    run.register("added", facts)
    run.execute("INSERT INTO facts BY NAME SELECT * FROM added")
    run.unregister("added")
    run.execute(
        "INSERT INTO vintages VALUES (?, ?, ?, ?)", [vintage, str(calendar.start), str(calendar.last), len(facts)]
    )


def withhold(store: Vault, lines: Sequence[Line], groups: Sequence[set[tuple[int, int]]], month: pd.Period) -> None:
    """Write down what the audit withheld when a month closed. Confidential."""
    rows = [
        [line.name, line.attribute, month.start_time.date(), rung, area]
        for line, held in zip(lines, groups, strict=True)
        for rung, area in sorted(held)
    ]
    if rows:
        store.connection.executemany("INSERT INTO withheld VALUES (?, ?, ?, ?, ?)", rows)


def withheld(store: Vault) -> pd.DataFrame:
    """Every group that the audit withheld: table, attribute, closing month, number of rung and area. Confidential."""
    return vault.frame(store, 'SELECT "table", attribute, month, rung, area FROM withheld ORDER BY ALL')


def sealing(line: Line, units: npt.NDArray[np.object_], facts: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Which fact sealed each atom that holds episodes, in the months that close now.

    Parameters
    ----------
    line, units
        The table, and the ids of its units.
    facts
        The table's facts of this publication.

    Returns
    -------
    DataFrame
        Columns unit (id), value (of the line's attribute, if it has one), month (first day), order.
    """
    table = line.table
    unit, month = np.nonzero((line.waiting > 0) & (table.sealed != ladder.UNSEALED))
    closed, rung = np.divmod(table.sealed[unit, month], len(table.rungs))
    fresh = closed >= calendar.closed
    unit, month, closed, rung = unit[fresh], month[fresh], closed[fresh], rung[fresh]
    levels = np.array([r.area_level for r in table.rungs], dtype=object)[rung]
    areas = np.empty(len(unit), dtype=object)
    for level, names in table.ground.areas.items():
        here = levels == level
        areas[here] = np.array(names, dtype=object)[table.ground.area_of[level][unit[here]]]
    days = pd.period_range(calendar.first, periods=calendar.months, freq="M").to_timestamp()
    told = facts.assign(closed=calendar.numbers(release.closing_month(facts).dt.to_timestamp()))
    key = ["area", "area_level", "value", "period_level", "closed"]
    atoms = pd.DataFrame(
        {
            "area": areas,
            "area_level": levels,
            "value": linking.value_of(line, unit),
            "period_level": np.array([r.period_level for r in table.rungs], dtype=object)[rung],
            "closed": closed,
            "unit": units[unit],
            "month": days[month],
        }
    )
    found = atoms.merge(told[[*key, "order"]], on=key, how="left", validate="many_to_one")
    return found[["unit", "value", "month", "order"]]


def remember(store: Vault, line: Line, sealed: pd.DataFrame) -> None:
    """Write down which fact sealed each atom."""
    run = store.connection
    run.register("sealed_now", sealed.assign(table=line.name, attribute=line.attribute))
    run.execute("INSERT INTO sealed BY NAME SELECT * FROM sealed_now")
    run.unregister("sealed_now")


def facts_of_reports(store: Vault, territory: Territory, cell_m: int, table: str) -> pd.DataFrame:
    """Which fact speaks of each kept report in a table of episodes: any but ``breakdown``, where many speak of one.

    Returns
    -------
    DataFrame
        One row a report that triage keeps (located ones only for ``blocks`` and ``outlook``): ``day``, ``unit``
        (number of the unit of its episode, of its own place while its month is open), ``order`` (NA while it waits).
        Confidential.

    Raises
    ------
    ValueError
        The table is one of attributes.
    """
    if table == release.BREAKDOWN:
        raise ValueError("Many facts of a breakdown speak of one report; ask for another table.")
    found = vault.frame(
        store,
        """SELECT r.day, coalesce(e.base_e, r.base_e) AS base_e, coalesce(e.base_n, r.base_n) AS base_n,
            coalesce(e.commune, r.commune) AS commune, e.month
        FROM reports r LEFT JOIN episodes e USING (episode)
        WHERE r.triage = 'kept' OR r.episode IS NOT NULL ORDER BY r.source_hash""",
    )
    found["unit"] = tables.unit_of(found, table, territory, cell_m)
    found = found[found["unit"] >= 0]
    found["id"] = tables.unit_ids(table, territory, cell_m)[found["unit"].to_numpy()]
    sealed = vault.frame(store, 'SELECT unit AS id, month, "order" FROM sealed WHERE "table" = ?', table)
    told = found.merge(sealed, on=["id", "month"], how="left", validate="many_to_one")
    return told[["day", "unit", "order"]].astype({"order": "Int64"})
