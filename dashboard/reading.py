"""What the pages read: the release of the reader's audience, its territory and surface, opened once for everybody.

Which release that is, and which zones of it, ``access`` says; without sign-in the environment does:
``VIGIE_RELEASE`` (a folder). ``VIGIE_TERRITORY`` names the territory (a TOML file). A release that cannot be shown is a
``Problem``, which ``components.text.explain`` turns into a page.

Whoever answers for some zones only gets the facts, cells, rows and names of these. What is estimated or drawn is
computed of the whole release all the same, since a part of it does not tell what the rest has counted before; it is cut
down afterwards. The caches go by what the reader may see: nobody is handed what was made for somebody else.
"""

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release
from analytics.restricted import restricted
from analytics.statistics import StatisticsError, contrast, derived, posterior, surface
from analytics.territory import Territory, area_of_cells
from dashboard import places
from dashboard.access import reader as access
from dashboard.access.config import VARIABLE
from dashboard.access.ground import limited
from dashboard.catalogue import LANGUAGES, language, spoken
from dashboard.comparing import compared
from dashboard.components.square_map.comparison import Comparison
from dashboard.components.square_map.layers import block_facts, map_payload
from dashboard.components.square_map.payload import SurfacePeriod
from dashboard.components.square_map.periods import Span, spans
from dashboard.facts import described
from dashboard.facts import zones_met as pairs_of
from dashboard.files import AUDIENCES, RELEASE, TERRITORY, digest, release_at, territory_at
from dashboard.problem import Problem

__all__ = ["RELEASE", "TERRITORY", "Problem", "Reading", "opened"]

ROOT = Path(__file__).resolve().parent.parent
FALLBACK = {RELEASE: ROOT / "var" / "release", TERRITORY: ROOT / "data" / "territory" / "doubs.toml"}
VIEWS = 12  # the same, cut down to the zones of different readers
KEPT = 1000  # charts, tables and sentences of pages

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Reading:
    """What one reader may see of a release and its territory.

    Attributes
    ----------
    release, territory
        Of a reader with a limit of zones the facts and the ground of these zones, and no other.
    key
        Under which everything computed from the two is kept: the files, the audience and the zones.
    zones
        Those to which the reader is limited; None without a limit.
    uncut
        What the release says of all zones, for a reader with a limit: to compute from, never to show.
    reader
        For whom it was opened.
    """

    release: Release
    territory: Territory
    key: str
    zones: tuple[str, ...] | None = None
    uncut: "Reading | None" = None
    reader: access.Reader = access.NOBODY

    @property
    def synthetic(self) -> bool:
        """Whether the reports behind the release are made up."""
        return bool(self.release.manifest.get("synthetic", False))

    @property
    def whole(self) -> "Reading":
        """The release of the audience without the limit of zones."""
        return self.uncut or self

    @property
    def limited(self) -> bool:
        """Whether something is held back from this reader that others of the audience see."""
        return self.uncut is not None


def folder() -> Path:
    """Return where the reader's release is."""
    return access.current().folder or Path(os.environ.get(RELEASE) or FALLBACK[RELEASE])


def territory_file() -> Path:
    """Return where the territory is described."""
    return Path(os.environ.get(TERRITORY) or FALLBACK[TERRITORY])


def opened() -> Reading:
    """Open the reader's release and the territory, from the cache unless a file has changed.

    Raises
    ------
    Problem
        If there is nothing that can be shown, or nothing that this reader may see.
    """
    reader = access.current()
    place, ground = folder(), territory_file()
    release_key, territory_key = digest(place / releases.MANIFEST), digest(ground)
    release = release_at(str(place), release_key)
    territory = territory_at(str(ground), territory_key)
    named = release.manifest["territory"]
    if (str(named["code"]), str(named["crs"])) != (territory.code, territory.crs):
        raise Problem("other_territory", release=str(named["name"]), territory=territory.name, variable=TERRITORY)
    _allowed(release, reader, place)
    if not release.manifest["vintages"] or release.facts.empty:
        raise Problem("empty", folder=place.name, k=str(release.k))
    whole = Reading(release, territory, f"{reader.audience}:{release_key}{territory_key}")
    if reader.zones is None or set(territory.zones.index) <= set(reader.zones):
        return replace(whole, reader=reader)
    view = _cut(f"{whole.key}:{','.join(reader.zones)}", reader.zones, whole)
    return replace(view, reader=reader, uncut=replace(whole, reader=reader))


def _allowed(release: Release, reader: access.Reader, place: Path) -> None:
    """Refuse a release of another audience, and real reports where nobody signs in."""
    audience = str(release.manifest["audience"])
    if reader.signed_in and audience != reader.audience:
        raise Problem("audience", folder=place.name, audience=audience, expected=reader.audience)
    if not reader.signed_in and release.manifest.get("synthetic") is not True:
        raise Problem("real_reports", folder=place.name, variable=VARIABLE)


