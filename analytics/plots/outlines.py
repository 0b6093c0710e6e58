"""What lies under and over the squares of a map: the ground, what is outside, borders and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.territory import Territory

NEAREST_KM: Final = (26.0, 13.0, 6.5, 3.2, 1.6)
"""How far apart names are written, from the widest view to the nearest."""
KM_A_DEGREE: Final = 111.2
SIMPLER: Final = 2e-4
FAR: Final = 3.0
DIGITS: Final = 5


def ground(territory: Territory) -> dict[str, Any]:
    """The territory's own ground as GeoJSON."""
    return _geojson(territory.outline)


def outside(territory: Territory) -> dict[str, Any]:
    """All the ground around the territory as GeoJSON, far enough to fill a window."""
    west, south, east, north = territory.outline.bounds
    around = shapely.box(west - FAR, south - FAR, east + FAR, north + FAR)
    return _geojson(shapely.difference(around, territory.outline))


def commune_borders(territory: Territory) -> dict[str, Any]:
    """Borders of communes as GeoJSON lines, each drawn once."""
    return _geojson(_borders(territory.communes.geometry.to_numpy()))


def zone_borders(territory: Territory) -> dict[str, Any]:
    """Borders of zones as GeoJSON lines."""
    return _geojson(_borders(np.array(list(_zones(territory).values()), dtype=object)))


def names(territory: Territory) -> list[dict[str, Any]]:
    """Names to write on the map.

    Returns
    -------
    list of dict
        ``text``, ``lat``, ``lon``, ``kind`` (``zone`` or ``place``) and ``tier``: the step of
        ``NEAREST_KM`` from which it is written, so that names keep their distance.
    """
    written = [
        {"text": str(territory.zones["name"][zone]), "lat": point.y, "lon": point.x, "kind": "zone", "tier": 0}
        for zone, shape in _zones(territory).items()
        if len(territory.zones) > 1 and (point := _middle(shape))
    ]
    labels = territory.labels.sort_values("population", ascending=False, kind="stable")
    # A zone named after its main commune names it too; written twice, one would lie on the other.
    labels = labels[~labels["name"].isin([name["text"] for name in written])]
    squeeze = np.cos(np.radians(labels["lat"].mean())) if len(labels) else 1.0
    where = labels[["lon", "lat"]].to_numpy(np.float64) * KM_A_DEGREE * np.array([squeeze, 1.0])
    zones = [[name["lon"] * squeeze * KM_A_DEGREE, name["lat"] * KM_A_DEGREE] for name in written]
    tier = _tiers(where, np.array(zones).reshape(-1, 2))
    for text, lon, lat, step in zip(labels["name"], labels["lon"], labels["lat"], tier, strict=True):
        if step < len(NEAREST_KM):
            written.append(
                {"text": str(text), "lat": float(lat), "lon": float(lon), "kind": "place", "tier": int(step)}
            )
    return written


def zone_bounds(territory: Territory) -> list[dict[str, Any]]:
    """Zones to go to: ``text`` and ``bounds`` ([[south, west], [north, east]]), without those as wide as the whole."""
    if len(territory.zones) == 1:
        return []
    whole = shapely.box(*territory.outline.bounds).area
    found = []
    for zone, shape in _zones(territory).items():
        west, south, east, north = shape.bounds
        if shapely.box(*shape.bounds).area < whole / 2:
            found.append({"text": str(territory.zones["name"][zone]), "bounds": [[south, west], [north, east]]})
    return found


def _tiers(where: npt.NDArray[np.float64], zones: npt.NDArray[np.float64]) -> list[int]:
    """First step at which each place, in order of size, is far enough from all that are written before it (km)."""
    tier = np.full(len(where), len(NEAREST_KM))
    for step, nearest in enumerate(NEAREST_KM):
        for place in np.flatnonzero(tier == len(NEAREST_KM)):
            written = np.concatenate([zones, where[tier <= step]])
            if not len(written) or np.hypot(*(written - where[place]).T).min() >= nearest:
                tier[place] = step
    return [int(step) for step in tier]


def _zones(territory: Territory) -> dict[str, Any]:
    """Each zone's ground in degrees, from its communes; empty for a box."""
    communes = pd.Series(territory.communes.geometry.to_numpy(), dtype=object)
    by_zone = communes.groupby(territory.communes["zone"].to_numpy())
    return {str(zone): shapely.union_all(group.to_numpy(dtype=object)) for zone, group in by_zone}


def _borders(shapes: npt.NDArray[np.object_]) -> Any:  # noqa: ANN401 - a shapely geometry
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(shapes))) if len(shapes) else shapely.LineString()
    return shapely.simplify(lines, SIMPLER)


def _middle(shape: Any) -> Any:  # noqa: ANN401 - shapely geometries
    largest = max(shapely.get_parts(shape), key=shapely.area)
    return shapely.Point(shapely.maximum_inscribed_circle(largest, tolerance=0.005).coords[0])


def _geojson(shape: Any) -> dict[str, Any]:  # noqa: ANN401 - a shapely geometry
    rounded = shapely.set_precision(shape, 10.0**-DIGITS, mode="pointwise")
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(rounded)}
