"""Every attack on one world: on its sums, on its silence, on its attributes; ours, and what anybody else would make."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.release import Release
from analytics.territory import Territory
from tests.attacks import attributes, naive, silence
from tests.attacks.arithmetic import remains
from tests.attacks.program import equations, proved
from tests.attacks.sight import ground_of, look
from tests.attacks.silence import Rules
from tests.attacks.worlds import World

if TYPE_CHECKING:
    from collections import Counter

KINDS = ("windows", "zones", "sizes", "bridged")


def searched(said: Release, territory: Territory, *, ours: bool) -> "Counter[str]":
    """Run every attack on the sums of a release; count what each proves, small facts (``told``) among it.

    What others make is given away so often that one find of the program is enough, and subtraction need not go deep.
    """
    sight = look([said], territory)
    found = remains(sight) if ours else remains(sight, depth=1)
    found["told"] = int((sight.counts < sight.k).sum())
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
    return silence.within(known, known.sums @ truth)


def by_silence(world: World, *, within: float = np.inf) -> int:
    """How many small numbers the facts of all tables and their silence prove."""
    found = 0
    for said in years(world.release):
        known = silence.rules(said, world.territory, world.withheld, within=within)
        assert obeyed(world, said, known), "the attacker's rules are not the ladder's"
        sight = look([said], world.territory, known.sums)
        found += len(proved(sight, silence.program(sight, known)))
    return found


def by_silence_of_suppressed(world: World) -> int:
    """Small numbers that silence adds to those proved by the sums of a release of all counts of k or more."""
    said = naive.suppressed(world.release, world.episodes, world.territory)
    sums = naive.silent(world.release, world.episodes, world.territory)
    sight = look([said], world.territory, sums)
    known = Rules(sums, [((0, said.k - 1),)] * int(sums.shape[0]))
    alone = proved(sight, equations(sight))
    return len(proved(sight, silence.program(sight, known, whole=False))) - len(alone)


def by_attribute(world: World, *, within: float = np.inf) -> list[str]:
    """What facts of attributes, all other facts and the silence of both prove small."""
    found: list[str] = []
    for said in years(world.release):
        known = silence.rules(said, world.territory, world.withheld, within=within)
        values = attributes.rules(said, world.territory, world.withheld)
        truth = attributes.truth_of(said, world.values, world.territory)
        assert silence.within(values, values.sums @ truth), "the attacker's rules are not the ladder's"
        found += attributes.proved(said, world.territory, known, values)
    return found


def by_attribute_of_suppressed(world: World) -> int:
    """In how many years the sums of a release of all values of k or more, with totals, prove a small value."""
    totals = naive.suppressed(world.release, world.episodes, world.territory)
    bad = naive.broken_down(world.release, world.values, world.territory, totals=totals)
    found = 0
    for said in years(bad):
        ground = ground_of([said], world.territory)
        sums, values = (sparse.csr_array((0, w)) for w in (np.prod(ground.shape), len(attributes.unknowns(ground))))
        found += bool(attributes.proved(said, world.territory, Rules(sums, []), Rules(values, []), enough=1))
    return found
