"""What a page shows, kept in its address: a view can be bookmarked and sent, and the browser's back button works.

The address is the master: a widget takes its value from it when, and only when, the address says something else than
it did (a bookmark, the back button); a widget writes to it only when its reader has changed it. Writing at each run
would put an entry into the browser's history that traps who wants to go back.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

_NEVER: Final = object()


def follow(parameter: str, key: str, default: Any, read: Callable[[str], Any] = str) -> None:  # noqa: ANN401
    """Bring a widget's value in line with the address; to be called before the widget is made.

    Parameters
    ----------
    parameter
        Name in the address.
    key
        The widget's key.
    default
        Its value where the address says nothing, or nothing that can be read.
    read
        From the address's text to a value; a text that it refuses by ``ValueError`` or ``KeyError`` counts as none.
    """
    now = st.query_params.get(parameter)
    if st.session_state.get(_seen(parameter), _NEVER) == now and key in st.session_state:
        return
    st.session_state[_seen(parameter)] = now
    try:
        st.session_state[key] = default if now is None else read(now)
    except (KeyError, ValueError):
        st.session_state[key] = default


def write(parameter: str, key: str, default: Any, say: Callable[[Any], str] = str) -> None:  # noqa: ANN401
    """Put a widget's value into the address; to be called when its reader has changed it (``on_change``)."""
    value = st.session_state[key]
    put(parameter, None if value == default else say(value))


def put(parameter: str, value: str | None) -> None:
    """Put a value into the address, or take it out, as if it had been read from there."""
    put_all({parameter: value})


def put_all(values: Mapping[str, str | None]) -> None:
    """Put several values into the address, or take them out, in one step of the browser's history."""
    for parameter, value in values.items():
        st.session_state[_seen(parameter)] = value
    left = {name: value for name, value in st.query_params.to_dict().items() if name not in values}
    wanted = left | {name: value for name, value in values.items() if value is not None}
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def _seen(parameter: str) -> str:
    return f"address:{parameter}"
