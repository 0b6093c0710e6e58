"""Series as altair charts: numbers and months of a language, a description for screen readers, no request anywhere."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import altair as alt
import numpy as np
import pandas as pd

from analytics.plots import palette
from analytics.plots.texts import FRENCH, month, number, span, vega_locale

if TYPE_CHECKING:
    from collections.abc import Mapping

AnyChart = TypeVar("AnyChart", bound=alt.Chart | alt.LayerChart | alt.FacetChart | alt.ConcatChart)
POINT: Final = palette.DENSITY[6]
RANGE: Final = palette.DENSITY[4]
NOT_SAID: Final = "#9aa3ad"
SUM: Final = "#b45309"
LETTER_PX: Final = 12
HEIGHT_PX: Final = 260
WIDTH_PX: Final = 860
BAR: Final = 0.72


def series_chart(
    monthly: pd.DataFrame,
    sums: pd.DataFrame | None = None,
    *,
    area: str,
    k: int,
    texts: Mapping[str, str] = FRENCH,
) -> alt.LayerChart:
    """Draw a monthly series in which a month that was not said is neither zero nor a gap.

    A published month is a point with its interval; a month not said an open dashed bar of what it may hold; a month
    told together with others has a mark at their mean. Shapes differ as well as colours.

    Parameters
    ----------
    monthly
        As from ``statistics.trends.monthly``.
    sums
        As from ``statistics.trends.sums``; without it no means are marked.
    area
        What the area is called.
    k
        Least number that may be told.
    texts
        Texts by the keys of ``FRENCH``.

    Returns
    -------
    altair.LayerChart
        With the number and time formats of the texts' language and a description.
    """
    drawn = _months(monthly, k, texts)
    kinds = [texts["month_published"], texts["month_not_said"].format(k=k), texts["month_in_sum"]]
    told = _sums(sums, texts) if sums is not None else pd.DataFrame()
    shown = [kinds[0], *([kinds[1]] if (~drawn["published"]).any() else []), *([kinds[2]] if len(told) else [])]
    colours = dict(zip(kinds, (RANGE, NOT_SAID, SUM), strict=True))
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=shown, range=[colours[kind] for kind in shown]),
        legend=alt.Legend(
            orient="top", columns=2, labelLimit=420, symbolType="square", symbolOpacity=1, symbolStrokeWidth=0
        ),
    )
    axis = alt.Axis(format="%b %Y", labelAngle=0, labelOverlap=True, grid=False, tickCount=12)
    x, x2 = alt.X("start:T", title=None, axis=axis), alt.X2("end:T")
    base = alt.Chart(drawn).encode(
        tooltip=[alt.Tooltip(f"{name}:N", title=texts[name]) for name in ("month", "n", "bounds", "state")]
    )
    y = alt.Y("low:Q", title=texts["series_axis"], axis=alt.Axis(tickMinStep=1, titleFontWeight="normal"))
    hidden = base.transform_filter("!datum.published").mark_bar(
        fillOpacity=0.12, strokeWidth=1.2, strokeDash=[3, 2], stroke=NOT_SAID, fill=NOT_SAID
    )
    ranges = base.transform_filter("datum.published").mark_bar(opacity=0.45)
    points = base.transform_filter("datum.published").mark_point(filled=True, size=42, opacity=1, color=POINT)
    # A layer with nothing in it is a picture without a name to a screen reader.
    layers: list[Any] = []
    if not drawn["published"].all():
        layers.append(hidden.encode(x=x, x2=x2, y=y, y2="high:Q", color=colour))
    if drawn["published"].any() or drawn.empty:
        layers.append(ranges.encode(x=x, x2=x2, y=y, y2="high:Q", color=colour))
        layers.append(points.encode(x=alt.X("middle:T"), y="count:Q"))
    if len(told):
        mark = alt.Chart(told).mark_rule(strokeWidth=3, color=SUM)
        tips = [alt.Tooltip(f"{name}:N", title=texts[name]) for name in ("month", "sum")]
        layers.append(mark.encode(x=alt.X("start:T"), x2="end:T", y="mean:Q", color=colour, tooltip=tips))
    drawn_layers: alt.LayerChart = (
        alt.layer(*layers)
        .properties(width=WIDTH_PX, height=HEIGHT_PX, title=area, description=_description(monthly, area, k, texts))
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=16)
    )
    return readable(drawn_layers, texts)


def readable(chart: AnyChart, texts: Mapping[str, str] = FRENCH) -> AnyChart:
    """Give a chart the numbers and months of a language, and letters that can be read (12 px, contrast AA).

    The dashboard's theme alone would write axes and legends in a grey of 3.7 to 1. To a screen reader the chart is its
    description, and the table beside it: mark by mark it would read column names and unrounded numbers.

    Parameters
    ----------
    chart
        A whole chart: only those may be configured.
    texts
        Texts of the language.
    """
    letters = {"labelFontSize": LETTER_PX, "titleFontSize": LETTER_PX, "labelColor": palette.INK}
    written = (
        chart.configure(locale=vega_locale(texts))
        .configure_mark(aria=False)
        .configure_axis(**letters, titleColor=palette.INK, aria=False)
        .configure_legend(**letters, titleColor=palette.INK, aria=False)
    )
    return cast("AnyChart", written)


def offline_charts() -> str:
    """Make altair charts show in a notebook without any request, for the rest of the session.

    Altair's own way loads its scripts from a CDN. With the package vl-convert-python a chart is a picture (SVG) that
    every front end shows; without it, the front end must know Vega-Lite, as JupyterLab does.

    Returns
    -------
    str
        Name of the renderer: ``svg`` or ``vegalite``.
    """
    name = "svg" if find_spec("vl_convert") else "vegalite"
    if name not in alt.renderers.names():
        alt.renderers.register(name, _bundle)
    alt.renderers.enable(name)
    return name


def _bundle(spec: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401 - as altair calls it
    # Altair's own mimetype has no "+json", which notebook files refuse.
    return {"application/vnd.vegalite.v6+json": spec, "text/plain": str(spec.get("description", ""))}


def _months(monthly: pd.DataFrame, k: int, texts: Mapping[str, str]) -> pd.DataFrame:
    published = (monthly["state"] == "published").to_numpy()
    high = monthly["high"].astype("float64").to_numpy()
    bound = np.isfinite(high)
    states = [texts["month_published"], texts["month_not_said"].format(k=k), texts["month_unbounded"]]
    top = np.nanmax(np.append(high, float(k)))
    between = [
        texts["unbounded"] if not known
        else texts["between"].format(low=number(low, 1, texts), high=number(most, 1, texts)) if told
        else texts["between"].format(low=number(low, texts=texts), high=number(most, texts=texts)) if low > 0
        else texts["at_most"].format(high=number(most, texts=texts))
        for low, most, known, told in zip(monthly["low"], high, bound, published, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(
        {
            **_bars(monthly["month"]),
            "low": monthly["low"].astype("float64"),
            "high": np.where(bound, high, top),
            "count": monthly["n"].astype("float64"),
            "published": published,
            "kind": np.where(published, states[0], states[1]),
            "month": [month(one, texts) for one in monthly["month"]],
            "n": [
                number(n, texts=texts) if told else "–"
                for n, told in zip(monthly["n"].fillna(0), published, strict=True)
            ],
            "bounds": between,
            "state": np.select([published, bound], states[:2], default=states[2]),
        }
    )


def _sums(sums: pd.DataFrame, texts: Mapping[str, str]) -> pd.DataFrame:
    """One row a month that a longer fact tells: the mean of the months it tells; a fact may tell none of them apart."""
    telling = sums[sums["spoken"] != ""]
    rows = telling.assign(spoken=telling["spoken"].str.split()).explode("spoken", ignore_index=True)
    spoken = pd.Series(pd.PeriodIndex(rows["spoken"], freq="M"))
    return pd.DataFrame(
        {
            **_bars(spoken),
            "mean": (rows["n"] / rows["months"]).to_numpy(float),
            "kind": texts["month_in_sum"],
            "month": [month(one, texts) for one in spoken],
            "sum": [
                f"{texts['sum_of'].format(n=number(n, texts=texts), months=months)} ({span(first, last, texts)})"
                for n, months, first, last in zip(rows["n"], rows["months"], rows["first"], rows["last"], strict=True)
            ],
        }
    )


def _bars(months: pd.Series[Any]) -> dict[str, Any]:
    """Left edge, middle and right edge of each month's bar."""
    start = months.dt.to_timestamp()
    length = (months + 1).dt.to_timestamp() - start
    return {
        "start": start + length * ((1 - BAR) / 2),
        "middle": start + length / 2,
        "end": start + length * ((1 + BAR) / 2),
    }


def _description(monthly: pd.DataFrame, area: str, k: int, texts: Mapping[str, str]) -> str:
    if monthly.empty:
        return texts["no_month"]
    published = monthly[monthly["state"] == "published"]
    spread = ""
    if len(published):
        spread = texts["series_range"].format(least=int(published["n"].min()), greatest=int(published["n"].max()))
    return (
        texts["series_description"]
        .format(
            area=area,
            first=month(monthly["month"].iloc[0], texts),
            last=month(monthly["month"].iloc[-1], texts),
            published=len(published),
            unsaid=len(monthly) - len(published),
            k=k,
            range=spread,
        )
        .strip()
    )
