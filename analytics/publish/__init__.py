"""The only bridge: vault -> disclosure -> release.

One month is closed at a time: its reports become episodes, every table's ladder seals what may be said, the next month
follows. What is published is written down in the vault first and in the release after, so that an interruption leaves
a release that the next publication completes.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics import release, vault
from analytics.disclosure import tables
from analytics.disclosure.policy import CELL_TABLES, PolicyError
from analytics.publish.calendar import PublishError, calendar_of
from analytics.publish.closing import close
from analytics.publish.forgetting import forget
from analytics.publish.ledger import facts_of_reports, published

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analytics.disclosure.policy import Policy
    from analytics.territory import Territory
    from analytics.vault import Vault

__all__ = ["PublishError", "facts_of_reports", "publish"]


def publish(
    vault_path: str | Path,
    release_path: str | Path,
    policy: Policy,
    *,
    through: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Close months and publish what may be said of them.

    Parameters
    ----------
    vault_path, release_path
        The vault, and the folder of the release.
    policy
        The disclosure policy. A vault publishes under one policy only.
    through
        Last month to close, ``YYYY-MM``; by default the last month that the reports at hand cover wholly.
    progress
        Called with the number of months closed so far and the number of months to close.

    Returns
    -------
    dict
        ``vintage, facts, blocks`` (those that this publication added), ``facts_total, reports_published,
        reports_waiting`` (located reports kept by triage, in the table ``blocks``). Confidential.

    Raises
    ------
    PublishError
        Nothing to close, a month that is closed already, or another policy than the vault's.
    """
    with vault.opened(vault_path) as store:
        territory = vault.territory(store)
        _hold_to(store, policy, territory)
        calendar = calendar_of(store, through)
        added = release.empty_facts()
        if calendar.last >= calendar.start:
            added = close(store, territory, policy, calendar, progress)
        else:
            forget(store, replace(calendar, last=calendar.start - 1))
        facts = published(store)
        manifest = _manifest(store, territory, policy)
        summary = _summary(store, territory, policy, added, facts)
        _check_folder(release_path, manifest, facts)
    release.write(release_path, manifest, facts)
    return summary


def _hold_to(store: Vault, policy: Policy, territory: Territory) -> None:
    """Refuse a policy that does not fit the territory or differs from the one that the vault publishes under."""
    for level in [policy.cell_m, *(int(lv) for t in CELL_TABLES for lv, _ in policy.tables.get(t, ()))]:
        if level % territory.base_cell_m:
            raise PolicyError(
                f"The policy asks for cells of {level} m, which is no multiple of the base cell of {territory.name}, "
                f"{territory.base_cell_m} m; change cell_m and the rungs."
            )
    ground, known = tables.digest(policy, territory), store.meta("ground")
    if known is None:
        store.set_meta("ground", ground)
    elif known != ground:
        raise PublishError(
            "The territory's cells, inhabitants or zones are not those that this vault has published on, and "
            "two grounds can be subtracted from one another; restore the territory files, or begin a new vault."
        )
    wanted, held = policy.model_dump_json(), store.meta("policy")
    if held is None:
        store.set_meta("policy", wanted)
    elif held != wanted:
        raise PublishError(
            "This vault has published under another policy, and two policies side by side can be subtracted from one "
            "another; publish under the first policy, or begin again with a new vault and a new release."
        )


def _check_folder(path: str | Path, manifest: dict[str, Any], facts: pd.DataFrame) -> None:
    """Refuse a folder that holds another vault's release: what was published there would be lost."""
    if not (Path(path) / release.MANIFEST).exists():
        return
    there = release.read(path)
    same = all(there.manifest[key] == manifest[key] for key in ("territory", "audience", "synthetic", "policy"))
    if not same or not there.facts.equals(facts.iloc[: len(there.facts)]):
        raise PublishError(
            f"The folder {Path(path).name} holds a release that this vault did not publish; name another folder."
        )


def _manifest(store: Vault, territory: Territory, policy: Policy) -> dict[str, Any]:
    vintages = vault.frame(store, "SELECT * FROM vintages ORDER BY vintage").to_dict("records")
    return {
        "format_version": release.FORMAT_VERSION,
        "territory": {
            "code": territory.code,
            "name": territory.name,
            "crs": territory.crs,
            "base_cell_m": territory.base_cell_m,
        },
        "audience": policy.audience,
        "synthetic": store.meta("synthetic") == "yes",
        "policy": policy.model_dump(mode="json"),
        "vintages": vintages,
        "audit": {
            "hold_back": "each block alone, with the ladder's rule",
            "linked_tables": "all sums of all tables and vintages together, with the ladder's rule",
        },
    }


def _summary(
    store: Vault, territory: Territory, policy: Policy, added: pd.DataFrame, facts: pd.DataFrame
) -> dict[str, Any]:
    told = facts_of_reports(store, territory, policy.cell_m, "blocks")["order"].notna()
    return {
        "vintage": int(facts["vintage"].max()) if len(facts) else 0,
        "facts": len(added),
        "blocks": int((added["table"] == "blocks").sum()),
        "facts_total": len(facts),
        "reports_published": int(told.sum()),
        "reports_waiting": int((~told).sum()),
    }