@st.cache_resource(max_entries=VIEWS, show_spinner=False)
def _cut(key: str, zones: tuple[str, ...], _whole: Reading) -> Reading:
    strange = sorted(set(zones) - set(_whole.territory.zones.index))
    if strange:
        raise Problem("strange_zone", zone=strange[0], variable=VARIABLE)
    view = restricted(_whole.release, _whole.territory, zones)
    if view.facts.empty:
        raise Problem("empty", folder=_whole.release.path.name, k=str(view.k))
    ground = limited(_whole.territory, zones, view.cell_m)
    return Reading(view, ground, key, zones, _whole)


def _checked(reading: Reading) -> Reading:
    """Make sure that who asks may still see what was opened for the page: a fragment runs without passing the door."""
    try:
        now, then = access.current(), reading.reader
    except Problem:
        _again()
    if (now.who, now.audience, now.zones) != (then.who, then.audience, then.zones):
        _again()
    return reading


def _again() -> NoReturn:
    """Run the page again from its beginning, where the door tells the reader what has changed."""
    st.rerun()
    raise Problem("expired")  # outside a page there is nothing to run again


def window(reading: Reading, span: Span) -> pd.DataFrame:
    """Estimate the cells in a run of months, as ``surface.window`` does, with one way of saying what is under k.

    Wherever the interval lies below k, ``low`` is 0, ``high`` k - 1 and ``said`` fewer than k.
    """
    return _window(_checked(reading), span)


def fitted(reading: Reading) -> surface.Surface:
    """Return the surface of every cell and month of the audience's release. Not to be changed.

    To add up ground in: for a reader with a limit of zones it holds cells that are not theirs, so what is shown of it
    must be sums over cells of their zones (``territory.zones`` are theirs alone).
    """
    whole = _checked(reading).whole
    return _fitted(whole.key, whole)


def table(reading: Reading, name: str) -> pd.DataFrame:
    """Return a table that was computed from the release and kept beside it, or compute it. Not to be changed.

    A reader with a limit of zones gets the rows about these.

    Raises
    ------
    StatisticsError
        It cannot be computed of this release, or speaks of no area that a reader with a limit of zones may see.
    """
    return _table(_checked(reading).key, name, reading)


def cells(reading: Reading) -> pd.DataFrame:
    """Return the smallest cells as ``territory.ground`` gives them, with the ``place`` of each. Not to be changed."""
    return _cells(_checked(reading).key, reading)


def periods(reading: Reading) -> dict[str, list[SurfacePeriod]]:
    """Return the surface of every period that can be chosen, by granularity."""
    return _periods(_checked(reading).key, reading)


def facts(reading: Reading) -> pd.DataFrame:
    """Return every fact as ``facts.described`` gives it. Not to be changed."""
    return _facts(_checked(reading).key, reading)


def zones_met(reading: Reading) -> pd.DataFrame:
    """Return which zones the ground of each fact meets, as ``facts.zones_met`` gives it. Not to be changed."""
    return _zones_met(_checked(reading).key, reading)


def blocks(reading: Reading) -> pd.DataFrame:
    """Return the exact blocks as the map gets them, with the ``place`` of each and ``others``. Not to be changed."""
    return _blocks(_checked(reading).key, reading)


def payload(reading: Reading) -> dict[str, Any]:
    """Return what the map is told, with its periods named in the reader's language."""
    return _payload(_checked(reading).key, language(), reading)


def kept(reading: Reading, what: Hashable, make: Callable[[], T]) -> T:
    """Make something once that depends on the release, the reader's limits, the language and ``what`` alone.

    It is handed to everybody of whom the same is true: not to be changed.
    """
    found: T = _kept(_checked(reading).key, language(), what, make)
    return found


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _kept(key: str, spoken_in: str, what: Hashable, _make: Callable[[], Any]) -> Any:  # noqa: ANN401 - anything
    del key, spoken_in, what
    return _make()


@st.cache_resource(max_entries=AUDIENCES, show_spinner=False)
def _fitted(key: str, _whole: Reading) -> surface.Surface:
    del key  # what the cache goes by
    kept = derived.draws(_whole.release)
    return surface.fit(_whole.release, _whole.territory, posterior.NUMBER if kept is None else kept)


@st.cache_resource(max_entries=8 * (AUDIENCES + VIEWS), show_spinner=False)
def _table(key: str, name: str, _reading: Reading) -> pd.DataFrame:
    del key
    if _reading.uncut is not None:
        return _own_rows(_table(_reading.uncut.key, name, _reading.uncut), _reading)
    kept = derived.read(_reading.release, name)
    return derived.computed(name, _reading.release, _reading.territory) if kept is None else kept


