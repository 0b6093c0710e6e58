"""How far a published number leaves a reader from the report that it tells: in metres, and in days.

A reader who takes a fact for one point and one day takes the middle of its area and of its period. The error of place
is the distance from there to the centre of the report's base cell, in metres of the territory's grid; that of time the
days from there to the report's day. Both are taken from the fact's whole area and period: a fact that speaks of a part
of them only, since the rest was sealed before, does not say which part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import territory, vault

if TYPE_CHECKING:
    from analytics.vault import Vault


def base_cells(store: Vault) -> pd.DataFrame:
    """Where the reports of the tables of cells lie.

    A report that was updated after its month was closed stands where it is known to lie now, wherever it counts:
    that it counts elsewhere is a part of the error.

    Returns
    -------
    DataFrame
        Columns day, base_e, base_n (south-west corner of the base cell, metres), the rows of
        ``publish.facts_of_reports`` for a table of cells in the same order. Confidential.
    """
    return vault.frame(
        store,
        """SELECT r.day, coalesce(r.base_e, e.base_e) AS base_e, coalesce(r.base_n, e.base_n) AS base_n
        FROM reports r LEFT JOIN episodes e USING (episode)
        WHERE (r.triage = 'kept' OR r.episode IS NOT NULL) AND coalesce(e.base_e, r.base_e) IS NOT NULL
        ORDER BY r.source_hash""",
    )


def lay_beside(reports: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Give reports with the base cell of each.

    Parameters
    ----------
    reports
        As ``publish.facts_of_reports`` gives those of a table of cells.
    cells
        As ``base_cells`` gives them.
    """
    if len(reports) != len(cells) or (reports["day"].to_numpy() != cells["day"].to_numpy()).any():
        raise ValueError("The reports and their base cells are not the same rows in the same order.")
    return reports.assign(base_e=cells["base_e"].to_numpy(), base_n=cells["base_n"].to_numpy())


def of_places(published: pd.DataFrame, base_cell_m: int) -> npt.NDArray[np.float64]:
    """Metres from the centre of each report's base cell to the centre of its fact's area.

    Parameters
    ----------
    published
        Columns base_e, base_n and area (id of a cell), a row a report.
    base_cell_m
        Side of the base cell.
    """
    number, areas = pd.factorize(published["area"])
    squares = territory.parse_cell_ids(areas)
    middle = squares[["e", "n"]].to_numpy() + squares[["size_m"]].to_numpy() / 2
    away = published[["base_e", "base_n"]].to_numpy(dtype=np.float64) + base_cell_m / 2 - middle[number]
    return np.hypot(away[:, 0], away[:, 1])


def of_days(published: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Days from each report's day to the middle of its fact's period, which is half a day off in an even period.

    The middle of the days 1 to 31 is day 16; that of the days 1 to 30 lies between the days 15 and 16.

    Parameters
    ----------
    published
        Columns day, period_start and period_end (ISO, both inclusive), a row a report.
    """
    start, end = (pd.to_datetime(published[name], format="%Y-%m-%d") for name in ("period_start", "period_end"))
    away = (published["day"] - (start + (end - start) / 2)).abs()
    return np.asarray(away / pd.Timedelta(days=1), dtype=np.float64)


def mean(errors: npt.NDArray[np.float64]) -> float | None:
    """Mean over the reports, None where there is none."""
    return float(errors.mean()) if len(errors) else None
