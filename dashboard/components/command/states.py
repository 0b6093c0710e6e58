"""What places have become over the last periods: new, growing, persistent, fading, in words and with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboard import places
from dashboard.components import tables

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading

TOLD: Final = ("new", "growing", "persistent", "fading")


def named(states: pd.DataFrame, reading: Reading, says: Catalogue) -> dict[str, list[str]]:
    """Name the places of each state that something is to be said of, in the order of ``TOLD``.

    Parameters
    ----------
    states
        The derived table ``states``.
    """
    known = states[states["state"].isin(TOLD)]
    if known.empty:
        return {}
    where = places.of_areas(reading.territory, known["area"], reading.release.cell_m)
    texts = tables.place_texts(known.join(where, on="area"), says)
    by_state: dict[str, list[str]] = {state: [] for state in TOLD}
    for state, text in zip(known["state"], texts, strict=True):
        by_state[str(state)].append(text)
    return {
        state: [_counted(text, found) for text in dict.fromkeys(found)] for state, found in by_state.items() if found
    }


def _counted(text: str, all_of_them: list[str]) -> str:
    """A name, with how many squares bear it where they are several."""
    number = all_of_them.count(text)
    return text if number == 1 else f"{text} (×{number})"
