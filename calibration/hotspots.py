"""Hotspots: false alarms where nothing but chance is at work, and how much more is found, through the real ladder.

Draws are made on the census ground of the Doubs at its intensity, 17 episodes a month. They pass the ladder of
``analytics.disclosure`` itself, hold-back and all; the scan then reads what it told. The power curves climb the ladder
as the scan knows it, which tells the same (the tests compare the two).
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import altair as alt
import numpy as np
import pandas as pd

from analytics import release as said
from analytics import territory
from analytics.disclosure import ladder, linking
from analytics.statistics import hotspots
from analytics.statistics.hotspots import climbing, scanning
from analytics.statistics.hotspots.clusters import alias_table, seeds
from analytics.statistics.hotspots.study import study
from bench import surface_ten
from calibration.section import Section

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.disclosure.linked import Line
    from analytics.disclosure.policy import Policy
    from analytics.release import Release
    from analytics.statistics.hotspots.study import Study
    from analytics.territory import Territory

RATE: Final = 17.0
MONTHS: Final = 12
REPLICATES: Final = 199
LEVEL: Final = 0.05
EXTRA: Final = (0, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16)
FIRST: Final = pd.Period("2017-01", freq="M")
LADDERS: Final = {
    "blocks": (
        *(("1000", "quarter"), ("2000", "quarter")),
        *(("1000", "year"), ("2000", "year"), ("4000", "year"), ("8000", "year")),
    ),
    "outlook": (("8000", "quarter"),),
    "departement": (("departement", "month"), ("departement", "quarter"), ("departement", "year")),
}
"""The ladders that ship, up to the largest square that is scanned: those above it come after and change nothing."""


@dataclass(frozen=True)
class Ground:
    """The ground of the draws.

    Attributes
    ----------
    territory, policy
        One zone on the populated census cells; the ladders above.
    inhabitants, places
        (cells,) shares of the inhabitants, and of reports where twelve places hold nearly all of them.
    """

    territory: Territory
    policy: Policy
    inhabitants: npt.NDArray[np.float64]
    places: npt.NDArray[np.float64]


@lru_cache(maxsize=1)
def ground() -> Ground:
    """Build the ground of the draws; reads the recipe of the draws in ../shared."""
    draws = surface_ten.recipe()
    here = surface_ten.census_ground(draws)
    policy = surface_ten.draws_policy().model_copy(update={"tables": LADDERS})
    cells = territory.ground(here, policy.cell_m)
    many = draws.draw(999, months=36, rate=5000.0)
    place = pd.MultiIndex.from_frame(cells[["e", "n"]]).get_indexer(
        pd.MultiIndex.from_arrays([territory.snap(many[axis], policy.cell_m) for axis in ("x", "y")])
    )
    people = cells["residents"].to_numpy(dtype=np.float64)
    counts = np.bincount(place[place >= 0], minlength=len(cells)).astype(np.float64)
    return Ground(here, policy, people / people.sum(), counts / counts.sum())


def counts(share: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw a year: (cells, months) episodes."""
    return np.stack([rng.multinomial(n, share) for n in rng.poisson(RATE, MONTHS)], axis=1)


def published(years: list[npt.NDArray[np.int64]]) -> Release:
    """Pass whole years through the real ladder, table by table."""
    here = ground()
    facts = [
        facts_of(np.concatenate(years, axis=1), line)
        for line in linking.lines_of(here.policy, here.territory, months=MONTHS * len(years), offset=0)
    ]
    return surface_ten._release(  # noqa: SLF001 - the same release as the bench makes
        pd.concat(facts, ignore_index=True), MONTHS * len(years), here.territory, here.policy
    )


def facts_of(waiting: npt.NDArray[np.int64], line: Line) -> pd.DataFrame:
    """Close every month of one table."""
    units = len(line.table.ground.residents)
    atoms = np.zeros((units, waiting.shape[1]), dtype=np.int64)
    atoms[: len(waiting)] = waiting if units >= len(waiting) else 0
    if units < len(waiting):  # the whole territory and its unlocated
        atoms[0] = waiting.sum(axis=0)
    frames = [
        surface_ten._facts(line, ladder.close_month(line.table, month, atoms), month)  # noqa: SLF001 - as the bench does
        for month in range(waiting.shape[1])
    ]
    told = [frame for frame in frames if len(frame)]
    return pd.concat(told, ignore_index=True) if told else said.empty_facts()


