"""The map of a release in folium: the same in a notebook, in a file to send, and on the analyst's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium
import numpy as np
import pandas as pd

from analytics import release as said
from analytics.plots import dressing, outlines, palette, squares
from analytics.plots.offline import blank_map, figure, save_html
from analytics.plots.texts import FRENCH, month, span

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from analytics.release import Release
    from analytics.territory import Territory

LAST_MONTHS: Final = 12
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "surface": {"color": "#ffffff", "weight": 0.4, "opacity": 0.6},
    "blocks": {"color": palette.ZONE, "weight": 0.8, "opacity": 0.75},
}


def folium_map(
    release: Release,
    territory: Territory,
    window: pd.DataFrame | None = None,
    *,
    first: str | pd.Period | None = None,
    last: str | pd.Period | None = None,
    breaks: tuple[float, ...] | None = None,
    texts: Mapping[str, str] = FRENCH,
) -> folium.Map:
    """Draw a release: the estimated surface if it is given, and the exact blocks one click away.

    Four states are told apart: published (edged; hatched in colour where one number speaks of a coarse square),
    estimated (no edge), nothing may be said (grey hatching), outside the territory (plain grey).

    Parameters
    ----------
    release
        As from ``release.read``.
    territory
        The release's territory.
    window
        The surface from ``first`` to ``last``, as ``statistics.surface.window`` gives it; without it, blocks alone.
    first, last
        Months such as ``2025-01``, both inclusive and closed; by default the last twelve closed months.
    breaks
        Lower bounds of the classes, episodes per km2 per year; by default such as fit what is drawn.
    texts
        Texts by the keys of ``FRENCH``.

    Returns
    -------
    folium.Map
        Works with no network; layers may be added to it (no Popup, Choropleth or branca colormap).

    Raises
    ------
    ValueError
        When months are not closed ones of the release, or a window comes without its months.
    """
    if window is not None and (first is None or last is None):
        raise ValueError("A surface is of a run of months: name the first and the last that the window was made for.")
    period = _period(release, first, last)
    blocks = said.empty_facts().assign(partial=False, size_m=0)
    if period:
        blocks = squares.block_facts(release, territory, *period)
    density: npt.NDArray[np.float64] = np.asarray(squares.block_density(blocks, release.cell_m), dtype=np.float64)
    if window is not None and period:
        density = squares.surface_density(window, release.cell_m, _months(*period))
    scale = breaks or palette.density_breaks(density)
    west, south, east, north = territory.outline.bounds
    drawn = blank_map(location=[(south + north) / 2, (west + east) / 2], zoom_start=9, zoom_snap=0.25, zoom_delta=0.5)
    figure(drawn).title = title(release, territory, texts)
    view = "blocks"
    if window is not None and period:
        view = "surface"
        rank = palette.classes(density, scale)
        estimated = squares.surface_squares(window, release, territory, rank=rank, texts=texts)
        layer(estimated, "surface", texts, show=True).add_to(drawn)
    published = squares.block_squares(blocks, release, territory, breaks=scale, texts=texts)
    layer(published, "blocks", texts, show=view == "blocks").add_to(drawn)
    dressing.Dressing(dressed(release, territory, period, scale, view, texts)).add_to(drawn)
    if view == "surface":
        folium.LayerControl(position="topright", collapsed=False).add_to(drawn)
    return drawn


def save_map(
    release: Release,
    territory: Territory,
    window: pd.DataFrame | None,
    path: str | Path,
    *,
    first: str | pd.Period | None = None,
    last: str | pd.Period | None = None,
    texts: Mapping[str, str] = FRENCH,
) -> Path:
    """Write the map of a release as one HTML file that needs no network.

    Parameters
    ----------
    release, territory, window, first, last, texts
        As for ``folium_map``.
    path
        The file; its folder must exist.

    Returns
    -------
    Path
        The file.
    """
    return save_html(
        folium_map(release, territory, window, first=first, last=last, texts=texts), path, lang=texts["lang"]
    )


def last_months(release: Release, months: int = LAST_MONTHS) -> tuple[pd.Period, pd.Period]:
    """First and last of the last closed months: what is drawn by default.

    Raises
    ------
    ValueError
        When no month is closed yet.
    """
    closed = said.months(release)
    if not len(closed):
        raise ValueError("No month of this release is closed yet.")
    return closed[max(0, len(closed) - months)], closed[-1]


def _period(
    release: Release, first: str | pd.Period | None, last: str | pd.Period | None
) -> tuple[pd.Period, pd.Period] | None:
    closed = said.months(release)
    if not len(closed):
        return None
    end = pd.Period(last, freq="M") if last is not None else closed[-1]
    start = pd.Period(first, freq="M") if first is not None else max(closed[0], end - (LAST_MONTHS - 1))
    if start not in closed or end not in closed or start > end:
        raise ValueError(f"From {start} to {end} is no run of closed months: they go from {closed[0]} to {closed[-1]}.")
    return start, end


def _months(first: pd.Period, last: pd.Period) -> int:
    return int((last.year - first.year) * 12 + last.month - first.month + 1)


def layer(data: squares.Features, view: str, texts: Mapping[str, str], *, show: bool) -> folium.GeoJson:
    """Draw squares as the view ``surface`` or ``blocks`` draws them."""

    def look(feature: dict[str, Any]) -> dict[str, Any]:
        name = feature["properties"]["look"]
        # The colour is for maps that lose the style sheet: a layer taken into another map.
        return {
            "className": f"vigie-{name}",
            "fillColor": palette.DENSITY[int(name[1:])],
            "fillOpacity": 1,
            **LOOKS[view],
        }

    return folium.GeoJson(
        data,
        name=texts[f"view_{view}"],
        style_function=look,
        highlight_function=lambda _: {"color": "#d9480f", "weight": 2.5, "opacity": 1},
        tooltip=folium.GeoJsonTooltip(["html"], labels=False, sticky=True) if data["features"] else None,
        overlay=False,
        show=show,
        smooth_factor=0,
    )


def dressed(
    release: Release,
    territory: Territory,
    period: tuple[pd.Period, pd.Period] | None,
    breaks: tuple[float, ...],
    view: str,
    texts: Mapping[str, str],
    caption: str = "",
) -> dict[str, Any]:
    """Say what ``dressing.Dressing`` takes; ``caption`` stands in the place of the period."""
    west, south, east, north = territory.outline.bounds
    shown = caption or (span(*period, texts) if period else texts["no_month"])
    named = texts["title"].format(territory=territory.name)
    return {
        "lang": texts["lang"],
        "label": f"{named}. {shown}.",
        "view": view,
        "views": {texts[f"view_{name}"]: name for name in ("surface", "blocks")},
        "css": dressing.css(),
        "patterns": dressing.patterns(),
        "colours": {"outside": palette.OUTSIDE, "zone": palette.ZONE, "ink": palette.INK},
        "ground": outlines.ground(territory),
        "outside": outlines.outside(territory),
        "communes": outlines.commune_borders(territory),
        "zones": outlines.zone_borders(territory),
        "names": outlines.names(territory),
        "nearest": list(outlines.NEAREST_KM),
        "goto": [{"text": texts["whole"], "bounds": [[south, west], [north, east]]}, *outlines.zone_bounds(territory)],
        "nothing": {name: texts[f"nothing_{name}"].format(k=release.k) for name in ("surface", "blocks")},
        "head": dressing.head(
            texts,
            territory=territory.name,
            period=shown,
            imprint=_imprint(release, texts),
            synthetic=bool(release.manifest.get("synthetic", False)),
        ),
        "legend": dressing.legend(texts, breaks, release.k),
        "zoom": {"in": texts["zoom_in"], "out": texts["zoom_out"]},
        "sources": list(territory.sources),
        "bounds": [[south, west], [north, east]],
    }


def title(release: Release, territory: Territory, texts: Mapping[str, str]) -> str:
    """Name a map by what it shows."""
    named = texts["title"].format(territory=territory.name)
    return f"{named} – {texts['synthetic_title']}" if release.manifest.get("synthetic", False) else named


def _imprint(release: Release, texts: Mapping[str, str]) -> str:
    audience = str(release.manifest["audience"])
    readers = texts.get(f"audience_{audience}", audience)
    if not release.manifest["vintages"]:
        return texts["imprint_empty"].format(audience=readers)
    vintage = release.manifest["vintages"][-1]
    through = month(pd.Period(vintage["through"], freq="M"), texts)
    return texts["imprint"].format(vintage=vintage["vintage"], through=through, audience=readers)
