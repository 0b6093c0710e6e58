"""The colours and classes of a density, the same on every map of Vigie.

One hue family from pale to dark in even steps of lightness: readable in grey, and by people who do not tell red from
green. States that are not a density differ by pattern as well as by colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

DENSITY: Final = ("#e6efc9", "#c4e3b0", "#97d5b6", "#60bfc0", "#3093bd", "#27629f", "#172f66")
"""Classes of episodes per km2 per year, from the lowest."""

PAPER: Final = "#fbfbf9"
HATCH: Final = "#d3d7dc"
OUTSIDE: Final = "#e8ebef"
INK: Final = "#1c2530"
SOFT: Final = "#5b6672"
ZONE: Final = "#3d4d60"
ACCENT: Final = "#1f5fa0"

ROUND_DIGITS: Final = (1, 2, 5)
TOP_SHARE: Final = 0.1


def density_breaks(densities: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Round lower bounds (1, 2, 5, 10, ...) of the classes above the lowest.

    The highest is the greatest round number above which at least a tenth of their sum lies: the scale follows what
    there is to see, and neither the many cells with next to nothing nor a single extreme.

    Parameters
    ----------
    densities
        Episodes per km2 per year of equal grounds, any shape.

    Returns
    -------
    tuple of float
        One less than there are colours, ascending.
    """
    rounds = [digit * 10.0**power for power in range(-3, 6) for digit in ROUND_DIGITS]
    ascending = np.sort(densities[densities > 0], axis=None)
    sums = np.cumsum(ascending)
    top = float(ascending[np.searchsorted(sums, (1 - TOP_SHARE) * sums[-1])]) if ascending.size else 1.0
    wanted = len(DENSITY) - 1
    last = max(wanted - 1, int(np.searchsorted(rounds, top, side="right")) - 1)
    return tuple(round(value, 3) for value in rounds[last - wanted + 1 : last + 1])


def classes(densities: npt.NDArray[np.float64], breaks: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Class of each density: the number of breaks that it reaches."""
    return np.asarray(np.searchsorted(np.asarray(breaks), densities, side="right"), dtype=np.int64)
