"""Tables folded away under what they say in figures: made when somebody opens them, and not before.

A page has a table for every chart, and few of them are looked at: making them all took most of the time of a change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st

ALL_OPEN: Final = "tableaux"
"""Parameter of an address with which a page opens all its tables: to print them, or to look through them all."""


@contextmanager
def folded(label: str, *, key: str) -> Iterator[bool]:
    """Fold something away; yields whether it is open, so that what is in it need not be made.

    Parameters
    ----------
    label
        What stands on the fold.
    key
        Of the fold.
    """
    everything = ALL_OPEN in st.query_params or bool(st.session_state.get(ALL_OPEN))
    with st.expander(label, expanded=everything, key=f"fold-{key}", on_change="rerun") as fold:
        yield bool(fold.open)
