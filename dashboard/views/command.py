"""The commander's page: what is new and is it real, where, since when, and what came of it."""

import pandas as pd
import streamlit as st

from analytics.statistics import StatisticsError, comparisons
from dashboard import places, reading
from dashboard.catalogue import spoken
from dashboard.components import chart, compared, expected, history, plain_table, tables
from dashboard.components.command import address as in_address
from dashboard.components.command import clusters, outcomes, past, states
from dashboard.components.folded import folded
from dashboard.components.square_map import Choice, square_map, tiles
from dashboard.components.square_map.blocks import shown
from dashboard.components.square_map.periods import Span
from dashboard.components.text import begin, caveats, foot, news, paragraph

MAP, HEIGHT_PX, PANEL_PX = "map", 480, 590
LISTED = 5


def tell_news(opened: reading.Reading) -> None:
    """Say in a sentence each how the last periods compare with a year before, and what is unusual."""
    says, areas = spoken(), [opened.territory.code, *opened.territory.zones.index]
    told = set(opened.release.facts["area"])
    first = next((area for area in areas if area in told), None)
    if first is None:
        return
    names = {opened.territory.code: opened.territory.name}
    names |= {str(zone): str(name) for zone, name in opened.territory.zones["name"].items()}

    def sentences() -> list[str]:
        found = compared.said(comparisons.recent(opened.release, first), names[first], says)
        return [*found, expected.alarms(reading.table(opened, "alerts"), names, says)]

    news(*reading.kept(opened, "news", sentences))


@st.fragment
def explore(opened: reading.Reading) -> None:
    """Show the map, and beside it what stands out or what was chosen; a choice runs this part again, and no other."""
    says = spoken()
    strings = says.under("square_map") | {"attribution": " ; ".join(opened.territory.sources)}
    with st.spinner(says.text("app.opening")):
        payload = reading.payload(opened)
        known = reading.kept(opened, "clusters", lambda: found_clusters(opened))
    left, right = st.columns([2.15, 1], gap="medium")
    with left:
        chosen = square_map(
            payload,
            strings=strings,
            key=MAP,
            start=in_address.start(payload),
            clusters=[cluster.drawn for cluster in known or ()],
            tiles=tiles.configured(),
            height=HEIGHT_PX,
            on_change=lambda: in_address.heard(MAP, payload),
        )
    selected = next((c for c in known or () if c.drawn.id == chosen.cluster), None)
    area = selected.drawn.area if selected else chosen.cell
    with right, st.container(height=PANEL_PX, border=False, key="beside"):
        if area is None:
            stand_out(opened, known)
        else:
            remember(opened, area, chosen.granularity, selected)
    span = Span(pd.Period(chosen.first, freq="M"), pd.Period(chosen.last, freq="M"))
    named = says.period(chosen.granularity, span.first, span.last)
    with folded(says.text("command.table", period=named), key="map") as is_open:
        if is_open:
            if chosen.view == "blocks":
                tabulate_blocks(opened, span)
            else:
                tabulate_surface(opened, chosen)


def found_clusters(opened: reading.Reading) -> list[clusters.Found] | None:
    """Return the clusters; None where this release allows no search, which is not a search that found nothing."""
    try:
        return clusters.found(reading.table(opened, "hotspots"), opened, spoken())
    except StatisticsError:
        return None


def named_states(opened: reading.Reading) -> dict[str, list[tuple[str, str]]]:
    """Return what places have become; nothing where this release does not allow to say it."""
    try:
        return states.named(reading.table(opened, "states"), opened, spoken())
    except StatisticsError:
        return {}


