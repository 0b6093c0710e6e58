"""A block as an attacker sees it, and what it can prove.

A puzzle is small: classes of atoms that no rule tells apart, rules, and the ranges that they allow. It knows nothing of
space or time, and equal puzzles are solved once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analytics.disclosure import audit

if TYPE_CHECKING:
    from numpy.typing import NDArray


Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Puzzle:
    """A block reduced to what matters.

    Attributes
    ----------
    k
        The threshold.
    rules
        For each rule the classes of atoms that it adds up, as the bits of a number; every class is in one at least.
    allowed
        For each rule the ranges in which its sum lies; the first begins at 0 and ends at ``k - 1`` or above.
    groups
        The groups that must not be proved small, likewise.
    classes
        Number of classes: atoms that the same rules speak of cannot be told apart and are one unknown.
    """

    k: int
    rules: tuple[int, ...]
    allowed: tuple[Ranges, ...]
    groups: tuple[int, ...]
    classes: int


@lru_cache(maxsize=65536)
def proves(puzzle: Puzzle, n: int) -> bool:
    """Whether a block of n episodes proves 1 to k - 1 in one of its groups, or is more than the rules allow.

    Where the rules are disjoint and each allows fewer than k, m of them do exactly when ``n > (m - 1)(k - 1)``.
    """
    if _plain_and_disjoint(puzzle):
        return n > (len(puzzle.rules) - 1) * (puzzle.k - 1)
    suspects = tuple(group for group, room in zip(puzzle.groups, _room(puzzle), strict=True) if room < n)
    if not suspects:
        return False
    try:
        return audit.proves_small(_problem(puzzle, n), _matrix(suspects, puzzle.classes), puzzle.k)
    except audit.ContradictionError:
        return True


@lru_cache(maxsize=65536)
def refused_up_to(puzzle: Puzzle, limit: int) -> tuple[int, ...]:
    """Counts from k to ``limit`` that prove something, or are more than the rules allow."""
    safe = _surely_safe(puzzle, limit)
    if safe == limit or _plain(puzzle):
        return tuple(range(safe + 1, limit + 1))
    possible, _ = _problem(puzzle, None).extreme(np.ones(puzzle.classes), largest=True)
    most = int(min(limit, possible + audit.TOLERANCE))
    return (*(n for n in range(safe + 1, most + 1) if proves(puzzle, n)), *range(max(most, safe) + 1, limit + 1))


def _surely_safe(puzzle: Puzzle, limit: int) -> int:
    """Greatest count up to ``limit`` that proves nothing even if every earlier group holds fewer than k.

    Without either-or, less is always possible: what clears a count clears every smaller one of k or more, so bisect.
    """
    plain = Puzzle(puzzle.k, puzzle.rules, tuple(r[:1] for r in puzzle.allowed), puzzle.groups, puzzle.classes)
    safe, unsafe = max(puzzle.k - 1, min(limit, *_room(puzzle))), limit + 1
    n = limit
    while unsafe - safe > 1:
        safe, unsafe = (safe, n) if proves(plain, n) else (n, unsafe)
        n = (safe + unsafe) // 2
    return safe


def mask(classes: NDArray[np.int64]) -> int:
    """Classes as the bits of a number."""
    return sum(1 << int(c) for c in classes)


@lru_cache(maxsize=4096)
def _room(puzzle: Puzzle) -> tuple[int, ...]:
    """For each group, a count at and below which it surely can be empty, or surely can hold k.

    Classes of which no two share a rule hold k - 1 each, whatever else is true. Choosing them greedily, those that
    share rules with the fewest others first, is no optimum, but it spares the solver nearly always.
    """
    meets = [0] * puzzle.classes
    for rule in puzzle.rules:
        for c in _members(rule):
            meets[c] |= rule
    order = sorted(range(puzzle.classes), key=lambda c: meets[c].bit_count())

    def packed(among: int, blocked: int) -> tuple[int, int]:
        room = 0
        for c in order:
            if (among & ~blocked) >> c & 1:
                blocked |= meets[c]
                room += puzzle.k - 1
        return room, blocked

    rooms, everything = [], (1 << puzzle.classes) - 1
    for group in puzzle.groups:
        empty, _ = packed(everything & ~group, 0)
        inside, blocked = packed(group, 0)
        filled = inside + packed(everything & ~group, blocked)[0] if inside >= puzzle.k else 0
        rooms.append(max(empty, filled))
    return tuple(rooms)


def _plain(puzzle: Puzzle) -> bool:
    return all(len(ranges) == 1 for ranges in puzzle.allowed)


def _plain_and_disjoint(puzzle: Puzzle) -> bool:
    disjoint = sum(rule.bit_count() for rule in puzzle.rules) == puzzle.classes
    return disjoint and all(ranges == ((0, puzzle.k - 1),) for ranges in puzzle.allowed)


def _problem(puzzle: Puzzle, n: int | None) -> audit.Problem:
    """What is known of a block of n episodes; of any number when n is None."""
    rules = _matrix(puzzle.rules, puzzle.classes)
    plain = [i for i, ranges in enumerate(puzzle.allowed) if len(ranges) == 1]
    choice = [i for i, ranges in enumerate(puzzle.allowed) if len(ranges) > 1]
    told = np.ones((1 if n is not None else 0, puzzle.classes))
    return audit.problem(
        told,
        [] if n is None else [n],
        upper=(rules[plain], [puzzle.allowed[i][0][1] for i in plain]) if plain else None,
        either=(rules[choice], [puzzle.allowed[i] for i in choice]) if choice else None,
        integer=True,
    )


def _matrix(masks: tuple[int, ...], classes: int) -> NDArray[np.float64]:
    matrix = np.zeros((len(masks), classes))
    for row, bits in enumerate(masks):
        matrix[row, _members(bits)] = 1
    return matrix


def _members(bits: int) -> list[int]:
    return [c for c in range(bits.bit_length()) if bits >> c & 1]
