"""Where a campaign is best founded: squares of an area, each with its place, its estimate and its reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from analytics import plots
from analytics import territory as territories
from analytics.plots.map_image import Picture, map_svg
from analytics.statistics import StatisticsError, priorities, surface
from analytics.statistics.sums_of_ground import months_between
from dashboard import places, reading
from dashboard.components.prevention import area as areas
from dashboard.components.prevention import maps

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from dashboard.catalogue import Catalogue
    from dashboard.components.prevention.area import Area
    from dashboard.components.tables import Format
    from dashboard.reading import Reading

POINTS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
KM_A_DEGREE: Final = 111.2
CENTRAL_KM: Final = 0.7
KEPT: Final = 64


@dataclass(frozen=True, eq=False)
class Told:
    """The places as the page says them: a title, a text and a row each, and the map that bears their numbers."""

    titles: list[str]
    texts: list[str]
    rows: pd.DataFrame
    svg: str
    described: str


def told(opened: Reading, area: Area, says: Catalogue) -> Told | None:
    """Say where a campaign is best founded; None where nothing is. Made once for all who read it in a language."""
    return _told(opened.key, area.kind, area.code, says.locale.language, opened, area, says)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _told(
    key: str, kind: str, code: str, language: str, _opened: Reading, _area: Area, _says: Catalogue
) -> Told | None:
    del key, kind, code, language
    listed = found(_opened, _area)
    if listed.empty:
        return None
    k, run = _opened.release.k, plots.last_months(_opened.release)
    drawn = Picture(
        areas.shape(_opened, _area), corners(listed, _opened), maps.map_texts(k, _says), maps.written(_says)
    )
    window = maps.of_zones(surface.window(areas.fitted(_opened), *run), _opened)
    return Told(
        names(listed, _opened, _says),
        reasons(listed, k, _says),
        rows(listed, _opened, _says),
        map_svg(_opened.release, _opened.territory, window, run, drawn),
        _says.text("prevention.map_alt", area=_area.name, names="; ".join(numbered(listed, _opened, _says))),
    )


def found(opened: Reading, area: Area) -> pd.DataFrame:
    """Return the listed squares of an area over the last twelve months, as ``priorities.listed``.

    With ``lon, lat`` of their middles, and ``scanned``: whether clusters were looked for at all.
    """
    surface = areas.fitted(opened)
    run = plots.last_months(opened.release)
    side = side_of(opened)
    known = priorities.squares(
        surface, opened.territory, areas.mine(opened, area), months_between(surface, *run), side_m=side
    )
    hotspots, states = _table(opened, "hotspots"), _table(opened, "states")
    empty = pd.DataFrame()
    known = priorities.reasoned(
        known,
        empty if hotspots is None else hotspots,
        empty if states is None else states,
        side_m=side,
        since=run[0],
    )
    chosen = priorities.listed(known)
    ends = territories.corners_wgs84(chosen["e"], chosen["n"], side, opened.territory.crs)
    middle = ends.mean(axis=1) if len(chosen) else np.empty((0, 2))
    return chosen.assign(lon=middle[:, 0], lat=middle[:, 1], scanned=hotspots is not None)


def corners(listed: pd.DataFrame, opened: Reading) -> Mapping[int, npt.NDArray[np.float64]]:
    """Return the corners of each square in degrees, by its number in the list."""
    found_at = territories.corners_wgs84(listed["e"], listed["n"], side_of(opened), opened.territory.crs)
    return dict(enumerate(found_at, start=1))


def side_of(opened: Reading) -> int:
    """Return the side of the squares: 2 km, or that of the smallest cell where it is larger or does not divide it."""
    cell_m = opened.release.cell_m
    return priorities.SIDE_M if priorities.SIDE_M % cell_m == 0 else cell_m


def rows(listed: pd.DataFrame, opened: Reading, says: Catalogue) -> pd.DataFrame:
    """Make the table of the squares."""
    head = says.under("column")
    return pd.DataFrame(
        {
            head["place_area"]: numbered(listed, opened, says),
            head["estimate"]: listed["estimate"].round().astype("Int64").mask(listed["low"] < opened.release.k),
            head["interval"]: [
                says.text("table.between", low=says.whole(low), high=says.whole(high))
                if low >= opened.release.k
                else says.text("bulletin.at_most", high=says.whole(high))
                for low, high in zip(listed["low"], listed["high"], strict=True)
            ],
            head["measured"]: listed["measured"],
            head["place_cluster"]: [
                cluster_text(p, side, says) if scanned else says.text("places.state_unsaid")
                for p, side, scanned in zip(listed["p_value"], listed["cluster_m"], listed["scanned"], strict=True)
            ],
            head["place_state"]: [says.text(f"places.state_{state or 'unsaid'}") for state in listed["state"]],
            head["residents"]: listed["residents"].round().astype("int64"),
        }
    )


def numbered(listed: pd.DataFrame, opened: Reading, says: Catalogue) -> list[str]:
    """Name squares with their number on the map."""
    named = enumerate(names(listed, opened, says), start=1)
    return [says.text("places.numbered", number=number, place=place) for number, place in named]


def reasons(listed: pd.DataFrame, k: int, says: Catalogue) -> list[str]:
    """Say of each square what supports it."""
    return [
        " ".join(
            [
                says.text(
                    "places.estimate",
                    n=says.whole(row.estimate),
                    low=says.whole(row.low),
                    high=says.whole(row.high),
                    measured=says.percent(row.measured),
                )
                if row.low >= k
                else says.text("places.at_most", high=says.whole(row.high), measured=says.percent(row.measured)),
                says.text("places.no_scan")
                if not row.scanned
                else says.text("places.no_cluster_said")
                if math.isnan(row.p_value)
                else says.text("places.cluster_said", cluster=cluster_text(row.p_value, row.cluster_m, says)),
                *([says.text("places.state_said", state=says.text(f"places.state_{row.state}"))] if row.state else []),
            ]
        )
        for row in _rows(listed)
    ]


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Rows whose values have the types of their columns, which the type checker cannot know."""
    return list(frame.itertuples())


