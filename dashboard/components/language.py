"""The switch between languages, at the head of every page."""

import streamlit as st

from dashboard import address
from dashboard.catalogue import LANGUAGES, PARAMETER, catalogue, language, text
from dashboard.components import document


def switch() -> None:
    """Show the languages, each under its own name; the choice lasts for the session, and goes into the address."""
    address.follow(PARAMETER, _KEY, language(), _known)
    st.session_state[PARAMETER] = st.session_state[_KEY]
    with st.container(horizontal=True, key="language"):  # style.css puts it beside the navigation, above the page
        document.speaks(language())
        st.segmented_control(
            text("app.language"),
            LANGUAGES,
            format_func=lambda name: catalogue(name).text("app.own_name"),
            key=_KEY,
            required=True,
            label_visibility="collapsed",
            on_change=_changed,
        )


_KEY = "language-switch"


def _known(name: str) -> str:
    if name not in LANGUAGES:
        raise ValueError(name)
    return name


def _changed() -> None:
    st.session_state[PARAMETER] = st.session_state[_KEY]
    address.put(PARAMETER, st.session_state[_KEY])
