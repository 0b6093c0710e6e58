"""What an analyst takes away: files for a GIS and a spreadsheet, the command that writes them, code for a notebook."""

import shlex
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics import exports
from analytics.exports import tables as written
from analytics.exports.gathering import Gathered
from dashboard import reading
from dashboard.access.log import recorded
from dashboard.catalogue import Catalogue, spoken
from dashboard.components.text import paragraph
from dashboard.facts import Filter
from dashboard.reading import Reading

NAME = "vigie"
TYPES = {
    ".csv": "text/csv",
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
}
CODE = """\
from analytics import exports, release, territory
from analytics.statistics import concentration, surface, trends

ground = territory.load({territory!r})
published = release.read({release!r})

# {facts}
published.facts

# {estimate}
fitted = surface.fit(published, ground)
surface.window(fitted, {first!r}, {last!r})

# {monthly}
trends.monthly(published, {code!r})

# {concentration}
concentration.of_surface(fitted, {first!r}, {last!r})

# {layers}
exports.gather(published, ground).layers
"""


def downloads(opened: Reading, wanted: Filter, estimate: pd.DataFrame) -> None:
    """Offer the wanted facts as files; each is made when it is asked for, when the page's run has long ended.

    Parameters
    ----------
    estimate
        The surface of the wanted months, from ``reading.window``: taken now, while it is known who reads.
    """
    says = spoken()
    one, all_of_it = (partial(gathered, opened, wanted, estimate, says, one=one) for one in (True, False))
    paragraph("note", says.text("analyst.download_note"))
    offers = (
        (".csv", "csv", lambda: exports.content(one(), ".csv")),
        (".gpkg", "gpkg", lambda: exports.content(all_of_it(), ".gpkg")),
        (".parquet", "parquet", lambda: exports.content(one(), ".parquet")),
        (".txt", "readme", lambda: _note(one())),
    )
    with st.container(horizontal=True):
        for ending, kind, make in offers:
            _offer(kind, f"{says.text('analyst.file')}{ending}", TYPES[ending], make)


def _offer(kind: str, name: str, mime: str, make: Callable[[], bytes]) -> None:
    says = spoken()
    st.download_button(
        says.text(f"analyst.download_{kind}"),
        data=recorded(name, make),
        file_name=name,
        mime=mime,
        help=says.text(f"analyst.download_{kind}_help"),
        key=f"download-{kind}",
        on_click="ignore",
        icon=":material/download:",
    )


def gathered(
    opened: Reading, wanted: Filter, estimate: pd.DataFrame, says: Catalogue, *, one: bool = False
) -> Gathered:
    """Make the layers of a file: the facts of all tables in one, or each table in its own with estimate and zones."""
    return exports.gather(
        opened.release,
        opened.territory,
        ("facts",) if one else exports.LAYERS,
        wanted=wanted,
        window=lambda _: estimate,
        language=str(says.locale.language),
    )


def _note(made: Gathered) -> bytes:
    name, layer = next(iter(made.layers.items()))
    return written.beside(name, layer, made.told).encode()


def command(opened: Reading, wanted: Filter, says: Catalogue) -> str:
    """Write the command that makes the same GeoPackage, with the release's folder by its name alone."""
    options = [
        *(("--table", table) for table in wanted.tables),
        *(("--level", level) for level in wanted.levels),
        *(("--zone", zone) for zone in wanted.zones),
        *([("--area", wanted.area)] if wanted.area else []),
        *([("--first", str(wanted.first))] if wanted.first is not None else []),
        *([("--last", str(wanted.last))] if wanted.last is not None else []),
        ("--language", str(says.locale.language)),
    ]
    head = ["python", "-m", "analytics", "export", opened.release.path.name]
    fixed = [("--territory", reading.territory_file().name), ("--to", f"{NAME}.gpkg")]
    lines = [shlex.join(head), *(shlex.join(option) for option in (*fixed, *options))]
    return " \\\n    ".join(lines)


def code(opened: Reading, says: Catalogue, *, first: str, last: str) -> str:
    """Write the code that opens the same release in a notebook, with folder and file by their names alone."""
    return CODE.format(
        territory=reading.territory_file().name,
        release=opened.release.path.name,
        first=first,
        last=last,
        code=opened.territory.code,
        facts=says.text("analyst.code_facts"),
        estimate=says.text("analyst.code_estimate"),
        monthly=says.text("analyst.code_monthly"),
        concentration=says.text("analyst.code_concentration"),
        layers=says.text("analyst.code_layers"),
    )
