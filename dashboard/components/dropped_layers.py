"""Layers that a notebook leaves beside the release, in ``derived/layers/*.geojson``: read as data, never run.

Whoever may write into the release's folder may leave one; docs/export.md says how. Geometry and one name a feature are
taken, in degrees; all else in the file is left where it is.
"""

import json
import math
from dataclasses import dataclass
from html import escape
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import folium
import shapely
import streamlit as st

from analytics.release import Release

FOLDER: Final = Path("derived") / "layers"
ENDING: Final = ".geojson"
MOST: Final = 8
LARGEST: Final = 3_000_000  # bytes: a map in a page is no place for more
COLOURS: Final = ("#6a3d9a", "#00695c", "#ad1457", "#8d4a12")
LABELS: Final = ("nom", "name")
HALF_TURN, QUARTER_TURN = 180, 90


@dataclass(frozen=True, eq=False)
class Dropped:
    """A layer: its name, its features, and whether its file could be read."""

    name: str
    features: tuple[dict[str, Any], ...]
    readable: bool


def found(release: Release) -> list[Dropped]:
    """Read the layers beside a release, in the order of their names, those that cannot be read among them."""
    folder = release.path / FOLDER
    files = sorted(folder.glob(f"*{ENDING}"))[:MOST] if folder.is_dir() else []
    return [_kept(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file()]


def group(layer: Dropped, colour: str) -> folium.FeatureGroup:
    """Draw a layer in one colour, with the names of its features."""
    drawn = folium.FeatureGroup(name=layer.name)
    look = {"color": colour, "weight": 2.5, "opacity": 0.95, "fillColor": colour, "fillOpacity": 0.15}
    folium.GeoJson(
        {"type": "FeatureCollection", "features": list(layer.features)},
        style_function=lambda _: look,
        marker=folium.CircleMarker(radius=6),
        tooltip=folium.GeoJsonTooltip(["html"], labels=False, sticky=True),
    ).add_to(drawn)
    return drawn


def groups(layers: list[Dropped]) -> list[folium.FeatureGroup]:
    """Draw layers, each in a colour of its own as far as there are any."""
    return [group(layer, colour) for layer, colour in zip(layers, cycle(COLOURS), strict=False)]


@st.cache_resource(max_entries=2 * MOST, show_spinner=False)
def _kept(path: str, changed: int, size: int) -> Dropped:
    del changed  # what the cache goes by
    file = Path(path)
    name = file.stem.replace("_", " ")
    if size > LARGEST or file.is_symlink():
        return Dropped(name, (), readable=False)
    try:
        features = _features(json.loads(file.read_text(encoding="utf-8")), name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        return Dropped(name, (), readable=False)
    return Dropped(name, features, readable=bool(features))


def _features(content: dict[str, Any], name: str) -> tuple[dict[str, Any], ...]:
    """Take geometry and name of each feature, and nothing else; refuse what is not in degrees."""
    if content["type"] != "FeatureCollection":
        raise ValueError(content["type"])
    taken = []
    for feature in content["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        west, south, east, north = shape.bounds
        if (
            not all(map(math.isfinite, shape.bounds))
            or max(-west, east) > HALF_TURN
            or max(-south, north) > QUARTER_TURN
        ):
            raise ValueError(name)
        told = feature.get("properties") or {}
        label = next((str(told[key]) for key in LABELS if told.get(key)), name)
        taken.append(
            {
                "type": "Feature",
                "properties": {"html": escape(label)},
                "geometry": shapely.geometry.mapping(shape),
            }
        )
    return tuple(taken)
