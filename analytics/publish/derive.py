"""A coarser audience's release from a finer release alone: command -> prevention -> public, and never the vault.

Together the two prove nothing that the finer one does not prove alone: the coarser is a function of the finer
(``coarser``), so whoever has the finer one could have made the coarser one himself. What the coarser readers are
promised, their own k, is attacked before anything is written.

Hence a chain, not a star: the public's release is derived from prevention's, so that it tells prevention nothing. Were
both derived from the commanders', each would keep its own promise, and the two side by side break prevention's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from analytics import release
from analytics.disclosure.policy import CELL_TABLES, Policy, PolicyError
from analytics.publish import coarser
from analytics.publish.calendar import PublishError
from analytics.publish.finer import published
from analytics.publish.replaying import derived

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analytics.publish.finer import Finer
    from analytics.release import Release
    from analytics.territory import Territory

FROM = "derived_from"


def derive(
    finer_path: str | Path,
    release_path: str | Path,
    policy: Policy,
    territory: Territory,
    *,
    origin_path: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Make, or carry on, a coarser audience's release.

    Parameters
    ----------
    finer_path
        The folder of a release that was published from a vault, or of one that was derived.
    release_path
        The folder of the coarser release; facts that it holds already are never changed.
    policy
        What the coarser audience may be told.
    territory
        The ground that the finer release was published on.
    origin_path
        Where the finer release was derived itself: the folder of the one that it came from. Its facts are not added
        up; they say what exactly the finer facts cover.
    progress
        Called with the number of months closed so far and the number of months to close.

    Returns
    -------
    dict
        ``vintage, facts`` (added now), ``facts_total``, and for each table ``share``, the part of the finer release's
        episodes that the coarser one tells. For the finer release's readers.

    Raises
    ------
    PublishError, PolicyError, ReleaseError
        The two do not fit, or the folder holds another release; nothing is written.
    """
    sources = [Path(path).resolve() for path in (finer_path, origin_path) if path is not None]
    if Path(release_path).resolve() in sources:
        raise PublishError("A release cannot be derived into its own folder; name another one with --release.")
    finer = release.read(finer_path)
    _hold_to(finer, policy)
    covered = _covered(finer, policy, territory, origin_path)
    manifest = _manifest(finer, policy)
    said, closed = _said(release_path, finer, manifest)
    facts = coarser.facts_of(covered, policy, territory, said, closed, progress=progress)
    for vintage in manifest["vintages"]:
        vintage["facts"] = int((facts["vintage"] == vintage["vintage"]).sum())
    release.write(release_path, manifest, facts)
    return {
        "vintage": int(manifest["vintages"][-1]["vintage"]),
        "facts": len(facts) - len(said),
        "facts_total": len(facts),
        "share": {table: _share(facts, finer.facts, table) for table in policy.tables},
    }


def _share(facts: pd.DataFrame, finer: pd.DataFrame, table: str) -> float | None:
    """Part of the finer episodes of a table that the coarser facts tell."""
    told, known = (frame.loc[frame["table"] == table, "n"].sum() for frame in (facts, finer))
    return round(float(told / known), 4) if known else None


def _manifest(finer: Release, policy: Policy) -> dict[str, Any]:
    kept = {key: finer.manifest[key] for key in ("format_version", "territory", "synthetic")}
    return kept | {
        "audience": policy.audience,
        "policy": policy.model_dump(mode="json"),
        "vintages": [dict(vintage) for vintage in finer.manifest["vintages"]],
        "audit": {"linked_tables": "all sums of all tables and vintages together, on the exact ground of the sums"},
        FROM: {
            "audience": finer.manifest["audience"],
            "k": finer.k,
            "cell_m": finer.cell_m,
            "facts_sha256": finer.manifest["files"][release.FACTS],
        },
    }


