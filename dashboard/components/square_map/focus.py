"""Where the map is asked to fly to: the bounds of a square or of a zone."""

from collections.abc import Mapping
from typing import Any

from analytics.territory import TerritoryError
from dashboard.components.square_map.geometry import area_corners


def bounds_of(place: str | None, payload: Mapping[str, Any]) -> list[float] | None:
    """Find the bounds (west, south, east, north) of a place; None where there is none, or none of that id.

    Parameters
    ----------
    place
        Id of a zone, or of a square of any size.
    payload
        What the map is told.
    """
    if place is None:
        return None
    zones: dict[str, list[float]] = payload["ground"]["zone_bounds"]
    if place in zones:
        return zones[place]
    try:
        corners = area_corners([place])[0]
    except TerritoryError:
        return None  # an address may say anything
    return [float(value) for value in (*corners.min(axis=0).round(6), *corners.max(axis=0).round(6))]