def formats(says: Catalogue) -> Mapping[str, Format]:
    """Say how the numbers of ``rows`` are written."""
    head = says.under("column")
    return {head["estimate"]: says.whole, head["measured"]: says.percent, head["residents"]: says.whole}


def cluster_text(p_value: float, side_m: float, says: Catalogue) -> str:
    """Say whether a cluster is established there, and how often chance alone would do as much."""
    if math.isnan(p_value):
        return says.text("places.no_cluster")
    return says.text("places.cluster", size=says.kilometres(side_m), chance=chance_text(p_value, says))


def chance_text(p_value: float, says: Catalogue) -> str:
    """Say how often chance alone would show as much somewhere, rather than a p-value."""
    return says.text("places.chance", times=says.whole(np.ceil(1000 * p_value)), of=says.whole(1000))


def names(listed: pd.DataFrame, opened: Reading, says: Catalogue) -> list[str]:
    """Name squares by their commune, and by distance and direction from its town hall."""
    if listed.empty:
        return []
    named = places.of_areas(opened.territory, listed["area"], opened.release.cell_m)["place"]
    towns = opened.territory.communes.drop_duplicates("name").set_index("name")
    texts = []
    for area, lon, lat in zip(listed["area"], listed["lon"], listed["lat"], strict=True):
        place = str(named[area])
        if place not in towns.index:
            texts.append(place or says.text("places.square", area=area))
            continue
        texts.append(_from(place, (lon - towns["lon"][place], lat - towns["lat"][place]), lat, says))
    return texts


def _from(place: str, away: tuple[float, float], lat: float, says: Catalogue) -> str:
    east, north = away[0] * KM_A_DEGREE * float(np.cos(np.radians(lat))), away[1] * KM_A_DEGREE
    distance = float(np.hypot(east, north))
    if distance < CENTRAL_KM:
        return says.text("places.centre", place=place)
    point = POINTS[round(np.degrees(np.arctan2(east, north)) / 45) % len(POINTS)]
    return says.text("places.away", place=place, km=says.decimal(distance), point=says.text(f"places.point_{point}"))


def _table(opened: Reading, name: str) -> pd.DataFrame | None:
    """Return a derived table; None where this release does not allow it."""
    try:
        return reading.table(opened, name)
    except StatisticsError:
        return None
