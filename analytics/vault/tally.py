"""What erased episodes leave behind: numbers without a day, at the smallest published cell, never two together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics import territory
from analytics.vault import rewriting
from analytics.vault.breakdowns import counted

if TYPE_CHECKING:
    from analytics.vault.store import Vault

_ATOM: Final = ("base_e", "base_n", "commune", "month", "attribute", "value")
_GONE: Final = """
SELECT e.episode FROM episodes e
ANTI JOIN (SELECT episode FROM reports UNION ALL SELECT aside_episode FROM reports) r ON e.episode = r.episode
"""


def erased_counts(vault: Vault) -> pd.DataFrame:
    """Give what erased episodes still count for.

    Returns
    -------
    DataFrame
        Columns base_e, base_n (Int64, corner of the smallest published cell, NA when unlocated), commune (NA when
        located), month (monthly period), attribute (empty for the episodes themselves), value, n. Confidential.
    """
    return counted(vault, "SELECT * FROM tally ORDER BY ALL")


def leave_tally(vault: Vault) -> None:
    """Replace each episode that has no report left by what it counts for.

    Attributes are not crossed, so that nothing tells which category went with which weekday; rows of one place, month
    and value are added up and laid down in order, so that neither does their succession.
    """
    run = vault.connection
    left = run.execute(f"SELECT * EXCLUDE (episode), 1 AS n FROM marginals SEMI JOIN ({_GONE}) USING (episode)").df()  # noqa: S608 - our query
    if left.empty:
        return
    run.register("left_now", _cornered(vault, left))
    run.execute(
        """CREATE TEMP TABLE summed AS
        SELECT base_e, base_n, commune, month::DATE AS month, attribute, value, sum(n)::BIGINT AS n
        FROM (SELECT * FROM tally UNION ALL BY NAME SELECT * FROM left_now) GROUP BY ALL"""
    )
    run.unregister("left_now")
    run.execute("DELETE FROM tally")
    run.execute("INSERT INTO tally BY NAME SELECT * FROM summed ORDER BY ALL")
    run.execute("DROP TABLE summed")
    run.execute(f"CREATE TEMP TABLE gone AS {_GONE}")
    for name in ("outcomes", "episodes"):
        run.execute(f"DELETE FROM {name} WHERE episode IN (SELECT episode FROM gone)")  # noqa: S608 - our names
    run.execute("DROP TABLE gone")


def forget_tally(vault: Vault, keep: pd.DataFrame) -> int:
    """Forget what erased episodes counted for, but for what some table still waits for.

    Once the episodes of an atom (attribute ``''``) are forgotten they are missing from ``episode_counts``, and so is
    what is forgotten of an attribute from ``breakdown_counts``, so a row is kept as long as anything that is computed
    anew from the vault needs it. A number as small as one speaks of a person, so what is forgotten here leaves the
    file, too, when the vault is closed.

    Parameters
    ----------
    vault
        Open.
    keep
        Columns base_e, base_n, commune, month (monthly period or first day), attribute, value, such as rows of
        ``erased_counts``.

    Returns
    -------
    int
        Number of rows forgotten.
    """
    run = vault.connection
    wanted = keep[list(_ATOM)].drop_duplicates()
    if isinstance(wanted["month"].dtype, pd.PeriodDtype):
        wanted = wanted.assign(month=wanted["month"].dt.to_timestamp())
    run.register("keeping", _cornered(vault, wanted))
    run.execute(
        "CREATE TEMP TABLE kept_tally AS SELECT base_e::BIGINT AS base_e, base_n::BIGINT AS base_n, "
        "commune::VARCHAR AS commune, month::DATE AS month, attribute::VARCHAR AS attribute, "
        "value::VARCHAR AS value FROM keeping"
    )
    run.unregister("keeping")
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM k.{name}" for name in _ATOM)
    forgotten = run.execute(
        f"DELETE FROM tally t WHERE NOT EXISTS (SELECT 1 FROM kept_tally k WHERE {same}) RETURNING n"  # noqa: S608
    ).fetchall()
    run.execute("DROP TABLE kept_tally")
    if forgotten:
        rewriting.ask(vault)
    return len(forgotten)


def _cornered(vault: Vault, places: pd.DataFrame) -> pd.DataFrame:
    """Give the places by the corner of their smallest published cell; before a policy is set, of their base cell."""
    policy = vault.meta("policy")
    size = int(json.loads(policy)["cell_m"] if policy else vault.meta("base_cell_m") or 1)
    moved = places.astype({"base_e": "Int64", "base_n": "Int64"})
    located = moved["base_e"].notna()
    for name in ("base_e", "base_n"):
        moved.loc[located, name] = territory.snap(moved.loc[located, name].astype("int64"), size)
    return moved
