"""Erasure: what is left is numbers, without a day, by the smallest published cell, no two attributes together."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import vault
from analytics.vault import rewriting
from tests.made_up import vaults
from tests.made_up.vaults import close, made, unlocated

POLICY = '{"cell_m": 1000}'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[vault.Vault]:
    with vault.opened(vaults.new(tmp_path)) as opened:
        opened.set_meta("policy", POLICY)
        yield opened


def by_cell(store: vault.Vault) -> dict[tuple[object, ...], int]:
    """Every count by cell of the policy, month, attribute and value."""
    parts = [vault.episode_counts(store).assign(attribute="", value=""), vault.breakdown_counts(store)]
    counts = pd.concat(parts).assign(
        e=lambda f: f["base_e"] // 1000, n_=lambda f: f["base_n"] // 1000, month=lambda f: f["month"].astype(str)
    )
    keys = ["e", "n_", "commune", "month", "attribute", "value"]
    return dict(counts.fillna({"e": -1, "n_": -1, "commune": ""}).groupby(keys)["n"].sum())


def rows(store: vault.Vault, table: str) -> int:
    return len(vault.frame(store, f"SELECT * FROM {table}"))  # noqa: S608 - our tables


def two_of_one_cell() -> pd.DataFrame:
    """Give two episodes of two base cells of one cell, alike in nothing."""
    return made(
        ["2024-01-05", "2024-01-20"],
        cell=[0, 1],
        category=["street", "building"],
        time_band=["evening", "night"],
        arrest_day=[pd.Timestamp("2024-01-09"), pd.NaT],
    )


def test_an_erased_episode_leaves_numbers_that_are_not_crossed(store: vault.Vault) -> None:
    frame = two_of_one_cell()
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    before = by_cell(store)
    vault.erase(store, list(frame["source_hash"]))
    assert by_cell(store) == before
    assert [rows(store, table) for table in ("reports", "episodes", "outcomes")] == [0, 0, 0]
    left = vault.erased_counts(store)
    assert set(left["base_e"] % 1000) == set(left["base_n"] % 1000) == {0}
    assert list(zip(left["attribute"], left["value"], left["n"], strict=True)) == [
        ("", "", 2),
        ("category", "building", 1),
        ("category", "street", 1),
        ("delay", "arrest:0-7", 1),
        ("outcome", "arrest", 1),
        ("time_band", "evening", 1),
        ("time_band", "night", 1),
        ("triage", "kept", 2),
        ("weekday", "weekday", 1),
        ("weekday", "weekend", 1),
    ]


def test_the_order_of_erasing_cannot_be_read_from_what_is_left(store: vault.Vault) -> None:
    frame = two_of_one_cell()
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    for name in frame["source_hash"].iloc[::-1]:
        vault.erase(store, [str(name)])
    stored = vault.frame(store, "SELECT attribute, value FROM tally ORDER BY rowid")
    assert stored.equals(stored.sort_values(["attribute", "value"], ignore_index=True))


def test_an_episode_stays_as_long_as_a_report_of_it_does(store: vault.Vault) -> None:
    frame = made(["2024-01-05", "2024-01-06"], category=["building", "street"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    before = by_cell(store)
    vault.erase(store, [str(frame["source_hash"].iloc[0])])
    assert (rows(store, "episodes"), rows(store, "tally")) == (1, 0)
    assert by_cell(store) == before
    vault.erase(store, [str(frame["source_hash"].iloc[1])])
    assert rows(store, "episodes") == 0
    assert by_cell(store) == before


def test_what_was_set_aside_and_kept_leaves_both(store: vault.Vault) -> None:
    frame = made(["2024-01-10"], triage="set_aside")
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.add(store, frame.assign(triage="kept"), synthetic=True)
    close(store, "2024-02")
    before = by_cell(store)
    vault.erase(store, list(frame["source_hash"]))
    assert by_cell(store) == before
    aside = vault.erased_counts(store).query("value == 'set_aside'")
    assert list(aside["month"].astype(str)) == ["2024-01"]


def test_an_erased_report_of_an_open_month_leaves_nothing(store: vault.Vault) -> None:
    frame = made(["2024-01-05", "2024-01-20"], triage=["kept", "set_aside"])
    vault.add(store, frame, synthetic=True)
    vault.erase(store, list(frame["source_hash"]))
    close(store, "2024-01")
    assert by_cell(store) == {}


def test_an_outcome_that_still_waits_goes_with_its_report(store: vault.Vault) -> None:
    frame = made(["2024-01-05"], arrest_day=pd.Timestamp("2024-02-10"))
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.erase(store, list(frame["source_hash"]))
    close(store, "2024-02")
    assert set(vault.breakdown_counts(store)["attribute"]) == {"category", "time_band", "weekday", "triage"}


def test_nothing_remembers_an_erased_episode_so_the_next_report_begins_one(store: vault.Vault) -> None:
    frame = made(["2024-01-28", "2024-01-30"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.erase(store, list(frame["source_hash"]))
    vault.add(store, made(["2024-02-01"], ids=["later"]), synthetic=True)
    close(store, "2024-02")
    assert list(vault.episode_counts(store)["month"].astype(str)) == ["2024-01", "2024-02"]


def test_a_chain_goes_on_across_an_erased_report(store: vault.Vault) -> None:
    frame = made(["2024-01-28", "2024-01-30"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.erase(store, [str(frame["source_hash"].iloc[1])])
    vault.add(store, made(["2024-02-01"], ids=["later"]), synthetic=True)
    close(store, "2024-02")
    assert list(vault.episode_counts(store)["month"].astype(str)) == ["2024-01"]


def test_an_erased_report_does_not_come_back(store: vault.Vault) -> None:
    frame = made(["2024-01-05", "2024-01-20"], triage=["kept", "set_aside"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.erase(store, list(frame["source_hash"]))
    before = by_cell(store)
    assert vault.add(store, frame, synthetic=True)["duplicates"] == 2
    close(store, "2024-02")
    assert by_cell(store) == before


def test_a_tally_is_forgotten_where_nothing_waits(store: vault.Vault) -> None:
    located = made(["2024-01-05", "2024-01-20"], cell=[0, 8])
    frame = pd.concat([located, unlocated(made(["2024-01-05"], ids=["u"]), "25056")], ignore_index=True)
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.erase(store, list(frame["source_hash"]))
    left = vault.erased_counts(store)
    waiting = left["commune"].notna() | (left["base_e"] == left["base_e"].min())
    keep = left[waiting & left["attribute"].isin(["", "category"])]
    assert vault.forget_tally(store, keep.assign(month=keep["month"].dt.to_timestamp())) == len(left) - len(keep)
    pd.testing.assert_frame_equal(vault.erased_counts(store), keep.reset_index(drop=True))
    assert vault.forget_tally(store, keep) == 0
    assert vault.forget_tally(store, keep.iloc[:0]) == len(keep) == 4
    assert by_cell(store) == {}


def test_a_tally_is_forgotten_value_by_value(store: vault.Vault) -> None:
    frame = two_of_one_cell()
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.erase(store, list(frame["source_hash"]))
    left = vault.erased_counts(store)
    keep = left[left["value"].isin(["", "street"])]
    assert vault.forget_tally(store, keep) == len(left) - 2
    pd.testing.assert_frame_equal(vault.erased_counts(store), keep.reset_index(drop=True))
    assert list(vault.breakdown_counts(store)["value"]) == ["street"]


@settings(max_examples=15)
@given(
    days=st.lists(st.integers(0, 90), min_size=1, max_size=20),
    seed=st.integers(0, 2**16),
)
def test_no_count_of_a_closed_month_changes_whatever_is_erased(days: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = len(days)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")
    frame = made(
        [str(d.date()) for d in day],
        cell=rng.integers(0, 6, size).tolist(),
        category=rng.choice(["street", "building"], size),
        triage=rng.choice(["kept", "set_aside"], size, p=[0.7, 0.3]),
        arrest_day=(day + pd.to_timedelta(rng.integers(-10, 60, size), unit="D")).where(rng.random(size) < 0.5),
    )
    with tempfile.TemporaryDirectory() as folder, vault.opened(vaults.new(Path(folder))) as store:
        store.set_meta("policy", POLICY)
        vault.add(store, frame, synthetic=True)
        close(store, "2024-01", "2024-02")
        before = by_cell(store)
        for part in (rng.random(size) < 0.4, rng.random(size) < 0.4):
            vault.erase(store, list(frame["source_hash"][part]))
            assert by_cell(store) == before
        close(store, "2024-03")
        assert {key: n for key, n in by_cell(store).items() if key[3] != "2024-03"} == before
        held = vault.frame(store, "SELECT episode FROM reports UNION SELECT aside_episode FROM reports")["episode"]
        assert set(vault.frame(store, "SELECT episode FROM episodes")["episode"]) == set(held.dropna().astype(int))


MARK = "a place that nobody may read again"


def raw(path: Path) -> bytes:
    """All bytes in the vault's file and in whatever lies beside it under its name."""
    return b"".join(f.read_bytes() for f in path.parent.rglob("*") if f.is_file() and path.name in f.name)


