"""Everything that the map is told, prepared once: the surface of every period, and the whole in one dictionary.

Only cells about which a period says more than "fewer than k, perhaps none, and next to nothing estimated" are sent
with values; the others are constant, and drawn as ground of which nothing may be said: a pale colour would call it
quiet. Values are quantised (see ``surface_layer``), deflated, and stay in the browser,
so that changing the period asks nothing of the server.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.components.square_map.comparison import Comparison, Scale, active_in, packed_comparison, seen_in
from dashboard.components.square_map.geometry import squares
from dashboard.components.square_map.packing import pack, pack_lines
from dashboard.components.square_map.periods import month_number
from dashboard.components.square_map.values import (
    CLASSES,
    CONSTANT,
    FEWER,
    Label,
    SurfacePeriod,
    codes,
    packed_values,
    says_something,
)

__all__ = ["CLASSES", "CONSTANT", "FEWER", "FORMAT", "Label", "SurfacePeriod", "compose", "surface_layer"]

FORMAT = 2


def surface_layer(
    cells: pd.DataFrame,
    corners: NDArray[np.float64],
    periods: Mapping[str, Sequence[SurfacePeriod]],
    scale: Scale,
    comparison: Comparison | None = None,
) -> dict[str, Any]:
    """Prepare the surface.

    Parameters
    ----------
    cells
        One row a cell: ``cell`` (id), ``residents``, and if known ``place`` (the commune it lies in).
    corners
        The cells' corners in WGS84, shape (cells, 4, 2).
    periods
        Granularity -> its periods, in order of time.
    scale
        Side of a cell, classes (lower bounds of the classes 1 to 6, in episodes per km2 per year), least number, names.
    comparison
        What each period is compared with, if anything.

    Returns
    -------
    dict
        Per granularity ``codes`` (uint8: class, plus ``FEWER``), ``estimate`` (uint16, tenths), ``low``, ``high``
        (uint16, rounded outwards), ``measured`` (uint8, per cent), each of shape (periods, active cells), and
        ``before`` (``packed_comparison``, or None); ``active`` are the indices of the cells that are sent, ``seen``
        the months in which the two sides of a comparison were seen.

    Raises
    ------
    ValueError
        If an array's length is not the number of cells, or a comparison is not aligned with the periods.
    """
    known = {name: items for name, items in periods.items() if items}
    tables = {name: codes(items, len(cells), scale.cell_m, scale.breaks, scale.k) for name, items in known.items()}
    pairs = {name: (comparison or Comparison()).pairs(name, items) for name, items in known.items()}
    spoken = [says_something(table) for table in tables.values()]
    spoken += [active_in(found, len(cells), scale) for found in pairs.values()]
    active = np.flatnonzero(np.logical_or.reduce(spoken))
    places, place = _places(cells)
    return {
        "cell_m": scale.cell_m,
        "squares": squares(corners),
        "ids": pack_lines(cells["cell"].astype(str)),
        "residents": pack(np.rint(cells["residents"].to_numpy(np.float64)).astype(np.uint32)),
        "places": pack_lines(places),
        "place": pack(place),
        "active": pack(active.astype(np.uint32)),
        "seen": seen_in(max(items[-1].span.last for items in known.values())) if known else None,
        "granularities": {
            name: {
                "labels": [scale.label(name, item.span) for item in items],
                "first": [month_number(item.span.first) for item in items],
                "last": [month_number(item.span.last) for item in items],
                "codes": pack(tables[name][:, active]),
                **packed_values(items, active),
                "before": packed_comparison(name, pairs[name], active, scale),
            }
            for name, items in known.items()
        },
    }


def _places(cells: pd.DataFrame) -> tuple[list[str], NDArray[np.uint16]]:
    if "place" not in cells:
        return [""], np.zeros(len(cells), dtype=np.uint16)
    found, names = pd.factorize(cells["place"].fillna("").astype(str))
    return [str(name) for name in names], found.astype(np.uint16)


def compose(
    *,
    surface: dict[str, Any],
    blocks: dict[str, Any],
    ground: dict[str, Any],
    breaks: Sequence[float],
    k: int,
) -> dict[str, Any]:
    """Put the layers together, with a ``version`` by which the browser knows whether anything changed."""
    content = {
        "format": FORMAT,
        "k": k,
        "breaks": list(breaks),
        "surface": surface,
        "blocks": blocks,
        "ground": ground,
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {"version": digest[:16], **content}
