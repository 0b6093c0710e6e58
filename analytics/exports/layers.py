"""The layers of a release: every fact with its ground, the estimate of each cell, the zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analytics import release as said
from analytics import territory as ground_floor
from analytics.exports.facts import density, described
from analytics.exports.texts import texts
from analytics.territory import places

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.territory import Territory

FACTS: Final = "facts"
"""The layer of facts of several tables together, for formats that hold one layer."""
SURFACE: Final = "surface"
ZONES: Final = "zones"
TABLES: Final = ("blocks", "outlook", "series", "departement", "breakdown")
LAYERS: Final = (*TABLES, SURFACE, ZONES)
DECIMALS: Final = 4


@dataclass(frozen=True)
class Run:
    """A run of whole months, both ends included."""

    first: pd.Period
    last: pd.Period

    @property
    def months(self) -> int:
        """How many months it has."""
        return int((self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1)


def of_facts(
    release: Release, territory: Territory, facts: pd.DataFrame | None = None, *, language: str = "fr"
) -> gpd.GeoDataFrame:
    """Give facts with their ground.

    Parameters
    ----------
    facts
        As from ``facts.described``, or some of them; by default all.
    language
        Of the sentence in ``holds``.

    Returns
    -------
    geopandas.GeoDataFrame
        The release's columns, then ``size_m``, ``nominal``, ``density``, ``place``, ``others``, ``holds`` and the
        geometry in the territory's CRS.
    """
    known = described(release, territory) if facts is None else facts
    words = texts(language)
    frame = pd.DataFrame(known[list(said.COLUMNS)]).reset_index(drop=True)
    level = frame["area_level"]
    frame["size_m"] = pd.to_numeric(level.where(level.str.isdigit()), errors="coerce").astype("Int64")
    frame["nominal"] = known["nominal"].to_numpy(dtype=np.int64)
    frame["density"] = density(frame, release.cell_m).round(DECIMALS)
    frame["place"] = known["place"].to_numpy()
    frame["others"] = known["others"].to_numpy(dtype=np.int64)
    frame["holds"] = _holds(frame, words)
    return gpd.GeoDataFrame(frame, geometry=_ground_of(frame, territory), crs=territory.crs)


def of_surface(
    release: Release, territory: Territory, window: pd.DataFrame, run: Run, *, language: str = "fr"
) -> gpd.GeoDataFrame:
    """Give the estimate of each smallest cell, with its ground.

    Parameters
    ----------
    window
        As from ``statistics.surface.window``.
    run
        The months that the window was made for.

    Returns
    -------
    geopandas.GeoDataFrame
        ``area``, ``zone``, ``place``, ``first``, ``last``, ``estimate``, ``low``, ``high``, ``measured``, ``said``,
        ``covered`` and ``nominal`` (the cell's months), ``residents``, ``density``, ``holds`` and the geometry. No
        interval lies strictly within 1 to k - 1.
    """
    words, k = texts(language), release.k
    cells = ground_floor.ground(territory, release.cell_m).set_index("cell")
    names = places.of_cells(territory, release.cell_m)
    fewer = ((window["said"] == "fewer_than_k") | (window["high"] < k)).to_numpy()
    low, high = np.where(fewer, 0, np.floor(window["low"])), np.where(fewer, k - 1, np.ceil(window["high"]))
    ids = window["cell"].to_numpy()
    frame = pd.DataFrame(
        {
            "area": ids,
            "zone": cells["zone"].reindex(ids).to_numpy(),
            "place": names.reindex(ids).to_numpy(),
            "first": str(run.first),
            "last": str(run.last),
            "estimate": window["estimate"].round(DECIMALS).to_numpy(),
            "low": low.astype(np.int64),
            "high": high.astype(np.int64),
            "measured": window["measured"].round(DECIMALS).to_numpy(),
            "said": np.where(fewer, "fewer_than_k", "estimate"),
            "covered": run.months,
            "nominal": run.months,
            "residents": np.floor(window["residents"]).astype(np.int64).to_numpy(),
        }
    )
    years_km2 = (release.cell_m / 1000) ** 2 * run.months / 12
    frame["density"] = (frame["estimate"] / years_km2).round(DECIMALS)
    frame["holds"] = [
        words["fewer"].format(k=k) if f else words["between"].format(low=a, high=b)
        for f, a, b in zip(fewer, frame["low"], frame["high"], strict=True)
    ]
    geometry = ground_floor.squares(window["e"], window["n"], release.cell_m)
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=territory.crs)


def of_zones(release: Release, territory: Territory) -> gpd.GeoDataFrame:
    """Give the zones: ``area`` (id), ``name``, ``residents`` and the geometry."""
    cells = ground_floor.ground(territory, release.cell_m)
    lives = cells.groupby("zone")["residents"].sum().reindex(territory.zones.index, fill_value=0.0)
    frame = pd.DataFrame(
        {
            "area": territory.zones.index.astype("str"),
            "name": territory.zones["name"].to_numpy(),
            "residents": np.floor(lives).astype(np.int64).to_numpy(),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=_many(np.array(territory.shapes, dtype=object)), crs=territory.crs)


def _holds(frame: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Say of each fact what it does not hold."""
    sentences = []
    for covered, nominal in zip(frame["covered"], frame["nominal"], strict=True):
        share = min(max(round(100 * covered / nominal), 1), 99)
        part = words["holds_part"].format(share=share)
        sentences.append(words["holds_all"] if covered >= nominal else part)
    return sentences


def _ground_of(frame: pd.DataFrame, territory: Territory) -> npt.NDArray[np.object_]:
    """Polygons of the facts' areas: squares, zones, the whole territory."""
    known: dict[str, object] = dict(zip(territory.zones.index, territory.shapes, strict=True))
    known[territory.code] = shapely.union_all(np.array(territory.shapes, dtype=object))
    square = frame["area_level"].str.isdigit()
    ids = frame.loc[square, "area"].unique()
    parsed = ground_floor.parse_cell_ids(ids)
    for size in parsed["size_m"].unique():
        here = (parsed["size_m"] == size).to_numpy()
        drawn = ground_floor.squares(parsed["e"][here], parsed["n"][here], int(size))
        known |= dict(zip(ids[here], drawn, strict=True))
    found = np.empty(len(frame), dtype=object)
    found[:] = [known[area] for area in frame["area"]]
    # One kind of geometry a layer, as a GeoPackage wants it.
    return found if square.all() else _many(found)


def _many(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    found = np.empty(len(shapes), dtype=object)
    found[:] = [shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape]) for shape in shapes]
    return found
