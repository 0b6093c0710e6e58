"""The months of a publication: where the release begins, which months close now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import release, vault

if TYPE_CHECKING:
    from analytics.vault import Vault


class PublishError(Exception):
    """Nothing was published; the message is a sentence to show, with what to do."""


@dataclass(frozen=True)
class Calendar:
    """The months of a publication.

    Attributes
    ----------
    first
        First month of the release: month 0.
    start, last
        First and last month that close now; ``last`` lies before ``start`` when none does.
    """

    first: pd.Period
    start: pd.Period
    last: pd.Period

    @property
    def months(self) -> int:
        """Number of months of the release once it is published."""
        return distance(self.first, self.last) + 1

    @property
    def closed(self) -> int:
        """Number of months that were closed before."""
        return distance(self.first, self.start)

    def numbers(self, dates: pd.Series[Any]) -> npt.NDArray[np.int64]:
        """Month number of each date."""
        found = pd.DatetimeIndex(dates)
        return np.asarray((found.year - self.first.year) * 12 + found.month - self.first.month, dtype=np.int64)


def distance(first: pd.Period, last: pd.Period) -> int:
    """Months from one to the other."""
    return (last.year - first.year) * 12 + last.month - first.month


def order(month: pd.Period, place: int) -> int:
    """Moment of sealing: the closing month, and the place among the facts of that month."""
    return (month.year * 100 + month.month) * release.ORDERS_A_MONTH + place


def _ended(through: str) -> pd.Period:
    """Month that a person named; one that has not ended would make all its later reports late."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", through):
        raise PublishError(f"--through {through} is not a month; write it as YYYY-MM.")
    month = pd.Period(through, freq="M")
    if month >= pd.Timestamp.now().to_period("M"):
        raise PublishError(f"{through} has not ended yet, and a month is closed for good; name an earlier one.")
    return month


def _january(oldest: pd.Period) -> pd.Period:
    """First month of a release: that of the oldest report would say that one came in it."""
    return pd.Period(year=oldest.year, month=1, freq="M")


def calendar_of(store: Vault, through: str | None) -> Calendar:
    """Work out which months close.

    Raises
    ------
    PublishError
        No reports, no whole month, a month that is none, or one that is closed already.
    """
    at_hand, closed = vault.months_at_hand(store), store.closed_through
    if at_hand is None and closed is None:
        raise PublishError("The vault holds no reports; read an export first: python -m analytics ingest")
    first_said = store.meta("first_month")
    first = pd.Period(first_said, freq="M") if first_said else _january(at_hand[0])  # type: ignore[index]
    start = first if closed is None else closed + 1
    last = _ended(through) if through else (at_hand[1] if at_hand else start - 1)
    if closed is None and at_hand is not None and last < at_hand[0]:
        raise PublishError(
            f"No month can be closed yet: the first report is of {at_hand[0]}; wait for that month's end."
        )
    if through and last < start - 1:
        raise PublishError(f"{start - 1} is closed already; name a later month than {through}.")
    store.set_meta("first_month", str(first))
    return Calendar(first, start, last)
