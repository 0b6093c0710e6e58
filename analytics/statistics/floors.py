"""What a release says whose facts cover more or less than their area and period tell: at least so much, there.

The facts of a derived release are sums of finer facts, and those of a view for some zones may have lost a part of their
ground to facts that are not shown. Neither says of which part of its area it speaks, so no equation holds: two tables
may differ on the same ground and both be right. What does hold is that so many episodes at least lie in the whole
area and period, together with those of all facts of the same table inside it, since no table counts an episode twice.

The table nearest to a first guess under such inequalities is found like that under equations, only that no total is
ever scaled down below what it was before the fact was heard (Censor and Lent 1981).

References
----------
Censor, Y., Lent, A. (1981). An iterative row-action method for interval convex programming. Journal of Optimization
Theory and Applications 34, 321-353.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import sparse

from analytics import release as said
from analytics.statistics.raking import NOWHERE, Joined, Margin, added

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.territory import Territory

PARTLY: Final = ("derived_from", "restricted_to")
"""Keys of the manifest of releases whose facts do not tell what exactly they cover."""
SWEEPS: Final = 500
TOLERANCE: Final = 1e-7


def partly(release: Release) -> bool:
    """Whether the facts of a release are floors rather than equations."""
    return any(key in release.manifest for key in PARTLY)


def margins(
    release: Release, territory: Territory, tables: tuple[str, ...]
) -> tuple[pd.DataFrame, list[Margin], npt.NDArray[np.bool_]]:
    """Floors that the facts of some tables set.

    Returns
    -------
    facts : DataFrame
        With the floor as ``n``.
    margins : list of Margin
        One for each table, area level and period level; their groups, one after another, are the rows of ``facts``.
    single : (facts,) bool
        Whether the fact's area is one smallest cell alone.
    """
    frames, found, single = [], [], []
    for table in tables:
        mine = release.facts[release.facts["table"] == table]
        if mine.empty:
            continue
        parts = [part for _, part in mine.groupby(["area_level", "period_level"], sort=True)]
        # Facts of one level never overlap, so that each, taken with its level alone, speaks of its whole ground.
        whole = [said.incidence(said.Release(release.path, release.manifest, part), territory, table) for part in parts]
        matrix = sparse.csr_array(sparse.vstack([rows for rows, _ in whole], format="csr"))
        facts = pd.concat([part for _, part in whole], ignore_index=True)
        floor = _inside(matrix) @ facts["n"].to_numpy(dtype=np.float64)
        frames.append(facts.assign(n=np.rint(floor).astype(np.int64)))
        before = np.cumsum([0, *(len(part) for _, part in whole)])
        found += [_margin(rows, floor[b : b + rows.shape[0]]) for (rows, _), b in zip(whole, before, strict=False)]
        months = len(said.months(release))
        single += [len(np.unique(row // months)) == 1 for row in np.split(matrix.indices, matrix.indptr[1:-1])]
    facts = pd.concat(frames, ignore_index=True) if frames else said.empty_facts()
    return facts, found, np.array(single, dtype=bool)


def _inside(matrix: sparse.csr_array) -> sparse.csr_array:
    """(facts, facts) whether the ground of the second lies wholly inside that of the first."""
    shared = sparse.coo_array(matrix @ matrix.T)
    size = np.diff(matrix.indptr)
    inside = shared.data >= size[shared.coords[1]]
    place = shared.coords[0][inside], shared.coords[1][inside]
    return sparse.csr_array((np.ones(int(inside.sum())), place), shape=shared.shape)


def _margin(rows: sparse.csr_array, floor: npt.NDArray[np.float64]) -> Margin:
    group = np.full(rows.shape[1], NOWHERE, dtype=np.int64)
    group[rows.indices] = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    return Margin(group, floor)


def lift(first: npt.NDArray[np.float64], joined: Joined) -> npt.NDArray[np.float64]:
    """Scale a first guess up until it meets every floor.

    Parameters
    ----------
    first
        (atoms,) first guess, > 0; small beside the floors.
    joined
        As from ``raking.join``, its totals being floors.

    Returns
    -------
    (atoms,) array, > 0: of all tables that meet the floors the one with the least relative entropy to the first guess.
    """
    start = added(joined.label, first, joined.size)
    mass = start.copy()
    risen = [np.zeros(len(margin.totals)) for margin in joined.margins]
    for _ in range(SWEEPS):
        moved = 0.0
        for number, margin in enumerate(joined.margins):
            sums = added(margin.group, mass, len(margin.totals))
            now = np.maximum(0.0, risen[number] + np.log(margin.totals / sums))
            step = now - risen[number]
            risen[number] = now
            mass = mass * np.append(np.exp(step), 1.0)[margin.group]
            moved = max(moved, float(np.abs(step).max(initial=0.0)))
        if moved <= TOLERANCE:
            break
    raised: npt.NDArray[np.float64] = first * (mass / start)[joined.label]
    return raised


def short(estimate: npt.NDArray[np.float64], found: list[Margin]) -> float:
    """Greatest number of episodes by which an estimate lies below a floor."""
    missing = [(m.totals - added(m.group, estimate, len(m.totals))).max(initial=0.0) for m in found]
    return float(max(missing, default=0.0))
