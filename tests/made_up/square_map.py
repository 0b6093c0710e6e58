"""A made-up territory of squares with a surface and blocks, for the map's tests, its bench and its pictures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from analytics.plots.palette import density_breaks
from dashboard.catalogue import catalogue
from dashboard.components.square_map.blocks import block_densities, blocks_layer
from dashboard.components.square_map.clusters import Cluster
from dashboard.components.square_map.comparison import Comparison, Scale
from dashboard.components.square_map.ground import ground_layer
from dashboard.components.square_map.payload import SurfacePeriod, compose, surface_layer
from dashboard.components.square_map.periods import Span, month_number, spans

K = 5
MONTHS = pd.period_range("2020-01", "2025-10", freq="M")
MONTH_NAMES = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
CENTRE = (4_016_000, 2_689_000)  # E, N in EPSG:3035: by Besançon
STRINGS = catalogue("fr").under("square_map") | {"attribution": "Contours : IGN Admin Express. Données fictives."}


def label(granularity: str, span: Span) -> str:
    """Name a period in French, well enough for a test."""
    first, last = (f"{MONTH_NAMES[month.month - 1]} {month.year}" for month in (span.first, span.last))
    if granularity == "month":
        return last
    if granularity == "quarter":
        return f"{span.last.quarter}{'er' if span.last.quarter == 1 else 'e'} trimestre {span.last.year}"
    if granularity == "year" and span.months == 12:
        return f"Année {span.last.year}"
    return f"{first} – {last}"


@dataclass(frozen=True)
class MadeUp:
    """What a page would read from a release and a territory."""

    cells: pd.DataFrame
    facts: pd.DataFrame
    monthly: NDArray[np.float64]
    ground: dict[str, Any]


def corners(e: NDArray[np.int64], n: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Corners in WGS84 of squares of EPSG:3035."""
    to_degrees = pyproj.Transformer.from_crs(3035, 4326, always_xy=True)
    right, up = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])
    lon, lat = to_degrees.transform(e[:, None] + size[:, None] * right, n[:, None] + size[:, None] * up)
    return np.stack([lon, lat], axis=-1)


def cell_id(e: NDArray[np.int64], n: NDArray[np.int64], size: NDArray[np.int64]) -> list[str]:
    """INSEE's ids."""
    return [f"CRS3035RES{s}mN{y}E{x}" for x, y, s in zip(e, n, size, strict=True)]


def make(cells: int, seed: int = 7, *, lively: bool = False) -> MadeUp:
    """A round territory of so many cells of 1 km, with a few clusters; lively, each cell changes at each period."""
    rng = np.random.default_rng(seed)
    radius = np.sqrt(cells / np.pi)
    reach = int(radius) + 2
    grid = np.arange(-reach, reach + 1)
    x, y = (part.ravel() for part in np.meshgrid(grid, grid))
    order = np.argsort(np.hypot(x, y), kind="stable")[:cells]
    e, n = CENTRE[0] + 1000 * x[order], CENTRE[1] + 1000 * y[order]
    hearts = rng.normal(0, radius / 2.5, (8, 2))
    near = np.hypot(x[order][:, None] - hearts[:, 0], y[order][:, None] - hearts[:, 1]) / 2
    rate = (np.exp(-(near**2)) * rng.gamma(2, 0.4, 8)).sum(axis=1) + 0.004
    if lively:
        rate = rng.gamma(1.0, 0.5, cells)
    tides = 1 + 0.5 * np.sin(np.arange(len(MONTHS))[:, None] / 3 + rng.uniform(0, 6, cells))
    waves = rng.uniform(0.05, 4, (len(MONTHS), cells)) if lively else tides
    frame = pd.DataFrame(
        {
            "cell": cell_id(e, n, np.full(cells, 1000)),
            "e": e,
            "n": n,
            "residents": np.round(rate * 3000 + 20),
            "place": np.where(x[order] < 0, "Fontclaire", "Rochebelle"),
        }
    )
    return MadeUp(frame, _facts(frame, rate, rng), waves * rate, _ground(radius))


