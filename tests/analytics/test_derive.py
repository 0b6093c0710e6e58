"""A coarser audience's release: sums of finer facts and nothing else, and nobody proves a number under its own k."""

import json
import shutil
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike, NDArray

from analytics import publish, release, territory
from analytics.disclosure import audit, linked, linking
from analytics.disclosure import policy as policies
from analytics.disclosure.attack import attack
from analytics.publish import coarser, derive, finer, replaying, sums
from analytics.release import Release
from analytics.statistics import surface
from analytics.territory import Territory
from analytics.territory.areas import area_of_cells
from tests.made_up import finer_world

MONTHS = 8
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class World:
    """A country, its episodes, its finer releases by seed and what was derived from them."""

    folder: Path
    ground: Territory
    counts: dict[int, NDArray[np.int64]]
    finer: dict[int, Release]
    ours: dict[int, Release]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    ground = finer_world.country(folder)
    made = World(folder, ground, {}, {}, {})
    for seed in SEEDS:
        made.counts[seed] = finer_world.episodes(ground, MONTHS, seed)
        finer_world.write(folder / f"finer{seed}", ground, made.counts[seed], vintages=(3,))
        derive.derive(folder / f"finer{seed}", folder / f"ours{seed}", finer_world.policy(), ground)
        made.finer[seed] = release.read(folder / f"finer{seed}")
        made.ours[seed] = release.read(folder / f"ours{seed}")
    return made


def naive(world: World, seed: int) -> pd.DataFrame:
    """Derive without attacking what was derived."""
    wanted = finer_world.policy()
    laid = finer.published(world.finer[seed], wanted, world.ground)
    return coarser.facts_of(laid, wanted, world.ground, release.empty_facts(), 0, repaired=False)


def members(coarse: pd.DataFrame, fine: Release, ground: Territory) -> Iterator[tuple[int, list[int]]]:
    """Rows of the finer facts that each coarser fact adds up, by a loop that knows nothing of the code."""
    cells = territory.ground(ground, fine.cell_m)
    inside = {
        (level, area): frozenset(np.flatnonzero(here.to_numpy()))
        for frame in (coarse, fine.facts)
        for level, area in frame[["area_level", "area"]].drop_duplicates().itertuples(index=False)
        for here in [area_of_cells(cells, level, ground) == area]
    }
    used: set[int] = set()
    others: list[dict[Hashable, Any]] = fine.facts.to_dict("records")
    wanted: list[dict[Hashable, Any]] = coarse.to_dict("records")
    for row, fact in enumerate(wanted):
        mine = [
            i
            for i, other in enumerate(others)
            if i not in used
            and all(other[name] == fact[name] for name in ("table", "attribute", "value"))
            and other["order"] // release.ORDERS_A_MONTH <= fact["order"] // release.ORDERS_A_MONTH
            and inside[other["area_level"], other["area"]] <= inside[fact["area_level"], fact["area"]]
            and fact["period_start"] <= other["period_start"]
            and other["period_end"] <= fact["period_end"]
        ]
        used.update(mine)
        yield row, mine


def equations(coarse: pd.DataFrame, fine: Release, ground: Territory) -> NDArray[np.float64]:
    """(facts, atoms) what each coarser fact covers exactly."""
    exact: dict[int, NDArray[np.float64]] = {}
    for table in fine.facts["table"].unique():
        matrix, facts = release.incidence(fine, ground, table)
        place = {order: i for i, order in enumerate(fine.facts["order"])}
        exact |= {place[order]: row for order, row in zip(facts["order"], matrix.toarray(), strict=True)}
    return np.array([np.sum([exact[i] for i in mine], axis=0) for _, mine in members(coarse, fine, ground)])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_coarser_fact_is_a_sum_of_finer_ones_each_used_once(world: World, seed: int) -> None:
    fine, coarse = world.finer[seed], world.ours[seed].facts
    assert len(coarse) > 10
    for row, mine in members(coarse, fine, world.ground):
        assert coarse["n"].iloc[row] == fine.facts["n"].iloc[mine].sum()
        if coarse["table"].iloc[row] == "departement":
            assert coarse["reports"].iloc[row] == fine.facts["reports"].iloc[mine].sum() // 10 * 10
    assert (coarse["n"] >= 10).all()
    assert coarse["reports"].isna().eq(coarse["table"] != "departement").all()
    truth = world.counts[seed].ravel()
    assert np.array_equal(equations(coarse, fine, world.ground) @ truth, coarse["n"])