def alarms(job: tuple[str, int, int]) -> list[float]:
    """Least p-values of a run of draws: expectation, seed, number of draws.

    For a history each year is compared with the one before it, so that a year serves twice.
    """
    expectation, seed, draws = job
    rng = np.random.default_rng(seed)
    here = ground()
    share = here.inhabitants if expectation == "residents" else here.places
    history = expectation == "history"
    years = [counts(share, rng) for _ in range(draws + history)]
    told = [published([year]) for year in years]
    found = []
    for draw in range(draws):
        release = _after(told[draw], told[draw + 1]) if history else told[draw]
        last = said.months(release)[-1]
        table = hotspots.scan(
            release, here.territory, (str(last - MONTHS + 1), str(last)), expectation, 1.0, REPLICATES, seed + draw
        )
        found.append(float(table["p_value"].min()) if len(table) else 1.0)
    return found


def _after(first: Release, second: Release) -> Release:
    """One release of two years: no block crosses the new year."""
    later = second.facts.copy()
    later["order"] += 100 * said.ORDERS_A_MONTH
    for column in ("period_start", "period_end"):
        later[column] = later[column].str.replace(str(FIRST.year), str(FIRST.year + 1))
    facts = pd.concat([first.facts, later], ignore_index=True)
    vintage = {"vintage": 1, "first_month": str(FIRST), "through": str(FIRST + 2 * MONTHS - 1), "facts": len(facts)}
    return said.Release(first.path, first.manifest | {"vintages": [vintage]}, facts)