def stand_out(opened: reading.Reading, known: list[clusters.Found] | None) -> None:
    """List the clusters, and what places have become."""
    says = spoken()
    st.subheader(says.text("command.stands_out"), anchor=False)
    if known is None:
        paragraph("note", says.text("command.no_scan"))
    elif not known:
        paragraph("note", says.text("command.no_cluster"))
    for cluster in (known or ())[:LISTED]:
        label, asked = f"**{cluster.drawn.label}** · {cluster.place}", (in_address.CLUSTER, cluster.drawn.id)
        with st.container(gap=None):
            st.button(
                label, key=f"cluster-{cluster.drawn.label}", type="tertiary", on_click=in_address.show, args=asked
            )
            paragraph("small", f"{cluster.period}, {cluster.size}. {cluster.words}")
    named = reading.kept(opened, "states", lambda: named_states(opened))
    for state, squares in named.items():
        st.subheader(says.text(f"command.state_{state}"), anchor=False)
        for area, place in squares[:LISTED]:
            st.button(
                place, key=f"state-{area}", type="tertiary", on_click=in_address.show, args=(in_address.CELL, area)
            )
    paragraph("note", says.text("command.states_note") if named else says.text("history.hint"))
    if known:
        with folded(says.text("command.clusters_table"), key="clusters") as is_open:
            if is_open:
                frame = clusters.rows(known, says)
                tables.show(frame, {}, name=says.text("command.file_clusters"), key="clusters")


def remember(opened: reading.Reading, area: str, granularity: str, cluster: clusters.Found | None) -> None:
    """Show the history of the chosen square, without leaving the map."""
    says, cell_m = spoken(), opened.release.cell_m
    label = says.text("command.back")
    st.button(
        label, icon=":material/arrow_back:", type="tertiary", on_click=in_address.show, args=(in_address.CELL, None)
    )
    found = past.of_square(opened, area, granularity)
    if found is None:
        paragraph("note", says.text("command.no_square"))
        return
    if cluster is not None:
        paragraph("said", cluster.drawn.words)
    place = places.of_areas(opened.territory, pd.Series([area]), cell_m)["place"].iloc[0]
    blocks = history.about(reading.blocks(opened), area)
    title = history.title(area, str(place), says)
    history.show(opened, found, blocks, title=title, area=area)


def tabulate_surface(opened: reading.Reading, chosen: Choice) -> None:
    """Show the estimates of the chosen period."""
    says, k = spoken(), opened.release.k
    period = next(
        p
        for p in reading.periods(opened)[chosen.granularity]
        if (str(p.span.first), str(p.span.last)) == (chosen.first, chosen.last)
    )
    frame = tables.surface_rows(reading.cells(opened), period, opened.territory.zones["name"], k=k, says=says)
    said = tables.worth_a_line(period)
    paragraph("note", says.text("command.table_surface_note", others=says.whole(len(frame) - said), k=k))
    name = says.text("command.file_surface")
    tables.show(frame.head(said), tables.surface_formats(says), whole=frame, name=name, key="surface")


def tabulate_blocks(opened: reading.Reading, span: Span) -> None:
    """Show the blocks that speak of the chosen period."""
    says, k = spoken(), opened.release.k
    found = shown(reading.blocks(opened), span)
    if found.empty:
        paragraph("note", says.text("command.table_blocks_none", k=k))
        return
    paragraph("note", says.text("command.table_blocks_note", k=k))
    frame = tables.block_rows(found, cell_m=opened.release.cell_m, says=says)
    tables.show(frame, tables.block_formats(says), name=says.text("command.file_blocks"), key="blocks")


def tell_outcomes(opened: reading.Reading) -> None:
    """Show what reports led to, this year and last."""
    says = spoken()
    st.header(says.text("outcomes.heading"), anchor=False)
    found = reading.kept(opened, "outcomes", lambda: outcomes.years(opened.release, says))
    paragraph("note", says.text("outcomes.note", k=opened.release.k))
    sorted_ = [outcomes.triage_sentence(year, says) for year in found]
    paragraph("said", *[text for text in sorted_ if text])
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        chart.show(opened, lambda: outcomes.chart(found, says), key="outcomes-chart")
    with right:
        rows, delays = reading.kept(
            opened, "outcome-tables", lambda: (outcomes.rows(found, says), outcomes.delays(found, says))
        )
        plain(rows, says.text("outcomes.heading"))
        tables.offer(rows, name=says.text("outcomes.file"), key="outcomes")
        if len(delays):
            plain(delays, says.text("outcomes.delays"))
            tables.offer(delays, name=says.text("outcomes.file_delays"), key="delays")


def plain(frame: pd.DataFrame, caption: str) -> None:
    """Write a short table of words, which paper shows as well."""
    plain_table.show(caption, [str(name) for name in frame], [tuple(row) for row in frame.to_numpy()])


page = begin("command")
tell_news(page)
explore(page)
tell_outcomes(page)
caveats("estimate", "withheld", "quiet", "offence")
foot(page)
