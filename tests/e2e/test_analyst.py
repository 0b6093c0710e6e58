"""The analyst's page in a real Chromium: map, chart and table follow each other; files open; the address remembers."""

import re
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from playwright.sync_api import Browser, Download, FrameLocator, Locator, Page, expect

from analytics import release as releases
from analytics import territory as territories
from dashboard.components import dropped_layers
from tests.made_up import releases as made_up
from tests.made_up.browser import served

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
COUNT = re.compile(r"(\d+) faits? sur (\d+)")
FRAME = 'iframe[title^="streamlit_folium"]'
# The old map stays until the new one is there; both may be seen for a moment.
ONE_MAP = """([frame, label]) => {
    const frames = [...document.querySelectorAll(frame)];
    const map = frames.length === 1 && frames[0].contentDocument.querySelector(".vigie-map");
    return map && map.getAttribute("aria-label").includes(label);
}"""
SQUARES = "path.leaflet-interactive:not(.vigie-ground)"


class Analyst:
    """The page and what is looked at in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.problems: list[str] = []
        self.outside: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(url)

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.address}/analyste{query}")
        expect(self.page.locator(".vigie-foot")).to_be_visible(timeout=WAIT_MS)
        expect(self.map.locator(SQUARES).first).to_be_attached(timeout=WAIT_MS)
        self.settle()

    def settle(self) -> None:
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0)
        expect(self.page.locator(FRAME)).to_have_count(1)
        self.page.wait_for_timeout(400)

    @property
    def map(self) -> FrameLocator:
        return self.page.frame_locator(FRAME)

    @property
    def sentence(self) -> Locator:
        return self.page.locator(".vigie-said").filter(has_text=COUNT).first

    def kept(self) -> int:
        found = COUNT.search(self.sentence.inner_text().replace("\u202f", ""))
        assert found is not None
        return int(found[1])

    def area(self) -> str | None:
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.page.url).query)
        return query.get("area", [None])[0]

    def click_a_square(self) -> None:
        """Click the smallest square that is drawn: it lies on top of the others."""
        squares = self.map.locator(SQUARES)
        boxes = [(box["width"], i) for i in range(squares.count()) if (box := squares.nth(i).bounding_box())]
        squares.nth(min(boxes)[1]).click(force=True)

    def hold(self) -> None:
        assert self.problems == []
        assert self.outside == []
        expect(self.page.get_by_test_id("stException")).to_have_count(0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[str, Path]]:
    """Serve a made-up release with a notebook's layer beside it."""
    folder = tmp_path_factory.mktemp("analyst")
    file = made_up.territory_file(folder)
    release = made_up.write(folder / "release", territories.load(file), months=22)
    layers = release / dropped_layers.FOLDER
    layers.mkdir(parents=True)
    line = gpd.GeoDataFrame(
        {"nom": ["Ligne 1"]}, geometry=gpd.GeoSeries.from_wkt(["LINESTRING (4012000 2686000, 4020000 2692000)"])
    )
    line.set_crs("EPSG:3035").to_crs("EPSG:4326").to_file(layers / "bus.geojson")
    settled = {"VIGIE_RELEASE": str(release), "VIGIE_TERRITORY": str(file)}
    with served(root / "dashboard" / "app.py", **settled) as address:
        yield address, release


@pytest.fixture
def analyst(browser: Browser, place: tuple[str, Path]) -> Iterator[Analyst]:
    context = browser.new_context(viewport={"width": 1280, "height": 1600}, locale="fr-FR", accept_downloads=True)
    yield Analyst(context.new_page(), place[0])
    context.close()


def test_a_click_in_the_map_filters_table_and_chart_and_back_takes_it_back(analyst: Analyst) -> None:
    analyst.open()
    whole = analyst.kept()
    frame = analyst.page.locator(FRAME).element_handle()
    analyst.click_a_square()
    expect(analyst.sentence).to_contain_text("Seulement le sol choisi")
    analyst.settle()
    few, area = analyst.kept(), analyst.area()
    assert 0 < few < whole
    assert area is not None
    # The map was not drawn anew: the reader keeps the place that he had moved it to.
    assert frame.evaluate("(frame) => frame.isConnected")
    expect(analyst.map.locator('path[stroke="#d9480f"]').first).to_be_attached()
    analyst.page.go_back()
    expect(analyst.sentence).not_to_contain_text("Seulement le sol choisi")
    assert analyst.kept() == whole
    analyst.page.go_forward()
    expect(analyst.sentence).to_contain_text("Seulement le sol choisi")
    assert analyst.kept() == few
    analyst.page.get_by_role("button", name="Tout le sol").click()
    expect(analyst.sentence).not_to_contain_text("Seulement le sol choisi")
    assert analyst.area() is None
    analyst.hold()


