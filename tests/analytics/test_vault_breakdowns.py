"""What closed months hold by one attribute at a time: frozen when they close, in whatever steps."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import reports, vault
from tests.made_up import vaults
from tests.made_up.vaults import close, made, unlocated

PLACE = ["base_e", "base_n", "commune", "month"]
Drawn = list[dict[str, Any]]
Steps = list[list[tuple[str, str]]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[vault.Vault]:
    with vault.opened(vaults.new(tmp_path)) as opened:
        yield opened


def told(store: vault.Vault, attribute: str) -> list[tuple[str, str, int]]:
    counts = vault.breakdown_counts(store)
    mine = counts[counts["attribute"] == attribute].astype({"month": "str"})
    found = mine.groupby(["month", "value"], as_index=False)["n"].sum()
    return list(zip(found["month"], found["value"], found["n"].tolist(), strict=True))


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Draw reports of five months in three base cells, some of them with outcomes, early and late."""
    offsets = st.none() | st.sampled_from([-20, 0, 5, 8, 30, 31, 60, 100])
    report = st.fixed_dictionaries(
        {
            "day": st.integers(0, 120),
            "cell": st.integers(0, 2),
            "time_band": st.sampled_from(["evening", "night"]),
            "category": st.sampled_from(["street", "building"]),
            "triage": st.sampled_from(["kept", "kept", "set_aside", "pending"]),
            "arrest": offsets,
            "search": offsets,
        }
    )
    return draw(st.lists(report, min_size=1, max_size=18))


def frame_of(rows: Drawn) -> pd.DataFrame:
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta([r["day"] for r in rows], unit="D")
    words = {name: [r[name] for r in rows] for name in ("time_band", "category", "triage")}
    outcomes = {
        f"{kind}_day": days + pd.to_timedelta([r[kind] for r in rows], unit="D") for kind in ("arrest", "search")
    }
    names = [f"r{i:02d}" for i in range(len(rows))]
    return made([str(d.date()) for d in days], ids=names, cell=[r["cell"] for r in rows], **words, **outcomes)


def closed_in_steps(folder: Path, name: str, batches: list[pd.DataFrame], steps: Steps) -> list[pd.DataFrame]:
    """Counts of a vault that takes a batch and closes some months, and again; and those of the episodes."""
    with vault.opened(vaults.new(folder, name)) as store:
        for batch, months in zip(batches, steps, strict=True):
            vault.add(store, batch, synthetic=True)
            for first, last in months:
                close(store, first, last)
        return [vault.breakdown_counts(store), vault.episode_counts(store)]


ONCE = [[("2024-01", "2024-02")], [("2024-03", "2024-07")]]
MONTHLY = [[(f"2024-0{m}", f"2024-0{m}") for m in months] for months in ((1, 2), (3, 4, 5, 6, 7))]


def summed(counts: pd.DataFrame, *others: str) -> dict[object, int]:
    filled = counts.astype({"month": "str"}).fillna({"commune": ""})
    return dict(filled.groupby([*PLACE, *others])["n"].sum())


