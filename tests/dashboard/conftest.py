"""What the pages' tests stand on: a small square of ground and made-up releases of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.territory import Territory
from dashboard.components.folded import ALL_OPEN
from tests.made_up import releases as made_up

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
TIMEOUT_S = 60


@dataclass(frozen=True)
class World:
    """A territory, its file, and a release of two years."""

    territory: Territory
    file: Path
    folder: Path
    release: Release


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    file = made_up.territory_file(folder)
    territory = territories.load(file)
    path = made_up.write(folder / "release", territory, months=22)
    return World(territory, file, path, releases.read(path))


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """Begin and end without what pages keep: for tests in which something is not what it is elsewhere."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Run a page on a release; by default the first page on the release of two years, where nobody signs in."""

    def runs(
        page: str | None = None,
        *,
        release: Path | None = None,
        territory: Path | None = None,
        rules: Path | None = None,
        user: dict[str, Any] | None = None,
    ) -> AppTest:
        monkeypatch.setenv("VIGIE_RELEASE", str(release or world.folder))
        monkeypatch.setenv("VIGIE_TERRITORY", str(territory or world.file))
        monkeypatch.setenv("VIGIE_ACCESS", str(rules or ""))
        app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_S)
        app.session_state[ALL_OPEN] = True  # every table is made, and looked at
        if user is not None:
            app.user = user
        app.run()
        if page is not None:
            app.switch_page(f"views/{page}.py").run()
        return app

    return runs
