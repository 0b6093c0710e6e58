"""The level of an area against the territory, in a sentence and a small chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from analytics import plots
from analytics.plots import palette
from analytics.statistics import levels
from analytics.statistics.sums_of_ground import months_between, over
from dashboard.components.prevention import area as areas
from dashboard.components.prevention import charts

if TYPE_CHECKING:
    from analytics.statistics.levels import Level
    from dashboard.catalogue import Catalogue
    from dashboard.components.chart import Spec
    from dashboard.components.prevention.area import Area
    from dashboard.reading import Reading

KEPT = 128
MONTHS = 12
ROW_PX, AXIS_PX = 34, 50
STANDS = {"more": "more", "fewer": "fewer_than_rest", "alike": "alike"}


@dataclass(frozen=True)
class Pair:
    """An area's level and that of the territory in the same months; None where the reader does not see the latter."""

    own: Level
    whole: Level | None


@dataclass(frozen=True, eq=False)
class Told:
    """The level as the page says it."""

    sentences: list[str]
    chart: Spec | None
    rows: pd.DataFrame


def told(opened: Reading, area: Area, says: Catalogue) -> Told:
    """Say the level of an area; made once for all who read it in a language."""
    return _told(opened.key, area.kind, area.code, says.locale.language, opened, area, says)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _told(key: str, kind: str, code: str, language: str, _opened: Reading, _area: Area, _says: Catalogue) -> Told:
    del key, kind, code, language
    found, territory, k = pairs(_opened, _area), _opened.territory.name, _opened.release.k
    return Told(
        sentences(found, _area, territory, k, _says),
        chart(found, _area, territory, k, _says),
        rows(found, _area, territory, k, _says),
    )


def pairs(opened: Reading, area: Area) -> list[Pair]:
    """Find what can be said of an area: of the months that are told completely, and of the last twelve."""
    found = []
    release, territory = opened.release, opened.territory
    recent = plots.last_months(release)
    run = None if area.published is None else levels.longest_told(release, area.published)
    if area.published is not None and run is not None:
        own = levels.exact(release, territory, area.published, *run)
        if own is not None:
            found.append(Pair(own, None if area.kind == "whole" else _whole(opened, run)))
    if run != recent:
        found.append(Pair(_estimated(opened, area, recent), None if area.kind == "whole" else _whole(opened, recent)))
    return found


def run_text(first: pd.Period, last: pd.Period, says: Catalogue) -> str:
    """Name a run of months: a whole year as such."""
    whole = first.month == 1 and last.month == MONTHS and first.year == last.year
    return says.period("year" if whole else "", first, last)


def sentences(found: list[Pair], area: Area, territory: str, k: int, says: Catalogue) -> list[str]:
    """Say each level in one sentence, and whether it differs from the rest of the territory."""
    return [_sentence(pair, area.name, territory, k, says) for pair in found]


def _sentence(pair: Pair, area: str, territory: str, k: int, says: Catalogue) -> str:
    own, whole = pair.own, pair.whole
    run = run_text(own.first, own.last, says)
    if own.fewer:
        return says.text("level.unknown", area=area, run=run, k=k)
    kind = "told" if own.told else "estimated" if own.low >= k else "at_most"
    begin = says.text(
        f"level.{kind}",
        most=says.whole(own.high),
        area=area,
        run=run,
        n=says.counted("comparison.reports", round(own.n)),
        between="" if own.told else says.text("table.between", low=says.whole(own.low), high=says.whole(own.high)),
        rate=says.decimal(own.rate),
        low=says.decimal(own.rate_low),
        high=says.decimal(own.rate_high),
    )
    if whole is None:
        return begin
    beside = says.text("level.whole", territory=territory, rate=says.decimal(whole.rate))
    return f"{begin} {beside} {says.text(f'level.{STANDS[levels.against_rest(own, whole)]}')}"


def rows(found: list[Pair], area: Area, territory: str, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of the levels."""
    head = says.under("column")
    lines = [(area.name, pair.own) for pair in found] + [(territory, p.whole) for p in found if p.whole is not None]
    return pd.DataFrame(
        [
            {
                head["area_name"]: name,
                head["period"]: run_text(level.first, level.last, says),
                head["level_kind"]: says.text(f"level.kind_{'told' if level.told else 'estimate'}"),
                head["level_count"]: _count(level, k, says),
                head["yearly_rate"]: None if level.low < k else round(level.rate, 2),
                head["rate_between"]: "–"
                if level.fewer
                else says.text("level.rate_at_most", high=says.decimal(level.rate_high))
                if level.low < k
                else says.text("table.between", low=says.decimal(level.rate_low), high=says.decimal(level.rate_high)),
            }
            for name, level in lines
        ]
    )


def chart(found: list[Pair], area: Area, territory: str, k: int, says: Catalogue) -> Spec | None:
    """Draw the rates with their intervals; None where there is nothing to draw."""
    lines = [
        (name, level) for pair in found for name, level in ((area.name, pair.own), (territory, pair.whole)) if level
    ]
    drawn = pd.DataFrame(
        [
            {
                "label": says.text("level.row", area=name, run=run_text(level.first, level.last, says)),
                "rate": level.rate,
                "low": level.rate_low if level.low >= k else 0.0,
                "known": level.low >= k,
                "high": level.rate_high,
                "own": name == area.name,
            }
            for name, level in lines
            if not level.fewer
        ]
    )
    if drawn.empty:
        return None
    y = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=320, ticks=False, domain=False, labelOverlap=False)
    )
    x = alt.X("low:Q", title=says.text("level.axis"), scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=6))
    colour = alt.condition("datum.own", alt.value(palette.DENSITY[5]), alt.value(palette.SOFT))
    base = alt.Chart(drawn)
    bar = base.mark_rule(strokeWidth=3, opacity=0.55).encode(y=y, x=x, x2="high:Q", color=colour)
    point = (
        base.transform_filter("datum.known")
        .mark_point(filled=True, size=90, opacity=1)
        .encode(y=y, x="rate:Q", color=colour)
    )
    described = "; ".join(
        f"{label}: {says.text('table.between', low=says.decimal(low), high=says.decimal(high))}"
        for label, low, high in zip(drawn["label"], drawn["low"], drawn["high"], strict=True)
    )
    drawn_layers = alt.layer(bar, point).properties(
        height=ROW_PX * len(drawn) + AXIS_PX, description=f"{says.text('level.axis')}. {described}"
    )
    return charts.spec(drawn_layers, says)


def _count(level: Level, k: int, says: Catalogue) -> str:
    if level.told:
        return says.whole(level.n)
    if level.fewer:
        return says.text("table.fewer", k=k)
    if level.low < k:
        return says.text("bulletin.at_most", high=says.whole(level.high))
    return says.text("level.about", n=says.whole(level.n), low=says.whole(level.low), high=says.whole(level.high))


def _whole(opened: Reading, run: tuple[pd.Period, pd.Period]) -> Level | None:
    if not areas.everything(opened):
        return None
    told = levels.exact(opened.release, opened.territory, opened.territory.code, *run)
    return _estimated(opened, areas.whole(opened), run) if told is None else told


def _estimated(opened: Reading, area: Area, run: tuple[pd.Period, pd.Period]) -> Level:
    surface = areas.fitted(opened)
    found = over(surface, areas.units(opened, area), months_between(surface, *run), number=1).iloc[0]
    return levels.estimated(found, areas.residents(opened, area), *run)
