"""A page with the map alone, on made-up data.

VIGIE_MAP_CELLS says how many cells; with VIGIE_MAP_ALL nearly each of them changes its colour at each period.
"""

import os

import streamlit as st

from dashboard.components.square_map import square_map
from tests.made_up import square_map as made_up

st.set_page_config(layout="wide", page_title="Carte")


@st.cache_data
def _payload(cells: int) -> dict[str, object]:
    return made_up.payload(made_up.make(cells, lively="VIGIE_MAP_ALL" in os.environ))


@st.fragment
def _view() -> None:
    chosen = square_map(_payload(int(os.environ.get("VIGIE_MAP_CELLS", "600"))), strings=made_up.STRINGS, key="map")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.text(
        f"{chosen.granularity} {chosen.first} {chosen.last} {chosen.view} {chosen.cell} / {st.session_state['runs']}"
    )


_view()
