"""What erased reports counted for is kept until no table can say it any more, and not longer."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from analytics import publish, release, reports, vault
from analytics.disclosure.policy import Policy
from tests.made_up import broken_down
from tests.made_up.broken_down import BREAKDOWN, SERIES

LAST = "2025-03"
BLOCKS = (("4000", "quarter"), ("8000", "quarter"), ("8000", "year"), ("32000", "year"))
LENGTH = {"month": 1, "quarter": 3, "year": 12}


@pytest.fixture(scope="module")
def policy() -> Policy:
    tables = {"blocks": BLOCKS, "series": SERIES, "breakdown": BREAKDOWN}
    return broken_down.policy(**tables).model_copy(update={"cell_m": 4000})


@pytest.fixture(scope="module")
def erased() -> list[str]:
    """Ids of half of the reports of the first four months; those of April are of an open month when they go."""
    frame = broken_down.drawn()
    early = frame.loc[frame["day"] < "2024-05-01", "source_hash"]
    return [str(name) for name in early.iloc[::2]]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """Give a vault from which January to March 2024 were published."""
    folder = tmp_path_factory.mktemp("begun")
    path = broken_down.new(folder, broken_down.drawn())
    publish.publish(path, folder / "release", policy, through="2024-03")
    return path


def copied(begun: Path, folder: Path, name: str) -> tuple[Path, Path]:
    """Give a copy of a vault and of its release."""
    shutil.copy(begun, folder / name)
    shutil.copytree(begun.parent / "release", folder / f"{name}-release")
    return folder / name, folder / f"{name}-release"


def tally(path: Path) -> pd.DataFrame:
    with vault.opened(path) as store:
        return vault.erased_counts(store)


def erase(path: Path, names: Sequence[str]) -> None:
    with vault.opened(path) as store:
        assert vault.erase(store, list(names)) == len(names)


def facts(folder: Path) -> pd.DataFrame:
    return release.read(folder).facts.drop(columns="vintage")


def test_after_erasure_month_after_month_says_what_all_at_once_says(
    tmp_path: Path, begun: Path, policy: Policy, erased: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {name: copied(begun, tmp_path, name) for name in ("once", "monthly", "never")}
    for path, _ in places.values():
        erase(path, erased)
    publish.publish(*places["once"], policy, through=LAST)
    for month in pd.period_range("2024-04", LAST, freq="M"):
        publish.publish(*places["monthly"], policy, through=str(month))
    with monkeypatch.context() as patch:
        patch.setattr(vault, "forget_tally", lambda *_: None)
        publish.publish(*places["never"], policy, through=LAST)
    said = {name: facts(folder) for name, (_, folder) in places.items()}
    pd.testing.assert_frame_equal(said["once"], said["monthly"])
    pd.testing.assert_frame_equal(said["once"], said["never"])
    kept = {name: len(tally(path)) for name, (path, _) in places.items()}
    assert kept["once"] == kept["monthly"] == 0
    assert kept["never"] > 100


def test_erasure_of_closed_months_of_reports_without_outcomes_to_come_changes_no_fact(
    tmp_path: Path, begun: Path, policy: Policy, erased: list[str]
) -> None:
    frame = broken_down.drawn()
    early = (frame["day"] < "2024-04-01") & ~(frame[list(reports.OUTCOME_COLUMNS)] >= "2024-04-01").any(axis=1)
    closed = list(frame.loc[frame["source_hash"].isin(erased) & early, "source_hash"])
    whole, less = copied(begun, tmp_path, "whole"), copied(begun, tmp_path, "less")
    erase(less[0], closed)
    for place in (whole, less):
        publish.publish(*place, policy, through=LAST)
    before, after = (facts(folder) for _, folder in (whole, less))
    assert len(closed) > 10
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("through", ["2024-05", "2024-11", "2024-12"])
def test_what_is_left_is_of_a_year_that_is_not_closed(
    tmp_path: Path, begun: Path, policy: Policy, erased: list[str], through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, to = copied(begun, tmp_path, "vault")
    erase(path, erased)
    before = tally(path)
    assert len(before) > 50
    with monkeypatch.context() as patch:
        patch.setattr(vault, "forget_tally", lambda *_: None)
        publish.publish(path, to, policy, through=through)
    pd.testing.assert_frame_equal(tally(path), before)
    publish.publish(path, to, policy, through=through)  # nothing closes; what was erased is forgotten all the same
    pd.testing.assert_frame_equal(tally(path), before.iloc[: 0 if through == "2024-12" else None])


def test_a_number_of_an_erased_report_leaves_the_file_once_it_was_said(
    tmp_path: Path, begun: Path, policy: Policy
) -> None:
    path, to = copied(begun, tmp_path, "vault")
    frame = broken_down.drawn()
    march = frame[(frame["day"] < "2024-03-31") & frame["base_e"].isna() & (frame["triage"] == "kept")]
    erase(path, [str(name) for name in march["source_hash"]])
    communes = set(march["commune"])
    assert set(tally(path)["commune"]) == communes
    publish.publish(path, to, policy, through="2024-12")
    assert tally(path).empty
    with vault.opened(path) as store:
        assert store.meta("rewrite") is None  # the file was written anew when the publication was committed
        assert vault.frame(store, "SELECT count(*) AS n FROM tally")["n"].item() == 0


def test_everything_erased_is_forgotten_in_time_and_the_facts_stay(tmp_path: Path, begun: Path, policy: Policy) -> None:
    path, to = copied(begun, tmp_path, "vault")
    before = facts(to)
    erase(path, [str(name) for name in broken_down.drawn()["source_hash"]])
    publish.publish(path, to, policy)  # no report is at hand, so no month closes
    pd.testing.assert_frame_equal(facts(to), before)
    assert len(tally(path)) > 0
    publish.publish(path, to, policy, through="2024-12")
    assert len(facts(to)) > len(before)
    assert tally(path).empty
