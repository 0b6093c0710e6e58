"""The analyst's page: published numbers with filters, map, chart and table in step; concentration; files and code."""

import hashlib

import pandas as pd
import streamlit as st

from analytics import plots
from analytics import release as releases
from analytics.statistics import StatisticsError
from dashboard import address, concentrated, facts, reading
from dashboard.catalogue import spoken
from dashboard.components import (
    chart,
    concentration,
    dropped_layers,
    fact_chart,
    fact_filters,
    fact_table,
    notebook_map,
    steadiness,
    tables,
    take_away,
)
from dashboard.components.folded import folded
from dashboard.components.square_map.periods import Span
from dashboard.components.text import begin, caveats, foot, paragraph

MAP, CHART, VIEW = "facts-map", "facts-chart", "view"
MAP_PX = 545
VIEWS = ("blocks", "surface")
SQUARES = ("blocks", "outlook")  # tables about squares, the first that is wanted is drawn


@st.fragment
def explore(opened: reading.Reading) -> None:
    """Show the facts that the filters keep; map, chart and table follow each other, and the files hold the same."""
    says, release = spoken(), opened.release
    st.header(says.text("analyst.facts"), anchor=False)
    paragraph("note", says.text("analyst.facts_note", k=release.k))
    known, met = reading.facts(opened), reading.zones_met(opened)
    wanted = fact_filters.ask(known, opened)
    everywhere = facts.chosen(
        known, met, facts.Filter(wanted.tables, wanted.levels, wanted.zones, wanted.first, wanted.last)
    )
    found = facts.chosen(known, met, wanted)
    tell_choice(found, known, wanted, opened)
    outlined = st.session_state.get(fact_filters.OUTLINED)
    outlined = outlined if outlined in set(found["area"]) else None
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        draw(opened, everywhere, wanted, outlined)
    with right:
        chart_and_table(opened, found, outlined)
    if (found["attribute"] != "").any():
        paragraph("note", says.text("analyst.breakdown_note", k=release.k))
    st.subheader(says.text("analyst.download"), anchor=False)
    if len(found):
        take_away.downloads(opened, wanted, reading.window(opened, months_of(opened, wanted)))
    tell_code(opened, wanted)
    tell_concentration(opened, wanted)


def tell_choice(found: pd.DataFrame, known: pd.DataFrame, wanted: facts.Filter, opened: reading.Reading) -> None:
    """Say how many facts are kept and of which ground, and offer to want everything again."""
    says = spoken()
    sentence = says.counted("analyst.count", len(found), total=says.whole(len(known)))
    if wanted.area is not None:
        sentence += " " + says.text("analyst.ground", area=area_name(wanted.area, opened))
    with st.container(horizontal=True, vertical_alignment="center"):
        paragraph("said", sentence)
        if wanted.area is not None:
            st.button(
                says.text("analyst.whole_ground"),
                key="whole-ground",
                on_click=fact_filters.choose_area,
                args=(None,),
                icon=":material/close:",
            )
        if not fact_filters.is_everything(wanted):
            st.button(
                says.text("analyst.reset"), key="reset", on_click=fact_filters.reset, icon=":material/restart_alt:"
            )


def area_name(area: str, opened: reading.Reading) -> str:
    """Name an area in words."""
    says, zones = spoken(), opened.territory.zones["name"]
    if area in zones.index or area == opened.territory.code:
        return str(zones.get(area, opened.territory.name))
    level = pd.Series([area]).str.extract(r"RES(\d+)m")[0].iloc[0]
    known = reading.facts(opened)
    row = known[known["area"] == area].head(1)
    square = fact_table.level_text(str(level), says)
    return says.text("analyst.square_at", square=square, place=tables.place_texts(row, says)[0]) if len(row) else square


def draw(opened: reading.Reading, shown: pd.DataFrame, wanted: facts.Filter, outlined: str | None) -> None:
    """Show the notebook's map with what is wanted, what was dropped beside the release, and what is outlined."""
    says = spoken()
    with st.spinner(says.text("app.opening")):
        breaks = tuple(reading.payload(opened)["breaks"])
    address.follow(VIEW, VIEW, VIEWS[0], _view)
    view = st.segmented_control(
        says.text("analyst.view"),
        VIEWS,
        format_func=lambda name: says.text(f"analyst.view_{name}"),
        key=VIEW,
        required=True,
        label_visibility="collapsed",
        on_change=address.write,
        args=(VIEW, VIEW, VIEWS[0]),
    )
    texts = plots.texts_in(str(says.locale.language))
    if view == "surface":
        span = months_of(opened, wanted)
        layer = plots.estimate_layer(
            reading.window(opened, span), opened.release, opened.territory, span.months, breaks=breaks, texts=texts
        )
        paragraph("note", says.text("analyst.map_note_surface", period=says.period("", span.first, span.last)))
    else:
        table = next((name for name in SQUARES if (shown["table"] == name).any()), SQUARES[0])
        squares = shown[shown["table"] == table]
        layer = plots.fact_layer(squares, opened.release, opened.territory, breaks=breaks, texts=texts)
        paragraph("note", says.text(f"analyst.map_note_{table}" if len(squares) else "analyst.map_note_none"))
    dropped = dropped_layers.found(opened.release)
    notebook_map.show(
        opened,
        [
            layer,
            *dropped_layers.groups([one for one in dropped if one.readable]),
            plots.outline_layer([area for area in (wanted.area, outlined) if area], opened.territory),
        ],
        view=str(view),
        breaks=breaks,
        on_click=clicked,
        key=MAP,
        height=MAP_PX,
    )
    for kind, which in (("dropped", True), ("unreadable", False)):
        named = [one.name for one in dropped if one.readable is which]
        if named:
            paragraph("note", says.text(f"analyst.layers_{kind}", names=says.listed(named)))


