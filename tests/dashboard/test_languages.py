"""In English no French is left: not in a heading, a table, a chart or the map; and choosing keeps the page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import Catalogue, catalogue
from tests.dashboard.conftest import World
from tests.made_up import releases as made_up
from tests.made_up.words import shown

Run = Callable[..., AppTest]
VIEWS = Path(__file__).parents[2] / "dashboard" / "views"
PAGES = sorted(path.stem for path in VIEWS.glob("*.py") if path.stem != "__init__")
SLOT = re.compile(r"\\{\w+\\}")
FRENCH = re.compile(
    r"\w*[àâçéèêëîïôùûüœ]\w*|\b(?:le|la|les|des|du|une|dans|pour|est|sont|avec|aux|moins|mois|qui|que)\b|«",
    re.IGNORECASE,
)
LENT = re.compile(r"Français|départements?")  # the language's own name; a word that English took over


@pytest.fixture(scope="module")
def french_texts() -> list[re.Pattern[str]]:
    """Every French text that English says otherwise, as a pattern: anything may stand in its slots."""
    english = texts(catalogue("en"))
    differing = (
        form
        for key, forms in texts(catalogue("fr")).items()
        for form in forms
        if form not in english[key] and key != "app.own_name"
    )
    return [
        re.compile(SLOT.sub(".+", re.escape(form)), re.DOTALL)
        for form in differing
        if re.search(r"[^\W\d_]{3,}", re.sub(r"\{\w+\}", "", form))
    ]


def texts(says: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the forms of every key."""
    return {
        m.id if isinstance(m.id, str) else m.id[0]: (m.string,) if isinstance(m.string, str) else tuple(m.string or ())
        for m in says.messages
        if m.id
    }


def left_in_french(app: AppTest, world: World, patterns: list[re.Pattern[str]]) -> list[str]:
    """Return what a page shows that is French, but for names and what the territory's file says."""
    territory = world.territory
    names = [territory.name, *territory.zones["name"], *territory.sources, *territory.notes]
    allowed = re.compile("|".join([*map(re.escape, map(str, names)), LENT.pattern]))
    return [
        piece
        for piece in shown(app)
        if FRENCH.search(allowed.sub("", piece)) or any(pattern.fullmatch(piece) for pattern in patterns)
    ]


def in_english(app: AppTest) -> AppTest:
    app.query_params["lang"] = "en"
    return app.run()


@pytest.mark.parametrize("page", PAGES)
def test_no_french_is_left_on_a_page_in_english(
    page: str, run: Run, world: World, french_texts: list[re.Pattern[str]]
) -> None:
    app = run(page)
    assert len(left_in_french(app, world, french_texts)) > 5  # in French the same check finds plenty
    app = in_english(app)
    assert not app.exception
    assert left_in_french(app, world, french_texts) == []


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("planted", ["Part mesurée", "Retour sur le terrain pour un mois", "Grappes"])
def test_a_french_word_that_was_left_is_seen(
    planted: str, run: Run, world: World, french_texts: list[re.Pattern[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = catalogue("en")
    monkeypatch.setattr(spoken.messages.get("trends.heading"), "string", planted)
    left = left_in_french(in_english(run("trends")), world, [*french_texts, re.compile("Grappes")])
    assert left == [planted]


@pytest.mark.parametrize("what", ["nothing", "empty", "territory"])
def test_what_is_wrong_is_said_in_english_too(
    what: str, run: Run, world: World, tmp_path: Path, french_texts: list[re.Pattern[str]]
) -> None:
    given: dict[str, dict[str, Path]] = {
        "nothing": {"release": tmp_path / "nowhere"},
        "empty": {"release": made_up.write_empty(tmp_path / "release", world.territory)},
        "territory": {"territory": tmp_path / "no.toml"},
    }
    app = in_english(run("trends", **given[what]))
    assert not app.exception
    assert app.title[0].value
    assert left_in_french(app, world, french_texts) == []


def test_the_language_lasts_from_page_to_page(run: Run) -> None:
    app = in_english(run("trends"))
    assert app.title[0].value == "Month by month"
    del app.query_params["lang"]  # a link of the navigation drops it
    app.switch_page("views/method.py").run()
    assert app.title[0].value == "Where the figures come from, and what they are worth"


def test_a_language_that_is_not_there_falls_back_to_french(run: Run) -> None:
    app = run("trends")
    app.query_params["lang"] = "xx"
    assert app.run().title[0].value == "Mois après mois"


def test_english_has_the_signs_of_english() -> None:
    for key, forms in texts(catalogue("en")).items():
        for form in forms:
            assert not re.search(r"\s[:;?!%]|[«»'\u00a0\u202f]", form), key
