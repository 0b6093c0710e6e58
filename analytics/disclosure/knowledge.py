"""What an attacker knows of a run of months, in the solver's form: unknowns, equations, rules.

Values of an attribute are unknowns of their own, by zone and shortest period. Finer ones exist whenever these do, since
a table with given sums by place and by value can always be filled in (a transport problem).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure import unknowns
from analytics.disclosure.families import Family, families_of, groups_of_family, links
from analytics.disclosure.linked import Line, Linked, in_span, step_of
from analytics.disclosure.state import UNSEALED
from analytics.disclosure.unknowns import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


@dataclass(frozen=True, order=True)
class Spoken:
    """A group of a table that was tried: sealed as a fact, or not.

    Attributes
    ----------
    line, month, rung, area
        Numbers of the line, of the month that closed, of the rung in its ladder, of the area in its level.
    """

    line: int
    month: int
    rung: int
    area: int


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of a run of months.

    Attributes
    ----------
    first, last
        The months.
    owner
        (units, months) unknown that holds each atom.
    atoms
        (unknowns,) one atom (flat in ``owner``) of each unknown of episodes.
    variables
        Number of unknowns: those of episodes first, then those of the values of attributes.
    facts, counts, sealed
        0/1 matrix (facts x variables), the published sums, and which groups they are.
    rules, silent
        0/1 matrix (rules x variables) of groups that met the floor and were not sealed, without those that a larger
        one implies, and which groups they are.
    links
        Matrix (links x variables) of sums that are 0: an atom's episodes less the values of one attribute.
    families
        The attributes.
    """

    first: int
    last: int
    owner: Numbers
    atoms: Numbers
    variables: int
    facts: sparse.csr_array
    counts: NDArray[np.float64]
    sealed: list[Spoken]
    rules: sparse.csr_array
    silent: list[Spoken]
    links: sparse.csr_array
    families: list[Family]


def gather(
    lines: Sequence[Line],
    linked: Linked,
    first: int,
    last: int,
    *,
    loosened: Collection[Spoken] = (),
    rules: bool = True,
) -> Knowledge:
    """Write down what is known of a run of months that no closed period links to others (``linked.pieces``).

    Parameters
    ----------
    lines, linked
        The tables as the facts leave them, and their common ground.
    first, last
        The months.
    loosened
        Groups that may hold more than k - 1, so that their rules do not imply those of smaller ones.
    rules
        Whether the attacker knows the ladder's rule.
    """
    silence = _silence(lines, linked, first, last) if rules else ([], [])
    labels, sealed = _labels(lines, first, last)
    place = _places(lines, linked, first, last)
    silent, marks = silence
    if marks:
        _, atoms = unknowns.joined([place, *labels, unknowns.signature(marks, len(silent))])
        ground = unknowns.members(marks, len(silent), atoms, len(atoms))
        kept = unknowns.maximal(ground, {i for i, group in enumerate(silent) if group in loosened})
        owner, atoms = unknowns.joined([place, *labels, unknowns.signature(marks, len(silent), kept)])
    else:
        kept = []
        owner, atoms = unknowns.joined([place, *labels])
    families = families_of(lines, linked, first, last, len(atoms))
    width = len(atoms) + sum(f.size for f in families)
    fact_rows = [_sums(label, atoms, len(groups), width) for label, groups in zip(labels, sealed, strict=True)]
    rule_rows = [unknowns.members(marks, len(silent), atoms, width)[kept]] if marks else []
    told = [g for groups in sealed for g in groups]
    waiting = [silent[i] for i in kept]
    for family in families:
        for (number, month, rung, area), row, is_fact in groups_of_family(lines, family, first, last, width):
            if is_fact:
                fact_rows.append(row)
                told.append(Spoken(number, month, rung, area))
            elif rules:
                rule_rows.append(row)
                waiting.append(Spoken(number, month, rung, area))
    counts = [_count(lines, group) for group in told]
    return Knowledge(
        first,
        last,
        owner,
        atoms,
        width,
        _stacked(fact_rows, width),
        np.array(counts, dtype=np.float64),
        told,
        _stacked(rule_rows, width),
        waiting,
        links(families, linked, owner, atoms, width),
        families,
    )


