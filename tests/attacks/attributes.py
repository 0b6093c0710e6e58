"""Attributes: what the values of category, time band and so on prove beside one another and beside all other facts.

The unknowns are the values in each zone and calendar quarter. Those of category, time band and weekday add up to the
episodes of the zone, of triage what was kept is all of them, delay classes add up to their outcome; a year's fact holds
the quarters that no earlier fact of its value holds.
"""

from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analytics import reports
from analytics.disclosure.linked import Line
from analytics.disclosure.policy import Policy
from analytics.release import Release
from analytics.territory import Territory
from tests.attacks import silence
from tests.attacks.program import search
from tests.attacks.sight import Ground, cut, ground_of, look
from tests.attacks.silence import Rules, Silence

PARTS = ("category", "time_band", "weekday")
KEPT = ("triage", "kept")
CAP = 500.0
"""No value is thought to exceed this: far more than any zone's year holds in a test, so that no sum is unbounded."""


def unknowns(ground: Ground) -> pd.MultiIndex:
    """Every attribute, value, zone and calendar quarter (number from 0)."""
    quarters = range(int(ground.periods(3)[-1]) + 1)
    rows = [
        (attribute, value, zone, quarter)
        for attribute, values in reports.BREAKDOWNS.items()
        for value, zone, quarter in product(values, ground.zones, quarters)
    ]
    return pd.MultiIndex.from_tuples(rows, names=["attribute", "value", "zone", "quarter"])


