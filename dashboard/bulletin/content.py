"""What the bulletin says, gathered from a release in the reader's language, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analytics import plots
from analytics.plots.map_image import Picture
from analytics.statistics import comparisons, levels, rhythm, surface
from dashboard.bulletin import chart
from dashboard.components import compared
from dashboard.components.prevention import area as areas
from dashboard.components.prevention import level, maps
from dashboard.components.prevention import rhythm as rhythms

if TYPE_CHECKING:
    from analytics.release import Release
    from analytics.territory import Territory
    from dashboard.catalogue import Catalogue
    from dashboard.components.prevention.area import Area
    from dashboard.reading import Reading

QUARTERS, KEPT = 12, 32
INCHES = (7.4, 5.6)


@dataclass(frozen=True, eq=False)
class Map:
    """What the map is drawn of, as ``plots.map_image.map_svg`` takes it."""

    release: Release
    territory: Territory
    window: pd.DataFrame
    run: tuple[pd.Period, pd.Period]
    picture: Picture


@dataclass(frozen=True, eq=False)
class Bulletin:
    """A bulletin's words, numbers and what its pictures are drawn of.

    Attributes
    ----------
    words
        What the template sets: strings and lists of strings by name.
    map
        What the map is drawn of.
    series
        The chart, as altair has it.
    numbers
        Every number of the bulletin, a row each.
    through
        Last closed month: the date of the file.
    file
        Name without ending.
    """

    words: dict[str, Any]
    map: Map
    series: dict[str, Any]
    numbers: pd.DataFrame
    through: pd.Period
    file: str


def gather(opened: Reading, area: Area, says: Catalogue) -> Bulletin:
    """Gather the bulletin of an area.

    Parameters
    ----------
    opened
        What the reader may see.
    area
        A zone, a commune, or the whole territory.
    says
        The language.
    """
    return _gathered(opened.key, area.kind, area.code, says.locale.language, opened, area, says)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _gathered(
    key: str, kind: str, code: str, language: str, _opened: Reading, _area: Area, _says: Catalogue
) -> Bulletin:
    del key, kind, code, language
    opened, area, says = _opened, _area, _says
    release, territory, k = opened.release, opened.territory, opened.release.k
    run, fitted = plots.last_months(release), areas.fitted(opened)
    window = maps.of_zones(surface.window(fitted, *run), opened)
    pairs = level.pairs(opened, area)
    quarters = levels.quarters(release, fitted, areas.units(opened, area), area.published, QUARTERS)
    through, named = run[1], says.period("", *run)
    words = {
        "lang": says.locale.language,
        "title": says.text("bulletin.title", area=area.name),
        "overline": says.text("bulletin.overline", territory=territory.name),
        "vintage": _vintage(release, through, says),
        "synthetic": says.text("bulletin.synthetic") if opened.synthetic else "",
        "sentences": sentences(opened, area, pairs, says),
        "map_title": says.text("bulletin.map_title", run=named),
        "map_alt": _map_alt(window, area, named, k, says),
        "map_note": says.text("bulletin.map_note", sources=" ; ".join(territory.sources)),
        "chart_title": says.text("bulletin.chart_title", area=area.name),
        "chart_alt": chart.described(quarters, k, says),
        "table_title": says.text("bulletin.table_title", area=area.name),
        "head": [says.text(f"bulletin.head_{name}") for name in ("quarter", "count", "kind")],
        "rows": [
            [
                chart.quarter_text(row.quarter, says),
                chart.count_text(row, k, says),
                says.text(f"bulletin.short_{row.kind}"),
            ]
            for row in chart.lines(quarters)
        ],
        "no_quarter": says.text("bulletin.no_quarter"),
        "method_title": says.text("bulletin.method_title"),
        "method": [says.text(f"bulletin.method_{name}", k=k) for name in ("counted", "estimate", "withheld")],
        "caveats_title": says.text("bulletin.caveats_title"),
        "caveats": [says.text(f"bulletin.caveat_{name}") for name in ("offence", "quiet", "compare")],
        "page": says.text("bulletin.page"),
    }
    picture = Picture(areas.shape(opened, area), {}, maps.map_texts(k, says), maps.written(says), INCHES)
    drawn = chart.series(quarters, k, says).to_dict() if len(quarters) else {}
    numbers = _numbers(pairs, quarters, (area.name, territory.name), k, says)
    file = says.text("bulletin.file", area=_plain(area.code), month=str(through))
    return Bulletin(words, Map(release, territory, window, run, picture), drawn, numbers, through, file)


def sentences(opened: Reading, area: Area, pairs: list[level.Pair], says: Catalogue) -> list[str]:
    """Say three things: how much, whether that changed in a year, and when."""
    release, k = opened.release, opened.release.k
    said = level.sentences(pairs[:1], area, opened.territory.name, k, says)
    if area.published is None:
        said += compared.said(comparisons.recent(release, area.zone), areas.zone_of(opened, area).name, says)[:1]
    else:
        said += compared.said(comparisons.recent(release, area.published), area.name, says)[:1]
    ground = area if area.kind == "whole" else areas.zone_of(opened, area)
    if area.kind == "whole" or not rhythms.tells_hours(release):
        found = rhythm.seasons(areas.fitted(opened), areas.units(opened, ground))
        return [*said, rhythms.seasons_sentence(found, ground.name, says)]
    found_hours = rhythm.hours(release, area.zone, rhythms.BANDS)
    return [*said, rhythms.hours_sentence(found_hours, ground.name, release, says)]


def _vintage(release: Release, through: pd.Period, says: Catalogue) -> str:
    return says.text(
        "bulletin.vintage",
        through=says.month(through),
        vintage=release.manifest["vintages"][-1]["vintage"],
        audience=says.text(f"foot.{release.manifest['audience']}"),
        k=release.k,
    )


def _map_alt(window: pd.DataFrame, area: Area, run: str, k: int, says: Catalogue) -> str:
    said = window["said"] == "estimate"
    return says.text("bulletin.map_alt", area=area.name, run=run, cells=says.whole(int(said.sum())), k=k)


def _numbers(
    pairs: list[level.Pair], quarters: pd.DataFrame, names: tuple[str, str], k: int, says: Catalogue
) -> pd.DataFrame:
    """Every number of the bulletin; where an interval begins under k only its upper end is told."""
    head = [says.text(f"bulletin.head_{name}") for name in ("place", "period", "count", "low", "high", "kind", "rate")]
    lines: list[list[Any]] = []
    for pair in pairs:
        for name, known in ((names[0], pair.own), (names[1], pair.whole)):
            if known is None:
                continue
            kind = "told" if known.told else "fewer_than_k" if known.fewer else "estimate"
            n, rate = (None, None) if known.low < k else (round(known.n, 1), round(known.rate, 2))
            low = None if known.low < k else known.low
            period = level.run_text(known.first, known.last, says)
            lines.append([name, period, n, low, known.high, says.text(f"bulletin.short_{kind}"), rate])
    for row in chart.lines(quarters):
        kind = says.text(f"bulletin.short_{row.kind}")
        known_to = (round(row.n, 1), row.low) if row.low >= k else (None, None)
        lines.append([names[0], chart.quarter_text(row.quarter, says), *known_to, row.high, kind, None])
    return pd.DataFrame(lines, columns=head)


def _plain(code: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in code)
