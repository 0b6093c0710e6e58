"""A folium map that asks nothing of the network: Leaflet inlined, one file to send or to print."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import folium
from branca.element import Element
from xstatic.pkg import leaflet

if TYPE_CHECKING:
    from branca.element import Figure

POLICY: Final = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""The saved page's own policy: a browser refuses any request from it, whatever is in it."""


class InlinedLeaflet(Element):
    """Leaflet as text in the head of the page, unless the map names where its Leaflet comes from.

    A page that serves Leaflet itself sets the map's ``default_js`` and ``default_css``.
    """

    def __init__(self, of: folium.Map) -> None:
        super().__init__()
        self._name = "InlinedLeaflet"
        self.of = of

    def render(self, **_: Any) -> str:  # noqa: ANN401 - as the parent has it
        """Give the text of Leaflet's style and script."""
        return "" if self.of.default_js else _leaflet()


@cache
def _leaflet() -> str:
    folder = Path(leaflet.BASE_DIR)
    # Its pictures are for markers and a folded layer control, which these maps do not have.
    style = re.sub(r"url\([^)]*\)", "none", (folder / "leaflet.css").read_text(encoding="utf-8"))
    script = re.sub(r"//# sourceMappingURL=\S*", "", (folder / "leaflet.js").read_text(encoding="utf-8"))
    return f"<style>{style}</style>\n<script>{script}</script>"


def blank_map(**options: Any) -> folium.Map:  # noqa: ANN401 - what folium.Map takes
    """Make a folium map without tiles that works with no network, in a notebook and as a file.

    Parameters
    ----------
    options
        As for ``folium.Map``. No Popup, Choropleth or branca colormap may be added: they ask a CDN for their scripts.
    """
    made = folium.Map(tiles=None, **options)
    made.default_js, made.default_css = [], []
    figure(made).header.add_child(InlinedLeaflet(made), name="inlined_leaflet", index=0)
    return made


def figure(drawn: folium.Map) -> Figure:
    """Give the page that a map lies in."""
    return cast("Figure", drawn.get_root())


def save_html(drawn: folium.Map, path: str | Path, *, lang: str = "fr") -> Path:
    """Write a map as one self-contained HTML file.

    Parameters
    ----------
    drawn
        As from ``folium_map`` or ``blank_map``.
    path
        The file; its folder must exist.
    lang
        Language of the page, as browsers and screen readers know it.

    Returns
    -------
    Path
        The file.
    """
    html = str(figure(drawn).render())
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    html = html.replace("<html>", f'<html lang="{lang}">', 1).replace("<head>", f"<head>\n{policy}", 1)
    # Whoever needs larger letters must be able to zoom the page.
    html = re.sub(r"initial-scale=1.0, maximum-scale=1.0, user-scalable=no", "initial-scale=1.0", html)
    out = Path(path)
    out.write_text(html, encoding="utf-8")
    return out
