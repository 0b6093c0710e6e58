"""The language in a real browser: what the reader prefers, what a bookmark says, what the switch keeps."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics import territory as territories
from tests.made_up import releases as made_up
from tests.made_up.browser import served

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
FRENCH, ENGLISH = "Mois après mois", "Month by month"


@pytest.fixture(scope="module")
def plain_url(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """Serve the dashboard on a small made-up release."""
    folder = tmp_path_factory.mktemp("language")
    file = made_up.territory_file(folder)
    release = made_up.write(folder / "release", territories.load(file), months=14)
    app = root / "dashboard" / "app.py"
    with served(app, VIGIE_RELEASE=str(release), VIGIE_TERRITORY=str(file)) as address:
        yield address


@pytest.fixture
def reader(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open a page for a reader whose browser prefers a language."""
    contexts = []

    def opens(locale: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        return page

    yield opens
    for context in contexts:
        context.close()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=WAIT_MS)
    expect(page.locator(".vigie-foot")).to_be_visible(timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("locale", "address", "title", "lang"),
    [
        ("fr-FR", "tendances", FRENCH, "fr"),
        ("en-GB", "tendances", ENGLISH, "en"),
        ("de-DE", "tendances", FRENCH, "fr"),
        ("fr-FR", "tendances?lang=en", ENGLISH, "en"),
        ("en-GB", "tendances?lang=fr", FRENCH, "fr"),
        ("en-GB", "tendances?lang=xx", ENGLISH, "en"),
    ],
)
def test_the_language_is_the_address_s_then_the_browser_s_then_french(
    locale: str, address: str, title: str, lang: str, plain_url: str, reader: Callable[[str], Page]
) -> None:
    page = reader(locale)
    page.goto(f"{plain_url}/{address}")
    heading(page, title)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page).to_have_title("Tendances – Vigie" if lang == "fr" else "Trends – Vigie")


def test_the_switch_is_in_sight_and_keeps_the_page_and_what_the_address_says(
    plain_url: str, reader: Callable[[str], Page]
) -> None:
    page = reader("fr-FR")
    page.goto(f"{plain_url}/tendances?kept=1")
    heading(page, FRENCH)
    switch = page.get_by_role("radiogroup", name="Langue")
    box, links = switch.bounding_box(), page.get_by_role("link", name="Tendances").bounding_box()
    assert box is not None
    assert links is not None
    assert box["y"] < links["y"] + links["height"]  # beside the navigation: it costs no height
    assert box["x"] > 900
    switch.get_by_role("radio", name="English").click()
    heading(page, ENGLISH)
    assert page.url == f"{plain_url}/tendances?kept=1&lang=en"
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Method").click()
    heading(page, "Where the figures come from, and what they are worth")
    page.get_by_role("radio", name="Français").click()
    heading(page, "D’où viennent les chiffres, et ce qu’ils valent")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_the_back_button_leads_back_to_the_other_language(plain_url: str, reader: Callable[[str], Page]) -> None:
    page = reader("fr-FR")
    page.goto(f"{plain_url}/tendances?lang=fr")
    heading(page, FRENCH)
    page.get_by_role("radio", name="English").click()
    heading(page, ENGLISH)
    page.go_back()
    heading(page, FRENCH)
    page.go_forward()
    heading(page, ENGLISH)


def test_charts_and_the_notebook_s_map_speak_english(plain_url: str, reader: Callable[[str], Page]) -> None:
    page = reader("en-GB")
    page.goto(f"{plain_url}/tendances")
    heading(page, ENGLISH)
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_have_attribute("aria-label", re.compile("^Monthly series of distinct reports"), timeout=WAIT_MS)
    expect(chart.locator("svg text").first).to_be_attached()
    said = " ".join(chart.locator("svg text").all_text_contents())
    assert "Published, with its 95% interval" in said
    assert "Publié" not in said
    page.goto(f"{plain_url}/analyste")
    frame = page.frame_locator('iframe[title^="streamlit_folium"]')
    expect(frame.get_by_text("Published facts").first).to_be_attached(timeout=WAIT_MS)
    expect(frame.get_by_text("Signalements")).to_have_count(0)
