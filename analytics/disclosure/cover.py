"""What to leave unsaid: the smallest loss that gives a group a world in which it holds none, or k or more.

One program a group: each fact of the month that closes may be left out at the price of the information that it
carries, and, where that is not enough, so may a rule: a group that was tried and held fewer than k is then not tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

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
    ways = (_solved(known, way, k, price) for way in ((group.least, 0.0), (-group.most, -float(k))))
    return min((found for found in ways if found is not None), key=lambda found: found.price, default=None)


def _solved(
    known: Knowledge, wanted: tuple[sparse.csr_array, float], k: int, price: dict[Tried, float]
) -> LeftOut | None:
    program = known.problem(k)
    facts, rules = _which(known.said, price), _which(known.silent, price)
    links = known.links.shape[0]
    first_rule = len(known.said) + links
    slack = np.zeros(program.matrix.shape[0])  # by how much each constraint gives way when it is left out
    slack[facts] = ROOM * k
    slack[first_rule + rules] = ROOM * k
    free = np.concatenate([facts, first_rule + rules]).astype(np.int64)
    out = sparse.csr_array((slack[free], (free, np.arange(len(free)))), shape=(len(slack), len(free)))
    floor = sparse.csr_array((known.counts[facts], (facts, np.arange(len(facts)))), shape=(len(slack), len(free)))
    row = sparse.csr_array(wanted[0])
    pad = sparse.csr_array((1, program.variables - program.atoms + len(free)))
    matrix = sparse.vstack(
        [
            sparse.hstack([program.matrix, -out]),
            sparse.hstack([program.matrix, floor]),
            sparse.hstack([row, pad]),
        ],
        format="csr",
    )
    none = np.full(len(slack), np.inf)
    least = np.concatenate([-none, program.least, [-np.inf]])
    greatest = np.concatenate([program.greatest, none, [wanted[1]]])
    names = [known.said[i] for i in facts] + [known.silent[i] for i in rules]
    cost = np.concatenate([np.zeros(program.variables), [price[name] for name in names]])
    choices = len(cost) - program.atoms
    answer = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(0, np.concatenate([np.full(program.atoms, np.inf), np.ones(choices)])),
        constraints=LinearConstraint(sparse.csr_array(matrix), least, greatest),
        options={"mip_rel_gap": GAP},
    )
    if answer.status != audit.SOLVED or answer.x is None:
        return None
    chosen = np.flatnonzero(np.round(answer.x[program.variables :]) == 1)
    return LeftOut(float(cost @ answer.x), [names[i] for i in chosen], answer.x[: program.atoms])


def _which(groups: list[Tried], price: dict[Tried, float]) -> NDArray[np.int64]:
    return np.array([i for i, group in enumerate(groups) if group in price], dtype=np.int64)
