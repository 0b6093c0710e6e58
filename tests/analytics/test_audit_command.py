"""The audit as a command: a careful release proves nothing, a careless one is found, a broken one is refused."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics import publish, release, territory, vault
from analytics.disclosure import holdback, ladder, outsider, repair
from analytics.disclosure import policy as policies
from analytics.disclosure.attack import attack
from analytics.disclosure.linked import Line, Linked
from analytics.publish import derive
from analytics.publish.examine import examine
from analytics.territory import Territory
from tests.conftest import Sample
from tests.made_up import countries, finer_world, linked_world

KEYS = {"groups", "leftovers", "disclosed", "ladder_aware_disclosed", "seconds", "constraints", "unknowns", "verdict"}
MONTHS, SEEDS = 8, (0, 1, 2)
COUNTRY = countries.Country(side=4, zones=2, months=6, first="2023-07", k=5, rate=24.0, seed=7)
SUPPRESSED = {  # one rung a table: all counts of k or more, in cells, larger cells, zones and altogether
    "blocks": (("1000", "quarter"),),
    "outlook": (("2000", "quarter"),),
    "series": (("zone", "quarter"),),
    "departement": (("departement", "quarter"),),
}
PUBLIC: dict[str, Any] = {
    "audience": "public",
    "k": 15,
    "cell_m": 4000,
    "tables": {
        "blocks": [["4000", "quarter"], ["4000", "year"], ["8000", "year"]],
        "series": [["zone", "month"], ["zone", "quarter"], ["zone", "year"]],
        "departement": [["departement", "month"], ["departement", "quarter"], ["departement", "year"]],
    },
}


def run(root: Path, *arguments: object) -> tuple[int, dict[str, Any], str]:
    command = [sys.executable, "-m", "analytics", "audit", *map(str, arguments), "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "VIGIE_TERRITORY"}
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, env=environment)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def proved(told: dict[str, Any]) -> tuple[int, int]:
    return told["disclosed"], told["ladder_aware_disclosed"]


@dataclass(frozen=True)
class Published:
    """The same reports twice: a vault and release that were audited, and those of somebody who does not know better."""

    folder: Path
    careful: Path
    careless: Path

    @property
    def ground(self) -> Path:
        """Their territory."""
        return self.folder / "territory.toml"


def say_all(lines: list[Line], linked: Linked, month: int) -> repair.Closed:
    """Close a month without attack and repair."""
    del linked
    blocks = [ladder.close_month(line.table, month, line.waiting) for line in lines]
    return repair.Closed(blocks, [set() for _ in lines])


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("published")
    countries.territory(folder, COUNTRY)
    for name in ("careful", "careless"):
        (folder / name).mkdir()
        vault.create(folder / name / "vault", folder / "territory.toml")
        with vault.opened(folder / name / "vault") as store:
            vault.add(store, countries.reports_of(COUNTRY), synthetic=True)
    wanted = countries.policy(COUNTRY)
    publish.publish(folder / "careful/vault", folder / "careful/release", wanted, through="2023-12")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repair, "close_month", say_all)
        naive = wanted.model_copy(update={"tables": SUPPRESSED})
        publish.publish(folder / "careless/vault", folder / "careless/release", naive, through="2023-12")
    return Published(folder, folder / "careful", folder / "careless")


@pytest.mark.parametrize("known", [("vault",), ()], ids=["with the vault", "without"])
def test_plain_suppression_with_totals_is_found_and_what_was_audited_is_clean(
    published: Published, root: Path, known: tuple[str, ...]
) -> None:
    found = {}
    for name, code in (("careful", 0), ("careless", 1)):
        folder = getattr(published, name)
        inside = [part for name in known for part in ("--vault", folder / name)]
        told = run(root, "--release", folder / "release", "--territory", published.ground, *inside)
        assert told[0] == code, told[2]
        assert set(told[1]) == (KEYS | {"note"} if known else KEYS)
        found[name] = told[1]
    assert proved(found["careful"]) == (0, 0)
    assert found["careless"]["disclosed"] > 0
    assert found["careless"]["ladder_aware_disclosed"] >= found["careless"]["disclosed"]
    assert min(found["careful"][key] for key in ("groups", "leftovers", "constraints", "unknowns")) > 0


def test_an_audit_changes_no_byte_of_the_vault_and_reads_earlier_states_of_its_release(
    published: Published, tmp_path: Path
) -> None:
    file = published.careful / "vault"
    before, now = file.read_bytes(), release.read(published.careful / "release")
    early = release.until(now, "2023-10")
    release.write(tmp_path / "early", early.manifest, early.facts)
    together = [published.careful / "release", tmp_path / "early"]
    assert proved(examine([tmp_path / "early"], vault_path=file)) == (0, 0)
    assert proved(examine(together, vault_path=file)) == (0, 0)
    assert file.read_bytes() == before


def test_a_number_under_k_is_found_and_numbers_that_contradict_each_other_are_refused(
    published: Published, tmp_path: Path
) -> None:
    said, ground = release.read(published.careful / "release"), territory.load(published.ground)
    under = said.facts.assign(n=said.facts["n"].where(said.facts.index > 0, 3))
    release.write(tmp_path / "under", said.manifest, under.head(1))
    assert min(proved(examine([tmp_path / "under"], ground))) > 0
    twice = said.facts.assign(n=said.facts["n"] * (1 + (said.facts["table"] == "series")))
    release.write(tmp_path / "twice", said.manifest, twice)
    with pytest.raises(publish.PublishError, match="cannot be done"):
        examine([tmp_path / "twice"], ground)


def test_what_cannot_be_audited_ends_with_a_sentence_and_exit_code_2(
    published: Published, root: Path, tmp_path: Path
) -> None:
    shutil.copytree(published.careful / "release", tmp_path / "broken")
    (tmp_path / "broken" / release.FACTS).write_bytes(b"PAR1")
    whole, ground = published.careful / "release", ("--territory", published.ground)
    refused = {
        "damaged": ("--release", tmp_path / "broken", *ground),
        "no release": ("--release", whole, "--release", tmp_path / "nowhere", *ground),
        "--vault": ("--release", whole, "--vault", published.careless / "vault"),
        "--territory": ("--release", whole),
    }
    for word, arguments in refused.items():
        code, told, sentence = run(root, *arguments)
        assert (code, told) == (2, {})
        assert word in sentence
        assert sentence.count("\n") == 1


Change = Callable[[release.Release], release.Release]


def other_ladder(said: release.Release) -> release.Release:
    """Let the manifest name a ladder that has not every rung of the facts."""
    tables = said.manifest["policy"]["tables"] | {"departement": [["departement", "year"]]}
    return release.Release(
        said.path, said.manifest | {"policy": said.manifest["policy"] | {"tables": tables}}, said.facts
    )


def later(said: release.Release) -> release.Release:
    """Let the manifest begin a month earlier than the release it is put beside."""
    first = said.manifest["vintages"][0] | {"first_month": "2023-06"}
    return release.Release(said.path, said.manifest | {"vintages": [first]}, said.facts)


@pytest.mark.parametrize(("change", "word"), [(other_ladder, "rungs"), (later, "different months")])
def test_releases_that_do_not_fit_are_refused(published: Published, tmp_path: Path, change: Change, word: str) -> None:
    said = change(release.read(published.careful / "release"))
    release.write(tmp_path / "changed", said.manifest, said.facts)
    with pytest.raises(publish.PublishError, match=word):
        examine([published.careful / "release", tmp_path / "changed"], territory.load(published.ground))


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Territory]:
    """Commanders' releases, prevention's from them, and the public's from either: a star and a chain."""
    folder = tmp_path_factory.mktemp("derived")
    ground = finer_world.country(folder)
    prevention, public = finer_world.policy(), finer_world.policy(**PUBLIC)
    for seed in SEEDS:
        command = finer_world.write(folder / f"command{seed}", ground, finer_world.episodes(ground, MONTHS, seed))
        derive.derive(command, folder / f"prevention{seed}", prevention, ground)
        derive.derive(command, folder / f"star{seed}", public, ground)
        derive.derive(folder / f"prevention{seed}", folder / f"chain{seed}", public, ground, origin_path=command)
    return folder, ground


