"""Which cells lie beside one another, and what a cell lends to those beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

STEPS: Final = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]
"""The cell itself is the fifth; the way back from side s is side 8 - s."""
SIDE, CORNER = 2.0, 1.0


def around(cells: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Numbers of the cells around each cell and of itself, in the order of ``STEPS``; -1 off the territory.

    Parameters
    ----------
    cells
        As from ``territory.ground``: columns e, n.

    Returns
    -------
    (cells, 9) int
    """
    e, n = cells["e"].to_numpy(), cells["n"].to_numpy()
    side = int(np.gcd.reduce(np.concatenate([np.diff(e), np.diff(n)]))) or 1
    column, row = (e - e.min()) // side + 1, (n - n.min()) // side + 1
    number = np.full((int(row.max()) + 2, int(column.max()) + 2), -1, dtype=np.int64)
    number[row, column] = np.arange(len(cells))
    return np.stack([number[row + r, column + c] for r, c in STEPS], axis=1)


def smoothing(cells: pd.DataFrame) -> sparse.csr_array[np.float64]:
    """(cells, cells) average of each cell (weight 4), its neighbours by side (2) and by corner (1) on the territory."""
    near = around(cells)
    weights = np.where(near >= 0, [2 * SIDE if not (r or c) else _weight(r, c) for r, c in STEPS], 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    here, there = np.nonzero(near >= 0)
    size = len(cells), len(cells)
    return sparse.csr_array((weights[here, there], (here, near[here, there])), shape=size)


def sending(cells: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Neighbours of each cell without itself, and the share that each gets of what the cell sends out.

    Returns
    -------
    near : (cells, 8) int, -1 off the territory
    share : (cells, 8), rows of 1, or of 0 for a cell without neighbours
    """
    near = np.delete(around(cells), STEPS.index((0, 0)), axis=1)
    share = np.where(near >= 0, [_weight(r, c) for r, c in STEPS if r or c], 0.0)
    total = share.sum(axis=1, keepdims=True)
    return near, np.divide(share, total, out=np.zeros_like(share), where=total > 0)


def _weight(row: int, column: int) -> float:
    return CORNER if row and column else SIDE
