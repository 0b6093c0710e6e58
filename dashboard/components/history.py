"""The history of a chosen square: its estimate quarter after quarter, and every block that speaks of its ground."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from analytics import territory as territories
from dashboard.catalogue import Catalogue, spoken
from dashboard.components import tables
from dashboard.components.square_map.payload import SurfacePeriod
from dashboard.components.text import paragraph

ESTIMATE, RANGE, FEWER = "#1f4e79", "#8fb1d1", "#d5dbe1"


def show(quarters: pd.DataFrame, facts: pd.DataFrame, *, title: str, k: int, cell_m: int) -> None:
    """Show the history of a square.

    Parameters
    ----------
    quarters
        From ``of_cell``; without a row for a square wider than the smallest cells.
    facts
        Facts of the table ``blocks`` about its ground, from ``about``.
    title
        What the square is called.
    k, cell_m
        Least number that may be told; side of the smallest cell, metres.
    """
    says = spoken()
    st.header(title, anchor=False)
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader(says.text("history.estimate"), anchor=False)
        if len(quarters):
            paragraph("note", says.text("history.estimate_note", k=k))
            st.altair_chart(chart(quarters, k=k, says=says), key="history-chart")
            with st.expander(says.text("history.estimate_table")):
                tables.show(
                    quarter_rows(quarters, k=k, says=says),
                    estimate_formats(says),
                    name=says.text("history.file_estimate"),
                    key="history",
                )
        else:
            paragraph("note", says.text("history.wide"))
    with right:
        st.subheader(says.text("history.blocks"), anchor=False)
        if len(facts):
            paragraph("note", says.text("history.blocks_note"))
            rows = tables.block_rows(facts, cell_m=cell_m, says=says)
            tables.show(rows, tables.block_formats(says), name=says.text("history.file_blocks"), key="history-blocks")
        else:
            paragraph("note", says.text("history.no_blocks", k=k))


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


def of_cell(quarters: Sequence[SurfacePeriod], cell: int) -> pd.DataFrame:
    """Take one cell out of the surface of each quarter.

    Parameters
    ----------
    quarters
        The surface of every quarter, in order of time.
    cell
        The cell's place among the cells.

    Returns
    -------
    pandas.DataFrame
        One row a quarter: ``first``, ``last`` (months), ``estimate``, ``low``, ``high``, ``measured`` (0 to 1),
        ``fewer`` (bool: fewer than k, perhaps none).
    """
    values = ("estimate", "low", "high", "measured", "fewer")
    lines = [
        {"first": q.span.first, "last": q.span.last} | {name: getattr(q, name)[cell] for name in values}
        for q in quarters
    ]
    return pd.DataFrame(lines, columns=["first", "last", *values])


def quarter_rows(quarters: pd.DataFrame, *, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of a cell's quarters, the newest first."""
    head = says.under("column")
    frame = pd.DataFrame(
        {
            head["period"]: [
                says.period("quarter", first, last)
                for first, last in zip(quarters["first"], quarters["last"], strict=True)
            ],
            head["estimate"]: quarters["estimate"].round(1),
            head["interval"]: tables.interval_texts(quarters, k=k, says=says),
            head["measured"]: quarters["measured"].round(2),
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def chart(quarters: pd.DataFrame, *, k: int, says: Catalogue) -> alt.LayerChart | alt.FacetChart:
    """Draw a cell's quarters: a bar for the interval, grey where it only says fewer than k, a mark for the estimate."""
    kinds = [says.text("history.interval"), says.text("table.fewer", k=k)]
    drawn = quarter_rows(quarters, k=k, says=says).iloc[::-1].reset_index(drop=True)
    period, estimate, interval, measured = (
        says.text(f"column.{c}") for c in ("period", "estimate", "interval", "measured")
    )
    drawn = pd.DataFrame(
        {
            "start": quarters["first"].dt.to_timestamp(),
            "low": quarters["low"],
            "high": quarters["high"],
            "estimate": quarters["estimate"],
            "kind": [kinds[int(fewer)] for fewer in quarters["fewer"]],
            period: drawn[period],
            estimate: [says.decimal(value) for value in drawn[estimate]],
            interval: drawn[interval],
            measured: [says.percent(value) for value in drawn[measured]],
        }
    )
    base = alt.Chart(drawn).encode(
        x=alt.X("start:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", grid=False)),
        tooltip=[period, estimate, interval, measured],
    )
    bars = base.mark_bar(width={"band": 0.8}, size=9, cornerRadius=2).encode(
        y=alt.Y("low:Q", title=None, axis=alt.Axis(tickMinStep=1)),
        y2="high:Q",
        color=alt.Color(
            "kind:N", title=None, scale=alt.Scale(domain=kinds, range=[RANGE, FEWER]), legend=alt.Legend(orient="top")
        ),
    )
    marks = base.mark_tick(thickness=3, width=9, color=ESTIMATE).encode(y="estimate:Q")
    described = says.text("history.chart", count=len(quarters))
    return alt.layer(bars, marks).properties(height=240, description=described)


def estimate_formats(says: Catalogue) -> dict[str, tables.Format]:
    """Say how the numbers of ``quarter_rows`` are written."""
    return {says.text("column.estimate"): says.decimal, says.text("column.measured"): says.percent}
