"""Series made by the real ladder from monthly counts that a test chooses."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.disclosure import ladder
from analytics.release import COLUMNS, ORDERS_A_MONTH, Release

CODE = "99"
PERIODS = ("month", "quarter", "year")
CELLS_A_ZONE = 100
K = 5


def release(
    zones: dict[str, NDArray[np.int64]],
    *,
    first: str = "2020-01",
    periods: tuple[str, ...] = PERIODS,
    residents: dict[str, float] | None = None,
    whole: bool = True,
    withheld: float | None = None,
) -> Release:
    """Publish the monthly episodes of zones, and of all of them together, month after month.

    Parameters
    ----------
    zones
        Zone id -> (months,) episodes.
    first
        First month.
    periods
        Rungs of both tables, in the order in which they are tried.
    residents
        Zone id -> inhabitants; 10,000 each by default. The floor is 100, k is 5.
    whole
        Whether the whole territory has its table too.
    withheld
        With it the release says that all its tables were audited together, and this share of the groups of k and more
        of the first rung is withheld by lot, as an audit does (in the sample 13 of 150).
    """
    counts = np.array(list(zones.values()), dtype=np.int64)
    lot = np.random.default_rng([len(zones), int(counts.sum())])
    calendar = pd.period_range(first, periods=counts.shape[1], freq="M")
    people = np.array([(residents or {}).get(zone, 10_000.0) for zone in zones])
    size = np.full(len(zones), CELLS_A_ZONE)
    grounds = {"series": ("zone", ladder.Ground(people, size, {"zone": np.arange(len(zones))}, {"zone": list(zones)}))}
    if whole:
        everything = {"departement": np.zeros(len(zones), dtype=np.int64)}
        grounds["departement"] = ("departement", ladder.Ground(people, size, everything, {"departement": [CODE]}))
    rows: list[dict[str, Any]] = []
    for name, (level, ground) in grounds.items():
        rungs = [(level, period) for period in periods]
        table = ladder.open_table(
            ground, rungs, k=K, min_inhabitants=100, months=len(calendar), offset=calendar[0].month - 1
        )
        for month in range(len(calendar)):
            large = np.flatnonzero(counts[:, month] >= K) if level == "zone" else [0]
            kept = {(0, int(area)) for area in large if lot.random() < (withheld or 0.0)}
            for block in ladder.close_month(table, month, counts, withheld=kept):
                rows.append(_row(name, table, block, calendar, len(rows)))
    facts = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS).sort_values("order", ignore_index=True)
    levels = {name: level for name, (level, _) in grounds.items()}
    manifest = _manifest(levels, periods, calendar, len(facts))
    audited = {} if withheld is None else {"audit": {"linked_tables": "made up"}}
    return Release(Path("made-up"), manifest | audited, facts)


def _manifest(levels: dict[str, str], periods: tuple[str, ...], calendar: pd.PeriodIndex, facts: int) -> dict[str, Any]:
    tables = {name: [[level, period] for period in periods] for name, level in levels.items()}
    return {
        "format_version": 1,
        "territory": {"code": CODE, "name": "Made up", "crs": "EPSG:3035", "base_cell_m": 200},
        "audience": "command",
        "synthetic": True,
        "policy": {"audience": "command", "k": K, "cell_m": 1000, "min_inhabitants": 100, "tables": tables},
        "vintages": [{"vintage": 1, "first_month": str(calendar[0]), "through": str(calendar[-1]), "facts": facts}],
    }


def _row(name: str, table: ladder.Table, block: ladder.Block, calendar: pd.PeriodIndex, place: int) -> dict[str, Any]:
    rung = table.rungs[block.rung]
    closing = calendar[block.last]
    return {
        "table": name,
        "vintage": 1,
        "order": (closing.year * 100 + closing.month) * ORDERS_A_MONTH + place,
        "area": table.ground.areas[rung.area_level][block.area],
        "area_level": rung.area_level,
        "period_start": calendar[block.first].start_time.date().isoformat(),
        "period_end": closing.end_time.date().isoformat(),
        "period_level": rung.period_level,
        "attribute": "",
        "value": "",
        "n": block.n,
        "covered": block.covered,
        "residents": int(block.residents),
        "reports": block.n // K * K if name == "departement" else pd.NA,
    }
