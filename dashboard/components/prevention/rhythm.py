"""When people report: by time band as far as it is told, and by season over whole years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd
import streamlit as st

from analytics.plots import palette
from analytics.statistics import rhythm
from dashboard.components.prevention import area as areas
from dashboard.components.prevention import charts

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.statistics.rhythm import Hours, Seasons
    from dashboard.catalogue import Catalogue
    from dashboard.components.chart import Spec
    from dashboard.components.prevention.area import Area
    from dashboard.reading import Reading

BANDS: Final = ("morning", "afternoon", "evening", "night")
HEIGHT_PX: Final = 190
KEPT: Final = 64


@dataclass(frozen=True, eq=False)
class Told:
    """Hours or seasons as the page says them; no chart and no rows where nothing is told."""

    sentence: str
    chart: Spec | None
    rows: pd.DataFrame | None


def told(opened: Reading, zone: Area, says: Catalogue) -> tuple[Told, Told]:
    """Say the hours and the seasons of a zone; made once for all who read it in a language."""
    return _told(opened.key, zone.code, says.locale.language, opened, zone, says)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _told(key: str, code: str, language: str, _opened: Reading, _zone: Area, _says: Catalogue) -> tuple[Told, Told]:
    del key, code, language
    k = _opened.release.k
    hours = rhythm.hours(_opened.release, _zone.code, BANDS)
    seasons = rhythm.seasons(areas.fitted(_opened), areas.units(_opened, _zone))
    return (
        Told(
            hours_sentence(hours, _zone.name, _opened.release, _says),
            None if hours is None else hours_chart(hours, k, _says),
            None if hours is None else hours_rows(hours, k, _says),
        ),
        Told(
            seasons_sentence(seasons, _zone.name, _says),
            None if seasons is None else seasons_chart(seasons, k, _says),
            None if seasons is None else seasons_rows(seasons, k, _says),
        ),
    )


def tells_hours(release: Release) -> bool:
    """Whether a release may tell of hours at all: a policy without a breakdown tells none."""
    return "breakdown" in release.manifest["policy"]["tables"]


def hours_sentence(found: Hours | None, area: str, release: Release, says: Catalogue) -> str:
    """Say at what hours a zone's reports are told to fall, and what is not told."""
    k = release.k
    if not tells_hours(release):
        return says.text("rhythm.hours_not_here", area=area)
    if found is None:
        return says.text("rhythm.hours_nothing", area=area, k=k)
    told = sorted((band for band in BANDS if found.least[band]), key=lambda band: -found.least[band])
    silent = [band for band in BANDS if not found.least[band]]
    counts = [says.text("rhythm.at_least", band=_band(band, says), n=says.whole(found.least[band])) for band in told]
    said = says.text("rhythm.hours", area=area, run=says.period("", found.first, found.last), bands=says.listed(counts))
    if not silent:
        return said
    return f"{said} {says.text('rhythm.silent', bands=says.listed([_band(band, says) for band in silent]), k=k)}"


