"""The map of squares: one Leaflet map that stays alive, with the period's control inside it.

Geometry and the values of every period go to the browser once; choosing a period, playing through time and changing
the view ask nothing of the server. Python hears afterwards what was chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from dashboard.components.square_map.registration import NAME, ensure_registered
from dashboard.components.square_map.strings import STRING_KEYS

__all__ = ["STRING_KEYS", "Choice", "square_map"]


@dataclass(frozen=True)
class Choice:
    """What the map shows: the period (granularity, first and last month as YYYY-MM), the view, the selected square."""

    granularity: str
    first: str
    last: str
    view: str = "surface"
    cell: str | None = None


def square_map(
    payload: Mapping[str, Any],
    *,
    strings: Mapping[str, str],
    key: str,
    start: Choice | None = None,
    height: int = 600,
    on_change: Callable[[], None] | None = None,
) -> Choice:
    """Show the map and tell what is chosen in it.

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
        What the map shows when it is first drawn; by default the surface of the last twelve months closed.
    height
        Height of the map itself in pixels, without the controls.
    on_change
        Called before the run that follows a choice.

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
    heard = on_change or _nothing
    result = _renderer()(
        key=key,
        data={
            **payload,
            "strings": {name: str(strings[name]) for name in sorted(STRING_KEYS)},
            "start": _period(first) | {"view": first.view, "cell": first.cell},
            "height": height,
        },
        default={"period": _period(first), "view": first.view, "cell": first.cell},
        on_period_change=heard,
        on_view_change=heard,
        on_cell_change=heard,
    )
    # Without a running app the result is empty.
    return Choice(**result.get("period", _period(first)), view=result.get("view", first.view), cell=result.get("cell"))


def default_choice(payload: Mapping[str, Any]) -> Choice:
    """Choose the last twelve months, or the longest run that there is, as the first thing to be seen."""
    available = payload["surface"]["granularities"]
    granularity = next(name for name in ("last12", "year", "last6", "last3", "quarter", "month") if name in available)
    periods = available[granularity]
    return Choice(granularity, _month(periods["first"][-1]), _month(periods["last"][-1]))


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _period(choice: Choice) -> dict[str, str]:
    return {"granularity": choice.granularity, "first": choice.first, "last": choice.last}


def _nothing() -> None:
    """Stand for a missing callback: Streamlit keeps a state only if it has one."""


def _renderer() -> ComponentRenderer:
    ensure_registered()
    return _declared()


@cache
def _declared() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="square_map.js", css="square_map.css")
