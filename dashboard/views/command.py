"""The map: where, in which period, and how sure; then the chosen square's history and the same numbers as a table."""

import pandas as pd
import streamlit as st

from dashboard import places, reading
from dashboard.catalogue import spoken
from dashboard.components import history, tables
from dashboard.components.square_map import Choice, square_map
from dashboard.components.square_map.blocks import shown
from dashboard.components.square_map.periods import Span
from dashboard.components.text import begin, caveats, foot, paragraph

HEIGHT_PX = 620


@st.fragment
def explore(opened: reading.Reading) -> None:
    """Show the map and what was chosen in it; a choice runs this part of the page again, and no other."""
    says = spoken()
    strings = says.under("square_map") | {"attribution": " ; ".join(opened.territory.sources)}
    with st.spinner(says.text("app.opening")):
        payload = reading.payload(opened)
    chosen = square_map(payload, strings=strings, key="map", height=HEIGHT_PX)
    if chosen.cell is None:
        paragraph("note", says.text("history.hint"))
    else:
        remember(opened, chosen.cell, chosen.granularity)
    span = Span(pd.Period(chosen.first, freq="M"), pd.Period(chosen.last, freq="M"))
    named = says.period(chosen.granularity, span.first, span.last)
    if chosen.view == "blocks":
        tabulate_blocks(opened, span, named)
    else:
        tabulate_surface(opened, chosen, named)


def remember(opened: reading.Reading, area: str, granularity: str) -> None:
    """Show the history of the chosen square."""
    says, k, cell_m = spoken(), opened.release.k, opened.release.cell_m
    cells = reading.cells(opened)
    position = cells.index[cells["cell"] == area]
    found = history.about(reading.blocks(opened), area)
    place = places.of_areas(opened.territory, pd.Series([area]), cell_m)["place"].iloc[0]
    history.show(
        history.of_cell(granularity, reading.periods(opened)[granularity], int(position[0]) if len(position) else None),
        found,
        title=history.title(area, str(place), says),
        k=k,
        cell_m=cell_m,
    )


def tabulate_surface(opened: reading.Reading, chosen: Choice, named: str) -> None:
    """Show the estimates of the chosen period."""
    says, k = spoken(), opened.release.k
    period = next(
        p
        for p in reading.periods(opened)[chosen.granularity]
        if (str(p.span.first), str(p.span.last)) == (chosen.first, chosen.last)
    )
    frame = tables.surface_rows(reading.cells(opened), period, opened.territory.zones["name"], k=k, says=says)
    said = tables.worth_a_line(period)
    st.header(says.text("command.table_surface", period=named), anchor=False)
    paragraph("note", says.text("command.table_surface_note", others=says.whole(len(frame) - said), k=k))
    tables.show(
        frame.head(said),
        tables.surface_formats(says),
        whole=frame,
        name=says.text("command.file_surface"),
        key="surface",
    )


def tabulate_blocks(opened: reading.Reading, span: Span, named: str) -> None:
    """Show the blocks that speak of the chosen period."""
    says, k = spoken(), opened.release.k
    found = shown(reading.blocks(opened), span)
    st.header(says.text("command.table_blocks", period=named), anchor=False)
    if found.empty:
        paragraph("note", says.text("command.table_blocks_none", k=k))
        return
    paragraph("note", says.text("command.table_blocks_note", k=k))
    frame = tables.block_rows(found, cell_m=opened.release.cell_m, says=says)
    tables.show(frame, tables.block_formats(says), name=says.text("command.file_blocks"), key="blocks")


page = begin("command")
explore(page)
caveats("estimate", "withheld", "quiet", "offence")
foot(page)
