"""The ladder's own logic: from facts and silence of all tables together nothing small may follow.

Silence says: fewer than k, or one of the counts at which hold-back would have refused the group. The rules are listed
from release and territory alone (``silence``); that the truth obeys every one of them is asserted beside each attack,
or the attacker would reason from what is false.

The attacker who forgets the second half of the rule, or that groups can be withheld, proves nothing either: his premise
is false whenever hold-back spoke, and he cannot know when it did. The test shows that he goes wrong.
"""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.release import Release
from tests.attacks import naive, silence, worlds
from tests.attacks.program import equations, proved
from tests.attacks.sight import ground_of, look
from tests.attacks.silence import Rules
from tests.attacks.worlds import World
from tests.made_up.countries import TABLES, Country, countries

if TYPE_CHECKING:
    from tests.conftest import RealLine, Sample

WITHOUT_ZONES = (("blocks", "outlook", "departement"),)
WITH_ZONES = (("outlook", "series", "departement"), TABLES)
FAR = 4
"""On a large ground, groups that may hold more than so many times k are left to the sums alone."""


def year(said: Release, number: int) -> Release:
    """The part of a release that speaks of one calendar year: no period, so no fact and no rule, crosses two."""
    vintages = said.manifest["vintages"]
    first, last = max(vintages[0]["first_month"], f"{number}-01"), min(vintages[-1]["through"], f"{number}-12")
    facts = said.facts[(said.facts["period_start"].str[:4] == str(number)).to_numpy()].reset_index(drop=True)
    return Release(said.path, said.manifest | {"vintages": [{"first_month": first, "through": last}]}, facts)


def years(said: Release) -> list[Release]:
    """The parts of a release, a calendar year each."""
    vintages = said.manifest["vintages"]
    first, last = int(vintages[0]["first_month"][:4]), int(vintages[-1]["through"][:4])
    return [year(said, number) for number in range(first, last + 1)]


def obeyed(world: World, said: Release, known: Rules) -> bool:
    """Whether the truth obeys every rule."""
    ground = ground_of([said], world.territory)
    truth = naive.truth_of(ground, world.episodes, world.territory, said.cell_m).ravel()
    held = known.sums @ truth
    return all(any(low <= n <= high for low, high in ranges) for n, ranges in zip(held, known.ranges, strict=True))


def attacked(world: World, *, within: float = np.inf) -> int:
    """How many small numbers the facts of all tables and their silence prove."""
    found = 0
    for said in years(world.release):
        known = silence.rules(said, world.territory, world.withheld, within=within)
        assert obeyed(world, said, known), "the attacker's rules are not the ladder's"
        sight = look([said], world.territory, known.sums)
        found += len(proved(sight, silence.program(sight, known)))
    return found


def on_suppressed(world: World) -> int:
    """Small numbers that silence adds to those proved by the sums of a release of all counts of k or more."""
    said = naive.suppressed(world.release, world.episodes, world.territory)
    sums = naive.silent(world.release, world.episodes, world.territory)
    sight = look([said], world.territory, sums)
    known = Rules(sums, [((0, said.k - 1),)] * int(sums.shape[0]))
    alone = proved(sight, equations(sight))
    return len(proved(sight, silence.program(sight, known, whole=False))) - len(alone)


@pytest.mark.slow
@pytest.mark.parametrize("tables", [WITHOUT_ZONES, WITH_ZONES], ids=["without zones", "with zones"])
def test_what_is_said_and_what_is_not_prove_nothing_small_in_any_country(tables: tuple[tuple[str, ...], ...]) -> None:
    found: Counter[str] = Counter()

    @settings(max_examples=100)
    @given(countries(tables))
    def searched(country: Country) -> None:
        world = worlds.invented(country)
        found["countries where silence betrays suppressed counts"] += on_suppressed(world) > 0
        found["facts"] += len(world.release.facts)
        assert attacked(world) == 0

    searched()
    assert found["countries where silence betrays suppressed counts"] >= 20
    assert found["facts"] > 100


@pytest.mark.slow
@pytest.mark.parametrize("table", ["blocks", "outlook", "series", "departement"])
def test_a_table_by_itself_proves_nothing_small(table: str) -> None:
    """What hold-back promises of each table, whatever the audit does: attack a table whose ladder was closed alone."""
    counted = Counter(facts=0)

    @settings(max_examples=25)
    @given(countries())
    def searched(country: Country) -> None:
        world = worlds.invented(replace(country, tables=(table,)))
        counted["facts"] += len(world.release.facts)
        assert attacked(world) == 0

    searched()
    assert counted["facts"] > 25


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sample", "charlottesville"])
def test_what_is_said_and_what_is_not_prove_nothing_small_in_six_years(
    which: str, request: pytest.FixtureRequest
) -> None:
    made: Sample | RealLine = request.getfixturevalue(which)
    world = worlds.read(made.vault, made.release, made.territory)
    assert attacked(world, within=FAR) == 0
