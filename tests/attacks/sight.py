"""What the attacker reads: releases and the territory's files, and the sums that they are made of.

Written from DESIGN sections 3 and 8 alone. Nothing here looks at the vault or asks the code that audits.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analytics import territory as territories
from analytics.release import Release
from analytics.territory import Territory

Numbers = NDArray[np.int64]
LENGTHS = {"month": 1, "quarter": 3, "year": 12}
SQUARE = re.compile(r"RES(\d+)mN(-?\d+)E(-?\d+)$")


@dataclass(frozen=True, eq=False)
class Ground:
    """The atoms: units (smallest cells, then one a zone for its unlocated) x months.

    Attributes
    ----------
    e, n
        South-west corners of the cells, metres.
    people
        Inhabitants of each unit; 0 for the unlocated.
    zone
        Number of the zone of each unit.
    zones
        Ids of the zones.
    months
        Every closed month.
    """

    e: Numbers
    n: Numbers
    people: NDArray[np.float64]
    zone: Numbers
    zones: list[str]
    months: pd.PeriodIndex

    @property
    def shape(self) -> tuple[int, int]:
        """Units and months."""
        return len(self.people), len(self.months)

    def units(self, level: str, area: str) -> Numbers:
        """Units of an area."""
        if level == "departement":
            return np.arange(len(self.people))
        if level == "zone":
            return np.flatnonzero(self.zone == self.zones.index(area))
        found = SQUARE.search(area)
        assert found is not None, area
        size, north, east = map(int, found.groups())
        return np.flatnonzero((self.e // size == east // size) & (self.n // size == north // size))

    def areas(self, level: str) -> Numbers:
        """Number of the area of a level that each unit lies in; -1 for the unlocated, that lie in no cell."""
        if level == "departement":
            return np.zeros(len(self.people), dtype=np.int64)
        if level == "zone":
            return self.zone
        size = int(level)
        _, owner = np.unique(np.stack([self.n // size, self.e // size]), axis=1, return_inverse=True)
        return np.concatenate([owner.ravel(), np.full(len(self.zones), -1)])

    def periods(self, length: int) -> Numbers:
        """Number of the calendar period of so many months that each month lies in, from 0."""
        number = np.asarray(self.months.year * 12 + self.months.month - 1) // length
        return np.asarray(number - number[0], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Sight:
    """All that was said, as sums of atoms.

    Attributes
    ----------
    k, crowd
        The policy's thresholds: what counts as small, and how many people point at nobody.
    ground
        The atoms.
    facts
        The facts, one a row of ``sums``; column ``source`` numbers the release.
    sums
        0/1 matrix (facts x classes). A class joins the atoms that no fact, and no rule, tells apart.
    owner
        (units, months) class of each atom.
    inside, touching
        Every cell of a ladder size and every zone, by month, quarter and year (groups x classes): the classes that lie
        wholly in each group, and all that touch it. Of a class that lies there in part, all can lie outside, or all
        inside; so a group holds at least the first sum and at most the second.
    """

    k: int
    crowd: float
    ground: Ground
    facts: pd.DataFrame
    sums: sparse.csr_array
    owner: Numbers
    inside: sparse.csr_array
    touching: sparse.csr_array

    @property
    def counts(self) -> NDArray[np.float64]:
        """What each fact says."""
        return self.facts["n"].to_numpy(dtype=np.float64)


def ground_of(said: Sequence[Release], territory: Territory) -> Ground:
    """Lay out the atoms that releases speak of."""
    first = min(pd.Period(r.manifest["vintages"][0]["first_month"], freq="M") for r in said)
    last = max(pd.Period(r.manifest["vintages"][-1]["through"], freq="M") for r in said)
    cells = territories.ground(territory, min(r.cell_m for r in said))
    zones = [str(zone) for zone in territory.zones.index]
    number = np.array([zones.index(zone) for zone in cells["zone"]] + list(range(len(zones))), dtype=np.int64)
    people = np.concatenate([cells["residents"].to_numpy(dtype=np.float64), np.zeros(len(zones))])
    months = pd.period_range(first, last, freq="M")
    return Ground(cells["e"].to_numpy(), cells["n"].to_numpy(), people, number, zones, months)


def names_of(ground: Ground, level: str, territory: Territory) -> NDArray[np.object_]:
    """Ids of the areas of a level, in the order of ``Ground.areas``."""
    if level == "departement":
        return np.array([territory.code], dtype=object)
    if level == "zone":
        return np.array(ground.zones, dtype=object)
    size = int(level)
    owner = ground.areas(level)[: len(ground.e)]
    _, one = np.unique(owner, return_index=True)
    return territories.cell_ids(ground.e[one] // size * size, ground.n[one] // size * size, size, territory.crs)


def look(said: Sequence[Release], territory: Territory, rules: sparse.csr_array | None = None) -> Sight:
    """Read releases, of one audience or several, together.

    Parameters
    ----------
    said
        Nothing is asked of them but facts and manifest.
    territory
        From its files, which everybody may have.
    rules
        More sums of atoms (rules x atoms) that the attacker tells apart.
    """
    ground = ground_of(said, territory)
    facts = pd.concat([r.facts.assign(source=number) for number, r in enumerate(said)], ignore_index=True)
    facts = facts[facts["attribute"] == ""].sort_values(["source", "order"], ignore_index=True)
    rows = atoms_of(facts, ground)
    owner, chosen = classes(rows if rules is None else sparse.csr_array(sparse.vstack([rows, rules], format="csr")))
    owner = owner.reshape(ground.shape)
    policies = [r.manifest["policy"] for r in said]
    sizes = {level for p in policies for rungs in p["tables"].values() for level, _ in rungs if level.isdigit()}
    inside, touching = aligned(ground, owner, [*sorted(sizes, key=int), "zone"])
    k, crowd = min(int(p["k"]) for p in policies), min(float(p["crowd"]) for p in policies)
    return Sight(k, crowd, ground, facts, cut(rows, chosen), owner, inside, touching)


def atoms_of(facts: pd.DataFrame, ground: Ground) -> sparse.csr_array:
    """Atoms of each fact: those of its area and period that no earlier fact of its table holds.

    The column ``covered`` tells whoever reads a release whether he reads it well.
    """
    units, months = ground.shape
    taken: dict[tuple[object, ...], NDArray[np.bool_]] = {}
    members: dict[tuple[str, str], Numbers] = {}
    pieces: list[Numbers] = []
    begins, ends = (_month_number(facts[name], ground.months) for name in ("period_start", "period_end"))
    for row, fact in enumerate(facts.itertuples(index=False)):
        key = (str(fact.area_level), str(fact.area))
        if key not in members:
            members[key] = ground.units(*key)
        held = taken.setdefault((fact.source, fact.table), np.zeros((units, months), dtype=bool))
        window = np.ix_(members[key], np.arange(max(begins[row], 0), ends[row] + 1))
        free = ~held[window]
        assert int(free[members[key] < len(ground.e)].sum()) == fact.covered, "the attacker misreads the release"
        pieces.append((window[0] * months + window[1])[free])
        held[window] = True
    pointer = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64)
    columns = np.concatenate([*pieces, np.empty(0, dtype=np.int64)]).astype(np.int64)
    return sparse.csr_array((np.ones(len(columns)), columns, pointer), shape=(len(facts), units * months))


def classes(rows: sparse.csr_array) -> tuple[Numbers, Numbers]:
    """Join the atoms that the same rows speak of: class of each atom, and for each class one of its atoms."""
    tags = np.random.default_rng(1).integers(1, 2**62, size=rows.shape[0], dtype=np.int64)
    marks = np.zeros(rows.shape[1], dtype=np.int64)
    np.add.at(marks, rows.indices, np.repeat(tags, np.diff(rows.indptr)))
    _, chosen, owner = np.unique(marks, return_index=True, return_inverse=True)
    return owner.ravel().astype(np.int64), chosen.astype(np.int64)


def cut(rows: sparse.csr_array, chosen: Numbers) -> sparse.csr_array:
    """Sums of atoms as sums of classes."""
    return sparse.csr_array(rows.tocsc()[:, chosen].tocsr())


def aligned(ground: Ground, owner: Numbers, levels: Sequence[str]) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Every area of some levels by month, quarter and year: ``Sight.inside`` and ``Sight.touching``."""
    size = np.bincount(owner.ravel())
    inside, touching = [], []
    for level in levels:
        area = ground.areas(level)
        here = area >= 0
        for length in LENGTHS.values():
            period = ground.periods(length)
            group = area[here][:, None] * (period[-1] + 1) + period[None, :]
            held = sparse.coo_array(
                (np.ones(group.size), (group.ravel(), owner[here].ravel())), shape=(int(group.max()) + 1, len(size))
            ).tocsr()
            full = held.copy()
            full.data = (held.data == size[held.indices]).astype(np.float64)
            full.eliminate_zeros()
            held.data[:] = 1.0
            inside.append(full)
            touching.append(held)
    least, most = (sparse.csr_array(sparse.vstack(rows, format="csr")) for rows in (inside, touching))
    some = np.flatnonzero(np.diff(least.indptr))
    return least[some], most[some]


def people_of(sight: Sight, rows: sparse.csr_array) -> NDArray[np.float64]:
    """Inhabitants of the ground that each sum of classes touches, whatever the months."""
    units, months = sight.ground.shape
    spread = sparse.csr_array(
        (np.ones(units * months), (sight.owner.ravel(), np.repeat(np.arange(units), months))),
        shape=(sight.sums.shape[1], units),
    )
    touched = sparse.csr_array(rows @ spread)
    touched.data = (touched.data != 0).astype(np.float64)
    return np.asarray(touched @ sight.ground.people).ravel()


def _month_number(dates: "pd.Series[Any]", months: pd.PeriodIndex) -> Numbers:
    found = pd.PeriodIndex(dates, freq="M")
    return np.asarray((found.year - months[0].year) * 12 + found.month - months[0].month, dtype=np.int64)
