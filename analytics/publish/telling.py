"""Coarser facts as a release tells them: areas, periods, and ground rounded out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics import territory as ground_floor
from analytics.disclosure import linking, tables
from analytics.disclosure.ladder import NOISE
from analytics.disclosure.policy import CELL_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analytics.disclosure.ladder import Block
    from analytics.disclosure.policy import Policy
    from analytics.publish.finer import Finer
    from analytics.publish.sums import Sums
    from analytics.territory import Territory

    Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rounding:
    """The finer release's cells, put together to the coarser policy's smallest cells.

    Attributes
    ----------
    cell_of
        (finer cells,) coarser cell of each.
    residents
        (coarser cells,) inhabitants.
    cells_of
        For the tables whose units are no cells, the coarser cells in each of their units.
    """

    cell_of: Numbers
    residents: NDArray[np.float64]
    cells_of: dict[str, Numbers]


def rounding(finer: Finer, policy: Policy, territory: Territory) -> Rounding:
    """Put the finer cells together to the coarser policy's smallest cells."""
    fine, coarse = ground_floor.ground(territory, finer.cell_m), ground_floor.ground(territory, policy.cell_m)
    corner = pd.MultiIndex.from_arrays([ground_floor.snap(fine[axis], policy.cell_m) for axis in ("e", "n")])
    place = pd.MultiIndex.from_frame(coarse[["e", "n"]]).get_indexer(corner)
    people = np.bincount(place, weights=fine["residents"], minlength=len(coarse)).astype(np.float64)
    zone = tables.zone_numbers(coarse["zone"], territory)
    by_zone = np.bincount(zone, minlength=len(territory.zones)).astype(np.int64)
    whole = np.array([len(coarse)], dtype=np.int64)
    return Rounding(np.asarray(place, dtype=np.int64), people, {"zone": by_zone, "departement": whole})


def described(sums: Sums, blocks: Sequence[Block], first: pd.Period, rounded: Rounding) -> Iterator[dict[str, Any]]:
    """Facts of a coarser table, in the columns of a release except ``vintage`` and ``order``.

    The ground of a cell's fact is rounded out to the coarser policy's smallest cells: neither ``covered`` nor
    ``residents`` says which smaller ground inside them the finer facts spoke of.
    """
    table, months = sums.line.table, sums.line.table.sealed.shape[1]
    for block in blocks:
        rung = table.rungs[block.rung]
        members = sums.added_up(table.moment(block.last, block.rung), block.area)
        unit, month = np.divmod(np.concatenate([sums.atoms[fact] for fact in members]), months)
        covered, residents = _ground(sums, unit, month, rung.area_level, rounded, block.residents)
        yield {
            "table": sums.line.name,
            "area": table.ground.areas[rung.area_level][block.area],
            "area_level": rung.area_level,
            "period_start": (first + block.first).start_time.date().isoformat(),
            "period_end": (first + block.last).end_time.date().isoformat(),
            "period_level": rung.period_level,
            "attribute": sums.line.attribute,
            "value": str(linking.value_of(sums.line, np.array([block.area]))[0]),
            "n": block.n,
            "covered": covered,
            "residents": residents,
            "reports": int(sums.reports[members].sum()) // table.k * table.k
            if sums.line.name == "departement"
            else None,
        }


def _ground(
    sums: Sums, unit: Numbers, month: Numbers, level: str, rounded: Rounding, residents: float
) -> tuple[int, int]:
    """Coarser cells x months that a fact covers, and the inhabitants of that ground where they are fewest."""
    if sums.line.name not in CELL_TABLES:
        place = unit // max(1, len(sums.line.values))
        return int(rounded.cells_of[level][place].sum()), int(residents + NOISE)
    width = sums.line.table.sealed.shape[1]
    cell, when = np.divmod(np.unique(rounded.cell_of[unit] * width + month), width)
    people = np.bincount(when, weights=rounded.residents[cell])[np.unique(when)]
    return len(cell), int(people.min() + NOISE)
