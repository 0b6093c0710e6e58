"""Forgetting what erased episodes counted for, once nothing that is said can depend on it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics import vault

if TYPE_CHECKING:
    from analytics.publish.calendar import Calendar
    from analytics.vault import Vault

YEAR = 12


def forget(store: Vault, calendar: Calendar) -> None:
    """Forget the tally of every closed calendar year.

    Every period lies within one calendar year: when it is closed no ladder tries its months again, and the attacker is
    let loose on no run of months that holds them (``linked.pieces``). Until then a tally is needed even where it was
    sealed: the attack tells a group that was held back from a small one by its count.

    Parameters
    ----------
    calendar
        All its months are closed.
    """
    erased = vault.erased_counts(store)
    if erased.empty:
        return
    month = calendar.numbers(erased["month"].dt.to_timestamp())
    december = month + YEAR - 1 - (calendar.first.month - 1 + month) % YEAR
    vault.forget_tally(store, erased[december >= calendar.months])
