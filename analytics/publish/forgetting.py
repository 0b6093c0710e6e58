"""Forgetting what erased episodes counted for, once no table can say it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics import vault
from analytics.disclosure import ladder, linking

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from analytics.disclosure.linked import Line
    from analytics.disclosure.policy import Policy
    from analytics.publish.calendar import Calendar
    from analytics.territory import Territory
    from analytics.vault import Vault


def forget(store: Vault, territory: Territory, policy: Policy, lines: Sequence[Line], calendar: Calendar) -> None:
    """Forget the tally of each atom that is sealed in every table where it counts, or never will be.

    The ladder looks at no atom that is sealed, and tries none after the last period that holds it, so nothing that is
    published later depends on what is forgotten here.

    Parameters
    ----------
    lines
        Every table of the policy, all months of the calendar closed.
    """
    erased = vault.erased_counts(store)
    if erased.empty:
        return
    month = calendar.numbers(erased["month"].dt.to_timestamp())
    needed = np.zeros(len(erased), dtype=bool)
    for line in lines:
        unit = linking.unit_of(line, erased, policy, territory)
        here = np.flatnonzero(unit >= 0)
        needed[here] |= still_waits(line.table)[unit[here], month[here]]
    vault.forget_tally(store, erased[needed])


def still_waits(table: ladder.Table) -> npt.NDArray[np.bool_]:
    """Atoms that some rung will still try, all months of the calendar closed: (units, months).

    An atom is tried for the last time when the longest period that holds it ends.
    """
    months = table.sealed.shape[1]
    number = np.arange(months)
    lengths = [ladder.MONTHS_IN[rung.period_level] for rung in table.rungs]
    ends = [number + length - 1 - (table.offset + number) % length for length in lengths]
    ahead = np.max(ends, axis=0, initial=-1) >= months
    return np.asarray((table.sealed == ladder.UNSEALED) & ahead)
