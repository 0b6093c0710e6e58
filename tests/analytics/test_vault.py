"""The vault: cumulative exports, episodes, months that are closed for good, erasure, and nothing half done."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import vault
from tests.made_up.vaults import TERRITORY, close, made


@pytest.fixture
def territory_file(tmp_path: Path) -> Path:
    file = tmp_path / "territory.toml"
    file.write_text(TERRITORY, encoding="utf-8")
    return file


@pytest.fixture
def path(tmp_path: Path, territory_file: Path) -> Path:
    vault.create(tmp_path / "vault", territory_file)
    return tmp_path / "vault"


@pytest.fixture
def store(path: Path) -> Iterator[vault.Vault]:
    with vault.opened(path) as opened:
        yield opened


def episodes(store: vault.Vault) -> list[tuple[str, int]]:
    counts = vault.episode_counts(store).groupby("month")["n"].sum()
    return [(str(month), int(n)) for month, n in counts.items()]


def test_a_cumulative_export_adds_only_what_is_new(store: vault.Vault) -> None:
    first = vault.add(store, made(["2024-01-05", "2024-01-20"]), synthetic=True)
    assert first == {"accepted": 2, "duplicates": 0, "updated": 0, "late": 0}
    again = made(["2024-01-05", "2024-01-20", "2024-02-02"])
    again.loc[1, "triage"] = "set_aside"
    assert vault.add(store, again, synthetic=True) == {"accepted": 1, "duplicates": 1, "updated": 1, "late": 0}
    assert len(vault.frame(store, "SELECT * FROM reports")) == 3


def test_messages_of_one_evening_are_one_episode_and_chains_join(store: vault.Vault) -> None:
    days = ["2024-01-05", "2024-01-05", "2024-01-08", "2024-01-11", "2024-01-15"]
    vault.add(store, made(days), synthetic=True)
    close(store, "2024-01")
    # 5, 5, 8 and 11 January are within three days of one another; the 15th is not.
    assert episodes(store) == [("2024-01", 2)]


def test_another_base_cell_is_another_episode(store: vault.Vault) -> None:
    vault.add(store, made(["2024-01-05"] * 3, cell=[0, 1, 1]), synthetic=True)
    close(store, "2024-01")
    assert episodes(store) == [("2024-01", 2)]


def test_an_episode_belongs_to_the_month_of_its_first_report(store: vault.Vault) -> None:
    vault.add(store, made(["2024-01-30", "2024-02-01", "2024-02-04", "2024-02-20"]), synthetic=True)
    close(store, "2024-01")
    close(store, "2024-02")
    assert episodes(store) == [("2024-01", 1), ("2024-02", 1)]


def test_unlocated_reports_of_a_commune_chain_as_those_of_a_base_cell(store: vault.Vault) -> None:
    frame = made(["2024-01-05", "2024-01-06", "2024-01-06"])
    frame[["base_e", "base_n"]] = pd.NA
    frame["commune"] = pd.array(["25056", "25056", "25388"], dtype="str")
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    assert episodes(store) == [("2024-01", 2)]


@settings(max_examples=25)  # two vaults an example
@given(
    days=st.lists(st.integers(0, 120), min_size=1, max_size=25),
    cells=st.lists(st.integers(0, 2), min_size=25, max_size=25),
)
def test_month_after_month_gives_the_episodes_of_all_at_once(days: list[int], cells: list[int]) -> None:
    import tempfile  # noqa: PLC0415 - one folder an example

    counts = []
    dates = [str((pd.Timestamp("2024-01-01") + pd.Timedelta(days=d)).date()) for d in days]
    frame = made(dates, cell=cells[: len(days)])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "territory.toml"
        file.write_text(TERRITORY, encoding="utf-8")
        for steps in ([("2024-01", "2024-05")], [(f"2024-0{m}", f"2024-0{m}") for m in range(1, 6)]):
            path = Path(folder) / f"vault{len(steps)}"
            vault.create(path, file)
            with vault.opened(path) as store:
                vault.add(store, frame, synthetic=True)
                for first, last in steps:
                    close(store, first, last)
                counts.append(vault.episode_counts(store))
        assert counts[0].equals(counts[1])
        # Sessions of a plain reading of the rule, report by report.
        expected = 0
        for cell in set(cells[: len(days)]):
            mine = sorted(d for d, c in zip(days, cells, strict=False) if c == cell)
            expected += 1 + sum(b - a > 3 for a, b in pairwise(mine))
        assert counts[0]["n"].sum() == expected


def test_a_late_report_counts_in_the_open_month_and_joins_no_closed_episode(store: vault.Vault) -> None:
    vault.add(store, made(["2024-01-30"], ids=["a"]), synthetic=True)
    close(store, "2024-01")
    counts = vault.add(store, made(["2024-01-31", "2024-01-15"], ids=["b", "c"]), synthetic=True)
    assert counts["late"] == 2
    close(store, "2024-02")
    # Both count as of 1 February in one base cell: one episode of February, and January is as it was.
    assert episodes(store) == [("2024-01", 1), ("2024-02", 1)]


def test_kept_after_its_month_was_closed_is_late_too(store: vault.Vault) -> None:
    vault.add(store, made(["2024-01-10"], triage="pending"), synthetic=True)
    close(store, "2024-01")
    vault.add(store, made(["2024-01-10"], triage="kept"), synthetic=True)
    close(store, "2024-02")
    assert episodes(store) == [("2024-02", 1)]


@pytest.mark.parametrize("triage", ["set_aside", "duplicate", "pending"])
def test_what_triage_does_not_keep_is_in_no_episode(store: vault.Vault, triage: str) -> None:
    vault.add(store, made(["2024-01-10"], triage=triage), synthetic=True)
    close(store, "2024-01")
    assert episodes(store) == []


def test_updates_and_erasure_change_no_closed_month(store: vault.Vault) -> None:
    frame = made(["2024-01-05", "2024-01-15", "2024-02-03"])
    vault.add(store, frame, synthetic=True)
    close(store, "2024-01")
    vault.add(store, frame.assign(triage="set_aside"), synthetic=True)
    erased = vault.erase(store, [str(frame["source_hash"].iloc[1])])
    assert erased == 1
    assert episodes(store) == [("2024-01", 2)]
    close(store, "2024-02")
    # The report of February was set aside while its month was open.
    assert episodes(store) == [("2024-01", 2)]
    assert vault.add(store, frame, synthetic=True)["accepted"] == 0
    assert len(vault.frame(store, "SELECT * FROM reports")) == 2


def test_real_and_synthetic_reports_do_not_share_a_vault(store: vault.Vault) -> None:
    vault.add(store, made(["2024-01-05"]), synthetic=True)
    with pytest.raises(vault.VaultError, match="vault of its own"):
        vault.add(store, made(["2024-01-06"], ids=["x"]), synthetic=False)


def test_a_crash_in_the_middle_leaves_the_vault_as_it_was(path: Path) -> None:
    with vault.opened(path) as store:
        vault.add(store, made(["2024-01-05"]), synthetic=True)
    with pytest.raises(RuntimeError, match="power cut"), vault.opened(path) as store:  # noqa: PT012 - it must be inside
        vault.add(store, made(["2024-01-06"], ids=["x"]), synthetic=True)
        close(store, "2024-01")
        raise RuntimeError("power cut")
    with vault.opened(path) as store:
        assert len(vault.frame(store, "SELECT * FROM reports")) == 1
        assert store.closed_through is None


def test_the_vault_its_secret_and_its_quarantine_are_their_owners_alone(path: Path) -> None:
    with vault.opened(path) as store:
        rows = pd.DataFrame({"row": [2], "reason": ["no_place"], "remedy": ["..."], "content": ["{}"]})
        kept = vault.set_aside(store, rows)
        assert vault.set_aside(store, rows.iloc[:0]) is None
    assert kept is not None
    assert pd.read_csv(kept).to_dict("list")["row"] == [2]
    for file in (path, vault.secret_file(path), kept):
        assert file.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_the_log_beside_an_open_vault_is_its_owners_alone(path: Path) -> None:
    with vault.opened(path) as store:
        vault.add(store, made(["2024-01-05"] * 50, cell=list(range(50))), synthetic=True)
        store.connection.execute("COMMIT")
        beside = [file for file in path.parent.iterdir() if file.name.startswith("vault.")]
        assert path.with_name("vault.wal") in beside
        assert all(file.stat().st_mode & 0o077 == 0 for file in beside)
        store.connection.execute("BEGIN")


def test_a_day_corrected_while_its_month_is_open_is_received_then(store: vault.Vault) -> None:
    vault.add(store, made(["2024-01-10"]), synthetic=True)
    vault.add(store, made(["2024-03-10"]), synthetic=True)
    close(store, "2024-01", "2024-03")
    received = vault.frame(store, "SELECT month, n FROM received")
    assert [(str(m.date()), n) for m, n in received.itertuples(index=False)] == [("2024-03-01", 1)]


def test_two_installations_have_two_secrets(tmp_path: Path, territory_file: Path) -> None:
    for name in ("one", "two"):
        vault.create(tmp_path / name, territory_file)
    assert vault.secret(tmp_path / "one") != vault.secret(tmp_path / "two")
    assert len(vault.secret(tmp_path / "one")) == 32


def test_what_is_wrong_with_a_vault_is_one_sentence(tmp_path: Path, path: Path, territory_file: Path) -> None:
    with pytest.raises(vault.VaultError, match="already"):
        vault.create(path, territory_file)
    with pytest.raises(vault.VaultError, match="no vault at"), vault.opened(tmp_path / "nowhere"):
        pass
    (tmp_path / "text").write_text("not a database", encoding="utf-8")
    with pytest.raises(vault.VaultError, match="not a vault"), vault.opened(tmp_path / "text"):
        pass
    duckdb.connect(str(tmp_path / "other")).close()
    with pytest.raises(vault.VaultError, match="not a vault of this version"), vault.opened(tmp_path / "other"):
        pass
    vault.secret_file(path).unlink()
    with pytest.raises(vault.VaultError, match="secret"):
        vault.secret(path)
    territory_file.unlink()
    with vault.opened(path) as store, pytest.raises(vault.VaultError, match="territory file"):
        vault.territory(store)