def _said(path: str | Path, finer: Release, manifest: dict[str, Any]) -> tuple[pd.DataFrame, int]:
    """Facts that the folder holds already and how many months they closed; refuse another release's folder."""
    if not (Path(path) / release.MANIFEST).exists():
        return release.empty_facts(), 0
    there, name = release.read(path), Path(path).name
    same = all(there.manifest[key] == manifest[key] for key in ("territory", "audience", "synthetic", "policy"))
    if not same or FROM not in there.manifest or there.manifest[FROM]["audience"] != finer.manifest["audience"]:
        raise PublishError(
            f"The folder {name} holds a release that was not derived from this one under this policy, and "
            "what was published there would be lost; name another folder."
        )
    months, known = release.months(there), release.months(finer)
    if len(months) and (len(months) > len(known) or months[0] != known[0]):
        raise PublishError(
            f"The folder {name} holds months that the finer release does not have; derive from a later one."
        )
    return there.facts, len(months)


def _covered(finer: Release, policy: Policy, territory: Territory, origin_path: str | Path | None) -> Finer:
    """Work out what exactly the finer facts cover."""
    of = finer.manifest["territory"]["code"]
    if of != territory.code:
        raise PublishError(f"The release is of {of}, not of {territory.code}; name its own territory.")
    if FROM not in finer.manifest:
        return published(finer, policy, territory)
    if origin_path is None:
        raise PublishError(
            f"{finer.path.name} was derived itself and does not say what exactly its facts cover; name the release "
            "that it was derived from with --origin."
        )
    origin = release.read(origin_path)
    if FROM in origin.manifest:
        raise PublishError(f"{origin.path.name} was derived itself; name the one published from the vault as --origin.")
    months = release.months(finer)
    if months[-1] not in release.months(origin):
        raise PublishError(f"{origin.path.name} does not have the months of {finer.path.name}; name a later one.")
    own = policy_of(finer)
    return derived(finer, own, published(release.until(origin, months[-1]), own, territory), territory)


def policy_of(finer: Release) -> Policy:
    """Read the policy in a release's manifest.

    Raises
    ------
    PublishError
        It is not one that this version knows.
    """
    try:
        return Policy.model_validate(finer.manifest["policy"])
    except (KeyError, ValidationError):
        raise PublishError(
            f"The policy in the manifest of {finer.path.name} is not one that this version of Vigie knows; update it."
        ) from None


def _hold_to(finer: Release, policy: Policy) -> None:
    """Refuse a policy that does not fit the finer release."""
    held = finer.manifest["policy"]
    if not len(release.months(finer)):
        raise PublishError("No month of the finer release is closed yet, so there is nothing to derive from.")
    if policy.k < finer.k:
        raise PolicyError(
            f"The policy's k = {policy.k} is smaller than the finer release's k = {finer.k}; a coarser audience's k "
            "is at least as large."
        )
    if policy.cell_m % finer.cell_m:
        raise PolicyError(
            f"The policy's cell_m = {policy.cell_m} is no multiple of the finer release's {finer.cell_m} m; change it."
        )
    if policy.episode_days != held["episode_days"]:
        raise PolicyError(
            f"The finer release counts episodes of {held['episode_days']} days and the policy says "
            f"{policy.episode_days}; both count the same episodes: change episode_days."
        )
    for table, rungs in policy.tables.items():
        _check_levels(table, {level for level, _ in rungs}, held["tables"].get(table))


def _check_levels(table: str, levels: set[str], finer: list[list[str]] | None) -> None:
    """Refuse areas of which a finer fact could lie half inside."""
    if finer is None:
        raise PolicyError(f"The policy has a table {table!r} and the finer release has none; take it out.")
    if table not in CELL_TABLES:
        return
    for large in sorted(levels, key=int):
        for small in sorted({level for level, _ in finer}, key=int):
            if int(large) % int(small) and int(small) % int(large):
                raise PolicyError(
                    f"Table {table!r}: neither of the policy's {large} m and the finer release's {small} m is a "
                    "multiple of the other, so areas would overlap; change the rung."
                )
