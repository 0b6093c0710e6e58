"""What stands out: significant clusters, numbered as on the map, each with what its p means in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics import territory as territories
from dashboard import places
from dashboard.components import tables
from dashboard.components.square_map import Cluster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading

LEVEL: Final = 0.05
LISTED: Final = 5


@dataclass(frozen=True)
class Found:
    """A cluster as the page tells it.

    Attributes
    ----------
    drawn
        As the map gets it.
    place
        Name of its ground.
    title, words
        Its heading, and a sentence or two.
    """

    drawn: Cluster
    place: str
    title: str
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
    if known.empty:
        return []
    named = places.of_areas(reading.territory, known["area"], reading.release.cell_m)
    known = known.join(named, on="area").drop_duplicates(["area", "period_start", "period_end"])
    place = tables.place_texts(known, says)
    period = tables.period_texts(known, says)
    size = [says.kilometres(side) for side in territories.parse_cell_ids(known["area"].tolist())["size_m"]]
    return [
        _told(number, row, (where, when, side), says)
        for number, (row, where, when, side) in enumerate(
            zip(known.to_dict("records"), place, period, size, strict=True), start=1
        )
    ]


def _told(number: int, row: dict[str, object], names: tuple[str, str, str], says: Catalogue) -> Found:
    place, period, size = names
    kind = str(row["expectation"])
    words = says.text(
        f"cluster.{kind}",
        reports=says.counted("comparison.reports", int(str(row["observed"]))),
        expected=expected_text(float(str(row["expected"])), says),
        chance=chance_text(float(str(row["p_value"])), says),
    )
    drawn = Cluster(
        id=f"{row['area']}.{str(row['period_start'])[:7]}.{str(row['period_end'])[:7]}",
        area=str(row["area"]),
        first=pd.Period(str(row["period_start"]), freq="M"),
        last=pd.Period(str(row["period_end"]), freq="M"),
        label=str(number),
        words=f"{says.text('cluster.title', place=place, period=period)}. {words}",
        kind=kind,
    )
    return Found(
        drawn,
        place,
        says.text("cluster.title", place=place, period=period),
        f"{says.text('table.square', size=size).capitalize()}. {words}",
    )


def chance_text(p_value: float, says: Catalogue) -> str:
    """Say how often chance alone would show as much, as "once in so many" rather than as a p-value."""
    times = round(1 / max(p_value, 1e-9))
    step = 10 ** max(len(str(times)) - 2, 0)
    return says.text("cluster.chance", times=says.whole(times // step * step), p=says.decimal(p_value, 3))


def expected_text(expected: float, says: Catalogue) -> str:
    """Write an expected count: with a decimal, or as less than one tenth."""
    least = 0.1
    return says.decimal(expected) if expected >= least else says.text("cluster.less_than", value=says.decimal(least))


def rows(clusters: Sequence[Found], says: Catalogue) -> pd.DataFrame:
    """Make the table of the clusters."""
    head = says.under("column")
    return pd.DataFrame(
        {
            head["number"]: [c.drawn.label for c in clusters],
            head["place_area"]: [c.place for c in clusters],
            head["words"]: [c.words for c in clusters],
            head["cell"]: [c.drawn.area for c in clusters],
        }
    )
