"""What a longer window gives and takes: two sentences, a chart and a table of how steady the first cells are."""

from typing import Final

import altair as alt
import pandas as pd

from analytics import plots
from dashboard.catalogue import Catalogue
from dashboard.components.concentration import interval_texts
from dashboard.components.tables import Format

AGAIN, HELD = "#1f5fa0", "#b35900"
HEIGHT_PX: Final = 300
TEN: Final = 10


def sentences(steady: pd.DataFrame, says: Catalogue) -> list[str]:
    """Say what is gained and what is lost by looking at the longest window instead of the shortest.

    Parameters
    ----------
    steady
        As from ``concentration.steadiness_of``.
    """
    known = steady[steady["reason"] == "complete"].sort_values("months")
    if len(known) < 2:  # noqa: PLR2004 - a comparison takes two
        return [says.text("steadiness.not_enough", needed=says.whole(float(steady["needed"].min())))]
    short, long = known.iloc[0], known.iloc[-1]
    clear = "more" if long["overlap_low"] > short["overlap_high"] else "unclear"
    if long["overlap_high"] < short["overlap_low"]:
        clear = "fewer"
    again = {
        f"{name}_{end}": says.decimal(TEN * row[column])
        for name, row in (("short", short), ("long", long))
        for end, column in (("mean", "overlap"), ("low", "overlap_low"), ("high", "overlap_high"))
    }
    half = long["months"] / 2
    back = says.decimal(half) if half % 1 else says.whole(half)
    lengths = {
        "short": says.counted("steadiness.months", int(short["months"])),
        "long": says.counted("steadiness.months", int(long["months"])),
    }
    return [
        says.text(f"steadiness.gain_{clear}", **lengths, **again),
        says.text("steadiness.loss", **lengths, back=back, part=says.whole(long["months"])),
    ]


def rows(steady: pd.DataFrame, says: Catalogue) -> pd.DataFrame:
    """Make the table, the shortest window first; one of which too little is known says how much would be enough."""
    head, known = says.under("column"), steady["reason"] == "complete"
    intervals = {
        "again_interval": interval_texts(steady["overlap_low"], steady["overlap_high"], says),
        "next_interval": interval_texts(steady["low"], steady["high"], says),
    }
    unsaid = [
        "" if told else says.text("steadiness.needed", needed=says.whole(float(needed)))
        for told, needed in zip(known, steady["needed"].fillna(0), strict=True)
    ]
    return pd.DataFrame(
        {
            head["window"]: [says.counted("steadiness.months", int(months)) for months in steady["months"]],
            head["pairs"]: steady["pairs"].to_numpy(),
            head["again"]: steady["overlap"].where(known).to_numpy(),
            head["again_interval"]: [
                note or text for note, text in zip(unsaid, intervals["again_interval"], strict=True)
            ],
            head["next_held"]: steady["hit_rate"].where(known).to_numpy(),
            head["next_interval"]: [
                note or text for note, text in zip(unsaid, intervals["next_interval"], strict=True)
            ],
        }
    )


def formats(says: Catalogue) -> dict[str, Format]:
    """Say how the numbers of ``rows`` are written."""
    head = says.under("column")
    return {head["pairs"]: says.whole, head["again"]: says.percent, head["next_held"]: says.percent}


def chart(steady: pd.DataFrame, says: Catalogue) -> alt.LayerChart | None:
    """Draw both measures with their intervals, window by window; None where too little is known of all."""
    known = steady[steady["reason"] == "complete"]
    if known.empty:
        return None
    kinds = {"overlap": says.text("column.again"), "hit_rate": says.text("column.next_held")}
    ends = {"overlap": ("overlap_low", "overlap_high"), "hit_rate": ("low", "high")}
    named = [says.counted("steadiness.months", int(months)) for months in known["months"]]
    parts = [
        pd.DataFrame(
            {
                "window": named,
                "kind": kind,
                "mean": known[measure].to_numpy(),
                "low": known[ends[measure][0]].to_numpy(),
                "high": known[ends[measure][1]].to_numpy(),
                "said": interval_texts(known[ends[measure][0]], known[ends[measure][1]], says),
            }
        )
        for measure, kind in kinds.items()
    ]
    base = alt.Chart(pd.concat(parts)).encode(
        x=alt.X("window:N", title=None, sort=named, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("kind:N", sort=list(kinds.values()), scale=alt.Scale(paddingOuter=0.9)),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(kinds.values()), range=[AGAIN, HELD]),
            legend=alt.Legend(orient="top", labelLimit=500, columns=1),
        ),
        tooltip=[
            alt.Tooltip("kind:N", title=says.text("column.window")),
            alt.Tooltip("mean:Q", title=says.text("steadiness.mean"), format=".0%"),
            alt.Tooltip("said:N", title=says.text("column.interval_95")),
        ],
    )
    y = alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    bars = base.mark_rule(strokeWidth=3).encode(y=y, y2="high:Q")
    marks = base.mark_point(size=90, filled=True, opacity=1).encode(
        y="mean:Q", shape=alt.Shape("kind:N", sort=list(kinds.values()), legend=None)
    )
    drawn: alt.LayerChart = (
        alt.layer(bars, marks)
        .properties(height=HEIGHT_PX, description=says.text("steadiness.description"))
        .configure(locale=plots.vega_locale(plots.texts_in(str(says.locale.language))))
    )
    return drawn
