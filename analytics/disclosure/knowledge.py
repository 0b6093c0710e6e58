"""What an attacker knows of a run of months, in the solver's form: unknowns, equations, rules.

The first unknowns are episodes: atoms that no fact and no rule tells apart are one. Those of attributes follow
(``families``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure import audit, families, silence
from analytics.disclosure.silence import NOTHING, Tried
from analytics.disclosure.state import UNSEALED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.families import Family
    from analytics.disclosure.linked import Line, Linked
    from analytics.disclosure.silence import Ranges, Silent

    Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of a run of months.

    Attributes
    ----------
    first, last
        The months.
    owner
        (units, months) unknown that holds each atom.
    unknowns
        How many unknowns are episodes.
    zone
        (unknowns,) zone of each.
    families
        The unknowns of attributes, after those of episodes.
    facts, counts, said
        0/1 matrix (facts x variables), the published sums, and which groups they are.
    rules, silent
        0/1 matrix (rules x variables) of groups that hold fewer than k, and which they are.
    refused, held_back, ranges
        The same for groups that were held back, and the ranges in which their counts may lie.
    links, caps, room
        Sums that are 0 (attributes less what they add up to), and sums of at most ``room``.
    """

    first: int
    last: int
    owner: Numbers
    unknowns: int
    zone: Numbers
    families: list[Family]
    facts: sparse.csr_array
    counts: NDArray[np.float64]
    said: list[Tried]
    rules: sparse.csr_array
    silent: list[Tried]
    refused: sparse.csr_array
    held_back: list[Tried]
    ranges: list[Ranges]
    links: sparse.csr_array
    caps: sparse.csr_array
    room: NDArray[np.float64]

    @property
    def variables(self) -> int:
        """How many unknowns there are, those of attributes included."""
        return int(self.facts.shape[1])

    def problem(self, k: int) -> audit.Problem:
        """Write it as a program over whole numbers."""
        return audit.problem(
            _below([self.facts, self.links], self.variables),
            np.concatenate([self.counts, np.zeros(self.links.shape[0])]),
            upper=(
                _below([self.rules, self.caps], self.variables),
                np.concatenate([np.full(self.rules.shape[0], k - 1.0), self.room]),
            ),
            either=(self.refused, self.ranges) if self.ranges else None,
            integer=True,
        )


@dataclass(frozen=True, eq=False)
class _Layer:
    """Sums over the atoms of one line: which of its groups speaks of each atom, -1 for none, and those groups."""

    line: int
    labels: Numbers
    groups: list[Tried]


