"""Areas: what the smallest cells form at each level, from a bigger cell to the whole territory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.territory.grid import cell_ids, snap

if TYPE_CHECKING:
    from analytics.territory.ground import Territory


def area_of_cells(cells: pd.DataFrame, level: str, territory: Territory) -> pd.Series[Any]:
    """Id of the area of a level that each cell lies in.

    Parameters
    ----------
    cells
        Columns of ``territory.ground`` that the level needs: e, n for a size, zone for ``zone``, none for the whole.
    level
        Metres as text, ``zone`` or ``departement``.

    Returns
    -------
    Series of str
        Cell id, zone id or code of the territory, with the index of ``cells``.
    """
    if level == "zone":
        return cells["zone"].astype("str")
    if level == "departement":
        return pd.Series(territory.code, index=cells.index, dtype="str")
    size = int(level)
    ids = cell_ids(snap(cells["e"], size), snap(cells["n"], size), size, territory.crs)
    return pd.Series(ids, index=cells.index, dtype="str")
