"""Writing an export: the file's ending says what it is; an existing file is not touched unless it is told so."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analytics.exports import geopackage, tables
from analytics.exports.errors import ExportError
from analytics.exports.texts import texts

if TYPE_CHECKING:
    from analytics.exports.gathering import Gathered

ENDINGS: Final = (".gpkg", ".parquet", ".csv")
ONE_LAYER: Final = (".parquet", ".csv")


def content(gathered: Gathered, ending: str) -> bytes:
    """Give an export as bytes, to be downloaded.

    Parameters
    ----------
    gathered
        As from ``gather``; with one layer for what holds one.
    ending
        One of ``ENDINGS``.

    Raises
    ------
    ExportError
        Another ending, or more layers than the format holds.
    """
    _check(gathered, ending)
    name, layer = next(iter(gathered.layers.items()))
    if ending == ".parquet":
        return tables.parquet(name, layer, gathered.told)
    if ending == ".csv":
        return tables.delimited(layer, gathered.told.language)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vigie.gpkg"
        geopackage.write(gathered.layers, path, gathered.told, gathered.breaks)
        return path.read_bytes()


def write(gathered: Gathered, path: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write an export.

    Parameters
    ----------
    gathered
        As from ``gather``.
    path
        The file; its ending is one of ``ENDINGS`` and its folder exists.
    overwrite
        Whether a file that is there already is replaced.

    Returns
    -------
    list of Path
        The file, and for a CSV the text file beside it.

    Raises
    ------
    ExportError
        Another ending, no such folder, a file that is there already, or more layers than the format holds.
    """
    out = Path(path)
    _check(gathered, out.suffix)
    written = {out: content(gathered, out.suffix)}
    if out.suffix == ".csv":
        name, layer = next(iter(gathered.layers.items()))
        note = out.with_suffix(f".{texts(gathered.told.language)['readme'].replace('_', '-')}.txt")
        written[note] = tables.beside(name, layer, gathered.told).encode()
    there = [file.name for file in written if file.exists()]
    if there and not overwrite:
        raise ExportError(f"{there[0]} is there already; name another file, or add --overwrite to replace it.")
    if not out.parent.is_dir():
        raise ExportError(f"The folder of {out.name} does not exist; make it first.")
    try:
        for file, data in written.items():
            beside = file.with_name(file.name + ".next")
            beside.write_bytes(data)
            beside.replace(file)
    except OSError as error:
        raise ExportError(f"{out.name} cannot be written: {error.strerror}. Name a file in another folder.") from None
    return list(written)


def check_ending(ending: str) -> None:
    """Refuse an ending that says nothing.

    Raises
    ------
    ExportError
        It is none of ``ENDINGS``.
    """
    if ending not in ENDINGS:
        raise ExportError(
            f"The ending {ending or '(none)'} says no format; end the file's name with {', '.join(ENDINGS)}."
        )


def _check(gathered: Gathered, ending: str) -> None:
    check_ending(ending)
    if not gathered.layers:
        raise ExportError("There is nothing to export: no published number answers to these choices.")
    if ending in ONE_LAYER and len(gathered.layers) > 1:
        raise ExportError(f"A {ending} file holds one layer; name it with --layer, or write a .gpkg with all of them.")
