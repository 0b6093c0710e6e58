"""Invented countries: a small square of ground cut into zones, its inhabitants, its reports and its policy."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st

from analytics import publish, reports, vault
from analytics import territory as territories
from analytics.disclosure.policy import Policy
from analytics.territory import Territory

CRS = "EPSG:3035"
BASE_M, CELL_M = 500, 1000
EAST, NORTH = 4_016_000, 2_688_000  # corner of a square of every ladder size
INSET_M = 100.0  # outlines end inside their cells, so that no sliver of ground makes a cell of its own
PERIODS = ("month", "quarter", "year")
QUICK = {"months": [("2000", "month"), ("4000", "month"), ("4000", "quarter")], "quarters": [("4000", "quarter")]}
"""Ladders of ``outlook``: that of the policy which ships is of the second kind, the first is harder to keep safe."""
LADDERS = {
    "blocks": [("1000", "quarter"), ("2000", "quarter"), ("1000", "year"), ("2000", "year"), ("4000", "year")],
    "series": [("zone", period) for period in PERIODS],
    "departement": [("departement", period) for period in PERIODS],
    "breakdown": [("zone", "quarter"), ("zone", "year")],
}
TABLES = ("blocks", "outlook", "series", "departement")
WITHOUT_ZONES = ("blocks", "outlook", "departement")
WITHOUT_BLOCKS = ("outlook", "series", "departement")
SPLIT = {"category": reports.CATEGORIES, "time_band": reports.TIME_BANDS}
SHARES = (0.6, 0.3, 0.1)
"""How the first three values of an attribute share out the reports."""
ARRESTS = 0.5
"""Share of the kept reports that lead to an arrest."""
DENSITIES = (30.0, 150.0, 1_000.0, 6_000.0)
"""Inhabitants of a cell, from fewer than any floor to a quarter of a town."""


@dataclass(frozen=True)
class Country:
    """What a country is drawn from.

    Attributes
    ----------
    side
        Cells of a kilometre along each side.
    zones
        Number of zones, strips from west to east.
    first, months
        First month with reports, and number of months from it to the last that closes. The release begins in January.
    tables
        Which tables are published.
    quick
        Ladder of ``outlook``: a key of ``QUICK``.
    k, crowd
        The policy's thresholds.
    rate
        Reports a month.
    unlocated, set_aside
        Share of the reports that come with a commune alone, and that triage sets aside.
    seed
        Of the places, days and inhabitants.
    """

    side: int = 3
    zones: int = 2
    first: str = "2023-01"
    months: int = 3
    tables: tuple[str, ...] = TABLES
    quick: str = "months"
    k: int = 3
    crowd: int = 20_000
    rate: float = 8.0
    unlocated: float = 0.1
    set_aside: float = 0.0
    seed: int = 0


def countries(tables: tuple[tuple[str, ...], ...] = (TABLES,)) -> st.SearchStrategy[Country]:
    """Draw countries that publish one of these sets of tables."""
    return st.builds(
        Country,
        side=st.integers(2, 4),
        zones=st.integers(1, 3),
        first=st.sampled_from(["2023-01", "2023-10"]),
        months=st.just(3),
        tables=st.sampled_from(tables),
        quick=st.sampled_from(sorted(QUICK)),
        k=st.integers(2, 5),
        crowd=st.sampled_from([2_000, 20_000, 1_000_000]),
        rate=st.sampled_from([6.0, 12.0, 24.0]),
        unlocated=st.sampled_from([0.0, 0.1]),
        seed=st.integers(0, 2**32 - 1),
    )


def policy(country: Country) -> Policy:
    """Give every table that there is a short ladder."""
    ladders = LADDERS | {"outlook": QUICK[country.quick]}
    return Policy.model_validate(
        {
            "audience": "command",
            "k": country.k,
            "cell_m": CELL_M,
            "min_inhabitants": 100,
            "crowd": country.crowd,
            "episode_days": 0,
            "tables": {table: ladders[table] for table in country.tables},
        }
    )


def territory(folder: Path, country: Country) -> Territory:
    """Write the ground of a country into a folder and load it."""
    rng = np.random.default_rng(country.seed)
    span = country.side * CELL_M
    cuts = np.sort(rng.uniform(0.2, 0.8, country.zones - 1)) * span
    west = np.concatenate([[INSET_M], cuts])
    east = np.concatenate([cuts, [span - INSET_M]])
    strips = [
        shapely.box(EAST + w, NORTH + INSET_M, EAST + e, NORTH + span - INSET_M)
        for w, e in zip(west, east, strict=True)
    ]
    shapes = territories.reproject(np.array(strips, dtype=object), CRS, "EPSG:4326")
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": f"c{i}",
                "name": f"Town {i}",
                "population": 1000,
                "lon": s.centroid.x,
                "lat": s.centroid.y,
            },
            "geometry": json.loads(shapely.to_geojson(s)),
        }
        for i, s in enumerate(shapes)
    ]
    (folder / "communes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    e, n = np.meshgrid(np.arange(country.side), np.arange(country.side))
    people = rng.choice(DENSITIES, size=country.side**2, p=[0.1, 0.2, 0.5, 0.2])
    grid = pd.DataFrame({"e": EAST + CELL_M * e.ravel(), "n": NORTH + CELL_M * n.ravel(), "residents": people})
    grid.to_csv(folder / "residents.csv", index=False)
    zones = "\n".join(f'[[zones]]\nid = "z{i}"\nname = "Zone {i}"\ncommunes = ["c{i}"]' for i in range(country.zones))
    (folder / "territory.toml").write_text(
        f'code = "99"\nname = "A country"\ncrs = "{CRS}"\nbase_cell_m = {BASE_M}\n[ground]\nkind = "communes"\n'
        f'communes = "communes.geojson"\nresidents = "residents.csv"\nresidents_cell_m = {CELL_M}\n{zones}\n'
    )
    return territories.load(folder / "territory.toml")


def reports_of(country: Country) -> pd.DataFrame:
    """Draw reports: a few places hold most of them."""
    rng = np.random.default_rng([country.seed, 1])
    weight = rng.dirichlet(np.full((country.side * 2) ** 2, 0.15))
    size = int(rng.poisson(country.rate * country.months))
    north, east = np.divmod(rng.choice(len(weight), size=size, p=weight), country.side * 2)
    first = pd.Period(country.first, freq="M")
    days = (first + country.months).start_time - first.start_time
    nowhere = rng.random(size) < country.unlocated
    frame = reports.empty().reindex(range(size))
    return reports.conform(
        frame.assign(
            source_hash=[f"{i:064d}" for i in range(size)],
            base_e=pd.array(EAST + BASE_M * east, dtype="Int64"),
            base_n=pd.array(NORTH + BASE_M * north, dtype="Int64"),
            day=first.start_time + pd.to_timedelta(rng.integers(0, days.days, size), unit="D"),
            precision="street",
            triage=rng.choice(["kept", "set_aside"], size, p=[1 - country.set_aside, country.set_aside]),
            **{name: rng.choice(words[:3], size, p=SHARES) for name, words in SPLIT.items()},
        ).assign(
            arrest_day=lambda f: (f["day"] + pd.to_timedelta(rng.integers(0, 40, size), unit="D")).where(
                (rng.random(size) < ARRESTS) & (f["triage"] == "kept")
            ),
            base_e=lambda f: f["base_e"].mask(nowhere),
            base_n=lambda f: f["base_n"].mask(nowhere),
            commune=pd.Series([f"c{i}" for i in rng.integers(0, country.zones, size)], dtype="str").where(nowhere),
        )
    )


def published(folder: Path, country: Country, frame: pd.DataFrame) -> None:
    """Make a vault of the reports, and its release beside it, in one publication."""
    vault.create(folder / "vault", folder / "territory.toml")
    with vault.opened(folder / "vault") as store:
        vault.add(store, frame, synthetic=True)
    publish.publish(folder / "vault", folder / "release", policy(country), through=through(country))


def through(country: Country) -> str:
    """Last month that closes."""
    return str(pd.Period(country.first, freq="M") + country.months - 1)