def test_ground_is_rounded_out_to_the_coarser_cells(world: World) -> None:
    fine, coarse = world.finer[0], world.ours[0].facts
    cells = territory.ground(world.ground, 1000)
    large = territory.ground(world.ground, 2000).set_index("cell")["residents"]
    of = area_of_cells(cells, "2000", world.ground).to_numpy()
    exact = equations(coarse, fine, world.ground).reshape(len(coarse), -1, MONTHS)[:, : len(cells)]
    nominal = release.nominal_covered(coarse, world.ground, 2000)
    assert (coarse["covered"] <= nominal).all()
    assert (coarse["covered"] < nominal).any()
    facts: list[dict[Hashable, Any]] = coarse.to_dict("records")
    for fact, covered in zip(facts, exact, strict=True):
        if fact["area_level"].isdigit():
            touched = [pd.unique(of[covered[:, month] > 0]) for month in range(MONTHS)]
            assert fact["covered"] == sum(map(len, touched))
            assert fact["residents"] == min(int(large[here].sum() + 1e-6) for here in touched if len(here))


@pytest.mark.slow
def test_on_the_same_cells_the_covered_ground_is_that_of_the_finer_facts(world: World, tmp_path: Path) -> None:
    same = finer_world.policy(cell_m=1000)
    derive.derive(world.folder / "finer1", tmp_path / "same", same, world.ground)
    coarse = release.read(tmp_path / "same").facts
    for row, mine in members(coarse, world.finer[1], world.ground):
        assert coarse["covered"].iloc[row] == world.finer[1].facts["covered"].iloc[mine].sum()


def test_a_floor_of_inhabitants_holds_for_the_exact_ground(world: World, tmp_path: Path) -> None:
    derive.derive(world.folder / "finer0", tmp_path / "few", finer_world.policy(min_inhabitants=3000), world.ground)
    cells = territory.ground(world.ground, 1000)

    def fewest(facts: pd.DataFrame) -> NDArray[np.float64]:
        exact = equations(facts, world.finer[0], world.ground).reshape(len(facts), -1, MONTHS)[:, : len(cells)]
        people = np.einsum("fcm,c->fm", exact, cells["residents"].to_numpy())
        return np.asarray(np.where(exact.any(axis=1), people, np.inf).min(axis=1))

    assert (fewest(release.read(tmp_path / "few").facts) >= 3000).all()
    assert (fewest(world.ours[0].facts) < 3000).any()


@pytest.mark.slow
def test_derived_month_after_month_it_is_what_all_at_once_gives(world: World, tmp_path: Path) -> None:
    fine, whole = world.finer[0], world.ours[0].facts
    for month in release.months(fine)[1:-1:2]:
        early = release.until(fine, month)
        release.write(tmp_path / "early", early.manifest, early.facts)
        derive.derive(tmp_path / "early", tmp_path / "grown", finer_world.policy(), world.ground)
        grown = release.read(tmp_path / "grown")
        assert grown.facts.equals(whole.iloc[: len(grown.facts)])
        assert [v["facts"] for v in grown.manifest["vintages"]] == grown.facts[
            "vintage"
        ].value_counts().sort_index().tolist()
    derive.derive(world.folder / "finer0", tmp_path / "grown", finer_world.policy(), world.ground)
    for name in (release.FACTS, release.MANIFEST):
        assert (tmp_path / "grown" / name).read_bytes() == (world.folder / "ours0" / name).read_bytes()


