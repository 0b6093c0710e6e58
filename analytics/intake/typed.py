"""Typed columns (Parquet, GeoJSON) as the text that the same export has as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from analytics import reports

if TYPE_CHECKING:
    from analytics.intake.mapping import Mapping


def as_text(name: str, column: Any, mapping: Mapping) -> Any:  # noqa: ANN401  (Arrow has no types)
    """Give a column as strings: 12.0 as "12", a moment as ISO 8601 in the local time that the mapping names.

    Parameters
    ----------
    name : str
        For the error.
    column : pyarrow.ChunkedArray
    mapping : Mapping

    Returns
    -------
    pyarrow.ChunkedArray of string

    Raises
    ------
    analytics.reports.InputError
        If the column is nested, or holds moments of a time zone and the mapping does not name the local one.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(name, column.cast(kind.value_type), mapping)
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            if mapping.day.timezone is None:
                raise reports.InputError(
                    f"Column {name} has moments of {kind.tz}; name the local time: [day] timezone."
                )
            column = pc.local_timestamp(column.cast(pa.timestamp("us", mapping.day.timezone)))
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%S")
    if pa.types.is_time(kind):
        seconds = column.cast(pa.time64("us")).cast(pa.int64()).combine_chunks()
        return pc.strftime(pc.divide(seconds, 1_000_000).cast(pa.timestamp("s")), format="%H:%M:%S")
    if pa.types.is_floating(kind):
        # Excel and GDAL make floats of whole numbers; the identifier 12.0 is the identifier 12.
        number = pc.if_else(pc.is_finite(column), column, None)
        whole = pc.equal(pc.floor(number), number)
        small = pc.and_(whole, pc.less(pc.abs(number), 2**53))
        integers = pc.if_else(small, number, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(integers, number.cast(pa.string()))
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise reports.InputError(f"Column {name} holds {kind}, not plain values; export it as text.")
    return column.cast(pa.string())
