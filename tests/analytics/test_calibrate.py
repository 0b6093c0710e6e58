"""Policies tried side by side: the vault as it was, nothing left beside it, and the figures of a new vault."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from analytics import publish, utility, vault
from analytics.__main__ import app
from analytics.disclosure import policy as policies
from analytics.utility import calibrate, unpublished
from tests.made_up import vaults

FINE = """
audience = "command"
k = 5
cell_m = 1000
min_inhabitants = 100
crowd = 20000
episode_days = 3
[tables]
blocks = [["1000", "quarter"], ["2000", "year"]]
outlook = [["4000", "month"], ["4000", "quarter"]]
"""
COARSE = FINE.replace('"1000", "quarter"', '"4000", "quarter"').replace('"2000", "year"', '"8000", "quarter"')
MISFIT = FINE.replace("1000", "900").replace("2000", "1800").replace("4000", "3600")
WITHOUT_BLOCKS = FINE.replace("blocks = ", "#")
SIZE = 80


def days(size: int = SIZE) -> list[str]:
    """Give days spread over the year 2023."""
    return [str(day.date()) for day in pd.Timestamp("2023-01-01") + pd.to_timedelta(range(0, size * 4, 4), unit="D")]


def reports() -> pd.DataFrame:
    triage = ["set_aside" if i % 9 == 4 else "kept" for i in range(SIZE)]
    return vaults.made(days(), cell=[(0, 1, 2, 3, 5, 9)[i % 6] for i in range(SIZE)], triage=triage)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = vaults.new(tmp_path)
    with vault.opened(made) as store:
        vault.add(store, reports(), synthetic=True)
    return made


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / f"policy{len(list(tmp_path.glob('policy*')))}.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def beside(path: Path) -> dict[str, bytes]:
    """Everything that lies in the vault's folder."""
    return {str(f.relative_to(path.parent)): f.read_bytes() if f.is_file() else b"" for f in path.parent.rglob("*")}


def rows_of(store: vault.Vault, name: str) -> pd.DataFrame:
    return vault.frame(store, f"SELECT * FROM {name} ORDER BY ALL")  # noqa: S608 - the schema's names


def without_seconds(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "seconds"} for one in told]


def test_each_policy_has_the_figures_of_its_publication(
    tmp_path: Path, path: Path, policy: Callable[[str], Path]
) -> None:
    fine, coarse = policy(FINE), policy(COARSE)
    before = beside(path)
    seen: list[tuple[int, int]] = []
    told = calibrate.calibrate(path, [fine, coarse], through="2023-10", progress=lambda d, t: seen.append((d, t)))
    assert beside(path) == before
    assert [one["policy"] for one in told] == [str(fine), str(coarse)]
    assert seen == [(done, 20) for done in range(1, 21)]
    for one in told:
        summary = publish.publish(path, tmp_path / "release", policies.load(one["policy"]), through="2023-10")
        found = utility.utility(path, tmp_path / "release")
        assert one["facts"] == summary["facts_total"] > 0
        for name in ("blocks", "outlook"):
            for key in ("reports", "published_share", "mean_wait_days", "mean_place_error_m", "mean_time_error_days"):
                assert one[name][key] == found["tables"][name][key]
            assert list(one[name]["share_up_to_cell_m"].values())[-1] == pytest.approx(one[name]["published_share"])
        assert one["surface_ten"] == pytest.approx(pd.DataFrame(found["surface_ten"]).mean(axis=1).tolist())
        path.unlink()
        (tmp_path / "release" / "manifest.json").unlink()
        vaults.new(tmp_path)
        with vault.opened(path) as store:
            vault.add(store, reports(), synthetic=True)


