"""A county of two zones with a release for each audience, for all tests of who sees what."""

import pytest

from tests.made_up import counties
from tests.made_up.counties import County


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return counties.made(tmp_path_factory.mktemp("county"))
