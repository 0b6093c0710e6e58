"""Forecasts: how often each interval holds the month to come, and the errors beside two plain rivals."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from analytics.statistics import censored, forecasts
from calibration.section import Section
from calibration.series import LADDER, RATES, drawn, published, seasonal

KNOWN = 36
WAVES = (0.0, 0.3)


def measure(draws: int, seed: int = 0) -> Section:
    """Foretell three months after three years, for a quarter of so many series a rate with and without a season."""
    rng = np.random.default_rng(seed)
    some = max(draws // 4, 1)
    found = pd.DataFrame([measured(rate, wave, some, rng) for wave in WAVES for rate in RATES])
    figures = {
        f"{level:.0%} interval holds at {row['rate']:g} a month, season {row['wave']:.0%}": float(row[f"held_{level}"])
        for _, row in found.iterrows()
        for level in forecasts.LEVELS
    }
    figures |= {
        f"mean absolute error at {row['rate']:g} a month, season {row['wave']:.0%}": float(row["error"])
        for _, row in found.iterrows()
    }
    return Section("Forecasts", _text(found, some), figures, {"forecasts-coverage": _chart(found)})


def measured(rate: float, wave: float, draws: int, rng: np.random.Generator) -> dict[str, float]:
    """Coverage (plain, and randomised so that jumps do not help), and mean absolute errors, against the truth drawn."""
    counts = drawn(draws, seasonal(rate, KNOWN + forecasts.HORIZON, wave), rng)
    held: dict[float, list[float]] = {level: [] for level in forecasts.LEVELS}
    place: list[float] = []
    errors: dict[str, list[float]] = {"error": [], "last_year": [], "last_12": []}
    foretold, number = 0, 0
    for release, zones in published(counts[:, :KNOWN]):
        for zone in zones:
            truth = counts[number, KNOWN:].astype(np.float64)
            number += 1
            known = censored.of_area(release, zone)
            if not any(group.n for group in known.groups):
                continue
            foretold += 1
            ahead = forecasts.predict(known)
            for level in forecasts.LEVELS:
                low, high = ahead.interval(level)
                held[level] += list((low <= truth) & (truth <= high))
            under, upto = ahead.below(truth - 1), ahead.below(truth)
            place += list(under + rng.random(len(truth)) * (upto - under))
            recent = censored.filled(known)[-12:]
            errors["error"] += list(np.abs(ahead.mean - truth))
            errors["last_year"] += list(np.abs(recent[: len(truth)] - truth))
            errors["last_12"] += list(np.abs(recent.mean() - truth))
    spread = np.abs(np.array(place) - 0.5)
    return {
        "rate": rate,
        "wave": wave,
        "foretold": foretold / draws,
        **{f"held_{level}": float(np.mean(held[level])) for level in forecasts.LEVELS},
        **{f"even_{level}": float((spread < level / 2).mean()) for level in forecasts.LEVELS},
        **{name: float(np.mean(values)) for name, values in errors.items()},
    }


def _text(found: pd.DataFrame, draws: int) -> str:
    lines = []
    for _, row in found.iterrows():
        shares = " | ".join(f"{row[f'held_{level}']:.1%} ({row[f'even_{level}']:.1%})" for level in forecasts.LEVELS)
        lines.append(
            f"| {row['rate']:g} | {row['wave']:.0%} | {shares} | {row['error']:.2f} | {row['last_year']:.2f} "
            f"| {row['last_12']:.2f} |"
        )
    return f"""The three months after three years, {draws} series a line, through
{LADDER},
against the truth. Whole counts jump, so an interval holds more than it says where counts are small; in brackets its
coverage once the jumps are evened out by lot. Errors are mean absolute ones: of the forecast, of the same month of last
year, and of the mean of the last twelve, months that were not said at their expected count.

| a month | season | 50 % | 80 % | 95 % | error | same month last year | mean of last 12 |
|---|---|---|---|---|---|---|---|
{chr(10).join(lines)}
"""


def _chart(found: pd.DataFrame) -> alt.Chart:
    long = pd.concat(
        [
            pd.DataFrame({"rate": found["rate"], "promised": level, "held": found[f"even_{level}"]})
            for level in forecasts.LEVELS
        ]
    )
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_point(filled=True)
        .encode(
            x=alt.X("promised:Q", title="promised"),
            y=alt.Y("held:Q", title="held, jumps evened out", scale=alt.Scale(domain=[0.4, 1.0])),
            color=alt.Color("rate:N", title="episodes a month"),
        )
        .properties(width=320, height=240)
    )
    return chart