@pytest.mark.slow
def test_two_releases_derived_from_one_are_found_side_by_side_and_a_chain_is_not(
    derived: tuple[Path, Territory],
) -> None:
    folder, ground = derived
    beaten = 0
    for seed in SEEDS:
        prevention, origins = folder / f"prevention{seed}", [folder / f"command{seed}"]
        star = examine([prevention, folder / f"star{seed}"], ground, origins=origins)
        chain = examine([prevention, folder / f"chain{seed}"], ground, origins=origins)
        alone = examine([folder / f"star{seed}"], ground, origins=origins)
        assert (proved(chain), proved(alone)) == ((0, 0), (0, 0))
        assert star["constraints"] > alone["constraints"]
        beaten += min(proved(star)) > 0
    assert beaten >= 1


@pytest.mark.slow
def test_a_derived_release_asks_for_the_one_that_it_came_from(derived: tuple[Path, Territory]) -> None:
    folder, ground = derived
    with pytest.raises(publish.PublishError, match="--origin"):
        examine([folder / "prevention0"], ground)
    with pytest.raises(publish.PublishError, match="for prevention"):
        examine([folder / "chain0"], ground, origins=[folder / "command0"])
    with pytest.raises(publish.PublishError, match="not sums"):
        examine([folder / "prevention0"], ground, origins=[folder / "command1"])


