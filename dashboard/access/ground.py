"""The ground of those who answer for some zones only: their zones, communes, cells and names, and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from analytics import territory as territories

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.territory import Territory


def limited(territory: Territory, zones: Iterable[str], cell_m: int) -> Territory:
    """Cut a territory down to some zones.

    Parameters
    ----------
    territory
        The whole.
    zones
        Ids of zones that it has.
    cell_m
        Size of the cells that releases of it speak of.

    Returns
    -------
    Territory
        Its cells of that size are those that the whole territory counts to these zones. (Where zones meet, cutting the
        ground first and laying the grid afterwards would give cells of the neighbours too.)
    """
    wanted = set(zones)
    mine = [zone in wanted for zone in territory.zones.index]
    communes = territory.communes[territory.communes["zone"].isin(wanted)].reset_index(drop=True)
    outline = shapely.union_all(communes.geometry.to_numpy())
    inside = shapely.contains_xy(outline, territory.labels["lon"], territory.labels["lat"])
    cut = replace(
        territory,
        zones=territory.zones[mine],
        shapes=tuple(shape for shape, own in zip(territory.shapes, mine, strict=True) if own),
        communes=communes,
        outline=outline,
        labels=territory.labels[inside].reset_index(drop=True),
    )
    cells = territories.ground(territory, cell_m)
    own = cells[cells["zone"].isin(wanted)].reset_index(drop=True)
    cut.remember("ground", int(cell_m), lambda _territory, _size: own)
    return cut
