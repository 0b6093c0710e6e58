"""What places have become over the last periods: new, growing, persistent, fading, with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboard.components.prevention.places import names
from dashboard.components.square_map.geometry import area_corners

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading

TOLD: Final = ("new", "growing", "persistent", "fading")


def named(states: pd.DataFrame, reading: Reading, says: Catalogue) -> dict[str, list[tuple[str, str]]]:
    """Name the squares of each state of which something is to be said, in the order of ``TOLD``.

    Parameters
    ----------
    states
        The derived table ``states``.

    Returns
    -------
    dict
        State -> its squares, each with its id and its name.
    """
    known = states[states["state"].isin(TOLD)].reset_index(drop=True)
    if known.empty:
        return {}
    middle = area_corners(known["area"].tolist()).mean(axis=1)
    texts = names(known.assign(lon=middle[:, 0], lat=middle[:, 1]), reading, says)
    squares = list(zip(known["state"], known["area"], texts, strict=True))
    found = {state: [(str(area), text) for of, area, text in squares if of == state] for state in TOLD}
    return {state: areas for state, areas in found.items() if areas}
