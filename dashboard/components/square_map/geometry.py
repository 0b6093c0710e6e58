"""Geometry as the browser gets it, once: squares that share their corners, lines in small whole steps."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from analytics import territory as territories
from dashboard.components.square_map.packing import pack, steps

SQUARE_SCALE = 1e6  # a millionth of a degree: 0.1 m
LINE_SCALE = 1e5  # 1 m, finer than the outlines are drawn


def area_corners(ids: Sequence[str]) -> NDArray[np.float64]:
    """Give the corners of squares of any size by their ids alone, as longitudes and latitudes, shape (m, 4, 2).

    Raises
    ------
    TerritoryError
        When an id has another form.
    """
    found = np.empty((len(ids), 4, 2))
    if len(ids):
        parsed = territories.parse_cell_ids(ids).reset_index(drop=True)
        for _, group in parsed.groupby(["size_m", "crs"]):
            size, crs = int(group["size_m"].iloc[0]), str(group["crs"].iloc[0])
            found[group.index.to_numpy()] = territories.corners_wgs84(group["e"], group["n"], size, crs)
    return found


def squares(corners: NDArray[np.float64]) -> dict[str, Any]:
    """Pack tilted squares; corners common to neighbours are sent once and fall on the very same point.

    Parameters
    ----------
    corners
        Longitude and latitude (WGS84), shape (m, 4, 2), going round each square.

    Returns
    -------
    dict
        ``count``, ``vertices`` (int32 steps, millionths of a degree, lon and lat in turn), ``quads`` (uint32 indices
        into the vertices, four a square).
    """
    points = np.rint(np.asarray(corners, dtype=np.float64).reshape(-1, 2) * SQUARE_SCALE).astype(np.int64)
    key = points[:, 0] * 1_000_000_000 + points[:, 1]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return {
        "count": len(corners),
        "vertices": pack(steps(points[first])) if len(points) else pack(np.zeros(0, np.int32)),
        "quads": pack(inverse.astype(np.uint32)),
    }


def lines(geometries: Any) -> dict[str, str]:  # noqa: ANN401  (whatever shapely takes: one geometry, arrays, series)
    """Pack the rings and lines of geometries in WGS84.

    Returns
    -------
    dict
        ``lengths`` (uint32, points a line), ``points`` (int32 steps over all lines in a row, 1/100,000 of a degree).
    """
    parts = _line_parts(geometries)
    lengths = shapely.get_num_coordinates(parts).astype(np.uint32)
    points = np.rint(shapely.get_coordinates(parts) * LINE_SCALE).astype(np.int64)
    return {"lengths": pack(lengths), "points": pack(steps(points) if len(points) else np.zeros(0, np.int32))}


def _line_parts(geometries: Any) -> NDArray[Any]:  # noqa: ANN401
    parts = shapely.get_parts(np.atleast_1d(np.asarray(geometries, dtype=object)))
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return np.concatenate([shapely.get_rings(parts[polygons]), shapely.get_parts(parts[~polygons])])


def shared_borders(polygons: Any) -> Any:  # noqa: ANN401
    """Borders of polygons that touch, each drawn once, however many polygons share it."""
    return shapely.line_merge(shapely.union_all(shapely.boundary(np.asarray(polygons, dtype=object))))
