"""Reports of the Doubs with every attribute, and policies that publish them by attribute."""

from pathlib import Path

import numpy as np
import pandas as pd

from analytics import reports, territory, vault
from analytics.disclosure.policy import Policy

DOUBS = Path(__file__).parents[2] / "data" / "territory" / "doubs.toml"
BREAKDOWN = (("zone", "quarter"), ("zone", "year"))
SERIES = (("zone", "month"), ("zone", "quarter"), ("zone", "year"))
SHARES = {
    "category": (reports.CATEGORIES, [0.4, 0.2, 0.15, 0.1, 0.05, 0.05, 0.03, 0.02]),
    "time_band": (reports.TIME_BANDS, [0.1, 0.2, 0.4, 0.25, 0.05]),
    "triage": (reports.TRIAGES, [0.05, 0.75, 0.15, 0.05]),
}


def policy(**tables: tuple[tuple[str, str], ...]) -> Policy:
    """Give a policy for command, by default with series and breakdown."""
    ladders = tables or {"series": SERIES, "breakdown": BREAKDOWN}
    fixed = {"audience": "command", "k": 5, "cell_m": 1000, "min_inhabitants": 100, "crowd": 20000, "episode_days": 3}
    return Policy.model_validate(fixed | {"tables": ladders})


def drawn(seed: int = 0, size: int = 500, first: str = "2024-01-01", days: int = 450) -> pd.DataFrame:
    """Draw reports where people live, no two in one base cell, a tenth of them without coordinates."""
    rng = np.random.default_rng(seed)
    cells = territory.ground(territory.load(DOUBS), 200)
    where = rng.choice(len(cells), size=size, replace=False, p=cells["residents"] / cells["residents"].sum())
    day = pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, days, size), unit="D")
    unlocated = rng.random(size) < 0.1
    commune = pd.Series(rng.choice(["25056", "25388", "25462"], size)).where(unlocated)
    outcomes = {
        name: pd.Series(day + pd.to_timedelta(rng.integers(0, 120, size), unit="D")).where(rng.random(size) < share)
        for name, share in zip(reports.OUTCOME_COLUMNS, [0.4, 0.3, 0.2, 0.1, 0.05], strict=True)
    }
    return reports.conform(
        reports.empty()
        .reindex(range(size))
        .assign(
            source_hash=[f"{seed:02d}{i:062d}" for i in range(size)],
            base_e=cells["e"].iloc[where].astype("Int64").reset_index(drop=True).mask(unlocated),
            base_n=cells["n"].iloc[where].astype("Int64").reset_index(drop=True).mask(unlocated),
            commune=commune,
            day=day,
            precision=np.where(unlocated, "commune", "street"),
            **{name: rng.choice(words, size, p=shares) for name, (words, shares) in SHARES.items()},
            **outcomes,
        )
    )


def new(folder: Path, frame: pd.DataFrame, name: str = "vault") -> Path:
    """Make a vault of the Doubs that holds these reports."""
    path = folder / name
    vault.create(path, DOUBS)
    with vault.opened(path) as store:
        vault.add(store, frame, synthetic=True)
    return path
