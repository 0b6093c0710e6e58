"""A coarser audience's facts, month after month: sums of finer facts, attacked together, withheld where they prove.

Why nothing that the finer readers could not prove is proved to anybody: every coarser fact is a sum of finer facts,
chosen by an algorithm that reads finer facts alone, so whatever follows from both releases follows from the finer one.

What the coarser readers are promised is more: that nothing under *their* k is proved. So the attacker with all the
equations is let loose on the coarser sums at the coarser k, on the exact ground that they cover, which is more than
those readers are told; and the smallest loss is withheld until he proves nothing. A coarser group's silence bounds
nothing, since what still waits in the finer release is not in it: the ladder's rule does not hold here, and no attacker
can use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics import release
from analytics.disclosure import audit, linking, repair
from analytics.publish import replaying, sums, telling
from analytics.publish.calendar import PublishError, order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.disclosure.ladder import Block
    from analytics.disclosure.linked import Linked
    from analytics.disclosure.policy import Policy
    from analytics.publish.finer import Finer
    from analytics.publish.sums import Sums
    from analytics.release import Release
    from analytics.territory import Territory


def facts_of(
    finer: Finer,
    policy: Policy,
    territory: Territory,
    said: pd.DataFrame,
    closed: int,
    *,
    repaired: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Facts that the coarser audience may read.

    Parameters
    ----------
    finer
        The finer release and what its facts cover.
    policy
        The coarser policy; fits the release.
    territory
        Their ground.
    said, closed
        The coarser facts of earlier derivations and the number of months that they closed: never changed.
    repaired
        Withhold what the attacker would prove. Without it, this is what a careless publisher would write.
    progress
        Called with the number of months closed so far and the number of months to close.

    Raises
    ------
    PublishError
        The earlier facts are not sums of the finer ones, or prove a small number already.
    """
    months = finer.months
    added = sums.open_sums(finer, policy, territory)
    linked = linking.linked_of(policy.model_copy(update={"cell_m": finer.cell_m}), territory)
    replaying.replay(added, said, months, closed)
    rounded = telling.rounding(finer, policy, territory)
    rows: list[dict[str, Any]] = []
    for number in range(closed, len(months)):
        month = months[number]
        blocks = _closed(added, linked, number, month) if repaired else [sums.close_month(t, number) for t in added]
        told = [
            fact
            for table, sealed in zip(added, blocks, strict=True)
            for fact in telling.described(table, sealed, months[0], rounded)
        ]
        vintage = _vintage(finer.release, month)
        rows += [fact | {"vintage": vintage, "order": order(month, place)} for place, fact in enumerate(told)]
        if progress is not None:
            progress(number - closed + 1, len(months) - closed)
    fresh = pd.DataFrame(rows, columns=list(release.COLUMNS)).astype(release.COLUMNS)
    return pd.concat([said, fresh], ignore_index=True) if len(said) else fresh


def _vintage(finer: Release, month: pd.Period) -> int:
    """Vintage of the finer release that closed a month."""
    return int(
        next(
            vintage["vintage"]
            for vintage in finer.manifest["vintages"]
            if pd.Period(vintage["through"], freq="M") >= month
        )
    )


def _closed(added: Sequence[Sums], linked: Linked, number: int, month: pd.Period) -> list[list[Block]]:
    """Close a month of all tables so that all sums together prove nothing under the coarser k."""
    lines = [table.line for table in added]

    def say(line: int, closing: int, withheld: set[tuple[int, int]]) -> list[Block]:
        return sums.close_month(added[line], closing, withheld)

    try:
        return repair.close_month(lines, linked, number, say=say, rules=False).blocks
    except (repair.RefusedError, audit.AuditError) as error:
        raise PublishError(
            f"{month} cannot be derived. {error} Nothing was written; keep the last release and tell the maintainers."
        ) from None
