"""Ways in which the episodes may lie: each agrees with what was published, together they say how sure one can be."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from analytics import release as said
from analytics.release import Release
from analytics.statistics import StatisticsError, neighbours, posterior, surface, unsealed
from analytics.territory import Territory, ground
from bench import box_draws


class Case(NamedTuple):
    release: Release
    territory: Territory
    truth: NDArray[np.int64]
    fitted: surface.Surface
    draws: posterior.Draws


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Territory:
    return box_draws.territory(tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="module")
def case(box: Territory) -> Case:
    release, truth = box_draws.drawn(box, 2, 17.0, 3)
    fitted = surface.fit(release, box)
    assert fitted.draws is not None
    return Case(release, box, truth, fitted, fitted.draws)


def sums_of_draws(case: Case, table: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(facts, draws) what each draw adds up to on the ground of each fact, and what the facts say."""
    matrix, facts = said.incidence(case.release, case.territory, table)
    of_draw = [
        np.bincount(case.draws.atom[begin:end], minlength=matrix.shape[1])
        for begin, end in zip(case.draws.begin[:-1], case.draws.begin[1:], strict=True)
    ]
    return np.asarray(matrix @ np.array(of_draw).T), facts["n"].to_numpy(dtype=np.float64)


def test_every_draw_meets_every_block(case: Case) -> None:
    found, n = sums_of_draws(case, "blocks")
    assert len(n) > 20
    assert (found == n[:, None]).all()


def test_coarser_totals_are_met_within_the_error_that_they_are_given(case: Case) -> None:
    for table in ("outlook", "departement"):
        found, n = sums_of_draws(case, table)
        off = found - n[:, None]
        assert np.abs(off.mean()) < 0.5
        assert off.std() < 1.5


def test_the_same_seed_gives_the_same_draws_whatever_the_threads(case: Case) -> None:
    again = surface.fit(case.release, case.territory)
    assert again.draws is not None
    assert np.array_equal(again.draws.atom, case.draws.atom)


def test_draws_made_before_are_used_as_they_are(case: Case) -> None:
    stored = surface.fit(case.release, case.territory, draws=case.draws)
    assert stored.draws is case.draws
    span = case.fitted.months[0], case.fitted.months[5]
    assert surface.window(stored, *span).equals(surface.window(case.fitted, *span))


def test_a_window_counts_each_episode_once(case: Case) -> None:
    cells = len(case.fitted.cells)
    whole = np.zeros((case.draws.number, cells), dtype=np.int64)
    for first, last in ((0, 4), (5, 5), (6, case.draws.months - 1)):
        places, found = posterior.counts(case.draws, first, last, cells)
        whole[:, places] += found
    places, found = posterior.counts(case.draws, 0, case.draws.months - 1, cells)
    assert (whole[:, places] == found).all()
    assert whole.sum() == found.sum() == (case.draws.atom < cells * case.draws.months).sum()


def test_where_inhabitants_tell_nothing_the_draws_bring_the_estimate_nearer_to_the_truth(box: Territory) -> None:
    nearer = []
    for seed in range(4, 10):
        release, truth = box_draws.drawn(box, seed, 17.0, 3)
        both, raked = (surface.fit(release, box, draws=number) for number in (posterior.NUMBER, 0))
        assert surface.facts_met(both, release, box) <= 1e-6
        nearer.append([np.corrcoef(fitted.estimate.sum(axis=1), truth.sum(axis=1))[0, 1] for fitted in (both, raked)])
    assert np.mean(nearer, axis=0)[0] > np.mean(nearer, axis=0)[1] + 0.03


def test_silent_groups_seldom_hold_k(case: Case) -> None:
    known = said.atoms(case.release, case.territory)
    silent = unsealed.of(case.release, case.territory, known, surface.TABLES)
    assert silent.groups > 100
    # What is true of the draws is true of the world: the groups are those that the ladder left.
    located = np.zeros((known.units, len(known.months)), dtype=np.int64)
    located[: len(case.truth)] = case.truth
    for rung in range(silent.group.shape[1]):
        here = silent.group[:, rung] >= 0
        held = np.bincount(silent.group[here, rung], weights=located.ravel()[here], minlength=silent.groups)
        assert (held >= case.release.k).mean() < 0.01  # held back
    draw = case.draws.atom[case.draws.begin[0] : case.draws.begin[1]]
    for rung in range(silent.group.shape[1]):
        groups = silent.group[draw, rung]
        assert (np.bincount(groups[groups >= 0], minlength=silent.groups) >= case.release.k).mean() < 0.01


def test_cells_lend_to_their_neighbours_all_that_they_lend(box: Territory) -> None:
    cells = ground(box, 1000)
    near, share = neighbours.sending(cells)
    np.testing.assert_allclose(share.sum(axis=1), 1)
    east, north = cells["e"].to_numpy(), cells["n"].to_numpy()
    here, side = np.nonzero(near >= 0)
    # The way back from side s is side 7 - s: the chain finds by it what a neighbour sent.
    assert (near[near[here, side], 7 - side] == here).all()
    away = np.maximum(np.abs(east[here] - east[near[here, side]]), np.abs(north[here] - north[near[here, side]]))
    assert (away == 1000).all()


def test_no_draws_are_refused(case: Case) -> None:
    known = said.atoms(case.release, case.territory)
    raked = posterior.Raked({}, case.fitted.estimate, np.ones(known.units))
    silent = unsealed.of(case.release, case.territory, known, surface.TABLES)
    with pytest.raises(StatisticsError, match="1 or more"):
        posterior.draw(raked, neighbours.sending(known.cells), silent, case.release.k, 0)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say(box: Territory) -> None:
    """Worst for a method that begins with inhabitants: four points anywhere. The docs have all that was drawn."""
    inside: dict[int, list[NDArray[np.bool_]]] = {1: [], 3: [], 12: []}
    large: list[NDArray[np.bool_]] = []
    ranks: list[float] = []
    rng = np.random.default_rng(0)
    for seed in range(10):
        release, truth = box_draws.drawn(box, 100 + seed, 17.0, 4)
        fitted = surface.fit(release, box)
        assert fitted.draws is not None
        for length, held in inside.items():
            for first in range(0, truth.shape[1] - length + 1, length):
                last = first + length - 1
                now = truth[:, first : last + 1].sum(axis=1)
                places, found = posterior.counts(fitted.draws, first, last, len(truth))
                low, high = posterior.interval(
                    fitted.draws, fitted.estimate[:, first : last + 1].sum(axis=1), first, last
                )
                mean = np.zeros(len(truth))
                mean[places] = found.mean(axis=0)
                told = (low < high) & (mean >= 0.5)
                held.append(((now >= low) & (now <= high))[told])
                large.append(((now >= low) & (now <= high))[(low < high) & (mean >= 5)])
                likely = np.flatnonzero(told[places])
                if len(likely):
                    one = likely[rng.integers(len(likely))]
                    n = now[places[one]]
                    ranks.append((found[:, one] < n).mean() + rng.random() * (found[:, one] == n).mean())
    for held in inside.values():
        assert np.concatenate(held).size > 100
        assert np.concatenate(held).mean() >= 0.87
    assert np.concatenate(large).size > 30
    assert 0.85 <= np.concatenate(large).mean() <= 0.97
    assert stats.kstest(ranks, "uniform").pvalue > 0.01


def test_a_view_whose_facts_are_floors_has_no_draws(case: Case) -> None:
    view = replace(case.release, manifest=case.release.manifest | {"restricted_to": ["all"]})
    assert surface.fit(view, case.territory).draws is None
