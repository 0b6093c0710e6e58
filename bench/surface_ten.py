"""What the ten cells that the surface ranks first hold, beside what the true ten hold, and the rivals.

For each quarter with at least 15 located reports: the reports in the first ten smallest cells of a ranking, as a share
of those in the true ten; the mean over the quarters. *Live* is what could be known when the quarter was just closed.
On draws the mean is given over all quarters, and over those with a whole year behind them: before, the rival that
needs twelve months has not got them, and nobody has learnt anything yet.

    python -m bench.surface_ten [--seeds 0 1 2 3 4 5]

Reads the real file and the recipe of the draws in ../shared; they are not part of the repository.
"""

import argparse
import dataclasses
import importlib.util
import tempfile
import types
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analytics import intake, publish, release, territory, utility, vault
from analytics.disclosure import ladder, linking, repair, tables
from analytics.disclosure.linked import Line
from analytics.disclosure.policy import Policy, load
from analytics.release import Release
from analytics.territory import Territory
from bench import areal

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
REAL = ROOT / "tests/data/charlottesville"
FIRST = pd.Period("2017-01", freq="M")
MONTHS, BASE_M, CELL_M, K, TEN, YEAR = 36, 200, 1000, 5, 10, 12
REAL_QUARTERS = ("2015Q1", "2019Q4")


@dataclasses.dataclass(frozen=True)
class Case:
    """A release beside the truth that it came from.

    Attributes
    ----------
    said, ground
        The release and its territory.
    located
        One row a located report: ``day``, ``unit`` (number of its smallest cell).
    """

    said: Release
    ground: Territory
    located: pd.DataFrame


def real(shared: Path = SHARED) -> Case:
    """Charlottesville by the whole pipeline: intake, vault, ladder, release."""
    with tempfile.TemporaryDirectory() as name:
        box, out = Path(name) / "vault", Path(name) / "release"
        vault.create(box, REAL / "territory.toml")
        with vault.opened(box) as store:
            mapping = intake.load_mapping(REAL / "mapping.toml")
            export = shared / "data/charlottesville_drug_reports.csv"
            taken = intake.read(export, mapping, vault.territory(store), vault.secret(box))
            vault.add(store, taken.reports, synthetic=taken.synthetic)
        publish.publish(box, out, load(REAL / "policy.toml"), through="2019-12")
        said = release.read(out)
        with vault.opened(box) as store:
            ground = vault.territory(store)
            located = publish.facts_of_reports(store, ground, said.cell_m, "blocks")
    return Case(said, ground, located[["day", "unit"]])


def recipe(shared: Path = SHARED) -> types.ModuleType:
    """Load the recipe of the draws."""
    spec = importlib.util.spec_from_file_location("draws", shared / "recipes/draws.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(shared)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def census_ground(draws: types.ModuleType) -> Territory:
    """Build one zone out of the populated census cells, since that is where the draws fall."""
    cells = draws.census()
    residents = pd.DataFrame({"e": cells["E"], "n": cells["N"], "residents": cells["T"].astype(float)})
    shape = shapely.union_all(shapely.box(cells["E"], cells["N"], cells["E"] + CELL_M, cells["N"] + CELL_M))
    columns = dict.fromkeys(["code", "name", "population", "lon", "lat", "zone"], ())
    return Territory(
        code="25",
        name="Draws",
        crs="EPSG:3035",
        base_cell_m=BASE_M,
        zones=pd.DataFrame({"name": ["all"]}, index=pd.Index(["all"], name="zone")),
        communes=gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs="EPSG:4326")),
        outline=shapely.Polygon(),
        labels=pd.DataFrame(),
        sources=(),
        notes=(),
        residents=residents.assign(size_m=CELL_M),
        shapes=(shape,),
    )


def draws_policy(floor: int = 100) -> Policy:
    """Give the ladder that the figures on draws are quoted for."""
    periods = ("month", "quarter", "year")
    years = tuple((str(CELL_M * 2**i), "year") for i in range(6))
    rungs = {
        "blocks": (("1000", "quarter"), ("2000", "quarter"), *years),
        "outlook": (("8000", "quarter"),),
        "series": tuple(("zone", p) for p in periods),
        "departement": tuple(("departement", p) for p in periods),
    }
    return Policy.model_validate(
        {
            "audience": "command",
            "k": K,
            "cell_m": CELL_M,
            "min_inhabitants": floor,
            "crowd": 20_000,
            "episode_days": 3,
            "tables": rungs,
        }
    )


