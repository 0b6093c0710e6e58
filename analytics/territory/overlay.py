"""How much of each cell of the grid lies in a shape: the one costly computation of the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analytics.territory.grid import squares, window

if TYPE_CHECKING:
    import numpy.typing as npt

# Square metres under which a cell that a shape reaches is taken for a touching edge or the noise of a coordinate.
LEAST_AREA_M2 = 1e-3
# Cells are first tested by tiles of this many a side: a tile wholly inside or outside spares the test of its cells.
_TILE = 8


def covered(shape: Any, size_m: int) -> pd.DataFrame:  # noqa: ANN401 - any polygonal shapely geometry
    """Return the cells that a shape covers, with the area covered.

    Parameters
    ----------
    shape
        Polygon or multipolygon in the grid's CRS (metres).
    size_m
        Cell size in metres.

    Returns
    -------
    pandas.DataFrame
        Columns `e`, `n` (int64 south-west corner) and `area` (float64, m2, positive), a row a cell.
    """
    if shape.is_empty:
        return pd.DataFrame({"e": pd.array([], "int64"), "n": pd.array([], "int64"), "area": pd.array([], "float64")})
    shapely.prepare(shape)
    tile_e, tile_n = window(shape.bounds, size_m * _TILE)
    met, whole = _met_and_whole(shape, tile_e, tile_n, size_m * _TILE)
    full_e, full_n = _children(tile_e[whole], tile_n[whole], size_m)
    e, n = _children(tile_e[met & ~whole], tile_n[met & ~whole], size_m)
    met, whole = _met_and_whole(shape, e, n, size_m)
    crossed = met & ~whole
    pieces = shapely.area(shapely.intersection(squares(e[crossed], n[crossed], size_m), shape))
    some = pieces > LEAST_AREA_M2
    full = len(full_e) + int(whole.sum())
    return pd.DataFrame(
        {
            "e": np.concatenate([full_e, e[whole], e[crossed][some]]),
            "n": np.concatenate([full_n, n[whole], n[crossed][some]]),
            "area": np.concatenate([np.full(full, float(size_m) ** 2), pieces[some]]),
        },
    )


def shared(e: npt.NDArray[np.int64], n: npt.NDArray[np.int64], size_m: int, shapes: Any) -> pd.DataFrame:  # noqa: ANN401
    """Return the area that each of some cells shares with each of some shapes.

    Parameters
    ----------
    e, n
        South-west corners, shape (m,), metres.
    size_m
        Cell size in metres.
    shapes
        Array of shapely polygons in the grid's CRS, shape (s,).

    Returns
    -------
    pandas.DataFrame
        Columns `cell` (position in `e`), `shape` (position in `shapes`), `area` (m2, positive).
    """
    boxes = squares(e, n, size_m)
    cell, shape = shapely.STRtree(shapes).query(boxes, predicate="intersects")
    area = shapely.area(shapely.intersection(boxes[cell], np.asarray(shapes)[shape]))
    frame = pd.DataFrame({"cell": cell, "shape": shape, "area": area})
    return frame[frame["area"] > LEAST_AREA_M2].reset_index(drop=True)


def _met_and_whole(shape: Any, e: Any, n: Any, size_m: int) -> tuple[Any, Any]:  # noqa: ANN401
    """Say which squares meet a prepared shape, and which lie in it wholly (bool, shape (m,))."""
    boxes = squares(e, n, size_m)
    met = shapely.intersects(shape, boxes)
    whole = np.zeros(len(boxes), dtype=bool)
    whole[met] = shapely.covers(shape, boxes[met])
    return met, whole


def _children(e: Any, n: Any, size_m: int) -> tuple[Any, Any]:  # noqa: ANN401
    """Return the corners of the cells of `size_m` that fill tiles."""
    step = np.arange(_TILE, dtype=np.int64) * size_m
    child_e = e[:, None, None] + step[None, None, :] + np.zeros((1, _TILE, 1), dtype=np.int64)
    child_n = n[:, None, None] + step[None, :, None] + np.zeros((1, 1, _TILE), dtype=np.int64)
    return child_e.ravel(), child_n.ravel()
