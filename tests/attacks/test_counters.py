"""Counters and manifest: nothing that was computed from the vault stands anywhere but in the facts.

Two searches. One explains every word and number of a manifest from what everybody has; what it cannot explain came from
the vault. The other publishes from two vaults that hold the same sealed episodes and differ in everything else (what
waits, came late, was erased, quarantined, sent twice, set aside, and every id): not a byte may differ.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from analytics import territory as territories
from analytics import vault
from analytics.disclosure.policy import Policy
from analytics.release import Release
from analytics.territory import Territory
from dashboard.components.folded import ALL_OPEN
from scripts.demo import POLICY, TERRITORY
from tests.attacks import box
from tests.conftest import Sample
from tests.made_up import vaults

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = ("command", "prevention", "trends", "analyst", "method")
LINK = re.compile(r'^(deferred_file_id|url): ".*"$', re.MULTILINE)
"""Where a file to download lies: drawn by lot at every run."""
MONTHS = ("2024-03", "2024-04", "2024-05")


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Every word and number of a manifest, with the way to it."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, str(key)))
    else:
        yield path, value


def explained(said: Release, policy: Policy, territory: Territory) -> dict[tuple[str, ...], Any]:
    """What a manifest must say, worked out from policy, territory, facts and the months that were closed."""
    vintages = said.manifest["vintages"]
    known: dict[str, Any] = {
        "format_version": releases.FORMAT_VERSION,
        "territory": {name: getattr(territory, name) for name in ("code", "name", "crs", "base_cell_m")},
        "audience": policy.audience,
        "synthetic": True,
        "policy": policy.model_dump(mode="json"),
        "files": {"facts.parquet": hashlib.sha256((said.path / "facts.parquet").read_bytes()).hexdigest()},
        "vintages": [],
    }
    first = vintages[0]["first_month"]  # January of the year of the oldest report
    for number, vintage in enumerate(vintages, start=1):
        through = pd.Period(vintage["through"], freq="M")  # what somebody asked to close
        facts = int((said.facts["vintage"] == number).sum())
        known["vintages"].append({"vintage": number, "first_month": first, "through": str(through), "facts": facts})
        first = str(through + 1)
    return dict(leaves(known))


def unexplained(said: Release, policy: Policy, territory: Territory) -> list[tuple[str, ...]]:
    """Parts of a manifest that nothing but the vault can have said; the audit's verdict may be words and zeros."""
    known = explained(said, policy, territory)
    return [
        path
        for path, value in leaves(said.manifest)
        if not (path in known and known[path] == value)
        and not (path[0] == "audit" and (value == 0 or not any(c.isdigit() for c in str(value))))
    ]


def test_every_word_of_the_samples_manifest_is_explained(sample: Sample, root: Path) -> None:
    said = releases.read(sample.release)
    policy = Policy.model_validate(said.manifest["policy"])
    ground = territories.load(root / TERRITORY)
    assert (root / POLICY).is_file()
    assert unexplained(said, policy, ground) == []
    chatty = said.manifest | {"waiting": 3, "audit": said.manifest["audit"] | {"withheld": 2}}
    found = unexplained(Release(said.path, chatty, said.facts), policy, ground)
    assert found == [("audit", "withheld"), ("waiting",)]


def steady(prefix: str) -> pd.DataFrame:
    """Sixteen a month in the first quarter of 2024, with ids of their own."""
    days = [str(d.date()) for month in range(1, 4) for d in pd.date_range(f"2024-{month:02d}-02", periods=4, freq="6D")]
    frames = [vaults.made(days, ids=[f"{prefix}{c}-{d}" for d in days], cell=c) for c in (0, 1, 5, 14)]
    return pd.concat(frames, ignore_index=True)


def quiet(folder: Path) -> Path:
    """A vault in which nothing but the sealed episodes is."""
    return box.filled(folder, "quiet", steady("a"))


