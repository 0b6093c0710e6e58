"""From a vault to a release: one month at a time, never changed, whole at every moment."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import publish, release, reports, territory, vault
from analytics.disclosure import policy as policies

TERRITORY = """
code = "box"
name = "A box"
crs = "EPSG:32617"
base_cell_m = 250
[ground]
kind = "box"
centre = [720000, 4212000]
side_m = 16000
density = [{ within_m = 3000, per_km2 = 2000 }, { per_km2 = 60 }]
[[zones]]
id = "all"
name = "All of it"
"""
POLICY = """
audience = "command"
k = 5
cell_m = 1000
min_inhabitants = 100
crowd = 20000
episode_days = 3
[tables]
blocks = [["1000", "quarter"], ["2000", "quarter"], ["1000", "year"], ["2000", "year"], ["4000", "year"]]
outlook = [["4000", "month"], ["8000", "month"], ["4000", "quarter"], ["8000", "quarter"]]
series = [["zone", "month"], ["zone", "quarter"], ["zone", "year"]]
departement = [["departement", "month"], ["departement", "quarter"], ["departement", "year"]]
"""


@pytest.fixture
def policy(tmp_path: Path) -> policies.Policy:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    return policies.load(file)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "territory.toml"
    file.write_text(TERRITORY, encoding="utf-8")
    vault.create(tmp_path / "vault", file)
    with vault.opened(tmp_path / "vault") as store:
        vault.add(store, drawn(), synthetic=True)
    return tmp_path / "vault"


def drawn(seed: int = 0, size: int = 400, first: str = "2023-01-01", days: int = 500) -> pd.DataFrame:
    """Draw reports around three places, some of them not kept."""
    rng = np.random.default_rng(seed)
    place = rng.choice(3, size=size, p=[0.6, 0.3, 0.1])
    centre = np.array([[720_000, 4_212_000], [721_800, 4_210_500], [717_000, 4_214_000]])[place]
    e, n = (centre + rng.normal(0, 500, (size, 2))).T
    return reports.conform(
        reports.empty()
        .reindex(range(size))
        .assign(
            source_hash=[f"{seed:02d}{i:062d}" for i in range(size)],
            base_e=territory.snap(e, 250),
            base_n=territory.snap(n, 250),
            day=pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, days, size), unit="D"),
            time_band="evening",
            category="street",
            triage=rng.choice(["kept", "set_aside"], size=size, p=[0.85, 0.15]),
            precision="street",
        )
    )


def facts_of(folder: Path) -> pd.DataFrame:
    return release.read(folder).facts.drop(columns="vintage")


def test_month_after_month_gives_the_facts_of_all_at_once(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    shutil.copy(path, tmp_path / "other")
    publish.publish(path, tmp_path / "once", policy, through="2024-04")
    for month in pd.period_range("2023-01", "2024-04", freq="M"):
        publish.publish(tmp_path / "other", tmp_path / "monthly", policy, through=str(month))
    once, monthly = facts_of(tmp_path / "once"), facts_of(tmp_path / "monthly")
    assert len(once) > 30
    pd.testing.assert_frame_equal(once, monthly)
    assert [v["vintage"] for v in release.read(tmp_path / "monthly").manifest["vintages"]] == list(range(1, 17))


def test_the_order_in_which_reports_arrive_does_not_matter(tmp_path: Path, policy: policies.Policy) -> None:
    (tmp_path / "territory.toml").write_text(TERRITORY, encoding="utf-8")
    frames = []
    for name, order in (("a", slice(None)), ("b", slice(None, None, -1))):
        vault.create(tmp_path / name, tmp_path / "territory.toml")
        with vault.opened(tmp_path / name) as store:
            vault.add(store, drawn().iloc[order].reset_index(drop=True), synthetic=True)
        publish.publish(tmp_path / name, tmp_path / f"release-{name}", policy, through="2024-04")
        frames.append(facts_of(tmp_path / f"release-{name}"))
    pd.testing.assert_frame_equal(frames[0], frames[1])


def test_facts_once_published_never_change_whatever_arrives(
    tmp_path: Path, path: Path, policy: policies.Policy
) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2023-09")
    before = release.read(tmp_path / "release").facts
    with vault.opened(path) as store:
        vault.add(store, drawn(seed=1, size=150, days=200), synthetic=True)  # late, most of them
        vault.add(store, drawn().assign(triage="set_aside"), synthetic=True)
        vault.erase(store, [str(h) for h in drawn()["source_hash"][:50]])
    publish.publish(path, tmp_path / "release", policy, through="2024-04")
    after = release.read(tmp_path / "release").facts
    pd.testing.assert_frame_equal(after[after["vintage"] == 1].reset_index(drop=True), before)
    assert len(after) > len(before)


def test_every_number_is_what_its_ground_holds_and_none_is_small(
    tmp_path: Path, path: Path, policy: policies.Policy
) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2024-04")
    said = release.read(tmp_path / "release")
    assert said.facts["n"].min() >= 5
    assert said.facts["residents"].min() >= 100
    with vault.opened(path) as store:
        ground = vault.territory(store)
        counts = vault.episode_counts(store)
    known = release.atoms(said, ground)
    cell = pd.MultiIndex.from_frame(known.cells[["e", "n"]]).get_indexer(
        pd.MultiIndex.from_arrays([counts[c].astype("int64") // 1000 * 1000 for c in ("base_e", "base_n")])
    )
    truth = np.zeros(known.units * len(known.months))
    number = (counts["month"].dt.year - 2023) * 12 + counts["month"].dt.month - 1
    np.add.at(truth, cell * len(known.months) + number.to_numpy(), counts["n"].to_numpy())
    for table in ("blocks", "outlook", "series", "departement"):
        matrix, facts = release.incidence(said, ground, table)
        assert len(facts) > 0
        assert (matrix @ truth).tolist() == facts["n"].tolist()
        assert matrix.sum(axis=0).max() <= 1


def test_the_vault_remembers_which_fact_sealed_each_report(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    summary = publish.publish(path, tmp_path / "release", policy, through="2024-04")
    said = release.read(tmp_path / "release").facts
    with vault.opened(path) as store:
        ground = vault.territory(store)
        for table in ("blocks", "outlook", "series", "departement"):
            told = publish.facts_of_reports(store, ground, 1000, table)
            facts = said[said["table"] == table].set_index("order")
            assert set(told["order"].dropna()) == set(facts.index)
            # Reports are more than episodes, and never fewer.
            sizes = told["order"].value_counts()
            assert (sizes >= facts["n"].reindex(sizes.index)).all()
        blocks = publish.facts_of_reports(store, ground, 1000, "blocks")
    assert summary["reports_published"] == blocks["order"].notna().sum()
    assert summary["reports_waiting"] == blocks["order"].isna().sum()
    assert summary["blocks"] == (said["table"] == "blocks").sum()


def test_reports_received_are_said_as_a_multiple_of_k(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2024-04")
    facts = release.read(tmp_path / "release").facts
    whole = facts[facts["table"] == "departement"]
    assert (whole["reports"] % 5 == 0).all()
    january = whole[(whole["period_start"] == "2023-01-01") & (whole["period_level"] == "month")].iloc[0]
    received = (drawn()["day"].dt.to_period("M") == pd.Period("2023-01", freq="M")).sum()
    assert january["reports"] == received // 5 * 5
    assert facts.loc[facts["table"] != "departement", "reports"].isna().all()


def test_a_vault_publishes_under_one_policy(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2023-06")
    with pytest.raises(publish.PublishError, match="another policy"):
        publish.publish(path, tmp_path / "second", policy.model_copy(update={"k": 3}), through="2023-07")
    assert not (tmp_path / "second").exists()


def test_a_policy_must_fit_the_grid(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    with pytest.raises(policies.PolicyError, match="no multiple of the base cell"):
        publish.publish(path, tmp_path / "release", policy.model_copy(update={"cell_m": 600}), through="2023-06")


def test_the_ground_is_pinned_by_the_first_publication(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2023-06")
    file = tmp_path / "territory.toml"
    for before, after in (("2000 }", "1500 }"), ('id = "all"', 'id = "one"')):
        file.write_text(TERRITORY.replace(before, after), encoding="utf-8")
        with pytest.raises(publish.PublishError, match="two grounds"):
            publish.publish(path, tmp_path / "release", policy, through="2023-07")
    file.write_text(TERRITORY, encoding="utf-8")
    assert publish.publish(path, tmp_path / "release", policy, through="2023-07")["vintage"] == 2


def test_another_vaults_release_is_not_written_over(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2023-06")
    vault.create(tmp_path / "other", tmp_path / "territory.toml")
    with vault.opened(tmp_path / "other") as store:
        vault.add(store, drawn(seed=5), synthetic=True)
    before = (tmp_path / "release" / "facts.parquet").read_bytes()
    with pytest.raises(publish.PublishError, match="did not publish"):
        publish.publish(tmp_path / "other", tmp_path / "release", policy, through="2023-06")
    assert (tmp_path / "release" / "facts.parquet").read_bytes() == before
    with vault.opened(tmp_path / "other") as store:
        assert store.closed_through is None


@pytest.mark.parametrize("through", ["2023-06-15", "06-2023", "2023", "2999-01"])
def test_a_month_to_close_is_written_out_and_has_ended(
    tmp_path: Path, path: Path, policy: policies.Policy, through: str
) -> None:
    with pytest.raises(publish.PublishError, match=r"YYYY-MM|not ended"):
        publish.publish(path, tmp_path / "release", policy, through=through)


def test_months_are_closed_once_and_in_order(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    with pytest.raises(publish.PublishError, match="write it as YYYY-MM"):
        publish.publish(path, tmp_path / "release", policy, through="soon")
    publish.publish(path, tmp_path / "release", policy, through="2023-06")
    with pytest.raises(publish.PublishError, match="closed already"):
        publish.publish(path, tmp_path / "release", policy, through="2023-03")
    again = publish.publish(path, tmp_path / "release", policy, through="2023-06")
    assert again["facts"] == 0
    # Without a month named, the last one that the reports at hand cover wholly.
    publish.publish(path, tmp_path / "release", policy)
    newest = drawn()["day"].max()
    expected = newest.to_period("M") if newest.is_month_end else newest.to_period("M") - 1
    assert release.read(tmp_path / "release").manifest["vintages"][-1]["through"] == str(expected)


def test_an_interrupted_publication_is_completed_by_the_next(
    tmp_path: Path, path: Path, policy: policies.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2023-06")
    before = release.read(tmp_path / "release").facts

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(release, "write", cut)
        with pytest.raises(KeyboardInterrupt):
            publish.publish(path, tmp_path / "release", policy, through="2023-09")
    pd.testing.assert_frame_equal(release.read(tmp_path / "release").facts, before)
    publish.publish(path, tmp_path / "release", policy, through="2023-10")
    vintages = release.read(tmp_path / "release").manifest["vintages"]
    assert [v["through"] for v in vintages] == ["2023-06", "2023-09", "2023-10"]


def test_the_manifest_says_nothing_of_the_vault(tmp_path: Path, path: Path, policy: policies.Policy) -> None:
    publish.publish(path, tmp_path / "release", policy, through="2024-04")
    text = (tmp_path / "release" / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert set(manifest) == {
        "format_version", "territory", "audience", "synthetic", "policy", "vintages", "audit", "files",
    }  # fmt: skip
    assert str(tmp_path) not in text
    assert manifest["synthetic"] is True
    assert set(manifest["vintages"][0]) == {"vintage", "first_month", "through", "facts"}
    assert manifest["vintages"][0]["facts"] == len(release.read(tmp_path / "release").facts)
    # Ids and days of reports are nowhere in the folder.
    content = b"".join(file.read_bytes() for file in (tmp_path / "release").iterdir())
    assert not any(str(h).encode() in content for h in drawn()["source_hash"])
