"""Closing a month of all tables together: ladder, attack, repair.

Each table's ladder says what it may by itself. Then the attacker is let loose on all that was ever said. What he proves
is repaired in the month that closes: a fact is withheld, so that its episodes go up a rung or wait, the smallest loss
of information first, until he proves nothing.

The attacker here has every equation of every table, and no rule: what he finds is proved to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import audit, ladder
from analytics.disclosure.attack import Verdict, attack
from analytics.disclosure.knowledge import Said
from analytics.disclosure.linked import piece_closed_by
from analytics.disclosure.state import MONTHS_IN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.disclosure.ladder import Block
    from analytics.disclosure.linked import Line, Linked

    Groups = set[tuple[int, int]]

AT_ONCE = 4
"""Accusations that are weighed before the attacker is let loose again."""
NODES = 20
"""How long the solver weighs a fact that might be withheld: it is no more than a hint, since the attack follows."""
SACRIFICED = {"outlook": 0}
"""Tables in the order in which their facts are withheld; all others after them."""


@dataclass(frozen=True)
class Closed:
    """What the closing of a month said.

    Attributes
    ----------
    blocks
        For each line its blocks.
    withheld
        For each line the ``(rung, area)`` that were withheld. Confidential.
    """

    blocks: list[list[Block]]
    withheld: list[Groups]


class RefusedError(Exception):
    """Something is proved even when nothing of the month is said: nothing may be published."""


def close_month(lines: Sequence[Line], linked: Linked, month: int) -> Closed:
    """Close one month of all tables.

    Parameters
    ----------
    lines
        The tables; every earlier month is closed. Updated in place.
    linked
        Their common ground.
    month
        The month that closes.

    Raises
    ------
    RefusedError
        What was said before proves something.
    """
    withheld: list[Groups] = [set() for _ in lines]
    span = piece_closed_by(month, lines[0].table.offset)
    while True:
        blocks = [
            ladder.close_month(line.table, month, line.waiting, withheld=held)
            for line, held in zip(lines, withheld, strict=True)
        ]
        if not any(blocks) and not any(withheld):
            return Closed(blocks, withheld)  # nothing was said, so nothing new is proved
        verdict = attack(lines, linked, span, enough=AT_ONCE)
        if verdict.clean:
            return Closed(blocks, withheld)
        if not any(blocks):
            raise RefusedError("What was published before proves a small number, whatever is withheld now.")
        group = _choice(lines, verdict, blocks, month)
        withheld[group.line].add((group.rung, group.area))
        for line in lines:
            line.table.reopen(month)


def _choice(lines: Sequence[Line], verdict: Verdict, blocks: list[list[Block]], month: int) -> Said:
    """Fact to withhold: the smallest loss that lets worlds clear as many accusations as one fact can.

    The quick picture (``outlook``) goes first, since ``blocks`` say it later and finer.
    """
    said = [
        (SACRIFICED.get(line.name, len(SACRIFICED)), loss(line, block), Said(number, month, block.rung, block.area))
        for number, (line, sealed) in enumerate(zip(lines, blocks, strict=True))
        for block in sealed
    ]
    said.sort(key=lambda fact: fact[:2])
    cleared = np.array([_cleared(verdict, lines[0].table.k, group) for _, _, group in said])
    turn = np.array([turn for turn, _, _ in said])
    for among in np.unique(turn):
        if (cleared * (turn == among)).any():
            return said[int(np.argmax(cleared * (turn == among)))][2]
    return said[0][2]


def loss(line: Line, block: Block) -> float:
    """Information that a fact carries: its episodes, times the bits that say where and when they were."""
    everything = float(line.table.ground.cells.sum()) * MONTHS_IN["year"]
    bits = 1 + float(np.log2(everything / block.covered))
    return block.n * bits


def _cleared(verdict: Verdict, k: int, without: Said) -> int:
    """How many of the accused groups some world would clear, were this fact withheld."""
    known, accused = verdict.known, verdict.accused
    kept = np.flatnonzero([group != without for group in known.said])
    if len(kept) == len(known.said):
        return 0
    facts, counts = known.facts[kept], known.counts[kept]
    count = 0
    for group in range(len(accused)):
        for wanted, most in ((accused.least[[group]], 0.0), (-accused.most[[group]], -float(k))):
            program = audit.problem(facts, counts, upper=(wanted, [most]), integer=True)
            if program.solve(np.zeros(program.variables), nodes=NODES).status == audit.SOLVED:
                count += 1
                break
    return count
