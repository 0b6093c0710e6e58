"""A page with the map alone, on made-up data.

VIGIE_MAP_CELLS says how many cells; with VIGIE_MAP_ALL nearly each of them changes its colour at each period, with
VIGIE_MAP_COMPARED the periods have a year before them and there are clusters. VIGIE_MAP_LANGUAGE is that of the map.
"""

import os

import streamlit as st

from dashboard.catalogue import catalogue
from dashboard.components.square_map import square_map, tiles
from tests.made_up import square_map as made_up

CELLS = int(os.environ.get("VIGIE_MAP_CELLS", "600"))
COMPARED = "VIGIE_MAP_COMPARED" in os.environ
LANGUAGE = os.environ.get("VIGIE_MAP_LANGUAGE", "fr")

st.set_page_config(layout="wide", page_title="Carte")


@st.cache_resource
def _world() -> made_up.MadeUp:
    return made_up.make(CELLS, lively="VIGIE_MAP_ALL" in os.environ)


@st.cache_resource
def _payload() -> dict[str, object]:
    return made_up.payload(_world(), compared=COMPARED)


@st.fragment
def _view() -> None:
    chosen = square_map(
        _payload(),
        strings=made_up.STRINGS | catalogue(LANGUAGE).under("square_map") | {"attribution": "Fiction"},
        clusters=made_up.clusters(_world()) if COMPARED else (),
        tiles=tiles.configured(),
        key="map",
    )
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.text(
        f"{chosen.granularity} {chosen.first} {chosen.last} {chosen.view} {chosen.cell} / {st.session_state['runs']}"
        f" / {chosen.compare} {chosen.cluster}"
    )


_view()
