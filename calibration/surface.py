"""How often the surface's intervals hold the truth, on draws at the Doubs' intensity and on squares of even ground."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Final

import altair as alt
import numpy as np
import pandas as pd
from scipy import stats

from analytics.statistics import posterior, surface
from bench import box_draws, surface_ten
from calibration import laddered
from calibration.section import Section

MONTHS: Final = 24
LENGTHS: Final = {"month": 1, "quarter": 3, "year": 12}
LARGE: Final = 5.0
EDGES: Final = (0.05, 0.5, 1.0, 2.0, LARGE, np.inf)
LIKELY: Final = 0.5
"""Mean from which a cell may be the one of a draw whose rank is looked at."""
PROCESSES: Final = 2
TEXT: Final = """\
{draws} draws, half of them by the recipe of the Doubs (17 reports a month on the census' cells, two years), half four
places anywhere on a square of even ground (17 a month, 16 months): each passed through the ladders, the surface fitted
from the release alone, its 90 % interval held against the truth, for cells whose interval is not a single number, by
the mean of the posterior draws. The interval is of whole numbers, and so holds more than nine in ten where it is short.

{table}

Of the estimates over {large:g}, which are rare where they are not counted: how many there were, how many of their
intervals held the truth, and between which shares that lies (Clopper and Pearson, 95 %; cells of one draw are not quite
independent, so a little more).

{busy}

The rank of the truth among the draws (made continuous by lot) is even if the distribution is right. One cell a draw and
length was taken by lot among those with a mean of at least {likely:g} (Kolmogorov and Smirnov's test):

{ranks}
"""


def measure(draws: int, seed: int = 0) -> Section:
    """Measure coverage and ranks on draws.

    Parameters
    ----------
    draws
        Half of them by the recipe, half on even ground.
    seed
        Of the draws.
    """
    half = draws // 2
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = [*pool.map(_by_recipe, range(seed, seed + half)), *pool.map(_on_a_square, range(seed, seed + half))]
    found = pd.concat(parts, ignore_index=True)
    told = found[found["low"] < found["high"]]
    table, ranks = _coverage(told), _ranks(told, seed)
    wide = table.melt(ignore_index=False, var_name="mean", value_name="held").dropna().reset_index()
    names = "surface_" + wide["ground"] + "_" + wide["length"] + "_" + wide["mean"].astype(str).str.replace(" ", "_")
    figures = dict(zip(names, wide["held"].astype(float), strict=True))
    figures |= {f"surface_{ground}_{length}_ks_p": p for ground, length, p in ranks.itertuples(index=False)}
    text = TEXT.format(
        draws=draws,
        table=_markdown(table),
        busy=_markdown(_busy(told)),
        ranks=_markdown(ranks),
        likely=LIKELY,
        large=LARGE,
    )
    return Section("Surface", text, figures, {"surface_ranks": _chart(told)})


def _by_recipe(seed: int) -> pd.DataFrame:
    recipe = surface_ten.recipe()
    one = laddered.drawn(seed + 5000, recipe, surface_ten.census_ground(recipe), surface_ten.draws_policy(), MONTHS)
    return _held(one, seed).assign(ground="recipe", draw=seed)


def _on_a_square(seed: int) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        ground = box_draws.territory(Path(folder))
    points, month = box_draws.points(seed + 5000, 17.0, 4)
    one = laddered.through(points, month, box_draws.MONTHS, ground, box_draws.POLICY)
    return _held(one, seed).assign(ground="square", draw=seed)


def _held(one: laddered.Laddered, seed: int) -> pd.DataFrame:
    """One row a cell and window that may hold something: interval, mean, truth, its rank among the draws."""
    fitted = surface.fit(one.said, one.ground)
    if fitted.draws is None:
        return pd.DataFrame(columns=["length", "mean", "low", "high", "truth", "rank"])
    rng = np.random.default_rng(seed)
    cells, months = one.truth.shape
    rows = []
    for name, length in LENGTHS.items():
        for first in range(0, months - length + 1, length):
            last = first + length - 1
            places, found = posterior.counts(fitted.draws, first, last, cells)
            low, high = posterior.interval(fitted.draws, fitted.estimate[:, first : last + 1].sum(axis=1), first, last)
            truth = one.truth[:, first : last + 1].sum(axis=1)[places]
            below, same = (found < truth).mean(axis=0), (found == truth).mean(axis=0)
            rows.append(
                pd.DataFrame(
                    {
                        "length": name,
                        "mean": found.mean(axis=0),
                        "low": low[places],
                        "high": high[places],
                        "truth": truth,
                        "rank": below + rng.random(len(places)) * same,
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def _coverage(told: pd.DataFrame) -> pd.DataFrame:
    """Share of the intervals that hold the truth: one row a kind of ground and length, one column a class of means."""
    labels = [*(f"{low:g} to {high:g}" for low, high in pairwise(EDGES[:-1])), f"over {LARGE:g}"]
    told = told.assign(
        inside=(told["truth"] >= told["low"]) & (told["truth"] <= told["high"]),
        size=pd.cut(told["mean"], list(EDGES), labels=labels),
    )
    table = told.pivot_table(index=["ground", "length"], columns="size", values="inside", observed=True)
    every = told[told["mean"] > EDGES[0]].groupby(["ground", "length"])["inside"].mean()
    return table.assign(all=every).round(3).reindex(list(LENGTHS), level="length")


def _busy(told: pd.DataFrame) -> pd.DataFrame:
    """How many estimates over ``LARGE`` there were, and what share of their intervals held the truth, with its ends."""
    told = told[told["mean"] > LARGE]
    inside = (told["truth"] >= told["low"]) & (told["truth"] <= told["high"])
    counted = inside.groupby([told["ground"], told["length"]]).agg(cells="size", held="sum")
    ends = [stats.binomtest(held, cells).proportion_ci() for cells, held in counted.itertuples(index=False)]
    between = [f"{one.low:.3f} to {one.high:.3f}" for one in ends]
    table: pd.DataFrame = counted.assign(between=between).reindex(list(LENGTHS), level="length")
    return table


def _ranks(told: pd.DataFrame, seed: int) -> pd.DataFrame:
    likely = told[told["mean"] >= LIKELY]
    one = likely.groupby(["ground", "length", "draw"]).sample(1, random_state=seed)
    rows = [
        (ground, length, round(float(stats.kstest(part["rank"].to_numpy(), stats.uniform.cdf).pvalue), 3))
        for (ground, length), part in one.groupby(["ground", "length"])
    ]
    return pd.DataFrame(rows, columns=["ground", "length", "p"])


def _markdown(frame: pd.DataFrame) -> str:
    flat = frame.reset_index() if frame.index.names[0] else frame
    rows = [[str(value) for value in row] for row in flat.astype(object).itertuples(index=False)]
    lines = [list(map(str, flat.columns)), ["---"] * len(flat.columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _chart(told: pd.DataFrame) -> alt.LayerChart:
    edges = np.linspace(0, 1, 11)
    rows = []
    for (ground, length), part in told[told["mean"] >= LIKELY].groupby(["ground", "length"]):
        share = np.histogram(part["rank"], edges)[0] / len(part)
        rows.append(pd.DataFrame({"rank": edges[:-1] + 0.05, "share": share, "of": f"{ground}, {length}"}))
    frame = pd.concat(rows, ignore_index=True)
    lines = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("rank:Q", title="rank of the truth among the draws"),
            y=alt.Y("share:Q", title="share of the cells", scale=alt.Scale(domain=[0, 0.2])),
            color=alt.Color("of:N", title=None),
        )
    )
    even = alt.Chart(pd.DataFrame({"share": [0.1]})).mark_rule(strokeDash=[4, 4]).encode(y="share:Q")
    chart: alt.LayerChart = even + lines
    chart.width, chart.height, chart.description = 520, 260, "Ranks of the truth among the surface's draws."
    return chart
