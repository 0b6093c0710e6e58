"""Areal interpolation of the same blocks by others' methods, as rivals of the surface.

Evenly: each block's episodes spread over its ground. Pycnophylactic (Tobler 1979, by the library tobler): spread
smoothly, each block keeping its sum. A block of a longer period gives a quarter the share of its ground and months
that lie there.

Tobler, W. (1979). Smooth pycnophylactic interpolation for geographical regions. Journal of the American Statistical
Association 74, 519-530.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse
from tobler.pycno.pycno import pycno

from analytics import release
from analytics.release import Release
from analytics.territory import Territory

Estimate = npt.NDArray[np.float64]


def evenly(said: Release, ground: Territory, months: slice) -> Estimate:
    """(cells,) episodes in a run of months, each block spread evenly over its ground and months."""
    matrix, facts, shape = _blocks(said, ground)
    size = np.maximum(np.diff(matrix.indptr), 1)
    atoms = np.asarray(matrix.T @ (facts["n"].to_numpy(dtype=np.float64) / size)).reshape(shape)
    spread: Estimate = atoms[:, months].sum(axis=1)
    return spread[: len(release.atoms(said, ground).cells)]


def pycnophylactic(said: Release, ground: Territory, months: slice) -> Estimate:
    """(cells,) episodes in a run of months, each block spread smoothly over its ground."""
    matrix, facts, shape = _blocks(said, ground)
    cells = release.atoms(said, ground).cells
    inside = np.zeros(shape, dtype=bool)
    inside[:, months] = True
    here = sparse.csr_array(matrix.multiply(inside.ravel()[None, :]))
    here.eliminate_zeros()
    share = np.diff(here.indptr) / np.maximum(np.diff(matrix.indptr), 1)
    squares = gpd.GeoSeries(
        shapely.box(cells["e"], cells["n"], cells["e"] + said.cell_m, cells["n"] + said.cell_m), crs=ground.crs
    )
    total = np.zeros(len(cells))
    # Blocks of one period do not overlap; each period is a map of its own.
    for rows in facts[share > 0].groupby(["period_start", "period_end"]).groups.values():
        units = [np.unique(here[[row]].indices // shape[1]) for row in rows]
        layer = gpd.GeoDataFrame(
            {"n": facts.loc[rows, "n"].to_numpy() * share[rows]},
            geometry=[shapely.union_all(squares.to_numpy()[u[u < len(cells)]]) for u in units],
            crs=ground.crs,
        )
        raster, where, _ = pycno(layer, "n", said.cell_m, handle_null=False, verbose=False)
        touched = np.unique(np.concatenate(units))
        touched = touched[touched < len(cells)]
        column = ((cells["e"].to_numpy()[touched] - where.c) // said.cell_m).astype(int)
        row = ((where.f - cells["n"].to_numpy()[touched]) // said.cell_m - 1).astype(int)
        total[touched] += np.nan_to_num(raster[row, column])
    return total


def _blocks(said: Release, ground: Territory) -> tuple[sparse.csr_array, pd.DataFrame, tuple[int, int]]:
    matrix, facts = release.incidence(said, ground, "blocks")
    return matrix, facts, (release.atoms(said, ground).units, len(release.months(said)))
