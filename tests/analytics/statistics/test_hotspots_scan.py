"""The scan of a release: the ladder that draws climb is the real one, alarms are rare, and what was added is found."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame, GeoSeries

from analytics import release as said
from analytics import territory
from analytics.disclosure import linking
from analytics.release import Release
from analytics.statistics import StatisticsError, hotspots
from analytics.statistics.hotspots import climbing
from analytics.statistics.hotspots.study import study, told_windows
from analytics.territory import Territory
from bench import surface_ten
from calibration.hotspots import LADDERS, facts_of

EAST, NORTH = 4_016_000, 2_688_000  # corner of a square of every ladder size
SIDE = 16


@pytest.fixture(scope="module")
def ground() -> Territory:
    """Sixteen by sixteen kilometres, dense in the middle; some cells do not meet the floor."""
    n, e = (axis.ravel() for axis in np.mgrid[0:SIDE, 0:SIDE])
    far = np.hypot(e - 7.5, n - 7.5)
    people = np.round(6000 * np.exp(-far / 2.5)) + 40.0
    residents = pd.DataFrame({"e": EAST + 1000 * e, "n": NORTH + 1000 * n, "residents": people, "size_m": 1000})
    columns = dict.fromkeys(["code", "name", "population", "lon", "lat", "zone"], ())
    return Territory(
        code="25",
        name="Made up",
        crs="EPSG:3035",
        base_cell_m=200,
        zones=pd.DataFrame({"name": ["all"]}, index=pd.Index(["all"], name="zone")),
        communes=GeoDataFrame(columns, geometry=GeoSeries([], crs="EPSG:4326")),
        outline=shapely.Polygon(),
        labels=pd.DataFrame(),
        sources=(),
        notes=(),
        residents=residents,
        shapes=(shapely.box(EAST, NORTH, EAST + 1000 * SIDE, NORTH + 1000 * SIDE),),
    )


def shares(ground: Territory) -> npt.NDArray[np.float64]:
    people = territory.ground(ground, 1000)["residents"].to_numpy(dtype=np.float64)
    return np.asarray(people / people.sum(), dtype=np.float64)


def published(counts: npt.NDArray[np.int64], ground: Territory) -> Release:
    policy = surface_ten.draws_policy().model_copy(update={"tables": LADDERS})
    lines = linking.lines_of(policy, ground, months=counts.shape[1], offset=0)
    facts = pd.concat([facts_of(counts, line) for line in lines], ignore_index=True)
    return surface_ten._release(facts, counts.shape[1], ground, policy)  # noqa: SLF001


def by_chance(ground: Territory, seed: int, months: int = 12, rate: float = 17.0) -> npt.NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.multinomial(n, shares(ground)) for n in rng.poisson(rate, months)], axis=1)


@pytest.mark.slow
def test_draws_climb_the_ladder_as_the_vault_does(ground: Territory) -> None:
    both, apart = 0, 0
    for seed in range(6):
        counts = by_chance(ground, seed)
        release = published(counts, ground)
        laid = study(release, ground, said.months(release), 8000)
        told = told_windows(release, laid, ground)[0]
        real = {tuple(row) for row in told[["level", "area", "first", "last", "n"]].to_numpy().tolist()}
        cell, month = np.nonzero(counts)
        many = counts[cell, month]
        cell, month = np.repeat(cell, many), np.repeat(month, many)
        sealed = np.empty((len(laid.plans), *counts.shape), dtype=np.int64)
        for number, plan in enumerate(laid.plans):
            climbing.climb(cell, month, plan, sealed[number], np.empty(len(cell), dtype=np.int64))
        mine = set()
        for level, first, last in laid.windows.tolist():
            inside = (month >= first) & (month <= last)
            n = np.bincount(laid.area_of[level][cell[inside]], minlength=counts.shape[0])
            for area in np.flatnonzero(n):
                if climbing.whole(level, int(area), (first, last), laid.plans, sealed):
                    mine.add((level, int(area), first, last, int(n[area])))
        both, apart = both + len(real & mine), apart + len(real ^ mine)
    assert both > 100
    assert apart <= 0.03 * both


def test_counts_of_windows_are_the_true_ones(ground: Territory) -> None:
    counts = by_chance(ground, 11)
    release = published(counts, ground)
    laid = study(release, ground, said.months(release), 8000)
    told = told_windows(release, laid, ground)[0]
    assert len(told) > 10
    for level, area, first, last, n in told[["level", "area", "first", "last", "n"]].to_numpy().tolist():
        assert counts[laid.area_of[level] == area, first : last + 1].sum() == n


def test_what_was_added_is_found_where_it_is(ground: Territory) -> None:
    counts = by_chance(ground, 1)
    cells = territory.ground(ground, 1000)
    here = int(np.flatnonzero((cells["e"] == EAST + 3000) & (cells["n"] == NORTH + 5000))[0])
    counts[here, 6:9] += 4
    release = published(counts, ground)
    found = hotspots.scan(release, ground)
    first = found.iloc[0]
    assert (first["area"], first["period_start"]) == (cells["cell"][here], "2017-07-01")
    assert first["observed"] == counts[here, 6:9].sum()
    assert first["p_value"] == 0.001
    assert first["low"] < first["ratio"] < first["high"]
    pd.testing.assert_frame_equal(found, hotspots.scan(release, ground))


def test_windows_that_are_given_share_no_ground_in_a_month(ground: Territory) -> None:
    found = hotspots.scan(published(by_chance(ground, 3), ground), ground, level=1.0, replicates=19)
    assert len(found) > 3
    squares = territory.parse_cell_ids(list(found["area"]))
    shapes = shapely.box(
        squares["e"] + 1, squares["n"] + 1, squares["e"] + squares["size_m"] - 1, squares["n"] + squares["size_m"] - 1
    )
    for i in range(len(found)):
        for j in range(i):
            apart = (
                found["period_end"][i] < found["period_start"][j] or found["period_end"][j] < found["period_start"][i]
            )
            assert apart or not shapes[i].intersects(shapes[j])


@pytest.mark.slow
def test_a_place_that_always_has_many_is_no_news(ground: Territory) -> None:
    counts = by_chance(ground, 2, months=24)
    here = int(np.argmin(np.abs(shares(ground) - np.median(shares(ground)))))
    counts[here] += 3
    release = published(counts, ground)
    months = ("2018-01", "2018-12")
    cell = territory.ground(ground, 1000)["cell"][here]
    assert cell in set(hotspots.scan(release, ground, months)["area"])
    assert cell not in set(hotspots.scan(release, ground, months, "history")["area"])
    counts[here, :12] -= 3
    best = hotspots.scan(published(counts, ground), ground, months, "history").iloc[0]
    spot, square = territory.parse_cell_ids([cell]).iloc[0], territory.parse_cell_ids([best["area"]]).iloc[0]
    assert (territory.snap([spot["e"], spot["n"]], int(square["size_m"])) == [square["e"], square["n"]]).all()


@pytest.mark.slow
def test_false_alarms_are_rare_on_what_chance_placed(ground: Territory) -> None:
    least = []
    for seed in range(40):
        release = published(by_chance(ground, 100 + seed), ground)
        found = hotspots.scan(release, ground, level=1.0, replicates=99, seed=seed)
        least.append(found["p_value"].min())
    assert (np.array(least) <= 0.05).sum() <= 7  # of 40; 2 are expected, 8 or more happen once in 1,000


def test_a_new_place_and_a_place_that_stays_are_told_apart(ground: Territory) -> None:
    counts = by_chance(ground, 4, months=15)
    cells = territory.ground(ground, 1000)
    spots = [
        int(np.flatnonzero((cells["e"] == EAST + e) & (cells["n"] == NORTH + n))[0])
        for e, n in ((2000, 4000), (12000, 10000))
    ]
    counts[spots[0]] += 3
    counts[spots[1], 12:] += 12
    table = hotspots.states(published(counts, ground), ground, replicates=199).set_index("area")["state"]
    squares = territory.cell_ids([EAST + 2000, EAST + 12000], [NORTH + 4000, NORTH + 10000], 2000, ground.crs)
    assert list(table[list(squares)]) == ["persistent", "new"]
    assert set(table) <= set(hotspots.STATES)


def test_too_little_ends_with_what_would_be_enough(ground: Territory) -> None:
    release = published(by_chance(ground, 5), ground)
    with pytest.raises(StatisticsError, match="60 months"):
        hotspots.states(release, ground, "year")
    with pytest.raises(StatisticsError, match="whole year before 2017"):
        hotspots.scan(release, ground, expectation="history")
    with pytest.raises(StatisticsError, match="no expectation"):
        hotspots.scan(release, ground, expectation="guess")
    with pytest.raises(StatisticsError, match="Give months"):
        hotspots.scan(release, ground, ("2016-01", "2016-12"))
