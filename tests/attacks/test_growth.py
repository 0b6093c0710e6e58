"""Growth: the attacker keeps every vintage and subtracts each from the next."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from analytics import territory as territories
from analytics.release import Release
from tests.attacks import box, naive
from tests.made_up import vaults

MONTHS = [str(month) for month in pd.period_range("2024-01", "2024-06", freq="M")]
EVENTS_AFTER = "2024-03"
SAID = ["table", "area", "period_start", "period_end", "attribute", "value", "n", "covered"]


def one(day: str, name: str, cell: int = 2) -> pd.DataFrame:
    """Make one report."""
    return vaults.made([day], ids=[name], cell=cell)


ERASED = one("2024-01-20", "erased", cell=8)
ERASED_WHILE_OPEN = one("2024-04-20", "erased while open", cell=9)
SET_ASIDE = one("2024-01-26", "set aside after its month", cell=8)
LATE = one("2024-02-10", "late", cell=12)
LATE_AS_COUNTED = one("2024-04-01", "late", cell=12)


def steady() -> pd.DataFrame:
    """Sixteen a month in four places, six days apart in each, so that every report is an episode."""
    days = [str(day.date()) for month in MONTHS for day in pd.date_range(f"{month}-02", periods=4, freq="6D")]
    frames = [vaults.made(days, ids=[f"{place}-{day}" for day in days], cell=place) for place in (0, 1, 5, 14)]
    return pd.concat(frames, ignore_index=True)


def published(path: Path, *, events: bool) -> list[Release]:
    """Publish month by month; perhaps reports come late, are set aside and are erased after the third."""
    vintages = []
    for month in MONTHS:
        vintages.append(box.said(path, month))
        if events and month == EVENTS_AFTER:
            box.arrive(path, LATE, SET_ASIDE.assign(triage="set_aside"))
            box.erase(path, pd.concat([ERASED, ERASED_WHILE_OPEN]))
    return vintages


def differing(before: Release, after: Release) -> pd.DataFrame:
    """Numbers that two vintages do not share: the column ``side`` says which of the two tells them."""
    sides = {"left_only": "before", "right_only": "after", "both": ""}
    both = before.facts[SAID].merge(after.facts[SAID], how="outer", indicator=True)
    both["side"] = both.pop("_merge").astype(str).map(sides)
    return both[both["side"] != ""]


@pytest.fixture(scope="module")
def vintages(tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """What was published month by month while reports came late, were set aside and were erased."""
    folder = tmp_path_factory.mktemp("growth")
    return published(box.filled(folder, "vault", steady(), ERASED, ERASED_WHILE_OPEN, SET_ASIDE), events=True)


def test_the_difference_of_two_vintages_is_the_new_facts(vintages: list[Release]) -> None:
    for number, (before, after) in enumerate(pairwise(vintages), start=2):
        changed = differing(before, after)
        assert set(changed["side"]) <= {"after"}
        assert len(changed) == (after.facts["vintage"] == number).sum() > 0
        old = after.facts[after.facts["vintage"] < number].reset_index(drop=True)
        pd.testing.assert_frame_equal(old, before.facts)
        assert (changed["n"] >= box.K).all()


def test_whoever_counts_anew_shows_who_came_late_and_who_was_erased(vintages: list[Release], tmp_path: Path) -> None:
    """The same attack on plain counts of the reports at hand: each event is one cell and month that changes by one."""
    vaults.new(tmp_path)
    ground = territories.load(tmp_path / "territory.toml")
    like = vintages[2]
    at_hand = pd.concat([steady(), ERASED, ERASED_WHILE_OPEN, SET_ASIDE])
    later = pd.concat([steady(), LATE])
    for make in (naive.plain, naive.suppressed):
        changed = differing(make(like, at_hand, ground), make(like, later, ground))
        old, new = (
            changed[changed["side"] == side].set_index(["table", "area", "period_start"])["n"]
            for side in ("before", "after")
        )
        by = new.sub(old, fill_value=0)
        assert by.abs().between(1, box.K - 1).any()
        if make is naive.plain:
            assert sorted(by) == [-2, 1]  # two of a cell in January are gone, one of February is new


@pytest.mark.parametrize("event", ["erased", "set aside"])
def test_what_happens_to_a_report_of_a_closed_month_shows_nowhere(tmp_path: Path, event: str) -> None:
    """Two vaults, in one of which the report is erased or updated: every later vintage is the same to the byte."""
    first, second = (box.filled(tmp_path, name, steady(), ERASED) for name in ("first", "second"))
    for month in MONTHS:
        ours, theirs = box.said(first, month), box.said(second, month)
        assert (ours.path / "facts.parquet").read_bytes() == (theirs.path / "facts.parquet").read_bytes()
        assert (ours.path / "manifest.json").read_bytes() == (theirs.path / "manifest.json").read_bytes()
        if month == EVENTS_AFTER:
            if event == "erased":
                box.erase(second, ERASED)
            else:
                box.arrive(second, ERASED.assign(triage="set_aside"))


def test_a_report_erased_while_its_month_was_open_was_never_there(tmp_path: Path) -> None:
    ours = published(box.filled(tmp_path, "first", steady()), events=False)
    path = box.filled(tmp_path, "second", steady(), ERASED_WHILE_OPEN)
    for month, without in zip(MONTHS, ours, strict=True):
        pd.testing.assert_frame_equal(box.said(path, month).facts, without.facts)
        if month == EVENTS_AFTER:
            box.erase(path, ERASED_WHILE_OPEN)


def test_a_late_report_cannot_be_told_from_one_of_the_open_month(tmp_path: Path) -> None:
    """It counts as of the first day of the open month, so its true month shows nowhere, and no old fact moves."""
    late, timely = (box.filled(tmp_path, name, steady()) for name in ("late", "timely"))
    for month in MONTHS:
        ours, theirs = box.said(late, month), box.said(timely, month)
        pd.testing.assert_frame_equal(ours.facts, theirs.facts)
        if month == EVENTS_AFTER:
            box.arrive(late, LATE)
            box.arrive(timely, LATE_AS_COUNTED)
