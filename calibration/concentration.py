"""How often the intervals of concentration hold the truth, and how steady the first cells are."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import altair as alt
import numpy as np
import pandas as pd

from analytics import release, territory
from analytics.disclosure import tables
from analytics.statistics import concentration, surface
from analytics.statistics.concentration.curve import SHARES, adjusted, first
from analytics.statistics.concentration.estimated import inhabited
from bench import box_draws, surface_ten
from calibration import laddered
from calibration.section import Section

if TYPE_CHECKING:
    import types

    import numpy.typing as npt

    from analytics.statistics.surface import Surface
    from analytics.territory import Territory

REPORTS: Final = (16, 50, 100, 200)
MANY: Final = 40_000
YEARS: Final = 3
LADDERED: Final = 20
"""One draw in so many is passed through the ladder."""
PROCESSES: Final = 2
LENGTHS: Final = (3, 12)
PLACES: Final = 4
RUNS: Final = (1, 3, 6, 12)
TEXT: Final = """\
**Counts.** {draws} draws of so many reports over the cells of the draws' recipe ({cells} inhabited square kilometres;
the chance of each cell from a draw of {many} reports). How often the interval of the share that the truly first 1, 5,
10 % of the cells hold in the long run has it; the mean share as counted, by the other half, and the true one, for the
first 1 %; how often the interval of G' holds the mean G' of so many reports.

{coverage}

**Releases**, {laddered} draws of three years by the recipe, and as many of 16 months on squares of even ground with
four places, through the ladders (17 reports a month): the first cells by the surface in the last 3 and 12 months, how
often the 95 % interval holds the share of the true episodes that lie in them, and its mean width; how often the
interval of G' holds that of the true counts.

{releases}

**Windows**, counts of the draws by the recipe and the surface's live windows: of the reports of the next three months,
the share that the first ten cells of the last 1, 3, 6, 12 months hold (mean over draws and quarters of the last two
years), and how many of these ten are again among the first ten three months later.

{windows}
"""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A draw that went through the ladders.

    Attributes
    ----------
    fitted
        Its surface.
    known
        (inhabited cells, months) estimates from what had been published by the end of a month, by its number; of draws
        by the recipe alone.
    truth
        (inhabited cells, months) true counts.
    """

    fitted: Surface
    known: dict[int, npt.NDArray[np.float64]]
    truth: npt.NDArray[np.float64]


