"""Hold-back: a block is refused if, by itself, it proves 1 to k - 1 episodes somewhere.

What everybody may know of a block is its count, the ground that it covers, and the ladder's rule: an earlier group that
met the floor and was not sealed holds fewer than k, *or one of the counts at which hold-back would have refused it*.
Which of the two is confidential. Those counts are a property of the ground and of what was sealed before, not of the
truth, so anybody can compute them (``refused_counts``).

A block is sealed only if for each of its groups some world shows it empty, or holding k or more, in which

- every earlier unsealed group that lies wholly inside the block obeys the ladder's rule, either way;
- every one that lies partly inside holds fewer than k, and nothing lies outside the block on ground that is not sealed.

Proof that this suffices: in such a world every earlier group that was not sealed is not sealed either (it holds fewer
than k, or a count that is refused), no group beside or after the block has company of its own, and the block has the
same count on the same ground. So the world publishes the same block, and no attacker, whatever he knows of the rules
and of silence, can exclude it. (To let a group that lies partly inside take one of its refused counts would be wrong:
silence elsewhere may exclude that count.)

The proof is of a table by itself. A group that the audit of all tables withheld (``repair``) binds nothing here, so a
block above one is judged as if anything could lie there; who works out which counts would have been withheld may know
better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import puzzles
from analytics.disclosure.puzzles import Puzzle, Ranges, mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.disclosure.state import Table

    Rule = tuple[int, int, int, slice]

BITS = 62
"""Rules that are written into one number."""


def refuses(table: Table, month: int, rung: int, area: int, n: int) -> bool:
    """Whether a group of n episodes must be held back.

    Parameters
    ----------
    table
        State just before the group's rung seals anything, or any later one.
    month, rung, area
        The group: the month that closes, the number of its rung, the number of its area.
    n
        Its episodes, at least k.
    """
    puzzle = _puzzle(table, month, rung, area, n)
    return puzzle is not None and puzzles.proves(puzzle, n)


def refused_counts(table: Table, month: int, rung: int, area: int, limit: int) -> tuple[int, ...]:
    """Counts from k to ``limit`` at which a group that met the floor would have been held back.

    The same for everybody who has the facts and the policy. Counts that the group cannot hold at all are among them.
    """
    key = (table.moment(month, rung), area)
    reached, counts = table.counts_refused.get(key, (table.k - 1, ()))
    if reached < limit:
        puzzle = _puzzle(table, month, rung, area, limit)
        counts = () if puzzle is None else puzzles.refused_up_to(puzzle, limit)
        table.counts_refused[key] = (limit, counts)
    return tuple(c for c in counts if c <= limit)


@dataclass(frozen=True)
class Cut:
    """An earlier unsealed group cut to the block.

    Attributes
    ----------
    month, rung, area
        The group.
    atoms
        Which of the block's atoms that are left (flat) it holds.
    whole
        Whether it holds no other.
    """

    month: int
    rung: int
    area: int
    atoms: NDArray[np.bool_]
    whole: bool


@dataclass(frozen=True)
class Sight:
    """A group as it was when it was tried.

    Attributes
    ----------
    cuts
        The earlier groups, the largest cut first.
    places
        (ladder sizes x period lengths, atoms that were left) the cell and period in which each atom lies.
    """

    cuts: list[Cut]
    places: NDArray[np.int64]


def _puzzle(table: Table, month: int, rung: int, area: int, limit: int) -> Puzzle | None:
    """A group of at most ``limit`` episodes as an attacker sees it; None when nothing can be proved of it.

    What was left when a group was tried does not change afterwards, so it is looked up once.
    """
    key = (table.moment(month, rung), area)
    if key not in table.seen:
        table.seen[key] = _look(table, month, rung, area)
    sight: Sight | None = table.seen[key]
    return None if sight is None else _reduced(table, sight, limit)


def _look(table: Table, month: int, rung: int, area: int) -> Sight | None:
    """Look at a group; None when no rule binds some of its ground: that ground can hold everything."""
    span = table.period(month, rung)
    if span is None:
        return None
    units, moment = table.units(rung, area), table.moment(month, rung)
    left = table.sealed[units, span[0] : span[1] + 1] >= moment
    bound, rules = np.zeros_like(left), _rules(table, month, rung, span)
    for earlier, _, step, window in rules:
        owner = table.ground.area_of[table.rungs[step].area_level][units]
        bound[:, window] |= table.unsealed[earlier][owner][:, None]
    if (left & ~bound).any():
        return None
    cuts = sorted(_cuts(table, units, left, rules), key=lambda cut: -int(cut.atoms.sum()))
    return Sight(cuts, _places(table, units, left, span[0]))


def _reduced(table: Table, sight: Sight, limit: int) -> Puzzle | None:
    """Keep the rules that no larger one implies, and join the atoms that no rule tells apart."""
    kept: list[NDArray[np.bool_]] = []
    small: list[NDArray[np.bool_]] = []
    allowed: list[Ranges] = []
    for cut in sight.cuts:
        if any(rule[cut.atoms].all() for rule in small):
            continue
        ranges = _allowed(table, cut, limit)
        if ranges[0][1] >= limit:
            continue  # it binds no count up to the limit
        kept.append(cut.atoms)
        allowed.append(ranges)
        if len(ranges) == 1 and ranges[0][1] < table.k:  # counts that are refused may join the first range
            small.append(cut.atoms)
    if not kept or not np.any(kept, axis=0).all():
        return None
    owner, atoms = joined(kept)
    rules = tuple(mask(np.flatnonzero(rule[atoms])) for rule in kept)
    classes = len(atoms)
    groups = {1 << c for c in range(classes)} | set(rules) | {((1 << classes) - 1) & ~rule for rule in rules}
    groups |= _aligned(sight, owner)
    return Puzzle(table.k, rules, tuple(allowed), tuple(sorted(groups - {0})), classes)


def joined(rules: list[NDArray[np.bool_]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Join the atoms that the same rules speak of; a rule decides their order before all later ones.

    Returns
    -------
    owner, atoms
        The class of each atom, and for each class one of its atoms.
    """
    together = np.zeros(len(rules[0]), dtype=np.int64)
    for start in range(0, len(rules), BITS):
        some = np.array(rules[start : start + BITS])
        weights = np.int64(1) << np.arange(len(some), dtype=np.int64)[::-1]
        code, dense = np.unique(weights @ some, return_inverse=True)
        together = np.unique(together * len(code) + dense, return_inverse=True)[1] if start else dense
    _, atoms = np.unique(together, return_index=True)
    return together, atoms


