"""What silence proves to somebody who has only the releases: the ladder's rule without the list of what was withheld.

Inside, the vault knows which groups the audit withheld, and the rule binds all others. Outside nobody knows: a group
that met the floor and was not sealed holds fewer than k, or a count at which hold-back refused it, or the audit of all
tables together withheld it, whatever it holds. The third is always possible where another table's fact or rule speaks
of some of the group's ground and time; such a group's silence binds nothing for him. (Whoever works out which counts
would have been withheld may know better; ``attack`` with the vault is the stronger test.) So tables are attacked one by
one, and the rule of a group is strict only where no other table meets it; where strict rules contradict the facts, or
prove something, the fewest groups that have to hold more are found and may hold the counts of hold-back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure import cover, silence
from analytics.disclosure.attack import Groups, attack
from analytics.disclosure.audit import ContradictionError
from analytics.disclosure.knowledge import gather
from analytics.disclosure.silence import NOTHING, Tried
from analytics.disclosure.state import UNSEALED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.attack import Verdict
    from analytics.disclosure.linked import Line, Linked

    Mask = NDArray[np.bool_]

REACH = 4
"""Up to how many times k hold-back's refused counts are looked at: he who knows fewer of them is accused of more."""


def proved_by_silence(lines: Sequence[Line], linked: Linked, span: tuple[int, int]) -> int:
    """Count what the ladder's rule of some table by itself proves to an outsider, and its equations alone do not.

    Parameters
    ----------
    lines, linked
        The tables of one release as the facts leave them, and their common ground; ``waiting`` is not looked at.
    span
        First and last month (``linked.pieces``).

    Raises
    ------
    AuditError
        The facts contradict each other, or the solver gave up.
    """
    return sum(_of_table(line, linked, span, eased) for line, eased in _binding(lines, linked, span))


def _binding(lines: Sequence[Line], linked: Linked, span: tuple[int, int]) -> Iterator[tuple[Line, dict[Tried, int]]]:
    """Tables of which some silent group meets no other table, and their groups that do: nothing binds those."""
    touched = [_touched(line, linked, span) for line in lines]
    for number, line in enumerate(lines):
        others = np.zeros_like(touched[number])
        for beside in touched[:number] + touched[number + 1 :]:
            others |= beside
        eased: dict[Tried, int] = {}
        bound = False
        for group in silence.silent([line], *span, known=False):
            label = silence.label(line, group, group.small, span[1] - span[0] + 1)
            met = np.unique(label[(label != NOTHING) & _on_line(others, line, linked)])
            eased |= {Tried(0, group.month, group.rung, int(area)): 0 for area in met}
            bound |= len(met) < len(np.unique(label[label != NOTHING]))
        if bound:
            yield line, eased


def _touched(line: Line, linked: Linked, span: tuple[int, int]) -> Mask:
    """Atoms (units of the ground, months) of which a fact or the rule of a table speaks."""
    width = span[1] - span[0] + 1
    here: Mask = (line.table.sealed[line.owner, span[0] : span[1] + 1] != UNSEALED) & (line.owner >= 0)[:, None]
    for group in silence.silent([line], *span, known=False):
        here |= silence.label(line, group, group.small, width) != NOTHING
    if not line.attribute:
        return here
    zones = np.asarray(here.reshape(linked.zones, len(line.values), width).any(axis=1), dtype=np.bool_)
    return zones[linked.zone_of]


def _on_line(atoms: Mask, line: Line, linked: Linked) -> Mask:
    """Lay a mask of the ground's atoms on the atoms of a table of attributes: each zone once a value."""
    if not line.attribute:
        return atoms
    zones = np.zeros((linked.zones, atoms.shape[1]), dtype=bool)
    np.logical_or.at(zones, linked.zone_of, atoms)
    return np.repeat(zones, len(line.values), axis=0)


def _of_table(line: Line, linked: Linked, span: tuple[int, int], eased: dict[Tried, int]) -> int:
    """Attack one table, and loosen its strict rules as long as that clears something."""
    while True:
        try:
            verdict = attack([line], linked, span, known=False, eased=eased)
        except ContradictionError:
            said = gather([line], linked, *span, known=False, eased=eased)
            nothing = sparse.csr_array((1, said.variables))
            found = cover.smallest(said, Groups(nothing, nothing), line.table.k, dict.fromkeys(said.silent, 1.0))
            if found is None or not found.groups:
                raise
            _loosen(eased, found.groups, line)
            continue
        loosened = [_loosen(eased, groups, line) for groups in _may_hold_more(verdict, line.table.k)]
        if not any(loosened):
            return _by_silence(verdict, line.table.k)


def _may_hold_more(verdict: Verdict, k: int) -> Iterable[list[Tried]]:
    """For each accusation the fewest silent groups that hold more in a world that clears it."""
    price = dict.fromkeys(verdict.known.silent, 1.0)
    for number in range(len(verdict.accused)):
        found = cover.smallest(verdict.known, verdict.accused[np.array([number])], k, price)
        if found is not None:
            yield found.groups


def _loosen(eased: dict[Tried, int], groups: Iterable[Tried], line: Line) -> bool:
    """Let groups hold the counts of hold-back; say whether any is new."""
    fresh = [group for group in groups if group not in eased]
    eased.update(dict.fromkeys(fresh, REACH * line.table.k))
    return bool(fresh)


def _by_silence(verdict: Verdict, k: int) -> int:
    """How many accusations some world would clear if no rule held."""
    known = verdict.known
    price = dict.fromkeys((*known.silent, *known.held_back), 1.0)
    cleared = (
        cover.smallest(known, verdict.accused[np.array([number])], k, price) for number in range(len(verdict.accused))
    )
    return sum(found is not None for found in cleared)
