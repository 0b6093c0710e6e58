"""What the page's charts have in common: made once a reader's language, kept as what the browser is sent."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeAlias

import altair as alt
import streamlit as st

from analytics import plots

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue

Chart: TypeAlias = alt.LayerChart | alt.FacetChart
"""What altair makes of layers."""
Spec: TypeAlias = dict[str, Any]
"""A chart as Vega-Lite has it; the making takes longer than all the rest of a change."""


def spec(chart: Chart, says: Catalogue) -> Spec:
    """Write a chart with the number format of a language, and letters that can be read."""
    return dict(plots.readable(chart, plots.texts_in(says.locale.language)).to_dict())


def show(made: Spec, key: str) -> None:
    """Show a chart."""
    st.vega_lite_chart(None, deepcopy(made), key=key)
