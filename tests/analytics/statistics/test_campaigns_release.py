import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import territory
from analytics.release import COLUMNS, Release
from analytics.statistics import StatisticsError, campaigns
from analytics.statistics.campaigns import Campaign, caveats, totals
from analytics.statistics.intervals import poisson_interval
from analytics.territory import Territory
from tests.made_up import laddered

DOUBS = Path(__file__).parents[3] / "data" / "territory" / "doubs.toml"
BESANCON, OTHER = "besancon", "montbeliard"


@pytest.fixture(scope="module")
def doubs() -> Territory:
    return territory.load(DOUBS)


def released(mine: list[int], other: list[int], first: str = "2022-01", **others: Any) -> Release:  # noqa: ANN401
    zones = {BESANCON: np.array(mine, dtype=np.int64), OTHER: np.array(other, dtype=np.int64)}
    made = laddered.release(zones, first=first, **others)
    return Release(made.path, made.manifest | {"territory": {"code": "25", "name": "Doubs"}}, made.facts)


def campaign(**others: Any) -> Campaign:  # noqa: ANN401
    fixed: dict[str, Any] = {"name": "X", "kind": "patrol", "areas": (BESANCON,), "first": dt.date(2024, 1, 1)}
    return Campaign(**(fixed | {"comparison": (OTHER,)} | others))


def test_a_campaign_is_compared_on_the_months_before_and_after_with_its_comparison(doubs: Territory) -> None:
    release = released([12] * 24 + [5] * 6, [9] * 30)
    found = campaigns.evaluate(release, doubs, campaign(), 6)
    assert [str(month) for month in (*found.before, *found.after)] == ["2023-07", "2023-12", "2024-01", "2024-06"]
    assert (found.treated.counts, found.comparison and found.comparison.counts) == ((72, 30), (54, 54))
    assert found.change == campaigns.before_after((72, 30))
    assert found.net == campaigns.difference((72, 30), (54, 54))
    assert found.displacement == campaigns.weighted_displacement((72, 30), (54, 54))
    assert found.placebo is not None
    assert found.placebo.p == pytest.approx(1 / (1 + len(found.placebo.others)))
    assert (found.reason, found.lacking) == ("complete", ("triage",))


def test_the_month_in_which_a_campaign_begins_belongs_to_neither_period(doubs: Territory) -> None:
    release = released([12] * 24 + [100] + [5] * 6, [9] * 31)
    found = campaigns.evaluate(release, doubs, campaign(first=dt.date(2024, 1, 15)), 6)
    assert found.treated.counts == (72, 30)
    assert found.placebo is not None
    assert len(found.placebo.others) == 12  # 24 months before, 6 + 1 + 6 for each date
    assert max(found.placebo.others) < 0.1


def test_last_year_s_months_are_compared_where_asked(doubs: Territory) -> None:
    release = released([6] * 6 + [12] * 18 + [6] * 6, [9] * 30, first="2022-07")
    found = campaigns.evaluate(release, doubs, campaign(first=dt.date(2024, 7, 1)), 6, against="last_year")
    assert [str(month) for month in (*found.before, *found.after)] == ["2023-07", "2023-12", "2024-07", "2024-12"]
    assert found.treated.counts == (72, 36)


def test_totals_that_are_not_complete_are_not_compared_and_it_is_said_which(doubs: Territory) -> None:
    release = released([12] * 24 + [5, 5, 2, 5, 5, 5], [9] * 30)
    found = campaigns.evaluate(release, doubs, campaign(), 6)
    assert (found.reason, found.change, found.net, found.displacement) == ("not_enough", None, None, None)
    assert "treated_after" in found.lacking
    assert found.comparison_change is not None
    assert 2 in campaigns.lengths(release, doubs, campaign())
    assert 6 not in campaigns.lengths(release, doubs, campaign())


def test_a_quarter_chosen_for_being_small_is_not_compared_with_months_chosen_for_being_large(doubs: Territory) -> None:
    release = released([9] * 21 + [2, 2, 2] + [6] * 3, [9] * 27)
    found = campaigns.evaluate(release, doubs, campaign(), 3)
    assert found.treated.counts == (6, 18)
    assert (found.reason, found.change, found.net) == ("not_enough", None, None)
    assert "treated_told_otherwise" in found.lacking


def test_months_that_are_not_closed_are_said_with_how_many_are_needed(doubs: Territory) -> None:
    found = campaigns.evaluate(released([12] * 26, [9] * 26), doubs, campaign(), 6)
    assert (found.reason, found.needed) == ("not_enough", 6)
    assert "after_not_closed" in found.lacking
    early = campaigns.evaluate(released([12] * 26, [9] * 26), doubs, campaign(first=dt.date(2022, 2, 1)), 6)
    assert "before_not_published" in early.lacking


def test_the_share_that_triage_keeps_is_read_beside_the_count(doubs: Territory) -> None:
    release = released([12] * 24 + [24] * 6, [9] * 30)
    quarters = pd.period_range("2023Q3", periods=4, freq="Q")
    rows = [
        {
            "table": "breakdown",
            "vintage": 1,
            "order": int(quarter.end_time.strftime("%Y%m")) * 1_000_000 + 500_000 + number,
            "area": BESANCON,
            "area_level": "zone",
            "period_start": str(quarter.start_time.date()),
            "period_end": str(quarter.end_time.date()),
            "period_level": "quarter",
            "attribute": "triage",
            "value": value,
            "n": n,
            "covered": 300,
            "residents": 10_000,
        }
        for number, (quarter, (value, n)) in enumerate(
            (quarter, pair)
            for quarter, numbers in zip(quarters, [(36, 9), (36, 9), (72, 60), (72, 60)], strict=True)
            for pair in zip(("kept", "set_aside"), numbers, strict=True)
        )
    ]
    told = pd.DataFrame(rows).reindex(columns=list(COLUMNS)).astype(COLUMNS)
    facts = pd.concat([release.facts, told], ignore_index=True).sort_values("order", ignore_index=True)
    found = campaigns.evaluate(Release(release.path, release.manifest, facts), doubs, campaign(), 6)
    assert found.triage == campaigns.triage((72, 18), (144, 120))
    assert found.triage is not None
    assert found.triage.moved == "both"
    assert not found.lacking


