"""One layer as GeoParquet, with what it says of itself in the schema, or as CSV, with a text file beside it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow.parquet as pq

from analytics.exports.about import with_columns

if TYPE_CHECKING:
    import geopandas as gpd

    from analytics.exports.about import About

METADATA: Final = b"vigie"
WKT: Final = "WKT"
"""The column that QGIS and GDAL take for the geometry of a CSV."""
DIALECTS: Final = {"fr": (";", ","), "en": (",", ".")}


def parquet(name: str, layer: gpd.GeoDataFrame, told: About) -> bytes:
    """Write a layer as GeoParquet; the schema's metadata ``vigie`` is JSON: title, subjects and texts.

    The same layer gives the same bytes with the same version of pyarrow.
    """
    stream = io.BytesIO()
    layer.to_parquet(stream, index=False)
    table = pq.read_table(io.BytesIO(stream.getvalue()))
    lines = [list(line) for line in with_columns(told, [(name, layer)])]
    said = json.dumps({"title": told.title, "lines": lines}, ensure_ascii=False).encode()
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, METADATA: said}), out)
    return out.getvalue()


def delimited(layer: gpd.GeoDataFrame, language: str) -> bytes:
    """Write a layer as a spreadsheet of that language opens it: UTF-8 with its mark; squares have their ground in WKT.

    In French semicolons and decimal commas, in English commas and decimal points. Zones have no geometry here: their
    ids are those of the layer ``zones`` of a GeoPackage.
    """
    separator, decimal = DIALECTS[language]
    frame = pd.DataFrame(layer.drop(columns="geometry"))
    if (layer.geom_type == "Polygon").all():
        frame[WKT] = layer.geometry.to_wkt(rounding_precision=0)
    text = frame.to_csv(index=False, sep=separator, decimal=decimal, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    return text.encode("utf-8-sig")


def beside(name: str, layer: gpd.GeoDataFrame, told: About) -> str:
    """Write the text that stands beside a CSV: a heading in the file itself would break whoever reads it."""
    lines = [f"{subject}: {text}" for subject, text in with_columns(told, [(name, layer)])]
    return "\n".join([told.title, "", *lines, ""])
