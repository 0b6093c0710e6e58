"""The command line: from an export to a release, and what can be read from a release.

``init``, ``ingest``, ``publish``, ``erase``, ``utility`` and ``calibrate`` belong to the confidential side: they open
the vault, and what they print is not for publication; so does ``audit`` where the vault is named. ``derive``,
``statistics``, ``show``, ``map`` and ``export`` read a release alone.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated, Any, Final

import typer

from analytics.commands import reading
from analytics.commands.options import (
    Json,
    OwnTerritory,
    ReleasePath,
    Statistics,
    TerritoryPath,
    VaultPath,
    territory_of,
    write_derived,
)
from analytics.console import bar, say, sentences, stop

DISCLOSED: Final = 1
CONFIDENTIAL: Final = "Confidential: computed from the vault, not for publication."

app = typer.Typer(
    help=__doc__.replace("``", ""),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def init(territory: TerritoryPath, vault: VaultPath, *, as_json: Json = False) -> None:
    """Make an empty vault for a territory, and the secret of the installation beside it.

    Keep both: without the secret, the same report of a later export is not recognised.
    """
    from analytics import vault as store

    with sentences():
        made = store.create(vault, territory)
    say({"vault": str(made.path), "secret": str(store.secret_file(made.path))}, as_json=as_json)


@app.command()
def synth(
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="The file to write.", dir_okay=False)],
    territory: TerritoryPath,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file.")] = 25,
    *,
    as_json: Json = False,
) -> None:
    """Write a synthetic export: invented reports, as an outside system would export them, marked as synthetic."""
    from analytics import synthetic
    from analytics import territory as ground_floor

    with sentences():
        synthetic.write(out, ground_floor.load(territory), seed)
    say({"written": str(out), "seed": seed, "synthetic": True}, as_json=as_json)


@app.command()
def ingest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, GeoJSON or Parquet.", dir_okay=False)],
    mapping: Annotated[Path, typer.Option(help="What the columns of the file mean (TOML).", dir_okay=False)],
    vault: VaultPath,
    *,
    as_json: Json = False,
) -> None:
    """Read an export into the vault. Exports are cumulative: what is known already adds nothing.

    Rows that cannot be read are set aside beside the vault with their number, the reason and the remedy. A file that
    cannot be read at all changes nothing and ends with exit code 2.
    """
    from analytics import intake
    from analytics import vault as store

    with sentences(), store.opened(vault) as opened:
        taken = intake.read(file, intake.load_mapping(mapping), store.territory(opened), store.secret(vault))
        counts = store.add(opened, taken.reports, synthetic=taken.synthetic)
        summary: dict[str, Any] = {
            "read": taken.read,
            "accepted": counts["accepted"],
            "duplicates": counts["duplicates"] + taken.repeated,
            "updated": counts["updated"],
            "late": counts["late"],
            "quarantined": {str(k): int(v) for k, v in taken.quarantine["reason"].value_counts().items()},
            "dropped_columns": taken.dropped_columns,
            "synthetic": taken.synthetic,
        }
        kept = store.set_aside(opened, taken.quarantine)
    if kept is not None:
        summary["quarantine_file"] = str(kept)
    say(summary | {"note": CONFIDENTIAL}, as_json=as_json)


@app.command()
def publish(
    vault: VaultPath,
    release: ReleasePath,
    policy: Annotated[Path, typer.Option(help="What may be said, and to whom (TOML).", dir_okay=False)],
    through: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month to close.")] = None,
    *,
    statistics: Statistics = True,
    as_json: Json = False,
) -> None:
    """Close months and publish what may be said of them. What is published is never taken back.

    Without --through, the last month that the reports at hand cover wholly is the last one closed.
    """
    from analytics import publish as bridge
    from analytics import vault as store
    from analytics.disclosure import policy as policies

    with sentences(), bar("Closing months", quiet=as_json) as progress:
        summary = bridge.publish(vault, release, policies.load(policy), through=through, progress=progress)
        with store.opened(vault) as opened:
            ground = store.territory(opened)
    if statistics:
        write_derived(release, ground, quiet=as_json)
    say(summary | {"note": CONFIDENTIAL}, as_json=as_json)


@app.command()
def derive(
    finer: Annotated[Path, typer.Option("--from", help="The folder of the finer release.", file_okay=False)],
    release: ReleasePath,
    policy: Annotated[Path, typer.Option(help="What the coarser audience may be told (TOML).", dir_okay=False)],
    territory: OwnTerritory = None,
    origin: Annotated[
        Path | None,
        typer.Option(help="Where --from was derived itself: the folder of the release it came from.", file_okay=False),
    ] = None,
    *,
    statistics: Statistics = True,
    as_json: Json = False,
) -> None:
    """Make a coarser audience's release from a finer release alone, or carry it on. The vault is not read.

    The summary says what share of the finer release's episodes the coarser one tells.
    """
    from analytics import release as said
    from analytics.disclosure import policy as policies
    from analytics.publish import derive as bridge

    with sentences(), bar("Closing months", quiet=as_json) as progress:
        wanted = policies.load(policy)
        ground = territory_of(said.read(finer).manifest["territory"]["code"], territory)
        summary = bridge.derive(finer, release, wanted, ground, origin_path=origin, progress=progress)
    if statistics:
        write_derived(release, ground, quiet=as_json)
    say(summary, as_json=as_json)


@app.command()
def audit(
    release: Annotated[list[Path], typer.Option(help="The folder of a release; once for each.", file_okay=False)],
    vault: Annotated[Path | None, typer.Option(help="The vault they came from.", dir_okay=False)] = None,
    territory: Annotated[Path | None, typer.Option(help="The territory file (TOML).", dir_okay=False)] = None,
    origin: Annotated[
        list[Path] | None,
        typer.Option(help="A release that a derived one came from, to be read and not attacked.", file_okay=False),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Play the attacker on releases, all together: what do all their numbers prove? Exit code 1 when anything.

    With the vault he knows which groups were withheld, and the truly small groups are attacked. Without it he is
    somebody outside: a group that is silent where another table speaks may have been withheld, so its silence proves
    nothing to him; the ladder's rule then only counts where a table stands alone.
    """
    from analytics import release as said
    from analytics.publish.examine import examine

    with sentences(), bar("Attacking", quiet=as_json) as progress:
        code = said.read(release[0]).manifest["territory"]["code"]
        ground = territory_of(code, territory) if territory or not vault else None
        told = examine(release, ground, origins=origin or (), vault_path=vault, progress=progress)
    proved = max(told["disclosed"], told["ladder_aware_disclosed"])
    told["verdict"] = "No count under k is proved."
    if proved:
        told["verdict"] = f"{proved} small numbers can be proved: do not publish."
    say(told | ({"note": CONFIDENTIAL} if vault else {}), as_json=as_json)
    if proved:
        raise typer.Exit(DISCLOSED)


