"""Hold-back: a block is refused if, by itself, it proves 1 to k - 1 episodes somewhere.

What everybody may know of a block is its count, the ground that it covers, and the ladder's rule: an earlier group
that met the floor and was not sealed holds fewer than k, *or one of the counts at which hold-back would have refused
it*. Which of the two is confidential. A block is refused when these together prove 1 to k - 1 in one of its groups.
The counts at which that happens are a property of the ground and of what was sealed before, not of the truth, so
anybody can compute them: that is what the second half of the rule is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import audit, puzzles
from analytics.disclosure.puzzles import Puzzle, Ranges, mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.disclosure.state import Table

Seen = tuple["NDArray[np.int64]", "NDArray[np.bool_]", list["Cut"]]


@dataclass(frozen=True)
class Step:
    """A rung that was tried: when a month closed, which rung, at which moment, over which months."""

    month: int
    rung: int
    moment: int
    first: int
    last: int


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

    The same for everybody who has the facts and the policy.
    """
    key = (table.moment(month, rung), area)
    reached, counts = table.counts_refused.get(key, (table.k - 1, ()))
    if reached < limit:
        puzzle = _puzzle(table, month, rung, area, limit)
        counts = () if puzzle is None else puzzles.refused_up_to(puzzle, limit)
        table.counts_refused[key] = (limit, counts)
    return tuple(c for c in counts if c <= limit)


def _puzzle(table: Table, month: int, rung: int, area: int, limit: int) -> Puzzle | None:
    """A block of at most ``limit`` episodes as an attacker sees it; None when nothing can be proved of it."""
    found = _seen(table, month, rung, area)
    if found is None:
        return None
    units, left, cuts = found
    return _reduced(table, cuts, (units, left), limit)


def _seen(table: Table, month: int, rung: int, area: int) -> Seen | None:
    """Units of a group, which of its atoms were left, and the earlier unsealed groups cut to them.

    None when no rule binds some of its ground: that ground can hold everything, so nothing can be proved. What was
    left when a group was tried does not change afterwards, so it is looked up once.
    """
    key = (table.moment(month, rung), area)
    if key not in table.seen:
        table.seen[key] = _look(table, month, rung, area)
    found: Seen | None = table.seen[key]
    return found


def _look(table: Table, month: int, rung: int, area: int) -> Seen | None:
    span = table.period(month, rung)
    if span is None:
        return None
    units, moment = table.units(rung, area), table.moment(month, rung)
    left = table.sealed[units, span[0] : span[1] + 1] >= moment
    bound, speaking = np.zeros_like(left), []
    for rule in _earlier(table, month, rung, span[0]):
        met = table.unsealed[rule.moment][table.ground.area_of[table.rungs[rule.rung].area_level][units]]
        if met.any():
            window = slice(max(rule.first, span[0]) - span[0], min(rule.last, span[1]) - span[0] + 1)
            bound[:, window] |= met[:, None]
            speaking.append((rule, window))
    if (left & ~bound).any():
        return None
    return units, left, _cuts(table, units, left, speaking)


def _earlier(table: Table, month: int, rung: int, first: int) -> list[Step]:
    """Rungs tried before this one that spoke of months of its period."""
    steps = []
    for closing in range(first, month + 1):
        for step in range(len(table.rungs) if closing < month else rung):
            span = table.period(closing, step)
            if span is not None:
                steps.append(Step(closing, step, table.moment(closing, step), *span))
    return steps


def _reduced(
    table: Table, cuts: list[Cut], ground: tuple[NDArray[np.int64], NDArray[np.bool_]], limit: int
) -> Puzzle | None:
    """Keep the rules that no larger one implies, and join the atoms that no rule tells apart."""
    kept: list[NDArray[np.bool_]] = []
    small: list[NDArray[np.bool_]] = []
    allowed: list[Ranges] = []
    for cut in sorted(cuts, key=lambda c: -c.atoms.sum()):
        if any(rule[cut.atoms].all() for rule in small):
            continue
        ranges = _allowed(table, cut, limit)
        if ranges is None:
            continue
        kept.append(cut.atoms)
        allowed.append(ranges)
        if ranges[-1][1] < table.k:
            small.append(cut.atoms)
    if not kept or not np.any(kept, axis=0).all():
        return None
    marks, owner = np.unique(np.array(kept), axis=1, return_inverse=True)
    rules = tuple(mask(np.flatnonzero(row)) for row in marks)
    classes = marks.shape[1]
    groups = [1 << c for c in range(classes)]
    groups += [other for rule in rules for other in (rule, ((1 << classes) - 1) & ~rule)]
    if any(len(ranges) > 1 for ranges in allowed):
        groups += _aligned(table, *ground, owner.ravel())
    return Puzzle(table.k, rules, tuple(allowed), tuple(sorted({g for g in groups if g})), classes)


