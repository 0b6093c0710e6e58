"""What is chosen in the map, and who has the last word about it: its reader's hand, or the page from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.components.square_map.periods import month_name


@dataclass(frozen=True)
class Choice:
    """What the map shows.

    Attributes
    ----------
    granularity, first, last
        The period: its granularity, its first and its last month as YYYY-MM.
    view
        ``surface``, ``blocks``, or in compare mode ``change``: the difference between the two periods.
    cell
        Id of the selected square. A square and a cluster are never selected together.
    compare
        Whether the period is shown beside the same one a year before (``view`` surface), or its difference to it.
    cluster
        Id of the selected cluster; one that a page asks for is flown to.
    focus
        Id of a square or of a zone that a page asks to be flown to. The map never tells one.
    """

    granularity: str
    first: str
    last: str
    view: str = "surface"
    cell: str | None = None
    compare: bool = False
    cluster: str | None = None
    focus: str | None = None


def default_choice(payload: Mapping[str, Any]) -> Choice:
    """Choose the last twelve months, or the longest run that there is, as the first thing to be seen."""
    available = payload["surface"]["granularities"]
    granularity = next(name for name in ("last12", "year", "last6", "last3", "quarter", "month") if name in available)
    periods = available[granularity]
    return Choice(granularity, month_name(periods["first"][-1]), month_name(periods["last"][-1]))


def state_of(choice: Choice) -> dict[str, Any]:
    """Give a choice as the map tells it: one value for each state of the component."""
    return {
        "period": {"granularity": choice.granularity, "first": choice.first, "last": choice.last},
        "view": choice.view,
        "cell": choice.cell,
        "compare": choice.compare,
        "cluster": choice.cluster,
    }


def choice_of(known: Mapping[str, Any], first: Choice) -> Choice:
    """Undo ``state_of``, with the first choice in the place of what has not been told."""
    state = state_of(first)
    free = ("cell", "cluster")  # nothing selected is a choice as well
    state |= {name: known[name] for name in state if name in known and (known[name] is not None or name in free)}
    return Choice(**state.pop("period"), **state)


def told(key: str, start: Choice) -> Choice:
    """Return what the map has told so far, and the start in the place of what it has not.

    For ``on_change``, which is called before the run that follows. A page that writes it into its address says so
    beforehand (``agree``).
    """
    known: Mapping[str, Any] = st.session_state.get(key) or {}
    return choice_of(known, start)


def agree(key: str, choice: Choice) -> None:
    """Note that the page will start with what the map has told; to be called before it is written anywhere.

    The run that follows may be broken off before the map has been made, by a reader who goes back at once: then the
    next start is the earlier one again, and only whoever knows of the one between sees that something is asked for.
    """
    memory: _Memory | None = st.session_state.get(_place(key))
    if memory is not None and memory.start is not None:
        memory.start = replace(choice, focus=memory.start.focus)


@dataclass(frozen=True)
class Request:
    """What a page asks a map to show, numbered: the browser follows it when the number has grown.

    Attributes
    ----------
    number
        How often the page has asked for something else than what the map had told.
    choice
        All that is to be shown: what the map had told, and in its place what the page has changed.
    flight
        Whether the cluster of the choice is to be flown to.
    """

    number: int
    choice: Choice
    flight: bool = True


def request(key: str, start: Choice) -> Request:
    """Find out whether the page asks for something from outside the map, and let the page have it.

    A start that only repeats what the map has told (a page that writes it into its address) asks for nothing. Until the
    page asks, the same request is returned, so that nothing of the map is sent again, and an echo that arrives late
    never takes back what its reader has chosen since.

    Parameters
    ----------
    key
        The map's key.
    start
        What the page wants to be shown in this run.
    """
    if _place(key) not in st.session_state:
        st.session_state[_place(key)] = _Memory(None, Request(0, start))
    memory: _Memory = st.session_state[_place(key)]
    known = st.session_state.get(key)
    before, memory.start = memory.start, start
    if not known or before is None:  # the map is new on the page, or back on it
        memory.made = Request(memory.made.number, start)
    elif before != start and (asked := _asked(known, before, start)):
        memory.made = replace(asked, number=memory.made.number + 1)
        if (state := state_of(asked.choice)) != known:
            # As for any widget: its state may be set before it is made, and a callback does not follow.
            st.session_state[key] = state
    return memory.made


@dataclass
class _Memory:
    """With what a page started last, and what it asked for last.

    It is changed in place: a run can be broken off wherever it touches the session's state, and the two go together.
    """

    start: Choice | None
    made: Request


def _place(key: str) -> str:
    return f"{key}:start"


def _asked(known: Mapping[str, Any], before: Choice, start: Choice) -> Request | None:
    """Put what a page has changed in its start in the place of what the map had told; None where they agree."""
    old, new = state_of(before), state_of(start)
    shown = {name: known.get(name, value) for name, value in old.items()}
    wanted = {name: value for name, value in new.items() if value not in (old[name], shown[name])}
    for one, other in (("cell", "cluster"), ("cluster", "cell")):
        if wanted.get(one) and shown[other] and other not in wanted:
            wanted[other] = None  # the one that is asked for is selected, and the other let go
    focus = start.focus if start.focus != before.focus else None
    if not wanted and focus is None:
        return None
    return Request(0, replace(choice_of(shown | wanted, start), focus=focus), flight="cluster" in wanted)
