"""A finer release, and exactly what its facts cover: what a coarser audience's release is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics import release
from analytics.disclosure import linking
from analytics.publish.calendar import PublishError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.disclosure.linked import Line
    from analytics.disclosure.policy import Policy
    from analytics.release import Release
    from analytics.territory import Territory

    Numbers = NDArray[np.int64]


ROUNDING = 1e-3
"""Inhabitants by which a sum in another order may lie beside a whole number."""


@dataclass(frozen=True, eq=False)
class Told:
    """The facts of one table (of one attribute) and what they cover.

    Attributes
    ----------
    facts
        In the order of sealing.
    value
        (facts,) number of each fact's value among those of the attribute; 0 where the table has none.
    atoms
        For each fact the atoms of the table that it covers, flat numbers (unit x months + month). Units as in
        ``linking.lines_of``, on cells of ``Finer.cell_m``.
    """

    facts: pd.DataFrame
    value: Numbers
    atoms: list[Numbers]


@dataclass(frozen=True, eq=False)
class Finer:
    """A release and exactly what its facts cover.

    Attributes
    ----------
    release
        The release.
    cell_m
        Side of the cells on which it is known what the facts cover, metres: the release's own smallest, or, for a
        derived one, those of the release that it came from.
    told
        By table and attribute.
    """

    release: Release
    cell_m: int
    told: dict[tuple[str, str], Told]

    @property
    def months(self) -> pd.PeriodIndex:
        """Closed months."""
        return release.months(self.release)


def lines_of(policy: Policy, cell_m: int, months: pd.PeriodIndex, territory: Territory) -> list[Line]:
    """Open the tables of a policy on smaller cells than its own."""
    on_cells = policy.model_copy(update={"cell_m": cell_m})
    return linking.lines_of(on_cells, territory, months=len(months), offset=months[0].month - 1)


def published(of: Release, policy: Policy, territory: Territory) -> Finer:
    """Lay out a release that was published from a vault: area, period and order say exactly what its facts cover.

    Parameters
    ----------
    of
        The release.
    policy
        The coarser policy: its tables are laid out.
    territory
        The ground.

    Raises
    ------
    PublishError
        The release was published on another ground: cells or inhabitants are not those that its facts tell.
    """
    months = release.months(of)
    incidence = {name: release.incidence(of, territory, name) for name in policy.tables}
    zone_of = linking.linked_of(policy.model_copy(update={"cell_m": of.cell_m}), territory).zone_of
    told = {}
    for line in lines_of(policy, of.cell_m, months, territory):
        matrix, facts = incidence[line.name]
        mine = (facts["attribute"] == line.attribute).to_numpy()
        chosen = facts[mine].reset_index(drop=True)
        value = values_of(chosen, line)
        owner = zone_of if line.attribute else line.owner  # a breakdown's units are its zones, once a value
        atoms = _atoms(matrix[np.flatnonzero(mine)], owner, max(1, len(line.values)), value, len(months))
        if not _same_ground(line, chosen, atoms, len(months)):
            raise PublishError(
                f"{of.path.name} was published on another ground than this territory's; restore the territory files "
                "that it was published with."
            )
        told[line.name, line.attribute] = Told(chosen, value, atoms)
    return Finer(of, of.cell_m, told)


def values_of(facts: pd.DataFrame, line: Line) -> Numbers:
    """Number of each fact's value among those of the line's attribute."""
    words = pd.Index(line.values or ("",))  # noqa: PD011 - not a frame's
    value = np.asarray(words.get_indexer(pd.Index(facts["value"])), dtype=np.int64)
    if (value < 0).any():
        raise PublishError(
            f"The finer release has a {line.attribute} that this version of Vigie does not know; update it."
        )
    return value


def _atoms(matrix: Any, owner: Numbers, values: int, value: Numbers, months: int) -> list[Numbers]:  # noqa: ANN401 - a sparse array of any index type
    """Atoms of the table that each fact covers, from the atoms of the release."""
    if not matrix.shape[0]:
        return []
    unit, month = np.divmod(matrix.indices.astype(np.int64), months)
    flat = (owner[unit] * values + np.repeat(value, np.diff(matrix.indptr))) * months + month
    return [np.unique(part) for part in np.split(flat, matrix.indptr[1:-1])]


def _same_ground(line: Line, facts: pd.DataFrame, atoms: list[Numbers], months: int) -> bool:
    """Whether the facts cover as many cell-months and inhabitants as they tell."""
    ground = line.table.ground
    for covered, residents, here in zip(facts["covered"], facts["residents"], atoms, strict=True):
        unit, month = np.divmod(here, months)
        if ground.cells[unit].sum() != covered:
            return False
        fewest = np.bincount(month, weights=ground.residents[unit])[np.unique(month)].min()
        if not residents - ROUNDING <= fewest <= residents + 1 + ROUNDING:
            return False
    return True
