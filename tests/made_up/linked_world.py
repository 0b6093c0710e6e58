"""A small country in arrays: cells in a row, zones of some cells each, and the tables that add them up."""

import numpy as np
from numpy.typing import NDArray

from analytics.disclosure.ladder import Ground, open_table
from analytics.disclosure.linked import Line, Linked

PERIODS = ("month", "quarter", "year")


def lines(
    episodes: NDArray[np.int64],
    zone_of: NDArray[np.int64],
    *,
    k: int = 5,
    crowd: float = 0.0,
    tables: tuple[str, ...] = ("blocks", "series", "departement"),
) -> tuple[list[Line], Linked]:
    """Open the tables of a country of cells of 1,000 inhabitants.

    Parameters
    ----------
    episodes
        (cells, months).
    zone_of
        (cells,) zone of each cell.
    k
        The threshold.
    crowd
        Inhabitants of ground that points at nobody.
    tables
        Which tables there are; ``blocks`` has cells alone and in pairs.
    """
    cells, months = episodes.shape
    people = np.full(cells, 1000.0)
    pairs = np.arange(cells) // 2
    zones, whole = zone_of, np.zeros(cells, dtype=np.int64)
    found = []
    for name in tables:
        owner = {"blocks": np.arange(cells), "series": zones, "departement": whole}[name]
        units = int(owner.max()) + 1
        one = np.arange(units)
        areas = {"blocks": {"1000": one, "2000": pairs}, "series": {"zone": one}, "departement": {"departement": one}}
        area_of = areas[name]
        names = {level: [str(i) for i in range(int(numbers.max()) + 1)] for level, numbers in area_of.items()}
        residents = np.bincount(owner, weights=people).astype(np.float64)
        ground = Ground(residents, np.bincount(owner), area_of, names)
        rungs = [(level, period) for period in PERIODS for level in area_of]
        table = open_table(ground, rungs, k=k, min_inhabitants=100, months=months)
        waiting = np.zeros((units, months), dtype=np.int64)
        np.add.at(waiting, owner, episodes)
        found.append(Line(name, table, owner, waiting))
    return found, Linked(people, zones, {"zone": zones, "1000": np.arange(cells), "2000": pairs}, crowd)


def by_attribute(attribute: str, values: tuple[str, ...], counts: NDArray[np.int64], *, k: int = 5) -> Line:
    """Open the table of an attribute.

    Parameters
    ----------
    attribute, values
        Its name and its values.
    counts
        (zones, values, months).
    k
        The threshold.
    """
    zones, size, months = counts.shape
    units = np.arange(zones * size)
    ground = Ground(
        np.full(len(units), 1000.0),
        np.ones(len(units), dtype=np.int64),
        {"zone": units},
        {"zone": [str(unit) for unit in units]},
    )
    rungs = [("zone", "quarter"), ("zone", "year")]
    table = open_table(ground, rungs, k=k, min_inhabitants=100, months=months)
    return Line("breakdown", table, units, counts.reshape(len(units), months), attribute, values)
