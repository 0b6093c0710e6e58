"""Every table of a policy on the common ground, and the vault's counts laid on it."""

# ruff: noqa: PD011 - the values of a line are those of its attribute, not of a frame

import numpy as np
import pandas as pd
import pytest

from analytics import reports, territory
from analytics.disclosure import linking
from analytics.territory import Territory
from tests.made_up import broken_down
from tests.made_up.broken_down import BREAKDOWN, SERIES, policy

POLICY = policy(series=SERIES, breakdown=BREAKDOWN, departement=(("departement", "month"),))


@pytest.fixture(scope="module")
def doubs() -> Territory:
    return territory.load(broken_down.DOUBS)


def counts(*rows: tuple[int | None, int | None, str | None, str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["base_e", "base_n", "commune", "attribute", "value", "n"])
    return frame.astype({"base_e": "Int64", "base_n": "Int64", "commune": "str"})


def a_cell_of(zone: str, doubs: Territory) -> tuple[int, int]:
    cells = territory.ground(doubs, 1000)
    row = cells[cells["zone"] == zone].iloc[0]
    return int(row["e"]), int(row["n"])


def test_a_breakdown_is_one_line_an_attribute_of_zones_by_value(doubs: Territory) -> None:
    lines = linking.lines_of(POLICY, doubs, months=5, offset=3)
    assert [(line.name, line.attribute) for line in lines] == [
        ("series", ""),
        *(("breakdown", attribute) for attribute in reports.BREAKDOWNS),
        ("departement", ""),
    ]
    series = lines[0].table.ground
    assert (lines[0].owner == linking.linked_of(POLICY, doubs).zone_of).all()
    for line in lines[1:-1]:
        ground, size = line.table.ground, len(line.values)
        assert line.values == reports.BREAKDOWNS[line.attribute]
        assert line.waiting.shape == line.table.sealed.shape == (len(doubs.zones) * size, 5)
        assert line.owner.tolist() == list(range(len(line.waiting)))
        assert ground.area_of["zone"].tolist() == list(range(len(doubs.zones) * size))
        assert ground.areas["zone"] == [zone for zone in doubs.zones.index for _ in line.values]
        assert linking.value_of(line, ground.area_of["zone"]).tolist() == list(line.values) * len(doubs.zones)
        assert linking.unit_ids(line, POLICY, doubs).tolist() == ground.areas["zone"]
        assert ground.residents[::size] == pytest.approx(series.residents)
        assert ground.cells[::size].tolist() == series.cells.tolist()
    assert lines[0].values == lines[-1].values == ()
    assert linking.value_of(lines[0], np.arange(3)).tolist() == ["", "", ""]


def test_counts_lie_in_the_line_of_their_attribute_alone(doubs: Territory) -> None:
    zones = list(doubs.zones.index)
    e, n = a_cell_of(zones[1], doubs)
    laid = counts(
        (e, n, None, "", "", 4),
        (e, n, None, "category", "building", 3),
        (e + 200, n, None, "category", "building", 2),
        (None, None, "25056", "category", "street", 6),
        (e, n, None, "delay", "arrest:8-30", 1),
    )
    month = np.array([0, 0, 0, 2, 1])
    found = {
        line.attribute or line.name: linking.episodes_by_unit(line, laid, month, POLICY, doubs)
        for line in linking.lines_of(POLICY, doubs, months=3, offset=0)
    }
    category = np.zeros((len(zones), len(reports.CATEGORIES), 3), dtype=np.int64)
    category[1, reports.CATEGORIES.index("building"), 0] = 5
    besancon = zones.index(territory.zone_of_commune(doubs)["25056"])
    category[besancon, reports.CATEGORIES.index("street"), 2] = 6
    assert (found["category"].reshape(category.shape) == category).all()
    assert found["series"].tolist() == [[4 if zone == 1 else 0, 0, 0] for zone in range(len(zones))]
    assert found["departement"].tolist() == [[4, 0, 0]]
    assert np.argwhere(found["delay"]).tolist() == [[20 + reports.BREAKDOWNS["delay"].index("arrest:8-30"), 1]]
    assert [found[name].sum() for name in ("time_band", "weekday", "triage", "outcome")] == [0, 0, 0, 0]


def test_no_counts_at_all_are_laid_as_none(doubs: Territory) -> None:
    for line in linking.lines_of(POLICY, doubs, months=3, offset=0):
        empty = linking.episodes_by_unit(line, counts(), np.empty(0, dtype=np.int64), POLICY, doubs)
        assert empty.shape == line.table.sealed.shape
        assert not empty.any()


def test_a_word_outside_the_vocabulary_is_an_error_and_no_lost_count(doubs: Territory) -> None:
    line = next(one for one in linking.lines_of(POLICY, doubs, months=1, offset=0) if one.attribute == "weekday")
    with pytest.raises(ValueError, match="weekday has a value outside"):
        linking.unit_of(line, counts((None, None, "25056", "weekday", "monday", 1)), POLICY, doubs)


def test_a_breakdown_needs_no_other_table(doubs: Territory) -> None:
    alone = policy(breakdown=BREAKDOWN)
    lines = linking.lines_of(alone, doubs, months=1, offset=0)
    assert [line.attribute for line in lines] == list(reports.BREAKDOWNS)