@pytest.mark.slow
def test_the_same_release_gives_the_same_bytes(world: World, tmp_path: Path) -> None:
    for turn in range(2):  # anew, and over what is there
        derive.derive(world.folder / "finer0", tmp_path / "again", finer_world.policy(), world.ground)
        for name in (release.FACTS, release.MANIFEST):
            assert (tmp_path / "again" / name).read_bytes() == (world.folder / "ours0" / name).read_bytes(), turn


def test_the_manifest_says_where_it_came_from(world: World) -> None:
    told = world.ours[0].manifest
    assert told["derived_from"]["facts_sha256"] == world.finer[0].manifest["files"][release.FACTS]
    assert (told["audience"], told["policy"]["k"], told["derived_from"]["k"]) == ("prevention", 10, 5)
    assert release.months(world.ours[0]).equals(release.months(world.finer[0]))


def state(facts: pd.DataFrame, fine: Release, ground: Territory, wanted: policies.Policy) -> list[linked.Line]:
    """Tables in the state in which coarser facts leave them."""
    added = sums.open_sums(finer.published(fine, wanted, ground), wanted, ground)
    replaying.replay(added, facts, release.months(fine), len(release.months(fine)))
    return [table.line for table in added]


def accused(lines: list[linked.Line], ground: Territory, wanted: policies.Policy) -> int:
    """Groups that the attacker proves to hold 1 to k - 1."""
    common = linking.linked_of(wanted.model_copy(update={"cell_m": 1000}), ground)
    spans = linked.pieces(MONTHS, lines[0].table.offset)
    return sum(len(attack(lines, common, span, rules=False, known=False).accused) for span in spans)


def zones_proved(rows: NDArray[np.float64], counts: ArrayLike, ground: Territory, k: int) -> int:
    """Zones and months of which a linear program over single atoms proves 1 to k - 1."""
    zone = [*territory.ground(ground, 1000)["zone"], *ground.zones.index]
    groups = [
        np.outer(np.array(zone) == name, np.arange(MONTHS) == month).ravel()
        for name in ground.zones.index
        for month in range(MONTHS)
    ]
    lo, hi = audit.bounds(rows, counts, np.array(groups, dtype=float))
    return int(((np.ceil(lo - 1e-6) >= 1) & (np.floor(hi + 1e-6) < k)).sum())


@pytest.mark.slow
def test_nothing_is_proved_under_the_coarser_k_and_much_is_without_the_repair(world: World) -> None:
    wanted, beaten, zones_beaten = finer_world.policy(), 0, 0
    for seed in SEEDS:
        fine, careless = world.finer[seed], naive(world, seed)
        assert accused(state(world.ours[seed].facts, fine, world.ground, wanted), world.ground, wanted) == 0
        beaten += accused(state(careless, fine, world.ground, wanted), world.ground, wanted) > 0
        ours = world.ours[seed].facts
        assert zones_proved(equations(ours, fine, world.ground), ours["n"], world.ground, 10) == 0
        theirs = equations(careless, fine, world.ground)
        zones_beaten += zones_proved(theirs, careless["n"], world.ground, 10) > 0
    assert beaten >= 2
    assert zones_beaten >= 1


