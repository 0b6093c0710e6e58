"""What reaches the map from outside it: the page's address and buttons, a basemap, the keyboard, a printer."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.made_up.browser import served
from tests.made_up.map_page import PAINTED, REST_MS, Watched, hears, point

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

APPS = Path(__file__).parent / "apps"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
BACK_AT_ONCE = """(asked) => new Promise((done) => {
  const looking = setInterval(() => {
    if (!location.search.includes(asked)) return;
    clearInterval(looking);
    history.back();
    done();
  }, 10);
})"""


def _opened(browser: Browser, address: str, query: str = "") -> Watched:
    watched = Watched(browser.new_page(viewport={"width": 1280, "height": 800}))
    watched.page.goto(address + query)
    expect(watched.page.locator(".square-map .period")).not_to_be_empty(timeout=60_000)
    watched.page.wait_for_timeout(REST_MS)
    return watched


def _closed(watched: Watched) -> None:
    watched.page.close()
    assert watched.outside == []
    assert watched.problems == []


# ------------------------------------------------------------------------------------------------ the page's own wishes
@pytest.fixture(scope="module")
def followed_url() -> Iterator[str]:
    with served(APPS / "followed_map_app.py") as url:
        yield url


@pytest.fixture
def followed(browser: Browser, followed_url: str) -> Iterator[Page]:
    watched = _opened(browser, followed_url)
    watched.page.locator(".map").evaluate("(map) => { map.dataset.mark = 'same'; }")
    yield watched.page
    assert watched.page.locator(".pane:last-child .map").get_attribute("data-mark") == "same"  # never built again
    _closed(watched)


def _zoom(page: Page) -> float:
    box = page.locator(".pane:last-child .leaflet-overlay-pane svg").bounding_box()
    assert box
    return box["width"]


def test_a_bookmark_opens_the_map_as_it_was(browser: Browser, followed_url: str) -> None:
    watched = _opened(browser, followed_url, "?map=month~2025-03~2025-03~change~~True~g2")
    page = watched.page
    expect(page.locator(".period")).to_have_text("mars 2025")
    expect(page.get_by_role("button", name="Comparer", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".square-map")).to_have_attribute("data-view", "change")
    expect(page.locator("[data-cluster=g2]")).to_have_attribute("aria-pressed", "true")  # out of its months, yet chosen
    hears(page, r"^month~2025-03~2025-03~change~~True~g2 / 0$")
    _closed(watched)


def test_a_bookmark_of_what_is_not_there_shows_what_is(browser: Browser, followed_url: str) -> None:
    watched = _opened(browser, followed_url, "?map=month~2031-01~2031-01~change~nowhere~~none")
    expect(watched.page.locator(".period")).to_have_text("octobre 2025")
    hears(watched.page, r"^month~2025-10~2025-10~surface~")  # and Python is told so
    _closed(watched)


def test_back_and_forward_move_the_map_and_keep_where_it_looks(followed: Page) -> None:
    page = followed
    page.get_by_role("button", name="Agrandir").click()
    page.wait_for_timeout(600)
    zoom = _zoom(page)
    for name in ("Mois", "Trimestre"):
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(REST_MS)
    page.get_by_role("button", name="Comparer", exact=True).click()
    page.wait_for_timeout(REST_MS)
    page.go_back()
    expect(page.locator(".pane:first-child:not(:last-child)")).to_be_hidden()
    page.go_back()
    expect(page.locator(".period")).to_have_text("octobre 2025")
    expect(page.get_by_role("button", name="Mois", exact=True)).to_have_attribute("aria-pressed", "true")
    hears(page, r"^month~2025-10~2025-10~surface~~~ / 3")  # nobody was told what the page had asked
    page.go_forward()
    expect(page.get_by_role("button", name="Trimestre", exact=True)).to_have_attribute("aria-pressed", "true")
    hears(page, r"^quarter~")
    page.get_by_role("button", name="Période précédente").click()  # and the map is its reader's again
    hears(page, r"^quarter~2025-07~2025-09~")
    assert _zoom(page) == zoom


@pytest.mark.parametrize("forgets", [False, True])
def test_who_goes_back_while_the_page_is_still_made_gets_back(browser: Browser, *, forgets: bool) -> None:
    forgetting = {"VIGIE_MAP_FORGETS": "1"} if forgets else {}
    with served(APPS / "followed_map_app.py", VIGIE_MAP_DELAY_S="1.5", **forgetting) as url:
        watched = _opened(browser, url)
        page, period = watched.page, watched.page.locator(".period")
        first = period.inner_text()
        page.get_by_role("button", name="Mois", exact=True).click()
        page.evaluate(BACK_AT_ONCE, "map=month")  # the run that follows the choice never comes to the map
        if forgets:
            page.wait_for_timeout(5 * REST_MS)
            expect(period).not_to_have_text(first)
        else:
            expect(period).to_have_text(first)
        _closed(watched)


def test_the_map_is_not_sent_again_when_the_page_repeats_what_it_told(browser: Browser, followed_url: str) -> None:
    watched = _opened(browser, followed_url)
    first = watched.received_bytes
    watched.page.get_by_role("button", name="Mois", exact=True).click()
    hears(watched.page, "month~2025-10")
    assert watched.received_bytes - first < 5_000 < first / 10
    _closed(watched)


def test_what_is_chosen_while_the_server_answers_is_not_taken_back(followed: Page) -> None:
    page = followed
    page.get_by_role("button", name="Mois", exact=True).click()
    page.wait_for_timeout(320)  # told, and about to be repeated by the page
    for _ in range(4):
        page.get_by_role("button", name="Période précédente").click()
        page.wait_for_timeout(60)
    expect(page.locator(".period")).to_have_text("juin 2025")
    page.wait_for_timeout(2 * REST_MS)
    expect(page.locator(".period")).to_have_text("juin 2025")
    hears(page, r"^month~2025-06~")


@pytest.mark.parametrize(
    ("button", "nearer"), [("Vers la grappe", True), ("Vers le carreau", True), ("Vers la zone", False)]
)
def test_a_click_beside_the_map_makes_it_fly(button: str, followed: Page, *, nearer: bool) -> None:
    for _ in range(0 if nearer else 3):
        followed.get_by_role("button", name="Agrandir").click()
        followed.wait_for_timeout(400)
    zoom = _zoom(followed)
    followed.get_by_role("button", name=button).click()
    followed.wait_for_timeout(2 * REST_MS)
    assert _zoom(followed) > zoom if nearer else _zoom(followed) < zoom
    chosen = followed.locator("[data-cluster=g1]").get_attribute("aria-pressed")
    assert chosen == ("true" if button == "Vers la grappe" else "false")


# ------------------------------------------------------------------------------------------------------------- basemap
class _Tiles:
    """A source of tiles on this machine that writes down what it was asked."""

    def __init__(self, status: int) -> None:
        asked: list[tuple[str, str | None]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.path, self.headers.get("Referer")))
                self.send_response(status)
                self.send_header("Content-Type", "image/png")
                self.end_headers()
                self.wfile.write(PIXEL if status == 200 else b"")

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/{{z}}/{{x}}/{{y}}.png"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(params=[200, 500], ids=["answering", "failing"])
def tiles(request: pytest.FixtureRequest) -> Iterator[_Tiles]:
    source = _Tiles(request.param)
    yield source
    source.server.shutdown()
    source.server.server_close()


def test_tiles_are_asked_of_the_configured_source_alone_and_may_fail(browser: Browser, tiles: _Tiles) -> None:
    settled = {"VIGIE_TILES": tiles.url, "VIGIE_TILES_ATTRIBUTION": "Plan <b>de</b> la mairie"}
    with served(APPS / "square_map_app.py", VIGIE_MAP_CELLS="200", VIGIE_MAP_COMPARED="1", **settled) as address:
        watched = _opened(browser, address)
        page = watched.page
        assert tiles.asked
        assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) and referrer is None for path, referrer in tiles.asked)
        expect(page.locator(".attribution")).to_contain_text("Fond de carte : Plan <b>de</b> la mairie")
        answering = "answering" if tiles.url and page.locator(".pane.tiled").count() else "failing"
        assert page.locator(".square-map").evaluate(PAINTED) > 20
        page.get_by_role("button", name="Mois", exact=True).click()
        expect(page.locator(".period")).to_have_text("octobre 2025")
        page.get_by_role("button", name="Comparer", exact=True).click()
        page.wait_for_timeout(REST_MS)
        assert page.locator(".pane.tiled").count() == (2 if answering == "answering" else 0)
        _closed(watched)


def test_no_tile_is_asked_for_unless_it_is_configured(browser: Browser) -> None:
    source = _Tiles(200)
    with served(APPS / "square_map_app.py", VIGIE_MAP_CELLS="200") as address:
        watched = _opened(browser, address)
        watched.page.get_by_role("button", name="Agrandir").click()
        watched.page.wait_for_timeout(600)
        expect(watched.page.locator(".leaflet-tile")).to_have_count(0)
        _closed(watched)
    source.server.shutdown()
    source.server.server_close()
    assert source.asked == []


# ------------------------------------------------------------------------------------------------ keyboard and printer
@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(APPS / "square_map_app.py", VIGIE_MAP_CELLS="600", VIGIE_MAP_COMPARED="1") as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    watched = _opened(browser, address)
    yield watched.page
    _closed(watched)


def test_squares_are_reached_read_and_chosen_by_the_keyboard(page: Page) -> None:
    board = page.get_by_role("application", name="Carte des signalements distincts")
    board.focus()
    live = page.locator(".square-map [aria-live]")
    page.keyboard.press("ArrowRight")  # begins in the middle
    expect(page.locator(".card")).to_be_visible()
    expect(live).to_contain_text("Carreau de 1 km")
    expect(live).to_contain_text(re.compile("signalements estimés|Moins de 5, peut-être aucun"))
    places = []
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
        places.append(page.locator(".pointed").get_attribute("d"))
    assert len(set(places)) == 4
    page.keyboard.press("ArrowRight")
    assert page.locator(".pointed").get_attribute("d") == places[0]  # four arrows go round and come back
    page.keyboard.press("Enter")
    expect(page.locator(".selected")).not_to_have_class(re.compile("off"))
    assert page.locator(".selected").get_attribute("d") == places[0]
    hears(page, "surface CRS3035")
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()


def test_the_keyboard_goes_to_the_edge_and_the_map_with_it(page: Page) -> None:
    page.get_by_role("application").focus()
    for _ in range(3):
        page.keyboard.press("+")
        page.wait_for_timeout(400)
    for _ in range(30):
        page.keyboard.press("ArrowUp")
    here, stage = page.locator(".pointed").bounding_box(), page.locator(".stage").bounding_box()
    assert here
    assert stage
    assert stage["y"] <= here["y"] <= stage["y"] + stage["height"]
    last = page.locator(".pointed").get_attribute("d")
    page.keyboard.press("ArrowUp")
    assert page.locator(".pointed").get_attribute("d") == last


def _ours(rules: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What axe says of the map, which lies in a shadow root: there a target is a path of selectors."""
    nodes = [(rule["id"], node) for rule in rules for node in rule["nodes"]]
    return [(name, node["html"][:200]) for name, node in nodes if isinstance(node["target"][0], list)]


