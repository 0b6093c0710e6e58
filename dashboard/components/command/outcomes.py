"""From report to outcome: what was received, kept, and what it led to, this year and the year before, as floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd

from analytics import plots
from analytics import release as releases
from analytics.reports import DELAYS
from analytics.statistics import outcomes

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.statistics.outcomes import Outcomes
    from dashboard.catalogue import Catalogue

COLOURS: Final = ("#a9c4dd", "#1f4e79")
STEP_PX: Final = 16


@dataclass(frozen=True)
class Year:
    """A calendar year, as far as it is closed, and what it led to."""

    name: str
    told: Outcomes


def years(release: Release, says: Catalogue) -> list[Year]:
    """Give the last whole year and the current one, those of them that have a closed month."""
    months = releases.months(release)
    found = []
    for year in (months[-1].year - 1, months[-1].year):
        run = months[months.year == year]
        if len(run):
            found.append(Year(says.period("year", run[0], run[-1]), outcomes.told(release, run[0], run[-1])))
    return found


def lines(year: Year, says: Catalogue) -> list[tuple[str, int]]:
    """List the steps of a year with their floors; a step of which nothing is told has 0."""
    told = year.told
    whole = [("received", told.received), ("kept", told.episodes)]
    steps = [(says.text(f"outcomes.{name}"), n) for name, n in whole if n is not None]
    kinds = zip(told.kinds["kind"], told.kinds["n"], strict=True)
    return steps + [(says.text(f"facts.value.outcome.{kind}"), int(n)) for kind, n in kinds]


def triage_sentence(year: Year, says: Catalogue) -> str:
    """Say what share triage kept where it is told; empty where it is not."""
    triage = year.told.triage
    if triage is None or triage.share is None:
        return ""
    return says.counted(
        "outcomes.triage",
        year.told.triage_zones,
        year=year.name,
        share=says.percent(triage.share),
        low=says.percent(triage.low),
        high=says.percent(triage.high),
    )


def rows(found: list[Year], says: Catalogue) -> pd.DataFrame:
    """Make the table: a row a step, a column a year."""
    steps = {step: None for year in found for step, _ in lines(year, says)}
    frame = pd.DataFrame({says.text("column.outcome_step"): list(steps)})
    for year in found:
        known = dict(lines(year, says))
        frame[year.name] = [floor_text(known.get(step, 0), says) for step in steps]
    return frame


def floor_text(n: int, says: Catalogue) -> str:
    """Write a floor, and what is not told as such."""
    return says.text("outcomes.at_least", n=says.whole(n)) if n else says.text("outcomes.unsaid")


def delays(found: list[Year], says: Catalogue) -> pd.DataFrame:
    """Make the table of delays: a row a kind of outcome of which some is told, a column a class of days."""
    told = pd.concat([year.told.delays for year in found], ignore_index=True)
    sums = told.groupby(["kind", "delay"], sort=False)["n"].sum()
    kinds = list(dict.fromkeys(told["kind"]))
    frame = pd.DataFrame({says.text("column.outcome_step"): [says.text(f"facts.value.outcome.{k}") for k in kinds]})
    for days in DELAYS:
        frame[says.text(f"facts.days.{days}")] = [floor_text(int(sums.get((k, days), 0)), says) for k in kinds]
    return frame


def chart(found: list[Year], says: Catalogue) -> alt.Chart:
    """Draw the steps as bars, one colour a year."""
    drawn = pd.DataFrame(
        [
            {"step": step, "n": n, "year": year.name, "told": floor_text(n, says)}
            for year in found
            for step, n in lines(year, says)
        ]
    )
    steps, names = list(dict.fromkeys(drawn["step"])), [year.name for year in found]
    whole: alt.Chart = (
        alt.Chart(drawn)
        .mark_bar(cornerRadius=2)
        .encode(
            y=alt.Y("step:N", sort=steps, title=None, axis=alt.Axis(labelLimit=260, labelOverlap=False)),
            yOffset=alt.YOffset("year:N", sort=names),
            x=alt.X("n:Q", title=says.text("outcomes.axis"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "year:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(COLOURS[-len(names) :])),
                legend=alt.Legend(orient="top", labelLimit=300),
            ),
            tooltip=["step", "year", "told"],
        )
        .properties(height=alt.Step(STEP_PX), description=says.text("outcomes.chart"))
    )
    return plots.readable(whole, plots.texts_in(says.locale.language))
