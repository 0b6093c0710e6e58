"""The attacker at work: which groups can be proved to hold 1 to k - 1.

A group is cleared by one world that satisfies all that is known and shows it empty, or holding k or more. Each world
that the solver finds clears many groups at once, so few are left to be attacked one by one; those that no world clears
are accused. Counts are whole numbers throughout, so what only integers prove is found too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure import audit, crossed, eitheror, targets
from analytics.disclosure.eitheror import EitherOr, Wanted
from analytics.disclosure.knowledge import gather
from analytics.disclosure.linked import EPISODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.knowledge import Knowledge, Spoken
    from analytics.disclosure.linked import Line, Linked

    World = NDArray[np.float64]
    Refused = Callable[[Sequence[Line], Spoken], Iterable[int]]

ROUNDS = 10
"""Worlds drawn at large before groups are attacked one by one."""
PATIENCE = 200
"""Groups of which the either-or is worked out in one attack."""
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Suspects:
    """Groups that no world has cleared yet.

    Attributes
    ----------
    least, most
        Matrices (groups x variables): what each group holds at least and at most (``targets.aligned``).
    within, touching
        The same (places x variables) of the ground in which values of attributes are looked for.
    values
        For each crossing (``crossed.crossings``) which values of which place are not cleared: (places, values).
    """

    least: sparse.csr_array
    most: sparse.csr_array
    within: sparse.csr_array
    touching: sparse.csr_array
    values: list[NDArray[np.bool_]]

    def __len__(self) -> int:
        """Number of groups left."""
        return int(self.least.shape[0]) + sum(int(v.sum()) for v in self.values)


@dataclass(frozen=True, eq=False)
class Accusation:
    """A group that is proved to hold 1 to k - 1.

    Attributes
    ----------
    known
        What proves it.
    least, most
        (1 x variables) what it holds at least and at most; for a value within a place, what the place does.
    ways
        What a world would have to show to clear it: none, or k and more.
    value
        Attribute and value that are looked for within the group; empty for a plain sum.
    """

    known: Knowledge
    least: sparse.csr_array
    most: sparse.csr_array
    ways: tuple[Wanted, ...]
    value: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Verdict:
    """What an attacker proves in a run of months.

    Attributes
    ----------
    first, last
        The months.
    groups, leftovers
        How many distinct groups, and how many leftovers and unknowns, were attacked.
    known
        What is known, as it was last written down.
    rules
        The either-or that was needed.
    accused
        What is proved to hold 1 to k - 1.
    contradiction
        Whether no world satisfies what is known: then everything is proved.
    """

    first: int
    last: int
    groups: int
    leftovers: int
    known: Knowledge
    rules: EitherOr
    accused: list[Accusation]
    contradiction: bool

    @property
    def clean(self) -> bool:
        """Whether nothing is proved."""
        return not self.accused and not self.contradiction


def attack(
    lines: Sequence[Line],
    linked: Linked,
    span: tuple[int, int],
    *,
    refused: Refused | None,
    enough: int | None = None,
    patience: int = PATIENCE,
) -> Verdict:
    """Attack all groups of a run of months that no closed period links to others.

    Parameters
    ----------
    lines, linked
        The tables as the facts leave them, and their common ground.
    span
        First and last month (``linked.pieces``).
    refused
        What the attacker knows of the ladder: the counts at which a group that was not sealed would have been refused;
        None for an attacker who has the equations alone.
    enough
        Stop at so many accusations.
    patience
        Of how many groups the either-or is worked out at most; what then is not decided counts as proved.
    """
    k = lines[0].table.k
    either = EitherOr(k, patience)
    first, last = span
    known = gather(lines, linked, first, last, rules=refused is not None)
    if refused is not None:
        known = _refused_already(lines, linked, known, either, refused)
    suspects, groups, remains = _suspects(known, lines, linked)
    possible = _possible(lines, linked, known, either, refused)
    if possible is None:
        return Verdict(first, last, groups, remains, known, either, [], contradiction=True)
    suspects, known = _carried(suspects, known, possible), possible
    accused: list[Accusation] = []
    while len(suspects) and len(accused) != enough:
        suspects = _at_large(known, linked, either, suspects)
        suspects, stuck = _one_by_one(known, linked, either, suspects)
        if stuck is None:
            break
        loosened = _loosened(lines, linked, either, refused, stuck)
        if loosened is None:
            accused.append(stuck)
        else:
            suspects, known = _carried(suspects, known, loosened), loosened
    return Verdict(first, last, groups, remains, known, either, accused, contradiction=False)


def _refused_already(
    lines: Sequence[Line], linked: Linked, known: Knowledge, either: EitherOr, refused: Refused
) -> Knowledge:
    """Allow the either-or in the groups that the vault knows to be refused: that they were is confidential."""
    while True:
        large = [
            group
            for group in known.silent
            if group not in either.ranges
            and group not in either.plain
            and group.area in lines[group.line].table.large.get(_moment(lines, group), {})
        ]
        if not large:
            return known
        for group in large:
            either.learn(group, refused(lines, group))
        known = gather(lines, linked, known.first, known.last, loosened=set(either.ranges))


def _moment(lines: Sequence[Line], group: Spoken) -> int:
    return lines[group.line].table.moment(group.month, group.rung)


def _suspects(known: Knowledge, lines: Sequence[Line], linked: Linked) -> tuple[Suspects, int, int]:
    """Everything that is attacked, and how many groups and leftovers that is."""
    cells, touching = targets.aligned(known, linked, lines[0].table.offset)
    tables = [group.line for group in known.sealed if lines[group.line].attribute == EPISODES]
    remains = targets.leftovers(known, linked, tables, linked.crowd)
    values = targets.of_values(known)
    crossing = crossed.crossings(known, linked)
    within, around = (_wide(_below(rows, remains), known.variables) for rows in (cells, touching))
    left = [np.ones((within.shape[0], len(c.family.values)), dtype=bool) for c in crossing]
    groups = cells.shape[0] * (1 + sum(len(c.family.values) for c in crossing)) + values.shape[0]
    return Suspects(_below(within, values), _below(around, values), within, around, left), groups, remains.shape[0]


def _below(*rows: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack(rows, format="csr"))


def _wide(rows: sparse.csr_array, width: int) -> sparse.csr_array:
    return sparse.csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))


def _possible(
    lines: Sequence[Line],
    linked: Linked,
    known: Knowledge,
    either: EitherOr,
    refused: Refused | None,
    accusation: Accusation | None = None,
) -> Knowledge | None:
    """Allow the either-or wherever a world needs it; None where no world is possible even so.

    With an accusation, a world is wanted that clears its group one way or the other.
    """
    span = known.first, known.last
    while True:
        broken: list[Spoken] | None = None
        for way in accusation.ways if accusation else (None,):
            broken = eitheror.broken(known, either, way)
            if broken is not None:
                break
        if not broken:
            return None if broken is None else known
        if len(either) + len(broken) > either.patience:
            return None
        for group in broken:
            either.learn(group, refused(lines, group) if refused else ())
        finer = gather(lines, linked, *span, loosened=set(either.ranges))
        if accusation:
            accusation = _restated(accusation, finer, linked, either.k)
        known = finer


def _loosened(
    lines: Sequence[Line], linked: Linked, either: EitherOr, refused: Refused | None, accusation: Accusation
) -> Knowledge | None:
    """Give what is known with the either-or that a world needs to clear a group; None where none does."""
    if not accusation.known.silent:
        return None
    return _possible(lines, linked, accusation.known, either, refused, accusation)


def _carried(suspects: Suspects, before: Knowledge, after: Knowledge) -> Suspects:
    """Say the same groups in finer unknowns."""
    if before is after:
        return suspects
    finer = _refinement(before, after)
    rows = (suspects.least, suspects.most, suspects.within, suspects.touching)
    least, most, within, touching = (sparse.csr_array(matrix @ finer) for matrix in rows)
    return Suspects(least, most, within, touching, suspects.values)


def _refinement(before: Knowledge, after: Knowledge) -> sparse.csr_array:
    """0/1 matrix (variables before x after): which unknowns each one was split into."""
    coarse = before.owner.ravel()[after.atoms]
    extra = before.variables - len(before.atoms)
    row = np.concatenate([coarse, len(before.atoms) + np.arange(extra)])
    column = np.arange(after.variables)
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(before.variables, after.variables))


def _restated(accusation: Accusation, after: Knowledge, linked: Linked, k: int) -> Accusation:
    finer = _refinement(accusation.known, after)
    least, most = sparse.csr_array(accusation.least @ finer), sparse.csr_array(accusation.most @ finer)
    return _accusation(after, linked, (least, most), accusation.value, k)


def _accusation(
    known: Knowledge,
    linked: Linked,
    group: tuple[sparse.csr_array, sparse.csr_array],
    value: tuple[str, str],
    k: int,
) -> Accusation:
    """Say what would clear a group."""
    least, most = group
    if value[0]:
        crossing = next(c for c in crossed.crossings(known, linked) if c.family.attribute == value[0])
        place = crossing.family.values.index(value[1])
        none = crossed.none_of(crossing, least, place, known.variables)
        many = crossed.many_of(crossing, most, place, known.variables, k)
    else:
        none = Wanted(least, np.zeros(1), np.zeros(1))
        many = Wanted(most, np.full(1, float(k)), np.full(1, np.inf))
    return Accusation(known, least, most, (none, many), value)


def _cleared(known: Knowledge, linked: Linked, suspects: Suspects, world: World, k: int) -> Suspects:
    """Leave out the groups that a world clears."""
    least, most = np.round(suspects.least @ world), np.round(suspects.most @ world)
    left = np.flatnonzero((least > 0) & (most < k))
    unknowns = len(known.atoms)
    within, touching = (sparse.csr_array(rows[:, :unknowns]) for rows in (suspects.within, suspects.touching))
    values = [
        open_ & ~crossed.shown(crossing, (within, touching), world, k)
        for crossing, open_ in zip(crossed.crossings(known, linked), suspects.values, strict=True)
    ]
    places = np.flatnonzero(np.any([v.any(axis=1) for v in values], axis=0)) if values else np.empty(0, dtype=int)
    return Suspects(
        sparse.csr_array(suspects.least[left]),
        sparse.csr_array(suspects.most[left]),
        sparse.csr_array(suspects.within[places]),
        sparse.csr_array(suspects.touching[places]),
        [v[places] for v in values],
    )


def _at_large(known: Knowledge, linked: Linked, either: EitherOr, suspects: Suspects) -> Suspects:
    """Draw worlds that empty or fill many groups at once."""
    written = eitheror.program(known, either)
    rng = np.random.default_rng(len(known.atoms))
    for turn in range(ROUNDS):
        if not len(suspects):
            break
        weights = np.zeros(known.variables)
        if suspects.least.shape[0]:
            rows = suspects.most if turn % 2 else suspects.least
            weights += _some(rng, rows.shape[0]) @ rows
        for crossing, left in zip(crossed.crossings(known, linked), suspects.values, strict=True):
            drawn = left.any(axis=0) * _some(rng, left.shape[1])
            family = crossing.family
            weights[family.base : family.base + family.size] += np.tile(drawn, family.size // left.shape[1])
        _, world = written.extreme(weights, largest=bool(turn % 2))
        if len(world):
            suspects = _cleared(known, linked, suspects, world, either.k)
    return suspects


def _one_by_one(
    known: Knowledge, linked: Linked, either: EitherOr, suspects: Suspects
) -> tuple[Suspects, Accusation | None]:
    """Attack the groups that are left until one is not cleared: give those not attacked yet, and that one."""
    while len(suspects):
        accusation, suspects = _next(known, linked, suspects, either.k)
        for way in accusation.ways:
            try:
                written = eitheror.program(known, either, way)
                _, world = written.extreme(np.zeros(written.atoms))
            except audit.ContradictionError:
                continue
            suspects = _cleared(known, linked, suspects, world[: known.variables], either.k)
            break
        else:
            return suspects, accusation
    return suspects, None


def _next(known: Knowledge, linked: Linked, suspects: Suspects, k: int) -> tuple[Accusation, Suspects]:
    """Take one group out of the suspects."""
    if suspects.least.shape[0]:
        first = sparse.csr_array(suspects.least[[0]]), sparse.csr_array(suspects.most[[0]])
        least, most = sparse.csr_array(suspects.least[1:]), sparse.csr_array(suspects.most[1:])
        return _accusation(known, linked, first, ("", ""), k), replace(suspects, least=least, most=most)
    number = next(i for i, left in enumerate(suspects.values) if left.any())
    place, value = (int(i) for i in np.argwhere(suspects.values[number])[0])
    family = crossed.crossings(known, linked)[number].family
    values = [left.copy() for left in suspects.values]
    values[number][place, value] = False
    ground = sparse.csr_array(suspects.within[[place]]), sparse.csr_array(suspects.touching[[place]])
    named = (family.attribute, family.values[value])
    return _accusation(known, linked, ground, named, k), replace(suspects, values=values)


def _some(rng: np.random.Generator, count: int) -> World:
    """Weights of which about half are 0."""
    return np.asarray(rng.random(count) * (rng.random(count) < HALF))