def _allowed(table: Table, cut: Cut, limit: int) -> Ranges:
    """Ranges in which the sum over a cut may lie in a world that shows something, up to ``limit``."""
    ranges = [(0, table.k - 1)]
    if cut.whole:
        for count in refused_counts(table, cut.month, cut.rung, cut.area, limit):
            if count == ranges[-1][1] + 1:
                ranges[-1] = (ranges[-1][0], count)
            else:
                ranges.append((count, count))
    return tuple(ranges)


def _rules(table: Table, month: int, rung: int, span: tuple[int, int]) -> list[Rule]:
    """Rungs tried before this one that spoke of its months: moment, month, rung, which months of the period."""
    rules = []
    for closing in range(span[0], month + 1):
        for step in range(len(table.rungs) if closing < month else rung):
            reach = table.period(closing, step)
            if reach is not None:
                window = slice(max(reach[0], span[0]) - span[0], min(reach[1], span[1]) - span[0] + 1)
                rules.append((table.moment(closing, step), closing, step, window))
    return rules


def _cuts(table: Table, units: NDArray[np.int64], left: NDArray[np.bool_], rules: list[Rule]) -> list[Cut]:
    """Earlier groups that met the floor and were not sealed, cut to the atoms of the block that are left."""
    cuts = []
    for earlier, month, step, window in rules:
        owner = table.ground.area_of[table.rungs[step].area_level][units]
        reach = table.period(month, step) or (0, -1)
        for area in np.unique(owner[table.unsealed[earlier][owner]]):
            inside = np.zeros_like(left)
            inside[owner == area, window] = left[owner == area, window]
            if inside.any():
                group = table.sealed[table.units(step, int(area)), reach[0] : reach[1] + 1] >= earlier
                cuts.append(Cut(month, step, int(area), inside[left], bool(group.sum() == inside.sum())))
    return cuts


def _places(table: Table, units: NDArray[np.int64], left: NDArray[np.bool_], first: int) -> NDArray[np.int64]:
    """Cell of each ladder size, by month, quarter and year, in which each atom lies that is left."""
    row, column = np.nonzero(left)
    places = []
    for level in dict.fromkeys(rung.area_level for rung in table.rungs):
        cell = table.ground.area_of[level][units][row]
        for length in (1, 3, 12):
            period = (table.offset + first + column) // length
            places.append(cell * (int(period.max(initial=0)) + 1) + period)
    return np.array(places)


def _aligned(sight: Sight, owner: NDArray[np.int64]) -> set[int]:
    """Classes that lie wholly inside each cell of the ladder, by month, quarter and year, within the block.

    The rest of such a group can be empty, so its bounds are those of these classes or wider.
    """
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    least, most = (
        reach(sight.places[:, order], starts, axis=1) for reach in (np.minimum.reduceat, np.maximum.reduceat)
    )
    groups: dict[tuple[int, int], int] = {}
    for kind, inside in zip(*np.nonzero(least == most), strict=True):
        place = (int(kind), int(least[kind, inside]))
        groups[place] = groups.get(place, 0) | 1 << int(inside)
    return set(groups.values())
