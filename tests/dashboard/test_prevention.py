"""The prevention page without a browser: what it says of an area, of a plan, of a campaign, and of too little."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from analytics.statistics import StatisticsError, campaigns, derived
from dashboard.components.prevention import registry
from tests.dashboard.conftest import World
from tests.dashboard.test_views import words
from tests.made_up import releases as made_up

Show = Callable[..., AppTest]
CAMPAIGN = """
[[campaign]]
name = "Patrouilles de la plaine"
kind = "patrol"
areas = ["all"]
first = 2025-01-01
last = 2025-06-30
"""


@pytest.fixture(scope="module")
def ready(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the release with its derived tables beside it, so that no test waits for a scan."""
    folder = tmp_path_factory.mktemp("ready") / "release"
    shutil.copytree(world.folder, folder)
    derived.write(releases.read(folder), world.territory)
    return folder


@pytest.fixture
def show(run: Show, ready: Path) -> Show:
    """Run the page; by default on the release that is ready."""
    return lambda release=None: run("prevention", release=release or ready)


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a registry of one campaign."""
    path = tmp_path / "campaigns.toml"
    path.write_text(CAMPAIGN, encoding="utf-8")
    monkeypatch.setenv(registry.VARIABLE, str(path))
    return path


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(registry.VARIABLE, raising=False)


def test_the_page_answers_how_much_when_and_where(show: Show) -> None:
    app = show()
    assert not app.exception
    said = words(app)
    assert "Toute la plaine : combien de signalements" in said
    assert "par an pour 10 000 habitants" in said
    assert "Heures, Toute la plaine : les heures des signalements ne font pas partie de cette publication" in said
    assert "Saisons, Toute la plaine" in said
    assert "carrés de 2 km se dégagent" in said
    assert "deux carrés dont les intervalles se recouvrent ne peuvent pas être départagés" in said
    assert "Données fictives." in said


def test_the_level_is_the_published_total(show: Show, world: World) -> None:
    facts = world.release.facts.query("table == 'series' and period_level == 'month'")
    last = facts[facts["period_start"] >= "2024-11"]
    assert len(last) == 12
    assert f"{last['n'].sum()} signalements distincts, soit" in words(show())


def test_no_number_under_k_is_said_of_a_place(show: Show) -> None:
    for text in show().get("html"):
        assert "entre 1 et" not in text.proto.body
        assert "Environ 1 " not in text.proto.body


def test_a_plan_says_when_a_fall_would_be_seen(show: Show) -> None:
    app = show()
    app.selectbox(key="plan-fall").set_value("50").run()
    sooner = words(app)
    assert "Une baisse de 50 % serait établie huit fois sur dix après" in sooner
    assert app.query_params["fall"] == "50"
    app.selectbox(key="plan-fall").set_value("10").run()
    assert "Une baisse de 10 % ne serait pas établie huit fois sur dix" in words(app)
    assert "Sans zone de comparaison" in words(app)


def test_the_plan_comes_back_from_the_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_RELEASE", str(world.folder))
    monkeypatch.setenv("VIGIE_TERRITORY", str(world.file))
    app = AppTest.from_file(str(Path(__file__).parents[2] / "dashboard" / "app.py"), default_timeout=60)
    app.query_params["start"], app.query_params["months"] = "2026-02", "6"
    app.query_params["fall"], app.query_params["kind"] = "40", "nonsense"
    app.run()
    app.switch_page("views/prevention.py").run()
    assert not app.exception
    asked = {key: app.selectbox(key=f"plan-{key}").value for key in ("start", "months", "fall", "kind")}
    assert asked == {"start": "2026-02", "months": "6", "fall": "40", "kind": "presence"}


def test_a_plan_is_an_entry_that_the_registry_takes(show: Show, tmp_path: Path) -> None:
    app = show()
    entry = next(code.value for code in app.code if "[[campaign]]" in code.value)
    path = tmp_path / "registry.toml"
    path.write_text(entry, encoding="utf-8")
    (read,) = campaigns.read(path)
    assert read.areas == ("all",)
    assert str(read.first) == "2025-11-01"
    assert str(read.last) == "2026-10-31"


def test_a_name_that_holds_a_number_of_somebody_is_refused(show: Show) -> None:
    app = show()
    (name,) = app.text_input
    name.set_value("voir 06 12 34 56 78").run()
    assert not app.exception
    assert "Ce nom ne convient pas" in words(app)
    assert not [code for code in app.code if "[[campaign]]" in code.value]


def test_without_a_registry_the_page_says_how_to_name_one(show: Show) -> None:
    assert f"nommez-le par la variable {registry.VARIABLE}" in words(show())


def test_a_campaign_is_evaluated_in_plain_words(show: Show, world: World, named: Path) -> None:
    app = show()
    assert not app.exception
    said = words(app)
    read = campaigns.read(named)[0]
    months = max(campaigns.lengths(world.release, world.territory, read))
    found = campaigns.evaluate(world.release, world.territory, read, months)
    assert found.treated.counts is not None
    before, after = found.treated.counts
    assert f"Patrouilles de la plaine : {before} signalements distincts avant" in said
    assert f"{after} signalements distincts après" in said
    assert "On parle aux agents que l’on voit" in said
    assert "Il n’y a pas de zone de comparaison" in said


def test_months_that_are_not_closed_are_waited_for(show: Show, named: Path) -> None:
    named.write_text(CAMPAIGN.replace("2025-01-01", "2025-09-01").replace("2025-06-30", "2025-12-31"), encoding="utf-8")
    app = show()
    app.slider[0].set_value(6).run()
    assert "pas assez pour dire si les signalements ont changé" in words(app)
    assert "Il faut attendre la clôture de février 2026, soit 6 mois après le début" in words(app)


@pytest.mark.parametrize("content", ["[[campaign", '[[campaign]]\nname = "x"\n', '[[campaign]]\nnom = "x"\n'])
def test_a_registry_that_cannot_be_read_is_a_sentence(content: str, show: Show, named: Path) -> None:
    named.write_text(content, encoding="utf-8")
    app = show()
    assert not app.exception
    assert "ne peut pas être lu" in words(app)
    assert str(named.parent) not in words(app)


def test_campaigns_on_other_ground_are_not_shown(show: Show, named: Path) -> None:
    named.write_text(CAMPAIGN.replace('["all"]', '["elsewhere"]'), encoding="utf-8")
    app = show()
    assert "ne contient aucune campagne sur ce territoire" in words(app)
    assert "Patrouilles de la plaine" not in words(app)


@pytest.fixture
def unscanned(monkeypatch: pytest.MonkeyPatch, nothing_kept: None) -> None:  # noqa: ARG001 - what is kept is computed
    """Let no derived table be computed, as where a release does not allow it; no test waits for a scan then."""

    def refused(name: str, *_: object) -> pd.DataFrame:
        raise StatisticsError(f"{name} cannot be computed of this release.")

    monkeypatch.setattr(derived, "computed", refused)


def thin(world: World, folder: Path, keep: Callable[[pd.DataFrame], pd.Series]) -> Path:
    facts = world.release.facts
    releases.write(folder, world.release.manifest, facts[keep(facts)].reset_index(drop=True))
    return folder


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("without", ["departement", "series", "blocks", "outlook"])
def test_the_page_stands_without_a_table(without: str, show: Show, world: World, tmp_path: Path) -> None:
    app = show(release=thin(world, tmp_path / "thin", lambda facts: facts["table"] != without))
    assert not app.exception
    assert "Bulletin pour le conseil municipal" in words(app)
    assert "Aucun foyer n’y est établi" not in words(app)  # nothing was looked for
    if without == "departement":
        assert "le total du territoire n’est pas montré" in words(app)


@pytest.mark.usefixtures("unscanned")
def test_the_page_stands_on_one_month(show: Show, world: World, tmp_path: Path) -> None:
    app = show(release=made_up.write(tmp_path / "release", world.territory, months=1, a_month=60))
    assert not app.exception
    said = words(app)
    assert "aucune année entière n’est close" in said
    assert "Moins de 12 mois sont clos" in said


@pytest.mark.usefixtures("unscanned")
def test_the_page_stands_where_next_to_nothing_is_reported(show: Show, world: World, tmp_path: Path) -> None:
    app = show(release=made_up.write(tmp_path / "release", world.territory, months=14, a_month=1.5))
    assert not app.exception
    assert "pas assez de signalements" in words(app).lower()


def test_every_number_has_its_table(show: Show, named: Path) -> None:
    assert named.exists()
    heads = [set(table.value.columns) for table in show().dataframe]
    for column in ("Par an, pour 10\u202f000 habitants", "Trimestre de l’année", "Foyer", "Mois observés", "Avant"):
        assert any(column in head for head in heads), column


@pytest.mark.usefixtures("unscanned")
def test_breakdowns_tell_the_hours_and_what_is_withheld(show: Show, world: World, tmp_path: Path) -> None:
    facts = world.release.facts
    quarters = facts[(facts["table"] == "departement") & (facts["period_level"] == "month")].tail(6)
    evening = quarters.assign(table="breakdown", area="all", area_level="zone", attribute="time_band", value="evening")
    evening = evening.assign(reports=None, order=evening["order"] + 500)
    folder = tmp_path / "release"
    joined = pd.concat([facts, evening.astype(releases.COLUMNS)]).sort_values("order")
    policy = world.release.manifest["policy"]
    told = policy | {"tables": policy["tables"] | {"breakdown": [["zone", "quarter"]]}}
    releases.write(folder, world.release.manifest | {"policy": told}, joined)
    said = words(show(release=folder))
    assert f"au moins {evening['n'].sum()} pour soirée (18 h à minuit)" in said
    assert "Rien n’est dit de ces tranches : matin" in said
    assert "ce n’est pas zéro" in said
    shutil.rmtree(folder)
    releases.write(folder, world.release.manifest | {"policy": told}, facts)
    said = words(show(release=folder))
    assert "Heures, Toute la plaine : rien n’est publié" in said  # though this release may tell hours
    shutil.rmtree(folder)
