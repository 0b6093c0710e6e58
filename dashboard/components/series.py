"""A monthly series as a chart and as a table, in which a month that was not told is neither zero nor missing."""

import altair as alt
import pandas as pd

from dashboard.catalogue import Catalogue
from dashboard.components.tables import Format

POINT, RANGE, NOT_SAID, TOTAL = "#1f4e79", "#a9c4dd", "#dcdfe3", "#c26a1b"
CHART_PX, BARS_PX = 240, 700
LOWEST_TOP = 10.0  # of the axis: a bar that says "at most 4" must not fill the chart


def rows(monthly: pd.DataFrame, sums: pd.DataFrame, *, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of a series, the newest month first.

    Parameters
    ----------
    monthly, sums
        From ``trends.monthly`` and ``trends.sums``.
    k
        Least number that may be told.
    """
    head = says.under("column")
    published = monthly["state"] == "published"
    frame = pd.DataFrame(
        {
            head["month"]: [says.month(month) for month in monthly["month"]],
            head["n"]: monthly["n"],
            head["bounds"]: bounds(monthly, says),
            head["state"]: [says.text("trends.published" if p else "trends.not_said", k=k) for p in published],
            head["with_others"]: with_others(monthly["month"], sums, says),
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def formats(says: Catalogue) -> dict[str, Format]:
    """Say how the numbers of ``rows`` are written."""
    return {says.text("column.n"): says.whole}


def bounds(monthly: pd.DataFrame, says: Catalogue) -> list[str]:
    """Write the interval of a published month, and what is known to bound one that was not said."""
    texts = []
    for state, low, high in zip(monthly["state"], monthly["low"], monthly["high"], strict=True):
        if pd.isna(high):
            texts.append(says.text("trends.unbounded"))
        elif state == "published":
            texts.append(says.text("table.between", low=says.decimal(low), high=says.decimal(high)))
        elif low > 0:
            texts.append(says.text("table.between", low=says.whole(low), high=says.whole(high)))
        else:
            texts.append(says.text("trends.at_most", high=says.whole(high)))
    return texts


def with_others(months: pd.Series, sums: pd.DataFrame, says: Catalogue) -> list[str]:
    """Say of each month in which longer total it is told, if it is."""
    told: dict[str, str] = {}
    for spoken, sentence in zip(sums["spoken"], sum_texts(sums, says), strict=True):
        told |= dict.fromkeys(str(spoken).split(), sentence)
    return [told.get(str(month), "") for month in months]


def sum_texts(sums: pd.DataFrame, says: Catalogue) -> list[str]:
    """Say of each total of several months what it is and how many of the period's months it speaks of."""
    return [
        says.counted("trends.sum", months, period=says.period(level, first, last), n=says.whole(n))
        for level, first, last, months, n in zip(
            sums["period_level"], sums["first"], sums["last"], sums["months"], sums["n"], strict=True
        )
    ]


def chart(
    monthly: pd.DataFrame, sums: pd.DataFrame, *, k: int, name: str, says: Catalogue
) -> alt.LayerChart | alt.FacetChart:
    """Draw a series.

    A published month is a point with its interval; a month not said a grey bar of what is known; a total of several
    months a line over them, at their mean.

    Parameters
    ----------
    monthly, sums
        From ``trends.monthly`` and ``trends.sums``.
    k
        Least number that may be told.
    name
        What the area is called.
    """
    kinds = [says.text("trends.published_month"), says.text("trends.not_said", k=k), says.text("trends.total")]
    scale = alt.Scale(domain=kinds, range=[RANGE, NOT_SAID, TOTAL])
    drawn, totals = _months_drawn(monthly, kinds, says), _totals_drawn(sums, kinds[2], says)
    top = max([LOWEST_TOP, *drawn["high"], *totals["mean"]])
    # The axis shows years alone: the chart's library would write months in English.
    x = alt.X("start:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", grid=True))
    y = alt.Y("low:Q", title=None, axis=alt.Axis(tickMinStep=1), scale=alt.Scale(domain=[0, top]))
    color = alt.Color("kind:N", title=None, scale=scale, legend=alt.Legend(orient="top", labelLimit=500, columns=3))
    hover = [says.text(f"column.{column}") for column in ("month", "n", "bounds", "state")]
    width = max(3, min(9, BARS_PX // max(len(drawn), 1)))
    base = alt.Chart(drawn).encode(x=x, tooltip=hover)
    bars = base.mark_bar(size=width, cornerRadius=2).encode(y=y, y2="high:Q", color=color)
    points = base.transform_filter("isValid(datum.n)").mark_point(filled=True, size=34, opacity=1, color=POINT)
    lines = (
        alt.Chart(totals)
        .mark_rule(strokeWidth=3)
        .encode(x=x, x2="end:T", y="mean:Q", color=color, tooltip=[says.text("column.with_others")])
    )
    unsaid = int((monthly["state"] != "published").sum())
    described = says.text("trends.chart", area=name, count=len(drawn), unsaid=unsaid)
    layers = [bars, lines, points.encode(y="n:Q")] if len(totals) else [bars, points.encode(y="n:Q")]
    return alt.layer(*layers).properties(height=CHART_PX, description=described)


def _months_drawn(monthly: pd.DataFrame, kinds: list[str], says: Catalogue) -> pd.DataFrame:
    """Take what the chart draws of each month; the words of the hover are written here, in the reader's language."""
    published = (monthly["state"] == "published").to_numpy()
    known = monthly["high"].max()
    return pd.DataFrame(
        {
            "start": monthly["month"].dt.to_timestamp(),
            "low": monthly["low"].astype("float64"),
            "high": monthly["high"].fillna(LOWEST_TOP if pd.isna(known) else known).astype("float64"),
            "n": monthly["n"].astype("float64"),
            "kind": [kinds[int(not told)] for told in published],
            says.text("column.month"): [says.month(month) for month in monthly["month"]],
            says.text("column.n"): ["–" if pd.isna(n) else says.whole(int(n)) for n in monthly["n"]],
            says.text("column.bounds"): bounds(monthly, says),
            says.text("column.state"): [says.text("trends.published") if told else kinds[1] for told in published],
        }
    )


def _totals_drawn(sums: pd.DataFrame, kind: str, says: Catalogue) -> pd.DataFrame:
    """Take a dash for each month that a total speaks of, and for no other: the months between may be told alone."""
    words = says.text("column.with_others")
    told = sums.assign(mean=(sums["n"] / sums["months"]).astype("float64"), **{words: sum_texts(sums, says)})
    told = told.assign(month=told["spoken"].str.split()).explode("month")
    start, half = pd.PeriodIndex(told["month"], freq="M").to_timestamp(), pd.Timedelta(days=15)
    drawn = {"start": start - half, "end": start + half, "mean": told["mean"].to_numpy(), "kind": kind}
    return pd.DataFrame(drawn | {words: told[words].to_numpy()})
