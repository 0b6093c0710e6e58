"""A page that keeps the map's choice in its address, and asks the map for things from outside it.

VIGIE_MAP_DELAY_S says how long it thinks before it makes the map; with VIGIE_MAP_FORGETS it does not say beforehand
what it writes into its address.
"""

import os
import time
from dataclasses import replace

import streamlit as st

from dashboard import address
from dashboard.components.square_map import Choice, agree, default_choice, square_map, told
from tests.made_up import square_map as made_up

NAMES = ("granularity", "first", "last", "view", "cell", "compare", "cluster")


@st.cache_resource
def _world() -> made_up.MadeUp:
    return made_up.make(600)


@st.cache_resource
def _payload() -> dict[str, object]:
    return made_up.payload(_world(), compared=True)


DEFAULT = default_choice(_payload())
DELAY_S = float(os.environ.get("VIGIE_MAP_DELAY_S", "0"))


def _say(choice: Choice) -> str:
    return "~".join(str(getattr(choice, name) or "") for name in NAMES)


def _read(text: str) -> Choice:
    granularity, first, last, view, cell, compare, cluster = text.split("~")
    return Choice(granularity, first, last, view, cell or None, compare == "True", cluster or None)


def _moved() -> None:
    st.session_state["shown"] = told("map", st.session_state["shown"])
    if "VIGIE_MAP_FORGETS" not in os.environ:
        agree("map", st.session_state["shown"])
    address.write("map", "shown", DEFAULT, _say)
    st.session_state["heard"] = st.session_state.get("heard", 0) + 1


def _ask(**wanted: str | None) -> None:
    st.session_state["shown"] = replace(st.session_state["shown"], **{"focus": None, "cluster": None} | wanted)
    address.write("map", "shown", DEFAULT, _say)


st.set_page_config(layout="wide", page_title="Carte")
address.follow("map", "shown", DEFAULT, _read)
st.button("Vers la grappe", on_click=_ask, kwargs={"cluster": "g1"})
st.button("Vers la zone", on_click=_ask, kwargs={"focus": "west"})
st.button("Vers le carreau", on_click=_ask, kwargs={"focus": made_up.clusters(_world())[0].area})
time.sleep(DELAY_S)
chosen = square_map(
    _payload(),
    strings=made_up.STRINGS,
    key="map",
    start=st.session_state["shown"],
    clusters=made_up.clusters(_world()),
    on_change=_moved,
)
st.text(f"{_say(chosen)} / {st.session_state.get('heard', 0)}")
