"""The same period a year before, and what may be said of the change: what compare mode is told, prepared once.

Both are aligned with the periods of the surface. A period stands without a comparison where there is nothing to set
beside it: no year before, or none that was known at the same age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.components.square_map.packing import pack
from dashboard.components.square_map.periods import MONTHS_A_YEAR, month_number
from dashboard.components.square_map.values import Label, SurfacePeriod, codes, packed_values, says_something

if TYPE_CHECKING:
    import pandas as pd

MORE, FEWER, CHANCE, NOTHING = 1, -1, 0, 2


@dataclass(frozen=True)
class Comparison:
    """The periods before and the changes to them, both by granularity and aligned with the surface's periods.

    Attributes
    ----------
    before
        The surface of the same period a year earlier, as it was known a year ago; None where there is none.
    change
        A code a cell: ``MORE`` or ``FEWER`` where that is established, ``CHANCE`` where the difference may be chance,
        ``NOTHING`` where nothing may be said; None where there is no period before.
    """

    before: Mapping[str, Sequence[SurfacePeriod | None]] = field(default_factory=dict)
    change: Mapping[str, Sequence[NDArray[np.int8] | None]] = field(default_factory=dict)

    def pairs(self, name: str, periods: Sequence[SurfacePeriod]) -> list[tuple[SurfacePeriod, NDArray[np.int8]] | None]:
        """Give what each period of a granularity is compared with.

        Raises
        ------
        ValueError
            If there are not as many as periods, or not one value a cell.
        """
        before = list(self.before.get(name, [None] * len(periods)))
        change = list(self.change.get(name, [None] * len(periods)))
        if not len(before) == len(change) == len(periods):
            raise ValueError(
                f"{name}: {len(before)} periods before and {len(change)} changes for {len(periods)} periods."
            )
        found = [
            (item, code) if item is not None and code is not None else None
            for item, code in zip(before, change, strict=True)
        ]
        for period, pair in zip(periods, found, strict=True):
            if pair and not len(pair[0].estimate) == len(pair[1]) == len(period.estimate):
                raise ValueError(f"{name}: a comparison has other cells than its period.")
        return found


@dataclass(frozen=True)
class Scale:
    """How a surface is told: side of a cell, lower bounds of the classes, least number, names of periods."""

    cell_m: int
    breaks: Sequence[float]
    k: int
    label: Label


def active_in(
    pairs: Sequence[tuple[SurfacePeriod, NDArray[np.int8]] | None], cells: int, scale: Scale
) -> NDArray[np.bool_]:
    """Tell which cells any comparison has something to say of."""
    found = np.zeros(cells, dtype=bool)
    for item, change in filter(None, pairs):
        found |= says_something(codes([item], cells, scale.cell_m, scale.breaks, scale.k)) | (change != NOTHING)
    return found


def packed_comparison(
    name: str,
    pairs: Sequence[tuple[SurfacePeriod, NDArray[np.int8]] | None],
    active: NDArray[np.intp],
    scale: Scale,
) -> dict[str, Any] | None:
    """Prepare the comparisons of a granularity.

    Returns
    -------
    dict or None
        ``row`` (for each period its row in the arrays, or -1), ``labels``, ``codes`` (uint8), ``estimate`` (uint16,
        tenths), ``low``, ``high`` (uint16) as those of the surface, ``change`` (int8); None without any comparison.
    """
    found = [pair for pair in pairs if pair]
    if not found:
        return None
    items = [item for item, _ in found]
    rows = np.cumsum([pair is not None for pair in pairs]) - 1
    told = codes(items, len(items[0].estimate), scale.cell_m, scale.breaks, scale.k)
    return {
        "row": [int(row) if pair else -1 for row, pair in zip(rows, pairs, strict=True)],
        "labels": [scale.label(name, item.span) for item in items],
        "codes": pack(told[:, active]),
        "change": pack(np.stack([change[active] for _, change in found]).astype(np.int8)),
        **packed_values(items, active, ("estimate", "low", "high")),
    }


def seen_in(last: "pd.Period") -> dict[str, int]:
    """Tell in which month each side was seen: the last one closed, and the same a year before."""
    return {"now": month_number(last), "before": month_number(last) - MONTHS_A_YEAR}
