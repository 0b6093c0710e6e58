"""The command line as a person meets it: help, one sentence for what is wrong, exit code 2, nothing changed."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    "init",
    "synth",
    "ingest",
    "publish",
    "derive",
    "utility",
    "calibrate",
    "audit",
    "show",
    "map",
    "export",
    "erase",
)
MAPPING = "data/mappings/cross_platform.toml"


def run(root: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "analytics", *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if k != "VIGIE_TERRITORY"} | {"COLUMNS": "200"}
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, env=environment)


@pytest.fixture
def vault(root: Path, tmp_path: Path) -> Path:
    made = run(root, "init", "--territory", "data/territory/doubs.toml", "--vault", tmp_path / "vault")
    assert made.returncode == 0, made.stderr
    return tmp_path / "vault"


def records(path: Path) -> list[list[str]]:
    """Rows of an export; a free text may go over several lines."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        dialect = csv.Sniffer().sniff(stream.readline(), delimiters=",;\t")
        stream.seek(0)
        return list(csv.reader(stream, delimiter=dialect.delimiter))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_help_names_every_command_and_every_command_has_help(root: Path) -> None:
    told = run(root, "--help")
    assert told.returncode == 0
    for command in COMMANDS:
        assert command in told.stdout
        helped = run(root, command, "--help")
        assert helped.returncode == 0
        assert "--json" in helped.stdout


BROKEN = {
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 40,
    "other.csv": b"a,b,c\n1,2,3\n",
    "cut.xlsx": b"PK\x03\x04 not a workbook",
    "broken.parquet": b"PAR1nothing",
    "broken.geojson": b'{"type": "FeatureCollection", "features": [',
    "what.docx": b"PK\x03\x04",
}


@pytest.mark.parametrize("name", [*BROKEN, "missing.csv"])
def test_a_file_that_cannot_be_read_is_one_sentence_and_changes_nothing(
    root: Path, vault: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    if name in BROKEN:
        file.write_bytes(BROKEN[name])
    before = digest(vault)
    told = run(root, "ingest", file, "--mapping", MAPPING, "--vault", vault)
    assert told.returncode == 2
    assert told.stdout == ""
    assert len(told.stderr.strip().splitlines()) == 1
    assert "Traceback" not in told.stderr
    assert name in told.stderr
    assert digest(vault) == before
    assert not Path(f"{vault}.quarantine").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish", "--vault", "{vault}", "--release", "{tmp}/r", "--policy", "data/policies/command.toml"),
        ("publish", "--vault", "{vault}", "--release", "{tmp}/r", "--policy", "{tmp}/nowhere.toml"),
        ("publish", "--vault", "{tmp}/nowhere", "--release", "{tmp}/r", "--policy", "data/policies/command.toml"),
        ("utility", "--vault", "{vault}", "--release", "{tmp}/nowhere"),
        ("calibrate", "--vault", "{vault}", "--policies", "data/policies/command.toml"),
        ("calibrate", "--vault", "{vault}", "--policies", "data/policies/command.toml", "{tmp}/nowhere.toml"),
        ("calibrate", "--vault", "{tmp}/nowhere", "--policies", "data/policies/command.toml"),
        ("derive", "--from", "{tmp}/nowhere", "--release", "{tmp}/r", "--policy", "data/policies/public.toml"),
        ("derive", "--from", "{tmp}/nowhere", "--release", "{tmp}/r", "--policy", "{tmp}/nowhere.toml"),
        ("show", "{tmp}/nowhere"),
        ("map", "{tmp}/nowhere", "{tmp}/out.html"),
        ("init", "--territory", "{tmp}/nowhere.toml", "--vault", "{tmp}/v"),
        ("init", "--territory", "data/territory/doubs.toml", "--vault", "{vault}"),
        ("ingest", "{tmp}/x.csv", "--mapping", "{tmp}/nowhere.toml", "--vault", "{vault}"),
        ("erase", "--vault", "{vault}", "--ids", "{tmp}/nowhere.txt", "--mapping", MAPPING),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    root: Path, vault: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    told = run(root, *(a.format(vault=vault, tmp=tmp_path) for a in arguments))
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert len(told.stderr.split()) > 5
    assert not (tmp_path / "r").exists()


def test_bad_rows_are_set_aside_and_the_rest_is_read(root: Path, vault: Path, tmp_path: Path) -> None:
    good = tmp_path / "export.csv"
    assert run(root, "synth", good, "--territory", "data/territory/doubs.toml", "--seed", 3).returncode == 0
    rows = records(good)
    day = next(i for i, name in enumerate(rows[0]) if name.startswith("date"))
    rows[5][day] = "le 32 du mois"
    bad = tmp_path / "bad.csv"
    separator = csv.Sniffer().sniff(good.read_text(encoding="utf-8-sig").splitlines()[0], delimiters=",;\t").delimiter
    with bad.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows[:40])
    told = run(root, "ingest", bad, "--mapping", MAPPING, "--vault", vault, "--json")
    assert told.returncode == 0, told.stderr
    summary = json.loads(told.stdout)
    assert summary["read"] == 39
    assert sum(summary["quarantined"].values()) == 1
    assert summary["accepted"] + summary["duplicates"] + sum(summary["quarantined"].values()) == 39
    aside = Path(summary["quarantine_file"]).read_text(encoding="utf-8")
    assert "le 32 du mois" in aside
    # What was wrong is said by its reason; the words of the file stay in the quarantine.
    assert "32 du mois" not in told.stdout + told.stderr


def test_an_erased_report_does_not_come_back(root: Path, vault: Path, tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    run(root, "synth", export, "--territory", "data/territory/doubs.toml", "--seed", 3)
    read = ("ingest", export, "--mapping", MAPPING, "--vault", vault, "--json")
    first = json.loads(run(root, *read).stdout)
    identifier = records(export)[1][0]
    (tmp_path / "ids.txt").write_text(f"{identifier}\nunknown\n", encoding="utf-8")
    erased = run(root, "erase", "--vault", vault, "--ids", tmp_path / "ids.txt", "--mapping", MAPPING, "--json")
    assert json.loads(erased.stdout)["erased"] == 1
    again = json.loads(run(root, *read).stdout)
    assert again["accepted"] == 0
    assert again["duplicates"] == first["accepted"] + first["duplicates"]


def test_the_sample_can_be_shown_and_drawn(root: Path, sample_release: Path, tmp_path: Path) -> None:
    told = run(root, "show", sample_release)
    assert told.returncode == 0
    assert "departement" in told.stdout
    assert len(told.stdout.splitlines()) > 100
    drawn = run(root, "map", sample_release, tmp_path / "map.html", "--json")
    assert drawn.returncode == 0, drawn.stderr
    assert json.loads(drawn.stdout)["written"] == str(tmp_path / "map.html")
    assert "synthétiques" in (tmp_path / "map.html").read_text(encoding="utf-8")
