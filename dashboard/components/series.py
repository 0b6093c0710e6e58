"""A monthly series as a table, in which a month that was not told is neither zero nor missing."""

import pandas as pd

from dashboard.catalogue import Catalogue
from dashboard.components.tables import Format


def rows(monthly: pd.DataFrame, sums: pd.DataFrame, *, k: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of a series, the newest month first.

    Parameters
    ----------
    monthly, sums
        From ``trends.monthly`` and ``trends.sums``.
    k
        Least number that may be told.
    """
    head = says.under("column")
    published = monthly["state"] == "published"
    frame = pd.DataFrame(
        {
            head["month"]: [says.month(month) for month in monthly["month"]],
            head["n"]: monthly["n"],
            head["bounds"]: bounds(monthly, says),
            head["state"]: [says.text("trends.published" if p else "trends.not_said", k=k) for p in published],
            head["with_others"]: with_others(monthly["month"], sums, says),
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def formats(says: Catalogue) -> dict[str, Format]:
    """Say how the numbers of ``rows`` are written."""
    return {says.text("column.n"): says.whole}


def bounds(monthly: pd.DataFrame, says: Catalogue) -> list[str]:
    """Write the interval of a published month, and what is known to bound one that was not said."""
    texts = []
    for state, low, high in zip(monthly["state"], monthly["low"], monthly["high"], strict=True):
        if pd.isna(high):
            texts.append(says.text("trends.unbounded"))
        elif state == "published":
            texts.append(says.text("table.between", low=says.decimal(low), high=says.decimal(high)))
        elif low > 0:
            texts.append(says.text("table.between", low=says.whole(low), high=says.whole(high)))
        else:
            texts.append(says.text("trends.at_most", high=says.whole(high)))
    return texts


def with_others(months: pd.Series, sums: pd.DataFrame, says: Catalogue) -> list[str]:
    """Say of each month in which longer total it is told, if it is."""
    told: dict[str, str] = {}
    for spoken, sentence in zip(sums["spoken"], sum_texts(sums, says), strict=True):
        told |= dict.fromkeys(str(spoken).split(), sentence)
    return [told.get(str(month), "") for month in months]


def sum_texts(sums: pd.DataFrame, says: Catalogue) -> list[str]:
    """Say of each total of several months what it is and how many of the period's months it speaks of."""
    return [
        says.counted("trends.sum", months, period=says.period(level, first, last), n=says.whole(n))
        for level, first, last, months, n in zip(
            sums["period_level"], sums["first"], sums["last"], sums["months"], sums["n"], strict=True
        )
    ]
