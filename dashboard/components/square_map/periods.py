"""The periods that can be chosen in the map: every month, quarter and year, and the last 3, 6 and 12 months."""

from dataclasses import dataclass

import pandas as pd

ROLLING = {"last3": 3, "last6": 6, "last12": 12}
MONTHS_A_YEAR = 12
GRANULARITIES = ("month", "quarter", "year", *ROLLING)


@dataclass(frozen=True)
class Span:
    """A run of whole months, both ends included."""

    first: pd.Period
    last: pd.Period

    @property
    def months(self) -> int:
        """How many months it has."""
        return month_number(self.last) - month_number(self.first) + 1


def month_number(month: pd.Period) -> int:
    """Months since the year 0: the number by which browser and server both know a month."""
    return int(month.year) * 12 + int(month.month) - 1


def month_name(number: int) -> str:
    """Undo ``month_number``, as YYYY-MM."""
    return f"{number // MONTHS_A_YEAR:04d}-{number % MONTHS_A_YEAR + 1:02d}"


def spans(months: pd.PeriodIndex) -> dict[str, list[Span]]:
    """All the periods of the closed months, in order of time.

    Parameters
    ----------
    months
        The closed months, frequency M, without a hole.

    Returns
    -------
    dict
        Granularity (``GRANULARITIES``) -> its periods. The first and the last quarter and year are cut to the closed
        months. A granularity longer than all the months has no period.
    """
    found = {"month": [Span(month, month) for month in months]}
    for name, code in (("quarter", "Q"), ("year", "Y")):
        grouped = pd.Series(months, index=months).groupby(months.asfreq(code))
        found[name] = [Span(group.iloc[0], group.iloc[-1]) for _, group in grouped]
    for name, length in ROLLING.items():
        found[name] = [Span(months[i - length + 1], months[i]) for i in range(length - 1, len(months))]
    return found
