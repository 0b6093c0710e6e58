"""Options that several commands have, and what they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.console import bar, sentences, stop

if TYPE_CHECKING:
    from analytics.territory import Territory

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]
VaultPath = Annotated[Path, typer.Option("--vault", help="The vault, a DuckDB file.", dir_okay=False)]
ReleasePath = Annotated[Path, typer.Option("--release", help="The folder of the release.", file_okay=False)]
TerritoryPath = Annotated[Path, typer.Option("--territory", help="The territory file (TOML).", dir_okay=False)]
OwnTerritory = Annotated[
    Path | None,
    typer.Option(
        "--territory",
        help="The territory file (TOML); by default the one in data/territory with the release's code.",
    ),
]
Statistics = Annotated[bool, typer.Option(help="Whether statistics are computed from it too, into derived/.")]
ReleaseArgument = Annotated[Path, typer.Argument(metavar="R", help="The folder of a release.", file_okay=False)]


def territory_of(code: str, named: Path | None) -> Territory:
    """Load the territory of a release: as named, as the environment says, or the one with its code."""
    from analytics import territory as ground_floor

    told = named or os.environ.get("VIGIE_TERRITORY")
    folder = Path(__file__).resolve().parents[2] / "data" / "territory"
    for file in [Path(told)] if told else sorted(folder.glob("*.toml")):
        ground = ground_floor.load(file)
        if ground.code == code:
            return ground
    return stop(f"The release is of territory {code}, and no territory file of it was found; name it with --territory.")


def write_derived(release: Path, ground: Territory, *, quiet: bool) -> dict[str, str]:
    """Compute what takes long from a release, beside it; gives what could not be, and why."""
    from analytics import release as said
    from analytics.statistics import derived

    with sentences(), bar("Computing statistics", quiet=quiet) as progress:
        return derived.write(said.read(release), ground, progress)
