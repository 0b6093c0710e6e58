"""The estimate as a still picture (SVG): for the bulletin, and beside a list of places.

North is up, distances are true at the middle of the picture. The four states that nobody may confuse differ by pattern
and edge as well as by colour: published (edged), estimated (no edge), nothing may be said (hatched), outside (grey).
Letters are drawn as shapes, so that the picture needs no font; the same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PatchCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from analytics import territory as ground_floor
from analytics.plots import outlines, palette
from analytics.plots.squares import block_facts, surface_density
from analytics.plots.texts import short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

    from analytics.release import Release
    from analytics.territory import Territory

LOOK: Final = {"svg.hashsalt": "vigie", "svg.fonttype": "path", "font.family": "DejaVu Sans", "hatch.linewidth": 0.7}
LOCK: Final = Lock()
INCHES: Final = (7.4, 4.5)
LEGEND: Final = 0.27
MARGIN: Final = 0.06
KM_A_DEGREE: Final = 111.2
NAMES_ACROSS: Final = 5.5
EDGE: Final = 0.07
DETAIL: Final = 900
NOTHING: Final = "////"
_PATH: Final = re.compile(r' d="([^"]*)"')
_LONG: Final = re.compile(r"-?\d+\.\d{3,}")
_BREAK: Final = re.compile(r"\s*([A-Za-z])\s*")  # a letter of a path parts numbers by itself


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn beside the estimate.

    Attributes
    ----------
    area
        Geometry (EPSG:4326) that is framed and outlined; None for the whole territory.
    marks
        Number -> (4, 2) corners of a square (degrees): outlined, with the number at a corner.
    texts
        ``unit``, ``estimated``, ``published``, ``nothing``, ``outside``: the words of the legend.
    write
        How the classes' bounds are written; as in French by default.
    inches
        Width and height.
    """

    area: Any
    marks: Mapping[int, npt.NDArray[np.float64]]
    texts: Mapping[str, str]
    write: Callable[[float], str] = short
    inches: tuple[float, float] = INCHES


def map_svg(
    release: Release,
    territory: Territory,
    window: pd.DataFrame,
    run: tuple[pd.Period, pd.Period],
    picture: Picture,
    *,
    breaks: tuple[float, ...] | None = None,
) -> str:
    """Draw the estimate of a run of months with its legend.

    Parameters
    ----------
    release, territory
        What was published, and its ground.
    window
        As from ``statistics.surface.window`` for these months: one row a smallest cell of the territory.
    run
        First and last month.
    picture
        Frame, marks and words.
    breaks
        Lower bounds of the classes above the lowest, as ``palette.density_breaks``; made of the window by default.

    Returns
    -------
    str
        SVG.
    """
    months = (run[1].year - run[0].year) * 12 + run[1].month - run[0].month + 1
    density = surface_density(window, release.cell_m, months)
    scale = palette.density_breaks(density) if breaks is None else breaks
    rank = palette.classes(density, scale)
    shown = (rank > 0) | (window["said"] != "fewer_than_k").to_numpy()
    told = block_facts(release, territory, *run)
    exact = window["cell"].isin(set(told.loc[told["area_level"] == str(release.cell_m), "area"])).to_numpy()
    corners = ground_floor.corners_wgs84(window["e"], window["n"], release.cell_m, territory.crs)
    look: Any = dict(LOOK)
    with LOCK, mpl.rc_context(look):
        figure = Figure(figsize=picture.inches, facecolor="white")
        canvas = FigureCanvasSVG(figure)
        axes = figure.add_axes((0.0, 0.0, 1 - LEGEND, 1.0))
        extent = _extent(territory.outline if picture.area is None else picture.area)
        _frame(axes, extent, picture.inches[0] * (1 - LEGEND) / picture.inches[1])
        _ground(axes, territory, extent)
        for edged in (False, True):
            here = shown & (exact == edged)
            _squares(axes, corners[here], rank[here], edged=edged)
        _borders(axes, territory, extent, picture.area)
        _names(axes, territory, extent)
        _marks(axes, picture.marks)
        _legend(figure.add_axes((1 - LEGEND + 0.02, 0.0, LEGEND - 0.02, 1.0)), scale, picture)
        stream = io.StringIO()
        canvas.print_svg(stream, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return _PATH.sub(_rounded, stream.getvalue())


def _rounded(path: re.Match[str]) -> str:
    """Write a path to a hundredth of a point of type: what lies beyond is not seen, and is sent with every page."""
    fewer = _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), path[1])
    tight = _BREAK.sub(r"\1", fewer).strip()
    return f' d="{tight}"'


