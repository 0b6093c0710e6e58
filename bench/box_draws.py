"""Draws of a few places on a square of even ground, passed through ladders, attack and repair, with their truth."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import territory as territories
from analytics.disclosure.policy import Policy
from analytics.release import Release
from analytics.territory import Territory
from bench import surface_ten

K = 5
MONTHS = 16
TERRITORY = """
code = "box"
name = "A box"
crs = "EPSG:32617"
base_cell_m = 250
[ground]
kind = "box"
centre = [720000, 4212000]
side_m = 16000
density = [{ within_m = 3000, per_km2 = 2000 }, { per_km2 = 60 }]
[[zones]]
id = "all"
name = "All of it"
"""
POLICY = Policy.model_validate(
    {
        "audience": "command",
        "k": K,
        "cell_m": 1000,
        "min_inhabitants": 100,
        "crowd": 20_000,
        "episode_days": 3,
        "tables": {
            "blocks": [("1000", "quarter"), ("2000", "quarter"), ("1000", "year"), ("4000", "year"), ("16000", "year")],
            "outlook": [("4000", "month"), ("8000", "month"), ("4000", "quarter"), ("8000", "quarter")],
            "series": [("zone", "month"), ("zone", "quarter"), ("zone", "year")],
            "departement": [("departement", "month"), ("departement", "quarter"), ("departement", "year")],
        },
    }
)


def territory(folder: Path) -> Territory:
    """Write the square's file into a folder and load it."""
    file = folder / "territory.toml"
    file.write_text(TERRITORY, encoding="utf-8")
    return territories.load(file)


def points(seed: int, rate: float, clusters: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw points (n, 2), in metres, and their months: some Gaussian places on an even background."""
    chance = np.random.default_rng(seed)
    size = chance.poisson(rate * MONTHS)
    centres = chance.uniform(-4000, 4000, (clusters + 1, 2))
    place = chance.integers(0, clusters + 1, size)
    offset = np.where((place == clusters)[:, None], chance.uniform(-7000, 7000, (size, 2)), centres[place])
    found = np.array([720_000, 4_212_000]) + offset + chance.normal(0, 300, (size, 2))
    return found, chance.integers(0, MONTHS, size)


def drawn(box: Territory, seed: int, rate: float, clusters: int) -> tuple[Release, NDArray[np.int64]]:
    """Draw a release and its truth (cells, months)."""
    found, month = points(seed, rate, clusters)
    corner = territories.snap(found, 250)
    places = pd.DataFrame({"base_e": corner[:, 0], "base_n": corner[:, 1], "commune": None})
    cells = territories.ground(box, 1000)
    where = pd.MultiIndex.from_frame(cells[["e", "n"]]).get_indexer(
        pd.MultiIndex.from_arrays(list(territories.snap(found, 1000).T))
    )
    truth = np.zeros((len(cells), MONTHS), dtype=np.int64)
    np.add.at(truth, (where, month), 1)
    return surface_ten.sealed(places, month, MONTHS, box, POLICY), truth
