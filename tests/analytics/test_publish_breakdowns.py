"""Breakdowns leave the vault by the ladder: exactly what a plain count says, one attribute at a time."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import publish, release, reports, territory, vault
from analytics.disclosure import ladder, repair
from analytics.disclosure.linked import Line, Linked
from tests.made_up import broken_down
from tests.made_up.broken_down import policy

K, LAST = 5, "2025-03"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a vault before anything was published from it, and one after."""
    folder = tmp_path_factory.mktemp("made")
    path = broken_down.new(folder, broken_down.drawn())
    shutil.copy(path, folder / "published")
    publish.publish(folder / "published", folder / "release", policy(), through=LAST)
    return path, folder / "published"


@pytest.fixture(scope="module")
def said(made: tuple[Path, Path]) -> release.Release:
    return release.read(made[1].parent / "release")


def tables_alone(lines: Sequence[Line], linked: Linked, month: int) -> repair.Closed:
    """Close a month of each table by itself, as if nobody had the others."""
    del linked
    blocks = [ladder.close_month(line.table, month, line.waiting) for line in lines]
    return repair.Closed(blocks, [set() for _ in lines])


@pytest.fixture(scope="module")
def alone(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> release.Release:
    """Give what the ladders say, each by itself."""
    folder = tmp_path_factory.mktemp("alone")
    shutil.copy(made[0], folder / "vault")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repair, "close_month", tables_alone)
        publish.publish(folder / "vault", folder / "release", policy(), through=LAST)
    return release.read(folder / "release")


