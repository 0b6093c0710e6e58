"""Tables kept beside a release: those of its own facts, whole, and no others."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics import release as said
from analytics import territory as territories
from analytics.release import Release
from analytics.restricted import restricted
from analytics.statistics import StatisticsError, derived, surface
from analytics.territory import Territory


@pytest.fixture(scope="module")
def doubs(root: Path) -> Territory:
    return territories.load(root / "data" / "territory" / "doubs.toml")


@pytest.fixture
def copy(sample_release: Path, tmp_path: Path) -> Release:
    shutil.copytree(sample_release, tmp_path / "release")
    return said.read(tmp_path / "release")


def test_publication_leaves_every_table_beside_the_release(sample_release: Path) -> None:
    release = said.read(sample_release)
    for name in derived.TABLES:
        kept = derived.read(release, name)
        assert kept is not None, name
        assert len(kept) or name in {"hotspots", "states"}


def test_the_draws_that_were_kept_are_those_that_would_be_drawn(sample_release: Path, doubs: Territory) -> None:
    release = said.read(sample_release)
    kept = derived.draws(release)
    again = surface.fit(release, doubs)
    assert kept is not None
    assert again.draws is not None
    assert (kept.atom == again.draws.atom).all()
    assert (kept.begin == again.draws.begin).all()
    stored = surface.fit(release, doubs, kept)
    last = again.months[-1]
    pd.testing.assert_frame_equal(surface.window(stored, last, last), surface.window(again, last, last))


def test_tables_of_other_facts_are_not_used(copy: Release) -> None:
    fewer = copy.facts.iloc[:-1]
    said.write(copy.path, copy.manifest, fewer)
    newer = said.read(copy.path)
    assert all(derived.read(newer, name) is None for name in derived.TABLES)
    assert derived.draws(newer) is None


def test_a_part_of_a_release_is_not_given_what_was_computed_from_the_whole(
    sample_release: Path, doubs: Territory, copy: Release
) -> None:
    """A view of some zones would show the places of the others; what was known earlier would know the later."""
    release = said.read(sample_release)
    assert derived.draws(release) is not None
    for part in (restricted(release, doubs, ["besancon"]), said.until(release, said.months(release)[-2])):
        assert derived.draws(part) is None
        assert all(derived.read(part, name) is None for name in derived.TABLES)
    before = (copy.path / "derived" / "derived.json").read_bytes()
    with pytest.raises(StatisticsError, match="folder of its own"):
        derived.write(restricted(copy, doubs, ["besancon"]), doubs)
    assert (copy.path / "derived" / "derived.json").read_bytes() == before


@pytest.mark.parametrize("name", ["alerts", "draws"])
def test_a_table_that_was_changed_by_hand_is_not_used(copy: Release, name: str) -> None:
    file = copy.path / "derived" / f"{name}.parquet"
    pd.read_parquet(file).iloc[:-1].to_parquet(file, index=False)
    assert derived.read(copy, name) is None
    file.unlink()
    assert derived.read(copy, name) is None


def test_an_index_that_cannot_be_read_is_as_if_nothing_were_there(copy: Release) -> None:
    for content in ("not JSON", "{}", '{"files": [], "without": {}}'):
        (copy.path / "derived" / "derived.json").write_text(content, encoding="utf-8")
        assert derived.read(copy, "alerts") is None


def test_what_could_not_be_computed_is_told_by_its_sentence(copy: Release, doubs: Territory) -> None:
    first = said.until(copy, said.months(copy)[2])
    said.write(copy.path, first.manifest, first.facts)
    young = said.read(copy.path)
    without = derived.write(young, doubs)
    assert "backtest" in without
    with pytest.raises(StatisticsError, match=r"needs \d+ months"):
        derived.read(young, "backtest")
    assert derived.read(young, "alerts") is not None


def test_nothing_but_facts_goes_into_it(sample_release: Path) -> None:
    """A table is computed from the release alone; its index holds hashes and sentences."""
    index = json.loads((sample_release / "derived" / "derived.json").read_text(encoding="utf-8"))
    assert set(index) == {"format_version", "facts", "files", "without"}
    assert index["facts"] == said.read(sample_release).manifest["files"]["facts.parquet"]


def test_an_unknown_table_is_refused(sample_release: Path, doubs: Territory) -> None:
    with pytest.raises(StatisticsError, match="known are draws"):
        derived.computed("league", said.read(sample_release), doubs)
