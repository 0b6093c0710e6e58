from pathlib import Path

import pandas as pd
import pytest

from analytics import intake, territory
from analytics.intake import Intake, Mapping
from tests.made_up.exports import MAPPING, SECRET, TODAY, Read


@pytest.fixture(scope="session")
def doubs(root: Path) -> territory.Territory:
    return territory.load(root / "data" / "territory" / "doubs.toml")


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return intake.load_mapping(path)


@pytest.fixture
def read(tmp_path: Path, mapping: Mapping, doubs: territory.Territory) -> Read:
    """Read a frame of texts, or the text of a file, through a CSV file."""

    def run(content: pd.DataFrame | str, mapping: Mapping = mapping) -> Intake:
        path = tmp_path / "export.csv"
        text = content if isinstance(content, str) else content.to_csv(index=False)
        path.write_text(text, encoding="utf-8")
        return intake.read(path, mapping, doubs, SECRET, today=TODAY)

    return run