def hours_rows(found: Hours, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of time bands."""
    head = says.under("column")
    silent = says.text("rhythm.not_said", k=k)
    lines = [(_band(band, says), _least(found.least[band], silent, says)) for band in BANDS]
    left = says.text("table.fewer", k=k) if found.unsplit is None else says.whole(found.unsplit)
    lines.append((says.text("rhythm.unsplit"), left if found.total is not None else silent))
    return pd.DataFrame(lines, columns=[head["band"], head["told_least"]])


def hours_chart(found: Hours, k: int, says: Catalogue) -> Spec:
    """Draw what is told of each time band; a band of which nothing is said has words in place of a bar."""
    silent = says.text("rhythm.not_said_short", k=k)
    drawn = pd.DataFrame(
        {
            "band": [_band(band, says) for band in BANDS],
            "n": [found.least[band] for band in BANDS],
            "label": [_least(found.least[band], silent, says) for band in BANDS],
        }
    )
    y = alt.Y("band:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    x = alt.X(
        "n:Q",
        title=says.text("rhythm.hours_axis"),
        axis=alt.Axis(tickMinStep=1, tickCount=5),
        scale=alt.Scale(domain=[0, 1.25 * max(1, *found.least.values())], nice=False),
    )
    bars = alt.Chart(drawn).mark_bar(color=palette.DENSITY[4], height=20).encode(y=y, x=x)
    words = alt.Chart(drawn).mark_text(align="left", dx=6, color=palette.INK).encode(y=y, x=x, text="label:N")
    described = "; ".join(f"{row.band}: {row.label}" for row in drawn.itertuples())
    return charts.spec(alt.layer(bars, words).properties(height=HEIGHT_PX, description=described), says)


def seasons_sentence(found: Seasons | None, area: str, says: Catalogue) -> str:
    """Say which quarter of the year stands out, if one does."""
    if found is None:
        return says.text("rhythm.no_year")
    years = (
        says.text("rhythm.one_year", year=found.first_year)
        if found.first_year == found.last_year
        else says.text("rhythm.years", first=found.first_year, last=found.last_year)
    )
    named = [
        says.text(f"rhythm.quarter_{stands}", quarter=says.text(f"rhythm.quarter{quarter}"))
        for quarter, stands in zip(found.table["quarter"], found.table["stands"], strict=True)
        if stands != "alike"
    ]
    if not named:
        return says.text("rhythm.no_season", area=area, years=years)
    return says.text("rhythm.season", area=area, years=years, named=says.listed(named))


def seasons_rows(found: Seasons, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of seasons."""
    head, table = says.under("column"), found.table
    return pd.DataFrame(
        {
            head["season"]: [says.text(f"rhythm.quarter{quarter}") for quarter in table["quarter"]],
            head["estimate"]: [None if low < k else round(n) for n, low in _pairs(table)],
            head["interval"]: _between(table, k, says),
        }
    )


def seasons_chart(found: Seasons, k: int, says: Catalogue) -> Spec:
    """Draw the estimate of each quarter of the year with its interval."""
    drawn = found.table.assign(
        season=[says.text(f"rhythm.quarter{quarter}") for quarter in found.table["quarter"]],
        between=_between(found.table, k, says),
        known=found.table["low"] >= k,
        low=found.table["low"].where(found.table["low"] >= k, 0),
    )
    y = alt.Y("season:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    x = alt.X("low:Q", title=says.text("rhythm.seasons_axis"), scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    base = alt.Chart(drawn)
    bar = base.mark_rule(strokeWidth=3, opacity=0.55, color=palette.DENSITY[4]).encode(
        y=y, x=x, x2="high:Q", tooltip=[alt.Tooltip("season:N", title=None), alt.Tooltip("between:N", title=None)]
    )
    known = base.transform_filter("datum.known")
    point = known.mark_point(filled=True, size=90, opacity=1, color=palette.DENSITY[5]).encode(y=y, x="estimate:Q")
    described = "; ".join(f"{row.season}: {row.between}" for row in drawn.itertuples())
    return charts.spec(alt.layer(bar, point).properties(height=HEIGHT_PX, description=described), says)


def _pairs(table: pd.DataFrame) -> list[tuple[float, int]]:
    return list(zip(table["estimate"], table["low"], strict=True))


def _between(table: pd.DataFrame, k: int, says: Catalogue) -> list[str]:
    return [
        says.text("table.fewer", k=k)
        if said != "estimate"
        else says.text("bulletin.at_most", high=says.whole(high))
        if low < k
        else says.text("table.between", low=says.whole(low), high=says.whole(high))
        for low, high, said in zip(table["low"], table["high"], table["said"], strict=True)
    ]


def _band(band: str, says: Catalogue) -> str:
    return says.text(f"facts.value.time_band.{band}")


def _least(n: int, silent: str, says: Catalogue) -> str:
    return says.text("rhythm.least", n=says.whole(n)) if n else silent
