"""Values of an attribute within a place: how few and how many there can be in one world.

Attributes are published by zone alone. In a world in which a zone holds X episodes in a period, Y of them of a value,
a part of the zone that holds s episodes holds at least ``max(0, s - (X - Y))`` and at most ``min(s, Y)`` of the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure.eitheror import Wanted
from analytics.disclosure.linked import PARTS_OF_EPISODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.disclosure.families import Family
    from analytics.disclosure.knowledge import Knowledge
    from analytics.disclosure.linked import Linked

    World = NDArray[np.float64]
    Groups = sparse.csr_array


@dataclass(frozen=True, eq=False)
class Crossing:
    """An attribute whose values add up to episodes, and where each unknown of episodes lies.

    Attributes
    ----------
    family
        The attribute.
    place_of
        (unknowns of episodes,) zone and shortest period of each, as ``zone * buckets + bucket``.
    """

    family: Family
    place_of: NDArray[np.int64]

    @property
    def places(self) -> int:
        """Number of zones x shortest periods."""
        return self.family.zones * self.family.buckets

    def episodes(self, groups: Groups, world: World) -> NDArray[np.float64]:
        """Episodes of each group by place, (groups, places)."""
        weighted = sparse.csr_array(
            (world[: len(self.place_of)], (np.arange(len(self.place_of)), self.place_of)),
            shape=(len(self.place_of), self.places),
        )
        return np.asarray((groups @ weighted).toarray())


def crossings(known: Knowledge, linked: Linked) -> list[Crossing]:
    """Attributes whose values an attacker can look for within a part of a zone."""
    months = known.owner.shape[1]
    zone, month = linked.zone_of[known.atoms // months], known.atoms % months
    return [
        Crossing(family, zone * family.buckets + family.bucket_of[month])
        for family in known.families
        if family.attribute in PARTS_OF_EPISODES
    ]


def shown(crossing: Crossing, groups: tuple[Groups, Groups], world: World, k: int) -> NDArray[np.bool_]:
    """Which groups can hold none, or k or more, of each value in this world: (groups, values).

    Of each group what it holds at least and at most (``targets.aligned``).
    """
    inside, touching = (crossing.episodes(rows, world)[:, :, None] for rows in groups)
    values = crossing.family.of_world(world).reshape(1, crossing.places, -1)
    whole = values.sum(axis=2, keepdims=True)
    least = np.maximum(0, inside - (whole - values)).sum(axis=1)
    greatest = np.minimum(touching, values).sum(axis=1)
    cleared: NDArray[np.bool_] = (np.round(least) == 0) | (np.round(greatest) >= k)
    return cleared


def none_of(crossing: Crossing, group: Groups, value: int, variables: int) -> Wanted:
    """A world in which a group can hold none of a value: in each place the other values have room for all of it."""
    rows, places = _parts(crossing, group, variables)
    others = [_values(crossing, places, variables, v) for v in range(len(crossing.family.values)) if v != value]
    held = sparse.csr_array(rows - sum(others[1:], others[0]))
    return Wanted(held, np.full(len(places), -np.inf), np.zeros(len(places)))


def many_of(crossing: Crossing, group: Groups, value: int, variables: int, k: int) -> Wanted:
    """A world in which a group can hold k of a value; one auxiliary unknown a place is what it holds there."""
    rows, places = _parts(crossing, group, variables)
    there = sparse.eye_array(len(places), format="csr")
    inside = sparse.hstack([-rows, there])
    of_value = sparse.hstack([-_values(crossing, places, variables, value), there])
    total = sparse.hstack([sparse.csr_array((1, variables)), sparse.csr_array(np.ones((1, len(places))))])
    count = 2 * len(places)
    return Wanted(
        sparse.csr_array(sparse.vstack([inside, of_value, total], format="csr")),
        np.r_[np.full(count, -np.inf), k],
        np.r_[np.zeros(count), np.inf],
    )


def _parts(crossing: Crossing, group: Groups, variables: int) -> tuple[Groups, NDArray[np.int64]]:
    """Episodes of a group by place, (its places x variables), and those places."""
    unknowns = group.indices
    places, row = np.unique(crossing.place_of[unknowns], return_inverse=True)
    return sparse.csr_array((np.ones(len(row)), (row, unknowns)), shape=(len(places), variables)), places


def _values(crossing: Crossing, places: NDArray[np.int64], variables: int, value: int) -> Groups:
    column = crossing.family.base + places * len(crossing.family.values) + value
    return sparse.csr_array((np.ones(len(places)), (np.arange(len(places)), column)), shape=(len(places), variables))