def test_every_control_has_a_name_and_axe_finds_nothing_serious(page: Page) -> None:
    for mode in (None, "Comparer", "Écart"):
        if mode:
            page.get_by_role("button", name=mode, exact=True).click()
            page.wait_for_timeout(REST_MS)
        found = Axe().run(page).response
        assert _ours(found["passes"])  # it does look into the map
        grave = [rule for rule in found["violations"] if rule["impact"] in {"serious", "critical"}]
        assert _ours(grave) == [], mode
        for button in page.locator(".square-map button:visible").all():
            assert (button.get_attribute("aria-label") or button.inner_text()).strip()


@pytest.mark.parametrize("compared", [False, True], ids=["one map", "two maps"])
def test_a_print_has_title_map_legend_and_sources_and_nothing_to_press(page: Page, *, compared: bool) -> None:
    if compared:
        page.get_by_role("button", name="Comparer", exact=True).click()
        page.wait_for_timeout(REST_MS)
    page.mouse.move(*point(page, 0.5, 0.6))
    page.emulate_media(media="print")
    page.wait_for_timeout(400)
    for kept in (".period", ".legend", ".attribution", ".stage"):
        expect(page.locator(kept)).to_be_visible()
    expect(page.locator(".square-map button:visible:not(.badge), .square-map input:visible")).to_have_count(0)
    expect(page.locator(".card")).to_be_hidden()
    maps = page.locator(".square-map .map:visible")
    expect(maps).to_have_count(2 if compared else 1)
    stage = page.locator(".stage").bounding_box()
    assert stage
    assert stage["width"] <= 662  # a sheet of A4 with margins, upright
    for box in (found.bounding_box() for found in maps.all()):
        assert box
        assert stage["x"] - 1 <= box["x"]
        assert box["x"] + box["width"] <= stage["x"] + stage["width"] + 1
        assert box["y"] + box["height"] <= stage["y"] + stage["height"] + 1
    legend = page.locator(".legend").bounding_box()
    assert legend
    assert legend["y"] >= stage["y"] + stage["height"]
    page.emulate_media(media="screen")
    expect(page.get_by_role("button", name="Comparer", exact=True)).to_be_visible()
