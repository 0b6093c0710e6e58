"""The bulletin's series, quarter by quarter: told, estimated or too few, each with a look of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd

from analytics.plots import palette

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue

WIDTH_PX, HEIGHT_PX = 560, 190
FONT: Final = "DejaVu Sans"
KINDS: Final = ("told", "estimate", "fewer_than_k")


def series(quarters: pd.DataFrame, k: int, says: Catalogue) -> alt.LayerChart:
    """Draw the quarters of an area.

    Parameters
    ----------
    quarters
        As from ``levels.quarters``.
    k
        Least number that may be told.
    """
    names = {kind: says.text(f"bulletin.kind_{kind}", k=k) for kind in KINDS}
    drawn = pd.DataFrame(
        {
            "quarter": [quarter_text(quarter, says) for quarter in quarters["quarter"]],
            "n": [k - 1 if kind == "fewer_than_k" else n for n, kind in _pairs(quarters)],
            "low": quarters["low"],
            "high": quarters["high"],
            "kind": quarters["kind"].map(names),
            "label": [says.whole(n) if kind == "told" else "" for n, kind in _pairs(quarters)],
            "estimated": quarters["kind"] == "estimate",
        }
    )
    present = [names[kind] for kind in KINDS if (quarters["kind"] == kind).any()]
    fills = {
        names["told"]: palette.DENSITY[5],
        names["estimate"]: palette.DENSITY[2],
        names["fewer_than_k"]: palette.HATCH,
    }
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
    layers = [bars, ranges.encode(x=x, y="low:Q", y2="high:Q"), words]
    return (
        alt.layer(*layers)
        .properties(width=WIDTH_PX, height=HEIGHT_PX, description=described(quarters, k, says))
        .configure(font=FONT, background="white")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=9, titleFontSize=10, gridColor=palette.OUTSIDE)
        .configure_legend(labelFontSize=10)
    )


def described(quarters: pd.DataFrame, k: int, says: Catalogue) -> str:
    """Say in words what the chart shows."""
    told = [
        says.text("bulletin.described_quarter", quarter=quarter_text(row.quarter, says), count=count_text(row, k, says))
        for row in quarters.itertuples()
    ]
    return says.text("bulletin.described", quarters="; ".join(told))


def quarter_text(quarter: pd.Period, says: Catalogue) -> str:
    """Name a quarter shortly."""
    return says.text("bulletin.quarter", quarter=quarter.quarter, year=quarter.year)


def count_text(row: object, k: int, says: Catalogue) -> str:
    """Write the count of a quarter as it may be said."""
    kind, n = str(row.kind), float(row.n)  # type: ignore[attr-defined]
    if kind == "told":
        return says.whole(n)
    if kind == "fewer_than_k":
        return says.text("table.fewer", k=k)
    low, high = float(row.low), float(row.high)  # type: ignore[attr-defined]
    return says.text("level.about", n=says.whole(n), low=says.whole(low), high=says.whole(high))


def _pairs(quarters: pd.DataFrame) -> list[tuple[float, str]]:
    return list(zip(quarters["n"], quarters["kind"], strict=True))
