"""From a release and its territory to what the map is told: the one place that knows both."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analytics import release as releases
from analytics import territory as territories
from analytics.plots.palette import density_breaks
from analytics.release import Release
from analytics.territory import Territory
from dashboard.components.square_map.blocks import block_densities, blocks_layer
from dashboard.components.square_map.comparison import Comparison, Scale
from dashboard.components.square_map.ground import ground_layer
from dashboard.components.square_map.payload import Label, SurfacePeriod, compose, surface_layer


def map_payload(
    release: Release,
    territory: Territory,
    *,
    cells: pd.DataFrame,
    periods: Mapping[str, Sequence[SurfacePeriod]],
    label: Label,
    compared: Comparison | None = None,
    facts: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Prepare all that the map shows of a release.

    Parameters
    ----------
    cells
        The smallest cells as ``territory.ground`` gives them; a column ``place`` names the commune of each.
    periods
        Granularity -> the surface of each of its periods (``periods.spans`` says which).
    label
        What a period is called: (granularity or period level, span) -> text.
    compared
        What compare mode shows: the same periods a year earlier, as they were known a year ago; none without it.
    facts
        As ``block_facts`` gives them, where they are not simply those of the release: of a part of a release it cannot
        tell the months of which a fact speaks.

    Returns
    -------
    dict
        What ``square_map`` takes. It depends on nothing but the arguments: cache it by release and territory.
    """
    facts = block_facts(release, territory) if facts is None else facts
    areas, area_corners = _areas(facts, territory)
    breaks = _breaks(periods, facts, release.cell_m)
    corners = territories.corners_wgs84(cells["e"], cells["n"], release.cell_m, territory.crs)
    return compose(
        surface=surface_layer(
            cells,
            corners,
            periods,
            Scale(release.cell_m, breaks, release.k, label),
            compared or Comparison({}, {}),
        ),
        blocks=blocks_layer(facts, areas, area_corners, cell_m=release.cell_m, label=label),
        ground=ground_layer(
            territory.outline,
            communes=territory.communes.geometry,
            commune_zones=territory.communes["zone"],
            zones=territory.zones["name"],
            labels=territory.labels,
        ),
        breaks=breaks,
        k=release.k,
    )


def block_facts(release: Release, territory: Territory) -> pd.DataFrame:
    """Give the facts of the table ``blocks`` with what the map says of each.

    Returns
    -------
    pandas.DataFrame
        The release's columns, ``nominal`` (cell-months of the whole area and period), ``partial`` (bool) and
        ``spoken`` (mask of the months of which the fact speaks, the first month of its period in the lowest bit).
    """
    matrix, facts = releases.incidence(release, territory, "blocks")
    nominal = releases.nominal_covered(facts, territory, release.cell_m)
    spoken = _spoken(matrix, facts, releases.months(release))
    return facts.assign(nominal=nominal, partial=facts["covered"].to_numpy() < nominal, spoken=spoken)


def _spoken(matrix: sparse.csr_array, facts: pd.DataFrame, calendar: pd.PeriodIndex) -> NDArray[np.int64]:
    """Months that a fact speaks of: an atom's number is its unit times the months, plus its month."""
    if facts.empty:
        return np.zeros(0, dtype=np.int64)
    entries = matrix.tocoo()
    fact, month = entries.coords[0], entries.coords[1] % len(calendar)
    first = np.asarray(pd.PeriodIndex(facts["period_start"], freq="M").astype("int64"))
    offset = month + np.asarray(calendar.astype("int64"))[0] - first[fact]
    mask = np.zeros(len(facts), dtype=np.int64)
    np.bitwise_or.at(mask, fact, np.int64(1) << offset)
    return mask


def _areas(facts: pd.DataFrame, territory: Territory) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Squares of the facts and their corners, size by size."""
    ids = facts["area"].unique()
    squares = territories.parse_cell_ids(ids).assign(area=ids)
    corners = np.empty((len(squares), 4, 2))
    for size in squares["size_m"].unique():
        rows = np.flatnonzero(squares["size_m"] == size)
        corners[rows] = territories.corners_wgs84(
            squares["e"].to_numpy()[rows], squares["n"].to_numpy()[rows], int(size), territory.crs
        )
    return squares[["area", "size_m"]], corners


def _breaks(periods: Mapping[str, Sequence[SurfacePeriod]], facts: pd.DataFrame, cell_m: int) -> tuple[float, ...]:
    """One scale for both views, from the longest periods of the surface; from the blocks where there is none."""
    longest = max(periods.values(), key=lambda items: items[-1].span.months if items else 0, default=())
    years_km2 = (cell_m / 1000) ** 2 / 12
    densities = [item.estimate / (years_km2 * item.span.months) for item in longest]
    return density_breaks(np.concatenate(densities) if densities else block_densities(facts, cell_m))
