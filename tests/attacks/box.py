"""Small vaults of one square of ground, published under the policy of command, for attacks that are told as stories."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analytics import publish, vault
from analytics import release as releases
from analytics.disclosure.policy import Policy
from analytics.release import Release
from tests.made_up import vaults

K = 5
PERIODS = ("month", "quarter", "year")
POLICY = Policy.model_validate(
    {
        "audience": "command",
        "k": K,
        "cell_m": 1000,
        "min_inhabitants": 100,
        "crowd": 20_000,
        "episode_days": 3,
        "tables": {
            "blocks": [("1000", "quarter"), ("2000", "quarter"), ("1000", "year"), ("2000", "year"), ("8000", "year")],
            "outlook": [("4000", "month"), ("8000", "month"), ("4000", "quarter"), ("8000", "quarter")],
            "series": [("zone", period) for period in PERIODS],
            "departement": [("departement", period) for period in PERIODS],
        },
    }
)


def filled(folder: Path, name: str, *frames: pd.DataFrame) -> Path:
    """Make a vault with these reports, arriving one frame after the other."""
    path = vaults.new(folder, name)
    arrive(path, *frames)
    return path


def arrive(path: Path, *frames: pd.DataFrame) -> None:
    """Take in reports, or newer rows of reports that are there."""
    with vault.opened(path) as store:
        for frame in frames:
            vault.add(store, frame, synthetic=True)


def erase(path: Path, frame: pd.DataFrame) -> None:
    """Forget reports."""
    with vault.opened(path) as store:
        vault.erase(store, [str(source) for source in frame["source_hash"]])


def said(path: Path, through: str) -> Release:
    """Close months, and read what is published then."""
    folder = path.with_name(f"{path.name}-release")
    publish.publish(path, folder, POLICY, through=through)
    return releases.read(folder)


def facts(
    release: Release, columns: Iterable[str] = ("area", "period_start", "period_level", "n")
) -> set[tuple[object, ...]]:
    """Facts of a release as rows of some columns, with their table."""
    return set(release.facts[["table", *columns]].itertuples(index=False, name=None))
