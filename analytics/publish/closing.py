"""Closing months: all tables together say what may be said, one month after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import release, vault
from analytics.disclosure import audit, ladder, linking, repair
from analytics.publish import forgetting, ledger
from analytics.publish.calendar import Calendar, PublishError, order
from analytics.publish.sealed import sealed_areas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analytics.disclosure.linked import Line
    from analytics.disclosure.policy import Policy
    from analytics.territory import Territory
    from analytics.vault import Vault


def close(
    store: Vault,
    territory: Territory,
    policy: Policy,
    calendar: Calendar,
    progress: Callable[[int, int], None] | None,
) -> pd.DataFrame:
    """Close the calendar's months and write down the facts; give those.

    Raises
    ------
    PublishError
        Something would be proved whatever is withheld; nothing is written.
    """
    vault.freeze(store, calendar.start, calendar.last, policy.episode_days)
    lines = lines_of(store, territory, policy, calendar)
    linked = linking.linked_of(policy, territory)
    vintage = ledger.next_vintage(store)
    received = ledger.received(store, calendar)
    rows: list[dict[str, Any]] = []
    for number in range(calendar.closed, calendar.months):
        month = calendar.first + number
        try:
            closed = repair.close_month(lines, linked, number)
        except (repair.RefusedError, audit.AuditError) as error:
            raise PublishError(
                f"{month} cannot be closed. {error} Nothing was written; keep the last release and tell the "
                "maintainers."
            ) from None
        for place, fact in enumerate(_facts(lines, closed.blocks, calendar.first, received, policy.k)):
            rows.append(fact | {"vintage": vintage, "order": order(month, place)})
        ledger.withhold(store, lines, closed.withheld, month)
        if progress is not None:
            progress(number - calendar.closed + 1, calendar.months - calendar.closed)
    facts = pd.DataFrame(rows, columns=list(release.COLUMNS)).astype(release.COLUMNS)
    ledger.write_down(store, facts, vintage, calendar)
    for line in lines:
        units = linking.unit_ids(line, policy, territory)
        ledger.remember(store, line, ledger.sealing(line, units, ledger.of_line(facts, line), calendar))
    forgetting.forget(store, calendar)
    return facts


def lines_of(store: Vault, territory: Territory, policy: Policy, calendar: Calendar) -> list[Line]:
    """Open every table in the state in which the published facts, and what was withheld, leave it.

    What the vault knows of months after the calendar's last is left out: an earlier state of its release.
    """
    counts = ledger.counts(store)
    counts = counts[(counts["month"] <= calendar.last).to_numpy()].reset_index(drop=True)
    month = calendar.numbers(counts["month"].dt.to_timestamp())
    lines = linking.lines_of(policy, territory, months=calendar.months, offset=calendar.first.month - 1)
    withheld, published = ledger.withheld(store), ledger.published(store)
    published = published[(release.closing_month(published) <= calendar.last).to_numpy()]
    for line in lines:
        line.waiting[:] = linking.episodes_by_unit(line, counts, month, policy, territory)
        if calendar.closed:
            mine = ledger.of_line(withheld, line)
            held: dict[int, set[tuple[int, int]]] = {}
            for number, rung, area in zip(calendar.numbers(mine["month"]), mine["rung"], mine["area"], strict=True):
                held.setdefault(int(number), set()).add((int(rung), int(area)))
            told = sealed_areas(line, ledger.of_line(published, line), calendar)
            ladder.replay(line.table, 0, calendar.closed - 1, told, held)
    return lines


def _facts(
    lines: Sequence[Line],
    blocks: Sequence[Sequence[ladder.Block]],
    first: pd.Period,
    received: npt.NDArray[np.int64],
    k: int,
) -> Iterator[dict[str, Any]]:
    """Facts that the closing of a month adds, table after table."""
    for line, sealed in zip(lines, blocks, strict=True):
        table = line.table
        values = linking.value_of(line, np.array([block.area for block in sealed], dtype=np.int64))
        for block, value in zip(sealed, values, strict=True):
            rung = table.rungs[block.rung]
            yield {
                "table": line.name,
                "area": table.ground.areas[rung.area_level][block.area],
                "area_level": rung.area_level,
                "period_start": (first + block.first).start_time.date().isoformat(),
                "period_end": (first + block.last).end_time.date().isoformat(),
                "period_level": rung.period_level,
                "attribute": line.attribute,
                "value": value,
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
