"""Alerts: how many false ones a zone and year, and how many real rises are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import alerts, censored
from calibration.section import Section
from calibration.series import LADDER, RATES, drawn, published, seasonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

YEARS = (2, 5)
RISES = (2.0, 3.0)
WAVE = 0.3


def measure(draws: int, seed: int = 0) -> Section:
    """Judge the last month of so many series a rate and length of history, and half as many with a rise in it."""
    rng = np.random.default_rng(seed)
    quiet = pd.DataFrame([false_alarms(rate, years, draws, rng) for years in YEARS for rate in RATES])
    risen = pd.DataFrame([power(rate, rise, max(draws // 2, 1), rng) for rise in RISES for rate in RATES])
    figures = {}
    for row in quiet.to_dict("records"):
        name = f"false alarms a zone-year at {row['rate']:g} a month, {row['years']:.0f} years before"
        figures[name] = float(row["false"])
    for row in risen.to_dict("records"):
        figures[f"a month times {row['rise']:g} found at {row['rate']:g} a month"] = float(row["found"])
    return Section("Alerts", _text(quiet, risen, draws), figures, {"alerts-false": _chart(quiet)})


def false_alarms(rate: float, years: int, draws: int, rng: np.random.Generator) -> dict[str, float]:
    """Alarms in months in which nothing happens, times twelve; told, and with every month known and a season."""
    months = 12 * years + 1
    judged = _judged(drawn(draws, np.full(months, rate), rng))
    known = {}
    for name, wave in (("whole", 0.0), ("season", WAVE)):
        # The season stands anywhere in its year when the last month is judged.
        means = seasonal(rate, months + 12, wave)
        counts = np.vstack([drawn(1, means[turn : turn + months], rng) for turn in np.arange(draws) % 12])
        padded = np.hstack([np.full((draws, alerts.HALF_WINDOW), np.nan), counts])
        found = alerts.farrington(
            padded, b=years, w=alerts.HALF_WINDOW, at=[padded.shape[1] - 1], settings=alerts.MONTHLY
        )
        known[name] = 12 * float(found["alarm"].mean())
    return {
        "rate": rate,
        "years": years,
        "judged": float(np.mean([one.reason == "judged" for one in judged])),
        "false": 12 * float(np.mean([one.alarm for one in judged])),
        **known,
    }


def power(rate: float, rise: float, draws: int, rng: np.random.Generator) -> dict[str, float]:
    """Share of last months with so many times the rate that raise an alarm after three years."""
    means = np.full(37, rate)
    means[-1] *= rise
    return {
        "rate": rate,
        "rise": rise,
        "found": float(np.mean([one.alarm for one in _judged(drawn(draws, means, rng))])),
    }


def _judged(counts: NDArray[np.int64]) -> list[alerts.Alert]:
    found = []
    for release, zones in published(counts):
        month = said.months(release)[-1]
        found += [alerts.judge(censored.of_area(release, zone), month) for zone in zones]
    return found


def _text(quiet: pd.DataFrame, risen: pd.DataFrame, draws: int) -> str:
    lines = [
        f"| {r.years:.0f} | {r.rate:g} | {r.judged:.0%} | {r.false:.2f} | {r.whole:.2f} | {r.season:.2f} |"
        for r in quiet.itertuples()
    ]
    found = risen.pivot_table(index="rate", columns="rise", values="found")
    rises = [f"| {rate:g} | " + " | ".join(f"{share:.0%}" for share in row) + " |" for rate, *row in found.itertuples()]
    error = 12 * np.sqrt(0.02 * 0.98 / draws)
    return f"""Farrington flexible on the last month of {draws} series a line, through
{LADDER};
nothing happens. The level is {alerts.MONTHLY.alpha:g} a month, {12 * alerts.MONTHLY.alpha:.2f} a year; the standard
error of a rate is about {error:.2f}. A month that is not said raises no alarm and is counted as one without. Beside it
the same with every month known, and with every month known and a season of {WAVE:.0%} up and down.

| years before | a month | judged | false alarms a zone-year | every month known | with a season |
|---|---|---|---|---|---|
{chr(10).join(lines)}

How often a month with so many times its rate raises an alarm, after three years, through the same:

| a month | {" | ".join(f"times {rise:g}" for rise in found.columns)} |
{"|---" * (1 + len(found.columns))}|
{chr(10).join(rises)}
"""


def _chart(quiet: pd.DataFrame) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(quiet.assign(rate=quiet["rate"].map("{:g}".format)))
        .mark_bar()
        .encode(
            x=alt.X("rate:N", title="episodes a month", sort=None),
            y=alt.Y("false:Q", title="false alarms a zone-year"),
            xOffset="years:N",
            color=alt.Color("years:N", title="years before"),
        )
        .properties(width=360, height=220)
    )
    return chart