def measure(draws: int, seed: int = 0) -> Section:
    """Measure coverage on draws, of counts and of releases, and the steadiness of windows.

    Parameters
    ----------
    draws
        Draws of counts; one in ``LADDERED`` as many is passed through the ladder.
    seed
        Of the draws.
    """
    recipe = surface_ten.recipe()
    chances = _chances(recipe, surface_ten.census_ground(recipe), seed)
    coverage = _coverage(chances, draws, np.random.default_rng(seed))
    seeds = range(seed + 1000, seed + 1000 + max(draws // LADDERED, 3))
    with ProcessPoolExecutor(PROCESSES) as pool:
        passed, squares = list(pool.map(_by_recipe, seeds)), list(pool.map(_on_a_square, seeds))
    releases = pd.concat([_of_releases("recipe", passed), _of_releases("square", squares)])
    windows = _windows(passed)
    text = TEXT.format(
        draws=draws,
        cells=len(chances),
        many=MANY,
        laddered=len(passed),
        coverage=_table(coverage),
        releases=_table(releases),
        windows=_table(windows),
    )
    return Section(
        "Concentration", text, _figures(coverage, releases, windows), {"concentration_windows": _chart(windows)}
    )


def _chances(recipe: types.ModuleType, ground: Territory, seed: int) -> npt.NDArray[np.float64]:
    """(inhabited cells,) chance of a report in each, from one great draw."""
    found = recipe.draw(seed + 777, months=1, rate=MANY)
    places = pd.DataFrame({"base_e": territory.snap(found["x"], surface_ten.BASE_M)})
    places = places.assign(base_n=territory.snap(found["y"], surface_ten.BASE_M), commune=None)
    unit = tables.unit_of(places, "blocks", ground, surface_ten.CELL_M)
    cells = territory.ground(ground, surface_ten.CELL_M)
    counts = np.bincount(unit[unit >= 0], minlength=len(cells))[cells["residents"].to_numpy() > 0]
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def _coverage(chances: npt.NDArray[np.float64], draws: int, rng: np.random.Generator) -> pd.DataFrame:
    truth = np.array(
        [np.sort(chances)[::-1] @ first(np.arange(len(chances), 0.0, -1), s * len(chances)) for s in SHARES]
    )
    truth = np.minimum(truth, 1.0)
    rows = []
    for reports in REPORTS:
        cubes = rng.poisson(reports * chances, (draws, len(chances)))
        cubes = cubes[cubes.sum(axis=1) > 1]
        mean = float(adjusted(rng.poisson(reports * chances, (1000, len(chances))).astype(float)).mean())
        found = [concentration.captured(counts, halvings=10, seed=None) for counts in cubes]
        ginis = [concentration.gini(counts) for counts in cubes]
        low, high, counted, lasting = (
            np.array([frame[name] for frame in found]) for name in ("low", "high", "counted", "lasting")
        )
        holds = ((low <= truth) & (truth <= high)).mean(axis=0)
        rows.append(
            {"reports": reports}
            | {f"holds, {share:.0%}": held for share, held in zip(SHARES, holds, strict=True)}
            | {"counted": counted[:, 0].mean(), "other half": lasting[:, 0].mean(), "true": truth[0]}
            | {"holds G'": np.mean([one.low <= mean <= one.high for one in ginis])}
        )
    return pd.DataFrame(rows)


def _by_recipe(seed: int) -> Drawn:
    """Pass one draw through the ladders and fit its surface, of today and at the end of each quarter."""
    recipe = surface_ten.recipe()
    ground = surface_ten.census_ground(recipe)
    one = laddered.drawn(seed, recipe, ground, surface_ten.draws_policy(), 12 * YEARS)
    fitted = surface.fit(one.said, ground)
    alive = inhabited(fitted)
    known = {
        end: surface.fit(release.until(one.said, fitted.months[end - 1]), ground).estimate[alive]
        for end in range(12, 12 * YEARS + 1, 3)
    }
    return Drawn(fitted, known, one.truth[alive].astype(np.float64))


def _on_a_square(seed: int) -> Drawn:
    with tempfile.TemporaryDirectory() as folder:
        ground = box_draws.territory(Path(folder))
    points, month = box_draws.points(seed, 17.0, PLACES)
    one = laddered.through(points, month, box_draws.MONTHS, ground, box_draws.POLICY)
    fitted = surface.fit(one.said, ground)
    return Drawn(fitted, {}, one.truth[inhabited(fitted)].astype(np.float64))


def _of_releases(ground: str, passed: list[Drawn]) -> pd.DataFrame:
    """One row a length: how often, over the draws, an interval of its last months held the truth."""
    rows = []
    for length in LENGTHS:
        held: list[list[bool]] = []
        wide, ginis, errors = [], [], []
        for one in passed:
            begin, end = one.fitted.months[-length], one.fitted.months[-1]
            true = one.truth[:, -length:].sum(axis=1)
            frame = concentration.of_surface(one.fitted, begin, end)
            estimate = one.fitted.estimate[inhabited(one.fitted), -length:].sum(axis=1)
            shares = np.array([first(estimate, n) @ true / true.sum() for n in frame["cells"]])
            held.append(list((frame["low"] <= shares + 1e-9) & (shares - 1e-9 <= frame["high"])))
            wide.append((frame["high"] - frame["low"]).iloc[0])
            errors.append(frame["estimate"].iloc[0] - shares[0])
            found = concentration.gini_of_surface(one.fitted, begin, end)
            ginis.append(found.low <= float(adjusted(true[None, :])[0]) <= found.high)
        rows.append(
            {"ground": ground, "months": length}
            | {f"holds, {share:.0%}": h for share, h in zip(SHARES, np.mean(held, axis=0), strict=True)}
            | {"width, 1%": np.mean(wide), "too high by, 1%": np.mean(errors), "holds G'": np.mean(ginis)}
        )
    return pd.DataFrame(rows)


def _windows(passed: list[Drawn]) -> pd.DataFrame:
    """Windows of each length at the closing of each quarter of the last two years but the last."""
    closings = range(12, 12 * YEARS - 2, 3)
    names = ("counts", "counts again", "surface", "surface again")
    rows: dict[int, dict[str, list[float]]] = {run: {name: [] for name in names} for run in RUNS}
    for one in passed:
        for end in closings:
            then = one.truth[:, end : end + 3].sum(axis=1)
            for run in RUNS:
                for name, now, later in (
                    ("counts", one.truth, one.truth),
                    ("surface", one.known[end], one.known[end + 3]),
                ):
                    chosen = first(now[:, end - run : end].sum(axis=1).round(6), 10)
                    again = first(later[:, end + 3 - run : end + 3].sum(axis=1).round(6), 10)
                    rows[run][name].append(float(chosen @ then / then.sum()))
                    rows[run][f"{name} again"].append(float(chosen @ again / 10))
    return pd.DataFrame([{"months": run} | {n: np.mean(v) for n, v in found.items()} for run, found in rows.items()])


def _chart(windows: pd.DataFrame) -> alt.Chart:
    long = windows[["months", "counts", "surface"]].melt("months", var_name="ranked by", value_name="share held")
    chart: alt.Chart = (
        alt.Chart(long, title="Share of the next three months' reports in the first ten cells")
        .mark_line(point=True)
        .encode(
            x=alt.X("months:Q", title="months of the window"),
            y=alt.Y("share held:Q", scale=alt.Scale(zero=True)),
            color="ranked by:N",
        )
    )
    return chart


def _figures(coverage: pd.DataFrame, releases: pd.DataFrame, windows: pd.DataFrame) -> dict[str, float]:
    found = {f"{name}, least": float(coverage[name].min()) for name in coverage.columns if name.startswith("holds")}
    found |= {
        f"release, {name}, {row['months']} months, {row['ground']}": float(row[name])
        for _, row in releases.iterrows()
        for name in releases.columns[2:]
    }
    return found | {
        f"first ten cells of {row['months']:.0f} months, {name}": float(row[name])
        for _, row in windows.iterrows()
        for name in windows.columns[1:]
    }


def _table(frame: pd.DataFrame) -> str:
    head = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    written = frame.map(lambda value: f"{value:.3f}" if isinstance(value, float) else str(value))
    rows = ["| " + " | ".join(row) + " |" for row in written.to_numpy()]
    return "\n".join(head + rows)
