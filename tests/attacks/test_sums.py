"""Subtraction and reconstruction: what the sums of all tables, windows, zones and sizes prove together.

Every attack is run on three releases of the same reports: plain counts, counts of k or more with all totals, and ours.
"""

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from analytics.release import Release
from analytics.territory import Territory
from tests.attacks import naive, worlds
from tests.attacks.arithmetic import remains
from tests.attacks.program import equations, proved
from tests.attacks.sight import Sight, look
from tests.attacks.worlds import World
from tests.made_up.countries import TABLES, Country, countries

if TYPE_CHECKING:
    from tests.conftest import RealLine, Sample

KINDS = ("windows", "zones", "sizes", "bridged")
WITHOUT_ZONES = (("blocks", "outlook", "departement"),)
WITH_ZONES = (("outlook", "series", "departement"), TABLES)


def told_small(sight: Sight) -> int:
    """How many facts are small as they stand."""
    return int((sight.counts < sight.k).sum())


def searched(said: Release, territory: Territory, *, ours: bool) -> "Counter[str]":
    """Run every attack on the sums of a release; count what each proves."""
    sight = look([said], territory)
    found = remains(sight) if ours else remains(sight, depth=1)
    found["told"] = told_small(sight)
    found["program"] = len(proved(sight, equations(sight), enough=None if ours else 1))
    found["integers"] = len(proved(sight, equations(sight, whole=True))) if ours else found["program"]
    return found


def all_three(world: World) -> "tuple[Counter[str], Counter[str], Counter[str]]":
    """Attack plain counts, suppressed counts with totals, and ours."""
    said, territory = world.release, world.territory
    plain = naive.plain(said, world.episodes, territory)
    suppressed = naive.suppressed(said, world.episodes, territory)
    return (
        searched(plain, territory, ours=False),
        searched(suppressed, territory, ours=False),
        searched(said, territory, ours=True),
    )


@pytest.mark.slow
@pytest.mark.parametrize("tables", [WITHOUT_ZONES, WITH_ZONES], ids=["without zones", "with zones"])
def test_no_sum_of_any_country_proves_a_small_number(tables: tuple[tuple[str, ...], ...]) -> None:
    plain: Counter[str] = Counter()
    suppressed: Counter[str] = Counter()
    facts = Counter(ours=0)

    @settings(max_examples=100)
    @given(countries(tables))
    def attacked(country: Country) -> None:
        world = worlds.invented(country)
        on_plain, on_suppressed, on_ours = all_three(world)
        plain.update(name for name, count in on_plain.items() if count)
        suppressed.update(name for name, count in on_suppressed.items() if count)
        facts["ours"] += len(world.release.facts)
        assert not any(on_ours.values()), on_ours

    attacked()
    # In how many of the 100 countries each attack succeeds on what anybody would publish who does not know better.
    assert min(plain["told"], plain["program"]) >= 75
    assert suppressed["told"] == 0
    assert suppressed["program"] >= 50
    assert min(suppressed[kind] for kind in KINDS if tables == WITH_ZONES or kind != "zones") >= 5
    assert facts["ours"] > 100


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sample", "charlottesville"])
def test_no_sum_of_six_years_proves_a_small_number(which: str, request: pytest.FixtureRequest) -> None:
    made: Sample | RealLine = request.getfixturevalue(which)
    plain, suppressed, ours = all_three(worlds.read(made.vault, made.release, made.territory))
    assert not any(ours.values()), ours
    assert min(plain["told"], plain["program"]) > 0
    assert suppressed["told"] == 0
    assert min(suppressed[kind] for kind in (*KINDS, "program")) > 0


def test_a_country_with_one_zone_under_the_threshold_is_given_away_by_its_total() -> None:
    """The territory's total and the zones of k or more are told: the zone that is not is a subtraction away."""
    country = Country(side=3, zones=3, months=1, k=5, rate=30.0, tables=("series", "departement"), seed=11)
    world = worlds.invented(country)
    _, suppressed, ours = all_three(world)
    assert suppressed["zones"] > 0
    assert not any(ours.values())
