"""The analyst's page: every published number with filters, the notebook's map, the code that opens the same release."""

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from analytics import plots
from analytics import release as releases
from dashboard import facts, reading
from dashboard.catalogue import language, spoken
from dashboard.components import fact_table, tables
from dashboard.components.square_map import registration
from dashboard.components.square_map.periods import Span
from dashboard.components.text import begin, caveats, foot, paragraph

MAP_PX = 520
LEAFLET = f"../../_stcore/bidi-components/{registration.LEAFLET}/leaflet"  # seen from the frame of st_folium


@st.fragment
def explore(opened: reading.Reading) -> None:
    """Show the facts that the filters keep."""
    says, release = spoken(), opened.release
    st.header(says.text("analyst.facts"), anchor=False)
    paragraph("note", says.text("analyst.facts_note", k=release.k))
    known = reading.facts(opened)
    if (known["attribute"] != "").any():
        paragraph("note", says.text("analyst.breakdown_note", k=release.k))
    found = facts.chosen(known, reading.zones_met(opened), ask(known, opened))
    if found.empty:
        paragraph("said", says.text("analyst.none"))
        return
    paragraph("note", says.counted("analyst.count", len(found), total=says.whole(len(known))))
    tables.show(
        fact_table.rows(found, says),
        fact_table.formats(says),
        whole=fact_table.file(found, says),
        name=says.text("analyst.file"),
        key="facts",
    )


def ask(known: pd.DataFrame, opened: reading.Reading) -> facts.Filter:
    """Ask which facts are wanted."""
    says, months = spoken(), list(releases.months(opened.release))
    columns = st.columns(3)
    with columns[0]:
        wanted = st.multiselect(
            says.text("analyst.filter_table"),
            list(dict.fromkeys(known["table"])),
            format_func=lambda table: says.text(f"facts.{table}"),
            placeholder=says.text("analyst.all"),
            key="table",
        )
    with columns[1]:
        levels = st.multiselect(
            says.text("analyst.filter_level"),
            fact_table.levels_in_order(known["area_level"]),
            format_func=lambda level: fact_table.level_text(level, says),
            placeholder=says.text("analyst.all_levels"),
            key="level",
        )
    zones = opened.territory.zones["name"]
    with columns[2]:
        in_zones = st.multiselect(
            says.text("analyst.filter_zone"),
            list(zones.index),
            format_func=lambda zone: str(zones[zone]),
            placeholder=says.text("analyst.all"),
            key="zone",
        )
    first, last = months[0], months[-1]
    if len(months) > 1:
        first, last = st.select_slider(
            says.text("analyst.filter_period"), months, value=(first, last), format_func=says.month, key="period"
        )
    return facts.Filter(tuple(wanted), tuple(levels), tuple(in_zones), first, last)


def draw(opened: reading.Reading) -> None:
    """Show the map that a notebook shows, by the same function."""
    says = spoken()
    registration.ensure_registered()
    st.header(says.text("analyst.map"), anchor=False)
    paragraph("note", says.text("analyst.map_note"))
    with st.spinner(says.text("app.opening")):
        span = Span(*plots.last_months(opened.release))
        drawn = plots.folium_map(
            opened.release,
            opened.territory,
            reading.window(opened, span),
            first=span.first,
            last=span.last,
            breaks=tuple(reading.payload(opened)["breaks"]),
            texts=plots.texts_in(language()),
        )
    # st_folium loads what the map names, in its own frame: Leaflet as the map component serves it.
    drawn.default_js, drawn.default_css = [("leaflet", f"{LEAFLET}.js")], [("leaflet", f"{LEAFLET}.css")]
    st_folium(drawn, key="notebook-map", returned_objects=[], height=MAP_PX, use_container_width=True)


def tell_code(opened: reading.Reading) -> None:
    """Show the code that opens the same release."""
    says = spoken()
    st.header(says.text("analyst.code"), anchor=False)
    paragraph("note", says.text("analyst.code_note"))
    through = releases.months(opened.release)[-1]
    example = {"first": str(through), "last": str(through), "area": opened.territory.code}
    st.code(fact_table.code(opened.release.path, reading.territory_file(), **example), language="python")


page = begin("analyst")
explore(page)
draw(page)
tell_code(page)
caveats("estimate", "withheld", "quiet", "offence")
foot(page)
