"""Reading of Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import parquet as arrow_parquet

from analytics import reports
from analytics.intake.content import Content, as_json, check_columns, unique
from analytics.intake.typed import as_text

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from analytics.intake.mapping import Mapping


def read(path: Path, mapping: Mapping, wanted: tuple[str, ...]) -> Content:
    """Read the wanted columns of a Parquet file; see ``reading.read``."""
    try:
        file = arrow_parquet.ParquetFile(path)
        names = unique(file.schema_arrow.names)
        check_columns(path, names, mapping)
        here = [name for name in wanted if name in names]
        table = file.read(columns=here)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise reports.InputError(f"{path.name} is not a whole Parquet file; export it again.") from None
    text = pa.table({name: as_text(name, table[name], mapping) for name in here})
    # Row 1 stands for the header that the other formats have.
    return Content(names, text, np.arange(2, text.num_rows + 2, dtype=np.int64))


def whole(path: Path, mapping: Mapping, positions: npt.NDArray[np.int64]) -> list[str]:
    """Give whole rows as JSON; see ``reading.whole``."""
    del mapping
    table = arrow_parquet.read_table(path).take(pa.array(positions))
    return [
        as_json({name: None if value is None else str(value) for name, value in row.items()})
        for row in table.to_pylist()
    ]
