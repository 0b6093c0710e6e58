"""What reports led to: sums of published facts alone, floors all of them."""

from pathlib import Path

import pandas as pd
import pytest

from analytics import release as said
from analytics.reports import DELAYS, OUTCOMES
from analytics.restricted import restricted
from analytics.statistics import StatisticsError, outcomes
from analytics.territory import load


@pytest.fixture(scope="module")
def release(sample_release: Path) -> said.Release:
    return said.read(sample_release)


def by_hand(release: said.Release, attribute: str, value: str, first: str, last: str) -> int:
    told = release.facts[release.facts["table"] == "breakdown"]
    facts = told[(told["attribute"] == attribute) & (told["value"] == value)]
    inside = facts[(facts["period_start"].str[:7] >= first) & (facts["period_end"].str[:7] <= last)]
    return int(inside["n"].sum())


@pytest.mark.parametrize(("first", "last"), [("2024-01", "2024-12"), ("2025-01", "2025-10"), ("2020-01", "2020-12")])
def test_sums_are_those_of_the_facts(release: said.Release, first: str, last: str) -> None:
    found = outcomes.told(release, first, last)
    assert list(found.kinds["kind"]) == list(OUTCOMES)
    for kind, n in zip(found.kinds["kind"], found.kinds["n"], strict=True):
        assert n == by_hand(release, "outcome", kind, first, last)
    for row in found.delays.to_dict("records"):
        assert row["n"] == by_hand(release, "delay", f"{row['kind']}:{row['delay']}", first, last)
        assert row["n"] >= release.k
    assert found.kinds["n"].sum() > 0


def test_a_delay_is_told_in_the_order_of_the_vocabulary(release: said.Release) -> None:
    found = outcomes.told(release, "2020-01", "2025-10").delays
    order = [(kind, delay) for kind in OUTCOMES for delay in DELAYS]
    pairs = list(zip(found["kind"], found["delay"], strict=True))
    assert pairs == [pair for pair in order if pair in pairs]


def test_received_is_what_the_whole_territory_tells(release: said.Release) -> None:
    found = outcomes.told(release, "2025-01", "2025-10")
    whole = release.facts.query("table == 'departement' and period_start >= '2025-01' and period_level == 'month'")
    assert found.episodes == whole["n"].sum()
    assert found.received == whole["reports"].sum()


def test_a_share_is_only_of_zones_that_tell_both(release: said.Release) -> None:
    facts = release.facts
    row = facts[(facts["table"] == "series") & (facts["period_level"] == "month")].iloc[-1:]
    month = str(row["period_start"].iloc[0])[:7]
    assert outcomes.told(release, month, month).triage is None
    aside = row.assign(table="breakdown", attribute="triage", value="set_aside", n=7)
    both = said.part(release, pd.concat([facts, aside], ignore_index=True), {})
    found = outcomes.told(both, month, month)
    assert found.triage_zones == 1
    assert found.triage is not None
    assert (found.triage.kept, found.triage.set_aside) == (int(row["n"].iloc[0]), 7)


def test_a_view_of_some_zones_tells_nothing_of_the_whole(release: said.Release, root: Path) -> None:
    view = restricted(release, load(root / "data" / "territory" / "doubs.toml"), ["montbeliard"])
    found = outcomes.told(view, "2024-01", "2024-12")
    assert found.received is None
    assert found.episodes is None
    assert set(found.kinds["zones"]) <= {0, 1}


def test_months_in_the_wrong_order_are_refused(release: said.Release) -> None:
    with pytest.raises(StatisticsError, match="earlier month first"):
        outcomes.told(release, "2025-02", "2025-01")
