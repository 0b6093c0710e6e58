"""What is opened, what is refused and why, and that nothing is computed twice."""

import json
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st

from analytics import release as releases
from dashboard import reading
from dashboard.components.square_map.periods import Span
from tests.dashboard.conftest import World
from tests.made_up import releases as made_up


@pytest.fixture(autouse=True)
def named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_RELEASE", str(world.folder))
    monkeypatch.setenv("VIGIE_TERRITORY", str(world.file))
    st.cache_resource.clear()


def refused(monkeypatch: pytest.MonkeyPatch, release: Path) -> reading.Problem:
    monkeypatch.setenv("VIGIE_RELEASE", str(release))
    with pytest.raises(reading.Problem) as raised:
        reading.opened()
    return raised.value


def test_what_is_opened_is_kept(world: World) -> None:
    first = reading.opened()
    assert first.release is reading.opened().release
    assert first.territory is reading.opened().territory
    assert reading.payload(first) is reading.payload(reading.opened())
    assert first.synthetic
    pd.testing.assert_frame_equal(first.release.facts, world.release.facts)


def test_a_new_publication_is_seen_without_a_restart(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=6)
    monkeypatch.setenv("VIGIE_RELEASE", str(folder))
    before = reading.opened()
    assert len(releases.months(before.release)) == 6
    made_up.write(folder, world.territory, months=9)
    after = reading.opened()
    assert len(releases.months(after.release)) == 9
    assert len(reading.periods(after)["month"]) == 9
    assert before.key != after.key


def test_no_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, tmp_path / "nowhere").kind == "missing"


def test_a_changed_number(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=3)
    facts = pd.read_parquet(folder / releases.FACTS)
    facts.assign(n=facts["n"] + 1).to_parquet(folder / releases.FACTS, index=False)
    assert refused(monkeypatch, folder).kind == "changed"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format_version": "two"}', "{}"])
def test_an_unreadable_manifest(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / releases.MANIFEST).write_text(content, encoding="utf-8")
    assert refused(monkeypatch, tmp_path).kind == "manifest"


def test_a_manifest_without_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / releases.MANIFEST).write_text('{"format_version": 1}', encoding="utf-8")
    assert refused(monkeypatch, tmp_path).kind in {"manifest", "changed"}


def test_a_newer_format(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=3)
    manifest = json.loads((folder / releases.MANIFEST).read_text(encoding="utf-8"))
    newer = manifest | {"format_version": releases.FORMAT_VERSION + 1}
    (folder / releases.MANIFEST).write_text(json.dumps(newer), encoding="utf-8")
    problem = refused(monkeypatch, folder)
    assert problem.kind == "newer"
    assert problem.said["version"] == str(releases.FORMAT_VERSION + 1)


def test_an_empty_release(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, made_up.write_empty(tmp_path / "release", world.territory)).kind == "empty"


def test_months_without_a_fact(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=2, a_month=0.5)
    assert refused(monkeypatch, folder).kind == "empty"


def test_no_territory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_TERRITORY", str(tmp_path / "no.toml"))
    with pytest.raises(reading.Problem) as raised:
        reading.opened()
    assert raised.value.kind == "territory"


def test_another_territory(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    other.write_text(world.file.read_text(encoding="utf-8").replace('code = "XX"', 'code = "YY"'), encoding="utf-8")
    monkeypatch.setenv("VIGIE_TERRITORY", str(other))
    with pytest.raises(reading.Problem) as raised:
        reading.opened()
    assert raised.value.kind == "other_territory"


def test_no_interval_below_k_is_said_but_in_one_way() -> None:
    opened = reading.opened()
    for periods in reading.periods(opened).values():
        for period in periods:
            under = period.high < made_up.K
            assert (period.fewer == under).all()
            assert (period.low[under] == 0).all()
            assert (period.high[under] == made_up.K - 1).all()


def test_a_window_is_that_of_the_map() -> None:
    opened = reading.opened()
    period = reading.periods(opened)["quarter"][-2]
    window = reading.window(opened, Span(period.span.first, period.span.last))
    assert (window["estimate"].to_numpy() == period.estimate).all()
    assert ((window["said"] == "fewer_than_k").to_numpy() == period.fewer).all()
