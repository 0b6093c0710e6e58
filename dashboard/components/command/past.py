"""The past of a chosen square, whatever its size: a smallest cell as the map estimates it, a wider one as their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from analytics import territory as territories
from dashboard import reading
from dashboard.components import history
from dashboard.components.square_map.periods import spans

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from analytics.statistics.surface import Surface
    from dashboard.components.history import Past
    from dashboard.reading import Reading


def of_square(opened: Reading, area: str, granularity: str) -> Past | None:
    """Estimate a square in every period of a granularity.

    Returns
    -------
    Past or None
        None for what is no square, lies off the ground, or reaches beyond the zones to which the reader is limited: an
        address may ask for anything.
    """
    try:
        square = territories.parse_cell_ids([area]).iloc[0]
    except territories.TerritoryError:
        return None
    ground = territories.ground(opened.whole.territory, opened.release.cell_m)
    mine, everybodys = (_inside(cells, square) for cells in (reading.cells(opened), ground))
    if not mine.any() or mine.sum() != everybodys.sum():
        return None
    if int(square["size_m"]) == opened.release.cell_m:
        return history.of_cell(granularity, reading.periods(opened)[granularity], int(np.argmax(mine)))
    fitted = reading.fitted(opened)
    return _sums(f"{opened.key}:{area}", granularity, fitted, everybodys)


@st.cache_resource(max_entries=200, show_spinner=False)
def _sums(key: str, granularity: str, _fitted: Surface, _cells: npt.NDArray[np.bool_]) -> Past:
    del key
    return history.of_cells(granularity, _fitted, spans(_fitted.months)[granularity], _cells)


def _inside(cells: pd.DataFrame, square: pd.Series) -> npt.NDArray[np.bool_]:
    """Which of some smallest cells lie in a square."""
    size = int(square["size_m"])
    corner = (territories.snap(cells[axis].to_numpy(), size) == int(square[axis]) for axis in ("e", "n"))
    return np.asarray(np.logical_and(*corner))
