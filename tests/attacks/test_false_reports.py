"""False reports: the attacker files some himself, and looks at what is published.

Those that triage sets aside change nothing. Those that it keeps are episodes like any other, and he knows his own.
"""

from pathlib import Path

import pandas as pd
import pytest

from analytics import territory as territories
from analytics.release import Release
from tests.attacks import box, naive, worlds
from tests.attacks.arithmetic import remains
from tests.attacks.assault import by_silence, by_silence_of_suppressed
from tests.attacks.program import equations, proved
from tests.attacks.sight import look
from tests.made_up import countries, vaults
from tests.made_up.countries import Country

QUARTER = "2024-03"
CELLS = 16  # base cells of the row, all in one square of 4 km


def others(number: int) -> pd.DataFrame:
    """Reports of others in January, each from a base cell of its own."""
    cells = list(range(number))
    return vaults.made(["2024-01-10"] * number, ids=[f"other{i}" for i in cells], cell=cells)


def planted(number: int, triage: str = "kept") -> pd.DataFrame:
    """The attacker's reports, from other base cells of the same square."""
    cells = list(range(CELLS - number, CELLS))
    return vaults.made(["2024-01-20"] * number, ids=[f"mine{i}" for i in cells], cell=cells, triage=triage)


def square(said: Release) -> list[int]:
    """What is told of the square of 4 km in January."""
    facts = said.facts[(said.facts["area_level"] == "4000") & (said.facts["period_level"] == "month")]
    return facts["n"].tolist()


@pytest.mark.parametrize("number", [1, 3])
def test_probing_with_reports_that_triage_sets_aside_changes_nothing(tmp_path: Path, number: int) -> None:
    """Four others are under the threshold; whoever counts all that comes in tells them to one false report."""
    false = planted(number, "set_aside")
    probed = box.said(box.filled(tmp_path, "probed", others(4), false), QUARTER)
    left_alone = box.said(box.filled(tmp_path, "alone", others(4)), QUARTER)
    pd.testing.assert_frame_equal(probed.facts, left_alone.facts)
    everything = pd.concat([others(4), false])
    ground = territories.load(tmp_path / "territory.toml")
    told = square(naive.suppressed(probed, everything, ground))
    assert [n - number for n in told] == [4]


def test_set_aside_reports_beside_published_ones_show_in_what_was_received_alone(tmp_path: Path) -> None:
    probed = box.said(box.filled(tmp_path, "probed", others(7), planted(4, "set_aside")), QUARTER)
    left_alone = box.said(box.filled(tmp_path, "alone", others(7)), QUARTER)
    pd.testing.assert_frame_equal(probed.facts.drop(columns="reports"), left_alone.facts.drop(columns="reports"))
    assert probed.facts["reports"].dropna().tolist() == [10]  # eleven came in, rounded down to a multiple of k
    assert len(probed.facts) > 0


@pytest.mark.parametrize("mine", [1, 2, 4])
def test_whoever_planted_some_learns_the_rest_of_a_block_and_of_silence(tmp_path: Path, mine: int) -> None:
    """What is not promised, exactly: of a block of n he learns that n - j are others'; of silence, at most k - 1 - j.

    That may be one other: with four kept reports of his own, a block of five says so.
    """
    heard, silent = [], []
    for number in range(box.K + 1):
        said = box.said(box.filled(tmp_path, f"vault{number}", others(number), planted(mine)), "2024-01")
        told = square(said)
        if told:
            heard.append((number, told[0] - mine))
        else:
            silent.append(number)
    assert [truth for truth, _ in heard] == [learnt for _, learnt in heard]
    assert min(truth for truth, _ in heard) == box.K - mine
    assert silent == list(range(box.K - mine))  # nothing in it tells these numbers apart
    releases = {number: tmp_path / f"vault{number}-release" / "facts.parquet" for number in silent}
    assert len({file.read_bytes() for file in releases.values()}) == 1


@pytest.mark.parametrize("seed", range(3))
def test_others_learn_nothing_from_a_release_with_planted_reports(tmp_path: Path, seed: int) -> None:
    country = Country(side=3, zones=2, first="2023-10", k=5, rate=14.0, seed=seed)
    ground = countries.territory(tmp_path, country)
    true = countries.reports_of(country)
    beside = true.dropna(subset=["base_e"]).head(1)
    false = pd.concat([beside] * 4, ignore_index=True).assign(
        day=pd.to_datetime(["2023-11-03", "2023-11-08", "2023-11-13", "2023-11-18"]),
        source_hash=[f"{i:f>64d}" for i in range(4)],
    )
    both = pd.concat([true, false], ignore_index=True)
    countries.published(tmp_path, country, both)
    world = worlds.read(tmp_path / "vault", tmp_path / "release", tmp_path / "territory.toml")
    sight = look([world.release], ground)
    assert not any(remains(sight).values())
    assert proved(sight, equations(sight, whole=True)) == []
    assert by_silence(world) == 0
    naively = look([naive.suppressed(world.release, world.episodes, ground)], ground)
    assert proved(naively, equations(naively))
    assert by_silence_of_suppressed(world) > 0
