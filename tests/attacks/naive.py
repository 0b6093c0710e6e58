"""Two releases that anybody would make who does not know better, from the same reports: the attacks succeed on them."""

import numpy as np
import pandas as pd
from scipy import sparse

from analytics import territory as territories
from analytics.release import BREAKDOWN, COLUMNS, Release
from analytics.territory import Territory
from tests.attacks.sight import LENGTHS, Ground, Numbers, ground_of, names_of


def plain(like: Release, reports: pd.DataFrame, territory: Territory) -> Release:
    """Plain counts: the reports of each smallest cell and month that has any."""
    return _release(like, reports, territory, [(str(like.cell_m), "month")], 1)


def suppressed(like: Release, reports: pd.DataFrame, territory: Territory) -> Release:
    """Counts of k or more, in cells of every size, zones and the territory, by month, quarter and year."""
    return _release(like, reports, territory, _tables(like), like.k)


def silent(like: Release, reports: pd.DataFrame, territory: Territory) -> sparse.csr_array:
    """Atoms of each group that ``suppressed`` does not tell, (groups x atoms): everybody knows that it is under k."""
    ground = ground_of([like], territory)
    counts = truth_of(ground, reports, territory, like.cell_m)
    rows = []
    for level, period in _tables(like):
        area, number = ground.areas(level), ground.periods(LENGTHS[period])
        group = np.where((area >= 0)[:, None], area[:, None] * (number[-1] + 1) + number[None, :], -1)
        sums = np.bincount(group[group >= 0], weights=counts[group >= 0])
        found = np.flatnonzero((sums < like.k) & (np.arange(len(sums)) % (number[-1] + 1) <= _last(ground, period)))
        place = np.full(len(sums) + 1, -1)
        place[found] = np.arange(len(found))
        atom = np.flatnonzero(place[group.ravel()] >= 0)
        where = (place[group.ravel()[atom]], atom)
        rows.append(sparse.csr_array((np.ones(len(atom)), where), shape=(len(found), counts.size)))
    return sparse.csr_array(sparse.vstack(rows, format="csr"))


def _tables(like: Release) -> list[tuple[str, str]]:
    tables = like.manifest["policy"]["tables"].items()
    rungs = [rung for table, ladder in tables if table != BREAKDOWN for rung in ladder]
    return [(level, period) for level in dict.fromkeys(level for level, _ in rungs) for period in LENGTHS]


def _last(ground: Ground, period: str) -> int:
    """Number of the last period that has ended, -1 for none."""
    number = ground.periods(LENGTHS[period])
    ended = (ground.months[-1].month % LENGTHS[period] == 0) | (number != number[-1])
    return int(number[ended].max(initial=-1))


def truth_of(ground: Ground, reports: pd.DataFrame, territory: Territory, cell_m: int) -> Numbers:
    """Reports of each unit and month, (units, months)."""
    counts = np.zeros(ground.shape, dtype=np.int64)
    located = reports["base_e"].notna().to_numpy()
    corners = [
        reports.loc[located, name].astype("int64").to_numpy() // cell_m * cell_m for name in ("base_e", "base_n")
    ]
    unit = np.empty(len(reports), dtype=np.int64)
    cells = pd.MultiIndex.from_arrays([ground.e, ground.n])
    unit[located] = cells.get_indexer(pd.MultiIndex.from_arrays(corners))
    zone = reports.loc[~located, "commune"].map(territories.zone_of_commune(territory))
    unit[~located] = len(ground.e) + np.array([ground.zones.index(z) for z in zone], dtype=np.int64)
    month = ground.months.get_indexer(pd.PeriodIndex(reports["day"], freq="M"))
    here = month >= 0
    np.add.at(counts, (unit[here], month[here]), 1)
    return counts


