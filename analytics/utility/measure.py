"""What was published beside what the vault holds, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics import publish, release, vault
from analytics.utility import errors
from analytics.utility.ten import surface_ten

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from analytics.release import Release

_OF_FACTS = ["order", "area", "area_level", "period_start", "period_end", "period_level"]


def utility(
    vault_path: str | Path, release_path: str | Path, *, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Measure what was published against what the vault holds.

    Returns
    -------
    dict
        For ``blocks`` at the top level and for every table but ``breakdown`` under ``tables``, weighted by reports:
        ``reports`` (kept by triage; located ones for tables of cells), ``published_share``, ``share_by_cell_m``,
        ``share_by_period``, ``share_by_cell_and_period`` (shares of ``reports``), ``mean_wait_days`` (30 x (closing
        month + 1 - the report's month), published reports only), ``mean_place_error_m`` and ``mean_time_error_days``
        (how far the published reports lie from the middle of the fact that tells them, see ``errors``; None where no
        report is published, and of places in tables without cells). ``surface_ten``: for each quarter with at least 15
        located reports, the share of what the true ten cells hold that the surface's first ten hold, ``[all vintages,
        live]``.

    Raises
    ------
    ReleaseError
        No release there, or one without blocks.
    """
    said = release.read(release_path)
    if "blocks" not in said.manifest["policy"]["tables"]:
        raise release.ReleaseError(
            f"The release in {said.path.name} has no table of blocks, so there is no picture to measure; "
            "publish with a policy that has one."
        )
    with vault.opened(vault_path) as store:
        territory = vault.territory(store)
        reports = {
            table: publish.facts_of_reports(store, territory, said.cell_m, table)
            for table in said.manifest["policy"]["tables"]
            if table != release.BREAKDOWN  # many facts speak of one report there
        }
        cells = errors.base_cells(store)
    tables = {
        table: _of_table(rows, said, table, errors.lay_beside(rows, cells) if _is_of_cells(said, table) else None)
        for table, rows in reports.items()
    }
    return {
        **tables["blocks"],
        "tables": tables,
        "surface_ten": surface_ten(reports["blocks"], said, territory, progress),
    }


def _is_of_cells(said: Release, table: str) -> bool:
    return all(level.isdigit() for level, _ in said.manifest["policy"]["tables"][table])


def _of_table(reports: pd.DataFrame, said: Release, table: str, located: pd.DataFrame | None) -> dict[str, Any]:
    """Measure one table; ``located`` are the same reports with their base cells, for a table of cells."""
    facts = said.facts[said.facts["table"] == table]
    told = (reports if located is None else located).merge(
        facts[_OF_FACTS].assign(closed=release.closing_month(facts).dt.to_timestamp()), on="order", how="left"
    )
    published = told[told["area"].notna()]
    total = max(len(told), 1)
    closed, own = published["closed"].dt, published["day"].dt
    wait = (closed.year - own.year) * 12 + closed.month - own.month + 1
    base_m = int(said.manifest["territory"]["base_cell_m"])
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
        "mean_place_error_m": None if located is None else errors.mean(errors.of_places(published, base_m)),
        "mean_time_error_days": errors.mean(errors.of_days(published)),
    }


def _shares(levels: pd.Series[Any], total: int) -> dict[str, float]:
    counts = levels.value_counts() / total
    order = sorted(counts.index, key=lambda level: (len(str(level)), str(level)))
    return {str(level): float(counts[level]) for level in order}
