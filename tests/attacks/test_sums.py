"""Subtraction and reconstruction: what the sums of all tables, windows, zones and sizes prove together.

Every attack is run on three releases of the same reports: plain counts, counts of k or more with all totals, and ours.
Countries drawn by lot are attacked in ``test_countries``.
"""

from typing import TYPE_CHECKING

import pytest

from tests.attacks import worlds
from tests.attacks.assault import KINDS, all_three
from tests.made_up.countries import WITHOUT_ZONES, Country

if TYPE_CHECKING:
    from tests.conftest import RealLine, Sample


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
    country = Country(
        side=3, zones=3, first="2023-01", months=1, k=5, rate=30.0, tables=("series", "departement"), seed=2
    )
    world = worlds.invented(country)
    _, suppressed, ours = all_three(world)
    assert suppressed["zones"] > 0
    assert not any(ours.values())


def test_a_cell_that_a_wider_window_frames_is_not_given_away() -> None:
    """A cell by quarter is 7, the cells in its last month 6, all in the quarter 9: its first two months hold 1 to 3.

    These two months are one to whoever has the facts alone; rules tell them apart, and neither is proved by itself.
    """
    country = Country(
        side=2, zones=2, first="2023-11", months=2, tables=WITHOUT_ZONES, k=5, crowd=2_000, rate=6.0, seed=4
    )
    world = worlds.invented(country)
    _, suppressed, ours = all_three(world)
    assert suppressed["program"] > 0
    assert not any(ours.values()), ours
