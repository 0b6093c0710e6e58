"""Take the pictures of the pages that the documentation shows: ``python -m scripts.pictures``.

The sample is built first if it is not there. The pictures are of synthetic data, as each of them says.
"""

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from scripts import demo
from scripts.ensure_chromium import ADVICE, find_chromium
from tests.made_up.browser import CHROMIUM_ARGS, served

FOLDER = demo.ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1280, 800
WAIT_MS = 120_000
SETTLE_MS = 1500  # charts and the map's flight
BUSY = 0.534, 0.66  # where a square with many reports lies once the map shows Besançon


def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """Write a picture of the page from its top, so many pixels high."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.mouse.move(2, 2)
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as taken:
        # Flat colours need no more than a palette, at a third of the size.
        few = taken.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path.relative_to(demo.ROOT)}: {path.stat().st_size // 1024} kB")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


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
    picture(page, "map")
    root = page.locator(".square-map")
    root.get_by_role("button", name="Besançon", exact=True).click()
    page.wait_for_timeout(SETTLE_MS)
    page.mouse.click(*place(root.locator(".stage"), *BUSY))
    page.get_by_role("heading", name="Carreau choisi").wait_for()
    picture(page, "map_square", 1250)
    root.get_by_role("button", name="Faits publiés", exact=True).click()
    page.wait_for_timeout(SETTLE_MS)
    picture(page, "map_blocks")
    open_page(page, f"{address}/tendances")
    picture(page, "trends", 1150)
    open_page(page, f"{address}/analyste")
    picture(page, "analyst", 1250)


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


if __name__ == "__main__":
    main()
