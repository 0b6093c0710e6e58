"""The log: one line a visit, added and never changed; and nothing is served that cannot be written down."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.access import log
from dashboard.access.reader import Reader
from dashboard.problem import Problem
from tests.made_up import access


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = access.write(tmp_path, command=tmp_path)
    monkeypatch.setenv("VIGIE_ACCESS", str(path))
    return path


def test_a_line_says_who_when_what_and_no_more(rules: Path) -> None:
    log.record("ana", log.SIGN_IN)
    log.record("ana", log.VIEW, "trends")
    lines = [json.loads(line) for line in rules.with_name("access.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [sorted(line) for line in lines] == [["what", "when", "who"], ["name", "what", "when", "who"]]
    assert all(line["when"].endswith("+00:00") for line in lines)
    assert access.logged(rules) == [("ana", "sign-in", ""), ("ana", "view", "trends")]


def test_nobody_but_the_server_reads_it(rules: Path) -> None:
    before = os.umask(0)
    try:
        log.record("ana", log.SIGN_IN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(rules.with_name("access.jsonl").stat().st_mode) == 0o600


def test_a_name_cannot_write_a_second_line(rules: Path) -> None:
    log.record('eve"}\n{"who": "ana', log.VIEW, "x\ny\u2028")
    assert len(rules.with_name("access.jsonl").read_bytes().splitlines()) == 1
    assert access.logged(rules) == [('eve"}\n{"who": "ana', "view", "x\ny\u2028")]


def test_lines_of_many_at_once_do_not_mix(rules: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: log.record(f"reader {number}" * 40, log.VIEW, "trends"), range(200)))
    assert sorted(who for who, _, _ in access.logged(rules)) == sorted(f"reader {n}" * 40 for n in range(200))


def test_what_is_there_is_kept(rules: Path) -> None:
    log.record("ana", log.SIGN_IN)
    before = rules.with_name("access.jsonl").read_bytes()
    log.record("bea", log.SIGN_IN)
    assert rules.with_name("access.jsonl").read_bytes().startswith(before)


def unwritable(folder: Path) -> None:
    (folder / "access.jsonl").mkdir()


def elsewhere(folder: Path) -> None:
    (folder / "access.jsonl").symlink_to(folder / "other.jsonl")


@pytest.mark.parametrize("broken", [unwritable, elsewhere])
def test_a_log_that_cannot_be_written_is_a_problem(broken: object, rules: Path) -> None:
    assert callable(broken)
    broken(rules.parent)
    with pytest.raises(Problem) as raised:
        log.record("ana", log.VIEW, "trends")
    assert raised.value.kind == "log"
    assert str(rules.parent) not in str(raised.value.said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = access.write(tmp_path, command=tmp_path)
    full.write_text(full.read_text(encoding="utf-8").replace("access.jsonl", "/dev/full"), encoding="utf-8")
    monkeypatch.setenv("VIGIE_ACCESS", str(full))
    with pytest.raises(Problem, match="log"):
        log.record("ana", log.VIEW, "trends")


@pytest.mark.usefixtures("rules")
def test_half_a_line_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda file, line: whole(file, line[:5]))
    with pytest.raises(Problem, match="log"):
        log.record("ana", log.VIEW, "trends")


def reads(monkeypatch: pytest.MonkeyPatch, **changed: object) -> None:
    somebody = Reader("ana", "analyst", "command", expires=changed.get("expires", float("inf")))  # type: ignore[arg-type]
    monkeypatch.setattr(log, "current", lambda: somebody)


def test_a_download_is_written_down_when_it_happens(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch)
    make = log.recorded("facts.csv", lambda: b"content")
    assert access.logged(rules) == []
    assert make() == b"content"
    assert make() == b"content"
    assert access.logged(rules) == [("ana", "download", "facts.csv")] * 2


def test_no_file_without_a_line(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch)
    made: list[str] = []

    def content() -> bytes:
        made.append("content")
        return b"content"

    make = log.recorded("facts.csv", content)
    unwritable(rules.parent)
    with pytest.raises(Problem, match="log"):
        make()
    assert made == []


def test_no_file_after_the_session(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, expires=0.0)
    with pytest.raises(Problem, match="expired"):
        log.recorded("facts.csv", lambda: b"content")()
    assert access.logged(rules) == []


def test_where_nobody_signs_in_there_is_nobody_to_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VIGIE_ACCESS", raising=False)
    monkeypatch.chdir(tmp_path)
    log.record("", log.VIEW, "trends")
    assert not list(tmp_path.iterdir())