def told(said: Release, ground: Ground, index: pd.MultiIndex) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Facts of attributes as sums of unknowns, and what each says."""
    facts = said.facts[(said.facts["attribute"] != "").to_numpy()].sort_values("order")
    begins, ends = (_quarter(facts[name], ground) for name in ("period_start", "period_end"))
    taken: dict[tuple[str, ...], set[int]] = {}
    places = []
    for fact, first, last in zip(facts.itertuples(index=False), begins, ends, strict=True):
        key = (str(fact.attribute), str(fact.value), str(fact.area))
        held = taken.setdefault((str(fact.table), *key), set())
        free = [quarter for quarter in range(max(first, 0), last + 1) if quarter not in held]
        held.update(free)
        places.append(index.get_indexer(pd.Index([(*key, quarter) for quarter in free])))
    return _rows(places, len(index)), facts["n"].to_numpy(dtype=np.float64)


def remains(said: Release, territory: Territory) -> "Counter[str]":
    """Count the small numbers that subtraction proves, by kind.

    ``total``: a zone's episodes in a quarter or year less the values that are told of it; ``kept``: the same with what
    triage kept for the total; ``year``: a value's year less its quarters of another table.
    """
    ground, facts = ground_of([said], territory), said.facts
    cells = pd.Series(np.bincount(ground.zone[: len(ground.e)], minlength=len(ground.zones)), ground.zones)
    found = Counter(total=0, kept=0, year=0)
    zones = facts[(facts["area_level"] == "zone").to_numpy()]
    for zone, length in product(ground.zones, (3, 12)):
        here = zones[(zones["area"] == zone).to_numpy()]
        inside = [_of_period(here[name], ground, length) for name in ("period_start", "period_end")]
        for period, months in pd.Series(ground.periods(length)).value_counts().items():
            mine = here[(inside[0] == period) & (inside[1] == period)]
            whole = int(cells[zone]) * int(months)
            parts = [f["n"].sum() for _, f in mine[mine["attribute"].isin(PARTS)].groupby(["table", "attribute"])]
            for kind, totals in (("total", mine["attribute"] == ""), ("kept", mine["value"] == KEPT[1])):
                for _, total in mine[totals].groupby("table"):
                    if total["covered"].sum() == whole:
                        found[kind] += sum(1 <= total["n"].sum() - part < said.k for part in parts)
            for _, same in mine[mine["attribute"] != ""].groupby(["attribute", "value"]):
                by_table = same.groupby("table").agg(n=("n", "sum"), covered=("covered", "sum"))
                larger = by_table[by_table["covered"] == whole]["n"].to_numpy()
                smaller = by_table[by_table["covered"] < whole]["n"].to_numpy()
                left = larger[:, None] - smaller[None, :]
                found["year"] += int(((left >= 1) & (left < said.k)).sum())
    return found


def proved(said: Release, territory: Territory, known: Rules, values: Rules, *, enough: int | None = None) -> list[str]:
    """Values that all facts, and silence, prove to be 1 to k - 1 in a zone and period, and what no fact tells of.

    Parameters
    ----------
    said
        One calendar year.
    known
        What follows from silence about the episodes; atoms.
    values
        What follows from silence about the attributes; unknowns of attributes.
    """
    ground = ground_of([said], territory)
    index = unknowns(ground)
    zones = _zone_quarters(ground)
    sight = look([said], territory, sparse.csr_array(sparse.vstack([known.sums, zones], format="csr")))
    _, chosen = np.unique(sight.owner.ravel(), return_index=True)
    rows, counts = told(said, ground, index)
    facts = sparse.block_diag([sight.sums, rows], format="csr")
    links = _links(index, cut(zones, chosen))
    program = silence.either_or(
        sparse.csr_array(sparse.vstack([facts, links], format="csr")),
        np.concatenate([sight.counts, counts, np.zeros(links.shape[0])]),
        Rules(sparse.block_diag([cut(known.sums, chosen), values.sums], format="csr"), known.ranges + values.ranges),
        cap=CAP,
    )
    names, groups = _groups(index, rows)
    wide = sparse.csr_array(sparse.hstack([sparse.csr_array((groups.shape[0], len(chosen))), groups], format="csr"))
    found = search(program, (wide, wide), np.arange(len(names)), said.k, enough=enough)
    return [f"{names[group]}: {low} to {high}" for group, low, high in found]


def rules(said: Release, territory: Territory, withheld: pd.DataFrame) -> Rules:
    """What follows from the silence of breakdowns: values of a zone that were tried and not told."""
    policy, ground = Policy.model_validate(said.manifest["policy"]), ground_of([said], territory)
    index = unknowns(ground)
    quarter = ground.periods(3)
    places, ranges = [], []
    for line in silence.replayed(said, policy, territory, withheld):
        if line.attribute:
            for group in _silent(line, len(ground.months)):
                number, place = divmod(group.area, len(line.values))
                value, zone = line.values[place], ground.zones[number]  # noqa: PD011 - not a frame's
                left = np.unique(quarter[group.atoms]).tolist()
                places.append(index.get_indexer(pd.Index([(line.attribute, value, zone, q) for q in left])))
                ranges.append(_allowed(group, line))
    return Rules(_rows(places, len(index)), ranges)


def _allowed(group: Silence, line: Line) -> silence.Ranges:
    """Counts that a silent value may hold.

    It holds at most four quarters, each of fewer than k unless it was not tried, so hold-back refuses all counts from
    4 (k - 1) on, or none: what it says of the last count that it is asked about, it says of all larger ones.
    """
    last = silence.FAR * line.table.k
    ranges = silence.allowed(group, last, line.table)
    low, high = ranges[-1]
    return (*ranges[:-1], (low, int(CAP) * 4)) if high == last else ranges


def truth_of(said: Release, values: pd.DataFrame, territory: Territory) -> NDArray[np.float64]:
    """What each unknown holds (columns zone, month, attribute, value, n)."""
    ground = ground_of([said], territory)
    index = unknowns(ground)
    here = values[values["month"].isin(ground.months)]
    quarter = ground.periods(3)[ground.months.get_indexer(pd.PeriodIndex(here["month"]))]
    place = index.get_indexer(pd.MultiIndex.from_arrays([here["attribute"], here["value"], here["zone"], quarter]))
    assert (place >= 0).all()
    return np.bincount(place, weights=here["n"], minlength=len(index)).astype(np.float64)


def _silent(line: Line, months: int) -> list[Silence]:
    """Groups of a breakdown that were tried and not sealed, with the months that were left of each."""
    table, found = line.table, []
    for month, rung in product(range(months), range(len(line.table.rungs))):
        span, moment = table.period(month, rung), table.moment(month, rung)
        if span is not None and moment in table.unsealed:
            for area in np.flatnonzero(table.unsealed[moment]).tolist():
                left = np.flatnonzero(table.sealed[area, span[0] : span[1] + 1] >= moment) + span[0]
                found.append(Silence(line.name, month, rung, area, left))
    return found


def _groups(index: pd.MultiIndex, facts: sparse.csr_array) -> tuple[list[str], sparse.csr_array]:
    """Every value of each zone by quarter and by year, and together those of which no fact tells.

    Of a quarter these are two sets: what no fact tells of, and what no fact of the quarter alone tells of.
    """
    frame = index.to_frame(index=False).assign(place=np.arange(len(index)))
    alone = facts[np.flatnonzero(np.diff(facts.indptr) == 1)]
    parts = frame["attribute"].isin(PARTS)
    untold = frame[parts & (np.asarray(facts.sum(axis=0)).ravel() == 0)]
    left = frame[parts & (np.asarray(alone.sum(axis=0)).ravel() == 0)]
    names, places = [], []
    for kind, rows, by in (
        ("quarter", frame, ["attribute", "value", "zone", "quarter"]),
        ("year", frame, ["attribute", "value", "zone"]),
        ("untold, quarter", untold, ["attribute", "zone", "quarter"]),
        ("left of the quarter", left, ["attribute", "zone", "quarter"]),
        ("untold, year", untold, ["attribute", "zone"]),
    ):
        for key, group in rows.groupby(by, sort=False):
            names.append(f"{kind} {key}")
            places.append(group["place"].to_numpy())
    return names, _rows(places, len(index))


def _links(index: pd.MultiIndex, zones: sparse.csr_array) -> sparse.csr_array:
    """Sums that are 0, over classes and then unknowns of attributes: what shares out the same episodes or outcomes."""
    frame = index.to_frame(index=False).assign(place=np.arange(len(index)))
    found = []
    quarters = int(frame["quarter"].max()) + 1
    number = pd.factorize(frame["zone"])[0] * quarters + frame["quarter"].to_numpy()
    every = [frame["attribute"] == part for part in PARTS]
    every.append((frame["attribute"] == KEPT[0]) & (frame["value"] == KEPT[1]))
    found += [sparse.hstack([zones, -_sums(number, these.to_numpy(), zones.shape[0])]) for these in every]
    for outcome in reports.OUTCOMES:
        kind = (frame["attribute"] == "outcome") & (frame["value"] == outcome)
        delays = (frame["attribute"] == "delay") & frame["value"].str.startswith(f"{outcome}:")
        of_kind, of_delay = (_sums(number, these.to_numpy(), zones.shape[0]) for these in (kind, delays))
        found.append(sparse.hstack([sparse.csr_array(zones.shape), of_kind - of_delay]))
    return sparse.csr_array(sparse.vstack(found, format="csr"))


def _sums(number: NDArray[np.int64], these: NDArray[np.bool_], rows: int) -> sparse.csr_array:
    place = np.flatnonzero(these)
    return sparse.csr_array((np.ones(len(place)), (number[place], place)), shape=(rows, len(number)))


def _zone_quarters(ground: Ground) -> sparse.csr_array:
    """Atoms of each zone and quarter, row = zone x quarters + quarter."""
    quarter = ground.periods(3)
    group = ground.zone[:, None] * (quarter[-1] + 1) + quarter[None, :]
    shape = (len(ground.zones) * (int(quarter[-1]) + 1), group.size)
    return sparse.csr_array((np.ones(group.size), (group.ravel(), np.arange(group.size))), shape=shape)


def _rows(places: list[NDArray[np.int64]], width: int) -> sparse.csr_array:
    pointer = np.concatenate([[0], np.cumsum([len(p) for p in places])]).astype(np.int64)
    columns = np.concatenate([*places, np.empty(0, dtype=np.int64)]).astype(np.int64)
    assert (columns >= 0).all(), "the attacker misreads the release"
    return sparse.csr_array((np.ones(len(columns)), columns, pointer), shape=(len(places), width))


def _quarter(dates: "pd.Series[str]", ground: Ground) -> NDArray[np.int64]:
    return _of_period(dates, ground, 3)


def _of_period(dates: "pd.Series[str]", ground: Ground, length: int) -> NDArray[np.int64]:
    """Number of the calendar period of so many months, as ``Ground.periods`` counts them."""
    found, first = pd.PeriodIndex(dates, freq="M"), ground.months[0]
    number = (found.year * 12 + found.month - 1) // length
    return np.asarray(number - (first.year * 12 + first.month - 1) // length, dtype=np.int64)
