"""What the pages read: release, territory and surface, opened once for everybody and again when they change.

The dashboard is told two paths by its environment: ``VIGIE_RELEASE`` (a folder) and ``VIGIE_TERRITORY`` (a TOML file).
A release that cannot be shown is a ``Problem``, which ``components.problem`` turns into a page.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release, ReleaseError
from analytics.statistics import derived, posterior, surface
from analytics.territory import Territory, TerritoryError
from dashboard import places
from dashboard.catalogue import LANGUAGES, language, spoken
from dashboard.components.square_map.layers import block_facts, map_payload
from dashboard.components.square_map.payload import SurfacePeriod
from dashboard.components.square_map.periods import Span, spans
from dashboard.facts import described
from dashboard.facts import zones_met as pairs_of

ROOT = Path(__file__).resolve().parent.parent
RELEASE, TERRITORY = "VIGIE_RELEASE", "VIGIE_TERRITORY"
FALLBACK = {RELEASE: ROOT / "var" / "release", TERRITORY: ROOT / "data" / "territory" / "doubs.toml"}


class Problem(Exception):  # noqa: N818 - it is what a page is about, not a fault of the program
    """Why nothing can be shown; ``kind`` names the page's text, ``said`` fills it."""

    def __init__(self, kind: str, **values: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.said = values


@dataclass(frozen=True, eq=False)
class Reading:
    """A release and its territory, and the key under which everything computed from the two is kept."""

    release: Release
    territory: Territory
    key: str

    @property
    def synthetic(self) -> bool:
        """Whether the reports behind the release are made up."""
        return bool(self.release.manifest.get("synthetic", False))


def folder() -> Path:
    """Return where the release is."""
    return Path(os.environ.get(RELEASE) or FALLBACK[RELEASE])


def territory_file() -> Path:
    """Return where the territory is described."""
    return Path(os.environ.get(TERRITORY) or FALLBACK[TERRITORY])


def opened() -> Reading:
    """Open the release and the territory, from the cache unless a file has changed.

    Raises
    ------
    Problem
        If there is nothing that can be shown.
    """
    place, ground = folder(), territory_file()
    release_key, territory_key = _digest(place / releases.MANIFEST), _digest(ground)
    release = _release(str(place), release_key)
    territory = _territory(str(ground), territory_key)
    named = release.manifest["territory"]
    if (str(named["code"]), str(named["crs"])) != (territory.code, territory.crs):
        raise Problem("other_territory", release=str(named["name"]), territory=territory.name, variable=TERRITORY)
    if not release.manifest["vintages"] or release.facts.empty:
        raise Problem("empty", folder=place.name, k=str(release.k))
    return Reading(release, territory, f"{release_key}{territory_key}")


def window(reading: Reading, span: Span) -> pd.DataFrame:
    """Estimate the cells in a run of months, as ``surface.window`` does, with one way of saying what is under k.

    Wherever the interval lies below k, ``low`` is 0, ``high`` k - 1 and ``said`` fewer than k.
    """
    return _window(_fitted(reading.key, reading), span)


def fitted(reading: Reading) -> surface.Surface:
    """Return the surface of the release, with its doubt. Not to be changed."""
    return _fitted(reading.key, reading)


def table(reading: Reading, name: str) -> pd.DataFrame:
    """Return a table that was computed from the release and kept beside it, or compute it. Not to be changed.

    Raises
    ------
    StatisticsError
        It cannot be computed of this release.
    """
    return _table(reading.key, name, reading)


def cells(reading: Reading) -> pd.DataFrame:
    """Return the smallest cells as ``territory.ground`` gives them, with the ``place`` of each. Not to be changed."""
    return _cells(reading.key, reading)


def periods(reading: Reading) -> dict[str, list[SurfacePeriod]]:
    """Return the surface of every period that can be chosen, by granularity."""
    return _periods(reading.key, reading)


def facts(reading: Reading) -> pd.DataFrame:
    """Return every fact as ``facts.described`` gives it. Not to be changed."""
    return _facts(reading.key, reading)


def zones_met(reading: Reading) -> pd.DataFrame:
    """Return which zones the ground of each fact meets, as ``facts.zones_met`` gives it. Not to be changed."""
    return _zones_met(reading.key, reading)


def blocks(reading: Reading) -> pd.DataFrame:
    """Return the exact blocks as the map gets them, with the ``place`` of each and ``others``. Not to be changed."""
    return _blocks(reading.key, reading)


def payload(reading: Reading) -> dict[str, Any]:
    """Return what the map is told, with its periods named in the reader's language."""
    return _payload(reading.key, language(), reading)


@st.cache_resource(max_entries=2, show_spinner=False)
def _fitted(key: str, _reading: Reading) -> surface.Surface:
    del key  # what the cache goes by
    kept = derived.draws(_reading.release)
    return surface.fit(_reading.release, _reading.territory, posterior.NUMBER if kept is None else kept)


@st.cache_resource(max_entries=16, show_spinner=False)
def _table(key: str, name: str, _reading: Reading) -> pd.DataFrame:
    del key
    kept = derived.read(_reading.release, name)
    return derived.computed(name, _reading.release, _reading.territory) if kept is None else kept


@st.cache_resource(max_entries=2, show_spinner=False)
def _cells(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    known = territories.ground(_reading.territory, _reading.release.cell_m)
    return known.assign(place=places.of_cells(_reading.territory, _reading.release.cell_m).to_numpy())


@st.cache_resource(max_entries=2, show_spinner=False)
def _periods(key: str, _reading: Reading) -> dict[str, list[SurfacePeriod]]:
    del key
    known = _fitted(_reading.key, _reading)
    return {
        name: [SurfacePeriod.of(span, _window(known, span)) for span in found]
        for name, found in spans(releases.months(_reading.release)).items()
    }


def _window(known: surface.Surface, span: Span) -> pd.DataFrame:
    return surface.window(known, span.first, span.last)


@st.cache_resource(max_entries=2, show_spinner=False)
def _facts(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    return described(_reading.release, _reading.territory)


@st.cache_resource(max_entries=2, show_spinner=False)
def _zones_met(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    return pairs_of(_reading.release.facts, _reading.territory, _reading.release.cell_m)


@st.cache_resource(max_entries=2, show_spinner=False)
def _blocks(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    found = block_facts(_reading.release, _reading.territory)
    named = places.of_areas(_reading.territory, found["area"], _reading.release.cell_m)
    return found.join(named, on="area")


@st.cache_resource(max_entries=2 * len(LANGUAGES), show_spinner=False)
def _payload(key: str, spoken_in: str, _reading: Reading) -> dict[str, Any]:
    del key, spoken_in
    return map_payload(
        _reading.release, _reading.territory, cells=cells(_reading), periods=periods(_reading), label=_label
    )


def _label(granularity: str, span: Span) -> str:
    """Name a period as a title."""
    named = spoken().period(granularity, span.first, span.last)
    return named[:1].upper() + named[1:]


@st.cache_resource(max_entries=2, show_spinner=False)
def _release(path: str, key: str) -> Release:
    del key
    try:
        return releases.read(path)
    except ReleaseError as error:
        raise _problem(Path(path)) from error


@st.cache_resource(max_entries=2, show_spinner=False)
def _territory(path: str, key: str) -> Territory:
    del key
    try:
        return territories.load(path)
    except (OSError, TerritoryError) as error:
        raise Problem("territory", file=Path(path).name, detail=str(error), variable=TERRITORY) from error


def _problem(path: Path) -> Problem:
    """Tell which of the reasons it is for which a release is refused."""
    manifest = path / releases.MANIFEST
    if not manifest.is_file():
        return Problem("missing", folder=path.name, variable=RELEASE)
    try:
        content: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        version = int(content["format_version"])
    except (OSError, ValueError, KeyError, TypeError):
        return Problem("manifest", folder=path.name, file=releases.MANIFEST)
    if version > releases.FORMAT_VERSION:
        return Problem("newer", folder=path.name, version=str(version), known=str(releases.FORMAT_VERSION))
    return Problem("changed", folder=path.name, file=releases.FACTS)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