@settings(max_examples=15)  # two vaults an example
@given(rows=drawn(), changed=st.lists(st.sampled_from(["kept", "set_aside", "pending", None]), max_size=18))
def test_month_after_month_gives_the_breakdowns_of_all_at_once(rows: Drawn, changed: list[str | None]) -> None:
    second = [r | {"triage": c or r["triage"]} for r, c in zip_longest(rows, changed[: len(rows)])]
    batches = [frame_of(rows[: len(rows) * 2 // 3]), frame_of(second)]
    with tempfile.TemporaryDirectory() as folder:
        once, episodes = closed_in_steps(Path(folder), "once", batches, ONCE)
        monthly, _ = closed_in_steps(Path(folder), "monthly", batches, MONTHLY)
    pd.testing.assert_frame_equal(once, monthly)
    of = {name: once[once["attribute"] == name] for name in reports.BREAKDOWNS}
    assert sum(len(part) for part in of.values()) == len(once)
    assert all(set(part["value"]) <= set(reports.BREAKDOWNS[name]) for name, part in of.items())
    kept = of["triage"][of["triage"]["value"] == "kept"]
    for part in (of["category"], of["time_band"], of["weekday"], kept):
        assert summed(part) == summed(episodes)
    kinds = of["delay"].assign(value=of["delay"]["value"].str.split(":").str[0])
    assert summed(kinds, "value") == summed(of["outcome"], "value")
    assert (of["outcome"].groupby("value")["n"].sum() <= episodes["n"].sum()).all()


def sessions(rows: Drawn, triage: str) -> list[Drawn]:
    """Episodes of a plain reading of the rule, report by report."""
    found: list[Drawn] = []
    order = sorted((r for r in rows if r["triage"] == triage), key=lambda r: (r["cell"], r["day"]))
    for r in order:
        if found and found[-1][-1]["cell"] == r["cell"] and r["day"] - found[-1][-1]["day"] <= 3:
            found[-1].append(r)
        else:
            found.append([r])
    return found


@settings(max_examples=15)
@given(rows=drawn())
def test_outcomes_and_what_is_set_aside_are_those_of_a_plain_reading(rows: Drawn) -> None:
    def month(day: int) -> str:
        return str((pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)).to_period("M"))

    expected: Counter[tuple[str, str]] = Counter()
    for episode in sessions(rows, "kept"):
        for kind in ("arrest", "search"):
            days = [(r["day"] + r[kind], r["day"]) for r in episode if r[kind] is not None]
            if days:
                at, day = min((month(max(d, own)), d) for d, own in days)
                late = day - episode[0]["day"]
                delay = "0-7" if late <= 7 else "8-30" if late <= 30 else "31-90" if late <= 90 else "over-90"
                expected[at, kind] += 1
                expected[at, f"{kind}:{delay}"] += 1
    for episode in sessions(rows, "set_aside"):
        expected[month(episode[0]["day"]), "set_aside"] += 1
    with tempfile.TemporaryDirectory() as folder, vault.opened(vaults.new(Path(folder))) as store:
        vault.add(store, frame_of(rows), synthetic=True)
        close(store, "2024-01", "2024-12")
        counts = vault.breakdown_counts(store)
    here = counts["attribute"].isin(["outcome", "delay"]) | (counts["value"] == "set_aside")
    summed = counts[here].groupby([counts["month"].astype(str), "value"])["n"].sum()
    assert summed.to_dict() == dict(expected)


def test_an_episode_has_the_attributes_of_its_first_report(store: vault.Vault) -> None:
    # Friday 5 January 2024 and the day after.
    frame = made(["2024-01-05", "2024-01-06"], category=["building", "street"], time_band=["night", "evening"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.add(
        store, frame.assign(category="other", time_band="morning", day=pd.Timestamp("2024-01-07")), synthetic=True
    )
    counts = vault.breakdown_counts(store)
    assert list(zip(counts["attribute"], counts["value"], counts["n"], strict=True)) == [
        ("category", "building", 1),
        ("time_band", "night", 1),
        ("triage", "kept", 1),
        ("weekday", "weekday", 1),
    ]


def test_a_late_report_has_the_weekday_of_its_own_day(store: vault.Vault) -> None:
    close(store, "2024-01")
    vault.add(store, made(["2024-01-06"]), synthetic=True)  # a Saturday; 1 February is a Thursday
    close(store, "2024-02")
    assert told(store, "weekday") == [("2024-02", "weekend", 1)]


def test_set_aside_after_its_month_was_closed_counts_in_the_open_month(store: vault.Vault) -> None:
    frame = made(["2024-01-10", "2024-01-20"], triage="pending")
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.add(store, frame.assign(triage="set_aside"), synthetic=True)
    close(store, "2024-02")
    # Both count as of 1 February, in one base cell.
    assert told(store, "triage") == [("2024-02", "set_aside", 1)]
    assert vault.episode_counts(store).empty


def test_set_aside_for_good_and_kept_later_counts_as_both(store: vault.Vault) -> None:
    frame = made(["2024-01-10"], triage="set_aside")
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.add(store, frame.assign(triage="kept"), synthetic=True)
    close(store, "2024-02")
    assert told(store, "triage") == [("2024-01", "set_aside", 1), ("2024-02", "kept", 1)]
    vault.add(store, frame.assign(triage="set_aside"), synthetic=True)
    close(store, "2024-03")
    assert told(store, "triage") == [("2024-01", "set_aside", 1), ("2024-02", "kept", 1)]


def test_kept_for_good_is_never_set_aside(store: vault.Vault) -> None:
    frame = made(["2024-01-10"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.add(store, frame.assign(triage="set_aside"), synthetic=True)
    close(store, "2024-02")
    assert told(store, "triage") == [("2024-01", "kept", 1)]


def test_changed_while_its_month_is_open_counts_as_it_is_when_it_closes(store: vault.Vault) -> None:
    frame = made(["2024-01-10", "2024-01-20"], triage=["kept", "set_aside"])
    vault.add(store, frame, synthetic=True)
    vault.add(store, frame.assign(triage=["set_aside", "duplicate"]), synthetic=True)
    close(store, "2024-01")
    assert told(store, "triage") == [("2024-01", "set_aside", 1)]


def test_an_outcome_waits_for_its_month_and_is_counted_once(store: vault.Vault) -> None:
    frame = made(["2024-01-10", "2024-01-12"], arrest_day=pd.to_datetime(["2024-03-05", "2024-03-20"]))
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01", "2024-02")
    assert told(store, "outcome") == []
    close(store, "2024-03")
    assert told(store, "outcome") == [("2024-03", "arrest", 1)]
    assert told(store, "delay") == [("2024-03", "arrest:31-90", 1)]
    vault.add(store, frame.assign(arrest_day=pd.Timestamp("2024-01-11"), triage="set_aside"), synthetic=True)
    close(store, "2024-04")
    assert told(store, "outcome") == [("2024-03", "arrest", 1)]
    assert told(store, "delay") == [("2024-03", "arrest:31-90", 1)]


def test_an_outcome_known_after_its_month_counts_in_the_open_month(store: vault.Vault) -> None:
    frame = made(["2024-01-10"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01", "2024-02")
    vault.add(store, frame.assign(search_day=pd.Timestamp("2024-01-18")), synthetic=True)
    close(store, "2024-03")
    assert told(store, "outcome") == [("2024-03", "search", 1)]
    assert told(store, "delay") == [("2024-03", "search:8-30", 1)]


def test_an_outcome_older_than_its_report_counts_with_it(store: vault.Vault) -> None:
    frame = made(["2024-02-10"], seizure_day=pd.Timestamp("2024-01-02"))
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01", "2024-02")
    assert told(store, "delay") == [("2024-02", "seizure:0-7", 1)]


def test_only_what_is_kept_has_outcomes(store: vault.Vault) -> None:
    frame = made(["2024-01-10"], triage="set_aside", arrest_day=pd.Timestamp("2024-01-12"))
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    assert told(store, "outcome") == []


def test_counts_have_one_shape_even_when_there_are_none(store: vault.Vault) -> None:
    kinds = {
        "base_e": "Int64",
        "base_n": "Int64",
        "month": "period[M]",
        "attribute": "str",
        "value": "str",
        "n": "int64",
    }
    empty = vault.breakdown_counts(store)
    assert list(empty.columns) == [*PLACE, "attribute", "value", "n"]
    vault.add(store, unlocated(made(["2024-01-10"]), "25056"), synthetic=True)
    close(store, "2024-01")
    for counts in (empty, vault.breakdown_counts(store)):
        assert {name: str(counts[name].dtype) for name in kinds} == kinds
    assert set(vault.breakdown_counts(store)["commune"]) == {"25056"}