def test_the_same_square_can_be_clicked_after_a_reset(analyst: Analyst) -> None:
    analyst.open()
    analyst.click_a_square()
    expect(analyst.sentence).to_contain_text("Seulement le sol choisi")
    analyst.page.get_by_role("button", name="Tout effacer").click()
    expect(analyst.sentence).not_to_contain_text("Seulement le sol choisi")
    analyst.settle()
    analyst.click_a_square()
    expect(analyst.sentence).to_contain_text("Seulement le sol choisi")
    analyst.hold()


def test_a_bookmark_restores_filters_and_ground(analyst: Analyst, place: tuple[str, Path]) -> None:
    facts = releases.read(place[1]).facts
    area = str(facts.query("table == 'blocks' and area_level == '1000'")["area"].iloc[0])
    analyst.open(f"?table=blocks&level=1000&period=2024-04:2025-03&area={area}")
    mine = facts[(facts["table"] == "blocks") & (facts["area"] == area)]
    expected = mine[(mine["period_end"] >= "2024-04-01") & (mine["period_start"] <= "2025-03-31")]
    assert analyst.kept() == len(expected) > 0
    expect(analyst.page.get_by_test_id("stMultiSelect").first).to_contain_text("Blocs")
    expect(analyst.page.get_by_test_id("stSlider")).to_contain_text("avril 2024")
    analyst.hold()


def test_the_slider_keeps_both_its_ends_and_goes_into_the_address(analyst: Analyst) -> None:
    analyst.open("?period=2024-04:2025-03")
    few = analyst.kept()
    analyst.page.get_by_test_id("stSlider").get_by_role("slider").first.focus()
    analyst.page.keyboard.press("ArrowRight")
    expect(analyst.page).to_have_url(re.compile("period=2024-05(:|%3A)2025-03"))
    expect(analyst.sentence).to_contain_text(COUNT)
    analyst.settle()
    assert analyst.kept() <= few
    analyst.page.go_back()
    expect(analyst.page.get_by_test_id("stSlider").filter(has_text="mai 2024")).to_have_count(0)
    expect(analyst.page.get_by_test_id("stSlider")).to_contain_text("avril 2024")
    analyst.settle()
    assert analyst.kept() == few
    analyst.hold()


def test_a_row_of_the_table_is_outlined_in_the_map(analyst: Analyst) -> None:
    analyst.open("?table=blocks")
    expect(analyst.map.locator('path[stroke="#d9480f"]')).to_have_count(0)
    table = analyst.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    analyst.page.mouse.click(box["x"] + 17, box["y"] + 37 + 17)
    expect(analyst.map.locator('path[stroke="#d9480f"]').first).to_be_attached()
    assert analyst.area() is None
    analyst.hold()


def test_a_stroke_of_the_chart_is_outlined_in_the_map(analyst: Analyst) -> None:
    analyst.open("?table=departement")
    chart = analyst.page.get_by_test_id("stVegaLiteChart").first
    chart.scroll_into_view_if_needed()
    marks = chart.locator("canvas, svg").first
    box = marks.bounding_box()
    assert box is not None
    outline = analyst.map.locator('path[stroke="#d9480f"]')
    # Strokes lie anywhere in the chart: a column of it is searched for one, as a person would aim.
    for step in range(int(box["height"] * 0.25), int(box["height"] * 0.85), 3):
        analyst.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + step)
        analyst.page.wait_for_timeout(150)
        if outline.count():
            break
    expect(outline.first).to_be_attached()
    analyst.hold()


