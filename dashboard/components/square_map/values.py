"""The surface of a period, and its values as the browser gets them: quantised, rounded outwards, deflated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.components.square_map.packing import pack
from dashboard.components.square_map.periods import Span

CLASSES = 7  # colours of the scale; six breaks between them
FEWER = 16  # the bit that says "fewer than k, perhaps none"
CONSTANT = FEWER  # lowest class, fewer than k: what a cell is that is not sent
VALUES = ("estimate", "low", "high", "measured")

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
        values = {name: window[name].to_numpy(np.float64) for name in VALUES}
        return cls(span=span, fewer=(window["said"] == "fewer_than_k").to_numpy(bool), **values)

    def of_cells(self, own: NDArray[np.bool_]) -> "SurfacePeriod":
        """Keep some of the cells."""
        return SurfacePeriod(
            span=self.span, fewer=self.fewer[own], **{name: getattr(self, name)[own] for name in VALUES}
        )


def codes(
    items: Sequence[SurfacePeriod], cells: int, cell_m: int, breaks: Sequence[float], k: int
) -> NDArray[np.uint8]:
    """Give the class of each cell in each period, plus ``FEWER`` where it is fewer than k, perhaps none.

    Raises
    ------
    ValueError
        If an array's length is not the number of cells.
    """
    table = np.empty((len(items), cells), dtype=np.uint8)
    for row, item in zip(table, items, strict=True):
        if len(item.estimate) != cells:
            raise ValueError(f"A period has {len(item.estimate)} values for {cells} cells.")
        density = item.estimate / (cell_m / 1000) ** 2 / (item.span.months / 12)
        rank = np.searchsorted(np.asarray(breaks), density, side="right")
        next_to_nothing = (rank == 0) & (_floor(item.low) == 0) & (_ceil(item.high) < k)
        row[:] = rank + FEWER * (item.fewer | next_to_nothing)
    return table


def says_something(table: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell of which cells any of the periods says more than "fewer than k, and next to nothing estimated"."""
    return np.asarray((table != CONSTANT).any(axis=0))


def packed_values(
    items: Sequence[SurfacePeriod], active: NDArray[np.intp], names: Sequence[str] = VALUES
) -> dict[str, str]:
    """Pack estimates in tenths, bounds rounded outwards, and the measured share in per cent."""
    tables = {name: np.stack([getattr(item, name)[active] for item in items]) for name in names}
    return {name: pack(_quantised(name, table)) for name, table in tables.items()}


def _quantised(name: str, table: NDArray[np.float64]) -> NDArray[Any]:
    top = np.iinfo(np.uint16).max
    if name == "estimate":
        return np.rint(table * 10).clip(0, top).astype(np.uint16)
    if name == "measured":
        return np.rint(table * 100).clip(0, 100).astype(np.uint8)
    rounded = _floor(table) if name == "low" else _ceil(table)
    return rounded.clip(0, top).astype(np.uint16)


def _floor(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # Here and below the rounding forgives what floating point adds to a whole number.
    return np.asarray(np.floor(values.round(6)))


def _ceil(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.ceil(values.round(6)))
