"""How few cells hold how much in a run of months, computed once for everybody who looks at the same release."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.statistics import StatisticsError, concentration
from dashboard import reading
from dashboard.components.square_map.periods import Span
from dashboard.reading import Reading


@dataclass(frozen=True, eq=False)
class Concentrated:
    """The concentration of a run of months; an estimate throughout.

    Attributes
    ----------
    lorenz
        As from ``concentration.lorenz``, of the estimate of each inhabited cell; None where nothing is estimated.
    captured
        As from ``concentration.of_surface``.
    gini
        None where too little is estimated.
    """

    lorenz: pd.DataFrame | None
    captured: pd.DataFrame
    gini: concentration.Gini | None


def of_months(opened: Reading, span: Span) -> Concentrated:
    """Give the concentration of a run of closed months. Not to be changed."""
    return _of_months(opened.key, (str(span.first), str(span.last)), opened)


@st.cache_resource(max_entries=16, show_spinner=False)
def _of_months(key: str, months: tuple[str, str], _opened: Reading) -> Concentrated:
    del key
    span = Span(*(pd.Period(month, freq="M") for month in months))
    fitted = reading.fitted(_opened)
    window = reading.window(_opened, span)
    captured = concentration.of_surface(fitted, span.first, span.last)
    try:
        lorenz = concentration.lorenz(window.loc[window["residents"] > 0, "estimate"].to_numpy())
        gini = concentration.gini_of_surface(fitted, span.first, span.last)
    except StatisticsError:
        return Concentrated(None, captured, None)
    return Concentrated(lorenz, captured, gini)
