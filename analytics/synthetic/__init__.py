"""A realistic synthetic export of a chat platform: nothing in it happened, and the file says so itself.

It looks like what a French platform would give: semicolons, decimal commas, days as dd/mm/yyyy, hours as 21h45, and
columns of free text, names and numbers that must never get further than the door. Places of the Doubs are real, what
is reported there is drawn by lot; people, plates and numbers are such as nobody can have.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analytics import reports
from analytics.synthetic.draw import export

if TYPE_CHECKING:
    from analytics.territory import Territory

__all__ = ["export", "write"]


def write(path: str | Path, territory: Territory, seed: int) -> None:
    """Write a synthetic export as CSV (semicolons, UTF-8 with a mark, as spreadsheets like it).

    Parameters
    ----------
    path : str or Path
    territory : analytics.territory.Territory
    seed : int

    Raises
    ------
    analytics.reports.InputError
        If the suffix is not .csv, or the file cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() != ".csv":
        raise reports.InputError(f"{target.name} must end in .csv: the synthetic export is written as CSV.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        export(territory, seed).to_csv(target, sep=";", index=False, encoding="utf-8-sig", lineterminator="\n")
    except OSError as error:
        raise reports.InputError(f"{target} cannot be written: {error.strerror}.") from None
