"""Why a row is set apart, and what to do about it. A row that cannot be used is never lost and never stops a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

REMEDIES: Final[dict[str, str]] = {
    "wrong_columns": "The row has more or fewer columns than the header: look for a separator or a quote in a text.",
    "missing_id": "Give the row the identifier that the source knows it by.",
    "bad_day": "Write the day in one of the formats that the mapping names, or add its format there.",
    "future_day": "Correct the day: it lies after the day on which the file was read.",
    "early_day": "Correct the day, or set an earlier [day] earliest in the mapping.",
    "bad_hour": "Write the hour in one of the mapping's formats, or leave it empty.",
    "bad_coordinates": "Write both coordinates as plain numbers with the decimal sign of the mapping, or neither.",
    "no_place": "Give coordinates, or the commune where there are none.",
    "unknown_commune": "Give the commune's code, or its official name, as the territory file has them.",
    "outside_territory": "Check the coordinates, their order and [place] crs; else the report is not ours.",
    "unknown_category": "Add the word to [category.values] in the mapping, or say what others mean with other.",
    "unknown_triage": "Add the word to [triage.values] in the mapping.",
    "unknown_precision": "Add the word to [precision.values] in the mapping.",
    "bad_outcome_day": "Write the outcomes' days in one of the formats that the mapping names.",
    "outcome_before_report": "Correct the day of the report or of its outcome: the outcome comes first.",
    "future_outcome": "Correct the outcome's day: it lies after the day on which the file was read.",
}
"""A sentence for each reason, in the order in which a row is tried; the first reason found is the one told."""


def frame(rows: Sequence[int], reasons: Sequence[str], contents: Sequence[str]) -> pd.DataFrame:
    """Give the quarantine, in the order of the file.

    Parameters
    ----------
    rows : sequence of int
        Rows of the file, its header counted as row 1.
    reasons : sequence of str
        Keys of ``REMEDIES``.
    contents : sequence of str
        The whole row as JSON. It holds everything that the source wrote: it never leaves the confidential side.

    Returns
    -------
    pandas.DataFrame
        Columns row, reason, remedy, content.
    """
    apart = pd.DataFrame(
        {
            "row": pd.Series(rows, dtype="int64"),
            "reason": pd.Series(reasons, dtype="str"),
            "remedy": pd.Series([REMEDIES[reason] for reason in reasons], dtype="str"),
            "content": pd.Series(contents, dtype="str"),
        }
    )
    return apart.sort_values("row", ignore_index=True)
