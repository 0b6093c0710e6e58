"""What a file says of itself: whose data, of when, for whom, at which threshold, and what must not be concluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analytics import release as said
from analytics.exports.texts import texts
from analytics.release import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from analytics.exports.layers import Run
    from analytics.release import Release
    from analytics.territory import Territory

CAVEATS: Final = ("withheld", "sums", "estimate", "quiet", "offence")


@dataclass(frozen=True, eq=False)
class About:
    """What goes into every file beside its numbers.

    Attributes
    ----------
    language
        ``fr`` or ``en``.
    title
        What it is.
    lines
        Subject and text, in order: audience, vintage, threshold, sources, notes, caveats.
    layers
        Layer -> one sentence.
    k
        Least number that may be told.
    day
        Last closed day (ISO): the date of the file, whenever it is written.
    recent
        First day of the last twelve closed months (ISO): a map begins with what is newer.
    """

    language: str
    title: str
    lines: tuple[tuple[str, str], ...]
    layers: dict[str, str]
    k: int
    day: str
    recent: str


def about(release: Release, territory: Territory, run: Run, *, language: str = "fr") -> About:
    """Say what a file of a release must say.

    Parameters
    ----------
    run
        The months of the estimate.
    language
        ``fr`` or ``en``.

    Raises
    ------
    ReleaseError
        Nothing was published yet.
    """
    words, manifest = texts(language), release.manifest
    months = said.months(release)
    if not len(months):
        raise ReleaseError("No month of this release is closed yet, so there is nothing to export; publish one first.")
    audience = str(manifest["audience"])
    vintage = manifest["vintages"][-1]
    told = words["about.vintage_text"].format(vintage=vintage["vintage"], through=vintage["through"])
    made_up = words["about.synthetic_yes"] if manifest.get("synthetic", False) else words["no"]
    size = words["about.cell_text"].format(size=release.cell_m, crs=territory.crs)
    restricted = (
        [(words["about.restricted"], ", ".join(manifest["restricted_to"]))] if "restricted_to" in manifest else []
    )
    lines = [
        (words["about.audience"], words.get(f"audience.{audience}", audience)),
        (words["about.vintage"], told),
        (words["about.k"], words["about.k_text"].format(k=release.k)),
        (words["about.cell"], size),
        (words["about.synthetic"], made_up),
        *restricted,
        *((words["about.caveat"], words[f"caveat.{name}"]) for name in CAVEATS),
        *((words["about.source"], source) for source in territory.sources),
        *((words["about.note"], note) for note in territory.notes),
    ]
    layers = {
        key.removeprefix("layer."): text.format(first=run.first, last=run.last)
        for key, text in words.items()
        if key.startswith("layer.")
    }
    return About(
        language,
        words["about.title"].format(territory=territory.name),
        tuple(lines),
        layers,
        release.k,
        str(months[-1].end_time.date()),
        str(months[max(0, len(months) - 12)].start_time.date()),
    )


def with_columns(told: About, frames: Iterable[tuple[str, pd.DataFrame]]) -> list[tuple[str, str]]:
    """Give the lines of a file with a sentence a layer and a column that it has."""
    words = texts(told.language)
    held = list(frames)
    lines = list(told.lines)
    lines += [(words["about.layer"].format(name=name), told.layers[name]) for name, _ in held]
    columns = dict.fromkeys(str(column) for _, frame in held for column in frame.columns if column != "geometry")
    return lines + [(words["about.column"].format(name=name), words[f"column.{name}"]) for name in columns]