def _own_rows(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Rows about areas that lie wholly on the reader's ground."""
    if "area" not in frame:
        raise StatisticsError("This table speaks of the whole territory: it is not cut down to some of its zones.")
    own = _areas_inside(reading, frame.get("area_level"))
    return frame[frame["area"].isin(own)].reset_index(drop=True)


def _areas_inside(reading: Reading, levels: "pd.Series[str] | None") -> set[str]:
    """Ids of the areas of some levels whose every smallest cell is of the reader's zones; without levels the zones."""
    ground = territories.ground(reading.whole.territory, reading.release.cell_m)
    mine = ground["zone"].isin(reading.territory.zones.index)
    found = {str(zone) for zone in reading.territory.zones.index}
    for level in [] if levels is None else levels.unique():
        whole = mine.groupby(area_of_cells(ground, str(level), reading.whole.territory).to_numpy()).all()
        found |= {str(area) for area in whole.index[whole]}
    return found


@st.cache_resource(max_entries=AUDIENCES + VIEWS, show_spinner=False)
def _cells(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    known = territories.ground(_reading.territory, _reading.release.cell_m)
    return known.assign(place=places.of_cells(_reading.territory, _reading.release.cell_m).to_numpy())


@st.cache_resource(max_entries=AUDIENCES + VIEWS, show_spinner=False)
def _periods(key: str, _reading: Reading) -> dict[str, list[SurfacePeriod]]:
    del key
    if _reading.uncut is not None:
        own = _own_cells(_reading)
        whole = _periods(_reading.uncut.key, _reading.uncut)
        return {name: [period.of_cells(own) for period in found] for name, found in whole.items()}
    return {
        name: [SurfacePeriod.of(span, _window(_reading, span)) for span in found]
        for name, found in spans(releases.months(_reading.release)).items()
    }


@st.cache_resource(max_entries=AUDIENCES + VIEWS, show_spinner=False)
def _compared(key: str, _reading: Reading) -> Comparison:
    del key
    if _reading.uncut is not None:
        return _compared(_reading.uncut.key, _reading.uncut).of_cells(_own_cells(_reading))
    release, ground = _reading.release, _reading.territory
    kept = derived.draws(release, derived.BEFORE)
    before = contrast.fit_before(release, ground, posterior.NUMBER if kept is None else kept)
    return compared(_fitted(_reading.key, _reading), before, _periods(_reading.key, _reading))


def _window(reading: Reading, span: Span) -> pd.DataFrame:
    frame = surface.window(_fitted(reading.whole.key, reading.whole), span.first, span.last)
    return frame if reading.uncut is None else frame[_own_cells(reading)].reset_index(drop=True)


def _own_cells(reading: Reading) -> npt.NDArray[np.bool_]:
    """Which of the territory's cells are of the reader's zones."""
    ground = territories.ground(reading.whole.territory, reading.release.cell_m)
    return np.asarray(ground["zone"].isin(reading.territory.zones.index))


@st.cache_resource(max_entries=AUDIENCES + VIEWS, show_spinner=False)
def _facts(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    return described(_reading.release, _reading.territory)


@st.cache_resource(max_entries=AUDIENCES + VIEWS, show_spinner=False)
def _zones_met(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    return pairs_of(_reading.release.facts, _reading.territory, _reading.release.cell_m)


@st.cache_resource(max_entries=AUDIENCES + VIEWS, show_spinner=False)
def _blocks(key: str, _reading: Reading) -> pd.DataFrame:
    del key
    found = _block_facts(_reading)
    named = places.of_areas(_reading.territory, found["area"], _reading.release.cell_m)
    return found.join(named, on="area")


def _block_facts(reading: Reading) -> pd.DataFrame:
    """Blocks with the months of which each speaks; these only the whole ladder tells."""
    found = block_facts(reading.whole.release, reading.whole.territory)
    if reading.uncut is None:
        return found
    return found[found["area"].isin(_areas_inside(reading, found["area_level"]))].reset_index(drop=True)


@st.cache_resource(max_entries=(AUDIENCES + VIEWS) * len(LANGUAGES), show_spinner=False)
def _payload(key: str, spoken_in: str, _reading: Reading) -> dict[str, Any]:
    del key, spoken_in
    return map_payload(
        _reading.release,
        _reading.territory,
        cells=cells(_reading),
        periods=periods(_reading),
        label=_label,
        compared=_compared(_reading.key, _reading),
        facts=_block_facts(_reading),
    )


def _label(granularity: str, span: Span) -> str:
    """Name a period as a title."""
    named = spoken().period(granularity, span.first, span.last)
    return named[:1].upper() + named[1:]