def circles(job: tuple[int, int]) -> list[float]:
    """Least p-values of ``spatial_scan`` on a year's draws over squares of 4 km: seed, number of draws."""
    seed, draws = job
    rng = np.random.default_rng(seed)
    cells = territory.ground(ground().territory, ground().policy.cell_m)
    square = cells.groupby([cells["e"] // 4000, cells["n"] // 4000])["residents"].sum()
    square = square[square > 0]
    x, y = (square.index.get_level_values(i).to_numpy(dtype=np.float64) for i in (0, 1))
    share = (square / square.sum()).to_numpy()
    found = []
    for draw in range(draws):
        cases = rng.multinomial(rng.poisson(RATE * MONTHS), share)
        clusters = hotspots.spatial_scan(x, y, cases, share, replicates=REPLICATES, seed=seed + draw)
        found.append(clusters[0].p_value if clusters else 1.0)
    return found


def power(draws: int, seed: int) -> pd.DataFrame:
    """Share of draws that raise an alarm, by episodes added to a square of 2 km in a quarter."""
    here = ground()
    rng = np.random.default_rng(seed)
    template = published([counts(here.inhabitants, rng)])
    laid = study(template, here.territory, said.months(template), scanning.LARGEST_M)
    groups = np.array([(int(RATE), month, 1) for month in range(MONTHS)], dtype=np.int64)
    totals = np.full(MONTHS, RATE)
    alias = alias_table(here.inhabitants)
    null = climbing.tops(seeds(seed, 999), laid.plans, (laid.windows, laid.share, totals, 0), alias, groups)
    bar = float(np.quantile(null, 1 - LEVEL))
    level = laid.levels.index(2000)
    order = np.argsort(-laid.share[level])
    rows = []
    for name, area in (("most inhabitants", order[0]), ("20th by inhabitants", order[19]), ("100th", order[99])):
        cells = np.flatnonzero(laid.area_of[level] == area)
        weight = here.inhabitants[cells] / here.inhabitants[cells].sum()
        for extra in EXTRA:
            tops = [_top(laid, here.inhabitants, (cells, weight, extra), rng.spawn(1)[0]) for _ in range(draws)]
            rows.append(
                {
                    "square": name,
                    "expected in the quarter": 3 * RATE * laid.share[level, area],
                    "extra": extra,
                    "found": float((np.array(tops) > bar).mean()),
                }
            )
    return pd.DataFrame(rows)


def _top(
    laid: Study,
    share: npt.NDArray[np.float64],
    added: tuple[Any, Any, int],
    rng: np.random.Generator,
) -> float:
    cells, weight, extra = added
    year = counts(share, rng)
    np.add.at(year, (rng.choice(cells, extra, p=weight), rng.integers(9, 12, extra)), 1)
    cell, month = np.nonzero(year)
    many = year[cell, month]
    cell, month = np.repeat(cell, many), np.repeat(month, many)
    sealed = np.empty((len(laid.plans), *year.shape), dtype=np.int64)
    for number, plan in enumerate(laid.plans):
        climbing.climb(cell, month, plan, sealed[number], np.empty(len(cell), dtype=np.int64))
    totals = year.sum(axis=0).astype(np.float64)
    before = np.zeros(laid.share.shape)
    return float(climbing.top_window(cell, month, laid.plans, (laid.windows, laid.share, totals, 0), before, sealed))


def measure(draws: int, seed: int = 0) -> Section:
    """Measure false alarms on so many null draws of each kind, and the power on a fifth as many a point."""
    workers = os.cpu_count() or 1
    parts = [(draws * (i + 1)) // (4 * workers) - (draws * i) // (4 * workers) for i in range(4 * workers)]
    jobs = [(seed + 10_000 * (i + 1), n) for i, n in enumerate(parts) if n]
    with ProcessPoolExecutor(workers) as pool:
        found = {
            "scan, inhabitants": pool.map(alarms, [("residents", *job) for job in jobs]),
            "scan, history": pool.map(alarms, [("history", *job) for job in jobs]),
            "spatial_scan": pool.map(circles, jobs),
        }
        least = {name: np.concatenate([np.array(part) for part in parts]) for name, parts in found.items()}
    curve = power(max(20, draws // 5), seed)
    return _section(least, curve)


def _section(least: dict[str, npt.NDArray[np.float64]], curve: pd.DataFrame) -> Section:
    figures: dict[str, float] = {}
    lines = ["| scan | draws | alarms at 5 % | at 10 % | at 50 % |", "|---|---|---|---|---|"]
    for name, p in least.items():
        rates = [float((p <= bound).mean()) for bound in (0.05, 0.1, 0.5)]
        figures[f"false alarms at 5 %: {name}"] = rates[0]
        lines.append(f"| {name} | {len(p)} | " + " | ".join(f"{100 * rate:.1f} %" for rate in rates) + " |")
    rows = ["| square of 2 km | expected in the quarter | extra found with probability 0.8 |", "|---|---|---|"]
    for square, part in curve.groupby("square", sort=False):
        mean = float(part["expected in the quarter"].iloc[0])
        enough = part.loc[part["found"] >= 0.8, "extra"]  # noqa: PLR2004 - the power that is asked for
        needed = float(enough.min()) if len(enough) else float("nan")
        figures[f"extra reports found with probability 0.8: {square}"] = needed
        rows.append(f"| {square} | {mean:.2f} | {needed:.0f} |")
    text = (
        "Draws on the census ground of the Doubs, 17 episodes a month; the least p-value of a scan of twelve months "
        f"({REPLICATES} replicates each). The first two scan what the real ladder with hold-back tells of them, "
        "spatial_scan the counts themselves.\n\n" + "\n".join(lines) + "\n\nPower: "
        "episodes added to one square of 2 km within a quarter, spread over its inhabitants, and the share of draws in "
        "which the scan of the twelve months raises an alarm at 5 %.\n\n" + "\n".join(rows) + "\n"
    )
    chart = (
        alt.Chart(curve)
        .mark_line(point=True)
        .encode(
            x=alt.X("extra:Q", title="episodes added in the quarter"),
            y=alt.Y("found:Q", title="share of draws with an alarm", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("square:N", title="square of 2 km"),
        )
    )
    return Section("Hotspots", text, figures, {"hotspots_power": chart})
