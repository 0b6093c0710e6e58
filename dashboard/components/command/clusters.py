"""What stands out: established clusters, numbered as on the map, each with what its p means in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.components import tables
from dashboard.components.prevention.places import chance_text, names
from dashboard.components.square_map import Cluster
from dashboard.components.square_map.geometry import area_corners

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading

LEVEL: Final = 0.05
LEAST: Final = 0.1


@dataclass(frozen=True)
class Found:
    """A cluster as the page tells it.

    Attributes
    ----------
    drawn
        As the map gets it.
    place, period, size
        Names of its ground and its months, and how large it is.
    words
        How many reports, how many expected, and what chance would do.
    """

    drawn: Cluster
    place: str
    period: str
    size: str
    words: str


def found(scanned: pd.DataFrame, reading: Reading, says: Catalogue) -> list[Found]:
    """Tell the clusters that chance does not explain, the newest first and among these the most likely first.

    Parameters
    ----------
    scanned
        The derived table ``hotspots``.
    reading
        The release and the ground.
    says
        The reader's language.
    """
    known = scanned[scanned["p_value"] <= LEVEL].sort_values(
        ["period_end", "p_value", "llr"], ascending=[False, True, False], kind="stable"
    )
    known = known.drop_duplicates(["area", "period_start", "period_end"]).reset_index(drop=True)
    if known.empty:
        return []
    middle = area_corners(known["area"].tolist()).mean(axis=1)
    places = names(known.assign(lon=middle[:, 0], lat=middle[:, 1]), reading, says)
    sizes = [says.text("table.square", size=says.kilometres(int(level))) for level in known["area_level"]]
    told = zip(known.to_dict("records"), places, tables.period_texts(known, says), sizes, strict=True)
    return [_told(str(number), row, named, says) for number, (row, *named) in enumerate(told, start=1)]


def _told(label: str, row: dict[Any, Any], named: list[str], says: Catalogue) -> Found:
    place, period, size = named
    expected = float(row["expected"])
    words = says.text(
        f"cluster.{row['expectation']}",
        reports=says.counted("comparison.reports", int(row["observed"])),
        expected=says.decimal(expected) if expected >= LEAST else says.text("cluster.under", value=says.decimal(LEAST)),
        chance=chance_text(float(row["p_value"]), says),
    )
    first, last = (pd.Period(str(row[name]), freq="M") for name in ("period_start", "period_end"))
    drawn = Cluster(
        id=f"{row['area']}.{first}.{last}",
        area=str(row["area"]),
        first=first,
        last=last,
        label=label,
        words=f"{place}, {period}. {words}",
        kind=str(row["expectation"]),
    )
    return Found(drawn, place, period, size, words)


def rows(clusters: Sequence[Found], says: Catalogue) -> pd.DataFrame:
    """Make the table of the clusters."""
    head = says.under("column")
    return pd.DataFrame(
        {
            head["cluster_number"]: [c.drawn.label for c in clusters],
            head["place_area"]: [c.place for c in clusters],
            head["size"]: [c.size for c in clusters],
            head["period"]: [c.period for c in clusters],
            head["cluster_words"]: [c.words for c in clusters],
            head["cell"]: [c.drawn.area for c in clusters],
        }
    )