def clicked() -> None:
    """Want the ground of the square that was clicked in the map."""
    area = notebook_map.clicked(MAP)
    if area is not None:
        fact_filters.choose_area(area)


def chart_and_table(opened: reading.Reading, found: pd.DataFrame, outlined: str | None) -> None:
    """Show the same facts as a chart and as a table; what is chosen in either is outlined in the map."""
    says = spoken()
    if found.empty:
        paragraph("said", says.text("analyst.none"))
        return
    paragraph("note", says.text("analyst.chart_note"))
    # A choice is kept by the row's place: other facts are another table.
    key = f"facts-{hashlib.sha256(' '.join(map(str, found.index)).encode()).hexdigest()[:12]}"
    chart.show(
        opened,
        lambda: fact_chart.drawn(fact_chart.told(found), outlined, says),
        key=CHART,
        of=(key, outlined),
        on_select=lambda: outline(fact_chart.pointed(CHART)),
        selection_mode=fact_chart.CHOSEN,
    )
    fact_table.show(found, says, key=key, on_choice=lambda: outline(fact_table.chosen(found, key)))


def outline(area: str | None) -> None:
    """Outline an area in the map from now on, or none."""
    st.session_state[fact_filters.OUTLINED] = area


def months_of(opened: reading.Reading, wanted: facts.Filter) -> Span:
    """Give the months that an estimate is of: those that are wanted, or the last twelve closed ones."""
    first, last = plots.last_months(opened.release)
    if wanted.first is not None and wanted.last is not None:
        first, last = wanted.first, wanted.last
    return Span(first, last)


def _view(name: str) -> str:
    if name not in VIEWS:
        raise ValueError(name)
    return name


def tell_code(opened: reading.Reading, wanted: facts.Filter) -> None:
    """Show how to open the files in QGIS, the command that makes them, and the code that opens the same release."""
    says = spoken()
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(says.text("analyst.qgis"), anchor=False)
        st.markdown("\n".join(f"{i}. {says.text(f'analyst.qgis_{i}')}" for i in (1, 2, 3)))
        paragraph("note", says.text("analyst.command_note"))
        st.code(take_away.command(opened, wanted, says), language=None)  # its colours are too pale to read
    with right:
        st.subheader(says.text("analyst.code"), anchor=False)
        paragraph("note", says.text("analyst.code_note", folder=opened.release.path.name))
        through = str(releases.months(opened.release)[-1])
        st.code(take_away.code(opened, says, first=through, last=through), language=None)
        paragraph("note", says.text("analyst.layers_note", folder=f"{dropped_layers.FOLDER.as_posix()}/"))


def tell_concentration(opened: reading.Reading, wanted: facts.Filter) -> None:
    """Show how few cells hold how much, and what a longer window gives and takes."""
    says, span = spoken(), months_of(opened, wanted)
    left, right = st.columns(2, gap="large")
    with left:
        st.header(says.text("concentration.title"), anchor=False)
        found = concentrated.of_months(opened, span)
        paragraph("said", *concentration.sentences(found, says.period("", span.first, span.last), says))
        chart.show(opened, lambda: concentration.chart(found, says), key="concentration-chart", of=str(span))
        with folded(says.text("concentration.table"), key="concentration") as is_open:
            if is_open:
                rows, formats = concentration.rows(found, says), concentration.formats(says)
                tables.show(rows, formats, name=says.text("concentration.file"), key="concentration")
        paragraph("note", says.text("concentration.caution"))
    with right:
        st.header(says.text("steadiness.title"), anchor=False)
        tell_windows(opened)


def tell_windows(opened: reading.Reading) -> None:
    """Show what a longer window gives and takes."""
    says = spoken()
    try:
        steady = reading.table(opened, "steadiness")
    except StatisticsError:
        paragraph("said", says.text("steadiness.nothing"))
        return
    paragraph("said", *steadiness.sentences(steady, says))
    chart.show(opened, lambda: steadiness.chart(steady, says), key="steadiness-chart")
    with folded(says.text("steadiness.table"), key="steadiness") as is_open:
        if is_open:
            rows, formats = steadiness.rows(steady, says), steadiness.formats(says)
            tables.show(rows, formats, name=says.text("steadiness.file"), key="steadiness")
    paragraph("note", says.text("steadiness.caution"))


page = begin("analyst")
explore(page)
caveats("estimate", "withheld", "quiet", "offence")
foot(page)
