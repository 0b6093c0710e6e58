"""Small exports of an invented platform in the Doubs, and the mapping that describes them."""

from collections.abc import Callable
from datetime import date

import geopandas as gpd
import pandas as pd

from analytics.intake import Intake

SECRET = b"a secret of 32 bytes, for tests."
TODAY = date(2025, 11, 25)

MAPPING = """
source = "test"
[id]
column = "id"
[day]
column = "day"
formats = ["%d/%m/%Y"]
earliest = 2015-01-01
[hour]
column = "hour"
formats = ["%Hh%M", "HHMM"]
[place]
x = "lon"
y = "lat"
commune = "town"
[category]
column = "kind"
[category.values]
"Vente dans la rue" = "street"
"Livraison à domicile" = "delivery"
[triage]
column = "state"
[triage.values]
"Retenu" = "kept"
"Écarté" = "set_aside"
[precision]
column = "known"
[precision.values]
"Adresse" = "address"
"Centre de la commune" = "commune"
[outcomes]
arrest = "arrested"
[synthetic]
column = "invented"
value = "oui"
"""

Read = Callable[..., Intake]


def rows(*changes: dict[str, str]) -> pd.DataFrame:
    """Give rows of an export, all as this one but for what changes; their ids are 1, 2, 3 ..."""
    row = {
        "day": "28/07/2025",
        "hour": "21h45",
        "lon": "6.027",
        "lat": "47.237",
        "town": "Besançon",
        "kind": "Vente dans la rue",
        "state": "Retenu",
        "known": "Adresse",
        "arrested": "",
        "comment": "Mirquetot, 3e étage",
        "invented": "oui",
    }
    return pd.DataFrame([{"id": str(number)} | row | change for number, change in enumerate(changes, start=1)])


def points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give the rows with their coordinates as points, as GeoJSON has them."""
    located = frame["lon"] != ""
    shapes = gpd.points_from_xy(
        frame["lon"].where(located, "nan").astype(float), frame["lat"].where(located, "nan").astype(float)
    )
    geometry = gpd.GeoSeries(shapes, crs="EPSG:4326").where(located, None)
    return gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=geometry, crs="EPSG:4326")
