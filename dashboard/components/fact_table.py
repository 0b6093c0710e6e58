"""Published facts as an analyst reads them: a table in words, in which a row can be chosen."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.catalogue import Catalogue
from dashboard.components import tables

ROWS = 7  # shown at once; the rest is scrolled


def show(facts: pd.DataFrame, says: Catalogue, *, key: str, on_choice: Callable[[], None]) -> None:
    """Show facts; one row can be chosen, ``chosen`` then tells which area it is about.

    Parameters
    ----------
    facts
        As from ``facts.described``.
    key
        Of the element. It must change with the facts: a choice is kept by the row's place.
    on_choice
        Called when a row is chosen or given up.
    """
    frame = rows(facts, says)
    written = frame.style.format(dict(formats(says)), na_rep="–")
    st.dataframe(
        written,
        hide_index=True,
        height=tables.HEAD_PX + tables.ROW_PX * min(max(len(frame), 1), ROWS) + 2,
        column_config={says.text("column.place_area"): st.column_config.Column(width="medium")},
        on_select=on_choice,
        selection_mode="single-row",
        key=key,
    )


def chosen(facts: pd.DataFrame, key: str) -> str | None:
    """Tell which area the chosen row is about."""
    state: Any = st.session_state.get(key) or {}
    places = (state.get("selection") or {}).get("rows") or []
    newest_first = facts["area"].iloc[::-1]
    return str(newest_first.iloc[places[0]]) if places and places[0] < len(facts) else None


def rows(facts: pd.DataFrame, says: Catalogue) -> pd.DataFrame:
    """Make the table in words, the newest facts first.

    Parameters
    ----------
    facts
        As from ``facts.described``. Attribute and value have a column where some fact has them.
    """
    head = says.under("column")
    split = (facts["attribute"] != "").any()
    words = value_texts(facts, says) if split else {}
    frame = pd.DataFrame(
        {
            head["place_area"]: tables.place_texts(facts, says),
            head["period"]: tables.period_texts(facts, says),
            head["n"]: facts["n"].to_numpy(),
            head["table"]: [says.text(f"facts.{table}") for table in facts["table"]],
            **{head[name]: texts for name, texts in words.items()},
            head["level"]: [level_text(level, says) for level in facts["area_level"]],
            head["holds"]: tables.holds_texts(facts, says),
            head["covered"]: facts["covered"].to_numpy(),
            head["inhabitants"]: facts["residents"].to_numpy(),
            head["reports"]: facts["reports"].to_numpy(),
            head["vintage"]: facts["vintage"].to_numpy(),
            head["area"]: facts["area"].to_numpy(),
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def value_texts(facts: pd.DataFrame, says: Catalogue) -> dict[str, list[str]]:
    """Name the attribute and the value of each fact, the columns ``attribute`` and ``value``; empty where it has none.

    Parameters
    ----------
    facts
        With the columns ``attribute`` and ``value`` of a release.
    """
    pairs = list(zip(facts["attribute"], facts["value"], strict=True))
    known = {pair: (_attribute_text(pair[0], says), _value_text(*pair, says)) for pair in dict.fromkeys(pairs)}
    return {"attribute": [known[pair][0] for pair in pairs], "value": [known[pair][1] for pair in pairs]}


def _attribute_text(attribute: str, says: Catalogue) -> str:
    return says.text(f"facts.attribute.{attribute}") if attribute else ""


def _value_text(attribute: str, value: str, says: Catalogue) -> str:
    if not attribute:
        return ""
    if attribute != "delay":
        return says.text(f"facts.value.{attribute}.{value}")
    outcome, _, days = value.partition(":")
    return says.text(
        "facts.delay_of", outcome=_value_text("outcome", outcome, says), days=says.text(f"facts.days.{days}")
    )


def formats(says: Catalogue) -> dict[str, tables.Format]:
    """Say how the numbers of ``rows`` are written."""
    return {says.text(f"column.{name}"): says.whole for name in ("n", "covered", "inhabitants", "reports", "vintage")}


def levels_in_order(levels: pd.Series) -> list[str]:
    """List area levels, squares by size first."""
    return sorted(levels.unique(), key=lambda level: (not level.isdigit(), int(level) if level.isdigit() else 0, level))


def level_text(level: str, says: Catalogue) -> str:
    """Name an area level."""
    if level.isdigit():
        return says.text("table.square", size=says.kilometres(int(level)))
    return says.text(f"facts.level_{level}")
