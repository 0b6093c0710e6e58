"""The prevention page in a real Chromium, on the sample: an area in the address, a plan, and a bulletin that opens."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
SHEETS = "document.querySelector('pdf-viewer').shadowRoot.querySelector('viewer-toolbar').docLength"
TOO_WIDE = "() => { const m = document.querySelector('.stMain'); return m.scrollWidth - m.clientWidth; }"


@pytest.fixture
def visit(browser: Browser, dashboard_url: str) -> Iterator[Callable[..., Page]]:
    contexts = []

    def visits(query: str = "", width: int = 1280, locale: str = "fr-FR") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{dashboard_url}/prevention{query}")
        expect(page.locator(".vigie-foot")).to_be_visible(timeout=WAIT_MS)
        return page

    yield visits
    for context in contexts:
        context.close()


def level(page: Page) -> str:
    heading = page.locator("h2").first
    return heading.inner_text()


@pytest.mark.parametrize("width", [1440, 1280, 900])
def test_the_page_is_whole(visit: Callable[..., Page], width: int) -> None:
    page = visit(width=width)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prévenir")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    parts = page.get_by_role("heading", level=2)
    expect(parts).to_have_count(6)
    expect(page.get_by_role("img", name=re.compile("Carte de l’estimation, Besançon"))).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate(TOO_WIDE) <= 0


def test_the_chosen_zone_is_in_the_address_and_the_back_button_returns(visit: Callable[..., Page]) -> None:
    page = visit()
    assert "Besançon" in level(page)
    page.get_by_role("combobox", name=re.compile("Zone")).click()
    page.get_by_role("option", name="Montbéliard").click()
    expect(page.locator("h2").first).to_contain_text("Montbéliard", timeout=WAIT_MS)
    assert "zone=montbeliard" in page.url
    page.go_back()
    expect(page.locator("h2").first).to_contain_text("Besançon", timeout=WAIT_MS)


def test_a_commune_can_be_bookmarked_and_is_an_estimate(visit: Callable[..., Page]) -> None:
    page = visit("?commune=25031")
    expect(page.locator("h2").first).to_contain_text("Audincourt")
    expect(page.locator(".vigie-said").first).to_contain_text(re.compile("estimation|moins de"))
    expect(page.get_by_text("ne sont pas publiées par commune")).to_be_visible()


def test_a_bookmark_that_makes_no_sense_shows_the_first_zone(visit: Callable[..., Page]) -> None:
    page = visit("?zone=nowhere&commune=99999&fall=banana")
    assert "Besançon" in level(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_plan_is_kept_in_the_address(visit: Callable[..., Page]) -> None:
    page = visit("?fall=50&months=6&start=2026-03")
    expect(page.get_by_text("Au bout des 6 mois prévus")).to_be_visible()
    expect(page.get_by_text("une baisse de 50").last).to_be_visible()


def test_the_bulletin_comes_down_opens_and_agrees_with_its_numbers(
    visit: Callable[..., Page], browser: Browser, tmp_path: Path
) -> None:
    page = visit()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Télécharger le bulletin (PDF)").click()
    assert coming.value.suggested_filename == "vigie-bulletin-besancon-2025-10.pdf"
    path = tmp_path / "bulletin.pdf"
    coming.value.save_as(path)
    read = PdfReader(path)
    assert len(read.pages) == 2
    text = re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in read.pages))
    assert "Données fictives" in text
    with page.expect_download() as coming:
        page.get_by_role("button", name="Ses nombres (CSV)").click()
    lines = list(csv.DictReader(io.StringIO(Path(coming.value.path()).read_text("utf-8-sig")), delimiter=";"))
    published = [line for line in lines if line["Nature"] == "publié" and line["Aire"] == "Besançon"]
    assert published
    for line in published:
        number = str(int(float(line["Signalements distincts"].replace(",", "."))))
        assert number in text
        assert int(number) >= 5
    viewer = browser.new_page()
    viewer.goto(path.as_uri())
    viewer.wait_for_timeout(2000)
    (shown,) = [frame for frame in viewer.frames if frame.url.startswith("chrome-extension:")]
    shown.locator("pdf-viewer").wait_for(state="attached", timeout=WAIT_MS)
    viewer.wait_for_timeout(2000)
    assert shown.evaluate(SHEETS) == 2
    viewer.close()


def test_it_speaks_english(visit: Callable[..., Page]) -> None:
    page = visit("?lang=en", locale="en-GB")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prevention")
    expect(page.get_by_role("button", name="Download the bulletin (PDF)")).to_be_visible()