def _facts(cells: pd.DataFrame, rate: NDArray[np.float64], rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for size, level in ((1000, "quarter"), (2000, "quarter"), (4000, "year"), (8000, "year")):
        squares = pd.DataFrame({"e": cells["e"] // size * size, "n": cells["n"] // size * size, "rate": rate})
        grouped = squares.groupby(["e", "n"])["rate"].agg(["sum", "size"]).reset_index()
        for span in spans(MONTHS)[level]:
            counts = rng.poisson(grouped["sum"] * span.months * 0.8)
            kept = grouped[counts >= K]
            rows.append(
                pd.DataFrame(
                    {
                        "area": cell_id(kept["e"].to_numpy(), kept["n"].to_numpy(), np.full(len(kept), size)),
                        "size_m": size,
                        "e": kept["e"],
                        "n_corner": kept["n"],
                        "period_start": span.first.start_time.strftime("%Y-%m-%d"),
                        "period_end": span.last.end_time.strftime("%Y-%m-%d"),
                        "period_level": level,
                        "n": counts[counts >= K],
                        "nominal": kept["size"] * span.months,
                    }
                )
            )
    facts = pd.concat(rows, ignore_index=True)
    facts["partial"] = rng.random(len(facts)) < 1 / 3
    facts["covered"] = np.where(facts["partial"], np.maximum(1, facts["nominal"] // 2), facts["nominal"])
    return facts


def _ground(radius: float) -> dict[str, Any]:
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    ring = np.array(CENTRE) + 1000 * (radius + 0.8 * np.sin(5 * turn))[:, None] * np.c_[np.cos(turn), np.sin(turn)]
    plane = shapely.Polygon(ring)
    west, south, east, north = plane.bounds
    pieces = [
        plane.intersection(shapely.box(west + (east - west) * i / 4, south + (north - south) * j / 4,
                                       west + (east - west) * (i + 1) / 4, south + (north - south) * (j + 1) / 4))
        for i in range(4)
        for j in range(4)
    ]  # fmt: skip
    to_degrees = pyproj.Transformer.from_crs(3035, 4326, always_xy=True).transform
    communes = [shapely.transform(piece, lambda xy: np.column_stack(to_degrees(*xy.T))) for piece in pieces]
    outline = shapely.transform(plane, lambda xy: np.column_stack(to_degrees(*xy.T)))
    middles = [piece.centroid for piece in communes]
    names = pd.DataFrame(
        {
            "name": [f"Commune {number}" for number in range(16)],
            "lon": [point.x for point in middles],
            "lat": [point.y for point in middles],
            "population": [40_000 - 2_500 * number for number in range(16)],
        }
    )
    return ground_layer(
        outline,
        communes=communes,
        commune_zones=pd.Series(["west"] * 8 + ["east"] * 8),
        zones=pd.Series({"west": "Ouest", "east": "Est"}),
        labels=names,
    )


def surface_periods(monthly: NDArray[np.float64]) -> dict[str, list[SurfacePeriod]]:
    """The surface of every period, with plausible intervals."""
    found = {}
    for name, items in spans(MONTHS).items():
        found[name] = [_surface_period(monthly, span) for span in items]
    return found


def _surface_period(monthly: NDArray[np.float64], span: Span) -> SurfacePeriod:
    start = month_number(span.first) - month_number(MONTHS[0])
    estimate = monthly[start : start + span.months].sum(axis=0)
    low, high = np.floor(estimate - 1.9 * np.sqrt(estimate)).clip(0), np.ceil(estimate + 1.9 * np.sqrt(estimate))
    fewer = high < K
    return SurfacePeriod(
        span=span,
        estimate=estimate,
        low=np.where(fewer, 0, low),
        high=np.where(fewer, K - 1, high),
        measured=(estimate / 10).clip(0, 1),
        fewer=fewer,
    )


def comparison(world: MadeUp, periods: dict[str, list[SurfacePeriod]]) -> Comparison:
    """The year before of every period that has one, lower, like or higher by cell, and what may be said."""
    before: dict[str, list[SurfacePeriod | None]] = {}
    change: dict[str, list[NDArray[np.int8] | None]] = {}
    for name, items in periods.items():
        earlier = [_year_before(world.monthly, item.span) for item in items]
        before[name] = list(earlier)
        change[name] = [_change(old, new) if old else None for old, new in zip(earlier, items, strict=True)]
    return Comparison(before, change)


def _year_before(monthly: NDArray[np.float64], span: Span) -> SurfacePeriod | None:
    earlier = Span(span.first - 12, span.last - 12)
    factor = np.resize([0.4, 1.0, 1.9], monthly.shape[1])
    return _surface_period(factor * monthly, earlier) if earlier.first >= MONTHS[0] else None


def _change(old: SurfacePeriod, new: SurfacePeriod) -> NDArray[np.int8]:
    found = np.where(new.estimate > 1.5 * old.estimate, 1, np.where(new.estimate < 0.7 * old.estimate, -1, 0))
    return np.where(old.fewer & new.fewer, 2, found).astype(np.int8)


def clusters(world: MadeUp) -> list[Cluster]:
    """Two clusters: one of the last year of all, one of 2023."""
    strongest = world.cells.assign(rate=world.monthly.sum(axis=0)).sort_values("rate", ascending=False)
    first, other = strongest.iloc[0], strongest.iloc[-1]
    found = []
    for number, (row, start, end) in enumerate(((first, "2024-11", "2025-10"), (other, "2023-01", "2023-12")), 1):
        e, n = (np.array([int(row[name]) // 2000 * 2000]) for name in ("e", "n"))
        area = cell_id(e, n, np.array([2000]))[0]
        words = f"Un tel écart serait dû au hasard moins d’une fois sur 100 (p = 0,00{number})."
        found.append(Cluster(f"g{number}", area, pd.Period(start, "M"), pd.Period(end, "M"), str(number), words, "new"))
    return found


def payload(world: MadeUp, *, compared: bool = False) -> dict[str, Any]:
    """What the page would hand to the map."""
    cells, facts = world.cells, world.facts
    size = np.full(len(cells), 1000)
    periods = surface_periods(world.monthly)
    breaks = density_breaks(np.concatenate([world.monthly[-12:].sum(axis=0), block_densities(facts, 1000)]))
    areas = facts.drop_duplicates("area")
    area_corners = corners(*(areas[name].to_numpy(np.int64) for name in ("e", "n_corner", "size_m")))
    return compose(
        surface=surface_layer(
            cells,
            corners(cells["e"].to_numpy(), cells["n"].to_numpy(), size),
            periods,
            Scale(1000, breaks, K, label),
            comparison(world, periods) if compared else None,
        ),
        blocks=blocks_layer(facts, areas, area_corners, cell_m=1000, label=label),
        ground=world.ground,
        breaks=breaks,
        k=K,
    )
