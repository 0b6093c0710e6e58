"""Made-up releases for the pages' tests: a square of ground, a few clusters, blocks sealed by company alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import release as releases
from analytics import territory as territories
from analytics.territory import Territory
from analytics.territory.areas import area_of_cells

K = 5
TABLES: dict[str, list[list[str]]] = {
    "blocks": [["1000", "quarter"], ["2000", "quarter"], ["1000", "year"], ["4000", "year"], ["8000", "year"]],
    "outlook": [["4000", "month"], ["8000", "month"], ["8000", "quarter"]],
    "series": [["zone", "month"], ["zone", "quarter"], ["zone", "year"]],
    "departement": [["departement", "month"], ["departement", "quarter"], ["departement", "year"]],
}
LENGTHS = {"month": 1, "quarter": 3, "year": 12}
GROUND = """
code = "XX"
name = "Plaine d’essai"
crs = "EPSG:3035"
base_cell_m = 200
sources = ["Terrain inventé pour les essais"]

[ground]
kind = "box"
centre = [4016000, 2689000]
side_m = 16000
density = [{ within_m = 3000, per_km2 = 1500 }, { per_km2 = 150 }]

[[zones]]
id = "all"
name = "Toute la plaine"
"""


def territory_file(folder: Path) -> Path:
    """Write the territory and return its file."""
    path = folder / "territory.toml"
    path.write_text(GROUND, encoding="utf-8")
    return path


def write(folder: Path, territory: Territory, *, months: int = 24, a_month: float = 30.0, seed: int = 4) -> Path:
    """Write a release of so many months and return its folder; with the default seed its two years are alike."""
    calendar = pd.period_range("2024-01", periods=months, freq="M")
    episodes = _episodes(territory, months, a_month, np.random.default_rng(seed))
    facts = pd.concat(
        [_table(name, territory, episodes, calendar) for name in TABLES] or [releases.empty_facts()],
        ignore_index=True,
    )
    facts["order"] = facts["order"] * releases.ORDERS_A_MONTH + facts.groupby("order").cumcount()
    releases.write(folder, manifest(territory, calendar, len(facts)), facts)
    return folder


def write_empty(folder: Path, territory: Territory) -> Path:
    """Write a release into which nothing was published yet."""
    releases.write(folder, manifest(territory, pd.PeriodIndex([], freq="M"), 0), releases.empty_facts())
    return folder


def manifest(territory: Territory, calendar: pd.PeriodIndex, facts: int) -> dict[str, Any]:
    """Describe a release that holds one vintage, or none."""
    vintage = {"vintage": 1, "first_month": str(calendar[0]), "through": str(calendar[-1])} if len(calendar) else {}
    return {
        "format_version": releases.FORMAT_VERSION,
        "territory": {
            "code": territory.code,
            "name": territory.name,
            "crs": territory.crs,
            "base_cell_m": territory.base_cell_m,
        },
        "audience": "command",
        "synthetic": True,
        "policy": {
            "audience": "command",
            "k": K,
            "cell_m": 1000,
            "min_inhabitants": 100,
            "crowd": 20000,
            "episode_days": 3,
            "tables": TABLES,
        },
        "vintages": [vintage | {"facts": facts}] if vintage else [],
        "audit": {},
    }


def _episodes(territory: Territory, months: int, a_month: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Counts, shape (months, cells): most of them around three places."""
    cells = territories.ground(territory, 1000)
    hearts = cells.sample(3, random_state=5, weights="residents")
    away = np.hypot(
        cells["e"].to_numpy()[:, None] - hearts["e"].to_numpy(), cells["n"].to_numpy()[:, None] - hearts["n"].to_numpy()
    )
    weight = np.exp(-((away / 1500) ** 2)).sum(axis=1) + 0.004
    return rng.poisson(a_month * weight / weight.sum(), (months, len(cells)))


def _table(table: str, territory: Territory, episodes: NDArray[np.int64], calendar: pd.PeriodIndex) -> pd.DataFrame:
    """Seal each group that has company, rung after rung, as its period closes."""
    cells, rows = territories.ground(territory, 1000), []
    waiting = np.ones(episodes.shape, dtype=bool)
    areas = {level: area_of_cells(cells, level, territory).to_numpy() for level, _ in TABLES[table]}
    for closing, month in enumerate(calendar):
        for level, period in TABLES[table]:
            if month.month % LENGTHS[period]:
                continue
            first = max(0, closing - LENGTHS[period] + 1)
            left = waiting[first : closing + 1]
            counts = pd.Series((episodes[first : closing + 1] * left).sum(axis=0)).groupby(areas[level]).sum()
            for area, n in counts[counts >= K].items():
                here = areas[level] == area
                start = month - LENGTHS[period] + 1
                rows.append(
                    {
                        "table": table,
                        "vintage": 1,
                        "order": month.year * 100 + month.month,
                        "area": area,
                        "area_level": level,
                        "period_start": str(start.start_time.date()),
                        "period_end": str(month.end_time.date()),
                        "period_level": period,
                        "attribute": "",
                        "value": "",
                        "n": n,
                        "covered": int(left[:, here].sum()),
                        "residents": int(cells["residents"][here].sum()),
                        "reports": n // K * K if table == "departement" else pd.NA,
                    }
                )
                left[:, here] = False
    frame = pd.DataFrame(rows, columns=list(releases.COLUMNS))
    return frame.astype(releases.COLUMNS)
