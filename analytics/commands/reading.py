"""Commands that read a release alone: its statistics, its facts, its map, its files for a GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analytics.commands.options import Json, OwnTerritory, ReleaseArgument, territory_of, write_derived
from analytics.console import say, sentences, stop

Target = Annotated[
    Path,
    typer.Option(
        "--to", metavar="FILE", help="The file to write: .gpkg (all layers), .parquet or .csv.", dir_okay=False
    ),
]
Layers = Annotated[
    list[str] | None,
    typer.Option(
        "--layer",
        help="blocks, outlook, series, departement, breakdown, surface or zones, once for each; or facts, those of all"
        " tables in one layer. By default all in a .gpkg, blocks in another file.",
    ),
]


def statistics(release: ReleaseArgument, territory: OwnTerritory = None, *, as_json: Json = False) -> None:
    """Compute what takes long from a release alone (scan, backtest, draws) and keep it beside it, in derived/."""
    from analytics import release as said

    with sentences():
        ground = territory_of(said.read(release).manifest["territory"]["code"], territory)
    without = write_derived(release, ground, quiet=as_json)
    say({"written": str(release / "derived"), "without": without}, as_json=as_json)


def show(release: ReleaseArgument, *, as_json: Json = False) -> None:
    """Print the facts of a release as a table."""
    from analytics import release as said

    with sentences():
        read = said.read(release)
    if as_json:
        facts = read.facts.astype(object).where(read.facts.notna(), None)
        say({"manifest": read.manifest, "facts": facts.to_dict("records")}, as_json=True)
        return
    shown = read.facts.drop(columns=["attribute", "value"]) if (read.facts["attribute"] == "").all() else read.facts
    typer.echo(shown.to_string(index=False, na_rep=""))


def map_(
    release: ReleaseArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT.html", help="The file to write.", dir_okay=False)],
    territory: OwnTerritory = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the map of a release as one HTML file that needs no network: to send, to open, to print."""
    from analytics import plots
    from analytics import release as said
    from analytics.statistics import surface

    with sentences():
        read = said.read(release)
        ground = territory_of(read.manifest["territory"]["code"], territory)
        if not len(said.months(read)):
            stop("No month of this release is closed yet, so there is nothing to draw; publish a month first.")
        first, last = plots.last_months(read)
        window = surface.window(surface.fit(read, ground), str(first), str(last))
        plots.save_map(read, ground, window, out, first=first, last=last)
    say({"written": str(out)}, as_json=as_json)


def export(  # noqa: PLR0913 - options of a command
    release: ReleaseArgument,
    to: Target,
    territory: OwnTerritory = None,
    layer: Layers = None,
    *,
    table: Annotated[list[str] | None, typer.Option(help="Only facts of this table, in the layer facts too.")] = None,
    level: Annotated[list[str] | None, typer.Option(help="Only facts of this level, such as 1000 or zone.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Only facts whose ground meets this zone.")] = None,
    area: Annotated[str | None, typer.Option(help="Only facts about the ground of this square or zone.")] = None,
    first: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="First month, of facts and estimate.")] = None,
    last: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month, of facts and estimate.")] = None,
    language: Annotated[str, typer.Option(help="fr or en: words, and how a CSV writes numbers.")] = "fr",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there already.")] = False,
    as_json: Json = False,
) -> None:
    """Write a release as a file for a GIS or a spreadsheet, with its sources, its vintage and its caveats.

    Without months, all facts, and the estimate of the last twelve closed months.
    """
    from analytics import exports
    from analytics import release as said
    from analytics.exports.files import check_ending
    from analytics.exports.gathering import month

    with sentences():
        check_ending(to.suffix)
        read = said.read(release)
        ground = territory_of(read.manifest["territory"]["code"], territory)
        wanted = exports.Filter(
            tables=tuple(table or ()),
            levels=tuple(level or ()),
            zones=tuple(zone or ()),
            first=month(first) if first else None,
            last=month(last) if last else None,
            area=area,
        )
        names = layer or (exports.LAYERS if to.suffix == ".gpkg" else ("blocks",))
        gathered = exports.gather(read, ground, tuple(dict.fromkeys(names)), wanted=wanted, language=language)
        written = exports.write(gathered, to, overwrite=overwrite)
    rows = {name: len(frame) for name, frame in gathered.layers.items()}
    say({"written": [str(path) for path in written], "rows": rows}, as_json=as_json)
