"""Reading of delimited text: comma, semicolon or tab; UTF-8 with or without a mark, CP1252, UTF-16.

Two ways lead through a file. The fast one is Arrow's reader. It trusts quotes, and a stray one makes it swallow rows
in silence; so the quotes are checked first, and a file whose quotes do not come in pairs at the edges of fields goes
the careful way (``stray``), line by line.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from analytics import reports
from analytics.intake import stray
from analytics.intake.content import Content, as_json, check_columns, text_table, unique
from analytics.intake.mapping import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from analytics.intake.mapping import Mapping

_BLOCK: Final = 1 << 22
_SNIFFED: Final = 1 << 16


@dataclass(frozen=True)
class _Form:
    """How a file is written: codec, separator, the header's names, and whether its quotes can be trusted."""

    encoding: str
    separator: str
    names: tuple[str, ...]
    sound: bool


def read(path: Path, mapping: Mapping, wanted: tuple[str, ...]) -> Content:
    """Read the wanted columns of a delimited file.

    Parameters
    ----------
    path : Path
    mapping : Mapping
        Its ``file`` table says how the file is written; what it leaves to "auto" is found out.
    wanted : tuple of str
        Columns to hand over; those that the file does not have are left out.

    Returns
    -------
    Content

    Raises
    ------
    analytics.reports.InputError
        If the file is empty, is no text, or lacks a column that the mapping needs.
    """
    form = _form(path, mapping)
    here = [name for name in wanted if name in form.names]
    if not form.sound:
        lines = stray.read(path, form.encoding, form.separator, len(form.names))
        columns = list(zip(*lines.fields, strict=True)) or [()] * len(form.names)
        table = text_table({name: columns[form.names.index(name)] for name in here})
        return Content(form.names, table, np.asarray(lines.rows, np.int64), tuple(lines.broken))
    broken: list[tuple[int, str]] = []
    table = pa.Table.from_batches(_batches(path, form, here, broken), pa.schema([(name, pa.string()) for name in here]))
    apart = np.array([row for row, _ in broken], np.int64)
    rows = np.setdiff1d(np.arange(2, table.num_rows + apart.size + 2, dtype=np.int64), apart, assume_unique=True)
    return Content(form.names, table, rows, tuple(broken))


def whole(path: Path, mapping: Mapping, positions: npt.NDArray[np.int64]) -> list[str]:
    """Give whole rows as JSON, by their positions in the table that ``read`` handed over.

    A second, streamed pass: what the mapping does not name is read for the rows that are set apart, and for no other.
    """
    form = _form(path, mapping)
    if not form.sound:
        fields = stray.read(path, form.encoding, form.separator, len(form.names)).fields
        return [as_json(dict(zip(form.names, fields[at], strict=True))) for at in positions]
    result: list[str] = []
    start = 0
    for batch in _batches(path, form, list(form.names), []):
        inside = positions[(positions >= start) & (positions < start + batch.num_rows)] - start
        result += [as_json(row) for row in batch.take(pa.array(inside)).to_pylist()]
        start += batch.num_rows
    return result


def _batches(path: Path, form: _Form, columns: list[str], broken: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
    """Stream a file as text columns; rows that do not fit the header are appended to ``broken``."""

    def apart(row: Any) -> str:  # noqa: ANN401  (Arrow has no types)
        broken.append((row.number, row.text))
        return "skip"

    reader = arrow_csv.open_csv(
        path,
        # One thread: only then does Arrow know the number of a row that it skips.
        arrow_csv.ReadOptions(
            use_threads=False,
            block_size=_BLOCK,
            column_names=list(form.names),
            skip_rows_after_names=1,
            encoding=form.encoding,
        ),
        arrow_csv.ParseOptions(
            delimiter=form.separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=apart
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(form.names, pa.string()), include_columns=columns, strings_can_be_null=False
        ),
    )
    yield from reader


def _form(path: Path, mapping: Mapping) -> _Form:
    encoding = _encoding(path, mapping)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_SNIFFED)
    if not head.strip():
        raise reports.InputError(f"{path.name} is empty; export it again.")
    if "\0" in head:
        raise reports.InputError(f"{path.name} is not a text file; give a CSV, XLSX, GeoJSON or Parquet file.")
    chosen = mapping.file.separator
    candidates = list(SEPARATORS.values()) if chosen == "auto" else [SEPARATORS[chosen]]
    headers = {
        separator: unique(next(csv.reader(io.StringIO(head), delimiter=separator), [])) for separator in candidates
    }
    # The right separator is the one under which the header has the most of the columns that the mapping needs.
    separator = max(headers, key=lambda each: (len(set(headers[each]) & set(mapping.needed)), len(headers[each])))
    check_columns(path, headers[separator], mapping)
    sound = not encoding.startswith("utf-16") and stray.sound(path, separator, _BLOCK)
    return _Form(encoding, separator, headers[separator], sound)


def _encoding(path: Path, mapping: Mapping) -> str:
    chosen = mapping.file.encoding
    with path.open("rb") as file:
        mark = file.read(4)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    candidates = {"auto": ("utf-8-sig", "cp1252"), "utf-8": ("utf-8-sig",), "cp1252": ("cp1252",)}[chosen]
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    tried = "UTF-8 or CP1252" if chosen == "auto" else chosen.upper()
    raise reports.InputError(f"{path.name} is not text in {tried}; save it as UTF-8, or set [file] encoding.")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_BLOCK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
