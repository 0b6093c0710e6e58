"""The either-or of the ladder's rule across tables: which groups need it, and which counts it allows.

A group that was tried and not sealed holds fewer than k, or a count at which hold-back would have refused it. Nearly
always the first is enough to show that nothing is proved; the second is worked out only for the groups that need it.
Which those are is a function of what was published, so everybody finds the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analytics.disclosure import audit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.disclosure.knowledge import Knowledge, Spoken

    Ranges = tuple[tuple[float, float], ...]

FAR = 1.0e4
"""More than any count."""


@dataclass
class EitherOr:
    """What the either-or allows, as far as it was needed.

    Attributes
    ----------
    k
        The threshold.
    patience
        Of how many groups it is worked out at most.
    ranges
        Groups that may hold more than k - 1, and the ranges that they may lie in.
    plain
        Groups that were looked at and may not.
    """

    k: int
    patience: int
    ranges: dict[Spoken, Ranges] = field(default_factory=dict)
    plain: set[Spoken] = field(default_factory=set)

    def __len__(self) -> int:
        """Number of groups that were looked at."""
        return len(self.ranges) + len(self.plain)

    def learn(self, group: Spoken, refused: Iterable[int]) -> None:
        """Take in the counts at which a group that was tried would have been refused."""
        found = _ranges(refused, self.k)
        if len(found) == 1 and found[0][1] < self.k:
            self.plain.add(group)
        else:
            self.ranges[group] = found


def _ranges(refused: Iterable[int], k: int) -> Ranges:
    ranges: list[tuple[float, float]] = [(0, k - 1)]
    for count in sorted(refused):
        if count == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], count)
        else:
            ranges.append((count, count))
    return tuple(ranges)


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a world is wanted to show: ``least <= rows @ variables <= greatest``.

    The rows may have more columns than there are unknowns: further ones are auxiliary.
    """

    rows: sparse.csr_array
    least: np.ndarray
    greatest: np.ndarray


def program(known: Knowledge, rules: EitherOr, wanted: Wanted | None = None) -> audit.Problem:
    """Write what is known, with the either-or as far as it was needed, as an integer program."""
    choice = [i for i, group in enumerate(known.silent) if group in rules.ranges]
    firm = [i for i, group in enumerate(known.silent) if group not in rules.ranges]
    return _written(known, rules, firm, choice, [rules.ranges[known.silent[i]] for i in choice], wanted)


def broken(known: Knowledge, rules: EitherOr, wanted: Wanted | None = None) -> list[Spoken] | None:
    """Fewest rules that a world would have to break; None when there is no world whatever it breaks.

    Rules that were looked at are not broken.
    """
    firm = [i for i, group in enumerate(known.silent) if group in rules.plain]
    choice = [i for i, group in enumerate(known.silent) if group not in rules.plain]
    soft = ((0.0, rules.k - 1.0), (float(rules.k), FAR))
    ranges = [rules.ranges.get(known.silent[i], soft) for i in choice]
    written = _written(known, rules, firm, choice, ranges, wanted)
    price, owner = [], []
    for i, allowed in zip(choice, ranges, strict=True):
        price += [float(allowed is soft and place == 1) for place in range(len(allowed))]
        owner += [i] * len(allowed)
    cost = np.zeros(written.variables)
    cost[written.atoms :] = price
    answer = written.solve(cost)
    if answer.status == audit.INFEASIBLE:
        return None
    if answer.status != audit.SOLVED:
        raise audit.AuditError(f"The solver could not decide: {answer.message}")
    chosen = (np.round(answer.x[written.atoms :]) == 1) & (np.array(price) == 1)
    return [known.silent[owner[place]] for place in np.flatnonzero(chosen)]


def _written(
    known: Knowledge, rules: EitherOr, firm: list[int], choice: list[int], ranges: list[Ranges], wanted: Wanted | None
) -> audit.Problem:
    width = known.variables if wanted is None else wanted.rows.shape[1]
    facts = _wide(sparse.vstack([known.facts, known.links], format="csr"), width)
    told = np.concatenate([known.counts, np.zeros(known.links.shape[0])])
    bound = _wide(known.rules[firm], width)
    upper = [(bound, np.full(len(firm), rules.k - 1.0))]
    if wanted is not None:
        upper += [(wanted.rows, wanted.greatest), (-wanted.rows, -wanted.least)]
    return audit.problem(
        facts,
        told,
        upper=(sparse.vstack([rows for rows, _ in upper], format="csr"), np.concatenate([most for _, most in upper])),
        either=(_wide(known.rules[choice], width), ranges) if choice else None,
        integer=True,
    )


def _wide(rows: sparse.csr_array, width: int) -> sparse.csr_array:
    return sparse.csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))
