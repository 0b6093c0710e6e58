"""Pages for everybody: no serious finding of axe's, every control reached by the keyboard, and whole on paper."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from dashboard.catalogue import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
PAGES = ("", "prevention", "tendances", "analyste", "methode")
"""Addresses of all pages."""
WITH_CHARTS = ("tendances",)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
GRAVE = {"serious", "critical"}
STREAMLIT_S_OWN = {
    ("color-contrast", "stCaptionContainer"): "captions are the theme's text at 60 %; Vigie writes none",
    ("target-size", "stDateInput"): "the calendar's arrows are smaller than 24 px, and no option makes them larger",
}
"""Findings in Streamlit's own elements that no page can mend: rule, element, reason."""
FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
        tag: element.tagName,
        name: (element.getAttribute("aria-label") ?? element.textContent ?? "").trim(),
        ring: outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
    };
}"""
STATES_ITSELF = {"CANVAS", "IFRAME"}  # a table draws its focus in its picture, the notebook's map in its own frame


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open pages, each in a browser of its own."""
    contexts = []

    def opens(address: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(address)
        expect(page.locator(".vigie-foot")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        page.wait_for_timeout(1500)  # charts and map are painted after the page says that it is done
        return page

    yield opens
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def visit(opened: Callable[[str], Page], dashboard_url: str) -> Callable[..., Page]:
    """Give a page of the dashboard as it was opened once: for tests that look at it and leave it as it was."""
    pages: dict[str, Page] = {}

    def visits(path: str, language: str = "fr") -> Page:
        address = f"{dashboard_url}/{path}?lang={language}"
        if address not in pages:
            pages[address] = opened(address)
        page = pages[address]
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 800})
        return page

    return visits


def grave(page: Page) -> list[str]:
    """Serious and critical findings that are not Streamlit's own, a line each."""
    # Axe does not judge the colours of what is scrolled out of sight: all of the page is brought into sight.
    height = int(page.evaluate("document.querySelector('.stMain').scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": min(height + 50, 8000)})
    page.wait_for_timeout(500)
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{finding['id']}: {node['html'][:120]}"
        for finding in found
        if finding["impact"] in GRAVE
        for node in finding["nodes"]
        if not streamlit_s(finding["id"], node["target"], page)
    ]


def streamlit_s(rule: str, target: list[Any], page: Page) -> bool:
    """Whether a finding lies in one of the elements that are known for it."""
    known = [element for known_rule, element in STREAMLIT_S_OWN if known_rule == rule]
    inside = "(found, element) => found.closest(`[data-testid=${element}]`) !== null"
    return any(page.locator(str(target[0])).first.evaluate(inside, element) for element in known)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(path: str, language: str, visit: Callable[..., Page]) -> None:
    page = visit(path, language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert grave(page) == []


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        ("<button></button>", "button-name"),
        ('<p style="color:#9aa5b1;background:#ffffff">Trop pale</p>', "color-contrast"),
        ('<div class="stDateInput" data-testid="stDateInput"><button></button></div>', "button-name"),
    ],
)
def test_a_planted_fault_is_found(planted: str, rule: str, visit: Callable[..., Page]) -> None:
    page = visit("methode")
    foot = page.locator(".vigie-foot")
    foot.evaluate("(foot, html) => foot.insertAdjacentHTML('beforebegin', html)", planted)
    found = grave(page)
    foot.evaluate("(foot) => foot.previousElementSibling.remove()")
    assert [finding for finding in found if finding.startswith(rule)]


# ---------------------------------------------------------------------------------------- the keyboard


def round_trip(page: Page, most: int = 150) -> list[dict[str, Any]]:
    """Press Tab from the top until the focus is back; return what had it."""
    seen: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["tag"] == "BODY" and seen:
            return seen
        seen.append(here)
    raise AssertionError(f"the focus does not come back within {most} steps")


def test_the_keyboard_reaches_the_map_its_controls_and_the_table(
    dashboard_url: str, opened: Callable[[str], Page]
) -> None:
    page = opened(dashboard_url)
    seen = round_trip(page)
    names = [stop["name"] for stop in seen]
    for needed in ("Tendances", "Français", "Estimation", "Agrandir", "Mois", "Période précédente", "Période"):
        assert needed in names, needed
    assert any("Télécharger le tableau" in name for name in names)
    order = [names.index(name) for name in ("Carte", "Français", "Estimation", "Période")]
    assert order == sorted(order)
    page.get_by_text("La carte en tableau").locator("xpath=ancestor::summary").focus()
    page.keyboard.press("Enter")  # a table is made when its fold is opened, and a fold is opened by a key
    expect(page.locator("[data-testid=stDataFrame] canvas").first).to_be_visible()
    assert "CANVAS" in [stop["tag"] for stop in round_trip(page)]


@pytest.mark.parametrize("path", PAGES)
def test_what_has_the_focus_is_seen(path: str, visit: Callable[..., Page]) -> None:
    seen = round_trip(visit(path))
    unseen = [stop for stop in seen if stop["ring"] < 1 and stop["tag"] not in STATES_ITSELF]
    assert [stop for stop in unseen if stop["tag"] != "INPUT"] == []  # a field marks its box, not the input within


# ---------------------------------------------------------------------------------------- charts and their tables


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", WITH_CHARTS)
def test_every_chart_is_described_and_has_its_table(path: str, language: str, visit: Callable[..., Page]) -> None:
    page = visit(path, language)
    charts = page.get_by_test_id("stVegaLiteChart")
    descriptions = charts.evaluate_all("(charts) => charts.map((chart) => chart.getAttribute('aria-label'))")
    assert descriptions
    assert all(len(text or "") > 40 for text in descriptions)
    assert charts.locator("svg [aria-label]").count() == 0  # no mark is read out one by one
    tables = page.get_by_test_id("stExpander").filter(has_text="tableau" if language == "fr" else "table")
    assert tables.count() >= charts.count()


# ---------------------------------------------------------------------------------------- on paper


def printed(page: Page) -> pypdf.PdfReader:
    page.emulate_media(media="print")
    return pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


@pytest.mark.parametrize("path", PAGES)
def test_on_paper_there_is_what_is_said_and_nothing_to_press(path: str, visit: Callable[..., Page]) -> None:
    page = visit(path)
    document = printed(page)
    text = "\n".join(sheet.extract_text() for sheet in document.pages)
    assert "Données fictives" in text
    assert "Le millésime" in text
    assert "Un signalement n’est pas une infraction" in text
    assert "Publication pour le commandement" in text
    for control in ("Télécharger le tableau", "English", "Tendances\n"):
        assert control not in text, control
    for shown in (".stDownloadButton", ".st-key-language", '[data-testid="stHeader"]', ".stButton"):
        for element in page.locator(shown).all():
            expect(element).to_be_hidden()
    assert all(sheet.extract_text().strip().count("\n") > 2 for sheet in document.pages), "an empty sheet"


def test_charts_are_whole_on_a_sheet_on_its_side(visit: Callable[..., Page]) -> None:
    page = visit("tendances")
    document = printed(page)
    width, height = (float(side) for side in document.pages[0].mediabox[2:])
    assert width > height
    page.set_viewport_size({"width": 1016, "height": 700})  # what a sheet holds within its margins
    for chart in page.get_by_test_id("stVegaLiteChart").locator("svg").all():
        box = chart.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1017
    heads = [sheet.extract_text() for sheet in document.pages]
    assert sum("Besançon\n" in head for head in heads[1:]) == 1  # each area begins on a sheet of its own
