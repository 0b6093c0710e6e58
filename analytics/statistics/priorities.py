"""Places where something can be said, and why: squares of an area with estimate, cluster and state side by side.

The order is that of the estimates and of nothing else; neighbours whose intervals overlap cannot be told apart. A
square stands in the list only if its interval begins above zero or a cluster was established there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import territory as ground_floor
from analytics.statistics.sums_of_ground import NOWHERE, grouped, over

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.surface import Surface
    from analytics.territory import Territory

SIDE_M: Final = 2000
MOST: Final = 8
ESTABLISHED: Final = 0.05


def squares(
    surface: Surface,
    territory: Territory,
    mine: npt.NDArray[np.bool_],
    wanted: npt.NDArray[np.bool_],
    *,
    side_m: int = SIDE_M,
) -> pd.DataFrame:
    """Estimate the squares of an area in some months; of a square at its edge, the part inside.

    Parameters
    ----------
    surface
        As from ``surface.fit``.
    mine
        (cells,) which cells are the area's.
    wanted
        (months,) which months are added up.
    side_m
        Side of the squares, metres; a multiple of that of the smallest cell.

    Returns
    -------
    DataFrame
        One row a square: ``area`` (id), ``e``, ``n`` (south-west corner), ``residents``, then as
        ``sums_of_ground.over``.
    """
    cells = surface.cells
    area = ground_floor.area_of_cells(cells, str(side_m), territory)
    codes, names = pd.factorize(area[mine], sort=True)
    group = np.full(len(cells), NOWHERE, dtype=np.int64)
    group[mine] = codes
    corner = [ground_floor.snap(cells[axis][mine], side_m) for axis in ("e", "n")]
    ground = pd.DataFrame({"e": corner[0], "n": corner[1], "residents": cells["residents"][mine], "group": codes})
    ground = ground.groupby("group").agg({"e": "first", "n": "first", "residents": "sum"})
    found = over(surface, grouped(surface, group), wanted, number=len(names))
    squares_of = ground.reset_index(drop=True).assign(area=pd.Series(names, dtype="str"))
    return squares_of[["area", "e", "n", "residents"]].join(found)


def reasoned(
    known: pd.DataFrame, hotspots: pd.DataFrame, states: pd.DataFrame, *, side_m: int = SIDE_M, since: pd.Period
) -> pd.DataFrame:
    """Put beside each square the clearest cluster that it holds or lies in, and its state.

    Parameters
    ----------
    known
        As from ``squares``.
    hotspots, states
        The derived tables; empty where there are none.
    since
        Clusters of periods that end before it are left out.

    Returns
    -------
    DataFrame
        ``known`` with ``p_value`` (NA without a cluster), ``cluster_m`` (side of its window), ``cluster_first`` and
        ``cluster_last`` (monthly Period, NaT without), ``state`` (empty where none was said).
    """
    clusters = _clearest(known, _recent(hotspots, since), side_m)
    state = {} if states.empty else dict(zip(states["area"], states["state"], strict=True))
    named = pd.array([state.get(area, "") for area in known["area"]], dtype="str")
    return pd.concat([known, clusters], axis=1).assign(state=named)


def listed(known: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """Keep the squares of which something is established, by estimate, the greatest first."""
    founded = (known["said"] == "estimate") & ((known["low"] > 0) | known["p_value"].notna())
    chosen = known[founded].sort_values("estimate", ascending=False, kind="stable")
    return chosen.head(most).reset_index(drop=True)


def _recent(hotspots: pd.DataFrame, since: pd.Period) -> pd.DataFrame:
    """Established clusters of periods that end no earlier, the smallest and surest last."""
    if hotspots.empty:
        return hotspots
    last = pd.PeriodIndex(hotspots["period_end"], freq="M")
    found = hotspots[(last >= since) & (hotspots["p_value"] <= ESTABLISHED) & (hotspots["expectation"] == "residents")]
    places = ground_floor.parse_cell_ids(list(found["area"]))
    placed = found.reset_index(drop=True).join(places[["size_m", "e", "n"]].reset_index(drop=True))
    return placed.sort_values(["size_m", "p_value"], ascending=False, kind="stable")


def _clearest(known: pd.DataFrame, clusters: pd.DataFrame, side_m: int) -> pd.DataFrame:
    """Of each square the smallest cluster that it holds or lies in, of equals the surest."""
    told: dict[str, list[Any]] = {
        "p_value": [float("nan")] * len(known),
        "cluster_m": [float("nan")] * len(known),
        "cluster_first": [None] * len(known),
        "cluster_last": [None] * len(known),
    }
    for _, cluster in clusters.iterrows():
        wide = max(int(cluster["size_m"]), side_m)
        meets = (known["e"] // wide == cluster["e"] // wide) & (known["n"] // wide == cluster["n"] // wide)
        run = [pd.Period(cluster[name], freq="M") for name in ("period_start", "period_end")]
        for row in np.flatnonzero(meets):
            values = (float(cluster["p_value"]), float(cluster["size_m"]), *run)
            for name, value in zip(told, values, strict=True):
                told[name][row] = value
    return pd.DataFrame(told)
