"""The map's choice in the page's address, so that every view can be bookmarked and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from dashboard import address
from dashboard.components.square_map import Choice, agree, default_choice
from dashboard.components.square_map import told as chosen
from dashboard.components.square_map.periods import month_name

if TYPE_CHECKING:
    from collections.abc import Mapping

PERIOD, VIEW, CELL, CLUSTER, COMPARE = "periode", "vue", "carreau", "foyer", "comparer"
VIEWS: Final = ("surface", "blocks", "change")
SEPARATOR: Final = "."
FOCUS: Final = "map-focus"


def start(payload: Mapping[str, Any]) -> Choice:
    """Read what the address asks the map to show; what it does not say, or says of no period there is, is the default.

    Parameters
    ----------
    payload
        What the map is told.
    """
    usual, asked = default_choice(payload), st.query_params
    granularity, first, last = _period(asked.get(PERIOD, ""), payload) or (usual.granularity, usual.first, usual.last)
    compare = asked.get(COMPARE) == "1"
    view = asked.get(VIEW, usual.view)
    if view not in VIEWS or (view == "change" and not compare):
        view = usual.view
    cluster = asked.get(CLUSTER)
    cell = None if cluster else asked.get(CELL)
    # A bookmark is flown to; a square that is clicked on the map itself is where one looks already, and one that is
    # no longer chosen is no place to fly to.
    asked_for = st.session_state.setdefault(FOCUS, cell)
    return Choice(granularity, first, last, view, cell, compare, cluster, cell if asked_for == cell else None)


def show(parameter: str, place: str | None) -> None:
    """Let the page ask the map for a square (``CELL``) or a cluster (``CLUSTER``); for none with None."""
    address.put_all({CELL: None, CLUSTER: None} | {parameter: place})
    st.session_state[FOCUS] = place if parameter == CELL else None


def heard(key: str, payload: Mapping[str, Any]) -> None:
    """Write into the address what was chosen in the map (its ``on_change``)."""
    usual = default_choice(payload)
    told = chosen(key, start(payload))
    agree(key, told)
    named = SEPARATOR.join((told.granularity, told.first, told.last))
    address.put_all(
        {
            PERIOD: None if named == SEPARATOR.join((usual.granularity, usual.first, usual.last)) else named,
            VIEW: None if told.view == usual.view else told.view,
            CELL: told.cell,
            CLUSTER: told.cluster,
            COMPARE: "1" if told.compare else None,
        }
    )


def _period(asked: str, payload: Mapping[str, Any]) -> tuple[str, str, str] | None:
    granularity, _, run = asked.partition(SEPARATOR)
    known = payload["surface"]["granularities"].get(granularity)
    if known is None:
        return None
    runs = [
        f"{month_name(first)}{SEPARATOR}{month_name(last)}"
        for first, last in zip(known["first"], known["last"], strict=True)
    ]
    if run not in runs:
        return None
    first, last = run.split(SEPARATOR)
    return granularity, first, last
