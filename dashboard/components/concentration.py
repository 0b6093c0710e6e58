"""Concentration in words, as a curve and as a table: how much of the estimate the first cells hold."""

from typing import Final

import altair as alt
import pandas as pd

from analytics import plots
from dashboard.catalogue import Catalogue
from dashboard.components.tables import Format
from dashboard.concentrated import Concentrated

CURVE, EVEN = "#1f5fa0", "#5b6672"
HEIGHT_PX: Final = 300
SHOWN: Final = 0.2
"""Share of the ground that the curve is drawn for: to the right of it next to nothing is left to hold."""


def sentences(found: Concentrated, period: str, says: Catalogue) -> list[str]:
    """Say what the first share of the ground holds, and how uneven the whole is; or how much would be enough."""
    first, named = found.captured.iloc[0], period[:1].upper() + period[1:]
    if found.lorenz is None or found.gini is None or first["reason"] != "complete":
        needed = found.captured["needed"].dropna()
        enough = says.whole(float(needed.iloc[0])) if len(needed) else "1"
        return [says.text("concentration.not_enough", period=named, needed=enough)]
    return [
        says.text(
            "concentration.first",
            period=named,
            cells=says.whole(first["cells"]),
            area=says.percent(first["area"]),
            share=says.percent(first["estimate"]),
            low=says.percent(first["low"]),
            high=says.percent(first["high"]),
        ),
        says.text(
            "concentration.gini",
            gini=says.decimal(found.gini.adjusted, 2),
            low=says.decimal(found.gini.low, 2),
            high=says.decimal(found.gini.high, 2),
        ),
    ]


def rows(found: Concentrated, says: Catalogue) -> pd.DataFrame:
    """Make the table: each share of the ground, how many cells that is, what it holds."""
    head, captured = says.under("column"), found.captured
    return pd.DataFrame(
        {
            head["ground_share"]: captured["area"],
            head["cells"]: captured["cells"].round().astype("int64"),
            head["held"]: captured["estimate"],
            head["interval_95"]: interval_texts(captured["low"], captured["high"], says),
        }
    )


def formats(says: Catalogue) -> dict[str, Format]:
    """Say how the numbers of ``rows`` are written."""
    head = says.under("column")
    return {head["ground_share"]: says.percent, head["cells"]: says.whole, head["held"]: says.percent}


def interval_texts(low: pd.Series, high: pd.Series, says: Catalogue) -> list[str]:
    """Write intervals of shares."""
    return [
        says.text("table.between", low=says.percent(least), high=says.percent(most))
        if pd.notna(least) and pd.notna(most)
        else says.text("concentration.unknown")
        for least, most in zip(low, high, strict=True)
    ]


def chart(found: Concentrated, says: Catalogue) -> alt.LayerChart | None:
    """Draw the Lorenz curve from its full end, with the interval at each share that is told; None without a curve."""
    if found.lorenz is None:
        return None
    names = (says.text("concentration.curve"), says.text("concentration.even"))
    near = found.lorenz[found.lorenz["area"] <= SHOWN]
    thin = near.iloc[:: max(1, len(near) // 300)]
    lines = pd.concat(
        [
            pd.DataFrame({"area": thin["area"], "held": thin[column], "kind": name})
            for column, name in zip(("reports", "even"), names, strict=True)
        ]
    )
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=list(names), range=[CURVE, EVEN]),
        legend=alt.Legend(orient="top", labelLimit=400, columns=1),
    )
    x = alt.X("area:Q", title=says.text("column.ground_share"), axis=alt.Axis(format="%", grid=False))
    y = alt.Y("held:Q", title=says.text("column.held"), axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    curve = (
        alt.Chart(lines)
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=y, color=color, strokeDash=alt.StrokeDash("kind:N", sort=list(names), legend=None))
    )
    told = found.captured[found.captured["reason"] == "complete"]
    table = rows(found, says).loc[told.index].reset_index(drop=True)
    points = told.assign(
        hover=table[says.text("column.interval_95")].to_numpy(),
        share=[says.percent(value) for value in told["estimate"]],
    )
    base = alt.Chart(points).encode(
        x="area:Q",
        tooltip=[
            alt.Tooltip("share:N", title=says.text("column.held")),
            alt.Tooltip("hover:N", title=says.text("column.interval_95")),
        ],
    )
    bars = base.mark_rule(strokeWidth=2, color=CURVE).encode(y=alt.Y("low:Q"), y2="high:Q")
    marks = base.mark_circle(size=80, color=CURVE, opacity=1).encode(y="estimate:Q")
    drawn: alt.LayerChart = (
        alt.layer(curve, bars, marks)
        .properties(height=HEIGHT_PX, description=says.text("concentration.description"))
        .configure(locale=plots.vega_locale(plots.texts_in(str(says.locale.language))))
    )
    return drawn
