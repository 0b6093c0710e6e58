"""A country's months closed on arrays: the product's ladders, attacker and repair, without vault and without files.

What comes out is what ``publish`` writes, row by row (tests/attacks/test_countries.py compares them); what is left out
is only what takes the time that ladders and attacks could use.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.disclosure import ladder, linking, repair
from analytics.disclosure.ladder import Block
from analytics.disclosure.linked import Line
from analytics.release import COLUMNS, FORMAT_VERSION, ORDERS_A_MONTH, Release
from analytics.territory import Territory
from tests.made_up import countries
from tests.made_up.countries import Country

SPELL = ["base_e", "base_n", "commune", "day"]
WITHHELD = ["table", "attribute", "month", "rung", "area"]


def episodes(frame: pd.DataFrame) -> pd.DataFrame:
    """Episodes of the reports of a country: with ``episode_days`` 0, one for each place and day."""
    return frame[frame["triage"] == "kept"].drop_duplicates(SPELL, ignore_index=True)


def release(
    country: Country, ground: Territory, frame: pd.DataFrame, *, repaired: bool = True
) -> tuple[Release, pd.DataFrame]:
    """Close the months of a country.

    Parameters
    ----------
    country, ground
        The country, and its ground (``countries.territory``).
    frame
        Its reports.
    repaired
        Whether the tables are attacked together and repaired; if not, each ladder closes by itself.

    Returns
    -------
    release, withheld
        What everybody has, and what the vault would remember: columns table, attribute, month, rung, area.
    """
    policy = countries.policy(country)
    calendar = pd.period_range(f"{frame['day'].min().year}-01", countries.through(country), freq="M")
    lines = linking.lines_of(policy, ground, months=len(calendar), offset=calendar[0].month - 1)
    linked = linking.linked_of(policy, ground)
    counts = episodes(frame).assign(attribute="", value="", n=1)
    month = calendar.get_indexer(pd.PeriodIndex(counts["day"], freq="M"))
    for line in lines:
        line.waiting[:] = linking.episodes_by_unit(line, counts, month, policy, ground)
    received = np.bincount(calendar.get_indexer(pd.PeriodIndex(frame["day"], freq="M")), minlength=len(calendar))
    rows: list[dict[str, Any]] = []
    withheld: list[tuple[object, ...]] = []
    for number, closing in enumerate(calendar):
        if repaired:
            closed = repair.close_month(lines, linked, number)
        else:
            alone = [ladder.close_month(line.table, number, line.waiting) for line in lines]
            closed = repair.Closed(alone, [set() for _ in lines])
        facts = [
            _row(line, block, calendar, received)
            for line, blocks in zip(lines, closed.blocks, strict=True)
            for block in blocks
        ]
        order = (closing.year * 100 + closing.month) * ORDERS_A_MONTH
        rows += [fact | {"order": order + place} for place, fact in enumerate(facts)]
        for line, groups in zip(lines, closed.withheld, strict=True):
            withheld += [(line.name, "", closing.start_time, *group) for group in sorted(groups)]
    told = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    vintage = {"vintage": 1, "first_month": str(calendar[0]), "through": str(calendar[-1]), "facts": len(told)}
    manifest = {
        "format_version": FORMAT_VERSION,
        "territory": {name: getattr(ground, name) for name in ("code", "name", "crs", "base_cell_m")},
        "audience": policy.audience,
        "synthetic": True,
        "policy": policy.model_dump(mode="json"),
        "vintages": [vintage],
    }
    return Release(Path("made-up"), manifest, told), pd.DataFrame(withheld, columns=WITHHELD)


def _row(line: Line, block: Block, calendar: pd.PeriodIndex, received: NDArray[np.int64]) -> dict[str, Any]:
    table = line.table
    rung = table.rungs[block.rung]
    here = table.sealed[0, block.first : block.last + 1] == table.moment(block.last, block.rung)
    reports = int(received[block.first : block.last + 1][here].sum()) // table.k * table.k
    return {
        "table": line.name,
        "vintage": 1,
        "area": table.ground.areas[rung.area_level][block.area],
        "area_level": rung.area_level,
        "period_start": calendar[block.first].start_time.date().isoformat(),
        "period_end": calendar[block.last].end_time.date().isoformat(),
        "period_level": rung.period_level,
        "attribute": "",
        "value": "",
        "n": block.n,
        "covered": block.covered,
        "residents": int(block.residents + ladder.NOISE),
        "reports": reports if line.name == "departement" else pd.NA,
    }
