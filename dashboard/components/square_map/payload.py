"""Everything that the map is told, prepared once: the surface of every period, and the whole in one dictionary.

Only cells about which a period says more than "fewer than k, perhaps none, and next to nothing estimated" are sent
with values; the others are constant, and drawn as ground of which nothing may be said: a pale colour would call it
quiet. Values are quantised (see ``surface_layer``), deflated, and stay in the browser,
so that changing the period asks nothing of the server.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.components.square_map.geometry import squares
from dashboard.components.square_map.packing import pack, pack_lines
from dashboard.components.square_map.periods import Span, month_number

FORMAT = 1
CLASSES = 7  # colours of the scale; six breaks between them
FEWER = 16  # the bit that says "fewer than k, perhaps none"
CONSTANT = FEWER  # lowest class, fewer than k: what a cell is that is not sent

Label = Callable[[str, Span], str]


@dataclass(frozen=True)
class SurfacePeriod:
    """The surface of one period: arrays of one value a cell, in the order of the cells."""

    span: Span
    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    measured: NDArray[np.float64]
    fewer: NDArray[np.bool_]

    @classmethod
    def of(cls, span: Span, window: pd.DataFrame) -> "SurfacePeriod":
        """From the frame of ``surface.window`` (columns estimate, low, high, measured, said)."""
        values = {name: window[name].to_numpy(np.float64) for name in ("estimate", "low", "high", "measured")}
        return cls(span=span, fewer=(window["said"] == "fewer_than_k").to_numpy(bool), **values)

    def of_cells(self, own: NDArray[np.bool_]) -> "SurfacePeriod":
        """Keep some of the cells."""
        kept = {name: getattr(self, name)[own] for name in ("estimate", "low", "high", "measured", "fewer")}
        return SurfacePeriod(span=self.span, **kept)


def surface_layer(
    cells: pd.DataFrame,
    corners: NDArray[np.float64],
    periods: Mapping[str, Sequence[SurfacePeriod]],
    *,
    cell_m: int,
    breaks: Sequence[float],
    k: int,
    label: Label,
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
    cell_m
        Side of a cell, in metres.
    breaks
        Lower bounds of the classes 1 to 6, in episodes per km2 per year.
    k
        Least number that is published.
    label
        What a period is called: (granularity, span) -> text.

    Returns
    -------
    dict
        Per granularity ``codes`` (uint8: class, plus ``FEWER``), ``estimate`` (uint16, tenths), ``low``, ``high``
        (uint16, rounded outwards), ``measured`` (uint8, per cent), each of shape (periods, active cells); ``active``
        are the indices of the cells that are sent.

    Raises
    ------
    ValueError
        If an array's length is not the number of cells.
    """
    codes = {name: _codes(items, len(cells), cell_m, breaks, k) for name, items in periods.items()}
    active = np.flatnonzero(np.logical_or.reduce([(table != CONSTANT).any(axis=0) for table in codes.values()]))
    places, place = _places(cells)
    return {
        "cell_m": cell_m,
        "squares": squares(corners),
        "ids": pack_lines(cells["cell"].astype(str)),
        "residents": pack(np.rint(cells["residents"].to_numpy(np.float64)).astype(np.uint32)),
        "places": pack_lines(places),
        "place": pack(place),
        "active": pack(active.astype(np.uint32)),
        "granularities": {
            name: {
                "labels": [label(name, item.span) for item in items],
                "first": [month_number(item.span.first) for item in items],
                "last": [month_number(item.span.last) for item in items],
                "codes": pack(codes[name][:, active]),
                **_values(items, active),
            }
            for name, items in periods.items()
            if items
        },
    }


def _codes(
    items: Sequence[SurfacePeriod], cells: int, cell_m: int, breaks: Sequence[float], k: int
) -> NDArray[np.uint8]:
    table = np.empty((len(items), cells), dtype=np.uint8)
    for row, item in zip(table, items, strict=True):
        if len(item.estimate) != cells:
            raise ValueError(f"A period has {len(item.estimate)} values for {cells} cells.")
        density = item.estimate / (cell_m / 1000) ** 2 / (item.span.months / 12)
        rank = np.searchsorted(np.asarray(breaks), density, side="right")
        next_to_nothing = (rank == 0) & (_floor(item.low) == 0) & (_ceil(item.high) < k)
        row[:] = rank + FEWER * (item.fewer | next_to_nothing)
    return table


def _values(items: Sequence[SurfacePeriod], active: NDArray[np.intp]) -> dict[str, str]:
    def table(name: str) -> NDArray[np.float64]:
        return np.stack([getattr(item, name)[active] for item in items])

    top = np.iinfo(np.uint16).max
    return {
        "estimate": pack(np.rint(table("estimate") * 10).clip(0, top).astype(np.uint16)),
        "low": pack(_floor(table("low")).clip(0, top).astype(np.uint16)),
        "high": pack(_ceil(table("high")).clip(0, top).astype(np.uint16)),
        "measured": pack(np.rint(table("measured") * 100).clip(0, 100).astype(np.uint8)),
    }


def _floor(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # Here and below the rounding forgives what floating point adds to a whole number.
    return np.asarray(np.floor(values.round(6)))


def _ceil(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.ceil(values.round(6)))


def _places(cells: pd.DataFrame) -> tuple[list[str], NDArray[np.uint16]]:
    if "place" not in cells:
        return [""], np.zeros(len(cells), dtype=np.uint16)
    codes, names = pd.factorize(cells["place"].fillna("").astype(str))
    return [str(name) for name in names], codes.astype(np.uint16)


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