def test_a_vault_that_has_published_is_tried_as_a_new_one(path: Path, policy: Callable[[str], Path]) -> None:
    fine = policy(FINE)
    fresh = calibrate.calibrate(path, [fine])
    path.unlink()
    vaults.new(path.parent)
    early = reports()[lambda all_: all_["source_hash"].isin(all_["source_hash"].iloc[::2])]
    with vault.opened(path) as store:
        vault.add(store, early.assign(triage="kept", category="delivery"), synthetic=True)
        vault.add(store, vaults.made(["2023-01-02"], ids=["erased"], cell=0), synthetic=True)
    publish.publish(path, path.parent / "release", policies.load(policy(COARSE)), through="2023-06")
    with vault.opened(path) as store:
        # The other half arrives late, corrections set reports aside, and one is erased.
        vault.add(store, reports(), synthetic=True)
        vault.erase(store, list(vaults.made(["2023-01-02"], ids=["erased"])["source_hash"]))
    before = beside(path)
    assert without_seconds(calibrate.calibrate(path, [fine])) == without_seconds(fresh)
    assert beside(path) == before


def test_the_copy_holds_what_a_new_vault_would(tmp_path: Path, path: Path, policy: Callable[[str], Path]) -> None:
    with vault.opened(path) as store:
        new = {name: rows_of(store, name) for name in ("reports", "meta")}
    publish.publish(path, tmp_path / "release", policies.load(policy(FINE)), through="2023-06")
    (tmp_path / "its owner's").mkdir()
    copied = tmp_path / "its owner's" / "copy"
    unpublished.copy(path, copied)
    with vault.opened(copied) as store:
        names = [name for (name,) in store.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        for name in names:
            found = rows_of(store, name)
            pd.testing.assert_frame_equal(found, new.get(name, found.iloc[:0]))
    assert {"reports", "meta", "facts", "sealed", "episodes"} <= set(names)
    assert copied.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["k = ", MISFIT, WITHOUT_BLOCKS])
def test_a_broken_policy_leaves_nothing_behind(path: Path, policy: Callable[[str], Path], text: str) -> None:
    fine, broken = policy(FINE), policy(text)
    before = beside(path)
    with pytest.raises(policies.PolicyError, match=broken.name):
        calibrate.calibrate(path, [fine, broken], through="2023-03")
    assert beside(path) == before


@pytest.mark.parametrize("end", [KeyboardInterrupt, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_whatever_happens(
    path: Path,
    policy: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    end: type[BaseException] | signal.Signals,
) -> None:
    fine, handler = policy(FINE), signal.getsignal(signal.SIGTERM)
    before, rights = beside(path), []

    def stop(copied: Path, *_: object, **__: object) -> None:
        rights.append(copied.parent.stat().st_mode & 0o777)
        assert copied.parent.parent == path.parent
        if isinstance(end, signal.Signals):
            os.kill(os.getpid(), end)
        else:
            raise end

    monkeypatch.setattr(publish, "publish", stop)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        calibrate.calibrate(path, [fine])
    assert rights == [0o700]
    assert beside(path) == before
    assert signal.getsignal(signal.SIGTERM) is handler


def test_what_a_killed_process_left_is_named_and_not_touched(path: Path, policy: Callable[[str], Path]) -> None:
    unpublished.folder_of(path).mkdir()
    with pytest.raises(vault.VaultError, match=r"vault\.calibration already"):
        calibrate.calibrate(path, [policy(FINE)])
    assert unpublished.folder_of(path).is_dir()


def test_the_command_prints_one_table_or_one_object(path: Path, policy: Callable[[str], Path]) -> None:
    files = [str(policy(FINE)), str(policy(COARSE))]
    asked = ["calibrate", "--vault", str(path), "--policies", *files, "--through", "2023-06"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    head, *rows = told.stdout.splitlines()
    assert head.split()[2:6] == ["published", "<=", "1000", "m"]
    assert [row.split()[1] for row in rows[:4]] == ["blocks", "outlook"] * 2
    assert rows[4:] == ["note: Confidential: computed from the vault, not for publication."]
    machines = CliRunner().invoke(app, [*asked, "--json"])
    assert machines.exit_code == 0
    assert '"policies": [{' in machines.stdout
    assert '"note": "Confidential' in machines.stdout


def test_a_wrong_month_is_one_sentence_and_exit_code_2(path: Path, policy: Callable[[str], Path]) -> None:
    before = beside(path) | {"policy0.toml": FINE.encode()}
    told = CliRunner().invoke(
        app, ["calibrate", "--vault", str(path), "--policies", str(policy(FINE)), "--through", "soon"]
    )
    assert told.exit_code == 2
    assert "YYYY-MM" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert beside(path) == before
