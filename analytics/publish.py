"""The only bridge: vault -> disclosure -> release.

One month is closed at a time: its reports become episodes, every table's ladder seals what may be said, the next month
follows. What is published is written down in the vault first and in the release after, so that an interruption leaves
a release that the next publication completes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import release, vault
from analytics.disclosure import ladder, tables
from analytics.disclosure.policy import CELL_TABLES, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from analytics.disclosure.policy import Policy
    from analytics.territory import Territory
    from analytics.vault import Vault


class PublishError(Exception):
    """Nothing was published; the message is a sentence to show, with what to do."""


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


def publish(
    vault_path: str | Path,
    release_path: str | Path,
    policy: Policy,
    *,
    through: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Close months and publish what may be said of them.

    Parameters
    ----------
    vault_path, release_path
        The vault, and the folder of the release.
    policy
        The disclosure policy. A vault publishes under one policy only.
    through
        Last month to close, ``YYYY-MM``; by default the last month that the reports at hand cover wholly.
    progress
        Called with the number of months closed so far and the number of months to close.

    Returns
    -------
    dict
        ``vintage, facts, blocks`` (those that this publication added), ``facts_total, reports_published,
        reports_waiting`` (located reports kept by triage, in the table ``blocks``). Confidential.

    Raises
    ------
    PublishError
        Nothing to close, a month that is closed already, or another policy than the vault's.
    """
    with vault.opened(vault_path) as store:
        territory = vault.territory(store)
        _hold_to(store, policy, territory)
        first, start, last = _calendar(store, through)
        if last >= start:
            added = _close(store, territory, policy, (first, start, last), progress)
        else:
            added = release.empty_facts()
        facts = _published(store)
        manifest = _manifest(store, territory, policy)
        summary = _summary(store, territory, policy, added, facts)
    release.write(release_path, manifest, facts)
    return summary


def _hold_to(store: Vault, policy: Policy, territory: Territory) -> None:
    """Refuse a policy that does not fit the territory or differs from the one that the vault publishes under."""
    for level in [policy.cell_m, *(int(lv) for t in CELL_TABLES for lv, _ in policy.tables.get(t, ()))]:
        if level % territory.base_cell_m:
            raise PolicyError(
                f"The policy asks for cells of {level} m, which is no multiple of the base cell of {territory.name}, "
                f"{territory.base_cell_m} m; change cell_m and the rungs."
            )
    wanted, held = policy.model_dump_json(), store.meta("policy")
    if held is None:
        store.set_meta("policy", wanted)
    elif held != wanted:
        raise PublishError(
            "This vault has published under another policy, and two policies side by side can be subtracted from one "
            "another; publish under the first policy, or begin again with a new vault and a new release."
        )


def _calendar(store: Vault, through: str | None) -> tuple[pd.Period, pd.Period, pd.Period]:
    """First month of the release, first month to close, last month to close."""
    at_hand, closed = vault.months_at_hand(store), store.closed_through
    if at_hand is None and closed is None:
        raise PublishError("The vault holds no reports; read an export first: python -m analytics ingest")
    first_said = store.meta("first_month")
    first = pd.Period(first_said, freq="M") if first_said else at_hand[0]  # type: ignore[index]
    start = first if closed is None else closed + 1
    try:
        last = pd.Period(through, freq="M") if through else (at_hand[1] if at_hand else start - 1)
    except ValueError:
        raise PublishError(f"--through {through} is not a month; write it as YYYY-MM.") from None
    if closed is None and last < first:
        raise PublishError(f"No month can be closed yet: the first report is of {first}; wait for that month's end.")
    if through and last < start - 1:
        raise PublishError(f"{start - 1} is closed already; name a later month than {through}.")
    store.set_meta("first_month", str(first))
    return first, start, last


def _close(
    store: Vault,
    territory: Territory,
    policy: Policy,
    calendar: tuple[pd.Period, pd.Period, pd.Period],
    progress: Callable[[int, int], None] | None,
) -> pd.DataFrame:
    """Close the months and write down the facts; give those."""
    first, start, last = calendar
    vault.freeze(store, start, last, policy.episode_days)
    counts = vault.episode_counts(store)
    lines = [_line(store, name, territory, policy, (first, start, last), counts) for name in policy.tables]
    vintage = int(store.connection.execute("SELECT coalesce(max(vintage), 0) + 1 FROM vintages").fetchall()[0][0])
    received = _received(store, first, last)
    rows: list[dict[str, Any]] = []
    for done, number in enumerate(range(_distance(first, start), _distance(first, last) + 1), start=1):
        for place, fact in enumerate(_month(lines, number, first, received, policy.k)):
            rows.append(fact | {"vintage": vintage, "order": _order(first + number, place)})
        if progress is not None:
            progress(done, _distance(start, last) + 1)
    facts = pd.DataFrame(rows, columns=list(release.COLUMNS)).astype(release.COLUMNS)
    _write_down(store, facts, vintage, start, last)
    for line in lines:
        _remember(store, line, facts, (first, start, last))
    return facts


