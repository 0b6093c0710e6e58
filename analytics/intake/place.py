"""From the coordinates and communes of a source to the base cells and commune codes of a territory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import Transformer

from analytics.intake.mapping import fold
from analytics.territory import snap

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.intake.parsing import Coded
    from analytics.territory import Territory

_EDGE_M: Final = 0.01


@dataclass(frozen=True)
class Cells:
    """Base cells: south-west corners in metres of the territory's CRS, where ``inside`` it; 0 elsewhere."""

    e: npt.NDArray[np.int64]
    n: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]


def base_cells(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], crs: str, territory: Territory) -> Cells:
    """Put coordinates into the base cells of a territory.

    Parameters
    ----------
    x, y : numpy.ndarray of float64
        Coordinates in ``crs``, x to the east whatever the order that the CRS prescribes; NaN where there are none.
    crs : str
    territory : analytics.territory.Territory

    Returns
    -------
    Cells
        A cell is inside if it shares ground with the territory: then so does every larger cell that holds it, and no
        later stage meets a report that lies nowhere.
    """
    east, north = Transformer.from_crs(crs, territory.crs, always_xy=True).transform(x, y)
    finite = np.isfinite(east) & np.isfinite(north)
    size = territory.base_cell_m
    e = snap(np.where(finite, east, 0.0), size)
    n = snap(np.where(finite, north, 0.0), size)
    # Reports share their base cells: each cell is tried once.
    keys, where = np.unique(e * (1 << 32) + n, return_inverse=True)
    first = np.zeros(keys.size, np.int64)
    first[where] = np.arange(where.size)
    inside = finite & _on_ground(e[first], n[first], territory)[where]
    return Cells(np.where(inside, e, 0), np.where(inside, n, 0), inside)


def commune_codes(column: Coded, territory: Territory) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Find communes by code or by name.

    Returns
    -------
    codes : numpy.ndarray of object
        The commune's code, None where it is missing or not known.
    said : numpy.ndarray of bool
        Where the source said something, known or not.
    """
    known: dict[str, str | None] = {}
    for code, name in zip(territory.communes["code"], territory.communes["name"], strict=True):
        folded = _place_name(name)
        # Two communes of one name: neither is meant for sure.
        known[folded] = None if folded in known else code
    known |= {code: code for code in territory.communes["code"]}
    # Spreadsheets take the leading zero of a code for nothing.
    width = max((len(code) for code in territory.communes["code"]), default=0)
    found = np.empty(column.distinct.shape, dtype=object)
    found[:] = [
        known.get(value, known.get(value.zfill(width), known.get(_place_name(value)))) for value in column.distinct
    ]
    return column.spread(found, None), column.codes >= 0


def _place_name(name: str) -> str:
    short = {"st": "saint", "ste": "sainte"}
    return " ".join(short.get(word, word) for word in fold(name).split())


def _on_ground(e: npt.NDArray[np.int64], n: npt.NDArray[np.int64], territory: Territory) -> npt.NDArray[np.bool_]:
    """Say which base cells share ground with the territory; a common edge is none."""
    far = territory.base_cell_m - _EDGE_M
    squares = shapely.box(e + _EDGE_M, n + _EDGE_M, e + far, n + far)
    met = np.zeros(e.shape, bool)
    for shape in territory.shapes:
        shapely.prepare(shape)
        met |= shapely.intersects(shape, squares)
    return met
