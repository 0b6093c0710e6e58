"""Draws passed through the ladders, with their truth: what estimates from a release are measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import territory
from analytics.disclosure import tables
from bench import surface_ten

if TYPE_CHECKING:
    import types

    import numpy.typing as npt

    from analytics.disclosure.policy import Policy
    from analytics.release import Release
    from analytics.territory import Territory


@dataclass(frozen=True, eq=False)
class Laddered:
    """A release and what it was made of.

    Attributes
    ----------
    said, ground
        The release and its territory.
    truth
        (cells, months) located episodes.
    """

    said: Release
    ground: Territory
    truth: npt.NDArray[np.int64]


def drawn(seed: int, recipe: types.ModuleType, ground: Territory, policy: Policy, months: int) -> Laddered:
    """Pass one draw at the Doubs' intensity through the ladders; every report is an episode.

    Attack and repair are left out, which take twenty times as long.
    """
    found = recipe.draw(seed, months=months)
    points = np.stack([found["x"].to_numpy(), found["y"].to_numpy()], axis=1)
    return through(points, found["month"].to_numpy(), months, ground, policy)


def through(
    points: npt.NDArray[np.float64], month: npt.NDArray[np.int64], months: int, ground: Territory, policy: Policy
) -> Laddered:
    """Pass points (metres, (n, 2)) and their months, counted from January, through the ladders."""
    corner = territory.snap(points, ground.base_cell_m)
    places = pd.DataFrame({"base_e": corner[:, 0], "base_n": corner[:, 1], "commune": None})
    said = surface_ten.sealed(places, month, months, ground, policy, repaired=False)
    truth = np.zeros((len(territory.ground(ground, policy.cell_m)), months), dtype=np.int64)
    np.add.at(truth, (tables.unit_of(places, "blocks", ground, policy.cell_m), month), 1)
    return Laddered(said, ground, truth)
