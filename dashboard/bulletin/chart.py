"""The bulletin's series, quarter by quarter: told, estimated or too few, each with a look of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import altair as alt
import pandas as pd

from analytics.plots import palette

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue
    from dashboard.components.prevention import charts

WIDTH_PX, HEIGHT_PX = 560, 190
FONT: Final = "DejaVu Sans"
KINDS: Final = ("told", "estimate", "at_most", "fewer_than_k")
FILLS: Final = (palette.DENSITY[5], palette.DENSITY[2], palette.DENSITY[0], palette.HATCH)


def series(quarters: pd.DataFrame, k: int, says: Catalogue) -> charts.Chart:
    """Draw the quarters of an area.

    Parameters
    ----------
    quarters
        As from ``levels.quarters``.
    k
        Least number that may be told.
    """
    names = {kind: says.text(f"bulletin.kind_{kind}", k=k) for kind in KINDS}
    open_below = (quarters["kind"] != "told") & (quarters["low"] < k)
    drawn = pd.DataFrame(
        {
            "quarter": [quarter_text(quarter, says) for quarter in quarters["quarter"]],
            "n": quarters["n"].mask(open_below, quarters["high"]),
            "low": quarters["low"],
            "high": quarters["high"],
            "kind": quarters["kind"].map(names).mask(open_below & (quarters["kind"] == "estimate"), names["at_most"]),
            "label": [says.whole(row.n) if row.kind == "told" else "" for row in lines(quarters)],
            "estimated": (quarters["kind"] == "estimate") & ~open_below,
        }
    )
    present = [names[kind] for kind in KINDS if (drawn["kind"] == names[kind]).any()]
    fills = dict(zip((names[kind] for kind in KINDS), FILLS, strict=True))
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=present, range=[fills[name] for name in present]),
        legend=alt.Legend(orient="top", labelLimit=400, direction="horizontal", columns=2),
    )
    x = alt.X("quarter:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, ticks=False))
    y = alt.Y(
        "n:Q", title=says.text("bulletin.axis"), axis=alt.Axis(tickMinStep=1, titleFontWeight="normal", format="d")
    )
    base = alt.Chart(drawn)
    bars = base.mark_bar(size=26).encode(x=x, y=y, color=colour)
    ranges = base.transform_filter("datum.estimated").mark_rule(strokeWidth=1.5, color=palette.INK)
    words = base.mark_text(dy=-6, fontSize=10, color=palette.INK).encode(x=x, y=y, text="label:N")
    layers: list[Any] = [bars, ranges.encode(x=x, y="low:Q", y2="high:Q"), words]
    drawn_layers: charts.Chart = (
        alt.layer(*layers)
        .properties(width=WIDTH_PX, height=HEIGHT_PX, description=described(quarters, k, says))
        .configure(font=FONT, background="white")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=9, titleFontSize=10, gridColor=palette.OUTSIDE)
        .configure_legend(labelFontSize=10)
    )
    return drawn_layers


def described(quarters: pd.DataFrame, k: int, says: Catalogue) -> str:
    """Say in words what the chart shows."""
    told = [
        says.text("bulletin.described_quarter", quarter=quarter_text(row.quarter, says), count=count_text(row, k, says))
        for row in lines(quarters)
    ]
    return says.text("bulletin.described", quarters="; ".join(told))


def quarter_text(quarter: pd.Period, says: Catalogue) -> str:
    """Name a quarter shortly."""
    return says.text("bulletin.quarter", quarter=quarter.quarter, year=quarter.year)


def count_text(row: Any, k: int, says: Catalogue) -> str:  # noqa: ANN401 - a row of a frame
    """Write the count of a quarter as it may be said: nothing under k is written."""
    if row.kind == "told":
        return says.whole(row.n)
    if row.kind == "fewer_than_k":
        return says.text("table.fewer", k=k)
    if row.low < k:
        return says.text("bulletin.at_most", high=says.whole(row.high))
    return says.text("level.about", n=says.whole(row.n), low=says.whole(row.low), high=says.whole(row.high))


def lines(quarters: pd.DataFrame) -> list[Any]:
    """Rows whose values have the types of their columns, which the type checker cannot know."""
    return list(quarters.itertuples())