def _extent(shape: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - a shapely geometry
    west, south, east, north = shape.bounds
    wide, high = (east - west) * MARGIN, (north - south) * MARGIN
    return west - wide, south - high, east + wide, north + high


def _frame(axes: Axes, extent: tuple[float, float, float, float], want: float) -> None:
    """Show the extent whole, in true proportions, with what lies around it."""
    west, south, east, north = extent
    squeeze = float(np.cos(np.radians((south + north) / 2)))
    wide, high = (east - west) * squeeze, north - south
    wide, high = max(wide, high * want), max(high, wide / want)
    middle = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle[0] - wide / squeeze / 2, middle[0] + wide / squeeze / 2)
    axes.set_ylim(middle[1] - high / 2, middle[1] + high / 2)
    axes.set_aspect(1 / squeeze)
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(palette.OUTSIDE)
    for side in axes.spines.values():
        side.set_edgecolor(palette.HATCH)


def _view(extent: tuple[float, float, float, float]) -> Any:  # noqa: ANN401 - a shapely geometry
    """What may be seen: the picture is wider or higher than the extent, and its edge must not look like a border."""
    west, south, east, north = extent
    return shapely.box(*extent).buffer(max(east - west, north - south))


def _fine(extent: tuple[float, float, float, float]) -> float:
    """Degrees that are less than is seen."""
    return (extent[2] - extent[0]) / DETAIL


def _ground(axes: Axes, territory: Territory, extent: tuple[float, float, float, float]) -> None:
    path = _outline(shapely.simplify(shapely.intersection(territory.outline, _view(extent)), _fine(extent)))
    axes.add_patch(PathPatch(path, facecolor=palette.PAPER, edgecolor=palette.HATCH, hatch=NOTHING, linewidth=0))


def _squares(axes: Axes, corners: npt.NDArray[np.float64], rank: npt.NDArray[np.int64], *, edged: bool) -> None:
    colours = [palette.DENSITY[number] for number in rank]
    edges = palette.INK if edged else colours
    width = 1.1 if edged else 0.3
    axes.add_collection(
        PolyCollection(list(corners), facecolors=colours, edgecolors=edges, linewidths=width, zorder=3 + edged),
        autolim=False,
    )


def _borders(axes: Axes, territory: Territory, extent: tuple[float, float, float, float], area: Any) -> None:  # noqa: ANN401
    view, fine = _view(extent), _fine(extent)
    looks = [
        (shapely.boundary(territory.communes.geometry.to_numpy()), palette.SOFT, 0.25, 0.55, 5),
        ([shapely.geometry.shape(outlines.zone_borders(territory)["geometry"])], palette.ZONE, 0.8, 1.0, 6),
        ([shapely.boundary(territory.outline)], palette.ZONE, 0.8, 1.0, 6),
        ([] if area is None else [shapely.boundary(area)], palette.ACCENT, 1.8, 1.0, 7),
    ]
    for shapes, colour, width, opacity, order in looks:
        kept = shapely.simplify(shapely.intersection(np.array(shapes, dtype=object), view), fine)
        lines = [shapely.get_coordinates(part) for part in _lines(kept)]
        axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=width, alpha=opacity, zorder=order), autolim=False
        )