def plain_counts(path: Path) -> pd.DataFrame:
    """Episodes and outcomes by zone, quarter, attribute and value, counted from the vault's rows: zone, quarter, n."""
    with vault.opened(path) as store:
        episodes = vault.frame(store, "SELECT * FROM episodes")
        outcomes = vault.frame(store, "SELECT * FROM outcomes")
        ground = vault.territory(store)
    cells = territory.ground(ground, 1000).set_index(["e", "n"])["zone"]
    commune = territory.zone_of_commune(ground)
    episodes["zone"] = [
        commune[c] if pd.isna(e) else cells[int(e) // 1000 * 1000, int(n) // 1000 * 1000]
        for e, n, c in zip(episodes["base_e"], episodes["base_n"], episodes["commune"], strict=True)
    ]
    episodes["weekday"] = np.where(episodes["day"].dt.day_of_week < 5, "weekday", "weekend")
    kept = episodes[episodes["triage"] == "kept"]
    led = outcomes.merge(kept[["episode", "zone"]], on="episode")
    led["delay"] = led["outcome"] + ":" + led["delay"]
    parts = [(kept, name, name) for name in ("category", "time_band", "weekday")]
    parts += [(episodes, "triage", "triage"), (led, "outcome", "outcome"), (led, "delay", "delay")]
    rows = [
        frame.assign(attribute=attribute, value=frame[column])[["zone", "month", "attribute", "value"]]
        for frame, attribute, column in parts
    ]
    counted = pd.concat(rows).assign(quarter=lambda f: f["month"].dt.to_period("Q").astype(str))
    return (
        counted.groupby(["zone", "attribute", "value", "quarter"], as_index=False).size().rename({"size": "n"}, axis=1)
    )


def expected(counts: pd.DataFrame, quarters: list[str]) -> set[tuple[str, ...]]:
    """Facts of a plain reading: quarters of k or more; of the others of a closed year, their sum.

    The sum of m quarters that hold at most k - 1 each says something of one of them when it exceeds (m - 1)(k - 1).
    """
    found: set[tuple[str, ...]] = set()
    for (zone, attribute, value), group in counts.groupby(["zone", "attribute", "value"]):
        n = group.set_index("quarter")["n"].reindex(quarters, fill_value=0)
        key = (str(zone), str(attribute), str(value))
        found |= {(*key, str(quarter), str(count)) for quarter, count in n[n >= K].items()}
        of_2024 = n[[q.startswith("2024") for q in quarters]]
        small = of_2024[of_2024 < K]
        if K <= small.sum() <= (len(small) - 1) * (K - 1):
            found.add((*key, "2024", str(small.sum())))
    return found


def told_by(said: release.Release) -> tuple[pd.DataFrame, set[tuple[str, ...]]]:
    """Give the facts of attributes, and each as zone, attribute, value, period and count."""
    facts = said.facts[said.facts["table"] == "breakdown"]
    period = np.where(
        facts["period_level"] == "year",
        facts["period_start"].str[:4],
        pd.PeriodIndex(facts["period_start"], freq="Q").astype(str),
    )
    count = facts["n"].astype(str)
    return facts, set(zip(facts["area"], facts["attribute"], facts["value"], period, count, strict=True))


def test_what_the_audit_leaves_is_of_a_plain_count_too(made: tuple[Path, Path], said: release.Release) -> None:
    counts = plain_counts(made[1])
    wanted = expected(counts, [f"2024Q{q}" for q in range(1, 5)] + ["2025Q1"])
    quarters = {fact for fact in told_by(said)[1] if "Q" in fact[3]}
    assert quarters < {fact for fact in wanted if "Q" in fact[3]}
    assert len(quarters) > 50


def test_facts_are_those_of_a_plain_count(made: tuple[Path, Path], alone: release.Release) -> None:
    facts, told = told_by(alone)
    counts = plain_counts(made[1])
    wanted = expected(counts, [f"2024Q{q}" for q in range(1, 5)] + ["2025Q1"])
    assert told == wanted
    assert len(told) == len(facts) > 100
    assert set(facts["attribute"]) == set(reports.BREAKDOWNS)
    assert set(facts["period_level"]) == {"quarter", "year"}
    assert (counts["n"] < K).any()
    assert facts["reports"].isna().all()
    others = alone.facts[alone.facts["table"] != "breakdown"]
    assert (others[["attribute", "value"]] == "").all(axis=None)


def test_each_fact_speaks_of_its_zone_where_its_value_was_not_said_before(
    made: tuple[Path, Path], said: release.Release
) -> None:
    with vault.opened(made[1]) as store:
        ground = vault.territory(store)
    cells = territory.ground(ground, said.cell_m)
    matrix, facts = release.incidence(said, ground, "breakdown")
    months, width = len(release.months(said)), len(cells) * len(release.months(said))
    assert len(facts) == (said.facts["table"] == "breakdown").sum()
    assert facts["covered"].tolist() == matrix[:, :width].sum(axis=1).tolist()
    assert (facts["covered"] < release.nominal_covered(facts, ground, said.cell_m)).any()
    value = facts.groupby(["attribute", "value"]).ngroup().to_numpy()
    for number in range(value.max() + 1):
        assert matrix[np.flatnonzero(value == number)].sum(axis=0).max() == 1
    people = cells.groupby("zone")["residents"].sum()
    assert facts["residents"].tolist() == [int(people[zone] + 1e-6) for zone in facts["area"]]
    assert matrix.shape[1] == (len(cells) + len(ground.zones)) * months


def test_month_after_month_gives_the_breakdowns_of_all_at_once(
    tmp_path: Path, made: tuple[Path, Path], said: release.Release
) -> None:
    shutil.copy(made[0], tmp_path / "vault")
    for month in pd.period_range("2024-01", LAST, freq="M"):
        publish.publish(tmp_path / "vault", tmp_path / "release", policy(), through=str(month))
    monthly = release.read(tmp_path / "release").facts
    pd.testing.assert_frame_equal(monthly.drop(columns="vintage"), said.facts.drop(columns="vintage"))
    assert monthly["vintage"].nunique() > 10
    pd.testing.assert_frame_equal(vault_rows(made[1], "sealed"), vault_rows(tmp_path / "vault", "sealed"))


def vault_rows(path: Path, table: str) -> pd.DataFrame:
    with vault.opened(path) as store:
        return vault.frame(store, f"SELECT * FROM {table} ORDER BY ALL")  # noqa: S608 - our tables


def test_the_vault_remembers_which_fact_sealed_each_value(made: tuple[Path, Path], said: release.Release) -> None:
    key = ["table", "attribute", "value", "order"]
    sealed, facts = vault_rows(made[1], "sealed"), said.facts
    of_facts = sealed.merge(facts, on="order", suffixes=("", "_of_fact"), how="left", validate="many_to_one")
    for name in ("table", "attribute", "value"):
        assert (of_facts[name] == of_facts[f"{name}_of_fact"]).all()
    assert (of_facts["unit"] == of_facts["area"]).all()
    assert set(map(tuple, sealed[key].to_numpy())) == set(map(tuple, facts[key].to_numpy()))
    assert not sealed.duplicated(["table", "attribute", "value", "unit", "month"]).any()


def test_no_single_fact_of_a_breakdown_is_that_of_a_report(made: tuple[Path, Path]) -> None:
    with vault.opened(made[1]) as store, pytest.raises(ValueError, match="Many facts"):
        publish.facts_of_reports(store, vault.territory(store), 1000, "breakdown")


def test_what_is_withheld_of_one_attribute_binds_no_other(
    tmp_path: Path, made: tuple[Path, Path], alone: release.Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    withheld = {(0, 0)}

    def close_month(lines: Sequence[Line], linked: Linked, month: int) -> repair.Closed:
        del linked
        held = [withheld if line.attribute == "category" and month == 2 else set() for line in lines]
        blocks = [
            ladder.close_month(line.table, month, line.waiting, withheld=one)
            for line, one in zip(lines, held, strict=True)
        ]
        return repair.Closed(blocks, held)

    monkeypatch.setattr(repair, "close_month", close_month)
    found = []
    for name, months in (("once", [LAST]), ("in steps", ["2024-02", "2024-03", "2024-09", LAST])):
        shutil.copy(made[0], tmp_path / name)
        for month in months:
            publish.publish(tmp_path / name, tmp_path / f"{name}-release", policy(), through=month)
        found.append(release.read(tmp_path / f"{name}-release").facts.drop(columns="vintage"))
        rows = vault_rows(tmp_path / name, "withheld")
        assert list(rows[["table", "attribute", "rung", "area"]].itertuples(index=False, name=None)) == [
            ("breakdown", "category", 0, 0)
        ]
    pd.testing.assert_frame_equal(found[0], found[1])
    gone = "attribute == 'category' and area == 'besancon' and value == 'street' and period_start == '2024-01-01'"
    assert len(alone.facts.query(gone)) == 1
    assert (found[0].query(gone)["period_level"] == "year").all()
    pd.testing.assert_frame_equal(of_others(found[0]), of_others(alone.facts.drop(columns="vintage")))


def of_others(facts: pd.DataFrame) -> pd.DataFrame:
    """Give the facts of all attributes but the category."""
    here = ~facts["attribute"].isin(["", "category"])
    return facts[here].drop(columns="order").reset_index(drop=True)


def test_facts_of_one_attribute(said: release.Release) -> None:
    outcomes = release.breakdown(said, "outcome")
    assert list(outcomes.columns) == ["area", "period_start", "period_end", "period_level", "value", "n"]
    assert set(outcomes["value"]) <= set(reports.OUTCOMES)
    mine = said.facts[said.facts["attribute"] == "outcome"]
    assert outcomes["n"].tolist() == mine["n"].tolist()
    assert (
        sum(len(release.breakdown(said, name)) for name in reports.BREAKDOWNS)
        == (said.facts["table"] == "breakdown").sum()
    )
    with pytest.raises(ValueError, match="no attribute 'age'"):
        release.breakdown(said, "age")


def test_a_release_without_breakdowns_has_no_facts_of_any(tmp_path: Path, made: tuple[Path, Path]) -> None:
    shutil.copy(made[0], tmp_path / "vault")
    publish.publish(tmp_path / "vault", tmp_path / "release", policy(series=broken_down.SERIES), through="2024-06")
    plain = release.read(tmp_path / "release")
    assert len(plain.facts) > 0
    assert release.breakdown(plain, "category").empty


def test_the_floor_is_that_of_the_zone(tmp_path: Path, made: tuple[Path, Path]) -> None:
    shutil.copy(made[0], tmp_path / "vault")
    with vault.opened(made[0]) as store:
        ground = vault.territory(store)
    people = territory.ground(ground, 1000).groupby("zone")["residents"].sum().sort_values()
    high = policy().model_copy(update={"min_inhabitants": int(people.iloc[1])})
    publish.publish(tmp_path / "vault", tmp_path / "release", high, through=LAST)
    told = release.read(tmp_path / "release").facts
    assert len(told) > 50
    assert set(told["area"]) == set(people.index[1:])
