"""A made-up release on a square of ground, and the window of its last twelve months."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from analytics import plots
from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.statistics import surface
from analytics.territory import Territory
from tests.made_up import releases as made_up


@dataclass(frozen=True)
class Drawable:
    """What a map is drawn from."""

    release: Release
    territory: Territory
    window: pd.DataFrame
    first: pd.Period
    last: pd.Period


@pytest.fixture(scope="session")
def drawable(tmp_path_factory: pytest.TempPathFactory) -> Drawable:
    folder = tmp_path_factory.mktemp("plots")
    territory = territories.load(made_up.territory_file(folder))
    release = releases.read(made_up.write(folder / "release", territory))
    return drawn_from(release, territory)


@pytest.fixture(scope="session")
def doubs(sample_release: Path, root: Path) -> Drawable:
    """Return the sample's release on the real ground, whose squares are tilted."""
    return drawn_from(releases.read(sample_release), territories.load(root / "data" / "territory" / "doubs.toml"))


def drawn_from(release: Release, territory: Territory) -> Drawable:
    first, last = plots.last_months(release)
    return Drawable(release, territory, surface.window(surface.fit(release, territory), first, last), first, last)
