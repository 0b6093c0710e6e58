"""Take the pictures of the pages that the documentation shows: ``python -m scripts.pictures``.

The sample is built first if it is not there. The pictures are of synthetic data, as each of them says.
"""

import os
from io import BytesIO

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from dashboard import bulletin, reading
from dashboard.catalogue import catalogue
from dashboard.components.prevention.area import Area
from scripts import demo
from scripts.ensure_chromium import ADVICE, find_chromium
from tests.made_up.browser import CHROMIUM_ARGS, served

FOLDER = demo.ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1280, 800
TALL = 1100
PAGES = (
    ("prevention", "prevention", 1500),
    ("trends", "tendances", 1150),
    ("analyst", "analyste", 1250),
    ("method", "methode", 1250),
)
WAIT_MS = 120_000
SETTLE_MS = 1500  # charts and the map's flight
BUSY = 0.376, 0.67  # where a square with many reports lies once the map shows Besançon


def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """Write a picture of the page from its top, so many pixels high."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.mouse.move(2, 2)
    page.wait_for_timeout(SETTLE_MS)
    keep(Image.open(BytesIO(page.screenshot())), name)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def keep(taken: Image.Image, name: str) -> None:
    """Write a picture; flat colours need no more than a palette, at a third of the size."""
    path = FOLDER / f"{name}.png"
    few = taken.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path.relative_to(demo.ROOT)}: {path.stat().st_size // 1024} kB")


def open_page(page: Page, address: str) -> None:
    """Open a page and wait until it is whole."""
    page.goto(address)
    page.locator(".vigie-foot").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(SETTLE_MS)


def place(stage: Locator, across: float, down: float) -> tuple[float, float]:
    """Return a point of the map on the screen, from its shares of width and height."""
    box = stage.bounding_box()
    if box is None:
        raise RuntimeError("The map is not on the screen.")
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def take(page: Page, address: str) -> None:
    """Take every picture."""
    open_page(page, address)
    picture(page, "map", TALL)
    root = page.locator(".square-map")
    root.get_by_role("button", name="Besançon", exact=True).click()
    page.wait_for_timeout(SETTLE_MS)
    page.mouse.click(*place(root.locator(".stage"), *BUSY))
    page.get_by_role("heading", name="Carreau choisi").wait_for()
    picture(page, "map_square", TALL)
    open_page(page, f"{address}/?vue=blocks")
    picture(page, "map_blocks", TALL)
    open_page(page, f"{address}/?comparer=1&periode=year.2024-01.2024-12")
    picture(page, "map_compare", TALL)
    for name, path, height in PAGES:
        open_page(page, f"{address}/{path}")
        picture(page, name, height)


def sheets() -> None:
    """Write a picture of the two sheets of the bulletin."""
    opened = reading.opened()
    zone, name = next(iter(opened.territory.zones["name"].items()))
    made = bulletin.gather(opened, Area("zone", str(zone), str(name), str(zone)), catalogue())
    found = [Image.open(BytesIO(content)).convert("RGB") for content in bulletin.pages(made)]
    whole = Image.new("RGB", (sum(sheet.width for sheet in found), found[0].height), "white")
    for number, sheet in enumerate(found):
        whole.paste(sheet, (number * sheet.width, 0))
    keep(whole.resize((WIDTH, WIDTH * whole.height // whole.width)), "bulletin")


def main() -> None:
    """Build the sample, serve it, and take the pictures."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(ADVICE)
    demo.build()
    FOLDER.mkdir(parents=True, exist_ok=True)
    settled = {"VIGIE_RELEASE": str(demo.RELEASE), "VIGIE_TERRITORY": str(demo.ROOT / demo.TERRITORY)}
    with served(**settled) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR")
        page.set_default_timeout(WAIT_MS)
        take(page, address)
        browser.close()
    os.environ |= settled
    sheets()


if __name__ == "__main__":
    main()
