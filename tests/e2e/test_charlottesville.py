"""The whole line on real input: 1,425 calls about drugs, as sparse as the Doubs, by the command line alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest import RealLine


@pytest.fixture(scope="module")
def line(root: Path, charlottesville: RealLine) -> dict[str, Any]:
    """What each command said on the real file, and what two more say of what came out."""

    def run(*arguments: object) -> dict[str, Any]:
        command = [sys.executable, "-m", "analytics", *map(str, arguments), "--json"]
        done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    return {
        **charlottesville.told,
        "utility": run("utility", "--vault", charlottesville.vault, "--release", charlottesville.release),
        "facts": pd.DataFrame(run("show", charlottesville.release)["facts"]),
        "folder": charlottesville.folder,
    }


@pytest.mark.slow
@pytest.mark.e2e
def test_every_row_is_read_and_the_one_without_a_place_is_set_aside(line: dict[str, Any]) -> None:
    told = line["ingest"]
    assert (told["read"], told["accepted"], told["duplicates"], told["updated"]) == (1425, 1424, 0, 0)
    assert told["quarantined"] == {"no_place": 1}
    assert {"BlockNumber", "StreetName", "formatted_address"} <= set(told["dropped_columns"])
    assert (line["again"]["accepted"], line["again"]["duplicates"]) == (0, 1424)


@pytest.mark.slow
@pytest.mark.e2e
def test_the_ladder_gives_the_picture_that_the_design_measured(line: dict[str, Any]) -> None:
    told = line["utility"]
    assert told["reports"] == 1424
    assert told["published_share"] >= 0.97
    assert told["share_by_cell_m"]["500"] + told["share_by_cell_m"]["1000"] >= 0.77
    assert told["share_by_period"].get("month", 0) + told["share_by_period"]["quarter"] >= 0.55
    assert told["mean_wait_days"] < 120
    assert sum(told["share_by_cell_m"].values()) == pytest.approx(told["published_share"])
    assert line["publish"]["reports_published"] == round(told["published_share"] * 1424)
    assert line["publish"]["reports_published"] + line["publish"]["reports_waiting"] == 1424


@pytest.mark.slow
@pytest.mark.e2e
def test_no_number_is_small(line: dict[str, Any]) -> None:
    facts = line["facts"]
    assert len(facts) == line["publish"]["facts"]
    assert facts["n"].min() >= 5
    assert facts["residents"].min() >= 200
    assert set(facts["table"]) == {"blocks", "outlook", "series", "departement"}


@pytest.mark.slow
@pytest.mark.e2e
def test_the_first_ten_cells_of_the_surface_hold_what_was_promised(line: dict[str, Any]) -> None:
    quarters = {q: v for q, v in line["utility"]["surface_ten"].items() if "2015" <= q < "2020"}
    assert len(quarters) == 19
    known, live = np.mean(list(quarters.values()), axis=0)
    assert known >= 0.84
    assert live >= 0.81


@pytest.mark.slow
@pytest.mark.e2e
def test_nothing_of_the_source_lies_outside_the_confidential_side(line: dict[str, Any], shared_data: Path) -> None:
    rows = pd.read_csv(shared_data / "charlottesville_drug_reports.csv", dtype=str)
    streets = set(rows["StreetName"].dropna()) - {"N"}
    release = b"".join(f.read_bytes() for f in (line["folder"] / "release").rglob("*") if f.is_file())
    vault = (line["folder"] / "vault").read_bytes()
    assert not any(street.encode() in release or street.encode() in vault for street in streets if len(street) > 6)
    assert not any(number.encode() in release for number in rows["IncidentID"])
    # The row that could not be read is kept whole, on the confidential side.
    aside = pd.read_csv(next((line["folder"] / "vault.quarantine").iterdir()), dtype=str)
    assert len(aside) == 1
    assert "LAMBETH LN" in aside["content"].iloc[0]
