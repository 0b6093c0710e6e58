"""The map in a real Chromium: painted, hovered, clicked, played; and nothing asked of any other machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.made_up.browser import served
from tests.made_up.map_page import PAINTED, REST_MS, Watched, hears, point, pressed

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "square_map_app.py"
SHOWN_BLOCKS = '(root) => [...root.querySelectorAll(".blocks path")].filter((p) => !p.matches(".off")).length'


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(APP, VIGIE_MAP_CELLS="600") as url:
        yield url


@pytest.fixture
def seen(browser: Browser, address: str) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    watched = Watched(page)
    page.goto(address)
    expect(page.locator(".square-map .period")).to_have_text("novembre 2024 – octobre 2025")
    page.wait_for_timeout(600)
    yield watched
    page.close()
    assert watched.outside == []
    assert watched.problems == []


def test_cells_are_painted_in_several_colours(seen: Watched) -> None:
    root = seen.page.locator(".square-map")
    assert root.evaluate(PAINTED) > 50
    fills = root.evaluate(
        '(root) => [...root.querySelectorAll(".surface path[d]")].map((path) => getComputedStyle(path).fill)'
    )
    assert len(set(fills)) > 3
    hatched = root.evaluate('(root) => root.querySelector("path.nothing").getAttribute("fill")')
    name = re.fullmatch(r"url\(#(.+)\)", hatched)
    assert name
    assert root.locator(f"pattern#{name[1]}").count() == 1


def test_what_is_drawn_stands_on_what_is_under_the_pointer(seen: Watched) -> None:
    """The outline of the pointed square holds the pointer: drawing and hit test agree on the tilted squares."""
    page = seen.page
    x, y = point(page, 0.45, 0.5)
    page.mouse.move(x, y)
    box = page.locator(".pointed").evaluate("(path) => { const b = path.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }")  # fmt: skip  # noqa: E501
    assert box[0] <= x <= box[2]
    assert box[1] <= y <= box[3]


def test_hovering_tells_estimate_interval_and_measured_share(seen: Watched) -> None:
    page = seen.page
    card = page.locator(".card")
    expect(card).to_be_hidden()
    for step in range(40):  # from the middle outwards, until a cell with an estimate is met
        page.mouse.move(*point(page, 0.36 + 0.008 * step, 0.5))
        if card.locator(".figure strong").count():
            break
    expect(card).to_contain_text("signalements estimés")
    expect(card).to_contain_text(re.compile(r"Part mesurée\s: \d+\s%"))
    expect(card).to_contain_text(re.compile(r"Intervalle à 90\s%\s: \d+ à \d+|Moins de 5, peut-être aucun"))
    expect(card).to_contain_text("novembre 2024 – octobre 2025")
    expect(card.locator(".figure strong")).to_have_text(re.compile(r"\d+,\d"))  # a decimal comma


def test_a_period_changes_without_the_server_which_hears_afterwards(seen: Watched) -> None:
    page, root = seen.page, seen.page.locator(".square-map")
    page.get_by_role("button", name="Mois", exact=True).click()
    expect(root.locator(".period")).to_have_text("octobre 2025")
    hears(page, r"^month 2025-10 2025-10 surface")
    sent = seen.sent
    before, after = pressed(page, "Période précédente", ".surface")
    assert after != before  # painted, and nothing was asked
    expect(root.locator(".period")).to_have_text("septembre 2025")
    seen.asks(once_more_than=sent)
    hears(page, r"^month 2025-09 2025-09 surface")


def test_the_slider_obeys_the_arrow_keys_and_says_its_period(seen: Watched) -> None:
    page = seen.page
    slider = page.get_by_role("slider", name="Période", exact=True)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "octobre 2024 – septembre 2025")
    expect(page.locator(".square-map [aria-live]")).to_have_text("octobre 2024 – septembre 2025")
    page.keyboard.press("Home")
    expect(page.locator(".period")).to_have_text("janvier 2020 – décembre 2020")
    expect(page.get_by_role("button", name="Période précédente")).to_be_disabled()


def test_play_runs_to_the_end_and_tells_the_server_once(seen: Watched) -> None:
    page = seen.page
    page.get_by_role("button", name="Année", exact=True).click()
    hears(page, "^year ")
    page.wait_for_timeout(REST_MS)
    sent = seen.sent
    page.get_by_role("button", name="Faire défiler le temps").click()
    expect(page.locator(".period")).to_have_text("Année 2020")
    expect(page.locator(".period")).to_have_text("Année 2022")
    assert seen.sent == sent
    page.get_by_role("button", name="Arrêter le défilement").click()
    seen.asks(once_more_than=sent)
    expect(page.get_by_role("button", name="Faire défiler le temps")).to_be_visible()


def test_a_click_selects_a_cell_and_keeps_the_view(seen: Watched) -> None:
    page = seen.page
    page.get_by_role("button", name="Agrandir").click()
    page.wait_for_timeout(600)
    where = page.locator(".map svg").first.bounding_box()
    page.mouse.click(*point(page, 0.45, 0.5))
    expect(page.locator(".selected")).not_to_have_class(re.compile("off"))
    hears(page, r"surface CRS3035RES1000mN\d+E\d+")
    assert page.locator(".map svg").first.bounding_box() == where
    page.mouse.click(*point(page, 0.45, 0.5))  # a second click lets it go
    expect(page.locator(".selected")).to_have_class(re.compile("off"))


def test_the_blocks_are_one_click_away_coarse_ones_hatched_and_below(seen: Watched) -> None:
    page, root = seen.page, seen.page.locator(".square-map")
    page.get_by_role("button", name="Faits publiés").click()
    expect(root.locator(".overline")).to_have_text("Signalements distincts, nombres publiés")
    assert root.evaluate(SHOWN_BLOCKS) > 5
    order = root.evaluate(
        '(root) => [...root.querySelectorAll(".blocks path")].filter((p) => !p.matches(".off")).map((p) => p.className.baseVal[0])'  # noqa: E501
    )
    assert order == sorted(order)  # "h" for hatched comes before "q": coarse first, fine on top
    assert {"h", "q"} == set(order)
    fill = root.evaluate('(root) => getComputedStyle(root.querySelector(".blocks path[class^=h]")).fill')
    assert "#" in fill
    expect(page.locator(".legend")).to_contain_text("Publié sur un carré plus large")
    for step in range(40):
        page.mouse.move(*point(page, 0.36 + 0.008 * step, 0.5))
        if page.locator(".card .fact").count():
            break
    expect(page.locator(".card")).to_contain_text("signalements distincts")
    expect(page.locator(".card")).to_contain_text(re.compile(r"trimestre 20|Année 20|janvier 20"))
    expect(page.locator(".card")).to_contain_text("par km² et par an")


def test_names_never_overlap(seen: Watched) -> None:
    boxes = seen.page.locator(".name.shown").evaluate_all(
        "(names) => names.map((n) => n.getBoundingClientRect()).map((b) => [b.left, b.top, b.right, b.bottom])"
    )
    assert len(boxes) > 5
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_rerun_of_the_page_keeps_the_map_alive(seen: Watched) -> None:
    page = seen.page
    page.locator(".map").evaluate("(map) => { map.dataset.mark = 'same'; }")
    page.get_by_role("button", name="Trimestre", exact=True).click()
    hears(page, r"^quarter")
    assert page.locator(".map").get_attribute("data-mark") == "same"


def test_a_narrow_page_has_no_sideways_scroll_and_shows_the_legend(seen: Watched) -> None:
    page = seen.page
    root = page.locator(".square-map")
    for width in (900, 700):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        assert root.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    stage, legend = (page.locator(name).bounding_box() for name in (".stage", ".legend"))
    assert stage
    assert legend
    assert legend["y"] >= stage["y"] + stage["height"]


def test_the_map_works_where_only_scripts_from_files_may_run(browser: Browser) -> None:
    with served(APP.with_name("strict_map_app.py"), VIGIE_MAP_CELLS="200") as url:
        page = browser.new_page()
        watched = Watched(page)
        policy = page.goto(url)
        assert policy
        assert "script-src 'self'" in policy.headers["content-security-policy"]
        root = page.locator(".square-map")
        expect(root.locator(".period")).not_to_be_empty(timeout=60_000)
        assert root.evaluate(PAINTED) > 20
        page.get_by_role("button", name="Mois", exact=True).click()
        expect(root.locator(".period")).to_have_text("octobre 2025")
        page.close()
    assert watched.outside == watched.problems == []