def _line(
    store: Vault,
    name: str,
    territory: Territory,
    policy: Policy,
    calendar: tuple[pd.Period, pd.Period, pd.Period],
    counts: pd.DataFrame,
) -> Line:
    """Open a table's ladder in the state in which the published facts leave it."""
    first, start, last = calendar
    table = ladder.open_table(
        tables.ground_of(name, policy, territory),
        policy.tables[name],
        k=policy.k,
        min_inhabitants=policy.min_inhabitants,
        months=_distance(first, last) + 1,
        offset=first.month - 1,
    )
    if start > first:
        ladder.replay(table, _distance(first, start) - 1, _published_areas(store, name, table, first))
    waiting = _waiting(counts, name, territory, policy, (first, last))
    return Line(name, table, tables.unit_ids(name, territory, policy.cell_m), waiting)


def _published_areas(
    store: Vault, name: str, table: ladder.Table, first: pd.Period
) -> dict[int, npt.NDArray[np.int64]]:
    """Areas that a table's facts sealed, by the moment of sealing."""
    facts = _published(store)
    facts = facts[facts["table"] == name]
    levels = pd.MultiIndex.from_tuples([(r.area_level, r.period_level) for r in table.rungs])
    rung = levels.get_indexer(pd.MultiIndex.from_frame(facts[["area_level", "period_level"]]))
    area = np.empty(len(facts), dtype=np.int64)
    for level, names in table.ground.areas.items():
        here = (facts["area_level"] == level).to_numpy()
        area[here] = pd.Index(names).get_indexer(pd.Index(facts.loc[here, "area"]))
    closed = _numbers(release.closing_month(facts).dt.to_timestamp(), first)
    moment = closed * len(table.rungs) + rung
    return {int(m): area[moment == m] for m in np.unique(moment)}


def _waiting(
    found: pd.DataFrame, name: str, territory: Territory, policy: Policy, span: tuple[pd.Period, pd.Period]
) -> npt.NDArray[np.int64]:
    """Episodes of each atom of a table, (units, months)."""
    month = (found["month"].dt.year - span[0].year) * 12 + found["month"].dt.month - span[0].month
    unit = tables.unit_of(found, name, territory, policy.cell_m)
    here = unit >= 0
    counts = np.zeros((len(tables.unit_ids(name, territory, policy.cell_m)), _distance(*span) + 1), dtype=np.int64)
    np.add.at(counts, (unit[here], month.to_numpy()[here]), found["n"].to_numpy()[here])
    return counts


def facts_of_reports(store: Vault, territory: Territory, cell_m: int, table: str) -> pd.DataFrame:
    """Which fact speaks of each kept report in a table.

    Returns
    -------
    DataFrame
        One row a report that triage keeps (located ones only for ``blocks`` and ``outlook``): ``day``, ``unit``
        (number of the unit of its episode, of its own place while its month is open), ``order`` (NA while it waits).
        Confidential.
    """
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
    sealed = vault.frame(store, f'SELECT unit AS id, month, "order" FROM sealed WHERE "table" = \'{table}\'')  # noqa: S608
    told = found.merge(sealed, on=["id", "month"], how="left", validate="many_to_one")
    return told[["day", "unit", "order"]].astype({"order": "Int64"})


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
                "residents": int(block.residents + 1e-6),
                "reports": _reports(table, block, received, k) if line.name == "departement" else None,
            }


def _reports(table: ladder.Table, block: ladder.Block, received: npt.NDArray[np.int64], k: int) -> int:
    """Reports received in the months of a block of the whole territory, rounded down to a multiple of k."""
    moment = table.moment(block.last, block.rung)
    here = table.sealed[0, block.first : block.last + 1] == moment
    return int(received[block.first : block.last + 1][here].sum()) // k * k


def _received(store: Vault, first: pd.Period, last: pd.Period) -> npt.NDArray[np.int64]:
    found = vault.frame(store, "SELECT month, n FROM received")
    numbers = _numbers(found["month"], first)
    counts = np.zeros(_distance(first, last) + 1, dtype=np.int64)
    counts[numbers] = found["n"].to_numpy()
    return counts


