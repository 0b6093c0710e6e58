"""Complete totals of a campaign's areas in a run of months, from facts alone.

A total is complete when every month and all of the ground lie in facts wholly inside them. Such facts were sealed
before the last of the months closed, whatever the run, so that totals of equally long runs are of the same age; what
is not complete is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from analytics import release as said
from analytics import territory as ground_floor
from analytics.statistics import StatisticsError, floors, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd
    from scipy import sparse

    from analytics.release import Release
    from analytics.statistics.told import Series
    from analytics.territory import Territory

CELL_TABLES: Final = ("blocks", "outlook")


@dataclass(frozen=True, eq=False)
class Areas:
    """What the facts tell of some areas.

    Attributes
    ----------
    zones
        Zone ids.
    series
        What is told of each of them.
    cells
        (cells,) numbers of the smallest cells outside these zones.
    layers
        Of each table of cells: which atoms each fact speaks of, and its count; none where facts are floors.
    months
        Closed months.
    untold
        Communes that no fact speaks of: they are a part of a zone.
    """

    zones: tuple[str, ...]
    series: tuple[Series, ...]
    cells: npt.NDArray[np.int64]
    layers: tuple[tuple[sparse.csr_array, npt.NDArray[np.int64]], ...]
    months: pd.PeriodIndex
    untold: tuple[str, ...]

    def total(self, first: pd.Period, last: pd.Period) -> int | None:
        """Sum over a run of months, None unless it is complete."""
        if self.untold or not len(self.months) or first < self.months[0] or last > self.months[-1]:
            return None
        sums = [complete(series, first, last) for series in self.series]
        if len(self.cells):
            sums.append(self._of_cells(first, last))
        known = [n for n in sums if n is not None]
        return sum(known) if len(known) == len(sums) else None

    def alike(self, one: tuple[pd.Period, pd.Period], other: tuple[pd.Period, pd.Period]) -> bool:
        """Whether no zone's two runs are told in opposite ways, one month by month and one by no month alone.

        Where months fall short of k a quarter is told that holds few, where they do not each month is: to compare the
        two is to compare what was chosen to be small with what was chosen to be large.
        """
        return not any({alone(s, *one), alone(s, *other)} == {"every", "none"} for s in self.series)

    def _of_cells(self, first: pd.Period, last: pd.Period) -> int | None:
        start, stop = (int(np.argmax(self.months == month)) for month in (first, last))
        run = np.arange(start, stop + 1)
        atoms = (self.cells[:, None] * len(self.months) + run).ravel()
        for matrix, n in self.layers:
            wanted = np.zeros(matrix.shape[1])
            wanted[atoms] = 1.0
            inside = matrix @ wanted
            whole = inside == np.diff(matrix.indptr)
            if inside[whole].sum() == len(atoms):
                return int(n[whole].sum())
        return None


def of_areas(release: Release, territory: Territory, areas: Sequence[str]) -> Areas:
    """Find what the facts tell of zones, cells, and communes that make up whole zones.

    Raises
    ------
    StatisticsError
        An area is not on the territory, or a cell lies in a zone that is named, too.
    """
    zones, cells, untold = _resolve(release, territory, areas)
    layers = []
    if len(cells) and not floors.partly(release):
        for table in CELL_TABLES:
            matrix, facts = said.incidence(release, territory, table)
            layers.append((matrix, facts["n"].to_numpy(dtype=np.int64)))
    series = tuple(told.of_area(release, zone) for zone in zones)
    return Areas(zones, series, cells, tuple(layers), said.months(release), untold)


def of_triage(release: Release, zone: str, value: str) -> Series:
    """What the facts tell of the reports of a zone that were ``kept`` or ``set_aside``."""
    facts = release.facts
    chosen = facts[(facts["table"] == said.BREAKDOWN) & (facts["attribute"] == "triage") & (facts["value"] == value)]
    # A breakdown's facts of one value share out months as a series' do.
    return told.of_area(said.Release(release.path, release.manifest, chosen.assign(table="series")), zone)


def complete(series: Series, first: pd.Period, last: pd.Period) -> int | None:
    """Sum over a run of months, None unless each lies in a fact wholly inside the run."""
    return told.complete_total(series, first, last)[0]


def alone(series: Series, first: pd.Period, last: pd.Period) -> Literal["every", "some", "none"]:
    """How many months of a run are told alone."""
    told_alone = series.alone[max(series.number(first), 0) : series.number(last) + 1]
    return "every" if told_alone.all() else "some" if told_alone.any() else "none"


def _resolve(
    release: Release, territory: Territory, areas: Sequence[str]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64], tuple[str, ...]]:
    communes = ground_floor.zone_of_commune(territory)
    zones = [area for area in areas if area in territory.zones.index]
    named = [area for area in areas if area in communes.index and area not in zones]
    whole = [zone for zone, codes in communes.groupby(communes) if set(codes.index) <= set(named)]
    untold = tuple(code for code in named if communes[code] not in whole)
    zones += [str(zone) for zone in whole]
    squares = [area for area in areas if area not in territory.zones.index and area not in communes.index]
    cells = _cells(release, territory, squares)
    inside = ground_floor.ground(territory, release.cell_m)["zone"].to_numpy()[cells]
    if np.isin(inside, zones).any():
        raise StatisticsError(f"A cell lies in the zone {inside[np.isin(inside, zones)][0]}, too: name one of them.")
    return tuple(dict.fromkeys(zones)), cells, untold


def _cells(release: Release, territory: Territory, squares: list[str]) -> npt.NDArray[np.int64]:
    """Numbers of the smallest cells in squares of any size of the grid."""
    ground = ground_floor.ground(territory, release.cell_m)
    found = np.zeros(len(ground), dtype=bool)
    for square in squares:
        try:
            parsed = ground_floor.parse_cell_ids([square]).iloc[0]
        except ground_floor.TerritoryError:
            raise StatisticsError(
                f"{territory.name} has no area {square!r}: name a zone, the code of a commune or the id of a cell."
            ) from None
        size = int(parsed["size_m"])
        if size < release.cell_m or size % release.cell_m:
            raise StatisticsError(
                f"The release tells nothing of cells of {size} m: name one of {release.cell_m} m or a multiple."
            )
        mine = (ground_floor.area_of_cells(ground, str(size), territory) == square).to_numpy()
        if not mine.any():
            raise StatisticsError(f"The cell {square} is not in {territory.name}: name one that is.")
        found |= mine
    return np.flatnonzero(found)
