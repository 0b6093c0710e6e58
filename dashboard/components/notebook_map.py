"""The notebook's map on a page, by streamlit-folium: the ground once, the layers changed in it, a click heard."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import folium
import streamlit as st
from streamlit_folium import st_folium

from analytics import plots
from analytics.plots import fact_map
from dashboard.catalogue import LANGUAGES, spoken
from dashboard.components.square_map import registration
from dashboard.reading import Reading

# What st_folium's own frame loads: Leaflet, as the map component serves it; seen from that frame.
LEAFLET: Final = f"../../_stcore/bidi-components/{registration.LEAFLET}/leaflet"
# The count tells a second click on the same place from none.
HEARD: Final = ("last_active_drawing", "last_object_clicked_count")


def show(
    opened: Reading,
    layers: Sequence[folium.FeatureGroup],
    *,
    view: str,
    breaks: tuple[float, ...],
    on_click: Callable[[], None],
    key: str,
    height: int,
) -> None:
    """Show the map with layers on it.

    Parameters
    ----------
    layers
        From ``plots.fact_layer`` and its like; they may differ from run to run, the map stays as the reader left it.
    view
        ``blocks`` or ``surface``: which legend.
    breaks
        Lower bounds of the classes.
    on_click
        Called when something in a layer is clicked; ``clicked`` then tells what.
    """
    registration.ensure_registered()
    says = spoken()
    said = _said(opened.key, str(says.locale.language), view, breaks, opened)
    drawn = plots.ground_map(opened.territory, said)
    drawn.default_js, drawn.default_css = [("leaflet", f"{LEAFLET}.js")], [("leaflet", f"{LEAFLET}.css")]
    st_folium(
        drawn,
        key=key,
        returned_objects=list(HEARD),
        feature_group_to_add=list(layers),
        height=height,
        use_container_width=True,
        on_change=on_click,
    )


def clicked(key: str) -> str | None:
    """Tell which square was clicked last, None where it was something else."""
    heard = st.session_state.get(key) or {}
    feature = heard.get("last_active_drawing") or {}
    cell = (feature.get("properties") or {}).get("cell")
    return str(cell) if cell else None


@st.cache_resource(max_entries=4 * len(LANGUAGES), show_spinner=False)
def _said(key: str, language: str, view: str, breaks: tuple[float, ...], _opened: Reading) -> dict[str, Any]:
    del key
    caption = spoken().text(f"analyst.map_{view}")
    texts = plots.texts_in(language)
    return fact_map.told(_opened.release, _opened.territory, breaks=breaks, view=view, caption=caption, texts=texts)
