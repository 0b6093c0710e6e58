"""What erased reports counted for is kept until no table can say it any more, and not longer."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import publish, release, reports, territory, vault
from analytics.disclosure import ladder
from analytics.disclosure.policy import Policy
from analytics.publish import forgetting
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
        patch.setattr(forgetting, "forget", lambda *_: None)
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


def waits(path: Path, policy: Policy, through: str) -> pd.DataFrame:
    """Rows of a tally that some table still waits for, worked out row by row from what the vault says was sealed."""
    with vault.opened(path) as store:
        rows = vault.erased_counts(store)
        sealed = vault.frame(store, "SELECT * FROM sealed")
        ground = vault.territory(store)
    known = {
        tuple(row) for row in sealed.assign(month=sealed["month"].dt.to_period("M"))[
            ["table", "attribute", "unit", "value", "month"]
        ].itertuples(index=False, name=None)
    }  # fmt: skip
    cells = territory.ground(ground, policy.cell_m).set_index(["e", "n"])
    communes = territory.zone_of_commune(ground)

    def one(row: pd.Series) -> bool:
        unlocated = bool(pd.isna(row["base_e"]))
        if unlocated:
            cell, zone = "", str(communes[row["commune"]])
        else:
            cell, zone = (str(cells.loc[(row["base_e"], row["base_n"]), name]) for name in ("cell", "zone"))
        for table, rungs in policy.tables.items():
            if (table == "breakdown") != (row["attribute"] != "") or (table == "blocks" and unlocated):
                continue
            ends = [(row["month"].month - 1) // LENGTH[p] * LENGTH[p] + LENGTH[p] for _, p in rungs]
            last = pd.Period(year=row["month"].year, month=max(ends), freq="M")
            unit = cell if table == "blocks" else zone
            said = (table, row["attribute"], unit, row["value"], row["month"]) in known
            if not said and last > pd.Period(through, freq="M"):
                return True
        return False

    return rows[rows.apply(one, axis=1).to_numpy(dtype=bool)] if len(rows) else rows


@pytest.mark.parametrize("through", ["2024-05", "2024-06", "2024-11", "2024-12"])
def test_what_is_left_is_what_some_table_waits_for(
    tmp_path: Path, begun: Path, policy: Policy, erased: list[str], through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, to = copied(begun, tmp_path, "vault")
    erase(path, erased)
    before = tally(path)
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "forget", lambda *_: None)
        publish.publish(path, to, policy, through=through)
    expected = waits(path, policy, through)
    pd.testing.assert_frame_equal(tally(path), before)
    publish.publish(path, to, policy, through=through)  # nothing closes; what was erased is forgotten all the same
    pd.testing.assert_frame_equal(tally(path), expected.reset_index(drop=True))
    assert len(expected) < len(before)
    assert (len(expected) == 0) == (through == "2024-12")


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


def test_a_policy_without_breakdowns_keeps_no_attribute(tmp_path: Path, erased: list[str]) -> None:
    plain = broken_down.policy(series=SERIES)
    path = broken_down.new(tmp_path, broken_down.drawn())
    publish.publish(path, tmp_path / "release", plain, through="2024-02")
    erase(path, erased)
    assert set(tally(path)["attribute"]) > {"", "category"}
    publish.publish(path, tmp_path / "release", plain, through="2024-02")
    assert set(tally(path)["attribute"]) <= {""}


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


@settings(max_examples=40)
@given(
    periods=st.lists(st.sampled_from(["month", "quarter", "year"]), min_size=1, max_size=3, unique=True),
    offset=st.integers(0, 11),
    months=st.integers(1, 26),
)
def test_an_atom_waits_as_long_as_a_period_that_holds_it_is_open(periods: list[str], offset: int, months: int) -> None:
    one = np.zeros(1, dtype=np.int64)
    ground = ladder.Ground(np.array([1000.0]), one + 1, {"zone": one}, {"zone": ["z"]})
    rungs = [("zone", period) for period in periods]
    table = ladder.open_table(ground, rungs, k=5, min_inhabitants=0, months=months, offset=offset)
    ahead = [table.period(month, rung) for month in range(months, months + 12) for rung in range(len(rungs))]
    tried = [any(span is not None and span[0] <= month for span in ahead) for month in range(months)]
    assert forgetting.still_waits(table).tolist() == [tried]
    table.sealed[0, months - 1] = 0
    assert forgetting.still_waits(table).tolist() == [[*tried[:-1], False]]
