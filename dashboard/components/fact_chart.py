"""Facts as a chart: each a bar as long as its period, as high as its number; a click outlines its ground in the map."""

from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from analytics import plots
from analytics.release import BREAKDOWN
from dashboard.catalogue import Catalogue
from dashboard.components import fact_table, tables

CHOSEN: Final = "chosen"
HEIGHT_PX: Final = 250
TICKS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
COLOURS: Final = {
    "blocks": "#1f5fa0",
    "outlook": "#b35900",
    "series": "#00735c",
    "departement": "#1c2530",
    "breakdown": "#8a4f9e",
}


def drawn(facts: pd.DataFrame, outlined: str | None, says: Catalogue) -> alt.Chart:
    """Draw facts.

    Parameters
    ----------
    facts
        As from ``facts.described``.
    outlined
        Id of the area that is outlined in the map.
    """
    kinds = {table: says.text(f"facts.{table}") for table in COLOURS if table in set(facts["table"])}
    frame = rows(facts, says).assign(outlined=facts["area"].to_numpy() == outlined)
    hover = [str(column) for column in frame.columns if column not in {"area", "start", "end", "n", "kind", "outlined"}]
    point = alt.selection_point(name=CHOSEN, fields=["area"], on="click", clear="dblclick", empty=False)
    strong = "datum.outlined"
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_rule(strokeCap="round", cursor="pointer")
        .encode(
            x=alt.X("start:T", title=None),
            x2="end:T",
            y=alt.Y(
                "n:Q",
                title=says.text("column.n"),
                scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(values=list(TICKS), format="d"),
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=list(kinds.values()), range=[COLOURS[table] for table in kinds]),
                legend=alt.Legend(orient="top", labelLimit=300, symbolType="stroke", symbolStrokeWidth=4, columns=3),
            ),
            strokeWidth=alt.condition(strong, alt.value(8), alt.value(4)),
            opacity=alt.condition(strong, alt.value(1), alt.value(0.55)),
            tooltip=hover,
        )
        .add_params(point)
        .properties(height=HEIGHT_PX, description=says.text("analyst.chart_description", count=says.whole(len(facts))))
        .configure(locale=plots.vega_locale(plots.texts_in(str(says.locale.language))))
    )
    return chart


def rows(facts: pd.DataFrame, says: Catalogue) -> pd.DataFrame:
    """Make what the chart holds: each fact with its ends in time, and what is read when it is pointed at."""
    head = says.under("column")
    split = fact_table.value_texts(facts, says) if (facts["attribute"] != "").any() else {}
    return pd.DataFrame(
        {
            "area": facts["area"].to_numpy(),
            "start": pd.to_datetime(facts["period_start"]).to_numpy(),
            "end": pd.to_datetime(facts["period_end"]).to_numpy(),
            "n": facts["n"].to_numpy(),
            "kind": [says.text(f"facts.{table}") for table in facts["table"]],
            head["place_area"]: tables.place_texts(facts, says),
            head["level"]: [fact_table.level_text(level, says) for level in facts["area_level"]],
            head["period"]: tables.period_texts(facts, says),
            **{head[name]: texts for name, texts in split.items()},
            head["number"]: [says.whole(n) for n in facts["n"]],
            head["holds"]: tables.holds_texts(facts, says),
        }
    )


def told(facts: pd.DataFrame) -> pd.DataFrame:
    """Leave breakdowns out unless they were chosen alone: they count the same reports several times over."""
    split = facts["table"] == BREAKDOWN
    return facts if split.all() else facts[~split]


def pointed(key: str) -> str | None:
    """Tell which area was clicked in the chart."""
    state: Any = st.session_state.get(key) or {}
    points = (state.get("selection") or {}).get(CHOSEN) or []
    return str(points[0]["area"]) if points else None