def test_communes_that_make_up_a_zone_are_that_zone_and_others_are_in_no_fact(doubs: Territory) -> None:
    release = released([12] * 24 + [5] * 6, [9] * 30)
    whole = campaigns.evaluate(release, doubs, campaign(areas=("25056",)), 6)
    assert whole.treated.counts == (72, 30)
    part = campaigns.evaluate(release, doubs, campaign(areas=("25462",)), 6)
    assert part.reason == "not_enough"
    assert "commune_in_no_fact" in part.lacking


def test_a_derived_release_is_read_as_far_as_it_tells_what_it_covers(doubs: Territory) -> None:
    release = released([12] * 24 + [5] * 6, [9] * 30)
    derived = Release(release.path, release.manifest | {"derived_from": "command"}, release.facts)
    assert campaigns.evaluate(derived, doubs, campaign(), 6).treated.counts == (72, 30)


def test_cells_are_counted_where_facts_wholly_inside_cover_them(sample_release: Path) -> None:
    from analytics import release as releases  # noqa: PLC0415 - beside the sample it reads

    ground = territory.load(DOUBS)
    release = releases.read(sample_release)
    blocks = release.facts[release.facts["table"] == "blocks"]
    nominal = releases.nominal_covered(blocks, ground, release.cell_m)
    whole = blocks[(blocks["covered"] == nominal) & (blocks["period_level"] == "quarter")].iloc[0]
    first, last = (pd.Period(whole[name], freq="M") for name in ("period_start", "period_end"))
    areas = totals.of_areas(release, ground, [whole["area"]])
    assert areas.total(first, last) == whole["n"]
    assert areas.total(first, last - 1) is None
    derived = Release(release.path, release.manifest | {"derived_from": "command"}, release.facts)
    assert totals.of_areas(derived, ground, [whole["area"]]).total(first, last) is None
    zone = territory.ground(ground, release.cell_m)["zone"].to_numpy()[areas.cells[0]]
    with pytest.raises(StatisticsError, match="lies in the zone"):
        totals.of_areas(release, ground, [whole["area"], zone])


def test_what_must_be_said_beside_the_figures_goes_with_them(doubs: Territory) -> None:
    release = released([12] * 24 + [5] * 6, [9] * 30)
    found = campaigns.evaluate(release, doubs, campaign(kind="call_to_report", comparison=()), 6)
    assert {caveats.NOT_OFFENCES, caveats.NOT_QUIET, caveats.CALLED, caveats.ALONE, caveats.SEASON} <= set(
        found.caveats
    )
    assert found.net is None
    assert set(found.caveats) <= set(caveats.ALL)


def test_areas_and_months_that_cannot_be_are_refused(doubs: Territory) -> None:
    release = released([12] * 24, [9] * 24)
    for wrong in (campaign(areas=("atlantis",)), campaign(areas=("CRS3035RES200mN2689000E4016000",))):
        with pytest.raises(StatisticsError):
            campaigns.evaluate(release, doubs, wrong, 6)
    with pytest.raises(StatisticsError):
        campaigns.evaluate(release, doubs, campaign(), 0)
    with pytest.raises(StatisticsError):
        campaigns.evaluate(release, doubs, campaign(), 13, against="last_year")
    empty = dataclasses.replace(release, manifest=release.manifest | {"vintages": []}, facts=release.facts[:0])
    with pytest.raises(StatisticsError, match="no closed month"):
        campaigns.evaluate(empty, doubs, campaign(), 6)


# ------------------------------------------------------------ rates


def test_rates_carry_intervals_and_no_rank(doubs: Territory) -> None:
    frame = campaigns.rates(released([12] * 24, [9] * 23 + [1]), doubs)
    assert list(frame["zone"]) == list(doubs.zones.index)
    assert not any("rank" in column for column in frame.columns)
    mine = frame.set_index("zone").loc[BESANCON]
    low, high = poisson_interval(144)
    assert mine["n"] == 144
    assert mine["rate"] == pytest.approx(144 / mine["residents"] * 1000)
    assert (mine["low"], mine["high"]) == pytest.approx((low / mine["residents"] * 1e3, high / mine["residents"] * 1e3))
    untold = frame[frame["zone"] != BESANCON]
    assert set(untold["reason"]) == {"not_enough"}
    assert untold[["n", "rate", "low", "high"]].isna().all(axis=None)


def test_rates_are_of_the_last_closed_december_unless_asked(doubs: Territory) -> None:
    release = released([12] * 30, [9] * 30)
    assert str(campaigns.rates(release, doubs)["last"].iloc[0]) == "2023-12"
    assert str(campaigns.rates(release, doubs, "2024-06")["first"].iloc[0]) == "2023-07"
    for wrong in ("2022-06", "2025-01"):
        with pytest.raises(StatisticsError, match="choose 2022-12 to 2024-06"):
            campaigns.rates(release, doubs, wrong)
    with pytest.raises(StatisticsError, match="12 closed months, and 5"):
        campaigns.rates(released([12] * 5, [9] * 5), doubs)
