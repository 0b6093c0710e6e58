"""What the page's charts have in common: numbers as the reader's language writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import altair as alt

from analytics.plots.texts import NUMBER_LOCALE, TIME_LOCALE

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue


Chart: TypeAlias = alt.LayerChart | alt.FacetChart
"""What altair makes of layers."""


def spoken_in(chart: Chart, says: Catalogue) -> Chart:
    """Give a chart the number format of a language; English is what Vega speaks by itself."""
    if says.locale.language != "fr":
        return chart
    told: Chart = chart.configure(locale={"number": NUMBER_LOCALE, "time": TIME_LOCALE})
    return told
