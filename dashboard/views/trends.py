"""The trends: month after month for the territory and its zones, and this year against the same months of last year."""

import altair as alt
import streamlit as st

from analytics import plots
from analytics.statistics import trends
from dashboard.catalogue import language, spoken
from dashboard.components import expected, series, tables
from dashboard.components.text import begin, caveats, comparison, foot, paragraph
from dashboard.reading import Reading, table


def tell(reading: Reading, area: str, name: str, key: str) -> None:
    """Show one area: what changed, what is unusual and what to expect in a sentence each, then the series."""
    says = spoken()
    st.header(name, anchor=False)
    compared = trends.recent(reading.release, area)
    for run in ("year", "quarter", "month"):
        if run in compared and (run == "year" or compared[run].months != compared["year"].months):
            paragraph("said", comparison(compared[run], name, says))
    paragraph("said", expected.unusual(table(reading, "alerts"), area, says))
    paragraph("said", expected.foretold(table(reading, "forecasts"), area, says))
    monthly = trends.monthly(reading.release, area, reading.territory)
    sums = trends.sums(reading.release, area)
    drawn = plots.series_chart(monthly, sums, area=name, k=reading.release.k, texts=plots.texts_in(language()))
    drawn.title = alt.Undefined  # the heading above says it
    st.altair_chart(drawn, key=f"chart-{key}")
    with st.expander(says.text("trends.table", area=name)):
        frame = series.rows(monthly, sums, k=reading.release.k, says=says)
        tables.show(frame, series.formats(says), name=says.text("trends.file", area=key), key=f"table-{key}")


page = begin("trends")
paragraph("note", spoken().text("trends.how_to_read", k=page.release.k))
tell(page, page.territory.code, page.territory.name, page.territory.code)
if len(page.territory.zones) > 1:
    for zone, zone_name in page.territory.zones["name"].items():
        tell(page, str(zone), str(zone_name), str(zone))
caveats("offence", "quiet", "withheld", "distinct", days=str(page.release.manifest["policy"]["episode_days"]))
foot(page)