def gather(
    lines: Sequence[Line],
    linked: Linked,
    first: int,
    last: int,
    *,
    rules: bool = True,
    known: bool = True,
    eased: Mapping[Tried, int] | None = None,
) -> Knowledge:
    """Write down what is known of a run of months that no closed period links to others (``linked.pieces``).

    Parameters
    ----------
    lines, linked
        The tables as the facts leave them, and their common ground.
    first, last
        The run of months.
    rules
        Whether the attacker knows the ladder's rule.
    known
        Whether ``waiting`` of the lines is the truth, which tells the groups that were held back from small ones.
    eased
        Groups that the rule binds less, or not at all (``silence.silent``).
    """
    here = families.families_of(lines, linked, first, last)
    attributes = {"", *(family.attribute for family in here)}
    spoken = [number for number, line in enumerate(lines) if line.attribute in attributes]
    facts = [_facts(number, lines[number], first, last) for number in spoken]
    small, refused, ranges = _silence(lines, first, last, known=known, eased=eased) if rules else ([], [], [])
    episodes = [layer for layer in (*facts, *small, *refused) if not lines[layer.line].attribute]
    shape = (len(linked.residents), last - first + 1)
    apart = [np.broadcast_to(linked.zone_of[:, None], shape)]
    apart += [np.broadcast_to(family.bucket_of, shape) for family in here[:1]]
    owner, atoms = joined([*apart, *(layer.labels for layer in episodes)])
    zone = linked.zone_of[atoms // shape[1]]
    placed = [family.placed(len(atoms)) for family in here]
    width = len(atoms) + sum(family.size for family in placed)
    of_attribute = {family.attribute: family for family in placed}

    def written(layers: Iterable[_Layer]) -> sparse.csr_array:
        rows = []
        for layer in layers:
            family = of_attribute.get(lines[layer.line].attribute)
            label = layer.labels.ravel()[atoms] if family is None else family.flat(layer.labels)
            rows.append(_sums(label, len(layer.groups), 0 if family is None else family.base, width))
        return _below(rows, width)

    bucket = here[0].bucket_of[atoms % shape[1]] if here else np.zeros(len(atoms), dtype=np.int64)
    links, caps, room = families.links(lines, placed, (zone, bucket), first, known=known)
    said = [group for layer in facts for group in layer.groups]
    return Knowledge(
        first=first,
        last=last,
        owner=owner,
        unknowns=len(atoms),
        zone=zone,
        families=placed,
        facts=written(facts),
        counts=np.array([_count(lines[group.line], group) for group in said], dtype=np.float64),
        said=said,
        rules=written(small),
        silent=[group for layer in small for group in layer.groups],
        refused=written(refused),
        held_back=[group for layer in refused for group in layer.groups],
        ranges=ranges,
        links=links,
        caps=caps,
        room=room,
    )


def joined(labels: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """Join the atoms that carry the same labels.

    Parameters
    ----------
    labels
        Arrays of one shape, one number an atom each.

    Returns
    -------
    owner, atoms
        The unknown of each atom, in the shape of the labels; and for each unknown one of its atoms (flat).
    """
    together = labels[0].ravel()
    for label in labels[1:]:
        _, dense = np.unique(together, return_inverse=True)
        width = int(label.max(initial=0)) + 2
        together = dense * width + (label.ravel() + 1)
    _, atoms, owner = np.unique(together, return_index=True, return_inverse=True)
    return owner.reshape(labels[0].shape), atoms


def _facts(number: int, line: Line, first: int, last: int) -> _Layer:
    """Facts of a table."""
    table, owner = line.table, line.owner
    moments = table.sealed[owner, first : last + 1].astype(np.int64)
    moments[owner < 0] = UNSEALED
    label = np.full(moments.shape, NOTHING, dtype=np.int64)
    groups: list[Tried] = []
    for moment in np.unique(moments[moments != UNSEALED]):
        month, rung = divmod(int(moment), len(table.rungs))
        level = table.rungs[rung].area_level
        areas = np.array(sorted(table.told[int(moment)]))
        number_of = np.full(len(table.ground.areas[level]), NOTHING, dtype=np.int64)
        number_of[areas] = len(groups) + np.arange(len(areas))
        groups += [Tried(number, month, rung, int(area)) for area in areas]
        here = moments == moment
        fact = number_of[table.ground.area_of[level][owner]]
        label[here] = np.broadcast_to(fact[:, None], here.shape)[here]
    return _Layer(number, label, groups)


def _silence(
    lines: Sequence[Line], first: int, last: int, *, known: bool, eased: Mapping[Tried, int] | None
) -> tuple[list[_Layer], list[_Layer], list[Ranges]]:
    """Rules that no larger one implies; groups that were held back, a layer each, and where they may lie."""
    width = last - first + 1
    found = list(silence.silent(lines, first, last, known=known, eased=eased))
    found.sort(key=lambda group: silence.size(lines[group.line], group), reverse=True)
    small: list[_Layer] = []
    for of_attribute in (False, True):
        # Attributes are unknowns of their own, so their rules imply nothing of one another but within a table.
        among = [group for group in found if bool(lines[group.line].attribute) == of_attribute]
        by_line: dict[int, list[Silent]] = {}
        for group in among:
            by_line.setdefault(group.line if of_attribute else NOTHING, []).append(group)
        for together in by_line.values():
            labels = [silence.label(lines[g.line], g, g.small, width) for g in together]
            small += [_numbered(g, kept) for g, kept in zip(together, silence.maximal(labels), strict=True)]
    refused, ranges = [], []
    for group in found:
        for area in group.refused:
            label = silence.label(lines[group.line], group, np.array([area]), width)
            refused.append(_numbered(group, label))
            ranges.append(silence.allowed(lines[group.line], group, area))
    return small, refused, ranges


def _numbered(group: Silent, label: Numbers) -> _Layer:
    """A layer of the groups whose areas a label names."""
    areas = np.unique(label[label != NOTHING])
    number = np.full(int(areas.max(initial=-1)) + 2, NOTHING, dtype=np.int64)
    number[areas] = np.arange(len(areas))
    tried = [Tried(group.line, group.month, group.rung, int(area)) for area in areas]
    return _Layer(group.line, np.where(label != NOTHING, number[label], NOTHING), tried)


def _sums(label: Numbers, sums: int, base: int, width: int) -> sparse.csr_array:
    here = np.flatnonzero(label != NOTHING)
    return sparse.csr_array((np.ones(len(here)), (label[here], base + here)), shape=(sums, width))


def _below(rows: Sequence[sparse.csr_array], width: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack([sparse.csr_array((0, width)), *rows], format="csr"))


def _count(line: Line, group: Tried) -> int:
    return line.table.told[line.table.moment(group.month, group.rung)][group.area]


def truth(known: Knowledge, lines: Sequence[Line]) -> NDArray[np.float64]:
    """Value of each variable as far as the lines' ``waiting`` says it. Confidential.

    Returns
    -------
    ndarray, shape (variables,)
        It need not satisfy what is known: what was forgotten since is missing.
    """
    months = slice(known.first, known.last + 1)
    episodes = [line for line in lines if not line.attribute]
    width = known.last - known.first + 1
    world = np.zeros(known.owner.shape, dtype=np.int64)
    for line in sorted(episodes, key=lambda line: int(line.owner.max(initial=0)), reverse=True):
        held = np.zeros((len(line.waiting), width), dtype=np.int64)
        here = line.owner >= 0
        np.add.at(held, line.owner[here], world[here])
        last = np.zeros(len(line.waiting), dtype=np.int64)  # the last unit of each area takes what finer tables lack
        last[line.owner[here]] = np.flatnonzero(here)
        world[last] += line.waiting[:, months] - held
    found = np.zeros(known.variables)
    found[: known.unknowns] = np.bincount(known.owner.ravel(), weights=world.ravel(), minlength=known.unknowns)
    for family in known.families:
        found[family.base : family.base + family.size] = family.summed(lines[family.line].waiting[:, months]).ravel()
    return found