def busy(folder: Path) -> Path:
    """A vault that seals the same, with other ids, in another order, and much besides."""
    mine = steady("b")
    shuffled = mine.iloc[np.random.default_rng(2).permutation(len(mine))].reset_index(drop=True)
    aside = vaults.made(["2024-02-20"], ids=["aside"], cell=7, triage="set_aside")
    waiting = vaults.made(["2024-04-10", "2024-05-20"], ids=["w1", "w2"], cell=[8, 9])
    return box.filled(folder, "busy", shuffled, aside, waiting, shuffled)


def happenings(path: Path) -> None:
    """After the first quarter: one comes late, one is erased, some come twice, rows are set aside unread."""
    box.arrive(path, vaults.made(["2024-02-11"], ids=["late"], cell=12), steady("b").head(10))
    box.erase(path, steady("b").iloc[[3]])
    with vault.opened(path) as store:
        vault.set_aside(store, pd.DataFrame({"row": [7, 8], "reason": ["no_day", "no_place"], "content": ["", ""]}))


def counters(path: Path) -> dict[str, int]:
    """What a naive manifest would say of the vault: reports, those that wait, late ones, erased ones."""
    with vault.opened(path) as store:
        held = vault.frame(store, "SELECT count(*) AS reports, count(*) FILTER (late) AS late FROM reports")
        erased = vault.frame(store, "SELECT count(*) AS n FROM tombstones")
        open_ = vault.frame(store, "SELECT count(*) AS n FROM reports WHERE counted >= DATE '2024-04-01'")
    return {
        "reports": int(held["reports"][0]),
        "late": int(held["late"][0]),
        "erased": int(erased["n"][0]),
        "waiting": int(open_["n"][0]),
    }


def shown(page: str, said: Release, territory: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that a page sends to a browser."""
    monkeypatch.setenv("VIGIE_RELEASE", str(said.path))
    monkeypatch.setenv("VIGIE_TERRITORY", str(territory))
    st.cache_resource.clear()
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[ALL_OPEN] = True
    app.run()
    app.switch_page(f"views/{page}.py").run()
    assert not app.exception
    tables = [frame.value.to_csv() for frame in app.dataframe]  # in the message they carry an id drawn by lot
    said_else = [str(element.proto) for element in app.main if not hasattr(element.proto, "arrow_data")]
    return tables + [LINK.sub("", text).replace(said.path.name, "release") for text in said_else]


def test_two_vaults_that_seal_the_same_publish_the_same_bytes_and_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = quiet(tmp_path), busy(tmp_path)
    for month in MONTHS:
        one, other = box.said(first, month), box.said(second, month)
        for name in (releases.FACTS, releases.MANIFEST):
            assert (one.path / name).read_bytes() == (other.path / name).read_bytes()
        if month == MONTHS[0]:
            happenings(second)
    assert len(one.facts) > 5
    ground = tmp_path / "territory.toml"
    for page in PAGES:
        pages = [shown(page, said, ground, monkeypatch) for said in (one, other)]
        assert len(pages[0]) > 5
        assert pages[0] == pages[1]
    # The same comparison tells the two apart wherever a manifest counts what the vault holds.
    naive = [one.manifest | counters(path) for path in (first, second)]
    assert {name for name in counters(first) if naive[0][name] != naive[1][name]} == set(counters(first))


def test_a_report_that_waits_shows_nowhere_not_even_in_the_first_month_of_the_release(tmp_path: Path) -> None:
    """The release begins in January of the year of the oldest report: its month is not told, and no fact moves."""
    old = vaults.made(["2023-11-14"], ids=["old"], cell=12)
    other = vaults.made(["2023-02-14"], ids=["old"], cell=12)
    oldest = [box.said(box.filled(tmp_path, name, steady("a"), f), "2024-03") for name, f in (("a", old), ("b", other))]
    without = box.said(box.filled(tmp_path, "without", steady("a")), "2024-03")
    assert [said.manifest["vintages"][0]["first_month"] for said in (*oldest, without)] == [
        "2023-01",
        "2023-01",
        "2024-01",
    ]
    for said in oldest:
        pd.testing.assert_frame_equal(said.facts, without.facts)
    assert (oldest[0].path / releases.MANIFEST).read_bytes() == (oldest[1].path / releases.MANIFEST).read_bytes()
