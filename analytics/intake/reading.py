"""Reading of an outside export, whatever its format: delimited text, XLSX, GeoJSON, Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from analytics import reports
from analytics.intake import delimited, geojson, parquet, xlsx

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import numpy.typing as npt

    from analytics.intake.content import Content
    from analytics.intake.mapping import Mapping

# Each of them has read(path, mapping, wanted) and whole(path, mapping, positions).
FORMATS: Final[dict[str, ModuleType]] = {
    ".csv": delimited,
    ".tsv": delimited,
    ".txt": delimited,
    ".xlsx": xlsx,
    ".xlsm": xlsx,
    ".geojson": geojson,
    ".json": geojson,
    ".parquet": parquet,
}


def read(path: str | Path, mapping: Mapping) -> Content:
    """Read the columns that the mapping names.

    Parameters
    ----------
    path : str or Path
        The suffix says the format.
    mapping : Mapping

    Returns
    -------
    Content

    Raises
    ------
    analytics.reports.InputError
        If the file cannot be read at all. It says what is wrong and what to do, and repeats no content.
    """
    file = Path(path)
    reader = FORMATS.get(file.suffix.lower())
    if reader is None:
        raise reports.InputError(f"{file.name} has no known suffix; the formats are {', '.join(FORMATS)}.")
    try:
        content: Content = reader.read(file, mapping, mapping.named)
    except OSError as error:
        raise reports.InputError(f"{file.name} cannot be opened: {error.strerror or 'unreadable'}.") from None
    return content


def whole(path: str | Path, mapping: Mapping, positions: npt.NDArray[np.int64]) -> list[str]:
    """Give whole rows as JSON, for the quarantine, by their positions (ascending) in the table that ``read`` gave."""
    if positions.size == 0:
        return []
    file = Path(path)
    rows: list[str] = FORMATS[file.suffix.lower()].whole(file, mapping, positions)
    return rows
