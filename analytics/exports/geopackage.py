"""A GeoPackage: all layers in one file, with what they must not be taken for, and coloured when QGIS opens it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pyogrio

from analytics.exports import style
from analytics.exports.about import with_columns
from analytics.exports.texts import texts

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from analytics.exports.about import About

GEOMETRY: Final = "geom"
STYLES: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
    ui TEXT(30), update_time DATETIME
)"""
"""The table in which QGIS keeps styles, by the columns that QGIS gives it."""


def write(layers: dict[str, gpd.GeoDataFrame], path: Path, told: About, breaks: tuple[float, ...]) -> None:
    """Write layers into a new file.

    The same layers give the same bytes with the same versions of GDAL and SQLite: the file's dates are those of the
    last closed day, and not of the writing.

    Parameters
    ----------
    layers
        Name -> layer.
    path
        A file that does not exist.
    told
        What the file says of itself.
    breaks
        Lower bounds of the colours' classes.
    """
    for name, frame in layers.items():
        pyogrio.write_dataframe(
            frame,
            path,
            layer=name,
            driver="GPKG",
            append=path.exists(),
            layer_options={"IDENTIFIER": name, "DESCRIPTION": told.layers[name], "GEOMETRY_NAME": GEOMETRY},
        )
    with closing(sqlite3.connect(path)) as store:
        _read_me(store, layers, told)
        _styles(store, layers, told, breaks)
        store.execute("UPDATE gpkg_contents SET last_change = ?", (_moment(told),))
        store.commit()
        store.execute("VACUUM")


def _read_me(store: sqlite3.Connection, layers: dict[str, gpd.GeoDataFrame], told: About) -> None:
    words = texts(told.language)
    name, columns = words["readme"], (words["subject"], words["text"])
    store.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY, {columns[0]} TEXT, {columns[1]} TEXT)")
    store.executemany(
        f"INSERT INTO {name} ({columns[0]}, {columns[1]}) VALUES (?, ?)",  # noqa: S608 - names of our own
        with_columns(told, layers.items()),
    )
    _announce(store, name, told.title, told)


def _styles(
    store: sqlite3.Connection, layers: dict[str, gpd.GeoDataFrame], told: About, breaks: tuple[float, ...]
) -> None:
    store.execute(STYLES)
    for name in layers:
        written = style.qml(name, told, breaks)
        if written is not None:
            store.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
                " styleQML, styleSLD, useAsDefault, description, owner, update_time)"
                " VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)",
                (name, GEOMETRY, texts(told.language)["style.name"], written, told.layers[name], _moment(told)),
            )
    _announce(store, "layer_styles", "", told)


def _announce(store: sqlite3.Connection, table: str, description: str, told: About) -> None:
    """Tell the GeoPackage of a table without geometry, so that it is listed."""
    store.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES (?, 'attributes', ?, ?, ?)",
        (table, table, description, _moment(told)),
    )


def _moment(told: About) -> str:
    return f"{told.day}T00:00:00.000Z"
