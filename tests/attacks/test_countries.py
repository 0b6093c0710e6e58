"""Countries drawn by lot, each attacked in every way: no sum and no silence of any of them gives a small number away.

Most close their months on arrays, which takes a third less time than vault and files; that it is the same release is
tested on some that are published both ways. Some countries are published as others would, and the same attacks succeed.
"""

import os
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings

from tests.attacks import attributes, worlds
from tests.attacks.assault import (
    KINDS,
    all_three,
    by_attribute,
    by_attribute_of_suppressed,
    by_silence,
    by_silence_of_suppressed,
    searched,
)
from tests.made_up import countries
from tests.made_up.countries import TABLES, WITHOUT_BLOCKS, WITHOUT_ZONES, Country

EACH = int(os.environ.get("VIGIE_COUNTRIES", "40"))
"""Countries of each kind, others each time; whoever changes what is said lets hundreds be drawn."""
NAIVE = 12
"""Countries, always the same, that are also published as others would."""
BROKEN_DOWN = ("blocks", "series", "departement", "breakdown")


def given_away(tables: tuple[str, ...]) -> "Counter[str]":
    """In how many of some countries each attack succeeds, published as by anybody who does not know better."""
    found: Counter[str] = Counter()
    for seed in range(NAIVE):
        country = Country(tables=tables, k=4, rate=16.0, seed=seed)
        world = worlds.invented(country, repaired=False)
        plain, suppressed, _ = all_three(world)
        found.update(f"plain {name}" for name, count in plain.items() if count)
        found.update(name for name, count in suppressed.items() if count)
        found["silence"] += by_silence_of_suppressed(world) > 0
    return found


def test_what_zones_that_nothing_tells_apart_hold_together_is_attacked() -> None:
    """Each of two zones may hold the one unlocated report of January; that one of them does, must not be proved."""
    country = Country(side=2, months=3, tables=WITHOUT_ZONES, k=2, crowd=2_000, rate=12.0, seed=5)
    bare = worlds.invented(country, repaired=False)
    assert searched(bare.release, bare.territory, ours=True)["program"] > 0
    ours = worlds.invented(country)
    assert not any(searched(ours.release, ours.territory, ours=True).values())


@pytest.mark.slow
@pytest.mark.parametrize("tables", [WITHOUT_ZONES, WITHOUT_BLOCKS, TABLES], ids=["no zones", "no blocks", "all"])
def test_no_country_gives_a_small_number_away(tables: tuple[str, ...]) -> None:
    met = Counter(countries=0, facts=0)

    @settings(max_examples=EACH)
    @given(countries.countries((tables,)))
    def attacked(country: Country) -> None:
        world = worlds.invented(country)
        ours = searched(world.release, world.territory, ours=True)
        assert not any(ours.values()), ours
        assert by_silence(world) == 0
        met["facts"] += len(world.release.facts)
        met["countries"] += 1

    attacked()
    assert met["countries"] >= EACH
    assert met["facts"] > 3 * EACH
    naive = given_away(tables)
    assert min(naive["plain told"], naive["plain program"]) == NAIVE
    assert naive["told"] == 0
    assert naive["program"] >= NAIVE / 2
    assert all(naive[kind] for kind in (*KINDS, "silence") if kind != "zones" or tables != WITHOUT_ZONES), naive


@pytest.mark.slow
def test_countries_published_from_a_vault_are_those_closed_on_arrays() -> None:
    met = Counter(countries=0, facts=0)

    @settings(max_examples=12)
    @given(countries.countries())
    def published(country: Country) -> None:
        ours, quicker = worlds.published(country), worlds.invented(country)
        pd.testing.assert_frame_equal(ours.release.facts, quicker.release.facts)
        columns = ["table", "rung", "area"]
        assert set(ours.withheld[columns].itertuples(index=False)) == set(
            quicker.withheld[columns].itertuples(index=False)
        )
        met["countries"] += 1
        met["facts"] += len(ours.release.facts)

    published()
    assert met["countries"] >= 12
    assert met["facts"] > 36


@pytest.mark.slow
def test_the_attributes_of_countries_published_from_a_vault_give_nothing_away() -> None:
    found: Counter[str] = Counter()

    @settings(max_examples=12)
    @given(countries.countries((BROKEN_DOWN,)))
    def published(country: Country) -> None:
        world = worlds.published(country)
        assert not any(attributes.remains(world.release, world.territory).values())
        assert by_attribute(world) == []
        found["facts"] += int((world.release.facts["attribute"] != "").sum())

    published()
    assert found["facts"] > 12
    world = worlds.published(Country(tables=BROKEN_DOWN, k=4, rate=16.0, seed=1))
    assert by_attribute_of_suppressed(world) > 0


@pytest.mark.slow
def test_a_table_by_itself_proves_nothing_small() -> None:
    """What hold-back promises of each table, whatever the audit does: attack a table whose ladder was closed alone."""
    facts: Counter[str] = Counter()

    @settings(max_examples=100)
    @given(countries.countries(tuple((table,) for table in TABLES)))
    def attacked(country: Country) -> None:
        world = worlds.invented(country, repaired=False)
        assert by_silence(world) == 0
        facts[country.tables[0]] += len(world.release.facts)

    attacked()
    assert min(facts[table] for table in TABLES) > 10
