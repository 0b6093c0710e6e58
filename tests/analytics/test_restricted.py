"""A view for some zones: the facts wholly inside them, as they are in the release, and nothing else."""

from pathlib import Path

import pytest

from analytics import release, territory
from analytics.release import Release, ReleaseError
from analytics.restricted import restricted
from analytics.statistics import surface
from analytics.territory import Territory
from analytics.territory.areas import area_of_cells
from tests.made_up import finer_world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Territory]:
    folder = tmp_path_factory.mktemp("view")
    ground = finer_world.country(folder)
    counts = finer_world.episodes(ground, 8, 0)
    return release.read(finer_world.write(folder / "finer", ground, counts, vintages=(3,))), ground


def zones_of(whole: Release, ground: Territory) -> list[set[str]]:
    """Zones of the smallest cells of each fact's area."""
    cells = territory.ground(ground, whole.cell_m)
    return [
        set(cells.loc[(area_of_cells(cells, level, ground) == area).to_numpy(), "zone"])
        for level, area in whole.facts[["area_level", "area"]].itertuples(index=False)
    ]


@pytest.mark.parametrize("zone", ["west", "east"])
def test_it_shows_the_facts_wholly_inside_and_no_others(made: tuple[Release, Territory], zone: str) -> None:
    whole, ground = made
    view = restricted(whole, ground, [zone])
    kept = [zones == {zone} for zones in zones_of(whole, ground)]
    assert view.facts.equals(whole.facts[kept].reset_index(drop=True))
    assert set(view.facts.loc[view.facts["table"] == "series", "area"]) == {zone}
    assert "departement" not in set(view.facts["table"])
    assert any({"west", "east"} == zones for zones in zones_of(whole, ground))
    assert view.manifest["restricted_to"] == [zone]
    counted = [int((view.facts["vintage"] == v["vintage"]).sum()) for v in view.manifest["vintages"]]
    assert [v["facts"] for v in view.manifest["vintages"]] == counted


def test_all_zones_together_are_the_whole(made: tuple[Release, Territory]) -> None:
    whole, ground = made
    assert restricted(whole, ground, ["east", "west"]).facts.equals(whole.facts)


def test_a_view_is_never_widened(made: tuple[Release, Territory]) -> None:
    whole, ground = made
    view = restricted(whole, ground, ["west"])
    assert restricted(view, ground, ["west"]).facts.equals(view.facts)
    for zones in (["east"], ["west", "east"], ["nowhere"], []):
        with pytest.raises(ReleaseError, match="west"):
            restricted(view, ground, zones)
    assert "restricted_to" not in whole.manifest


def test_a_view_can_be_written_read_and_estimated(made: tuple[Release, Territory], tmp_path: Path) -> None:
    whole, ground = made
    view = restricted(whole, ground, ["east"])
    release.write(tmp_path / "view", view.manifest, view.facts)
    again = release.read(tmp_path / "view")
    assert again.facts.equals(view.facts)
    fitted = surface.fit(again, ground)
    assert surface.facts_met(fitted, again, ground) < 1e-3
