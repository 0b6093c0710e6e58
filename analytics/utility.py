"""How good the picture is under the guarantee: the truth of the vault beside what was published.

Everything here belongs to the confidential side: it is computed from the reports themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics import publish, release, vault
from analytics.statistics import surface

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from analytics.release import Release
    from analytics.territory import Territory

FEWEST_FOR_TEN: Final = 15
"""A quarter with fewer located reports says nothing about a ranking of cells."""
TEN: Final = 10


def utility(
    vault_path: str | Path, release_path: str | Path, *, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Measure what was published against what the vault holds.

    Returns
    -------
    dict
        For ``blocks`` at the top level and for every table under ``tables``, weighted by reports: ``reports`` (kept by
        triage; located ones for tables of cells), ``published_share``, ``share_by_cell_m``, ``share_by_period``,
        ``share_by_cell_and_period`` (shares of ``reports``), ``mean_wait_days`` (30 x (closing month + 1 - the
        report's month), published reports only). ``surface_ten``: for each quarter with at least 15 located reports,
        the share of what the true ten cells hold that the surface's first ten hold, ``[all vintages, live]``.
    """
    said = release.read(release_path)
    with vault.opened(vault_path) as store:
        territory = vault.territory(store)
        tables = {
            table: _of_table(publish.facts_of_reports(store, territory, said.cell_m, table), said, table)
            for table in said.manifest["policy"]["tables"]
        }
        located = publish.facts_of_reports(store, territory, said.cell_m, "blocks")
    return {**tables["blocks"], "tables": tables, "surface_ten": surface_ten(located, said, territory, progress)}


def _of_table(reports: pd.DataFrame, said: Release, table: str) -> dict[str, Any]:
    facts = said.facts[said.facts["table"] == table]
    told = reports.merge(
        facts.assign(closed=release.closing_month(facts).dt.to_timestamp())[
            ["order", "area_level", "period_level", "closed"]
        ],
        on="order",
        how="left",
    )
    published = told[told["order"].notna()]
    total = max(len(told), 1)
    closed, own = published["closed"].dt, published["day"].dt
    wait = (closed.year - own.year) * 12 + closed.month - own.month + 1
    return {
        "reports": len(told),
        "published_share": len(published) / total,
        "share_by_cell_m": _shares(published["area_level"], total),
        "share_by_period": _shares(published["period_level"], total),
        "share_by_cell_and_period": {
            level: _shares(published.loc[published["area_level"] == level, "period_level"], total)
            for level in _shares(published["area_level"], total)
        },
        "mean_wait_days": float(30 * wait.mean()) if len(wait) else None,
    }


def _shares(levels: pd.Series[Any], total: int) -> dict[str, float]:
    counts = levels.value_counts() / total
    order = sorted(counts.index, key=lambda level: (len(str(level)), str(level)))
    return {str(level): float(counts[level]) for level in order}


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
