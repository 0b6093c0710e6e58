"""The method's page: promises word for word, figures read from what measured them, and silence where none were."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from dashboard import measured
from dashboard.catalogue import LANGUAGES, catalogue
from dashboard.components import guarantees
from tests.dashboard.conftest import World
from tests.made_up.words import shown

Run = Callable[..., AppTest]
DOCUMENTS = {"fr": "docs/confidentialite.md", "en": "docs/confidentiality.md"}


def plain(text: str) -> str:
    """Return words alone: one kind of apostrophe and of space, no line break."""
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("\n> ", " ").replace("\u00a0", " ")).strip()


def said(app: AppTest) -> str:
    return plain(" ".join(shown(app)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_promises_are_those_of_the_confidentiality_document_word_for_word(language: str, root: Path) -> None:
    page = (root / DOCUMENTS[language]).read_text(encoding="utf-8")
    promised = dict(re.findall(r"^> \*\*(G\d)\*\* (.*?)(?=\n>\n|\n\n)", page, flags=re.MULTILINE | re.DOTALL))
    spoken = catalogue(language)
    assert {name.upper() for name in guarantees.PROMISES} == promised.keys()
    for name, promise in promised.items():
        assert plain(spoken.text(f"method.{name.lower()}")) == plain(promise), name


def test_every_verdict_that_a_publication_writes_is_known(root: Path) -> None:
    sources = (root / "analytics" / "publish").glob("*.py")
    written = re.findall(r'"(?:hold_back|linked_tables)": "([^"]+)"', "".join(p.read_text("utf-8") for p in sources))
    assert set(written) == set(guarantees.VERDICTS)


def audited(world: World, folder: Path, audit: dict[str, str]) -> Path:
    releases.write(folder, world.release.manifest | {"audit": audit}, world.release.facts)
    return folder


def test_the_verdict_is_the_manifest_s(run: Run, world: World, tmp_path: Path) -> None:
    known = {"hold_back": "each block alone, with the ladder's rule", "linked_tables": "in some new way"}
    app = run("method", release=audited(world, tmp_path / "release", known))
    assert "Chaque bloc a été attaqué seul" in said(app)
    assert "« in some new way »" in said(app)
    assert "Rien n'a donc été prouvé sous 5" in said(app)


def test_a_release_without_a_verdict_is_given_none(run: Run, world: World, tmp_path: Path) -> None:
    app = run("method", release=audited(world, tmp_path / "release", {}))
    assert "ne porte aucun verdict" in said(app)
    assert "Rien n'a donc été prouvé" not in said(app)


def test_the_page_says_what_is_promised_shown_and_how_fresh_it_is(run: Run) -> None:
    app = run("method")
    assert not app.exception
    heads = [head.value for head in app.header]
    assert heads == [
        "Ce qui est garanti",
        "Ce qu’a dit l’audit",
        "Ce qui est montré, et à quelle taille",
        "Combien de fois une annonce est fausse",
        "Fraîcheur",
        "Sources et licences",
        "Glossaire",
        "Ce que les chiffres ne disent pas",
    ]
    assert "k = 5, plus petit carreau de 1 km, plancher de 100 habitants, foule de 20" in said(app)
    assert "des signalements distincts étaient situés sur la carte à la clôture de leur trimestre" in said(app)
    assert "Terrain inventé pour les essais" in said(app)
    assert "rien n'a été mesuré" not in said(app)  # as on a release of other rungs


def test_the_contents_lead_to_every_section(run: Run) -> None:
    app = run("method")
    page = " ".join(element.proto.body for element in app.get("html"))
    links = re.findall(r'href="#([^"]+)"', page)
    assert links == [head.proto.anchor for head in app.header]
    assert len(set(links)) == 8


def test_without_a_whole_year_the_page_says_what_would_be_enough(run: Run, world: World, tmp_path: Path) -> None:
    early = releases.until(world.release, "2024-11")
    releases.write(tmp_path / "release", early.manifest, early.facts)
    assert "Il faudrait douze mois clos" in said(run("method", release=tmp_path / "release"))


# ------------------------------------------------------------------------------------------------- what was measured


def test_a_figure_on_the_page_is_the_one_in_the_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = measured.figures()
    known["trends"]["year ratio named at 2 a month"] = 0.123
    known["alerts"] = {"false alarms a zone-year at 16 a month, 5 years before": 0.45}
    (tmp_path / "figures.json").write_text(json.dumps(known), encoding="utf-8")
    assert "12,3 %" not in said(run("method"))
    monkeypatch.setattr(measured, "FIGURES", tmp_path / "figures.json")
    told = said(run("method"))
    assert "12,3 %" in told
    assert "0,45 fausse alerte par an" in told


def test_without_the_file_the_page_says_where_the_figures_are(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "FIGURES", tmp_path / "none.json")
    app = run("method")
    assert not app.exception
    assert "Les mesures ne sont pas installées sur cette machine" in said(app)


def test_the_least_good_of_all_cases_is_what_is_told() -> None:
    known = {"trends": {"month ratio named at 5 a month": 0.01, "year ratio named at 2 a month": 0.04}}
    by_name = {measure.name: measure for measure in measured.MEASURES}
    assert measured.worst(by_name["change_named"], known) == 0.04
    known = {"forecasts": {f"80% interval holds at {n} a month, season 0%": n / 20 for n in (5, 9, 16)}}
    assert measured.worst(by_name["forecast"], known) == 0.25
    assert measured.worst(by_name["hotspot"], known) is None


@pytest.mark.parametrize("family", ["trends", "forecasts", "surface", "campaigns", "concentration"])
def test_every_family_that_was_measured_is_told(family: str) -> None:
    known = measured.figures()
    found = [measured.worst(measure, known) for measure in measured.MEASURES if measure.family == family]
    assert found
    assert None not in found


def test_a_fall_that_no_length_shows_is_said_so() -> None:
    part: dict[str, Any] = {
        measured.TO_SEE_A_FALL.format(rate=rate): months for rate, months in ((2, float("nan")), (9, 14.0))
    }
    assert measured.months_to_see_a_fall({"campaigns": part}) == {2: None, 9: 14.0}
    assert measured.months_to_see_a_fall({}) == {}
