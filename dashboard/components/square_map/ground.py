"""What does not change with the period: outline, borders of communes, zones with their names, names of places."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import shapely

from dashboard.components.square_map.geometry import lines, shared_borders


def ground_layer(
    outline: Any,  # noqa: ANN401  (shapely's stubs know no attribute of a geometry)
    *,
    communes: Any,  # noqa: ANN401  (geometries: an array, a list or a geoseries)
    commune_zones: pd.Series,
    zones: pd.Series,
    labels: pd.DataFrame,
) -> dict[str, Any]:
    """Prepare the ground.

    Parameters
    ----------
    outline
        The territory, WGS84.
    communes
        Their polygons, WGS84; may be empty.
    commune_zones
        The zone's id of each commune, in the same order.
    zones
        Zone id -> name.
    labels
        Names of places: ``name``, ``lon``, ``lat``, ``population``.

    Returns
    -------
    dict
        ``bounds`` (west, south, east, north), packed ``outline``, ``communes``, ``zones``; ``zone_bounds`` by zone id;
        ``zone_names`` as lists of [text, lon, lat, bounds or None] and ``names`` of [text, lon, lat, population].
    """
    polygons = pd.Series(list(communes), dtype=object)
    members = pd.Series(commune_zones.to_numpy(), index=polygons.index)
    merged = {zone: shapely.union_all(group.to_numpy(dtype=object)) for zone, group in polygons.groupby(members)}
    by_size = labels.sort_values("population", ascending=False)
    return {
        "bounds": _rounded(outline.bounds),
        "outline": lines(outline),
        "communes": lines(shared_borders(polygons.to_list()) if len(polygons) else []),
        "zones": lines(shared_borders(list(merged.values())) if merged else []),
        "zone_bounds": {str(zone): _rounded(area.bounds) for zone, area in merged.items()},
        "zone_names": [
            [str(zones[zone]), *_inside(area), _worth_a_look(area, outline)]
            for zone, area in merged.items()
            if len(merged) > 1
        ],
        "names": [
            [str(name), round(lon, 5), round(lat, 5), int(population)]
            for name, lon, lat, population in by_size[["name", "lon", "lat", "population"]].to_numpy().tolist()
        ],
    }


def _inside(area: Any) -> list[float]:  # noqa: ANN401
    """Place the name well inside the largest part of an area."""
    largest = max(shapely.get_parts(area), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.005)
    point = shapely.Point(circle.coords[0])
    return [round(point.x, 5), round(point.y, 5)]


def _worth_a_look(area: Any, outline: Any) -> list[float] | None:  # noqa: ANN401
    """Bounds of a zone that is worth a button of its own: not one that is nearly the whole territory."""
    own, whole = shapely.box(*area.bounds), shapely.box(*outline.bounds)
    return _rounded(area.bounds) if own.area < whole.area / 2 else None


def _rounded(bounds: Iterable[float]) -> list[float]:
    return [round(float(value), 5) for value in bounds]
