"""What to leave unsaid: the smallest loss that gives a group a world in which it holds none, or k or more.

One program a group: each fact of the month that closes may be left out at the price of the information that it
carries, and, where that is not enough, so may a rule: a group that was tried and not sealed then counts as not tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from analytics.disclosure import audit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.disclosure.attack import Groups
    from analytics.disclosure.knowledge import Knowledge
    from analytics.disclosure.silence import Tried

GAP = 0.05
"""How far from the smallest loss the solver may stop: the attack that follows is what decides."""
ROOM = 4
"""By how many times k a sum may grow where its fact is left out: a group needs no more than k to be cleared."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What clears a group.

    Attributes
    ----------
    price
        What it costs.
    groups
        Facts and rules to leave out.
    world
        (variables,) a world that is possible then and clears it.
    """

    price: float
    groups: list[Tried]
    world: NDArray[np.float64]


def smallest(known: Knowledge, group: Groups, k: int, price: dict[Tried, float]) -> LeftOut | None:
    """Find the facts and rules to leave out.

    Parameters
    ----------
    known
        What the attacker knows.
    group
        One group that he proves to hold 1 to k - 1.
    k
        The threshold.
    price
        What each fact and rule that may be left out costs.

    Returns
    -------
    LeftOut or None
        None where nothing helps.
    """
    ways = audit.side_by_side(lambda way: _solved(known, way, k, price), ((group.least, 0.0), (-group.most, -float(k))))
    return min((found for found in ways if found is not None), key=lambda found: found.price, default=None)


def _solved(
    known: Knowledge, wanted: tuple[sparse.csr_array, float], k: int, price: dict[Tried, float]
) -> LeftOut | None:
    facts, rules = _which(known.said, price), _which(known.silent, price)
    names = [known.said[i] for i in facts] + [known.silent[i] for i in rules]
    eased, choices = _eased(known, k, price)
    program = eased.problem(k)
    cost = np.concatenate([np.zeros(program.atoms), choices, [price[name] for name in names]])
    first_rule = len(known.said) + known.links.shape[0]
    free = np.concatenate([facts, first_rule + rules]).astype(np.int64)
    shape, place = (program.matrix.shape[0], len(free)), np.arange(len(free))
    above = sparse.csr_array((np.full(len(free), float(ROOM * k)), (free, place)), shape=shape)
    below = sparse.csr_array((known.counts[facts], (facts, place[: len(facts)])), shape=shape)
    row = sparse.hstack([wanted[0], sparse.csr_array((1, len(cost) - program.atoms))])
    matrix = sparse.vstack(
        [sparse.hstack([program.matrix, -above]), sparse.hstack([program.matrix, below]), row], format="csr"
    )
    unbounded = np.full(shape[0], np.inf)
    answer = audit.decided(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(0, np.where(np.arange(len(cost)) < program.atoms, np.inf, 1.0)),
        constraints=LinearConstraint(
            sparse.csr_array(matrix),
            np.concatenate([-unbounded, program.least, [-np.inf]]),
            np.concatenate([program.greatest, unbounded, [wanted[1]]]),
        ),
        options={"mip_rel_gap": GAP},
    )
    if answer.status != audit.SOLVED or answer.x is None:
        return None
    chosen = np.round(answer.x) == 1
    groups = [names[i] for i in np.flatnonzero(chosen[program.variables :])]
    ends = program.atoms + np.cumsum([len(ranges) for ranges in eased.ranges], dtype=np.int64) - 1
    groups += [group for group, end in zip(known.held_back, ends, strict=True) if group in price and chosen[end]]
    return LeftOut(float(cost @ answer.x), groups, answer.x[: program.atoms])


def _eased(known: Knowledge, k: int, price: dict[Tried, float]) -> tuple[Knowledge, NDArray[np.float64]]:
    """Let each group that was held back and may count as not tried hold anything, its last range, at its price."""
    anything = (0.0, float(ROOM * k) + max((high for ranges in known.ranges for _, high in ranges), default=0.0))
    ranges, cost = [], []
    for group, allowed in zip(known.held_back, known.ranges, strict=True):
        soft = group in price
        ranges.append((*allowed, anything) if soft else allowed)
        cost += [0.0] * len(allowed) + ([price[group]] if soft else [])
    return replace(known, ranges=ranges), np.array(cost)


def _which(groups: list[Tried], price: dict[Tried, float]) -> NDArray[np.int64]:
    return np.array([i for i, group in enumerate(groups) if group in price], dtype=np.int64)