def marked(size: int, prefix: str, mark: str = MARK) -> pd.DataFrame:
    """Give reports of an open month that nothing but their commune tells from others."""
    ids = [f"{prefix}{i}" for i in range(size)]
    return unlocated(made(["2024-01-05"] * size, ids=ids), "x").assign(commune=[f"{mark} {i % 7}" for i in range(size)])


def whole(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the vault holds, and how it is made, but for what says that it must be written anew."""
    with duckdb.connect(str(path)) as run:
        found = run.execute("SELECT sql FROM duckdb_tables() ORDER BY sql").fetchall()
        made_of = {"": found + run.execute("SELECT sql FROM duckdb_views() WHERE NOT internal ORDER BY sql").fetchall()}
        made_of["constraints"] = run.execute(
            "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() ORDER BY ALL"
        ).fetchall()
        tables = run.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()
        held = {str(name): run.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}  # noqa: S608
    held["meta"] = [row for row in held["meta"] if row[0] != "rewrite"]
    return made_of | held


@pytest.mark.parametrize("size", [1, 4000])
def test_erased_bytes_are_gone_from_the_file(tmp_path: Path, size: int) -> None:
    path = vaults.new(tmp_path)
    gone, stays = marked(size, "gone"), marked(3, "stays", "a place that stays")
    with vault.opened(path) as store:
        vault.add(store, pd.concat([gone, stays], ignore_index=True), synthetic=True)
    assert MARK.encode() in raw(path)
    with vault.opened(path) as store:
        assert vault.erase(store, list(gone["source_hash"])) == size
    assert MARK.encode() not in raw(path)
    assert b"a place that stays" in raw(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(f.name for f in tmp_path.iterdir()) == ["territory.toml", "vault", "vault.secret"]
    with vault.opened(path) as store:
        assert set(vault.frame(store, "SELECT commune FROM reports")["commune"]) == set(stays["commune"])
        assert store.meta("rewrite") is None


def test_writing_the_file_anew_changes_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = vaults.new(tmp_path)
    frame = two_of_one_cell()
    with vault.opened(path) as store:
        store.set_meta("policy", POLICY)
        vault.add(store, pd.concat([frame, marked(5, "open")], ignore_index=True), synthetic=True)
        close(store, "2024-01")
    with monkeypatch.context() as patch:
        patch.setattr(rewriting, "asked", lambda _: False)
        with vault.opened(path) as store:
            vault.erase(store, [str(frame["source_hash"].iloc[0])])
    before = whole(path)
    with vault.opened(path):
        pass
    after = whole(path)
    assert len(before["tally"]) > 1
    assert len(before["marginals"]) > 1
    assert after == before


def test_a_file_that_cannot_be_replaced_stays_whole_and_the_next_opening_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, frame = vaults.new(tmp_path), marked(2, "gone")
    with vault.opened(path) as store:
        vault.add(store, frame, synthetic=True)

    def full(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(vault.VaultError, match="tries again"), vault.opened(path) as store:
            vault.erase(store, list(frame["source_hash"]))
    assert sorted(f.name for f in tmp_path.iterdir()) == ["territory.toml", "vault", "vault.secret"]
    assert MARK.encode() in raw(path)
    unfinished = tmp_path / "vault.rewritten"
    unfinished.write_bytes(b"of a process that was killed")
    with vault.opened(path) as store:
        assert rows(store, "reports") == 0
        assert not unfinished.exists()
    assert MARK.encode() not in raw(path)


def test_what_is_undone_asks_for_no_new_file(tmp_path: Path) -> None:
    path, frame = vaults.new(tmp_path), marked(2, "kept")
    with vault.opened(path) as store:
        vault.add(store, frame, synthetic=True)
    file = path.stat().st_ino
    with pytest.raises(RuntimeError), vault.opened(path) as store:  # noqa: PT012 - it must be inside
        vault.erase(store, list(frame["source_hash"]))
        raise RuntimeError
    with vault.opened(path) as store:
        assert rows(store, "reports") == 2
        assert vault.erase(store, ["nobody's"]) == 0
    assert path.stat().st_ino == file


def test_what_an_update_replaced_goes_with_the_report(tmp_path: Path) -> None:
    path, frame = vaults.new(tmp_path), marked(2, "moved")
    with vault.opened(path) as store:
        vault.add(store, frame, synthetic=True)
    with vault.opened(path) as store:
        assert vault.add(store, frame.assign(commune="elsewhere"), synthetic=True)["updated"] == 2
    with vault.opened(path) as store:
        vault.erase(store, [str(frame["source_hash"].iloc[0])])
    assert MARK.encode() not in raw(path)


def test_a_forgotten_tally_is_gone_from_the_file(tmp_path: Path) -> None:
    path, frame = vaults.new(tmp_path), marked(2, "told")
    with vault.opened(path) as store:
        store.set_meta("policy", POLICY)
        vault.add(store, frame, synthetic=True)
        close(store, "2024-01")
    with vault.opened(path) as store:
        vault.erase(store, list(frame["source_hash"]))
    assert MARK.encode() in raw(path)
    with vault.opened(path) as store:
        left = vault.erased_counts(store)
        assert vault.forget_tally(store, left.iloc[:0]) == len(left)
    assert MARK.encode() not in raw(path)