def straight(world: World, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Zones and cells of 2 km by quarter, counted afresh, those under 10 left out: a second table, never audited."""
    cells, counts = territory.ground(world.ground, 1000), world.counts[seed].ravel()
    of_zone = np.array([*cells["zone"], *world.ground.zones.index])
    of_cell = np.append(area_of_cells(cells, "2000", world.ground), ["", ""])
    months = np.arange(MONTHS)
    rows = [
        np.outer(areas == area, (months >= first) & (months < first + 3)).ravel().astype(float)
        for areas in (of_zone, of_cell)
        for area in np.unique(areas[areas != ""])
        for first in range(2, MONTHS, 3)
    ]
    told = np.array([row for row in rows if row @ counts >= 10])
    return told, told @ counts


def left_over(rows: NDArray[np.float64], counts: NDArray[np.float64], fine: Release, ground: Territory) -> int:
    """Sums of which 1 to 4 episodes are left without the finer facts of some table that lie inside them."""
    found = 0
    for table in finer_world.finer_policy().tables:
        matrix, facts = release.incidence(fine, ground, table)
        known = matrix.toarray()
        for row, n in zip(rows, counts, strict=True):
            inside = (known @ row) == known.sum(axis=1)
            rest = n - facts["n"].to_numpy()[inside].sum()
            found += bool(inside.any() and (row - known[inside].sum(axis=0)).any() and 1 <= rest <= 4)
    return found


def test_beside_the_finer_release_it_proves_nothing_new_and_a_second_count_does(world: World) -> None:
    beaten = 0
    for seed in SEEDS:
        fine, coarse = world.finer[seed], world.ours[seed].facts
        known = np.vstack(
            [release.incidence(fine, world.ground, t)[0].toarray() for t in finer_world.finer_policy().tables]
        )
        told = known @ world.counts[seed].ravel()
        ours = equations(coarse, fine, world.ground)
        assert np.linalg.matrix_rank(np.vstack([known, ours])) == np.linalg.matrix_rank(known)
        before = zones_proved(known, told, world.ground, 5)
        assert zones_proved(np.vstack([known, ours]), np.append(told, coarse["n"]), world.ground, 5) == before
        for table in coarse["table"].unique():  # nothing is left over of a sum of the same table's facts
            mine = (coarse["table"] == table).to_numpy()
            alone = release.Release(fine.path, fine.manifest, fine.facts[fine.facts["table"] == table])
            assert left_over(ours[mine], coarse["n"].to_numpy(dtype=np.float64)[mine], alone, world.ground) == 0
        beaten += left_over(*straight(world, seed), fine, world.ground) > 0
    assert beaten >= 1


def test_the_public_s_release_comes_from_prevention_s_and_tells_prevention_nothing(
    world: World, tmp_path: Path
) -> None:
    # Both from the commanders', each keeps its promise, and the two side by side break prevention's.
    public = finer_world.policy(
        audience="public",
        k=15,
        cell_m=4000,
        tables={
            "blocks": [["4000", "quarter"], ["4000", "year"], ["8000", "year"]],
            "series": [["zone", "month"], ["zone", "quarter"], ["zone", "year"]],
            "departement": [["departement", "month"], ["departement", "quarter"], ["departement", "year"]],
        },
    )
    star_beaten = 0
    for seed in SEEDS:
        fine, prevention = world.finer[seed], world.ours[seed]
        derive.derive(world.folder / f"finer{seed}", tmp_path / f"star{seed}", public, world.ground)
        origin = world.folder / f"finer{seed}"
        derive.derive(world.folder / f"ours{seed}", tmp_path / f"chain{seed}", public, world.ground, origin_path=origin)
        mine = equations(prevention.facts, fine, world.ground)
        proved = {}
        for name in ("star", "chain"):
            facts = release.read(tmp_path / f"{name}{seed}").facts
            assert (facts["n"] >= 15).all()
            source = fine if name == "star" else prevention
            used = [rows for _, rows in members(facts, source, world.ground)]
            exact = (
                equations(facts, fine, world.ground)
                if name == "star"
                else np.array([mine[r].sum(axis=0) for r in used])
            )
            assert np.array_equal(exact @ world.counts[seed].ravel(), facts["n"])
            both, told = np.vstack([mine, exact]), np.append(prevention.facts["n"], facts["n"])
            proved[name] = zones_proved(both, told, world.ground, 10)
        assert proved["chain"] == 0
        star_beaten += proved["star"] > 0
    assert star_beaten >= 1


def test_the_surface_is_drawn_from_derived_facts_as_floors(world: World) -> None:
    for seed in SEEDS:
        fitted = surface.fit(world.ours[seed], world.ground)
        assert surface.facts_met(fitted, world.ours[seed], world.ground) < 1e-3
        assert fitted.estimate.shape == (16, MONTHS)
        whole = fitted.estimate.sum() + fitted.unlocated.sum()
        assert whole == pytest.approx(world.counts[seed].sum(), rel=0.5)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"k": 4}, "k = 4"),
        ({"cell_m": 500}, "multiple"),
        ({"episode_days": 2}, "episode_days"),
        ({"tables": {"blocks": [["3000", "year"]]}, "cell_m": 3000}, "multiple"),
    ],
)
def test_a_policy_that_does_not_fit_is_refused(
    world: World, tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    wanted = finer_world.policy(**settings)
    with pytest.raises(policies.PolicyError, match=words):
        derive.derive(world.folder / "finer0", tmp_path / "no", wanted, world.ground)
    assert not (tmp_path / "no").exists()


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(world: World, tmp_path: Path) -> None:
    wanted = finer_world.policy()
    source = world.folder / "finer0"

    def refused(folder: Path, policy: policies.Policy = wanted, origin: Path = source, words: str = "folder") -> None:
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        with pytest.raises(publish.PublishError, match=words):
            derive.derive(origin, folder, policy, world.ground)
        assert before == {file.name: file.read_bytes() for file in folder.iterdir()}

    refused(source, words="own folder")
    shutil.copytree(world.folder / "finer1", tmp_path / "published")
    refused(tmp_path / "published")
    shutil.copytree(world.folder / "ours0", tmp_path / "derived")
    refused(tmp_path / "derived", finer_world.policy(k=11))
    refused(tmp_path / "derived", origin=world.folder / "finer1", words="not sums of this finer release")
    early = release.until(world.finer[0], release.months(world.finer[0])[3])
    release.write(tmp_path / "early", early.manifest, early.facts)
    refused(tmp_path / "derived", origin=tmp_path / "early", words="later")
    refused(tmp_path / "derived", finer_world.policy(), origin=world.folder / "ours0", words="--origin")


def test_a_broken_or_newer_finer_release_is_refused(world: World, tmp_path: Path) -> None:
    shutil.copytree(world.folder / "finer0", tmp_path / "newer")
    manifest = json.loads((tmp_path / "newer" / release.MANIFEST).read_text(encoding="utf-8"))
    manifest["format_version"] = 99
    (tmp_path / "newer" / release.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copytree(world.folder / "finer0", tmp_path / "broken")
    (tmp_path / "broken" / release.FACTS).write_bytes(b"PAR1")
    for name in ("newer", "broken", "nowhere"):
        with pytest.raises(release.ReleaseError):
            derive.derive(tmp_path / name, tmp_path / "no", finer_world.policy(), world.ground)
    assert not (tmp_path / "no").exists()


def test_another_ground_than_the_finer_release_s_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "territory.toml"
    file.write_text(finer_world.GROUND.replace("side_m = 8000", "side_m = 7000"), encoding="utf-8")
    with pytest.raises(publish.PublishError, match="ground"):
        derive.derive(world.folder / "finer0", tmp_path / "no", finer_world.policy(), territory.load(file))


@pytest.mark.slow
def test_the_shipped_policies_derive_the_sample(root: Path, sample_release: Path, tmp_path: Path) -> None:
    ground = territory.load(root / "data/territory/doubs.toml")
    prevention, public = (policies.load(root / f"data/policies/{name}.toml") for name in ("prevention", "public"))
    told = derive.derive(sample_release, tmp_path / "prevention", prevention, ground)
    assert told["share"]["blocks"] > 0.8
    further = derive.derive(tmp_path / "prevention", tmp_path / "public", public, ground, origin_path=sample_release)
    assert further["share"]["blocks"] > 0.75
    for name, policy in (("prevention", prevention), ("public", public)):
        made = release.read(tmp_path / name)
        sizes = made.facts.loc[made.facts["area_level"].str.isdigit(), "area_level"].astype(int)
        assert sizes.min() >= policy.cell_m
        assert made.facts["n"].min() >= policy.k
        fitted = surface.fit(made, ground)
        assert surface.facts_met(fitted, made, ground) < 1e-3
