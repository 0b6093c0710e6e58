"""The squares of a map as GeoJSON: what is estimated and what was published, each with its class and its hover text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analytics import release as said
from analytics import territory as ground_floor
from analytics.plots import palette
from analytics.plots.texts import fill, number, short, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from analytics.release import Release
    from analytics.territory import Territory

Features = dict[str, Any]
LISTED: Final = 4
DIGITS: Final = 5


def surface_density(window: pd.DataFrame, cell_m: int, months: int) -> npt.NDArray[np.float64]:
    """Estimated episodes per km2 per year of each cell."""
    return np.asarray(window["estimate"].to_numpy(np.float64) / (cell_m / 1000) ** 2 / (months / 12))


def surface_squares(
    window: pd.DataFrame,
    release: Release,
    territory: Territory,
    *,
    rank: npt.NDArray[np.int64],
    texts: Mapping[str, str],
) -> Features:
    """Draw the cells of which the surface says something.

    Parameters
    ----------
    window
        As from ``statistics.surface.window``.
    rank
        (cells,) class of each cell.

    Returns
    -------
    dict
        GeoJSON; properties ``look`` (CSS class), ``html`` (hover text), ``cell``. A cell in the lowest class whose
        interval lies below k is left to the hatched ground: a pale colour would call it quiet.
    """
    fewer = (window["said"] == "fewer_than_k") | (window["high"] < release.k)
    speaks = (rank > 0) | ~fewer.to_numpy()
    shown = window.assign(fewer=fewer)[speaks]
    corners = ground_floor.corners_wgs84(shown["e"], shown["n"], release.cell_m, territory.crs)
    size = fill(texts, "square", size=short(release.cell_m / 1000, texts))
    html = [
        _card(
            place,
            f"{size} · {fill(texts, 'residents', residents=number(cell.residents, texts=texts))}",
            f"<strong>{number(cell.estimate, 1, texts)}</strong> {escape(texts['estimate'])}",
            _bounds(cell, release.k, texts),
            fill(texts, "measured", share=number(100 * cell.measured, texts=texts)),
        )
        for place, cell in zip(places(shown, territory, release.cell_m), _rows(shown), strict=True)
    ]
    return _collection(corners, [f"q{r}" for r in rank[speaks]], html, shown["cell"].tolist())


def block_facts(release: Release, territory: Territory, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    """Facts of ``blocks`` that speak of one of the months at least, with ``partial`` and ``size_m``."""
    matrix, facts = said.incidence(release, territory, "blocks")
    calendar = said.months(release)
    if facts.empty:
        return facts.assign(partial=False, size_m=0)
    fact, atom = matrix.nonzero()
    month = atom % len(calendar)
    low, high = (int(calendar.get_indexer(pd.PeriodIndex([end]))[0]) for end in (first, last))
    speaks = np.zeros(len(facts), dtype=bool)
    speaks[np.unique(fact[(month >= low) & (month <= high)])] = True
    partial = facts["covered"].to_numpy() < said.nominal_covered(facts, territory, release.cell_m)
    return facts.assign(partial=partial, size_m=facts["area_level"].astype("int64"))[speaks].reset_index(drop=True)


def block_density(facts: pd.DataFrame, cell_m: int) -> pd.Series[float]:
    """Episodes per km2 per year of each square (index ``area``), over the ground and months that its facts cover."""
    summed = facts.groupby("area", sort=False)[["n", "covered"]].sum()
    return summed["n"] / (summed["covered"] * (cell_m / 1000) ** 2 / 12)


def block_squares(
    facts: pd.DataFrame, release: Release, territory: Territory, *, breaks: tuple[float, ...], texts: Mapping[str, str]
) -> Features:
    """Draw the squares of published facts, the coarse first so that the fine lie on top.

    Parameters
    ----------
    facts
        As from ``block_facts``.
    breaks
        Lower bounds of the classes.

    Returns
    -------
    dict
        GeoJSON as ``surface_squares``; ``look`` begins with ``q`` for the smallest cells, with ``h`` (hatched) above.
    """
    density = block_density(facts, release.cell_m)
    squares = ground_floor.parse_cell_ids(density.index).set_axis(density.index).assign(density=density)
    squares = squares.sort_values(["size_m", "n", "e"], ascending=[False, True, True], kind="stable")
    corners = np.concatenate(
        [
            ground_floor.corners_wgs84(level["e"], level["n"], int(level["size_m"].iloc[0]), territory.crs)
            for _, level in squares.groupby("size_m", sort=False)
        ]
        or [np.empty((0, 4, 2))]
    )
    rank = palette.classes(squares["density"].to_numpy(np.float64), breaks)
    coarse = (squares["size_m"] > release.cell_m).to_numpy()
    looks = [f"{'h' if large else 'q'}{r}" for large, r in zip(coarse, rank, strict=True)]
    told = dict(iter(facts.sort_values("order", ascending=False).groupby("area")))
    html = [_facts(told[str(area)], square.size_m, square.density, texts) for area, square in squares.iterrows()]
    return _collection(corners, looks, html, squares.index.tolist())


def places(cells: pd.DataFrame, territory: Territory, cell_m: int) -> list[str]:
    """Name of the commune that holds the middle of each cell, empty where there is none."""
    names = np.array([*territory.communes["name"].astype(str), ""], dtype=object)
    corners = ground_floor.corners_wgs84(cells["e"], cells["n"], cell_m, territory.crs)
    found = np.full(len(cells), len(names) - 1)
    if len(territory.communes):
        middle, commune = shapely.STRtree(territory.communes.geometry.to_numpy()).query(
            shapely.points(corners.mean(axis=1)), predicate="within"
        )
        found[middle] = commune
    return [str(name) for name in names[found]]


def _collection(corners: npt.NDArray[np.float64], looks: list[str], html: list[str], ids: list[str]) -> Features:
    rings = np.concatenate([corners, corners[:, :1]], axis=1).round(DIGITS).tolist()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": identity,
                "properties": {"look": look, "html": text, "cell": identity},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
            for ring, look, text, identity in zip(rings, looks, html, ids, strict=True)
        ],
    }


def _card(place: str, *lines: str) -> str:
    head = [f"<b>{escape(place)}</b>"] if place else []
    return "<br>".join([*head, *lines])


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Rows whose values have the types of their columns, which the type checker cannot know."""
    return list(frame.itertuples())


def _bounds(cell: Any, k: int, texts: Mapping[str, str]) -> str:  # noqa: ANN401 - a row of itertuples has no type
    if cell.fewer:
        return fill(texts, "fewer", k=k)
    low, high = (number(end, texts=texts) for end in (np.floor(cell.low), np.ceil(cell.high)))
    return fill(texts, "interval", low=low, high=high)


def _facts(facts: pd.DataFrame, size_m: int, density: float, texts: Mapping[str, str]) -> str:
    lines = [fill(texts, "square", size=short(size_m / 1000, texts))]
    for fact in _rows(facts.head(LISTED)):
        first, last = (pd.Period(str(day), freq="M") for day in (fact.period_start, fact.period_end))
        when = escape(span(first, last, texts))
        lines.append(f"<strong>{number(fact.n, texts=texts)}</strong> {escape(texts['published'])}, {when}")
        if fact.partial:
            lines.append(f"<small>{escape(texts['partial'])}</small>")
    if len(facts) > LISTED:
        lines.append(fill(texts, "and_more", count=len(facts) - LISTED))
    return "<br>".join([*lines, fill(texts, "density", density=short(density, texts))])
