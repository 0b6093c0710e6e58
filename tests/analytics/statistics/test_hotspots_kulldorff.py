"""Scans of one's own counts: published results, exact laws, and false alarms as often as stated."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import StatisticsError
from analytics.statistics.hotspots import kernels, space_time_scan, spatial_scan

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "reference"
PUBLISHED = ROOT / "tests" / "data" / "scan"
"""Tables whose origin is in data/SOURCES.md."""


def reference(name: str) -> Path:
    file = REFERENCE / name
    if not file.is_file():
        pytest.skip(f"needs ../shared/reference/{name} beside the repository (published data that are not committed)")
    return file


# Listed by SaTScan 9.6 for leukaemia in upstate New York (Turnbull et al. 1990), 552 cases among 1,057,673 inhabitants:
# cases and population of a cluster, its log-likelihood ratio and relative risk (tests of the R package smerc 1.8).
SATSCAN = [
    (85, 95249, 11.577255, 1.84),
    (100, 111674, 14.083511, 1.87),
    (38, 34083, 9.019716, 2.22),
    (64, 78280, 6.114140, 1.64),
    (25, 24571, 4.651839, 1.99),
    (28, 29782, 4.169203, 1.84),
]


@pytest.mark.parametrize(("cases", "population", "llr", "risk"), SATSCAN)
def test_the_ratio_is_the_one_that_satscan_gives(cases: int, population: int, llr: float, risk: float) -> None:
    expected = 552 * population / 1_057_673
    assert kernels.log_likelihood(float(cases), expected, 552.0) == pytest.approx(llr, abs=2e-6)
    found = spatial_scan(
        [0.0, 9.0], [0.0, 0.0], [cases, 552 - cases], [population, 1_057_673 - population], replicates=1
    )
    assert found[0].llr == pytest.approx(llr, abs=2e-6)
    assert found[0].relative_risk == pytest.approx(risk, abs=0.0051)


def test_pennsylvania_lung_cancer_is_found_as_by_the_r_package_spatialepi() -> None:
    known = json.loads(reference("kulldorff_pennsylvania.json").read_text(encoding="utf-8"))
    best = known["most_likely"]
    found = spatial_scan(known["x_km"], known["y_km"], known["cases"], known["expected"], seed=0)
    assert [member + 1 for member in found[0].members] == sorted(best["members"])  # R counts from 1
    assert found[0].observed == best["cases"]
    assert found[0].expected == pytest.approx(best["expected"], abs=0.5)
    assert found[0].llr == pytest.approx(best["llr"], abs=0.05)
    assert found[0].p_value == best["p"]
    assert found[0].p_gumbel < 1e-4
    assert found[0].observed / found[0].expected == pytest.approx(best["smr"], abs=0.005)


@pytest.mark.parametrize(("share", "clusters"), [(0.1, [0, 2, 3, 4, 5]), (0.5, [1, 2, 3, 4])])
def test_new_york_leukaemia_is_found_as_by_satscan(share: float, clusters: list[int]) -> None:
    # Circles in degrees, as that run took them; P-values 0.0010, 0.013 and 0.216 with up to a tenth of the population.
    areas = pd.read_csv(PUBLISHED / "new_york_leukaemia.csv")
    found = spatial_scan(areas["x"], areas["y"], areas["cases"], areas["population"], max_share=share, seed=0)
    for cluster, (cases, population, llr, _) in zip(found, (SATSCAN[i] for i in clusters), strict=False):
        assert cluster.observed == cases
        assert areas["population"].to_numpy()[list(cluster.members)].sum() == population
        assert cluster.llr == pytest.approx(llr, abs=2e-6)
    assert found[0].p_value <= 0.004
    assert 0.005 < found[1].p_value < 0.035
    assert {m + 1 for m in found[1].members} == {84, 85, 86, 87, 88, 89, 90, 92}


def test_the_cluster_around_los_alamos_is_found_and_not_significant() -> None:
    # Kulldorff et al. (1998), as told by the vignette of the R package scanstatistics: Los Alamos and Santa Fe, 1986 to
    # 1989, not significant. Circles up to 15 % as in Gomez-Rubio et al. (2019), J. Statistical Software 90(14).
    table = pd.read_csv(PUBLISHED / "new_mexico_brain.csv")
    cases, expected = (table[name].to_numpy().reshape(-1, 19) for name in ("cases", "expected"))
    places = table.drop_duplicates("county")
    found = space_time_scan(places["x"], places["y"], cases, expected, max_share=0.15, seed=0)
    best = found[0]
    assert list(places["county"].to_numpy()[list(best.members)]) == ["LosAlamos", "SantaFe"]
    assert (1973 + (best.first or 0), 1973 + (best.last or 0)) == (1986, 1989)
    assert best.p_value > 0.05


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    areas = draw(st.integers(3, 7))
    periods = draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x, y = rng.integers(0, 4, (2, areas)).astype(float)
    cases = rng.poisson(draw(st.sampled_from([0.3, 2.0, 20.0])), (areas, periods))
    cases[0, 0] += 3
    return x, y, cases, rng.gamma(2, 1, (areas, periods))


def every_window(
    x: np.ndarray, y: np.ndarray, cases: np.ndarray, baseline: np.ndarray, share: float, longest: int
) -> float:
    expected = baseline * cases.sum() / baseline.sum()
    total, best = float(cases.sum()), 0.0
    for centre in range(len(x)):
        distance = (x - x[centre]) ** 2 + (y - y[centre]) ** 2
        for radius in [*np.unique(distance), -1.0]:
            inside = np.arange(len(x)) == centre if radius < 0 else distance <= radius
            if expected[inside].sum() > share * total + 1e-9:
                continue
            for first in range(cases.shape[1]):
                for last in range(first, min(cases.shape[1], first + longest)):
                    c, e = cases[inside, first : last + 1].sum(), expected[inside, first : last + 1].sum()
                    if c > e and c >= 2:
                        rest = (total - c) * math.log((total - c) / (total - e)) if total > c else 0.0
                        best = max(best, c * math.log(c / e) + rest)
    return best


@given(worlds())
def test_no_window_is_missed(world: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    x, y, cases, baseline = world
    longest = max(1, cases.shape[1] // 2)
    found = space_time_scan(x, y, cases, baseline, max_share=0.6, replicates=1)
    best = found[0].llr if found else 0.0
    lone = every_window(x, y, cases, baseline, 0.6, longest)
    # A centre alone is a circle only where nothing else lies at the same place.
    assert best <= lone + 1e-6
    if len({*zip(x, y, strict=True)}) == len(x):
        assert best == pytest.approx(lone, abs=1e-6)


@given(worlds())
def test_clusters_share_no_area_and_become_less_likely(
    world: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    x, y, cases, baseline = world
    found = spatial_scan(x, y, cases.sum(axis=1), baseline.sum(axis=1), replicates=9, seed=1)
    members = [m for cluster in found for m in cluster.members]
    assert len(members) == len(set(members))
    assert [c.llr for c in found] == sorted((c.llr for c in found), reverse=True)
    assert all(c.observed > c.expected and 0 < c.p_value <= 1 for c in found)


def test_the_permutation_model_does_not_see_places_that_always_have_many() -> None:
    cases = np.full((9, 8), 4)
    cases[4] = 12
    assert space_time_scan(*np.divmod(np.arange(9.0), 3), cases, replicates=99, seed=0) == []
    cases[4, 6:] = 60
    best = space_time_scan(*np.divmod(np.arange(9.0), 3), cases, replicates=99, seed=0)[0]
    assert (best.members, best.first, best.last, best.p_value) == ((4,), 6, 7, 0.01)


def test_an_ongoing_cluster_reaches_the_last_period() -> None:
    cases = np.ones((4, 6), dtype=int)
    cases[0, 1], cases[2, 5] = 20, 9
    now = space_time_scan([0, 1, 2, 3], [0, 0, 0, 0], cases, np.ones(4), ongoing=True, replicates=99, seed=0)[0]
    assert (now.members, now.last) == ((2,), 5)


def test_the_same_seed_gives_the_same_clusters_whatever_the_threads() -> None:
    rng = np.random.default_rng(3)
    x, y, cases, people = rng.uniform(size=40), rng.uniform(size=40), rng.poisson(3, 40), rng.gamma(3, 1, 40)
    assert spatial_scan(x, y, cases, people, seed=5) == spatial_scan(x, y, cases, people, seed=5)


def test_false_alarms_are_as_rare_as_stated() -> None:
    rng = np.random.default_rng(7)
    x, y, people = rng.uniform(size=60), rng.uniform(size=60), rng.gamma(2, 1, 60)
    least = np.array(
        [
            spatial_scan(x, y, rng.multinomial(200, people / people.sum()), people, replicates=99, seed=draw)[0].p_value
            for draw in range(600)
        ]
    )
    assert 0.03 <= (least <= 0.05).mean() <= 0.075
    assert 0.44 <= (least <= 0.5).mean() <= 0.56


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cases": [1, -1, 2]}, "whole numbers"),
        ({"cases": [1, float("nan"), 2]}, "whole numbers"),
        ({"cases": [0, 0, 0]}, "no case"),
        ({"baseline": [1, 0, 1]}, "zero"),
        ({"baseline": [1, float("nan"), 1]}, "missing"),
        ({"baseline": [1, 1]}, "shape"),
        ({"x": [0, 1]}, "lengths"),
        ({"x": [0, 1, float("inf")]}, "coordinate"),
        ({"max_share": 0}, "share"),
        ({"replicates": 0}, "999"),
    ],
)
def test_wrong_input_ends_with_a_sentence(change: dict[str, object], sentence: str) -> None:
    given_ = {"x": [0, 1, 2], "y": [0, 0, 0], "cases": [1, 2, 3], "baseline": [1, 1, 1]} | change
    with pytest.raises(StatisticsError, match=sentence):
        spatial_scan(**given_)  # type: ignore[arg-type]


def test_one_period_is_no_space_and_time() -> None:
    with pytest.raises(StatisticsError, match="at least 2 periods"):
        space_time_scan([0, 1], [0, 1], [[3], [1]], [1, 1])
