"""What takes long to compute from a release, kept beside it in ``derived/``: reproducible from its facts, and no more.

Each table is a Parquet file; ``derived.json`` names the facts that they were computed from and the SHA-256 of each, so
that what is stale, or was changed by hand, is not used. What could not be computed is there by the sentence that says
why. A page that finds nothing computes it itself.
"""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import release as said
from analytics.statistics import (
    StatisticsError,
    alerts,
    backtest,
    concentration,
    contrast,
    forecasts,
    hotspots,
    surface,
)
from analytics.statistics.comparisons import YEAR
from analytics.statistics.posterior import Draws

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analytics.release import Release
    from analytics.territory import Territory

FOLDER: Final = "derived"
INDEX: Final = "derived.json"
FORMAT: Final = 2
DRAWS: Final = "draws"
BEFORE: Final = "draws_before"
EXPECTATIONS: Final = ("residents", "history")


def write(release: Release, territory: Territory, progress: Callable[[int, int], None] | None = None) -> dict[str, str]:
    """Compute every table of a release as it was read, and write it beside it.

    Parameters
    ----------
    release, territory
        What has been said, and its ground.
    progress
        Called with the number of tables done and to do.

    Returns
    -------
    dict
        Table -> the sentence that says why there is none, for those that could not be computed.

    Raises
    ------
    StatisticsError
        The facts are not those of the release's file: a view of some zones, or what was known earlier.
    """
    if not _facts_of(release):
        raise StatisticsError("Only a part of this release is at hand: write it into a folder of its own first.")
    folder = release.path / FOLDER
    folder.mkdir(exist_ok=True)
    files: dict[str, str] = {}
    without: dict[str, str] = {}
    for done, name in enumerate(TABLES):
        if progress is not None:
            progress(done, len(TABLES))
        try:
            frame = computed(name, release, territory)
        except StatisticsError as error:
            without[name] = str(error)
            continue
        stream = io.BytesIO()
        frame.to_parquet(stream, index=False)
        (folder / f"{name}.parquet").write_bytes(stream.getvalue())
        files[name] = hashlib.sha256(stream.getvalue()).hexdigest()
    index = {"format_version": FORMAT, "facts": _facts_of(release), "files": files, "without": without}
    (folder / (INDEX + said.NEXT)).write_text(json.dumps(index, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / (INDEX + said.NEXT)).replace(folder / INDEX)
    return without


def read(release: Release, name: str) -> pd.DataFrame | None:
    """Read a table that was computed from exactly these facts; None where there is none, and for a part of a release.

    Raises
    ------
    StatisticsError
        It could not be computed; the sentence says why.
    """
    index = _index(release.path / FOLDER)
    mine = _facts_of(release)
    if index is None or not mine or index.get("facts") != mine or index.get("format_version") != FORMAT:
        return None
    if name in index["without"]:
        raise StatisticsError(str(index["without"][name]))
    try:
        content = (release.path / FOLDER / f"{name}.parquet").read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != index["files"].get(name):
        return None
    return pd.read_parquet(io.BytesIO(content))


def draws(release: Release, name: str = DRAWS) -> Draws | None:
    """Draws of the surface as they were kept, of the release or as it was a year ago; None where there are none.

    Parameters
    ----------
    name
        ``DRAWS`` or ``BEFORE``.
    """
    try:
        kept = read(release, name)
    except StatisticsError:
        return None
    if kept is None:
        return None
    number = kept["draw"].to_numpy()
    begin = np.searchsorted(number, np.arange(int(number.max(initial=-1)) + 2))
    months = len(said.months(release)) - (YEAR if name == BEFORE else 0)
    return Draws(begin.astype(np.int64), kept["atom"].to_numpy(dtype=np.int32), months)


def computed(name: str, release: Release, territory: Territory) -> pd.DataFrame:
    """Compute a table, as ``write`` does.

    Raises
    ------
    StatisticsError
        It cannot be computed of this release; the sentence says what would be needed.
    """
    if name not in _COMPUTED:
        raise StatisticsError(f"There is no table {name!r}; known are {', '.join(TABLES)}.")
    return _COMPUTED[name](release, territory)


def _draws(release: Release, territory: Territory) -> pd.DataFrame:
    return _kept(surface.fit(release, territory).draws)


def _draws_before(release: Release, territory: Territory) -> pd.DataFrame:
    fitted = contrast.fit_before(release, territory)
    if fitted is None:
        raise StatisticsError("A year ago nothing had been published: 13 closed months would be enough to compare.")
    return _kept(fitted.draws)


def _kept(kept: Draws | None) -> pd.DataFrame:
    if kept is None:
        raise StatisticsError("The facts of this release are floors: no ways in which they may lie can be drawn.")
    number = np.repeat(np.arange(kept.number, dtype=np.int32), np.diff(kept.begin))
    return pd.DataFrame({"draw": number, "atom": kept.atom})


def _hotspots(release: Release, territory: Territory) -> pd.DataFrame:
    parts = {kind: hotspots.scan(release, territory, expectation=kind) for kind in EXPECTATIONS}
    return _labelled(parts, "expectation")


def _backtest(release: Release, territory: Territory) -> pd.DataFrame:
    areas = [territory.code, *territory.zones.index]
    return _labelled({area: backtest.score(backtest.of_area(release, area, territory)) for area in areas}, "area")


def _labelled(parts: dict[str, pd.DataFrame], column: str) -> pd.DataFrame:
    named = [part.assign(**{column: pd.array([name] * len(part), dtype="str")}) for name, part in parts.items()]
    return pd.concat(named, ignore_index=True)


_COMPUTED: Final[dict[str, Callable[[Release, Territory], pd.DataFrame]]] = {
    DRAWS: _draws,
    BEFORE: _draws_before,
    "hotspots": _hotspots,
    "states": hotspots.states,
    "alerts": alerts.everywhere,
    "forecasts": forecasts.everywhere,
    "backtest": _backtest,
    "steadiness": concentration.steadiness_of,
}
TABLES: Final = tuple(_COMPUTED)
"""Names of the tables: draws of the surface, now and as it was a year ago, clusters by both expectations, what places
have become, alerts, forecasts and how they would have gone so far, and how steady the first cells are."""


def _facts_of(release: Release) -> str:
    """SHA-256 of the facts as the manifest has it; empty where they are not, or not all, those of a file."""
    return str(release.manifest.get("files", {}).get(said.FACTS, ""))


def _index(folder: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found.get("files"), dict) and isinstance(found.get("without"), dict) else None