def _names(axes: Axes, territory: Territory, extent: tuple[float, float, float, float]) -> None:
    west, south, east, north = extent
    wide_km = (east - west) * KM_A_DEGREE * float(np.cos(np.radians((south + north) / 2)))
    nearest = np.array(outlines.NEAREST_KM)
    step = int(np.argmin(np.abs(np.log(nearest / (wide_km / NAMES_ACROSS)))))
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    # What is left around the other zones has no middle to write its name in.
    wide = set(territory.zones["name"]) - {zone["text"] for zone in outlines.zone_bounds(territory)}
    for name in outlines.names(territory):
        across, up = (name["lon"] - left) / (right - left), (name["lat"] - bottom) / (top - bottom)
        inside = min(across, up, 1 - across, 1 - up) > EDGE
        if name["tier"] > step or not inside or name["text"] in wide:
            continue
        written = axes.text(
            name["lon"], name["lat"], name["text"], fontsize=8 if name["kind"] == "zone" else 6.5, ha="center",
            va="center", color=palette.INK, weight="bold" if name["kind"] == "zone" else "normal", zorder=8,
            clip_on=True,
        )  # fmt: skip
        written.set_path_effects([withStroke(linewidth=2, foreground="white", alpha=0.85)])


def _marks(axes: Axes, marks: Mapping[int, npt.NDArray[np.float64]]) -> None:
    for number, corners in marks.items():
        ring = np.concatenate([corners, corners[:1]])
        axes.plot(ring[:, 0], ring[:, 1], color=palette.INK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=9)
        lon, lat = corners[np.argmin(corners[:, 0] - corners[:, 1])]  # the north-western one
        axes.text(
            lon, lat, str(number), fontsize=8, weight="bold", ha="center", va="center", color="white", zorder=10,
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": palette.INK, "edgecolor": "white", "linewidth": 0.8},
        )  # fmt: skip


def _legend(axes: Axes, breaks: tuple[float, ...], picture: Picture) -> None:
    texts = picture.texts
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.axis("off")
    axes.text(0, 0.955, texts["unit"], fontsize=7, va="top", color=palette.INK, linespacing=1.35)
    steps = len(palette.DENSITY)
    width, top = 0.96 / steps, 0.83
    boxes = [Rectangle((width * i, top), width, 0.035) for i in range(steps)]
    axes.add_collection(PatchCollection(boxes, facecolors=list(palette.DENSITY), edgecolors="none"))
    for i, value in enumerate(breaks):
        axes.text(
            width * (i + 1), top - 0.012, picture.write(value), fontsize=6, ha="center", va="top", color=palette.SOFT
        )
    looks: Sequence[tuple[str, dict[str, Any]]] = [
        ("published", {"facecolor": palette.DENSITY[3], "edgecolor": palette.INK, "linewidth": 1.1}),
        ("estimated", {"facecolor": palette.DENSITY[3], "edgecolor": palette.DENSITY[3], "linewidth": 0.3}),
        ("nothing", {"facecolor": palette.PAPER, "edgecolor": palette.HATCH, "hatch": NOTHING, "linewidth": 0.6}),
        ("outside", {"facecolor": palette.OUTSIDE, "edgecolor": palette.HATCH, "linewidth": 0.6}),
    ]
    y = 0.71
    for key, look in looks:
        lines = texts[key].count("\n") + 1
        axes.add_patch(Rectangle((0.005, y - 0.036), 0.12, 0.036, **look))
        axes.text(0.17, y + 0.003, texts[key], fontsize=6.5, va="top", color=palette.INK, linespacing=1.3)
        y -= max(0.033 * lines, 0.04) + 0.035


def _outline(shape: Any) -> Outline:  # noqa: ANN401 - a shapely geometry
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Outline.make_compound_path(*(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings))


def _lines(shapes: Any) -> list[Any]:  # noqa: ANN401 - shapely geometries
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return [part for part in parts if shapely.get_type_id(part) in (1, 2) and not shapely.is_empty(part)]
