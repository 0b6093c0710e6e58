"""The history of a chosen square: its estimate quarter after quarter, and every block that speaks of its ground."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from analytics import plots
from analytics import territory as territories
from analytics.statistics import surface
from analytics.statistics.sums_of_ground import NOWHERE, grouped, months_between, over
from dashboard.catalogue import Catalogue, spoken
from dashboard.components import chart as charts
from dashboard.components import tables
from dashboard.components.folded import folded
from dashboard.components.square_map.periods import Span
from dashboard.components.square_map.values import SurfacePeriod
from dashboard.components.text import paragraph
from dashboard.reading import Reading

ESTIMATE, RANGE, FEWER = "#1f4e79", "#a9c4dd", "#dcdfe3"
CHART_PX, BARS_PX = 200, 300


@dataclass(frozen=True, eq=False)
class Past:
    """A cell's estimates, period after period.

    Attributes
    ----------
    granularity
        What the periods are.
    lines
        One row a period: ``first``, ``last`` (months), ``estimate``, ``low``, ``high``, ``measured`` (0 to 1),
        ``fewer`` (bool: fewer than k, perhaps none).
    """

    granularity: str
    lines: pd.DataFrame


def show(opened: Reading, past: Past, facts: pd.DataFrame, *, title: str, area: str) -> None:
    """Show the history of a square, in a narrow column beside the map.

    Parameters
    ----------
    opened
        The release.
    past
        From ``of_cell`` or ``of_cells``.
    facts
        Facts of the table ``blocks`` about its ground, from ``about``.
    title, area
        What the square is called, and its id.
    """
    says, k = spoken(), opened.release.k
    st.subheader(title, anchor=False)
    paragraph("note", f"{says.text(f'history.{past.granularity}')}. {says.text('history.estimate_note', k=k)}")
    of = (area, past.granularity)
    charts.show(opened, lambda: chart(past, k=k, says=says), key="history-chart", of=of)
    with folded(says.text("history.estimate_table"), key="history") as is_open:
        if is_open:
            rows = estimate_rows(past, k=k, says=says)
            tables.show(rows, estimate_formats(says), name=says.text("history.file_estimate"), key="history")
    if facts.empty:
        paragraph("note", says.text("history.no_blocks", k=k))
        return
    with folded(says.text("history.blocks"), key="history-blocks") as is_open:
        if is_open:
            paragraph("note", says.text("history.blocks_note"))
            rows = tables.block_rows(facts, cell_m=opened.release.cell_m, says=says)
            tables.show(rows, tables.block_formats(says), name=says.text("history.file_blocks"), key="history-blocks")


def title(area: str, place: str, says: Catalogue) -> str:
    """Name a square by its place, if it has one, and its size."""
    size = says.kilometres(int(territories.parse_cell_ids([area])["size_m"].iloc[0]))
    return says.text("history.cell", place=place, size=size) if place else says.text("history.cell_unnamed", size=size)


def about(facts: pd.DataFrame, area: str) -> pd.DataFrame:
    """Choose the facts whose square holds a square, or lies in it, the newest first.

    Parameters
    ----------
    facts
        Facts about squares of the grid.
    area
        Id of a square.
    """
    if facts.empty:
        return facts
    here = territories.parse_cell_ids([area]).iloc[0]
    squares = territories.parse_cell_ids(facts["area"].tolist())
    size = squares["size_m"].clip(lower=int(here["size_m"]))
    same = (squares["e"] // size == here["e"] // size) & (squares["n"] // size == here["n"] // size)
    found: pd.DataFrame = facts[same.to_numpy()]
    return found.sort_values(["period_end", "period_start"], ascending=False, kind="stable")


def of_cell(granularity: str, periods: Sequence[SurfacePeriod], cell: int) -> Past:
    """Take one cell out of the surface of each period.

    Parameters
    ----------
    granularity
        What the periods are.
    periods
        The surface of every period, in order of time.
    cell
        The cell's place among the cells.
    """
    values = ("estimate", "low", "high", "measured", "fewer")
    lines = [
        {"first": p.span.first, "last": p.span.last} | {name: getattr(p, name)[cell] for name in values}
        for p in periods
    ]
    return Past(granularity, pd.DataFrame(lines, columns=["first", "last", *values]))


def of_cells(granularity: str, fitted: surface.Surface, spans: Sequence[Span], cells: npt.NDArray[np.bool_]) -> Past:
    """Add up some cells in each period.

    Parameters
    ----------
    granularity
        What the periods are.
    fitted
        The surface.
    spans
        The periods, in order of time.
    cells
        (cells of the surface,) which of them.
    """
    group = grouped(fitted, np.where(cells, 0, NOWHERE))
    found = [over(fitted, group, months_between(fitted, span.first, span.last), number=1) for span in spans]
    firsts, lasts = (pd.PeriodIndex([getattr(span, end) for span in spans], freq="M") for end in ("first", "last"))
    lines = pd.concat(found, ignore_index=True).assign(first=firsts, last=lasts)
    return Past(granularity, lines.assign(fewer=lines["said"] == "fewer_than_k"))


def estimate_rows(past: Past, *, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of a cell's periods, the newest first."""
    head, lines = says.under("column"), past.lines
    frame = pd.DataFrame(
        {
            head["period"]: period_texts(past, says),
            head["estimate"]: lines["estimate"].round(1),
            head["interval"]: tables.interval_texts(lines, k=k, says=says),
            head["measured"]: lines["measured"].round(2),
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def period_texts(past: Past, says: Catalogue) -> list[str]:
    """Name the periods."""
    lines = past.lines
    return [
        says.period(past.granularity, first, last) for first, last in zip(lines["first"], lines["last"], strict=True)
    ]


def chart(past: Past, *, k: int, says: Catalogue) -> alt.LayerChart:
    """Draw a cell's periods: a bar for the interval, grey where it only says fewer than k, a mark for the estimate."""
    lines, kinds = past.lines, [says.text("history.interval"), says.text("table.fewer", k=k)]
    hover = {
        "period": period_texts(past, says),
        "estimate": [says.decimal(value) for value in lines["estimate"]],
        "interval": tables.interval_texts(lines, k=k, says=says),
        "measured": [says.percent(value) for value in lines["measured"]],
    }
    named = {says.text(f"column.{column}"): texts for column, texts in hover.items()}
    drawn = pd.DataFrame(
        {
            "start": pd.PeriodIndex(lines["last"], freq="M").to_timestamp(),
            "low": lines["low"],
            "high": lines["high"],
            "estimate": lines["estimate"],
            "kind": [kinds[int(fewer)] for fewer in lines["fewer"]],
            **named,
        }
    )
    width = max(2, min(16, BARS_PX // max(len(drawn), 1)))
    base = alt.Chart(drawn).encode(
        x=alt.X("start:T", title=None, axis=alt.Axis(format="%Y", tickCount="year")), tooltip=list(named)
    )
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=kinds, range=[RANGE, FEWER]),
        legend=alt.Legend(orient="top", labelLimit=400),
    )
    bars = base.mark_bar(size=width, cornerRadius=2).encode(
        y=alt.Y("low:Q", title=None, axis=alt.Axis(tickMinStep=1)), y2="high:Q", color=color
    )
    marks = base.mark_tick(thickness=3, width=width, color=ESTIMATE).encode(y="estimate:Q")
    described = says.text("history.chart", count=len(drawn))
    whole = alt.LayerChart(layer=[bars, marks]).properties(height=CHART_PX, description=described)
    return plots.readable(whole, plots.texts_in(says.locale.language))


def estimate_formats(says: Catalogue) -> dict[str, tables.Format]:
    """Say how the numbers of ``estimate_rows`` are written."""
    return {says.text("column.estimate"): says.decimal, says.text("column.measured"): says.percent}