def test_two_releases_that_break_episodes_down_tell_of_the_same_unknowns() -> None:
    # One tells 5 of a in each of three quarters, the other 17 in the year: together they prove 2 in the last quarter.
    lines, ground = linked_world.lines(np.full((1, 12), 9), np.zeros(1, dtype=np.int64), tables=("series",))
    for month in range(12):
        ladder.close_month(lines[0].table, month, lines[0].waiting)
    nothing = np.zeros((1, 2, 12), dtype=np.int64)
    mine, theirs = (linked_world.by_attribute("category", ("a", "b"), nothing) for _ in range(2))
    ladder.replay(mine.table, 0, 11, {mine.table.moment(month, 0): {0: 5} for month in (2, 5, 8)})
    ladder.replay(theirs.table, 0, 11, {theirs.table.moment(11, 1): {0: 17}})
    alone = [[*lines, line] for line in (mine, theirs)]
    both = [*lines, mine, replace(theirs, release=1)]
    found = [attack(said, ground, (0, 11), rules=False, known=False) for said in (*alone, both)]
    assert [len(verdict.accused) > 0 for verdict in found] == [False, False, True]
    assert len({verdict.known.variables for verdict in found}) == 1


@pytest.mark.slow
def test_the_sample_is_clean_for_each_audience_and_for_two_that_talk_to_one_another(
    sample: Sample, root: Path, tmp_path: Path
) -> None:
    ground = territory.load(sample.territory)
    prevention = policies.load(root / "data/policies/prevention.toml")
    derive.derive(sample.release, tmp_path / "prevention", prevention, ground)
    both = [sample.release, tmp_path / "prevention"]
    assert proved(examine(both[:1], ground)) == (0, 0)
    assert proved(examine(both[1:], ground, origins=both[:1])) == (0, 0)
    assert proved(examine(both, ground)) == (0, 0)
    code, told, _ = run(root, "--release", both[0], "--release", both[1], "--vault", sample.vault)
    assert (code, *proved(told)) == (0, 0, 0)
    assert told["constraints"] > 4000


@pytest.mark.slow
@pytest.mark.parametrize("tables", [("blocks",), ("blocks", "series")], ids=["alone", "beside another"])
def test_outside_silence_proves_something_only_of_a_table_alone_without_hold_back(
    tables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten = {True: 0, False: 0}
    for careful in (True, False):
        if not careful:
            monkeypatch.setattr(holdback, "refuses", lambda *_: False)
        for seed in range(5):
            counts = np.random.default_rng(seed).poisson(1.2, (2, 12))
            lines, ground = linked_world.lines(counts, np.zeros(2, dtype=np.int64), tables=tables)
            for month in range(12):
                for line in lines:
                    ladder.close_month(line.table, month, line.waiting)
            beaten[careful] += outsider.proved_by_silence(lines, ground, (0, 11)) > 0
    assert beaten[True] == 0
    assert (beaten[False] > 0) == (len(tables) == 1)
