"""What a report is once it is anonymised: its vocabulary, its columns and the one error that a user sees.

This module is the ground floor: it knows of no file, no store and no territory.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

TRIAGES: Final = ("pending", "kept", "set_aside", "duplicate")
"""What the cell that sorts the reports made of one; only ``kept`` enters the tables."""

TIME_BANDS: Final = ("morning", "afternoon", "evening", "night", "unknown")
"""Six hours each: morning from 6, afternoon from 12, evening from 18, night from 0."""

CATEGORIES: Final = ("street", "building", "delivery", "storage", "growing", "use", "other", "unspecified")
"""What was seen: dealing in the street, in a building, by delivery; a stash; plants; use; else; not said."""

OUTCOMES: Final = ("surveillance", "arrest", "search", "seizure", "dismantling")
"""What a kept report can lead to; each has a day of its own."""

PRECISIONS: Final = ("address", "street", "place", "commune")
"""How well the source knew the place; ``commune`` means that it knew no more than that: unlocated."""

WEEKDAY_GROUPS: Final = ("weekday", "weekend")
"""Monday to Friday; Saturday and Sunday."""

DELAYS: Final = ("0-7", "8-30", "31-90", "over-90")
"""Days from a report to what it led to, in classes: a median can be one person's delay."""

DELAY_LIMITS: Final = (7, 30, 90)
"""Last day of each class of ``DELAYS`` but the open one; an outcome older than its report is in the first class."""

BREAKDOWNS: Final[dict[str, tuple[str, ...]]] = {
    "category": CATEGORIES,
    "time_band": TIME_BANDS,
    "weekday": WEEKDAY_GROUPS,
    "triage": ("kept", "set_aside"),
    "outcome": OUTCOMES,
    "delay": tuple(f"{outcome}:{delay}" for outcome in OUTCOMES for delay in DELAYS),
}
"""The attributes that episodes are broken down by, never two at once, and the values of each.

The values of ``category``, ``time_band`` and ``weekday`` share out the kept episodes; of ``triage``, ``kept`` are all
of them and ``set_aside`` stand beside. ``outcome`` counts the first of each kind of an episode, in the month of the
outcome; ``delay`` shares out each outcome by the days that it took, ``arrest:8-30``.
"""

OUTCOME_COLUMNS: Final = tuple(f"{outcome}_day" for outcome in OUTCOMES)

COLUMNS: Final[dict[str, str]] = {
    "source_hash": "str",
    "base_e": "Int64",
    "base_n": "Int64",
    "commune": "str",
    "day": "datetime64[us]",
    "time_band": "str",
    "category": "str",
    "triage": "str",
    **dict.fromkeys(OUTCOME_COLUMNS, "datetime64[us]"),
    "precision": "str",
}
"""The columns of an anonymised report, in their order, with their types. Nothing else may stand beside them."""

VOCABULARY: Final[dict[str, tuple[str, ...]]] = {
    "time_band": TIME_BANDS,
    "category": CATEGORIES,
    "triage": TRIAGES,
    "precision": PRECISIONS,
}
"""The words allowed in each column of words."""

_BAND_OF_HOUR: Final = np.repeat(np.array(["night", "morning", "afternoon", "evening"], dtype=object), 6)


class InputError(Exception):
    """Something that the user gave cannot be used; the message is one sentence that says what, and what to do."""


def empty() -> pd.DataFrame:
    """Give a frame of no reports with the right columns and types."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the reports with exactly the columns of ``COLUMNS``, in order, with their types.

    Parameters
    ----------
    frame : pandas.DataFrame
        Anonymised reports, for instance as they come back from a store.

    Returns
    -------
    pandas.DataFrame
        One row a report, numbered from 0.

    Raises
    ------
    ValueError
        If a column is missing or foreign, or a word is not in the vocabulary. It names columns only, never content.
    """
    if set(frame.columns) != set(COLUMNS):
        odd = sorted(set(frame.columns) ^ set(COLUMNS))
        raise ValueError(f"not a frame of anonymised reports; missing or foreign columns: {', '.join(odd)}")
    reports = frame[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)
    for name, words in VOCABULARY.items():
        if not reports[name].isin(words).all():
            raise ValueError(f"column {name} holds a word outside its vocabulary")
    return reports


def time_band(hours: npt.NDArray[np.integer]) -> npt.NDArray[np.object_]:
    """Give the band of each hour of the day.

    Parameters
    ----------
    hours : numpy.ndarray of int
        Hours from 0 to 23; anything below 0 stands for an hour that was not said.

    Returns
    -------
    numpy.ndarray of object
        Words of ``TIME_BANDS``, same shape.

    Raises
    ------
    ValueError
        If an hour is over 23.
    """
    if hours.size and hours.max() >= _BAND_OF_HOUR.size:
        raise ValueError("hours go from 0 to 23")
    bands: npt.NDArray[np.object_] = np.where(hours < 0, "unknown", _BAND_OF_HOUR[np.maximum(hours, 0)])
    return bands
