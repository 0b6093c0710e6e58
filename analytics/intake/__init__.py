"""The door: an outside export becomes anonymised reports.

What enters is what the mapping names, and of that only what ``analytics.reports`` lists: no text, no address, no exact
place or hour, nobody's name or number. No error and no summary repeats what a file holds.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa

from analytics.intake import parsing, quarantine, reading
from analytics.intake.anonymise import anonymise, hashed
from analytics.intake.content import Content, as_json
from analytics.intake.mapping import Mapping, fold, load_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

    from analytics.territory import Territory

__all__ = ["Intake", "Mapping", "hashes", "load_mapping", "read"]


@dataclass(frozen=True)
class Intake:
    """What became of a file; ``read == len(reports) + repeated + len(quarantine)``.

    Attributes
    ----------
    reports : pandas.DataFrame
        Anonymised reports as ``analytics.reports`` describes them, each ``source_hash`` once.
    quarantine : pandas.DataFrame
        Columns row, reason, remedy, content; see ``quarantine.frame``. Its content is the source's own: confidential.
    read : int
        Rows read, blank ones left out.
    repeated : int
        Rows that a later row of the same file replaced, since both have the same id.
    dropped_columns : list of str
        Columns that the mapping does not name, in the order of the file.
    synthetic : bool
        Whether any row says that it is invented.
    """

    reports: pd.DataFrame
    quarantine: pd.DataFrame
    read: int
    repeated: int
    dropped_columns: list[str]
    synthetic: bool


def read(
    file: str | Path, mapping: Mapping, territory: Territory, secret: bytes, *, today: dt.date | None = None
) -> Intake:
    """Read an export and make anonymised reports of it.

    Parameters
    ----------
    file : str or Path
        CSV, XLSX, GeoJSON or Parquet, by its suffix.
    mapping : Mapping
        As ``load_mapping`` gives it.
    territory : analytics.territory.Territory
        Its grid and its communes are what places become.
    secret : bytes
        The key of the installation, 16 bytes or more; the same one for all files, or ids would not be known again.
    today : datetime.date, optional
        Days after it are taken for mistakes; the machine's own day by default.

    Returns
    -------
    Intake

    Raises
    ------
    analytics.reports.InputError
        If the file cannot be read at all; one sentence.
    """
    content = reading.read(file, mapping)
    # The source's days are local, and so is the machine's.
    reports, reasons, repeated = anonymise(content, mapping, territory, secret, today or dt.date.today())  # noqa: DTZ011
    apart = _apart(file, mapping, content, reasons)
    return Intake(
        reports=reports,
        quarantine=apart,
        read=len(reports) + repeated + len(apart),
        repeated=repeated,
        dropped_columns=[name for name in content.names if name not in mapping.named],
        synthetic=_synthetic(content, mapping),
    )


def hashes(identifiers: Iterable[str], mapping: Mapping, secret: bytes) -> list[str]:
    """Give the keyed hashes under which reports are kept, by their ids at the source.

    Parameters
    ----------
    identifiers : iterable of str
        As the source writes them; blanks around them do not count.
    mapping : Mapping
        That of the exports which hold these ids: its ``source`` enters the hash.
    secret : bytes
        The key of the installation.

    Returns
    -------
    list of str
        64 signs each, in the order given.
    """
    stripped = pa.array([identifier.strip() for identifier in identifiers], pa.string())
    return cast("list[str]", hashed(stripped, mapping.source, secret).to_pylist())


def _apart(file: str | Path, mapping: Mapping, content: Content, reasons: npt.NDArray[np.object_]) -> pd.DataFrame:
    positions = np.flatnonzero(reasons != "")
    wholes = reading.whole(file, mapping, positions)
    # Spreadsheets end in blank rows; those are nobody's report.
    told = np.array([any(json.loads(row).values()) for row in wholes], dtype=bool)
    positions = positions[told]
    rows = [*content.rows[positions].tolist(), *(row for row, _ in content.broken)]
    why = [*reasons[positions], *("wrong_columns" for _ in content.broken)]
    texts = [row for row, kept in zip(wholes, told, strict=True) if kept]
    return quarantine.frame(rows, why, [*texts, *(as_json({"text": text}) for _, text in content.broken)])


def _synthetic(content: Content, mapping: Mapping) -> bool:
    table = mapping.synthetic
    if table is None or table.column not in content.table.column_names:
        return False
    column = parsing.coded(content.table[table.column], mapping.file.missing)
    return any(fold(value) == fold(table.value) for value in column.distinct)
