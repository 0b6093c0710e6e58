"""What the page's charts have in common: made once a reader's language, kept as what the browser is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import altair as alt
import streamlit as st

from analytics import plots
from dashboard.components.chart import Spec, sent

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue

Chart: TypeAlias = alt.LayerChart | alt.FacetChart
"""What altair makes of layers."""


def spec(chart: Chart, says: Catalogue) -> Spec:
    """Write a chart with the number format of a language, and letters that can be read."""
    return sent(plots.readable(chart, plots.texts_in(says.locale.language)))


def show(made: Spec, key: str) -> None:
    """Show a chart."""
    st.vega_lite_chart(None, made, key=key)
