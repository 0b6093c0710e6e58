"""A release drawn once for all: folium maps and altair charts for notebooks, files to send, and the dashboard.

Nothing here asks anything of the network. Statistics come in as frames: this package reads releases and the ground.
"""

from analytics.plots.charts import offline_charts, readable, series_chart
from analytics.plots.fact_map import estimate_layer, fact_layer, ground_map, outline_layer
from analytics.plots.offline import blank_map, save_html
from analytics.plots.palette import density_breaks
from analytics.plots.release_map import folium_map, last_months, save_map
from analytics.plots.texts import ENGLISH, FRENCH, texts_in, vega_locale

__all__ = [
    "ENGLISH",
    "FRENCH",
    "blank_map",
    "density_breaks",
    "estimate_layer",
    "fact_layer",
    "folium_map",
    "ground_map",
    "last_months",
    "offline_charts",
    "outline_layer",
    "readable",
    "save_html",
    "save_map",
    "series_chart",
    "texts_in",
    "vega_locale",
]
