"""Which layers of a release go into a file, and for which months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.exports.about import About, about
from analytics.exports.errors import ExportError
from analytics.exports.facts import Filter, chosen, described, zones_met
from analytics.exports.layers import FACTS, LAYERS, SURFACE, TABLES, ZONES, Run, of_facts, of_surface, of_zones
from analytics.exports.texts import LANGUAGES
from analytics.plots import palette
from analytics.plots.squares import surface_density
from analytics.release import ReleaseError
from analytics.statistics import derived, posterior, surface

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.territory import Territory

LAST_MONTHS: Final = 12
EVERYTHING: Final = Filter()


@dataclass(frozen=True, eq=False)
class Gathered:
    """What goes into a file.

    Attributes
    ----------
    layers
        Name -> layer, none of them empty.
    told
        What the file says of itself.
    breaks
        Lower bounds of the colours' classes.
    """

    layers: dict[str, gpd.GeoDataFrame]
    told: About
    breaks: tuple[float, ...]


def gather(
    release: Release,
    territory: Territory,
    names: Sequence[str] = LAYERS,
    *,
    wanted: Filter = EVERYTHING,
    window: Callable[[Run], pd.DataFrame] | None = None,
    language: str = "fr",
) -> Gathered:
    """Make the layers of a file.

    Parameters
    ----------
    names
        Some of ``LAYERS``, or ``facts`` for the facts of all wanted tables in one layer.
    wanted
        Which facts; by default all. Its months are those of the estimate too, by default the last twelve closed ones.
    window
        Gives the surface of a run of months, as ``statistics.surface.window``; by default it is fitted here, with the
        draws that lie beside the release.
    language
        ``fr`` or ``en``.

    Raises
    ------
    ReleaseError
        Nothing was published yet.
    ExportError
        Months that are not closed, a zone, a layer or a language that there is not.
    """
    run = months_of(release, wanted)
    _check(names, wanted, territory, language)
    told = about(release, territory, run, language=language)
    layers: dict[str, gpd.GeoDataFrame] = {}
    tables = [name for name in names if name in {FACTS, *TABLES}]
    if tables:
        known = described(release, territory)
        facts = chosen(known, zones_met(known, territory, release.cell_m), wanted)
        parts = {name: facts if name == FACTS else facts[facts["table"] == name] for name in tables}
        layers |= {
            name: of_facts(release, territory, part, language=language) for name, part in parts.items() if len(part)
        }
    breaks = palette.density_breaks(_densities(layers))
    if SURFACE in names:
        estimate = (window or _fitted(release, territory))(run)
        layers[SURFACE] = of_surface(release, territory, estimate, run, language=language)
        breaks = palette.density_breaks(surface_density(estimate, release.cell_m, run.months))
    if ZONES in names:
        layers[ZONES] = of_zones(release, territory)
    return Gathered({name: layers[name] for name in names if name in layers}, told, breaks)


def months_of(release: Release, wanted: Filter) -> Run:
    """Give the months of the estimate: those that are wanted, or the last twelve closed ones.

    Raises
    ------
    ReleaseError
        Nothing was published yet.
    ExportError
        They are not closed months of the release, or in the wrong order.
    """
    closed = said.months(release)
    if not len(closed):
        raise ReleaseError("No month of this release is closed yet, so there is nothing to export; publish one first.")
    last = wanted.last if wanted.last is not None else closed[-1]
    first = wanted.first if wanted.first is not None else max(closed[0], last - (LAST_MONTHS - 1))
    if first not in closed or last not in closed or first > last:
        raise ExportError(
            f"From {first} to {last} is no run of closed months of this release: they go from {closed[0]} to "
            f"{closed[-1]}."
        )
    return Run(first, last)


def month(text: str) -> pd.Period:
    """Read a month such as 2025-07.

    Raises
    ------
    ExportError
        It is none.
    """
    try:
        return pd.Period(text, freq="M")
    except ValueError:
        raise ExportError(f"{text!r} is no month: write it as 2025-07.") from None


def _check(names: Sequence[str], wanted: Filter, territory: Territory, language: str) -> None:
    if language not in LANGUAGES:
        raise ExportError(f"There is no language {language!r}; known are {', '.join(LANGUAGES)}.")
    layers = (*LAYERS, FACTS)
    strange = [name for name in names if name not in layers]
    if strange:
        raise ExportError(f"There is no layer {strange[0]!r}; known are {', '.join(layers)}.")
    zones = [zone for zone in wanted.zones if zone not in territory.zones.index]
    if zones:
        raise ExportError(f"There is no zone {zones[0]!r}; known are {', '.join(territory.zones.index)}.")


def _densities(layers: dict[str, gpd.GeoDataFrame]) -> npt.NDArray[np.float64]:
    found = [layers[name]["density"] for name in ("blocks", FACTS, "outlook") if name in layers]
    return np.asarray(found[0] if found else [], dtype=np.float64)


def _fitted(release: Release, territory: Territory) -> Callable[[Run], pd.DataFrame]:
    kept = derived.draws(release)
    fitted = surface.fit(release, territory, posterior.NUMBER if kept is None else kept)
    return lambda run: surface.window(fitted, run.first, run.last)
