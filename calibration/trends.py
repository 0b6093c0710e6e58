"""Intervals, ratio tests and trend tests: how often they hold what they promise at small counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd
from scipy import stats

from analytics.statistics import intervals, regression, trends
from calibration.section import Section
from calibration.series import LADDER, RATES, drawn, published

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.05
MONTHS, COMPARED = 60, 36
LARGEST = 80.0


def measure(draws: int, seed: int = 0) -> Section:
    """Measure on so many series a rate; regressions on a fifth of them, since each takes up to a third of a second."""
    rng = np.random.default_rng(seed)
    covered = coverage()
    ratios = pd.concat([ratio_tests(rate, draws, rng) for rate in RATES], ignore_index=True)
    slopes = pd.DataFrame([slope_tests(rate, max(draws // 5, 1), rng) for rate in RATES])
    from_three = covered[covered["mean"] >= 3]  # noqa: PLR2004 - what the issue asks for
    figures = {
        "exact interval, least coverage": float(covered["exact"].min()),
        "mid-p interval, least coverage of means from 3": float(from_three["mid-p"].min()),
        "mid-p interval, greatest coverage of means from 3": float(from_three["mid-p"].max()),
    }
    for row in ratios.to_dict("records"):
        figures[f"{row['run']} ratio named at {row['rate']:g} a month"] = row["named"]
    for row in slopes.to_dict("records"):
        figures[f"trend found at {row['rate']:g} a month"] = row["found"]
        figures[f"trend's interval holds at {row['rate']:g} a month"] = row["held"]
    figures = {name: float(value) for name, value in figures.items() if np.isfinite(value)}
    return Section("Trends", _text(figures, ratios, slopes, draws), figures, {"trends-coverage": _chart(covered)})


def coverage() -> pd.DataFrame:
    """Chance that 95 % intervals hold a Poisson mean, enumerated; means on a grid, and just beside every end."""
    n = np.arange(int(2 * LARGEST) + 40)
    ends = {"exact": intervals.poisson_interval(n), "mid-p": intervals.mid_p_interval(n)}
    beside = np.concatenate([side for pair in ends.values() for side in pair])
    means = np.concatenate([np.arange(0.5, LARGEST, 0.05), beside - 1e-9, beside + 1e-9])
    means = np.sort(means[(means >= 0.5) & (means <= LARGEST)])  # noqa: PLR2004 - under that nothing can be seen
    chance = stats.poisson.pmf(n[None, :], means[:, None])
    columns = {
        name: (chance * ((low <= means[:, None]) & (means[:, None] <= high))).sum(axis=1)
        for name, (low, high) in ends.items()
    }
    return pd.DataFrame({"mean": means, **columns})


def ratio_tests(rate: float, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    """Share of comparisons that name a change, of those that can be made, where nothing changes."""
    found = []
    for release, zones in published(drawn(draws, np.full(COMPARED, rate), rng)):
        found += [trends.recent(release, zone) for zone in zones]
    rows = []
    for run in ("month", "quarter", "year"):
        made = [one[run] for one in found if one[run].reason == "complete"]
        named = np.mean([one.named for one in made]) if made else np.nan
        rows.append({"rate": rate, "run": run, "complete": len(made) / len(found), "named": named})
    return pd.DataFrame(rows)


def slope_tests(rate: float, draws: int, rng: np.random.Generator) -> dict[str, float]:
    """Share of series without a trend in which one is found, through the ladder; and of steeper ones that are found."""
    flat = _regressions(drawn(draws, np.full(MONTHS, rate), rng))
    years = (np.arange(MONTHS) - (MONTHS - 1) / 2) / 12
    rising = _regressions(drawn(max(draws // 4, 1), rate * 1.2**years, rng))
    return {
        "rate": rate,
        "fitted": len(flat) / draws,
        "found": _share([one.p_value < LEVEL for one in flat]),
        "held": _share([one.low <= 1 <= one.high for one in flat]),
        "season": _share([one.season_p < LEVEL for one in flat]),
        "negative": _share([one.model == "negative_binomial" for one in flat]),
        "power": _share([one.p_value < LEVEL for one in rising]),
        "level": float(np.mean([one.level for one in flat])) if flat else np.nan,
    }


def _regressions(counts: NDArray[np.int64]) -> list[regression.Regression]:
    found = [regression.of_area(release, zone) for release, zones in published(counts) for zone in zones]
    return [one for one in found if one.reason == "fitted"]


def _share(hits: list[bool]) -> float:
    return float(np.mean(hits)) if hits else float("nan")


def _text(figures: dict[str, float], ratios: pd.DataFrame, slopes: pd.DataFrame, draws: int) -> str:
    table = ratios.assign(
        complete=ratios["complete"].map("{:.1%}".format),
        named=ratios["named"].map(lambda share: "-" if np.isnan(share) else f"{share:.1%}"),
    )
    lines = [f"| {r.rate:g} | {r.run} | {r.complete} | {r.named} |" for r in table.itertuples()]
    fits = [
        f"| {r.rate:g} | {r.fitted:.0%} | {r.level:.2f} | {r.found:.1%} | {r.held:.1%} | {r.season:.1%} "
        f"| {r.negative:.1%} | {r.power:.0%} |"
        for r in slopes.itertuples()
    ]
    figure = {name: f"{value:.1%}" for name, value in figures.items()}
    return f"""Coverage of the 95 % intervals of a Poisson mean, enumerated, every mean up to {LARGEST:g}: exact at
least {figure["exact interval, least coverage"]}; mid-p, for means from 3, between
{figure["mid-p interval, least coverage of means from 3"]} and
{figure["mid-p interval, greatest coverage of means from 3"]}.

The last month, quarter and year against a year before, {draws} series of three years a rate that never changes, through
{LADDER}:
how often both totals are complete, and how often a change is then named (5 % at most is promised).

| a month | run | can be compared | named |
|---|---|---|---|
{chr(10).join(lines)}

Regression with one wave a year, {max(draws // 5, 1)} series of five years, through the same: the share that can be
fitted, the mean estimated level, how often a trend (5 % level) is found that is not there, the coverage of its
interval, how often a season is found that is not there, how often the negative binomial is chosen for Poisson counts,
and, on {max(draws // 20, 1)} series, how often a rise of 20 % a year is found.

| a month | fitted | level | trend found | interval holds | season found | negative binomial | rise found |
|---|---|---|---|---|---|---|---|
{chr(10).join(fits)}
"""


def _chart(covered: pd.DataFrame) -> alt.Chart:
    long = covered[covered["mean"] <= 40].iloc[::3].melt("mean", var_name="interval", value_name="coverage")  # noqa: PLR2004
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_line(strokeWidth=1)
        .encode(
            x=alt.X("mean:Q", title="mean"),
            y=alt.Y("coverage:Q", title="coverage", scale=alt.Scale(domain=[0.9, 1.0], clamp=True)),
            color=alt.Color("interval:N", title=None),
        )
        .properties(width=520, height=240)
    )
    return chart
