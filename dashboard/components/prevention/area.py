"""The area that the page is about: a zone, or a commune in it; kept in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
import streamlit as st

from analytics import territory as territories
from analytics.restricted import TO
from analytics.statistics.sums_of_ground import NOWHERE, grouped
from dashboard import address, reading
from dashboard.catalogue import spoken

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from analytics.statistics.surface import Surface
    from dashboard.reading import Reading

ZONE, COMMUNE = "prevention-zone", "prevention-commune"
WHOLE_ZONE: Final = ""


@dataclass(frozen=True)
class Area:
    """A zone, a commune, or the whole territory.

    Attributes
    ----------
    kind
        ``zone``, ``commune`` or ``whole``.
    code
        Zone id, code of the commune, code of the territory.
    name
        As shown.
    zone
        The zone that it is, or lies in; empty for the whole territory.
    """

    kind: str
    code: str
    name: str
    zone: str

    @property
    def published(self) -> str | None:
        """Id under which totals of it are published; None for a commune."""
        return None if self.kind == "commune" else self.code


def choose(opened: Reading) -> Area:
    """Ask for a zone and, if one wants less, a commune in it."""
    says, zones = spoken(), names(opened)
    titles, zone_of = reading.kept(opened, "towns", lambda: _towns(opened))

    def commune(text: str) -> str:
        if text not in zone_of:
            raise ValueError(text)
        return text

    first = str(zones.index[0])
    address.follow("zone", ZONE, first, lambda text: text if text in zones.index else first)
    address.follow("commune", COMMUNE, WHOLE_ZONE, commune)
    if st.session_state[COMMUNE]:
        st.session_state[ZONE] = zone_of[st.session_state[COMMUNE]]
    columns = st.columns(2)
    with columns[0]:
        zone = st.selectbox(
            says.text("prevention.zone"),
            list(zones.index),
            format_func=lambda code: str(zones[code]),
            key=ZONE,
            on_change=lambda: _changed(first),
        )
    inside = sorted((code for code, of in zone_of.items() if of == zone), key=titles.__getitem__)
    if len(inside) < 2:  # noqa: PLR2004 - a single commune is the zone
        return Area("zone", str(zone), str(zones[zone]), str(zone))
    with columns[1]:
        chosen = st.selectbox(
            says.text("prevention.commune"),
            [WHOLE_ZONE, *inside],
            format_func=lambda code: str(titles[code]) if code else says.text("prevention.whole_zone"),
            key=COMMUNE,
            on_change=lambda: address.write("commune", COMMUNE, WHOLE_ZONE),
        )
    if not chosen:
        return Area("zone", str(zone), str(zones[zone]), str(zone))
    return Area("commune", str(chosen), str(titles[chosen]), str(zone))


def _towns(opened: Reading) -> tuple[dict[str, str], dict[str, str]]:
    """Return name and zone of each commune that has a cell of the reader's zones, by its code."""
    towns = opened.territory.communes.set_index("code")
    held = towns[towns.index.isin(set(communes(opened)) - {""}) & towns["zone"].isin(names(opened).index)]
    codes = [str(code) for code in held.index]
    return (
        dict(zip(codes, held["name"].astype(str), strict=True)),
        dict(zip(codes, held["zone"].astype(str), strict=True)),
    )


def whole(opened: Reading) -> Area:
    """Return the whole territory."""
    return Area("whole", opened.territory.code, opened.territory.name, "")


def zone_of(opened: Reading, area: Area) -> Area:
    """Return the zone in which an area lies, or which it is."""
    return Area("zone", area.zone, str(opened.territory.zones["name"][area.zone]), area.zone)


def everything(opened: Reading) -> bool:
    """Tell whether the reader sees all zones, and so the totals of the whole territory."""
    return reading.kept(opened, "everything", lambda: bool((opened.release.facts["table"] == "departement").any()))


def fitted(opened: Reading) -> Surface:
    """Return the surface: of the whole release, even where the reader sees only a part of it."""
    return reading.fitted(getattr(opened, "whole", opened))


def communes(opened: Reading) -> npt.NDArray[np.str_]:
    """Return the code of the commune that holds the middle of each of the reader's cells; empty where none does."""
    return _communes(opened.key, opened)


def mine(opened: Reading, area: Area) -> npt.NDArray[np.bool_]:
    """Tell which cells of the surface are the area's."""
    cells = fitted(opened).cells
    if area.kind == "whole":
        return np.ones(len(cells), dtype=np.bool_)
    if area.kind == "zone":
        return np.asarray(cells["zone"] == area.code, dtype=np.bool_)
    own = territories.ground(opened.territory, opened.release.cell_m)["cell"][communes(opened) == area.code]
    return np.asarray(cells["cell"].isin(own), dtype=np.bool_)


def units(opened: Reading, area: Area) -> npt.NDArray[np.int64]:
    """Return 0 for the units of the surface that are the area's (a commune has no unlocated ones), -1 for others."""
    surface = fitted(opened)
    zones = {"zone": [area.code], "whole": list(surface.zones), "commune": []}[area.kind]
    inside = np.where(mine(opened, area), 0, NOWHERE).astype(np.int64)
    return grouped(surface, inside, dict.fromkeys(zones, 0))


def residents(opened: Reading, area: Area) -> float:
    """Return the inhabitants of the area's cells."""
    return float(fitted(opened).cells["residents"][mine(opened, area)].sum())


def shape(opened: Reading, area: Area) -> Any:  # noqa: ANN401 - a shapely geometry, or None for a box
    """Return the ground of the area in degrees; None for the whole territory, or where communes are not known."""
    towns = opened.territory.communes
    column = {"zone": "zone", "commune": "code"}.get(area.kind)
    if column is None or towns.empty:
        return None
    return shapely.union_all(towns.geometry[towns[column] == area.code].to_numpy())


@st.cache_resource(max_entries=8, show_spinner=False)
def _communes(key: str, _opened: Reading) -> npt.NDArray[np.str_]:
    del key
    cells = territories.ground(_opened.territory, _opened.release.cell_m)
    towns = _opened.territory.communes
    codes = np.full(len(cells), "", dtype="<U12")
    if towns.empty:
        return codes
    corners = territories.corners_wgs84(cells["e"], cells["n"], _opened.release.cell_m, _opened.territory.crs)
    middle, town = shapely.STRtree(towns.geometry.to_numpy()).query(
        shapely.points(corners.mean(axis=1)), predicate="within"
    )
    codes[middle] = towns["code"].to_numpy(dtype=str)[town]
    return codes


def _changed(first: str) -> None:
    st.session_state[COMMUNE] = WHOLE_ZONE
    address.put("commune", None)
    address.write("zone", ZONE, first)


def names(opened: Reading) -> pd.Series:
    """Return zone id -> name, of the zones that the release is about."""

    def made() -> pd.Series:
        every = opened.territory.zones["name"]
        return every[every.index.isin(opened.release.manifest.get(TO, every.index))]

    return reading.kept(opened, "zone-names", made)
