"""What the attacks run on: countries drawn by lot, the sample of the Doubs, the real file, each with its truth."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics import release as releases
from analytics import territory as territories
from analytics import vault
from analytics.publish import ledger
from analytics.release import Release
from analytics.territory import Territory
from tests.made_up import countries
from tests.made_up.countries import Country


@dataclass(frozen=True, eq=False)
class World:
    """A release, and beside it what its attacker does not have.

    Attributes
    ----------
    release, territory
        What he has.
    episodes
        The truth: one row an episode, columns base_e, base_n, commune and day (the first of its month).
    withheld
        What the audit withheld: columns table, month, rung, area.
    """

    release: Release
    territory: Territory
    episodes: pd.DataFrame
    withheld: pd.DataFrame


def invented(country: Country) -> World:
    """Publish the reports of a country."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        countries.territory(folder, country)
        countries.published(folder, country, countries.episodes(country))
        return read(folder / "vault", folder / "release", folder / "territory.toml")


def read(vault_file: Path, release: Path, territory_file: Path) -> World:
    """Read a release, and the truth from its vault."""
    with vault.opened(vault_file) as store:
        counts, withheld = vault.episode_counts(store), ledger.withheld(store)
    each = counts.loc[counts.index.repeat(counts["n"])].reset_index(drop=True)
    episodes = each.assign(day=each["month"].dt.to_timestamp())
    return World(releases.read(release), territories.load(territory_file), episodes, withheld)