def drawn(seed: int, draws: types.ModuleType, ground: Territory, policy: Policy, rate: float = 17.0) -> Case:
    """Pass one draw of three years through the ladder."""
    found = draws.draw(seed, months=MONTHS, rate=rate)
    base = territory.snap(found["x"], BASE_M), territory.snap(found["y"], BASE_M)
    places = pd.DataFrame({"base_e": base[0], "base_n": base[1], "commune": None})
    first = _first_of_episode(base, found["day"].to_numpy(), policy.episode_days)
    month = found["month"].to_numpy()
    said = sealed(places[first].reset_index(drop=True), month[first], MONTHS, ground, policy)
    days = pd.DatetimeIndex([(FIRST + int(m)).start_time for m in month])
    return Case(said, ground, pd.DataFrame({"day": days, "unit": tables.unit_of(places, "blocks", ground, CELL_M)}))


def sealed(
    places: pd.DataFrame,
    month: npt.NDArray[np.int64],
    months: int,
    ground: Territory,
    policy: Policy,
    *,
    repaired: bool = True,
) -> Release:
    """Close months of all tables, ladder, attack and repair, without a vault.

    Parameters
    ----------
    places
        One row an episode: ``base_e, base_n`` (NA when unlocated), ``commune``.
    month
        (episodes,) 0 is January 2017.
    months
        How many are closed.
    ground, policy
        Territory and disclosure policy.
    repaired
        Whether the tables are attacked together and repaired; if not, each ladder closes by itself, many times faster.
    """
    lines = linking.lines_of(policy, ground, months=months, offset=FIRST.month - 1)
    linked = linking.linked_of(policy, ground)
    for line in lines:
        unit = tables.unit_of(places, line.name, ground, policy.cell_m)
        np.add.at(line.waiting, (unit[unit >= 0], month[unit >= 0]), 1)
    facts = [release.empty_facts()]
    for closing in range(months):
        if repaired:
            closed = repair.close_month(lines, linked, closing).blocks
        else:
            closed = [ladder.close_month(line.table, closing, line.waiting) for line in lines]
        facts += [_facts(line, blocks, closing) for line, blocks in zip(lines, closed, strict=True)]
    return _release(pd.concat([f for f in facts if len(f)] or facts[:1], ignore_index=True), months, ground, policy)


def _first_of_episode(
    base: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], day: npt.NDArray[np.int64], days: int
) -> npt.NDArray[np.bool_]:
    order = np.lexsort((day, base[1], base[0]))
    e, n, when = base[0][order], base[1][order], day[order]
    new = np.ones(len(day), dtype=bool)
    new[1:] = (np.diff(e) != 0) | (np.diff(n) != 0) | (np.diff(when) > days)
    first = np.zeros(len(day), dtype=bool)
    first[order] = new
    return first


def _facts(line: Line, blocks: Sequence[ladder.Block], closing: int) -> pd.DataFrame:
    table = line.table
    rows = []
    for block in blocks:
        rung = table.rungs[block.rung]
        rows.append(
            {
                "table": line.name,
                "order": int((FIRST + closing).strftime("%Y%m")) * release.ORDERS_A_MONTH,
                "area": table.ground.areas[rung.area_level][block.area],
                "area_level": rung.area_level,
                "period_start": (FIRST + block.first).start_time.date().isoformat(),
                "period_end": (FIRST + block.last).end_time.date().isoformat(),
                "period_level": rung.period_level,
                "n": block.n,
                "covered": block.covered,
                "residents": int(block.residents),
            }
        )
    return pd.DataFrame(rows)