@app.command()
def utility(vault: VaultPath, release: ReleasePath, *, as_json: Json = False) -> None:
    """Say how good the published picture is, measured against the vault.

    Shares, sizes, waits, how far the numbers lie from the reports in metres and days, and the first ten cells.
    """
    from analytics import utility as measure

    with sentences(), bar("Measuring quarters", quiet=as_json) as progress:
        summary = measure.utility(vault, release, progress=progress)
    say(summary | {"note": CONFIDENTIAL}, as_json=as_json)


@app.command()
def calibrate(
    vault: VaultPath,
    policies: Annotated[list[Path], typer.Option(help="The policies to try, one after the other.", dir_okay=False)],
    more: Annotated[list[Path] | None, typer.Argument(metavar="POLICY.toml", help="Further policies.")] = None,
    through: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month to close.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say what each policy would tell of the vault's reports, side by side, to choose one before the first publication.

    Each policy is tried on a private copy beside the vault that is removed afterwards; nothing is published.
    """
    from analytics.utility import calibrate as trial

    with sentences(), bar("Closing months", quiet=as_json) as progress:
        told = trial.calibrate(vault, [*policies, *(more or [])], through=through, progress=progress)
    if as_json:
        say({"policies": told, "note": CONFIDENTIAL}, as_json=True)
        return
    typer.echo(trial.table(told).to_string(index=False, na_rep="", float_format="{:.3f}".format))
    say({"note": CONFIDENTIAL}, as_json=False)


@app.command()
def erase(
    vault: VaultPath,
    ids: Annotated[Path, typer.Option(help="A text file with one id of the source a line.", dir_okay=False)],
    mapping: Annotated[Path, typer.Option(help="The mapping of the exports that hold these ids.", dir_okay=False)],
    *,
    as_json: Json = False,
) -> None:
    """Forget reports for good, by their ids at the source. Later exports do not bring them back.

    Published counts do not change, and neither do those of closed months that still wait.
    """
    from analytics import intake
    from analytics import vault as store

    with sentences(), store.opened(vault) as opened:
        try:
            wanted = [line.strip() for line in ids.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError):
            stop(f"The list of ids {ids} cannot be read; give a text file with one id a line.")
        erased = store.erase(opened, intake.hashes(wanted, intake.load_mapping(mapping), store.secret(vault)))
    say({"asked": len(wanted), "erased": erased, "note": CONFIDENTIAL}, as_json=as_json)


app.command("statistics")(reading.statistics)
app.command("show")(reading.show)
app.command("map")(reading.map_)
app.command("export")(reading.export)

if __name__ == "__main__":
    app()
