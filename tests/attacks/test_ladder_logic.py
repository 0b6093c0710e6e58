"""The ladder's own logic: from facts and silence of all tables together nothing small may follow.

Silence says: fewer than k, or one of the counts at which hold-back would have refused the group. The rules are listed
from release and territory alone (``silence``); that the truth obeys every one of them is asserted beside each attack,
or the attacker would reason from what is false. Countries drawn by lot are attacked in ``test_countries``.
"""

from typing import TYPE_CHECKING

import pytest

from tests.attacks import attributes, worlds
from tests.attacks.assault import by_attribute, by_attribute_of_suppressed, by_silence, by_silence_of_suppressed
from tests.made_up.countries import Country

if TYPE_CHECKING:
    from tests.conftest import RealLine, Sample

FAR = 4
"""On a large ground, groups that may hold more than so many times k are left to the sums alone."""


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sample", "charlottesville"])
def test_what_is_said_and_what_is_not_prove_nothing_small_in_six_years(
    which: str, request: pytest.FixtureRequest
) -> None:
    made: Sample | RealLine = request.getfixturevalue(which)
    world = worlds.read(made.vault, made.release, made.territory)
    assert by_silence(world, within=FAR) == 0
    # What silence adds where counts under k are suppressed, on a country small enough to try it in full.
    assert by_silence_of_suppressed(worlds.invented(Country(seed=1))) > 0


@pytest.mark.slow
def test_the_attributes_of_the_sample_prove_nothing_small(sample: "Sample") -> None:
    world = worlds.read(sample.vault, sample.release, sample.territory)
    assert not any(attributes.remains(world.release, world.territory).values())
    assert by_attribute(world, within=FAR) == []
    assert by_attribute_of_suppressed(world) == 6