def _release(facts: pd.DataFrame, months: int, ground: Territory, policy: Policy) -> Release:
    if facts.empty:
        facts = release.empty_facts()
    facts = facts.sort_values("order", kind="stable", ignore_index=True)
    facts["order"] += facts.groupby("order").cumcount()
    facts = facts.assign(vintage=1, attribute="", value="", reports=None).astype(release.COLUMNS)
    manifest = {
        "format_version": release.FORMAT_VERSION,
        "territory": {"code": ground.code, "name": ground.name, "crs": ground.crs, "base_cell_m": ground.base_cell_m},
        "audience": policy.audience,
        "synthetic": True,
        "policy": policy.model_dump(mode="json"),
        "vintages": [
            {"vintage": 1, "first_month": str(FIRST), "through": str(FIRST + months - 1), "facts": len(facts)}
        ],
    }
    return Release(Path(), manifest, facts[list(release.COLUMNS)])


def surface(case: Case, only: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Score the surface: one row a quarter, columns ``all`` and ``live``; from some tables only where asked."""
    said = case.said
    if only is not None:
        facts = said.facts[said.facts["table"].isin(only)].reset_index(drop=True)
        said = dataclasses.replace(said, facts=facts)
    scores = utility.surface_ten(case.located, said, case.ground)
    return pd.DataFrame.from_dict(scores, orient="index", columns=["all", "live"])


def rivals(case: Case, quarters: Iterable[str]) -> pd.DataFrame:
    """Score other rankings: one row a quarter."""
    months = release.months(case.said)
    own = case.located["day"].dt.to_period("M")
    number = ((own.dt.year - months[0].year) * 12 + own.dt.month - months[0].month).to_numpy()
    counts = np.zeros((len(release.atoms(case.said, case.ground).cells), len(months)), dtype=np.int64)
    np.add.at(counts, (case.located["unit"].to_numpy(), number), 1)
    rows = {}
    for quarter in map(pd.Period, quarters):
        first = (quarter.year - months[0].year) * 12 + 3 * (quarter.quarter - 1) + 1 - months[0].month
        truth = counts[:, first : first + 3].sum(axis=1)
        year = counts[:, max(0, first + 3 - YEAR) : first + 3].sum(axis=1)
        rankings = {
            "grid, the quarter, under 5 hidden": np.where(truth >= K, truth, 0),
            "grid, last 12 months, under 5 hidden": np.where(year >= K, year, 0),
            "unprotected, earlier quarters": counts[:, :first].sum(axis=1),
            "unprotected, all months": counts.sum(axis=1),
            "blocks, spread evenly over their ground": areal.evenly(case.said, case.ground, slice(first, first + 3)),
            "blocks, pycnophylactic (tobler)": areal.pycnophylactic(case.said, case.ground, slice(first, first + 3)),
        }
        best = np.sort(truth)[::-1][:TEN].sum()
        rows[str(quarter)] = {n: truth[np.argsort(-r, kind="stable")[:TEN]].sum() / best for n, r in rankings.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def scores(case: Case) -> pd.DataFrame:
    """Score the surface and its rivals: one row a quarter."""
    everything, blocks = surface(case), surface(case, ("blocks",))
    mine = {
        "surface, all vintages": everything["all"],
        "surface, live": everything["live"],
        "surface of blocks alone, all vintages": blocks["all"],
        "surface of blocks alone, live": blocks["live"],
    }
    return pd.concat([pd.DataFrame(mine), rivals(case, everything.index)], axis=1)


def main() -> None:
    """Print the scores on the real file and on draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*", default=list(range(6)))
    seeds = parser.parse_args().seeds
    of_real = scores(real()).loc[REAL_QUARTERS[0] : REAL_QUARTERS[1]]
    draws = recipe()
    ground, policy = census_ground(draws), draws_policy()
    of_draws = [scores(drawn(seed, draws, ground, policy)) for seed in seeds]
    table = pd.DataFrame({f"real, {len(of_real)} quarters": of_real.mean()})
    if of_draws:
        each = pd.concat(of_draws)
        grown = pd.concat([s.iloc[YEAR // 3 :] for s in of_draws])
        table[f"draws, {len(each)} quarters"] = each.mean()
        table[f"a year known, {len(grown)}"] = grown.mean()
    print(table.round(3).to_string())


if __name__ == "__main__":
    main()