def _silence(lines: Sequence[Line], linked: Linked, first: int, last: int) -> tuple[list[Spoken], list[Numbers]]:
    """Groups of episodes that were tried and not sealed, and which atoms each speaks of."""
    silent: list[Spoken] = []
    marks = []
    shape = (len(linked.residents), last - first + 1)
    for number, line, month, rung, reach in in_span(lines, first, last):
        table = line.table
        moment = table.moment(month, rung)
        unsealed = table.unsealed[moment]
        if line.attribute or not unsealed.any():
            continue
        areas = np.flatnonzero(unsealed)
        rule_of = np.full(len(unsealed) + 1, NOTHING, dtype=np.int64)
        rule_of[areas] = len(silent) + np.arange(len(areas))
        area = np.append(table.ground.area_of[table.rungs[rung].area_level], len(unsealed))[line.owner]
        window = slice(reach[0] - first, reach[1] - first + 1)
        left = table.sealed[line.owner, reach[0] : reach[1] + 1] >= moment
        mark = np.full(shape, NOTHING, dtype=np.int64)
        mark[:, window] = np.where(left, rule_of[area][:, None], NOTHING)
        marks.append(mark)
        silent += [Spoken(number, month, rung, int(a)) for a in areas]
    return silent, marks


def _labels(lines: Sequence[Line], first: int, last: int) -> tuple[list[Numbers], list[list[Spoken]]]:
    """For each table of episodes the fact that speaks of each atom (-1 for none), and the facts in that order."""
    labels, facts = [], []
    for number, line in enumerate(lines):
        if line.attribute:
            continue
        table = line.table
        moments = table.sealed[line.owner, first : last + 1].astype(np.int64)
        moments[line.owner < 0] = UNSEALED
        label = np.full(moments.shape, NOTHING, dtype=np.int64)
        groups: list[Spoken] = []
        for moment in np.unique(moments[moments != UNSEALED]):
            month, rung = divmod(int(moment), len(table.rungs))
            areas = np.array(sorted(table.told[int(moment)]))
            number_of = np.full(len(table.ground.areas[table.rungs[rung].area_level]), NOTHING, dtype=np.int64)
            number_of[areas] = len(groups) + np.arange(len(areas))
            groups += [Spoken(number, month, rung, int(a)) for a in areas]
            here = moments == moment
            area = table.ground.area_of[table.rungs[rung].area_level][line.owner]
            label[here] = np.broadcast_to(number_of[area][:, None], here.shape)[here]
        labels.append(label)
        facts.append(groups)
    return labels, facts


def _places(lines: Sequence[Line], linked: Linked, first: int, last: int) -> Numbers:
    """Zone and shortest period of an attribute, by which its values are added up."""
    steps = [step_of(line) for line in lines if line.attribute]
    bucket = np.zeros(last - first + 1, dtype=np.int64)
    if steps:
        bucket = (lines[0].table.offset + np.arange(first, last + 1)) // min(steps)
    place: Numbers = linked.zone_of[:, None] * (last + 2) + (bucket - bucket[0])[None, :]
    return place


def _sums(label: Numbers, atoms: Numbers, facts: int, width: int) -> sparse.csr_array:
    fact = label.ravel()[atoms]
    here = np.flatnonzero(fact != NOTHING)
    return sparse.csr_array((np.ones(len(here)), (fact[here], here)), shape=(facts, width))


def _count(lines: Sequence[Line], group: Spoken) -> int:
    table = lines[group.line].table
    return table.told[table.moment(group.month, group.rung)][group.area]


def _stacked(rows: list[sparse.csr_array], width: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack([sparse.csr_array((0, width)), *rows], format="csr"))
