"""What the still maps of the page and of the bulletin have in common: their words, their numbers, whose cells."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from dashboard.components.prevention import area as areas

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading


def map_texts(k: int, says: Catalogue) -> dict[str, str]:
    """Return the words of the map's legend."""
    return {
        name: says.text(f"bulletin.map_{name}", k=k)
        for name in ("unit", "published", "estimated", "nothing", "outside")
    }


def written(says: Catalogue) -> Callable[[float], str]:
    """Return how the bounds of a density are written: with no more decimals than they have."""
    return lambda value: says.decimal(value, max(0, -floor(log10(value)))) if value < 1 else says.whole(value)


def of_zones(window: pd.DataFrame, opened: Reading) -> pd.DataFrame:
    """Keep the cells of the reader's zones."""
    zones = areas.fitted(opened).cells["zone"].isin(opened.territory.zones.index)
    return window[zones.to_numpy()].reset_index(drop=True)
