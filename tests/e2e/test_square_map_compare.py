"""Compare mode and clusters in a real Chromium: two linked maps, their difference, what is outlined and selected."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.made_up.browser import served
from tests.made_up.map_page import PAINTED, REST_MS, Watched, hears, point, pressed

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

APP = Path(__file__).parent / "apps" / "square_map_app.py"
NOW, BEFORE = ".pane:last-child", ".pane:first-child"
CENTRE = "(svg) => { const b = svg.getBoundingClientRect(); return [b.width, b.height]; }"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(APP, VIGIE_MAP_CELLS="600", VIGIE_MAP_COMPARED="1") as url:
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


@pytest.fixture
def compared(seen: Watched) -> Page:
    seen.page.get_by_role("button", name="Comparer", exact=True).click()
    seen.page.wait_for_timeout(REST_MS)
    return seen.page


def _svg(page: Page, pane: str) -> Locator:
    return page.locator(f"{pane} .leaflet-overlay-pane svg")


def _corner(page: Page, pane: str) -> tuple[float, float]:
    """Where the drawing begins, from the corner of its own map."""
    drawing, box = _svg(page, pane).bounding_box(), page.locator(f"{pane} .map").bounding_box()
    assert drawing
    assert box
    return round(drawing["x"] - box["x"]), round(drawing["y"] - box["y"])


def test_two_maps_stand_side_by_side_each_with_the_month_in_which_it_was_seen(compared: Page) -> None:
    boxes = [compared.locator(f"{pane} .map").bounding_box() for pane in (BEFORE, NOW)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] < boxes[1]["x"]
    assert abs(boxes[0]["width"] - boxes[1]["width"]) <= 1
    captions = [compared.locator(f"{pane} .caption") for pane in (BEFORE, NOW)]
    expect(captions[0]).to_have_text("novembre 2023 – octobre 2024, état connu à fin octobre 2024")
    expect(captions[1]).to_have_text("novembre 2024 – octobre 2025, état connu à fin octobre 2025")
    for pane in (BEFORE, NOW):
        assert compared.locator(pane).evaluate(PAINTED) > 50
    hears(compared, "surface None")
    hears(compared, r"True None$")
    compared.get_by_role("button", name="Comparer", exact=True).click()
    expect(compared.locator(BEFORE)).to_be_hidden()
    expect(compared.get_by_role("button", name="Faits publiés")).to_be_visible()
    hears(compared, r"False None$")


def test_the_period_changes_on_both_sides_without_the_server(seen: Watched, compared: Page) -> None:
    compared.get_by_role("button", name="Mois", exact=True).click()
    hears(compared, "^month ")
    compared.wait_for_timeout(REST_MS)
    sent = seen.sent
    before, after = pressed(compared, "Période précédente", f"{BEFORE} .surface", f"{NOW} .surface")
    assert after[0] != before[0]
    assert after[1] != before[1]
    expect(compared.locator(f"{BEFORE} .caption")).to_contain_text("septembre 2024, état connu à fin octobre 2024")
    seen.asks(once_more_than=sent)


@pytest.mark.parametrize(("hand", "other"), [(BEFORE, NOW), (NOW, BEFORE)])
def test_each_map_follows_the_other(compared: Page, hand: str, other: str) -> None:
    start = _corner(compared, hand)
    assert start == _corner(compared, other)
    compared.get_by_role("button", name="Agrandir").click()
    compared.wait_for_timeout(800)
    compared.mouse.move(*point(compared, 0.5, 0.5, f"{hand} .map"))
    compared.mouse.down()
    compared.mouse.move(*point(compared, 0.35, 0.4, f"{hand} .map"), steps=6)
    assert _corner(compared, hand) == _corner(compared, other)  # while it is dragged
    compared.mouse.up()
    compared.mouse.wheel(0, -400)
    compared.wait_for_timeout(1_500)
    assert _corner(compared, hand) == _corner(compared, other) != start
    assert _svg(compared, hand).evaluate(CENTRE) == _svg(compared, other).evaluate(CENTRE)


def test_a_pointed_and_a_selected_square_are_marked_on_both(compared: Page) -> None:
    where = point(compared, 0.45, 0.55, f"{BEFORE} .map")
    compared.mouse.move(*where)
    for pane in (BEFORE, NOW):
        expect(compared.locator(f"{pane} .pointed")).not_to_have_class(re.compile("off"))
    outlines = [compared.locator(f"{pane} .pointed").get_attribute("d") for pane in (BEFORE, NOW)]
    assert outlines[0] == outlines[1]
    compared.mouse.click(*where)
    for pane in (BEFORE, NOW):
        expect(compared.locator(f"{pane} .selected")).not_to_have_class(re.compile("off"))
    hears(compared, r"surface CRS3035RES1000mN\d+E\d+")


def test_the_card_tells_both_values_with_their_intervals_and_the_word(compared: Page) -> None:
    card = compared.locator(".card")
    for step in range(40):
        compared.mouse.move(*point(compared, 0.3 + 0.01 * step, 0.65, f"{NOW} .map"))
        if card.locator(".figure strong").count() == 2:
            break
    expect(card.locator(".side")).to_have_count(2)
    expect(card.locator(".side").first).to_contain_text("novembre 2023 – octobre 2024")
    expect(card.locator(".side").last).to_contain_text("novembre 2024 – octobre 2025")
    for side in (card.locator(".side").first, card.locator(".side").last):
        expect(side).to_contain_text(re.compile(r"Intervalle à 90\s%|Moins de 5, peut-être aucun"))
    expect(card.locator(".word")).to_contain_text(
        re.compile("hausse établie|baisse établie|dû au hasard|Rien ne peut être dit")
    )


def test_the_difference_has_its_own_colours_legend_and_words(compared: Page) -> None:
    compared.get_by_role("button", name="Écart", exact=True).click()
    expect(compared.locator(BEFORE)).to_be_hidden()
    expect(compared.locator(".overline")).to_have_text("Écart avec l’année d’avant, au même âge")
    legend = compared.locator(".legend")
    for words in (
        "hausse établie",
        "baisse établie",
        "dû au hasard",
        "Rien ne peut être dit de l’écart",
        "Hors du territoire",
    ):
        expect(legend).to_contain_text(words)
    expect(legend.locator(".ramp")).to_have_count(0)
    fills = compared.locator(f"{NOW} .change path[d]").evaluate_all(
        "(paths) => paths.map((p) => getComputedStyle(p).fill)"
    )
    assert len(set(fills)) == len(fills) == 3
    expect(compared.locator(f"{NOW} .surface")).to_be_hidden()
    hears(compared, " change ")


def test_a_period_without_a_year_before_says_so(compared: Page) -> None:
    note = compared.locator(f"{BEFORE} .refusal")
    expect(note).to_be_hidden()
    compared.get_by_role("slider", name="Période", exact=True).press("Home")
    expect(note).to_contain_text("ne peut pas être comparée")
    assert compared.locator(BEFORE).evaluate(PAINTED) == 0
    assert compared.locator(NOW).evaluate(PAINTED) > 0
    compared.get_by_role("button", name="Écart", exact=True).click()
    expect(compared.locator(f"{NOW} .refusal")).to_contain_text("ne peut pas être comparée")
    assert compared.locator(f"{NOW} .change path[d]:not([d=''])").count() == 0


def test_on_a_narrow_screen_one_stands_below_the_other(compared: Page) -> None:
    compared.set_viewport_size({"width": 720, "height": 900})
    compared.wait_for_timeout(600)
    upper, lower = (compared.locator(f"{pane} .map").bounding_box() for pane in (BEFORE, NOW))
    assert upper
    assert lower
    assert upper["x"] == lower["x"]
    assert upper["y"] + upper["height"] <= lower["y"]
    assert compared.locator(".square-map").evaluate("(root) => root.scrollWidth <= root.clientWidth")


def test_without_anything_to_compare_there_is_no_button(browser: Browser) -> None:
    with served(APP, VIGIE_MAP_CELLS="120") as url:
        page = browser.new_page()
        page.goto(url)
        expect(page.locator(".square-map .period")).not_to_be_empty(timeout=60_000)
        expect(page.get_by_role("button", name="Comparer", exact=True)).to_have_count(0)
        expect(page.locator(".leaflet-badges-pane .badge")).to_have_count(0)
        expect(page.get_by_label("Foyers établis, numérotés")).to_have_count(0)
        page.close()


def test_a_cluster_is_outlined_when_the_period_has_one_of_its_months(seen: Watched) -> None:
    page = seen.page
    first, second = (page.locator(f".leaflet-badges-pane [data-cluster={name}]") for name in ("g1", "g2"))
    expect(first).to_be_visible()
    expect(second).to_be_hidden()
    page.get_by_role("button", name="Année", exact=True).click()
    page.get_by_role("slider", name="Période", exact=True).press("End")
    for _ in range(2):
        page.get_by_role("button", name="Période précédente").click()
    expect(page.locator(".period")).to_have_text("Année 2023")
    expect(first).to_be_hidden()
    expect(second).to_be_visible()
    assert page.locator(".clusters g:not(.off)").count() == 1


def test_a_badge_says_what_its_cluster_means_and_selects_it_instead_of_a_square(seen: Watched) -> None:
    page = seen.page
    page.mouse.click(*point(page, 0.5, 0.4))
    hears(page, "surface CRS3035")
    badge = page.get_by_role("button", name=re.compile(r"^Foyer 1\. Un tel écart serait dû au hasard"))
    badge.hover()
    expect(page.locator(".card")).to_contain_text("Foyer 1")
    expect(page.locator(".card")).to_contain_text("p = 0,001")
    badge.click()
    expect(badge).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".selected")).to_have_class(re.compile("off"))
    hears(page, "surface None")
    hears(page, r"False g1$")
    badge.press("Enter")  # a second time lets it go
    hears(page, r"False None$")


def test_clusters_can_be_put_away(seen: Watched) -> None:
    page = seen.page
    switch = page.get_by_label("Foyers établis, numérotés")
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(page.locator(".leaflet-badges-pane .badge:visible")).to_have_count(0)
    assert page.locator(".clusters g:not(.off)").count() == 0
    page.get_by_role("button", name="Trimestre", exact=True).click()
    page.wait_for_timeout(REST_MS)
    expect(switch).not_to_be_checked()
    switch.check()
    expect(page.locator(".leaflet-badges-pane .badge:visible")).to_have_count(1)
