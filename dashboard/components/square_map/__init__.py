"""The map of squares: one Leaflet map that stays alive, with the period's control inside it.

Geometry and the values of every period go to the browser once; choosing a period, playing through time, changing the
view and comparing with the year before ask nothing of the server. Python hears afterwards what was chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from dashboard.components.square_map.choice import Choice, agree, choice_of, default_choice, request, state_of, told
from dashboard.components.square_map.clusters import Cluster, clusters_data
from dashboard.components.square_map.focus import bounds_of
from dashboard.components.square_map.registration import NAME, ensure_registered
from dashboard.components.square_map.strings import STRING_KEYS
from dashboard.components.square_map.tiles import Tiles, tiles_data

__all__ = ["STRING_KEYS", "Choice", "Cluster", "Tiles", "agree", "default_choice", "square_map", "told"]


def square_map(  # noqa: PLR0913 - what a map shows besides its payload, each by name
    payload: Mapping[str, Any],
    *,
    strings: Mapping[str, str],
    key: str,
    start: Choice | None = None,
    clusters: Sequence[Cluster] = (),
    tiles: Tiles | None = None,
    height: int = 600,
    on_change: Callable[[], None] | None = None,
) -> Choice:
    """Show the map and tell what is chosen in it.

    Who has the last word is settled by one rule: **the map follows ``start`` when it changes from one run to the next
    and says something else than the map has told**; in between its reader chooses freely. So the same start in every
    run leaves the map alone, a start that repeats what the map has told (a page that writes it into its address) does
    nothing, and a bookmark, the back button or a click in the page's own list move the map without building it again.
    Of a start only what has changed in it is followed. Where the map looks (place and zoom) is kept, unless a
    ``cluster`` or a ``focus`` is asked for: it flies there. ``on_change`` is not called for what the page has asked.

    Parameters
    ----------
    payload
        From ``layers.map_payload`` (or ``payload.compose``); cache it, the browser compares its version only.
    strings
        Every text of the map, by the keys of ``STRING_KEYS``; ``locale`` is the BCP 47 tag by which numbers are
        written.
    key
        The element's key; one map stays alive per key.
    start
        What the map shows when it is first drawn, and whenever the page asks for something else; by default the
        surface of the last twelve months closed.
    clusters
        What is outlined and numbered. It may change from run to run, but then the payload is sent once more: better
        all of them in every run, each with its months.
    tiles
        The basemap (``tiles.configured``); none by default, and then nothing is asked of any other server.
    height
        Height of the map itself in pixels, without the controls.
    on_change
        Called before the run that follows a choice; ``told`` gives the choice there, and a page that will start with
        it says so (``agree``).

    Returns
    -------
    Choice
        The start until something is chosen, then the choice, some 0.3 s after the last movement.

    Raises
    ------
    KeyError
        If a text is missing.
    """
    missing = STRING_KEYS - strings.keys()
    if missing:
        raise KeyError(f"The map lacks these texts: {', '.join(sorted(missing))}.")
    first = start or default_choice(payload)
    state = state_of(first)
    asked = request(key, first)
    heard = on_change or _nothing
    result = _renderer()(
        key=key,
        data={
            **payload,
            "strings": {name: str(strings[name]) for name in sorted(STRING_KEYS)},
            "start": asdict(asked.choice)
            | {"asked": asked.number, "flight": asked.flight, "focus": bounds_of(asked.choice.focus, payload)},
            "clusters": clusters_data(clusters),
            "tiles": tiles_data(tiles),
            "height": height,
        },
        default=state,
        on_period_change=heard,
        on_view_change=heard,
        on_cell_change=heard,
        on_compare_change=heard,
        on_cluster_change=heard,
    )
    return choice_of(result, first)  # without a running app the result is empty


def _nothing() -> None:
    """Stand for a missing callback: Streamlit keeps a state only if it has one."""


def _renderer() -> ComponentRenderer:
    ensure_registered()
    return _declared()


@cache
def _declared() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="square_map.js", css="square_map.css")
