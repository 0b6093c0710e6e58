"""A commanders' release of a small made-up country of two zones, each table by the real ladder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analytics import release as releases
from analytics import territory as territories
from analytics.disclosure import ladder, linking
from analytics.disclosure.policy import Policy
from analytics.territory import Territory

GROUND = """
code = "XX"
name = "Plaine d’essai"
crs = "EPSG:3035"
base_cell_m = 200
sources = ["Terrain inventé pour les essais"]

[ground]
kind = "box"
centre = [4012000, 2684000]
side_m = 8000
density = [{ within_m = 3000, per_km2 = 1500 }, { per_km2 = 150 }]

[[zones]]
id = "all"
name = "Toute la plaine"
"""
FINER = {
    "audience": "command",
    "k": 5,
    "cell_m": 1000,
    "min_inhabitants": 100,
    "crowd": 20000,
    "episode_days": 3,
    "tables": {
        "blocks": [["1000", "quarter"], ["2000", "quarter"], ["1000", "year"], ["2000", "year"], ["4000", "year"]],
        "outlook": [["4000", "month"], ["8000", "month"], ["4000", "quarter"], ["8000", "quarter"]],
        "series": [["zone", "month"], ["zone", "quarter"], ["zone", "year"]],
        "departement": [["departement", "month"], ["departement", "quarter"], ["departement", "year"]],
    },
}
COARSER = {
    "audience": "prevention",
    "k": 10,
    "cell_m": 2000,
    "min_inhabitants": 100,
    "crowd": 20000,
    "episode_days": 3,
    "tables": {
        "blocks": [["2000", "quarter"], ["2000", "year"], ["4000", "year"], ["8000", "year"]],
        "outlook": [["4000", "quarter"], ["8000", "quarter"]],
        "series": [["zone", "month"], ["zone", "quarter"], ["zone", "year"]],
        "departement": [["departement", "month"], ["departement", "quarter"], ["departement", "year"]],
    },
}
FIRST = "2023-11"  # the calendar begins within a year and within a quarter


def country(folder: Path) -> Territory:
    """Two zones whose border runs along cells of 1 km and through cells of 2 km."""
    file = folder / "territory.toml"
    file.write_text(GROUND, encoding="utf-8")
    whole = territories.load(file)
    border, north = 4_011_000, 2_688_000
    shapes = (
        shapely.box(4_008_000, north - 8000, border, north),
        shapely.box(border, north - 8000, 4_016_000, north),
    )
    zones = pd.DataFrame({"name": ["Ouest", "Est"]}, index=pd.Index(["west", "east"], name="zone"))
    return replace(whole, zones=zones, shapes=shapes)


def policy(**others: Any) -> Policy:  # noqa: ANN401 - whatever a setting takes
    """Give the coarser policy, with some settings changed."""
    return Policy.model_validate(COARSER | others)


def finer_policy() -> Policy:
    """Give the commanders' policy."""
    return Policy.model_validate(FINER)


def episodes(territory: Territory, months: int, seed: int, a_month: float = 14.0) -> NDArray[np.int64]:
    """Counts (units, months): most of them in a few cells, some unlocated."""
    cells, rng = territories.ground(territory, 1000), np.random.default_rng(seed)
    weight = rng.gamma(0.15, size=len(cells)) * (cells["residents"].to_numpy() > 500)
    everywhere = np.append(weight / weight.sum(), [0.05, 0.03])
    return rng.poisson(a_month * everywhere[:, None], (len(everywhere), months)).astype(np.int64)


def write(folder: Path, territory: Territory, counts: NDArray[np.int64], *, vintages: tuple[int, ...] = ()) -> Path:
    """Publish counts (units, months) as the commanders' release: by the ladder, without the repair that takes long.

    Parameters
    ----------
    folder
        Where.
    territory, counts
        The ground, and the episodes of its units.
    vintages
        Months at which a publication ended, before the last.
    """
    months = counts.shape[1]
    calendar = pd.period_range(FIRST, periods=months, freq="M")
    wanted = finer_policy()
    lines = linking.lines_of(wanted, territory, months=months, offset=calendar[0].month - 1)
    for line in lines:
        here = line.owner >= 0
        np.add.at(line.waiting, line.owner[here], counts[here])
    ends = [*(end for end in vintages if end < months), months]
    rows: list[dict[str, Any]] = []
    for month in range(months):
        place = 0
        for line in lines:
            for block in ladder.close_month(line.table, month, line.waiting):
                rung = line.table.rungs[block.rung]
                rows.append(
                    {
                        "table": line.name,
                        "vintage": 1 + sum(end <= month for end in ends),
                        "order": (calendar[month].year * 100 + calendar[month].month) * releases.ORDERS_A_MONTH + place,
                        "area": line.table.ground.areas[rung.area_level][block.area],
                        "area_level": rung.area_level,
                        "period_start": str(calendar[block.first].start_time.date()),
                        "period_end": str(calendar[block.last].end_time.date()),
                        "period_level": rung.period_level,
                        "attribute": "",
                        "value": "",
                        "n": block.n,
                        "covered": block.covered,
                        "residents": int(block.residents),
                        "reports": block.n * 2 // 5 * 5 if line.name == "departement" else pd.NA,
                    }
                )
                place += 1
    facts = pd.DataFrame(rows, columns=list(releases.COLUMNS)).astype(releases.COLUMNS)
    starts = [0, *ends[:-1]]
    manifest = {
        "format_version": releases.FORMAT_VERSION,
        "territory": {"code": territory.code, "name": territory.name, "crs": territory.crs, "base_cell_m": 200},
        "audience": "command",
        "synthetic": True,
        "policy": wanted.model_dump(mode="json"),
        "vintages": [
            {
                "vintage": number,
                "first_month": str(calendar[start]),
                "through": str(calendar[end - 1]),
                "facts": int((facts["vintage"] == number).sum()),
            }
            for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
        ],
        "audit": {},
    }
    releases.write(folder, manifest, facts)
    return folder
