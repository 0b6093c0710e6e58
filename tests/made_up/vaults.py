"""Small vaults of an invented ground, and reports for them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics import reports, vault

TERRITORY = """
code = "box"
name = "A box"
crs = "EPSG:32617"
base_cell_m = 250
[ground]
kind = "box"
centre = [720000, 4212000]
side_m = 8000
density = [{ per_km2 = 1000 }]
[[zones]]
id = "all"
name = "All of it"
"""


def new(folder: Path, name: str = "vault") -> Path:
    """Make an empty vault."""
    file = folder / "territory.toml"
    file.write_text(TERRITORY, encoding="utf-8")
    vault.create(folder / name, file)
    return folder / name


def made(
    days: list[str],
    *,
    ids: list[str] | None = None,
    cell: list[int] | int = 0,
    **others: Any,  # noqa: ANN401 - whatever a column takes
) -> pd.DataFrame:
    """Make reports on these days, in base cells numbered along a row of a kilometre's cells of four."""
    size = len(days)
    frame = reports.empty().reindex(range(size))
    names = ids or [f"r{i}" for i in range(size)]
    return reports.conform(
        frame.assign(
            source_hash=[name.encode().hex().ljust(64, "0") for name in names],
            base_e=720_000 + 250 * np.broadcast_to(cell, size),
            base_n=4_212_000,
            day=pd.to_datetime(days),
            **({"time_band": "evening", "category": "street", "triage": "kept", "precision": "street"} | others),
        )
    )


def close(store: vault.Vault, first: str, last: str | None = None, days: int = 3) -> None:
    """Close months: one, or all from the first to the last."""
    vault.freeze(store, pd.Period(first, freq="M"), pd.Period(last or first, freq="M"), days)


def unlocated(frame: pd.DataFrame, commune: str) -> pd.DataFrame:
    """Give the reports with a commune instead of coordinates."""
    nowhere = pd.array([pd.NA] * len(frame), dtype="Int64")
    return reports.conform(frame.assign(base_e=nowhere, base_n=nowhere, commune=commune))
