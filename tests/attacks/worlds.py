"""What the attacks run on: countries drawn by lot, the sample of the Doubs, the real file, each with its truth."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analytics import release as releases
from analytics import territory as territories
from analytics import vault
from analytics.publish import ledger
from analytics.release import Release
from analytics.territory import Territory
from tests.attacks import naive
from tests.made_up import closed, countries
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
        What the audit withheld: columns table, attribute, month, rung, area.
    values
        The truth of attributes: columns zone, month, attribute, value, n; empty where there is no breakdown.
    """

    release: Release
    territory: Territory
    episodes: pd.DataFrame
    withheld: pd.DataFrame
    values: pd.DataFrame = field(default_factory=pd.DataFrame)


def invented(country: Country, *, repaired: bool = True) -> World:
    """Close the months of a country; its tables are attacked together and repaired, or each closes by itself."""
    with tempfile.TemporaryDirectory() as name:
        ground = countries.territory(Path(name), country)
    frame = countries.reports_of(country)
    said, withheld = closed.release(country, ground, frame, repaired=repaired)
    return World(said, ground, closed.episodes(frame), withheld)


def published(country: Country) -> World:
    """Publish the reports of a country from a vault."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        countries.territory(folder, country)
        countries.published(folder, country, countries.reports_of(country))
        return read(folder / "vault", folder / "release", folder / "territory.toml")


def read(vault_file: Path, release: Path, territory_file: Path) -> World:
    """Read a release, and the truth from its vault."""
    with vault.opened(vault_file) as store:
        counts, split, withheld = vault.episode_counts(store), vault.breakdown_counts(store), ledger.withheld(store)
    each = counts.loc[counts.index.repeat(counts["n"])].reset_index(drop=True)
    episodes = each.assign(day=each["month"].dt.to_timestamp())
    said, ground = releases.read(release), territories.load(territory_file)
    values = split.assign(zone=naive.zone_of(split, ground, said.cell_m))
    return World(said, ground, episodes, withheld, values)
