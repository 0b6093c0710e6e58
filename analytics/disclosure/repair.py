"""Closing a month of all tables together: ladder, attack, repair.

Each table's ladder says what it may by itself. Then the attacker is let loose on all that was ever said, with the
ladder's rule. What he proves is repaired in the month that closes: facts are withheld, so that their episodes go up a
rung or wait, the smallest loss of information first, until he proves nothing. Where silence itself proves something, a
group that was not sealed counts as not tried. Which groups were withheld or not tried stays in the vault: to everybody
else a silent group may be one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import cover, ladder
from analytics.disclosure.attack import attack, not_cleared
from analytics.disclosure.linked import by_zone, piece_closed_by
from analytics.disclosure.silence import Tried
from analytics.disclosure.state import MONTHS_IN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.disclosure.attack import Verdict
    from analytics.disclosure.ladder import Block
    from analytics.disclosure.linked import Line, Linked

    Groups = set[tuple[int, int]]
    Say = Callable[[int, int, Groups], list[Block]]

AT_ONCE = 8
"""Accusations that are weighed before the attacker is let loose again."""
WORTH = {"outlook": 0.1, "breakdown": 0.1, "series": 2.0, "departement": 4.0}
"""By how much the information of a table's facts counts, 1 by default: what is read first is given up last, and
``blocks`` say later and finer what the quick picture says."""
LAST_RESORT = 1e4
"""Price of a rule: dearer than any month's facts."""


@dataclass(frozen=True)
class Closed:
    """What the closing of a month said.

    Attributes
    ----------
    blocks
        For each line its blocks.
    withheld
        For each line the ``(rung, area)`` that were withheld or not tried. Confidential.
    """

    blocks: list[list[Block]]
    withheld: list[Groups]


class RefusedError(Exception):
    """Something is proved even when nothing of the month is said: nothing may be published."""


def close_month(
    lines: Sequence[Line], linked: Linked, month: int, *, say: Say | None = None, rules: bool = True
) -> Closed:
    """Close one month of all tables.

    Parameters
    ----------
    lines
        The tables; every earlier month is closed. Updated in place.
    linked
        Their common ground.
    month
        The month that closes.
    say
        What a table says of it, given the number of its line, the month and what is withheld; by default its ladder.
    rules
        Whether silence says something, as the ladder's does; ``waiting`` is the truth then.

    Raises
    ------
    RefusedError
        What was said before proves something.
    """
    withheld: list[Groups] = [set() for _ in lines]
    told: dict[int, tuple[int, list[Block]]] = {}

    def said(number: int) -> list[Block]:
        """What a table says; the same as before unless more of it is withheld since."""
        since, blocks = told.get(number, (-1, []))
        if since < len(withheld[number]):
            lines[number].table.reopen(month)
            if say is not None:
                blocks = say(number, month, withheld[number])
            else:
                table, waiting = lines[number].table, lines[number].waiting
                blocks = ladder.close_month(table, month, waiting, withheld=withheld[number])
            told[number] = len(withheld[number]), blocks
        return blocks

    every = list(range(len(lines))), lines, linked
    for numbers, part, ground in (by_zone(lines, linked), every):
        blocks = _repaired(part, ground, month, numbers=numbers, said=said, withheld=withheld, rules=rules)
    return Closed(blocks, withheld)


def _repaired(
    lines: Sequence[Line],
    linked: Linked,
    month: int,
    *,
    numbers: Sequence[int],
    said: Callable[[int], list[Block]],
    withheld: list[Groups],
    rules: bool,
) -> list[list[Block]]:
    """Let some tables say what they may, less and less until it proves nothing; ``numbers`` are those of the lines."""
    while lines:
        blocks = [said(number) for number in numbers]
        if not rules and not any(blocks) and not any(withheld):
            return blocks  # nothing was said, so nothing new is proved
        span = piece_closed_by(month, lines[0].table.offset)
        verdict = attack(lines, linked, span, rules=rules, known=rules, enough=AT_ONCE)
        if verdict.clean:
            return blocks
        unsaid = _unsaid(lines, verdict, blocks, month)
        if not unsaid:  # else the same would be said, and proved, for ever
            raise RefusedError("What proves a small number could not be found.")
        for group in unsaid:
            withheld[numbers[group.line]].add((group.rung, group.area))
    return []


def _unsaid(lines: Sequence[Line], verdict: Verdict, blocks: list[list[Block]], month: int) -> set[Tried]:
    """Facts to withhold, and groups not to try, so that worlds clear what was accused."""
    price = {
        Tried(number, month, block.rung, block.area): loss(line, block) * WORTH.get(line.name, 1.0)
        for number, (line, sealed) in enumerate(zip(lines, blocks, strict=True))
        for block in sealed
    }
    silent = (*verdict.known.silent, *verdict.known.held_back)
    price |= {group: LAST_RESORT for group in silent if group.month == month}
    chosen: set[Tried] = set()
    k, left = lines[0].table.k, np.arange(len(verdict.accused))
    while len(left):
        found = cover.smallest(verdict.known, verdict.accused[left[:1]], k, price)
        if found is None:
            raise RefusedError("What was published before proves a small number, whatever is withheld now.")
        chosen |= set(found.groups)
        price |= dict.fromkeys(found.groups, 0.0)
        left = not_cleared(verdict.accused, left[1:], found.world, k)
    return chosen


def loss(line: Line, block: Block) -> float:
    """Information that a fact carries: its episodes, times the bits that say where and when they were."""
    everything = float(line.table.ground.cells.sum()) * MONTHS_IN["year"]
    bits = 1 + float(np.log2(everything / block.covered))
    return block.n * bits
