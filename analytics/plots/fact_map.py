"""A folium map of chosen facts: the ground once, and what is chosen as layers that change without drawing it again."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import folium
import shapely

from analytics import territory as ground_floor
from analytics.plots import dressing, palette, release_map, squares
from analytics.plots.offline import blank_map, figure
from analytics.plots.texts import FRENCH

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analytics.release import Release
    from analytics.territory import Territory

CHOSEN: Final = "#d9480f"
LOOK: Final[dict[str, Any]] = {"color": CHOSEN, "weight": 3.5, "opacity": 1, "fill": False}
SIMPLER_M: Final = 100


def told(
    release: Release,
    territory: Territory,
    *,
    breaks: tuple[float, ...],
    view: str,
    caption: str,
    texts: Mapping[str, str] = FRENCH,
) -> dict[str, Any]:
    """Say what the map says around its facts; takes a moment, and stays the same while facts are chosen.

    Parameters
    ----------
    breaks
        Lower bounds of the classes, episodes per km2 per year.
    view
        ``blocks`` or ``surface``: which legend.
    caption
        What the map is, in a word or two.
    texts
        Texts by the keys of ``FRENCH``.
    """
    said = release_map.dressed(release, territory, None, breaks, view, texts, caption)
    # The page around it says the rest: in a small frame a full head would cover the ground.
    head = f'<p class="vigie-overline">{escape(caption)}</p>'
    return said | {"head": head, "title": release_map.title(release, territory, texts)}


def ground_map(territory: Territory, said: dict[str, Any]) -> folium.Map:
    """Draw the ground: what may not be said, borders, names, legend.

    Parameters
    ----------
    said
        As from ``told``.
    """
    west, south, east, north = territory.outline.bounds
    drawn = blank_map(location=[(south + north) / 2, (west + east) / 2], zoom_start=9, zoom_snap=0.25, zoom_delta=0.5)
    figure(drawn).title = said["title"]
    dressing.Dressing(said).add_to(drawn)
    return drawn


def fact_layer(
    facts: pd.DataFrame,
    release: Release,
    territory: Territory,
    *,
    breaks: tuple[float, ...],
    texts: Mapping[str, str] = FRENCH,
) -> folium.FeatureGroup:
    """Draw the squares of facts of one table, the coarse first; each feature's property ``cell`` is its id.

    Parameters
    ----------
    facts
        Facts about squares, with ``nominal``.
    """
    drawn = facts.assign(partial=facts["covered"] < facts["nominal"], size_m=facts["area_level"].astype("int64"))
    group = folium.FeatureGroup(name="facts")
    if len(drawn):
        features = squares.block_squares(drawn, release, territory, breaks=breaks, texts=texts)
        release_map.layer(features, "blocks", texts, show=True).add_to(group)
    return group


def estimate_layer(
    window: pd.DataFrame,
    release: Release,
    territory: Territory,
    months: int,
    *,
    breaks: tuple[float, ...],
    texts: Mapping[str, str] = FRENCH,
) -> folium.FeatureGroup:
    """Draw the cells of which the surface says something; each feature's property ``cell`` is its id.

    Parameters
    ----------
    window
        As from ``statistics.surface.window``.
    months
        How many months it is of.
    """
    rank = palette.classes(squares.surface_density(window, release.cell_m, months), breaks)
    group = folium.FeatureGroup(name="estimate")
    features = squares.surface_squares(window, release, territory, rank=rank, texts=texts)
    if features["features"]:
        release_map.layer(features, "surface", texts, show=True).add_to(group)
    return group


def outline_layer(areas: list[str], territory: Territory) -> folium.FeatureGroup:
    """Draw the outline of areas: squares, zones, the whole territory; others are left out."""
    group = folium.FeatureGroup(name="outline")
    shapes = [shape for shape in (_shape(area, territory) for area in areas) if shape is not None]
    if shapes:
        lines = shapely.geometry.mapping(shapely.union_all([shapely.boundary(shape) for shape in shapes]))
        folium.GeoJson(
            {"type": "Feature", "properties": {}, "geometry": lines}, style_function=lambda _: LOOK, smooth_factor=0
        ).add_to(group)
    return group


def _shape(area: str, territory: Territory) -> Any:  # noqa: ANN401 - a shapely geometry
    """Ground of an area in degrees; None where there is none of that id."""
    if area == territory.code:
        return territory.outline
    if area in territory.zones.index:
        shape = territory.shapes[list(territory.zones.index).index(area)]
        return ground_floor.reproject(shapely.simplify(shape, SIMPLER_M), territory.crs, "EPSG:4326")
    try:
        square = ground_floor.parse_cell_ids([area]).iloc[0]
    except ground_floor.TerritoryError:
        return None
    corners = ground_floor.corners_wgs84([square["e"]], [square["n"]], int(square["size_m"]), territory.crs)
    return shapely.Polygon(corners[0])
