"""The export as a person types it: a file that opens, or one sentence and nothing written."""

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest

from analytics import release as releases
from analytics import territory as territories
from tests.made_up import releases as made_up


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("made")
    file = made_up.territory_file(folder)
    return made_up.write(folder / "release", territories.load(file), months=15), file


def export(root: Path, release: Path, territory: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "analytics", "export", release, "--territory", territory, *arguments]
    return subprocess.run([*map(str, command)], cwd=root, check=False, capture_output=True, text=True)


def test_a_release_is_exported_by_one_line(root: Path, made: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "vigie.gpkg"
    told = export(root, *made, "--to", out, "--layer", "blocks", "--layer", "zones", "--json")
    assert told.returncode == 0, told.stderr
    summary = json.loads(told.stdout)
    facts = releases.read(made[0]).facts
    assert summary["rows"] == {"blocks": int((facts["table"] == "blocks").sum()), "zones": 1}
    assert len(gpd.read_file(out, layer="blocks")) == summary["rows"]["blocks"]


def test_choices_are_those_of_the_page(root: Path, made: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "facts.parquet"
    told = export(root, *made, "--to", out, "--layer", "facts", "--level", "1000", "--first", "2024-04")
    assert told.returncode == 0, told.stderr
    back = gpd.read_parquet(out)
    assert set(back["area_level"]) == {"1000"}
    assert (back["period_end"] >= "2024-04-01").all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "{tmp}/x.shp"], "says no format"),
        (["--to", "{tmp}/x"], "says no format"),
        (["--to", "{tmp}/there.csv"], "is there already"),
        (["--to", "{tmp}/x.csv", "--layer", "blocks", "--layer", "zones"], "holds one layer"),
        (["--to", "{tmp}/x.csv", "--layer", "rivers"], "There is no layer"),
        (["--to", "{tmp}/x.csv", "--zone", "atlantis"], "There is no zone"),
        (["--to", "{tmp}/x.csv", "--first", "spring"], "is no month"),
        (["--to", "{tmp}/x.csv", "--first", "2031-01"], "no run of closed months"),
        (["--to", "{tmp}/x.csv", "--language", "de"], "There is no language"),
        (["--to", "{tmp}/x.csv", "--area", "CRS3035RES1000mN1000E1000"], "nothing to export"),
        (["--to", "{tmp}/nowhere/x.csv"], "does not exist"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    root: Path, made: tuple[Path, Path], tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    told = export(root, *made, *(argument.format(tmp=tmp_path) for argument in arguments))
    assert told.returncode == 2
    assert sentence in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("broken", ["damaged", "newer", "missing", "empty"])
def test_a_broken_release_is_one_sentence(root: Path, made: tuple[Path, Path], tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "release"
    if broken == "empty":
        made_up.write_empty(folder, territories.load(made[1]))
    elif broken != "missing":
        folder.mkdir()
        for name in (releases.MANIFEST, releases.FACTS):
            (folder / name).write_bytes((made[0] / name).read_bytes())
    if broken == "damaged":
        (folder / releases.FACTS).write_bytes(b"PAR1")
    if broken == "newer":
        manifest = json.loads((folder / releases.MANIFEST).read_text(encoding="utf-8"))
        (folder / releases.MANIFEST).write_text(json.dumps(manifest | {"format_version": 99}), encoding="utf-8")
    told = export(root, folder, made[1], "--to", tmp_path / "x.gpkg")
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "x.gpkg").exists()