@dataclass(frozen=True)
class Cut:
    """An earlier unsealed group cut to the block's atoms (flat, those that are left), and whether that is all of it."""

    step: Step
    area: int
    atoms: NDArray[np.bool_]
    whole: bool


def _cuts(
    table: Table, units: NDArray[np.int64], left: NDArray[np.bool_], speaking: list[tuple[Step, slice]]
) -> list[Cut]:
    cuts = []
    for step, window in speaking:
        owner = table.ground.area_of[table.rungs[step.rung].area_level][units]
        for area in np.unique(owner[table.unsealed[step.moment][owner]]):
            inside = np.zeros_like(left)
            inside[owner == area, window] = left[owner == area, window]
            if inside.any():
                group = table.sealed[table.units(step.rung, area), step.first : step.last + 1] >= step.moment
                cuts.append(Cut(step, int(area), inside[left], bool(group.sum() == inside.sum())))
    return cuts


def _allowed(table: Table, cut: Cut, limit: int) -> Ranges | None:
    """Ranges in which the sum over a cut lies by the ladder's rule, up to ``limit``; None when it is not bound."""
    group = (table, cut.step.month, cut.step.rung, cut.area)
    if not cut.whole:
        # The rest of the group lies elsewhere, so only its greatest possible count binds the part.
        ceiling = _ceiling(*group)
        if ceiling >= limit:
            return None
        return ((0, max((table.k - 1, *refused_counts(*group, ceiling)))),)
    ranges = [(0, table.k - 1)]
    for count in refused_counts(*group, limit):
        if count == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], count)
        else:
            ranges.append((count, count))
    return tuple(ranges) if ranges[0][1] < limit else None


def _ceiling(table: Table, month: int, rung: int, area: int) -> int:
    """Count that an unsealed group cannot exceed by the ladder's rule.

    Every rule within the group is taken as "at most its own ceiling"; the true limit can only be lower.
    """
    key = (table.moment(month, rung), area)
    if key not in table.ceilings:
        found = _seen(table, month, rung, area)
        ceiling = 0
        if found is not None and found[2]:
            atoms = np.unique(np.array([cut.atoms for cut in found[2]]), axis=1)
            most = [_ceiling(table, cut.step.month, cut.step.rung, cut.area) for cut in found[2]]
            known = audit.problem(np.empty((0, atoms.shape[1])), [], upper=(atoms, most))
            ceiling = int(known.extreme(np.ones(atoms.shape[1]), largest=True)[0] + audit.TOLERANCE)
        table.ceilings[key] = max(table.k - 1, ceiling)
    return table.ceilings[key]


def _aligned(table: Table, units: NDArray[np.int64], left: NDArray[np.bool_], owner: NDArray[np.int64]) -> list[int]:
    """Classes that lie wholly inside each aligned cell and period within the block.

    The rest of such a group can be empty, so its bounds are those of these classes or wider.
    """
    row, column = np.nonzero(left)
    size = np.bincount(owner)
    groups: set[int] = set()
    for level in {rung.area_level for rung in table.rungs}:
        place = table.ground.area_of[level][units][row]
        for length in (1, 3, 12):
            key = place * left.shape[1] + column // length
            _, group = np.unique(key, return_inverse=True)
            pairs, held = np.unique(np.stack([group, owner]), axis=1, return_counts=True)
            full = held == size[pairs[1]]
            for number in np.unique(pairs[0][full]):
                groups.add(mask(pairs[1][full & (pairs[0] == number)]))
    return list(groups)
