"""The trends: month after month for the territory and its zones, and this year against the same months of last year."""

import altair as alt
import pandas as pd
import streamlit as st

from analytics import plots
from analytics.statistics import trends
from dashboard.catalogue import language, spoken
from dashboard.components import chart, compared, expected, series, tables
from dashboard.components.folded import folded
from dashboard.components.text import begin, caveats, foot, paragraph
from dashboard.reading import Reading, kept, table


def tell(reading: Reading, area: str, name: str, key: str) -> None:
    """Show one area: what changed, what is unusual and what to expect in a sentence each, then the series."""
    says = spoken()
    st.header(name, anchor=False)
    paragraph("said", *kept(reading, ("trends", area), lambda: sentences(reading, area, name)))
    chart.show(reading, lambda: drawn(reading, area, name), key=f"chart-{key}")
    with folded(says.text("trends.table", area=name), key=f"series-{key}") as is_open:
        if is_open:
            frame = kept(reading, ("series", area), lambda: rows(reading, area))
            tables.show(frame, series.formats(says), name=says.text("trends.file", area=key), key=f"table-{key}")


def sentences(reading: Reading, area: str, name: str) -> list[str]:
    """Say what changed against last year, what is unusual and what to expect."""
    says = spoken()
    return [
        *compared.said(trends.recent(reading.release, area), name, says),
        expected.unusual(table(reading, "alerts"), area, says),
        expected.foretold(table(reading, "forecasts"), area, says),
    ]


def drawn(reading: Reading, area: str, name: str) -> alt.LayerChart:
    """Draw the series."""
    monthly, sums = trends.monthly(reading.release, area, reading.territory), trends.sums(reading.release, area)
    found = plots.series_chart(monthly, sums, area=name, k=reading.release.k, texts=plots.texts_in(language()))
    found.title = alt.Undefined  # the heading above says it
    return found


def rows(reading: Reading, area: str) -> pd.DataFrame:
    """Make the table of the series."""
    monthly, sums = trends.monthly(reading.release, area, reading.territory), trends.sums(reading.release, area)
    return series.rows(monthly, sums, k=reading.release.k, says=spoken())


page = begin("trends")
paragraph("note", spoken().text("trends.how_to_read", k=page.release.k))
if not page.limited:  # no number of the whole territory is told to those who answer for some zones
    tell(page, page.territory.code, page.territory.name, page.territory.code)
if page.limited or len(page.territory.zones) > 1:
    for zone, zone_name in page.territory.zones["name"].items():
        tell(page, str(zone), str(zone_name), str(zone))
caveats("offence", "quiet", "withheld", "distinct", days=str(page.release.manifest["policy"]["episode_days"]))
foot(page)