def zone_of(places: pd.DataFrame, territory: Territory, cell_m: int) -> "pd.Series[str]":
    """Zone of each place (columns base_e, base_n, commune): of its cell, or of its commune where it has no cell."""
    cells = territories.ground(territory, cell_m)
    corners = pd.MultiIndex.from_arrays([places[name].fillna(-1) // cell_m * cell_m for name in ("base_e", "base_n")])
    number = pd.MultiIndex.from_frame(cells[["e", "n"]]).get_indexer(corners)
    of_cell = pd.Series(cells["zone"].astype("str").to_numpy()[number], places.index)
    return of_cell.where(number >= 0, places["commune"].map(territories.zone_of_commune(territory)))


def broken_down(like: Release, values: pd.DataFrame, territory: Territory, *, totals: Release) -> Release:
    """Add to a release the values of each attribute, of k or more, in each zone by quarter and by year.

    Parameters
    ----------
    values
        Columns zone, month, attribute, value, n.
    totals
        The release to which they are added.
    """
    ground = ground_of([like], territory)
    cells = np.bincount(ground.zone[: len(ground.e)], minlength=len(ground.zones))
    frames = [totals.facts]
    for name, unit in (("quarter", "Q"), ("year", "Y")):
        period = pd.PeriodIndex(values["month"].dt.to_timestamp(), freq=unit)
        sums = values.assign(period=period).groupby(["attribute", "value", "zone", "period"], as_index=False)["n"].sum()
        last = _last(ground, name)
        number = (
            np.array([p.ordinal for p in sums["period"]], dtype=np.int64)
            - pd.Period(ground.months[0].to_timestamp(), unit).ordinal
        )
        facts = sums[(sums["n"] >= like.k) & (number >= 0) & (number <= last)]
        months = pd.Series(pd.PeriodIndex(ground.months.to_timestamp(), freq=unit)).value_counts()
        frames.append(
            pd.DataFrame(
                {
                    "table": f"{BREAKDOWN}/{name}",
                    "vintage": 1,
                    "area": facts["zone"],
                    "area_level": "zone",
                    "period_start": [p.start_time.date().isoformat() for p in facts["period"]],
                    "period_end": [p.end_time.date().isoformat() for p in facts["period"]],
                    "period_level": name,
                    "attribute": facts["attribute"],
                    "value": facts["value"],
                    "n": facts["n"],
                    "covered": cells[[ground.zones.index(z) for z in facts["zone"]]]
                    * facts["period"].map(months).to_numpy(dtype=np.int64),
                    "residents": 0,
                }
            )
        )
    facts = pd.concat(frames, ignore_index=True)
    facts["order"] = np.arange(len(facts))
    return Release(like.path, like.manifest, facts.reindex(columns=list(COLUMNS)).astype(COLUMNS))


def _release(
    like: Release, reports: pd.DataFrame, territory: Territory, tables: list[tuple[str, str]], least: int
) -> Release:
    """Tell every count of so many or more, as facts of one table for each level and period."""
    ground = ground_of([like], territory)
    counts = truth_of(ground, reports, territory, like.cell_m)
    frames = [_facts(ground, counts, level, period, least, territory) for level, period in tables]
    facts = pd.concat(frames, ignore_index=True)
    facts["order"] = np.arange(len(facts))
    return Release(like.path, like.manifest, facts.reindex(columns=list(COLUMNS)).astype(COLUMNS))


def _facts(ground: Ground, counts: Numbers, level: str, period: str, least: int, territory: Territory) -> pd.DataFrame:
    area, number = ground.areas(level), ground.periods(LENGTHS[period])
    shape = (int(area.max()) + 1, int(number[-1]) + 1)
    sums, covered = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    here = area >= 0
    place = np.broadcast_arrays(area[here][:, None], number[None, :])
    np.add.at(sums, tuple(place), counts[here])
    np.add.at(covered, tuple(place), (np.arange(len(area)) < len(ground.e))[here][:, None] * np.ones_like(place[1]))
    told, when = np.nonzero((sums >= least) & (np.arange(shape[1]) <= _last(ground, period)))
    unit = {"month": "M", "quarter": "Q", "year": "Y"}[period]
    begins = ground.months[0].to_timestamp().to_period(unit)
    start = [begins + int(number) for number in when]
    return pd.DataFrame(
        {
            "table": f"{level}/{period}",
            "vintage": 1,
            "area": names_of(ground, level, territory)[told],
            "area_level": level,
            "period_start": [p.start_time.date().isoformat() for p in start],
            "period_end": [p.end_time.date().isoformat() for p in start],
            "period_level": period,
            "attribute": "",
            "value": "",
            "n": sums[told, when],
            "covered": covered[told, when],
            "residents": 0,
        }
    )
