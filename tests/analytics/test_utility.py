"""The picture beside the truth: errors of place and of time that a hand can work out."""

from math import hypot
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics import publish, release, utility, vault
from analytics.disclosure import policy as policies
from analytics.utility import errors
from tests.made_up import vaults

POLICY = """
audience = "command"
k = 5
cell_m = 1000
min_inhabitants = 100
crowd = 20000
episode_days = 3
[tables]
blocks = [["1000", "quarter"], ["4000", "quarter"]]
series = [["zone", "quarter"]]
"""
# Base cells in a row of 250 m: 0 to 3 lie in one kilometre, 8 to 11 in another, -8 in a third.
WINTER = {"2023-01-10": 0, "2023-01-20": 0, "2023-02-14": 1, "2023-02-15": 2, "2023-03-01": 3, "2023-03-31": 3}
SPRING = {"2023-05-16": 8, "2023-05-17": 9, "2023-05-18": 10, "2023-05-19": 11, "2023-05-26": 8}
ALONE = {"2023-06-30": -8}
DAYS, CELLS = [*WINTER, *SPRING, *ALONE], [*WINTER.values(), *SPRING.values(), *ALONE.values()]
WINTER_DAYS = [35.5, 25.5, 0.5, 0.5, 14.5, 44.5]  # from the middle of 90 days, between 14 and 15 February
SPRING_DAYS = [0, 1, 2, 3, 10]  # from 16 May, the middle of 91 days
OUTER, INNER = hypot(375, 375), hypot(125, 375)  # from the middle of a kilometre to its southern row's base cells


def published(folder: Path, reports: pd.DataFrame, text: str = POLICY) -> Path:
    """Give a vault with these reports, published through June."""
    path = vaults.new(folder)
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    with vault.opened(path) as store:
        vault.add(store, reports, synthetic=True)
    publish.publish(path, folder / "release", policies.load(folder / "policy.toml"), through="2023-06")
    return path


@pytest.fixture
def told(tmp_path: Path) -> dict[str, Any]:
    path = published(tmp_path, vaults.made(DAYS, cell=CELLS))
    return utility.utility(path, tmp_path / "release")


def test_the_errors_are_those_of_the_published_reports(told: dict[str, Any]) -> None:
    assert told["reports"] == 12
    assert told["published_share"] == pytest.approx(11 / 12)
    places = [OUTER, OUTER, INNER, INNER, OUTER, OUTER, OUTER, INNER, INNER, OUTER, OUTER]
    assert told["mean_place_error_m"] == pytest.approx(sum(places) / 11)
    assert told["mean_time_error_days"] == pytest.approx(sum([*WINTER_DAYS, *SPRING_DAYS]) / 11)
    assert told["tables"]["blocks"]["mean_place_error_m"] == told["mean_place_error_m"]


def test_a_zone_has_no_error_of_place_and_tells_the_lone_report_too(told: dict[str, Any]) -> None:
    series = told["tables"]["series"]
    assert series["published_share"] == 1
    assert series["mean_place_error_m"] is None
    assert series["mean_time_error_days"] == pytest.approx(sum([*WINTER_DAYS, *SPRING_DAYS, 45]) / 12)


def test_breakdowns_change_nothing_of_the_picture(tmp_path: Path, told: dict[str, Any]) -> None:
    text = f'{POLICY}breakdown = [["zone", "quarter"], ["zone", "year"]]\n'
    (tmp_path / "split").mkdir()
    path = published(tmp_path / "split", vaults.made(DAYS, cell=CELLS), text)
    assert (release.read(tmp_path / "split" / "release").facts["table"] == "breakdown").sum() > 5
    assert utility.utility(path, tmp_path / "split" / "release") == told


def test_every_report_weighs_the_same_and_those_without_coordinates_have_no_place(tmp_path: Path) -> None:
    # Two neighbours in one evening are one episode and two reports; a third report tells a commune alone.
    reports = pd.concat(
        [
            vaults.made([*DAYS, "2023-05-16"], cell=[*CELLS, 8]),
            vaults.unlocated(vaults.made(["2023-05-20"], ids=["nowhere"]), "box"),
        ]
    )
    text = POLICY.replace('series = [["zone", "quarter"]]\n', "")
    path = published(tmp_path, reports, text)
    found = utility.utility(path, tmp_path / "release")
    assert (found["reports"], round(found["published_share"] * 13)) == (13, 12)
    assert found["mean_time_error_days"] == pytest.approx(sum([*WINTER_DAYS, *SPRING_DAYS, 0]) / 12)
    assert found["mean_place_error_m"] == pytest.approx((7 * OUTER + 4 * INNER + OUTER) / 12)


def test_a_report_that_was_corrected_later_is_as_far_away_as_it_is_now(tmp_path: Path) -> None:
    path = published(tmp_path, vaults.made(DAYS, cell=CELLS))
    before = utility.utility(path, tmp_path / "release")
    with vault.opened(path) as store:
        vault.add(store, vaults.made(["2023-01-10"], cell=[4]), synthetic=True)
    after = utility.utility(path, tmp_path / "release")
    assert after["mean_time_error_days"] == before["mean_time_error_days"]
    moved = hypot(4 * 250 + 125 - 500, 375) - OUTER
    assert after["mean_place_error_m"] - before["mean_place_error_m"] == pytest.approx(moved / 11)


def test_nothing_published_has_no_error(tmp_path: Path) -> None:
    path = published(tmp_path, vaults.made(["2023-01-10", "2023-06-30"], cell=[0, 8]))
    found = utility.utility(path, tmp_path / "release")
    assert found["published_share"] == 0
    assert (found["mean_place_error_m"], found["mean_time_error_days"]) == (None, None)


def test_a_release_without_blocks_is_refused_in_a_sentence(tmp_path: Path) -> None:
    text = POLICY.replace('blocks = [["1000", "quarter"], ["4000", "quarter"]]\n', "")
    path = published(tmp_path, vaults.made(DAYS, cell=CELLS), text)
    with pytest.raises(release.ReleaseError, match="no table of blocks"):
        utility.utility(path, tmp_path / "release")


def test_rows_that_are_not_the_same_are_not_laid_side_by_side() -> None:
    day = pd.DataFrame({"day": pd.to_datetime(["2023-01-10"]), "base_e": 0, "base_n": 0})
    for other in (day.iloc[:0], day.assign(day=pd.Timestamp("2023-01-11"))):
        with pytest.raises(ValueError, match="not the same rows"):
            errors.lay_beside(day[["day"]], other)