def _write_down(store: Vault, facts: pd.DataFrame, vintage: int, start: pd.Period, last: pd.Period) -> None:
    run = store.connection
    run.register("added", facts)
    run.execute("INSERT INTO facts BY NAME SELECT * FROM added")
    run.unregister("added")
    run.execute("INSERT INTO vintages VALUES (?, ?, ?, ?)", [vintage, str(start), str(last), len(facts)])


def _remember(store: Vault, line: Line, facts: pd.DataFrame, calendar: tuple[pd.Period, pd.Period, pd.Period]) -> None:
    """Write down which fact sealed each atom that holds episodes."""
    first, start, _ = calendar
    table, mine = line.table, facts[facts["table"] == line.name]
    if mine.empty:
        return
    unit, month = np.nonzero((line.waiting > 0) & (table.sealed != ladder.UNSEALED))
    moment = table.sealed[unit, month]
    closed, rung = moment // len(table.rungs), moment % len(table.rungs)
    fresh = closed >= _distance(first, start)
    unit, month, closed, rung = unit[fresh], month[fresh], closed[fresh], rung[fresh]
    areas = np.empty(len(unit), dtype=object)
    for level, names in table.ground.areas.items():
        here = np.array([r.area_level == level for r in table.rungs])[rung]
        areas[here] = np.array(names, dtype=object)[table.ground.area_of[level][unit[here]]]
    at = pd.DataFrame(
        {
            "area": areas,
            "area_level": np.array([r.area_level for r in table.rungs], dtype=object)[rung],
            "period_level": np.array([r.period_level for r in table.rungs], dtype=object)[rung],
            "closed": closed,
            "unit": line.units[unit],
            "month": pd.period_range(first, periods=len(table.sealed[0]), freq="M").to_timestamp()[month],
        }
    )
    mine = mine.assign(closed=_numbers(release.closing_month(mine).dt.to_timestamp(), first))
    found = at.merge(mine, on=["area", "area_level", "period_level", "closed"], how="left", validate="many_to_one")
    sealed = pd.DataFrame(
        {
            "table": line.name,
            "unit": found["unit"],
            "month": found["month"],
            "order": found["order"],
        }
    )
    store.connection.register("sealed_now", sealed)
    store.connection.execute("INSERT INTO sealed BY NAME SELECT * FROM sealed_now")
    store.connection.unregister("sealed_now")


def _published(store: Vault) -> pd.DataFrame:
    """Every fact ever published from this vault."""
    return vault.frame(store, 'SELECT * FROM facts ORDER BY "order"').astype(release.COLUMNS)[list(release.COLUMNS)]


def _manifest(store: Vault, territory: Territory, policy: Policy) -> dict[str, Any]:
    vintages = vault.frame(store, "SELECT * FROM vintages ORDER BY vintage").to_dict("records")
    return {
        "format_version": release.FORMAT_VERSION,
        "territory": {
            "code": territory.code,
            "name": territory.name,
            "crs": territory.crs,
            "base_cell_m": territory.base_cell_m,
        },
        "audience": policy.audience,
        "synthetic": store.meta("synthetic") == "yes",
        "policy": policy.model_dump(mode="json"),
        "vintages": vintages,
        "audit": {
            "hold_back": "each block alone, with the ladder's rule",
            "linked_tables": "not audited in this version",
        },
    }


def _summary(
    store: Vault, territory: Territory, policy: Policy, added: pd.DataFrame, facts: pd.DataFrame
) -> dict[str, Any]:
    told = facts_of_reports(store, territory, policy.cell_m, "blocks")["order"].notna()
    return {
        "vintage": int(facts["vintage"].max()) if len(facts) else 0,
        "facts": len(added),
        "blocks": int((added["table"] == "blocks").sum()),
        "facts_total": len(facts),
        "reports_published": int(told.sum()),
        "reports_waiting": int((~told).sum()),
    }


def _numbers(dates: pd.Series[Any], first: pd.Period) -> npt.NDArray[np.int64]:
    found = pd.DatetimeIndex(dates)
    return np.asarray((found.year - first.year) * 12 + found.month - first.month, dtype=np.int64)


def _distance(first: pd.Period, last: pd.Period) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _order(month: pd.Period, place: int) -> int:
    return (month.year * 100 + month.month) * release.ORDERS_A_MONTH + place
