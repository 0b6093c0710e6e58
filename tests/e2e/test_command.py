"""The commander's page in a real Chromium: what stands out, a square's past beside the map, comparison, back button."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
ZOOM = """() => {
  const roots = [...document.querySelectorAll("*")].map((e) => e.shadowRoot);
  const root = roots.find((r) => r?.querySelector(".square-map"));
  return root.querySelector(".pane:last-child .leaflet-overlay-pane svg").getBoundingClientRect().width;
}"""


@pytest.fixture
def visit(browser: Browser, dashboard_url: str) -> Iterator[Callable[..., Page]]:
    contexts = []

    def visits(query: str = "", width: int = 1440) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="fr-FR")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{dashboard_url}/{query}")
        expect(page.locator(".vigie-foot")).to_be_visible(timeout=WAIT_MS)
        expect(page.locator(".square-map .period")).not_to_be_empty(timeout=WAIT_MS)
        return page

    yield visits
    for context in contexts:
        context.close()


def test_the_first_screen_says_what_is_new_and_shows_the_map(visit: Callable[..., Page]) -> None:
    page = visit()
    sentences = page.locator(".vigie-news li")
    expect(sentences).to_have_count(4)  # the year, the quarter, the month, and what is unusual
    for sentence in sentences.all():
        assert (box := sentence.bounding_box()) is not None
        assert box["y"] + box["height"] < 450
    map_box = page.locator(".square-map .stage").bounding_box()
    assert map_box is not None
    assert map_box["y"] < 450
    assert map_box["y"] + map_box["height"] < 900


def test_a_hotspot_of_the_list_is_flown_to_and_its_past_shown_beside_the_map(visit: Callable[..., Page]) -> None:
    page = visit()
    before, box = page.evaluate(ZOOM), page.locator(".square-map").bounding_box()
    page.get_by_role("button", name=re.compile("^1 ·")).click()
    expect(page.get_by_role("heading", name=re.compile("Carreau choisi"))).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    page.wait_for_timeout(1500)
    assert page.evaluate(ZOOM) > 2 * before
    assert page.locator(".square-map").bounding_box() == box  # the map has not moved on the page
    assert "foyer=" in page.url
    page.get_by_role("button", name="Revenir à ce qui se détache").click()
    expect(page.get_by_role("heading", name="Ce qui se détache")).to_be_visible()
    assert "foyer=" not in page.url


def test_back_and_forward_walk_through_what_was_looked_at(visit: Callable[..., Page]) -> None:
    page = visit()
    period = page.locator(".square-map .period")
    first = period.inner_text()
    page.get_by_role("button", name="Trimestre", exact=True).click()
    expect(period).to_have_text("Octobre 2025")
    page.wait_for_url(re.compile("periode=quarter"))
    page.go_back()
    expect(period).to_have_text(first)
    page.go_forward()
    expect(period).to_have_text("Octobre 2025")


def test_a_bookmark_opens_the_very_view(visit: Callable[..., Page]) -> None:
    page = visit("?periode=year.2024-01.2024-12&comparer=1&lang=en")
    expect(page.locator(".square-map .period")).to_contain_text("2024")
    expect(page.locator(".square-map .pane")).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_have_text("Where reports concentrate")
    expect(page.locator(".square-map .caption").first).to_contain_text("2023")


def test_the_outcomes_have_their_chart_and_their_table(visit: Callable[..., Page]) -> None:
    page = visit()
    expect(page.get_by_role("heading", name="Du signalement aux suites")).to_be_visible()
    expect(page.locator("table.vigie-table").first).to_contain_text("interpellation")
    expect(page.get_by_test_id("stException")).to_have_count(0)
