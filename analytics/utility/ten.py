"""Whether the surface finds the places that matter: its first ten cells beside the true ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics import release
from analytics.statistics import surface

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analytics.release import Release
    from analytics.territory import Territory

FEWEST_FOR_TEN: Final = 15
"""A quarter with fewer located reports says nothing about a ranking of cells."""
TEN: Final = 10


def surface_ten(
    located: pd.DataFrame,
    said: Release,
    territory: Territory,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, list[float]]:
    """Share of what the true ten cells of a quarter hold that the surface's first ten hold, all vintages and live.

    Parameters
    ----------
    located
        One row a located report: ``day``, ``unit`` (number of its smallest cell).
    said
        The release.
    territory
        Its territory.
    progress
        Called with the number of quarters done and to do.
    """
    known = release.months(said)
    quarter = located["day"].dt.to_period("Q")
    sizes = quarter.value_counts()
    wanted = [
        q
        for q in sorted(sizes[sizes >= FEWEST_FOR_TEN].index)
        if q.asfreq("M", "start") >= known[0] and q.asfreq("M", "end") <= known[-1]
    ]
    cells = len(release.atoms(said, territory).cells)
    everything = surface.fit(said, territory)
    scores: dict[str, list[float]] = {}
    for done, q in enumerate(wanted, start=1):
        truth = np.bincount(located.loc[(quarter == q).to_numpy(), "unit"], minlength=cells)
        best = np.sort(truth)[::-1][:TEN].sum()
        first, last = q.asfreq("M", "start"), q.asfreq("M", "end")
        live = surface.fit(release.until(said, last), territory)
        scores[str(q)] = [
            float(truth[_first_ten(surface.window(fitted, str(first), str(last)))].sum() / best)
            for fitted in (everything, live)
        ]
        if progress is not None:
            progress(done, len(wanted))
    return scores


def _first_ten(window: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.argsort(-window["estimate"].to_numpy(), kind="stable")[:TEN].astype(np.int64)
