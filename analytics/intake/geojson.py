"""Reading of GeoJSON files: the properties are columns, the points are coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from analytics import reports
from analytics.intake.content import GEOMETRY_X, GEOMETRY_Y, Content, as_json, check_columns
from analytics.intake.typed import as_text

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from analytics.intake.mapping import Mapping

_GEOMETRY: Final = "wkb_geometry"
_POINT: Final = 0


def read(path: Path, mapping: Mapping, wanted: tuple[str, ...]) -> Content:
    """Read the wanted properties and the points of a GeoJSON file; see ``reading.read``.

    The points take the place of the columns that the mapping names for x and y, in the CRS of the file (WGS84 unless
    it states another).
    """
    try:
        meta, table = _features(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowInvalid, RuntimeError):
        raise reports.InputError(f"{path.name} is not a whole GeoJSON file; export it again.") from None
    names = tuple(name for name in table.column_names if name != _GEOMETRY)
    check_columns(path, names, mapping, without=(mapping.place.x, mapping.place.y))
    place = (mapping.place.x, mapping.place.y)
    here = [name for name in wanted if name in names and name not in place]
    columns = {name: as_text(name, table[name], mapping) for name in here}
    points = _points(table)
    for name, values in zip((GEOMETRY_X, GEOMETRY_Y), points, strict=True):
        columns[name] = pa.chunked_array([pa.array(values, from_pandas=True)]).cast(pa.string())
    return Content(names, pa.table(columns), np.arange(2, table.num_rows + 2, dtype=np.int64), crs=meta["crs"])


def whole(path: Path, mapping: Mapping, positions: npt.NDArray[np.int64]) -> list[str]:
    """Give whole features as JSON; see ``reading.whole``."""
    del mapping
    table = _features(path)[1].take(pa.array(positions))
    shapes = shapely.to_wkt(shapely.from_wkb(table[_GEOMETRY].to_numpy())) if _GEOMETRY in table.column_names else None
    rows = table.drop_columns([_GEOMETRY]).to_pylist() if shapes is not None else table.to_pylist()
    for at, row in enumerate(rows):
        row["geometry"] = None if shapes is None else shapes[at]
    return [as_json({name: None if value is None else str(value) for name, value in row.items()}) for row in rows]


def _features(path: Path) -> tuple[dict[str, Any], Any]:
    # GDAL would make dates of some texts and leave others; the mapping's formats are for us to read.
    meta, table = pyogrio.read_arrow(path, DATE_AS_STRING="YES")
    return meta, table


def _points(table: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:  # noqa: ANN401
    if _GEOMETRY not in table.column_names:
        nothing = np.full(table.num_rows, np.nan)
        return nothing, nothing
    shapes = shapely.from_wkb(table[_GEOMETRY].to_numpy())
    shapes[shapely.get_type_id(shapes) != _POINT] = None
    return shapely.get_x(shapes), shapely.get_y(shapes)