def test_a_table_is_taken_away_by_its_buttons_alone(analyst: Analyst) -> None:
    """The log writes down what a button gives; a table's own menu would give it unseen."""
    analyst.open()
    table = analyst.page.get_by_test_id("stDataFrame").first
    table.hover()
    menu = table.locator("xpath=ancestor::*[@data-testid='stElementContainer' or @data-testid='stFullScreenFrame'][1]")
    buttons = menu.get_by_test_id("stElementToolbarButton").locator("button")
    expect(buttons.first).to_be_visible()
    labels = [button.get_attribute("aria-label") or "" for button in buttons.all()]
    assert "Search" in labels
    assert not [label for label in labels if "ownload" in label or "CSV" in label]
    analyst.hold()


def test_the_estimate_is_one_click_away_and_its_cells_can_be_chosen(analyst: Analyst) -> None:
    analyst.open()
    analyst.page.get_by_test_id("stButtonGroup").get_by_text("Estimation", exact=True).click()
    expect(analyst.page.get_by_text("Une estimation : novembre 2024 à octobre 2025")).to_be_visible()
    analyst.page.wait_for_function(ONE_MAP, arg=[FRAME, "Estimation"])
    expect(analyst.map.locator(SQUARES).first).to_be_attached()
    analyst.settle()
    analyst.click_a_square()
    expect(analyst.sentence).to_contain_text("carré de 1 km")
    assert "view=surface" in analyst.page.url
    analyst.hold()


def test_a_notebooks_layer_is_on_the_map(analyst: Analyst) -> None:
    analyst.open()
    expect(analyst.map.locator(f'path[stroke="{dropped_layers.COLOURS[0]}"]').first).to_be_attached()
    expect(analyst.page.get_by_text("Calques déposés à côté de la publication : bus")).to_be_visible()
    analyst.hold()


def downloaded(analyst: Analyst, name: str, tmp_path: Path) -> Path:
    with analyst.page.expect_download() as started:
        analyst.page.get_by_role("button", name=name, exact=True).click()
    got: Download = started.value
    path = tmp_path / got.suggested_filename
    got.save_as(path)
    return path


def test_a_geopackage_is_downloaded_and_opens(analyst: Analyst, place: tuple[str, Path], tmp_path: Path) -> None:
    analyst.open("?table=blocks")
    path = downloaded(analyst, "GeoPackage", tmp_path)
    assert path.name == "vigie-faits.gpkg"
    facts = releases.read(place[1]).facts
    back = gpd.read_file(path, layer="blocks")
    assert back["n"].to_list() == facts[facts["table"] == "blocks"]["n"].to_list()
    assert len(gpd.read_file(path, layer="surface")) > 100
    assert len(gpd.read_file(path, layer="lisez_moi")) > 10
    analyst.hold()


def test_the_other_files_are_downloaded_and_open(analyst: Analyst, place: tuple[str, Path], tmp_path: Path) -> None:
    analyst.open()
    facts = releases.read(place[1]).facts
    assert gpd.read_parquet(downloaded(analyst, "GeoParquet", tmp_path))["n"].sum() == facts["n"].sum()
    lines = downloaded(analyst, "CSV", tmp_path).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].split(";")[:5] == ["table", "vintage", "order", "area", "area_level"]
    assert len(lines) == len(facts) + 1
    assert "Un signalement n’est pas une infraction" in downloaded(analyst, "Notice", tmp_path).read_text(
        encoding="utf-8"
    )
    analyst.open("?lang=en")
    english = downloaded(analyst, "CSV", tmp_path)
    assert english.name == "vigie-facts.csv"
    assert english.read_text(encoding="utf-8-sig").splitlines()[0].startswith("table,vintage,order")
    analyst.hold()


def test_the_page_fits_its_windows(browser: Browser, place: tuple[str, Path]) -> None:
    too_wide: Callable[[Page], list[int]] = lambda page: page.evaluate(  # noqa: E731 - one question, asked twice
        """() => [document.documentElement, document.querySelector(".stMain")]
            .map((box) => box.scrollWidth - box.clientWidth)"""
    )
    for width, height in ((1280, 800), (1440, 900)):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
        analyst = Analyst(context.new_page(), place[0])
        analyst.open()
        assert too_wide(analyst.page) == [0, 0]
        context.close()
