"""Reading of XLSX workbooks."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from analytics import reports
from analytics.intake.content import Content, as_json, check_columns, text_table, unique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from analytics.intake.mapping import Mapping

_DAMAGED: Final = (zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, EOFError, KeyError, ValueError)
_CHUNK: Final = 20_000


def read(path: Path, mapping: Mapping, wanted: tuple[str, ...]) -> Content:
    """Read the wanted columns of a sheet, the first one unless the mapping names another; see ``reading.read``."""
    with _sheet(path, mapping) as rows:
        names = unique(_text(cell) or "" for cell in next(rows, ()))
        if not names:
            raise reports.InputError(f"{path.name} is empty; export it again.")
        check_columns(path, names, mapping)
        here = [name for name in wanted if name in names]
        places = [names.index(name) for name in here]
        chunks = []
        # A chunk at a time: a sheet of a million rows as Python objects would fill the memory.
        while chunk := list(islice(rows, _CHUNK)):
            columns = {
                name: [_text(row[place]) if place < len(row) else None for row in chunk]
                for name, place in zip(here, places, strict=True)
            }
            chunks.append(text_table(columns))
    table = pa.concat_tables(chunks) if chunks else text_table({name: [] for name in here})
    return Content(names, table, np.arange(2, table.num_rows + 2, dtype=np.int64))


def whole(path: Path, mapping: Mapping, positions: npt.NDArray[np.int64]) -> list[str]:
    """Give whole rows as JSON; see ``reading.whole``."""
    wanted = set(positions.tolist())
    with _sheet(path, mapping) as rows:
        names = unique(_text(cell) or "" for cell in next(rows, ()))
        found = [[_text(cell) for cell in row] for at, row in enumerate(rows) if at in wanted]
    # Cells beyond the header have no name; they are part of the row all the same.
    width = max(map(len, found), default=0)
    names = unique([*names, *[""] * (width - len(names))])
    return [as_json(dict(zip_longest(names, row))) for row in found]


@contextmanager
def _sheet(path: Path, mapping: Mapping) -> Iterator[Iterator[tuple[object, ...]]]:
    name = mapping.file.sheet
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and rules that it does not keep; only the values matter here.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                if name is not None and name not in book.sheetnames:
                    raise reports.InputError(f"{path.name} has no sheet {name}; correct [file] sheet.")
                sheet = book[name] if name is not None else book.worksheets[0]
                # Some programs write a wrong size; without it the rows are simply read to their end.
                sheet.reset_dimensions()
                yield sheet.iter_rows(values_only=True)
            finally:
                book.close()
    except _DAMAGED:
        raise reports.InputError(f"{path.name} is not a whole XLSX workbook; export it again.") from None


def _text(cell: object) -> str | None:
    """Give a cell as the text that the same export has as CSV."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.timedelta):
        return (dt.datetime(1900, 1, 1) + cell).time().isoformat("seconds")  # noqa: DTZ001  (a time of day)
    if isinstance(cell, dt.datetime | dt.time):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
