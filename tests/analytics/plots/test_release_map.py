import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import pandas as pd
import pytest

from analytics import plots
from analytics import release as releases
from analytics.plots.offline import POLICY
from tests.analytics.plots.conftest import Drawable
from tests.made_up import releases as made_up

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def saved(drawn: Drawable, path: Path, *, estimated: bool = True) -> Path:
    window = drawn.window if estimated else None
    return plots.save_map(drawn.release, drawn.territory, window, path, first=drawn.first, last=drawn.last)


@contextmanager
def opened(browser: "Browser", file: Path) -> Iterator["Page"]:
    """Open a file as a reader does; anything asked of the network, and any error, fails the test."""
    asked: list[str] = []
    wrong: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        page.goto(file.as_uri())
        page.locator(".vigie-card h1").wait_for()
        yield page
        assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
        assert not wrong
    finally:
        context.close()


# --------------------------------------------------------------------------------------------------------- the file


def test_the_file_is_one_and_names_no_other_host(drawable: Drawable, tmp_path: Path) -> None:
    html = saved(drawable, tmp_path / "map.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in html
    assert POLICY in html
    assert "<title>Signalements distincts, Plaine d’essai – données synthétiques</title>" in html
    assert "Données synthétiques" in html
    assert "Diffusion : commandement" in html
    assert not re.findall(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=", html)
    assert not re.findall(r"url\((?!#)", html)
    assert "user-scalable=no" not in html


def test_a_release_of_real_reports_is_not_called_synthetic(drawable: Drawable) -> None:
    real = releases.Release(
        drawable.release.path, drawable.release.manifest | {"synthetic": False}, drawable.release.facts
    )
    html = plots.folium_map(real, drawable.territory).get_root().render()
    assert "synthétiques" not in html


def test_a_page_that_serves_leaflet_itself_gets_no_second_one(drawable: Drawable) -> None:
    drawn = plots.folium_map(drawable.release, drawable.territory)
    assert "L.version" in drawn.get_root().render() or "leaflet" in drawn.get_root().render().lower()
    alone = len(drawn.get_root().header.render())  # type: ignore[attr-defined]
    drawn.default_js = [("leaflet", "/leaflet.js")]
    assert len(drawn.get_root().header.render()) < alone - 100_000  # type: ignore[attr-defined]


def test_a_window_needs_its_months(drawable: Drawable) -> None:
    with pytest.raises(ValueError, match="name the first and the last"):
        plots.folium_map(drawable.release, drawable.territory, drawable.window)


def test_months_that_are_not_closed_are_refused(drawable: Drawable) -> None:
    with pytest.raises(ValueError, match="no run of closed months"):
        plots.folium_map(drawable.release, drawable.territory, first="2031-01", last="2031-02")


def test_by_default_the_blocks_of_the_last_twelve_closed_months(drawable: Drawable) -> None:
    html = plots.folium_map(drawable.release, drawable.territory).get_root().render()
    assert "année 2025" in html
    assert "L.control.layers" not in html


def test_a_release_with_nothing_published_is_drawn(drawable: Drawable, tmp_path: Path, browser: "Browser") -> None:
    empty = releases.read(made_up.write_empty(tmp_path / "empty", drawable.territory))
    file = plots.save_map(empty, drawable.territory, None, tmp_path / "map.html")
    with opened(browser, file) as page:
        assert page.locator("h1").inner_text() == "Aucun mois clos"
        assert page.locator("path.vigie-ground").count() == 1
        assert page.locator("path[class*=vigie-q], path[class*=vigie-h]").count() == 0


# ------------------------------------------------------------------------------------------------------ in a browser


@pytest.mark.browser
def test_a_reader_sees_four_states_and_asks_nothing_of_anybody(
    doubs: Drawable, tmp_path: Path, browser: "Browser"
) -> None:
    with opened(browser, saved(doubs, tmp_path / "map.html")) as page:
        box = page.locator(".vigie-map")
        assert box.get_attribute("data-view") == "surface"
        painted = page.locator("path[class*=vigie-q]")
        assert painted.count() > 20
        fills = set(painted.evaluate_all("paths => paths.map(p => getComputedStyle(p).fill)"))
        assert len(fills) > 3
        ground = page.locator("path.vigie-ground")
        assert ground.evaluate("p => getComputedStyle(p).fill").startswith('url("#vigie-nothing")')
        legend = page.locator(".vigie-legend")
        assert "Rien ne peut être dit : aucun signalement, ou des signalements en attente" in legend.inner_text()
        assert "Hors du territoire" in legend.inner_text()

        page.get_by_text("Faits publiés", exact=True).last.click()
        assert box.get_attribute("data-view") == "blocks"
        coarse = page.locator("path[class*=vigie-h]")
        assert coarse.count() > 0
        assert coarse.first.evaluate("p => getComputedStyle(p).fill").startswith('url("#vigie-h')
        assert "un nombre exact pour tout le carreau hachuré" in legend.inner_text()
        assert "Estimé à partir" not in legend.inner_text()


@pytest.mark.browser
def test_hovering_tells_the_estimate_and_its_interval(doubs: Drawable, tmp_path: Path, browser: "Browser") -> None:
    with opened(browser, saved(doubs, tmp_path / "map.html")) as page:
        page.get_by_role("button", name="Besançon").click()
        page.locator('.vigie-map[data-step="3"], .vigie-map[data-step="4"]').wait_for()
        page.wait_for_timeout(500)  # Leaflet's zoom animation
        page.locator("path.vigie-q6").first.hover()
        tip = page.locator(".leaflet-tooltip")
        tip.wait_for()
        text = tip.inner_text()
        assert "signalements estimés" in text
        assert re.search(r"Entre \d+ et \d+|Moins de 5", text)
        assert "Part mesurée" in text
        page.mouse.move(640, 790)
        assert page.locator(".vigie-zone").count() == len(doubs.territory.zones)


@pytest.mark.browser
def test_a_layer_of_one_s_own_lies_on_the_same_map(drawable: Drawable, tmp_path: Path, browser: "Browser") -> None:
    drawn = plots.folium_map(
        drawable.release, drawable.territory, drawable.window, first=drawable.first, last=drawable.last
    )
    folium.Circle(drawn.location, radius=900, color="#b45309", fill=True, tooltip="Campagne").add_to(drawn)
    with opened(browser, plots.save_html(drawn, tmp_path / "own.html")) as page:
        page.locator('path[stroke="#b45309"]').hover(force=True)
        assert "Campagne" in page.locator(".leaflet-tooltip").first.inner_text()


def test_the_last_months_of_a_short_release(drawable: Drawable) -> None:
    assert plots.last_months(drawable.release, 3) == (pd.Period("2025-10", "M"), pd.Period("2025-12", "M"))
    with pytest.raises(ValueError, match="closed"):
        plots.last_months(releases.Release(Path(), {"vintages": []}, drawable.release.facts))
