"""What closed months hold, by place and month: the only numbers that the tables are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from analytics.vault.store import Vault

_COUNTS: Final = """
FROM (SELECT * EXCLUDE (episode), 1 AS n FROM marginals UNION ALL BY NAME SELECT * FROM tally)
SELECT base_e, base_n, commune, month, attribute, value, sum(n)::BIGINT AS n
GROUP BY ALL HAVING {} ORDER BY ALL
"""


def episode_counts(vault: Vault) -> pd.DataFrame:
    """Kept episodes of closed months by base cell or commune; erased ones by the smallest published cell.

    Returns
    -------
    DataFrame
        Columns base_e, base_n (Int64, NA when unlocated), commune (NA when located), month (monthly period), n.
    """
    return counted(vault, _COUNTS.format("attribute = ''")).drop(columns=["attribute", "value"])


def breakdown_counts(vault: Vault) -> pd.DataFrame:
    """Episodes and outcomes of closed months by base cell or commune and by one attribute at a time.

    Returns
    -------
    DataFrame
        As ``episode_counts`` gives it, with ``attribute`` and ``value`` before ``n``: those of ``reports.BREAKDOWNS``
        that occur. The values of category, time_band and weekday sum to the episodes of each place and month, and
        ``kept`` of triage is their number.
    """
    return counted(vault, _COUNTS.format("attribute <> ''"))


def counted(vault: Vault, query: str) -> pd.DataFrame:
    """Answer of a query for counts by place, month, attribute and value, with the types that counts have."""
    found = vault.connection.execute(query).df()
    return found.assign(month=pd.PeriodIndex(found["month"], freq="M")).astype(
        {"base_e": "Int64", "base_n": "Int64", "commune": "str", "attribute": "str", "value": "str", "n": "int64"}
    )
