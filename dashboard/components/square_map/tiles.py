"""The basemap: none, unless who installs the dashboard names a source of tiles.

Four variables of the environment, of which the first turns tiles on:

``VIGIE_TILES``
    The address of a tile, with ``{z}``, ``{x}`` and ``{y}`` in it: a source of one's own
    (``https://tiles.example/{z}/{x}/{y}.png``, or ``/tiles/{z}/{x}/{y}.png`` on the dashboard's own server), or
    ``plan-ign`` for IGN's Plan v2 as its Geoplateforme serves it (``PLAN_IGN``; the readers' browsers then tell
    data.geopf.fr which part of the map they look at).
``VIGIE_TILES_ATTRIBUTION``
    Who is to be named under the map.
``VIGIE_TILES_MAX_ZOOM``
    The closest zoom that the source has (18 by default); closer, its tiles are enlarged.
``VIGIE_TILES_OPACITY``
    From 0 to 1 (0.75 by default).

Without them the map asks for no tile at all, and with them it stays whole when none arrives.
"""

import os
import re
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

VARIABLE: Final = "VIGIE_TILES"
PLAN_IGN: Final = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png"
    "&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)
_HOST: Final = re.compile(
    r"(\{s\}\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?"
)
PRESETS: Final = {"plan-ign": (PLAN_IGN, "IGN, Plan IGN v2")}


@dataclass(frozen=True)
class Tiles:
    """A source of tiles in Web Mercator.

    Attributes
    ----------
    url
        Address of a tile, with ``{z}``, ``{x}``, ``{y}``, and ``{s}`` (a, b or c) where it has several hosts.
    attribution
        Who is named under the map, as plain text.
    max_zoom
        The closest zoom that it has.
    opacity
        From 0 to 1.
    """

    url: str
    attribution: str = ""
    max_zoom: int = 18
    opacity: float = 0.75

    def __post_init__(self) -> None:
        """Refuse what no browser could ask for.

        Raises
        ------
        ValueError
            If the address has no place for a tile's numbers, or is no address of the web; if a number is out of range.
        """
        parts = urlsplit(self.url)
        # The host goes into the page's policy: nothing but a host, a port and the placeholder of Leaflet.
        web = parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(parts.netloc))
        if not web and not (self.url.startswith("/") and not self.url.startswith("//")):
            raise ValueError(f"{VARIABLE} is no address that begins with http://, https:// or /.")
        missing = [name for name in ("{z}", "{x}", "{y}") if name not in self.url]
        if missing:
            raise ValueError(f"{VARIABLE} lacks {', '.join(missing)}.")
        if not (0 <= self.max_zoom <= 22 and 0 < self.opacity <= 1):  # noqa: PLR2004 - what Web Mercator's tiles reach
            raise ValueError(f"{VARIABLE}_MAX_ZOOM must be 0 to 22, and {VARIABLE}_OPACITY above 0, at most 1.")


def configured() -> Tiles | None:
    """Return the source that the environment names, or None.

    Raises
    ------
    ValueError
        If what it says is no source.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return None
    url, attribution = PRESETS.get(named, (named, ""))
    given = os.environ.get
    return Tiles(
        url,
        given(f"{VARIABLE}_ATTRIBUTION", attribution),
        int(given(f"{VARIABLE}_MAX_ZOOM", str(Tiles.max_zoom))),
        float(given(f"{VARIABLE}_OPACITY", str(Tiles.opacity))),
    )


def origin(tiles: Tiles | None) -> str | None:
    """Tell from where a page must be allowed to take images: what its policy adds to ``img-src``.

    None where there are no tiles, or where they come from the dashboard's own server.
    """
    parts = urlsplit(tiles.url) if tiles else None
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts and parts.netloc else None


def tiles_data(tiles: Tiles | None) -> dict[str, Any] | None:
    """Give a source as the browser gets it."""
    return asdict(tiles) if tiles else None
