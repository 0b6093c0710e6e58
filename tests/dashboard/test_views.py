"""The pages, run without a browser: what they say, what filters do, and what is shown when nothing can be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from dashboard import reading
from tests.dashboard.conftest import World
from tests.made_up import access
from tests.made_up import releases as made_up

Run = Callable[..., AppTest]
PAGES = ["command", "prevention", "trends", "analyst", "method"]


def words(app: AppTest) -> str:
    """Everything that a page says outside its tables, with plain spaces."""
    said = [element.value for kind in (app.title, app.header, app.subheader) for element in kind]
    said += [element.label for kind in (app.expander, app.button) for element in kind]
    said += [element.proto.body for element in app.get("html")]
    return " ".join(said).replace("\u00a0", " ").replace("\u202f", " ")


def table(app: AppTest, column: str) -> pd.DataFrame:
    """Give the first table of the page that has this column."""
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def in_map(app: AppTest) -> dict[str, Any]:
    told: list[dict[str, Any]] = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(content for content in told if "surface" in content)


def choose(app: AppTest, **state: object) -> AppTest:
    app.session_state["map"] = {
        "period": {"granularity": "quarter", "first": "2025-07", "last": "2025-09"},
        "view": "surface",
        "cell": None,
    } | state
    return app.run()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_was_added_and_that_it_is_made_up(page: str, run: Run) -> None:
    app = run(page)
    assert not app.exception
    said = words(app)
    assert "Données fictives." in said
    assert "Le millésime 1 (janvier 2024 à octobre 2025) ajoute" in said
    assert "3e trimestre 2025" in said
    assert "Un signalement n’est pas une infraction." in said
    assert "Peu de signalements ne veut pas dire un lieu calme." in said
    assert "Un nombre retenu n’est pas un petit nombre." in said


@pytest.mark.parametrize("page", PAGES)
def test_real_reports_carry_no_banner(page: str, run: Run, world: World, tmp_path: Path) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=6)
    known = releases.read(folder)
    releases.write(folder, known.manifest | {"synthetic": False}, known.facts)
    app = run(page, rules=access.write(tmp_path, command=folder), user=access.user("ana", "analyse"))
    assert not app.exception
    assert "ajoute" in words(app)
    assert "fictives" not in words(app)


def test_the_map_begins_with_the_last_twelve_months_of_the_release(run: Run) -> None:
    app = run()
    start = in_map(app)["start"]
    assert (start["granularity"], start["first"], start["last"]) == ("last12", "2024-11", "2025-10")
    assert start["view"] == "surface"
    assert "novembre 2024 à octobre 2025" in words(app)
    assert "Données fictives." in words(app)


def test_the_table_follows_the_map(run: Run) -> None:
    app = choose(run())
    assert "La carte en tableau : 3e trimestre 2025" in words(app)
    estimates = table(app, "Signalements estimés")
    assert "Signalements estimés" in estimates.columns
    assert estimates["Signalements estimés"].is_monotonic_decreasing
    app = choose(app, view="blocks")
    assert "La carte en tableau : 3e trimestre 2025" in words(app)
    blocks = table(app, "Par km² et par an")
    assert (blocks["Signalements distincts"] >= made_up.K).all()
    assert blocks["Par km² et par an"].is_monotonic_decreasing


def test_a_chosen_square_shows_its_past(run: Run, world: World) -> None:
    fact = world.release.facts.query("table == 'blocks' and area_level == '1000'").iloc[-1]
    app = choose(run(), cell=fact["area"])
    assert "Carreau choisi (1 km de côté)" in words(app)
    assert "Estimation, trimestre après trimestre" in words(app)
    assert fact["area"] in set(table(app, "Par km² et par an")["Carreau (identifiant Insee)"])
    wide = world.release.facts.query("table == 'blocks' and area_level == '4000'")["area"].iloc[0]
    app = choose(app, cell=wide, view="blocks")
    assert "Carreau choisi (4 km de côté)" in words(app)
    assert wide in set(table(app, "Par km² et par an")["Carreau (identifiant Insee)"])
    assert not app.exception


def test_the_trends_compare_complete_totals_only(run: Run) -> None:
    said = words(run("trends"))
    assert "de janvier à octobre 2025" in said
    assert "Aucun changement n’est établi" in said
    assert "ni zéro, ni une lacune" in said


def test_filters_narrow_the_facts(run: Run, world: World) -> None:
    app = run("analyst")
    assert len(app.dataframe[0].value) == len(world.release.facts)
    app.multiselect(key="table").set_value(["blocks"]).run()
    blocks = world.release.facts.query("table == 'blocks'")
    assert len(app.dataframe[0].value) == len(blocks)
    app.multiselect(key="level").set_value(["1000"]).run()
    assert len(app.dataframe[0].value) == (blocks["area_level"] == "1000").sum()
    app.multiselect(key="table").set_value(["departement"]).run()
    assert "Ce n’est pas un zéro" in words(app)


@pytest.fixture
def split(world: World, tmp_path: Path) -> Path:
    """Give the release with facts of two attributes more: those of the whole territory, said once a value."""
    facts = world.release.facts
    whole = facts[facts["table"] == "departement"].assign(
        table="breakdown", area="all", area_level="zone", reports=None
    )
    street = whole.assign(attribute="category", value="street", order=whole["order"] + 1000)
    arrest = whole.assign(attribute="delay", value="arrest:8-30", order=whole["order"] + 2000)
    every = pd.concat([facts, street.astype(releases.COLUMNS), arrest.astype(releases.COLUMNS)])
    releases.write(tmp_path / "split", world.release.manifest, every.sort_values("order"))
    return tmp_path / "split"


def test_breakdowns_are_told_on_the_analysts_page(run: Run, world: World, split: Path) -> None:
    assert "Les répartitions comptent" not in words(run("analyst"))
    app = run("analyst", release=split)
    assert not app.exception
    assert "Les répartitions comptent" in words(app)
    app.multiselect(key="table").set_value(["breakdown"]).run()
    shown = app.dataframe[0].value
    assert len(shown) == len(releases.read(split).facts) - len(world.release.facts) > 10
    assert set(shown["Réparti par"]) == {"Catégorie", "Délai des suites"}
    assert set(shown["Valeur"]) == {"vente dans la rue", "interpellation\u00a0: 8 à 30 jours"}


def test_breakdowns_change_neither_map_nor_trends(run: Run, split: Path) -> None:
    assert in_map(run(release=split)) == in_map(run())
    trends = [run("trends", release=release) for release in (split, None)]
    first, second = ([table.value for table in app.dataframe] for app in trends)
    assert len(first) == len(second) > 0
    assert all(one.equals(other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("page", PAGES)
def test_one_month_is_enough_for_every_page(page: str, run: Run, world: World, tmp_path: Path) -> None:
    app = run(page, release=made_up.write(tmp_path / "release", world.territory, months=1, a_month=60))
    assert not app.exception
    assert "janvier 2024" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_release_says_so(page: str, run: Run, world: World, tmp_path: Path) -> None:
    app = run(page, release=made_up.write_empty(tmp_path / "release", world.territory))
    assert not app.exception
    assert "Rien n’est encore publié" in words(app)
    assert "Que faire" in words(app)
    assert not app.dataframe


@pytest.mark.parametrize("page", PAGES)
def test_no_release_says_what_to_do(page: str, run: Run, tmp_path: Path) -> None:
    app = run(page, release=tmp_path / "nowhere")
    assert not app.exception
    assert "Aucune publication à montrer" in words(app)
    assert reading.RELEASE in words(app)
    assert str(tmp_path) not in words(app)


def test_a_changed_release_shows_no_number(run: Run, world: World, tmp_path: Path) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=3)
    (folder / releases.FACTS).write_bytes((folder / releases.FACTS).read_bytes() + b" ")
    app = run(release=folder)
    assert not app.exception
    assert "Publication abîmée ou modifiée" in words(app)
    assert not app.dataframe


def test_a_newer_release_asks_for_an_update(run: Run, world: World, tmp_path: Path) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=3)
    manifest = json.loads((folder / releases.MANIFEST).read_text(encoding="utf-8"))
    (folder / releases.MANIFEST).write_text(json.dumps(manifest | {"format_version": 99}), encoding="utf-8")
    assert "Publication plus récente que Vigie" in words(run(release=folder))


def test_a_missing_territory_is_named(run: Run, tmp_path: Path) -> None:
    app = run(territory=tmp_path / "no.toml")
    assert not app.exception
    assert "Territoire illisible" in words(app)


def test_no_page_asks_the_clock(root: Path) -> None:
    """Only whether a session is over, and when somebody visited, is a matter of today."""
    dashboard = root / "dashboard"
    for path in set(dashboard.rglob("*.py")) - {dashboard / "access" / "log.py", dashboard / "access" / "reader.py"}:
        source = path.read_text(encoding="utf-8")
        for asked in ("today(", "now(", "import time", "import datetime", "from datetime"):
            assert asked not in source, f"{path.name}: the reference date is the release's"
