"""A made-up county of two zones, whose border no wide square respects: for what readers of one zone may see."""

import json
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.restricted import restricted
from analytics.statistics import derived
from analytics.territory import Territory
from tests.made_up import releases as made_up

CRS = "EPSG:3035"
EAST, NORTH, HEIGHT_M = 4_016_000, 2_688_000, 16_000
CUTS_KM = {"west": (0, 7, 13), "east": (13, 23, 32)}
NAMES = {"west": "Bailliage Ouest", "east": "Bailliage Levant"}
COMMUNES = {
    "west": ("Aubeville", "Aubigny", "Aubercourt", "Aubry"),
    "east": ("Zonzeville", "Zonzigny", "Zonzac", "Zonzy"),
}
MONTHS = 34
FILE = "territory.toml"


@dataclass(frozen=True)
class County:
    """The county, and the folders of two releases of it: the one for command, the one for prevention."""

    territory: Territory
    file: Path
    command: Path
    prevention: Path

    @property
    def release(self) -> Release:
        """The release for prevention."""
        return releases.read(self.prevention)

    def cells(self, zone: str) -> set[str]:
        """Ids of the smallest cells of a zone."""
        ground = territories.ground(self.territory, 1000)
        return set(ground.loc[ground["zone"] == zone, "cell"])


def made(folder: Path) -> County:
    """Write the county and its releases into a folder."""
    file = _territory_file(folder)
    territory = territories.load(file)
    command = made_up.write(folder / "command", territory, months=MONTHS, a_month=60, seed=7)
    known = releases.read(command)
    policy = known.manifest["policy"] | {"audience": "prevention"}
    releases.write(folder / "prevention", known.manifest | {"audience": "prevention", "policy": policy}, known.facts)
    # Else the first page that needs them computes them; they are of the facts, which are the same in both.
    derived.write(releases.read(folder / "prevention"), territory)
    shutil.copytree(folder / "prevention" / derived.FOLDER, command / derived.FOLDER)
    return of(folder)


def of(folder: Path) -> County:
    """Read what was made in a folder."""
    file = folder / FILE
    return County(territories.load(file), file, folder / "command", folder / "prevention")


def _territory_file(folder: Path) -> Path:
    shapes = {
        name: shapely.box(EAST + 1000 * west, NORTH + south, EAST + 1000 * east, NORTH + south + HEIGHT_M // 2)
        for zone, cuts in CUTS_KM.items()
        for name, (south, (west, east)) in zip(
            COMMUNES[zone],
            [(south, pair) for south in (0, HEIGHT_M // 2) for pair in pairwise(cuts)],
            strict=True,
        )
    }
    drawn = territories.reproject(np.array(list(shapes.values()), dtype=object), CRS, "EPSG:4326")
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": name[:8],
                "name": name,
                "population": 9000,
                "lon": s.centroid.x,
                "lat": s.centroid.y,
            },
            "geometry": json.loads(shapely.to_geojson(s)),
        }
        for name, s in zip(shapes, drawn, strict=True)
    ]
    (folder / "communes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    e, n = np.meshgrid(np.arange(CUTS_KM["east"][-1]), np.arange(HEIGHT_M // 1000))
    # Two towns near the border, one in each zone: squares across it are sealed too.
    near = np.minimum(np.hypot(e - 11, n - 5), np.hypot(e - 15, n - 12))
    people = np.where(near < 3, 3000.0, 200.0).ravel()
    grid = pd.DataFrame({"e": EAST + 1000 * e.ravel(), "n": NORTH + 1000 * n.ravel(), "residents": people})
    grid.to_csv(folder / "residents.csv", index=False)
    zones = "\n".join(
        f'[[zones]]\nid = "{zone}"\nname = "{NAMES[zone]}"\ncommunes = {json.dumps([n[:8] for n in COMMUNES[zone]])}'
        for zone in NAMES
    )
    file = folder / FILE
    file.write_text(
        f'code = "98"\nname = "Comté"\ncrs = "{CRS}"\nbase_cell_m = 200\nsources = ["Terrain inventé"]\n[ground]\n'
        'kind = "communes"\ncommunes = "communes.geojson"\nresidents = "residents.csv"\nresidents_cell_m = 1000\n'
        f"{zones}\n",
        encoding="utf-8",
    )
    return file


def inside(county: County, zone: str) -> pd.DataFrame:
    """Facts of the release for prevention that lie wholly inside a zone."""
    return restricted(county.release, county.territory, [zone]).facts
