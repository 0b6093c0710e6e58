"""The three pages in a real Chromium, on the sample: painted, readable, and nothing asked of any other machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from analytics import territory as territories
from tests.made_up import releases as made_up
from tests.made_up.browser import served

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
PAGES = {"": "Où se concentrent les signalements", "tendances": "Mois après mois", "analyste": "Tous les faits publiés"}
PAINTED = """(root) => [...root.querySelectorAll(".surface path")].reduce(
    (count, path) => count + ((path.getAttribute("d") ?? "").match(/M/g) ?? []).length, 0)"""
IN_PLACE = """(root) => {
    const [shape, stage] = [".surface path", ".stage"].map((what) => root.querySelector(what).getBoundingClientRect());
    return [shape.x - stage.x, shape.y - stage.y, shape.width].map(Math.round);
}"""
TOO_WIDE = """() => [document.documentElement, document.querySelector(".stMain")]
    .map((box) => box.scrollWidth - box.clientWidth)"""


@dataclass
class Watched:
    """A page, what it asked of other machines, and what went wrong in it."""

    page: Page
    outside: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._console)

    def _request(self, request: Request) -> None:
        address = urlparse(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its own server beside a page's address first, and is told 404.
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            self.problems.append(message.text)

    def open(self, address: str) -> Page:
        self.page.goto(address)
        expect(self.page.locator(".vigie-foot")).to_be_visible(timeout=WAIT_MS)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0)
        return self.page

    def hold(self) -> None:
        """Nothing outside, nothing wrong."""
        assert self.outside == []
        assert self.problems == []
        expect(self.page.get_by_test_id("stException")).to_have_count(0)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Watched]]:
    contexts = []

    def visits(width: int = 1280) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr-FR", accept_downloads=True)
        contexts.append(context)
        return Watched(context.new_page())

    yield visits
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 900])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(path: str, width: int, dashboard_url: str, visit: Callable[..., Watched]) -> None:
    watched = visit(width)
    page = watched.open(f"{dashboard_url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[path])
    expect(page.locator(".vigie-synthetic")).to_contain_text("Données fictives")
    expect(page.locator(".vigie-lead")).to_contain_text("faits publiés")
    page.wait_for_timeout(500)
    assert page.evaluate(TOO_WIDE) == [0, 0]
    watched.hold()


def test_the_map_is_painted_and_its_table_follows(dashboard_url: str, visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open(dashboard_url)
    root = page.locator(".square-map")
    expect(root.locator(".surface path").first).to_be_attached()
    assert root.evaluate(PAINTED) > 10
    table = page.get_by_text("La carte en tableau")
    expect(table).to_contain_text("à octobre 2025")
    root.get_by_role("button", name="Année", exact=True).click()
    expect(table).to_contain_text("janvier à octobre 2025")
    root.get_by_role("button", name="Période précédente").click()
    expect(table).to_contain_text("année 2024")
    root.get_by_role("button", name="Faits publiés", exact=True).click()
    expect(table).to_contain_text("année 2024")
    table.click()
    expect(page.get_by_text("Des nombres exacts, du plus dense au moins dense")).to_be_visible()
    assert root.evaluate('(root) => [...root.querySelectorAll(".blocks path")].some((p) => !p.matches(".off"))')
    watched.hold()


def test_a_click_shows_a_square_and_keeps_the_view(dashboard_url: str, visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open(dashboard_url)
    root = page.locator(".square-map")
    root.get_by_role("button", name="Besançon", exact=True).click()
    page.wait_for_timeout(1500)  # the map flies there
    stage = root.locator(".stage").bounding_box()
    assert stage is not None
    before = root.evaluate(IN_PLACE)
    page.mouse.click(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    chosen = page.get_by_role("heading", name="Carreau choisi")
    expect(chosen).to_contain_text("1 km de côté")
    assert root.evaluate(IN_PLACE) == before
    root.get_by_role("button", name="Trimestre", exact=True).click()
    expect(page.get_by_text("Estimation, trimestre après trimestre")).to_be_visible()
    assert root.evaluate(IN_PLACE) == before
    expect(chosen).to_be_visible()
    watched.hold()


def test_the_trends_are_drawn_for_every_area(dashboard_url: str, visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open(f"{dashboard_url}/tendances")
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(5)  # the Doubs, its three police zones and the rest
    expect(charts.first.locator("canvas, svg").first).to_be_visible()
    # Of each what changed, once what cannot be compared, what is unusual, what to expect.
    assert 5 * 3 <= page.locator(".vigie-said").count() <= 5 * 5
    expect(page.get_by_text("la comparaison avec l’année précédente ne peut pas être dite")).not_to_have_count(0)
    page.get_by_text("La même série en tableau").first.click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    watched.hold()


def test_the_notebooks_map_is_drawn_without_a_network(dashboard_url: str, visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open(f"{dashboard_url}/analyste")
    frame = page.frame_locator('iframe[title^="streamlit_folium"]')
    expect(frame.locator("path.leaflet-interactive").first).to_be_attached()
    assert frame.locator("path.leaflet-interactive").count() > 10
    watched.hold()


def test_the_first_visit_may_go_straight_to_a_page(visit: Callable[..., Watched], tmp_path: Path) -> None:
    """A start's first visitor opens a bookmark: no page is said to be missing, none is shown without its frame."""
    file = made_up.territory_file(tmp_path)
    folder = made_up.write(tmp_path / "release", territories.load(file), months=6)
    with served(VIGIE_RELEASE=str(folder), VIGIE_TERRITORY=str(file)) as address:
        watched = visit()
        page = watched.open(f"{address}/tendances")
        expect(page.get_by_role("heading", level=1)).to_have_text("Mois après mois")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("link", name="Carte")).to_be_visible()
        watched.hold()
