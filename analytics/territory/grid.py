"""The nested grid: squares of whole metres in a projected CRS, named as INSEE and Eurostat name them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_CELL_ID = r"^CRS(?P<crs>\d+)RES(?P<size_m>\d+)mN(?P<n>-?\d+)E(?P<e>-?\d+)$"


class TerritoryError(ValueError):
    """One clear sentence for the user about a territory, its files or a cell size."""


@lru_cache(maxsize=64)
def projected_crs(crs: str) -> CRS:
    """Return the coordinate system of a grid, or say why it cannot carry one.

    Parameters
    ----------
    crs
        Authority code, such as ``"EPSG:3035"``.

    Returns
    -------
    CRS
        A projected coordinate system in metres.

    Raises
    ------
    TerritoryError
        When the code is unknown, not an EPSG code, not projected or not in metres.
    """
    try:
        found = CRS.from_user_input(crs)
    except CRSError as error:
        raise TerritoryError(f"The coordinate system {crs!r} is unknown.") from error
    if not re.fullmatch(r"EPSG:\d+", crs):
        raise TerritoryError(f"The coordinate system {crs!r} must be written as an EPSG code, such as EPSG:3035.")
    if not found.is_projected or any(axis.unit_name != "metre" for axis in found.axis_info[:2]):
        raise TerritoryError(f"The coordinate system {crs} is not projected in metres, so it cannot carry a grid.")
    return found


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Transformer:
    """Return the (cached) transformer between two CRS, always in the order east, north or longitude, latitude."""
    return Transformer.from_crs(source, target, always_xy=True)


def snap(values: npt.ArrayLike, size_m: int) -> npt.NDArray[np.int64]:
    """Return the lower edge of the cells that hold coordinates, on one axis.

    Parameters
    ----------
    values
        Eastings or northings in metres, any shape, finite.
    size_m
        Cell size in metres.

    Returns
    -------
    numpy.ndarray of int64
        The greatest multiple of `size_m` that is not above each value; a coordinate on an edge belongs to the cell
        that begins there.

    Raises
    ------
    TerritoryError
        When the size is not positive or a value is not finite.
    """
    if size_m <= 0:
        raise TerritoryError(f"A cell size is a positive number of metres, not {size_m}.")
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        array = np.floor(array.astype(np.float64))
        if not np.isfinite(array).all():
            raise TerritoryError("A coordinate is missing or not finite, so it lies in no cell.")
    return array.astype(np.int64) // size_m * size_m


def cell_ids(e: npt.ArrayLike, n: npt.ArrayLike, size_m: int, crs: str) -> npt.NDArray[np.object_]:
    """Return the INSEE ids of cells.

    Parameters
    ----------
    e, n
        South-west corners in metres of `crs`, shape (m,).
    size_m
        Cell size in metres.
    crs
        EPSG code of the grid, such as ``"EPSG:3035"``.

    Returns
    -------
    numpy.ndarray of str objects, shape (m,)
        Such as ``CRS3035RES1000mN2689000E4016000``.

    Raises
    ------
    TerritoryError
        When a corner is no multiple of the size, or the CRS cannot carry a grid.
    """
    east, north = np.asarray(e, dtype=np.int64), np.asarray(n, dtype=np.int64)
    if (snap(east, size_m) != east).any() or (snap(north, size_m) != north).any():
        raise TerritoryError(f"A south-west corner of a cell of {size_m} m is no multiple of {size_m} m.")
    projected_crs(crs)
    head = f"CRS{crs.removeprefix('EPSG:')}RES{size_m}mN"
    ids = [f"{head}{y}E{x}" for x, y in zip(east.tolist(), north.tolist(), strict=True)]
    return np.array(ids, dtype=object)


def parse_cell_ids(ids: Iterable[str]) -> pd.DataFrame:
    """Read INSEE cell ids.

    Parameters
    ----------
    ids
        Ids such as ``CRS3035RES1000mN2689000E4016000``.

    Returns
    -------
    pandas.DataFrame
        Columns `size_m`, `e`, `n` (int64, metres) and `crs` (``"EPSG:3035"``), a row an id, in the same order.

    Raises
    ------
    TerritoryError
        When an id has another form.
    """
    texts = pd.Series(list(ids), dtype="str")
    parts = texts.str.extract(_CELL_ID)
    wrong = parts["size_m"].isna()
    if wrong.any():
        raise TerritoryError(f"{texts[wrong].iloc[0]!r} is no cell id such as CRS3035RES1000mN2689000E4016000.")
    frame = parts[["size_m", "e", "n"]].astype("int64")
    return frame.assign(crs="EPSG:" + parts["crs"])


def squares(e: npt.ArrayLike, n: npt.ArrayLike, size_m: int) -> npt.NDArray[np.object_]:
    """Return cells as shapely squares in the grid's own CRS (metres), shape (m,)."""
    east, north = np.asarray(e), np.asarray(n)
    boxes: npt.NDArray[np.object_] = np.asarray(shapely.box(east, north, east + size_m, north + size_m))
    return boxes


def corners_wgs84(e: npt.ArrayLike, n: npt.ArrayLike, size_m: int, crs: str) -> npt.NDArray[np.float64]:
    """Return the corners of cells as longitudes and latitudes.

    A square of a projected grid is tilted in degrees (some 3 degrees over the Doubs in EPSG:3035), so that four
    corners are needed: an upright rectangle would lie beside its cell.

    Parameters
    ----------
    e, n
        South-west corners in metres of `crs`, shape (m,).
    size_m
        Cell size in metres.
    crs
        EPSG code of the grid.

    Returns
    -------
    numpy.ndarray of float64, shape (m, 4, 2)
        Longitude, latitude in degrees (EPSG:4326); corners in the order SW, SE, NE, NW.
    """
    projected_crs(crs)
    east = np.asarray(e, dtype=np.float64)[:, None] + np.array([0, size_m, size_m, 0])
    north = np.asarray(n, dtype=np.float64)[:, None] + np.array([0, 0, size_m, size_m])
    lon, lat = transformer(crs, "EPSG:4326").transform(east, north)
    return np.stack([lon, lat], axis=-1)


def reproject(geometries: Any, source: str, target: str) -> Any:  # noqa: ANN401 - one shape or an array, as given
    """Return shapely geometries (one or an array) in another CRS, coordinate by coordinate."""

    def moved(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer(source, target).transform(points[:, 0], points[:, 1]))

    return shapely.transform(geometries, moved)


def window(bounds: tuple[float, float, float, float], size_m: int) -> tuple[Any, Any]:
    """Return the corners e, n (int64) of every cell that a bounding box (west, south, east, north) reaches."""
    west, south, east, north = bounds
    columns = np.arange(int(snap(west, size_m)), int(snap(east, size_m)) + size_m, size_m, dtype=np.int64)
    rows = np.arange(int(snap(south, size_m)), int(snap(north, size_m)) + size_m, size_m, dtype=np.int64)
    e, n = np.meshgrid(columns, rows)
    return e.ravel(), n.ravel()
