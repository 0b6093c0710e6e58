"""What each rung has published of a year, against plain sums of the facts."""

from pathlib import Path

import numpy as np
import pytest

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.statistics import shares
from tests.made_up import laddered
from tests.made_up import releases as made_up


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("shares")
    ground = territories.load(made_up.territory_file(folder))
    return releases.read(made_up.write(folder / "release", ground, months=26))


def test_shares_are_plain_sums_over_the_last_year_told_in_full(two_years: Release) -> None:
    found = shares.by_rung(two_years)
    facts = two_years.facts
    assert found.year is not None
    assert found.year.year == 2025
    inside = facts[facts["period_start"].str.startswith("2025")]
    total = inside.loc[inside["table"] == "departement", "n"].sum()
    assert found.episodes == total
    for rung in found.rungs.itertuples():
        mine = (
            (facts["table"] == rung.table)
            & (facts["area_level"] == rung.area_level)
            & (facts["period_level"] == rung.period_level)
        )
        assert rung.facts == mine.sum()
        assert rung.share == pytest.approx(inside.loc[mine[inside.index], "n"].sum() / total)


def test_rungs_come_in_the_policy_s_order_and_add_up_within_a_table(two_years: Release) -> None:
    found = shares.by_rung(two_years)
    policy = two_years.manifest["policy"]["tables"]
    assert list(found.rungs["table"].unique()) == list(policy)
    placed = found.placed("blocks", "quarter", "year")
    assert placed is not None
    soon = found.placed("blocks", "quarter")
    assert soon is not None
    assert 0 < soon < placed <= 1


def test_without_a_whole_year_no_share_is_said(two_years: Release) -> None:
    found = shares.by_rung(releases.until(two_years, "2024-11"))
    assert (found.year, found.episodes) == (None, None)
    assert found.rungs["share"].isna().all()
    assert found.placed("blocks", "quarter") is None
    assert (found.rungs["facts"] > 0).any()


def test_a_year_whose_total_is_not_told_is_passed_over() -> None:
    loud, silent = np.full(12, 9), np.array([9, 9, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    found = shares.by_rung(laddered.release({"a": np.concatenate([loud, silent])}, first="2023-01"))
    assert found.year is not None
    assert found.year.year == 2023
    assert found.episodes == 108


def test_breakdowns_have_no_share(two_years: Release, tmp_path: Path) -> None:
    told = two_years.manifest
    policy = told["policy"] | {"tables": told["policy"]["tables"] | {"breakdown": [["zone", "quarter"]]}}
    releases.write(tmp_path / "release", told | {"policy": policy}, two_years.facts)
    found = shares.by_rung(releases.read(tmp_path / "release"))
    assert found.rungs.set_index("table")["share"].isna()["breakdown"]
    assert found.placed("breakdown", "quarter") is None
