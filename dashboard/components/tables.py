"""The numbers of each map and chart as a table: made of frames, named by the catalogue, shown and downloaded alike."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st
from babel import numbers

from dashboard.access.log import recorded
from dashboard.catalogue import Catalogue, catalogue, spoken
from dashboard.components.square_map.payload import SurfacePeriod

ROWS = 12  # shown at once; the rest is scrolled
ROW_PX, HEAD_PX = 35, 37

Format = Callable[[Any], str]


def show(
    frame: pd.DataFrame, formats: Mapping[str, Format], *, name: str, key: str, whole: pd.DataFrame | None = None
) -> None:
    """Show a table and offer it as a file.

    Parameters
    ----------
    frame
        Its columns are headings in the reader's language.
    formats
        Column -> how its numbers are written. The numbers themselves stay numbers, so that a click on a heading sorts
        them as such.
    name
        The file's name, without ending.
    key
        Of the elements.
    whole
        What the file holds, if it is more than what is shown.
    """
    written = frame.style.format(dict(formats), na_rep="–")
    height = HEAD_PX + ROW_PX * min(max(len(frame), 1), ROWS) + 2
    wide = {frame.columns[0]: st.column_config.Column(width="medium")}
    st.dataframe(written, hide_index=True, height=height, column_config=wide, key=key)
    offer(frame if whole is None else whole, name=name, key=key)


def offer(content: pd.DataFrame, *, name: str, key: str) -> None:
    """Offer a table as a file, as ``show`` does under it.

    Parameters
    ----------
    content
        Its columns are headings in the reader's language.
    name
        The file's name, without ending.
    key
        Of the table.
    """
    says = spoken()
    st.download_button(
        says.text("table.download"),
        data=recorded(f"{name}.csv", lambda: csv(content, says)),
        file_name=f"{name}.csv",
        mime="text/csv",
        help=says.text("table.download_help"),
        key=f"{key}-csv",
        on_click="ignore",
        icon=":material/download:",
    )


def csv(frame: pd.DataFrame, says: Catalogue | None = None) -> bytes:
    """Write a table as a spreadsheet of the reader's language opens it, in UTF-8 with its mark.

    Where numbers have a decimal comma, semicolons part the columns; else commas do.

    Parameters
    ----------
    frame
        The table.
    says
        The reader's catalogue; by default the first language. To be given by whoever writes later than the page was
        made, when the reader is no longer known.
    """
    decimal = numbers.get_decimal_symbol((says or catalogue()).locale)
    separator = ";" if decimal == "," else ","
    return frame.to_csv(index=False, sep=separator, decimal=decimal, lineterminator="\r\n").encode("utf-8-sig")


def surface_rows(
    cells: pd.DataFrame, period: SurfacePeriod, zones: pd.Series, *, k: int, says: Catalogue
) -> pd.DataFrame:
    """Make the table of the estimate, the greatest first.

    Parameters
    ----------
    cells
        One row a smallest cell: ``cell``, ``place``, ``zone``, ``residents``.
    period
        The surface of a period, in the same order.
    zones
        Zone id -> name.
    k
        Least number that may be told.
    """
    head = says.under("column")
    values = pd.DataFrame({name: getattr(period, name) for name in ("low", "high", "fewer")})
    frame = pd.DataFrame(
        {
            head["place"]: cells["place"].to_numpy(),
            head["zone"]: cells["zone"].map(zones).to_numpy(),
            head["estimate"]: period.estimate.round(1),
            head["interval"]: interval_texts(values, k=k, says=says),
            head["measured"]: period.measured.round(2),
            head["residents"]: cells["residents"].round().astype("int64").to_numpy(),
            head["cell"]: cells["cell"].to_numpy(),
        }
    )
    return frame.iloc[period.estimate.argsort(kind="stable")[::-1]].reset_index(drop=True)


def interval_texts(values: pd.DataFrame, *, k: int, says: Catalogue) -> list[str]:
    """Write intervals (``low``, ``high``); where ``fewer`` is true they say below k, and perhaps none."""
    below = says.text("table.fewer", k=k)
    return [
        below if fewer else says.text("table.between", low=says.whole(low), high=says.whole(high))
        for low, high, fewer in zip(values["low"], values["high"], values["fewer"], strict=True)
    ]


def worth_a_line(period: SurfacePeriod, least: float = 0.05) -> int:
    """Count the cells that are listed: those of which more can be said than fewer than k and next to nothing."""
    return int((~period.fewer | (period.estimate >= least)).sum())


def surface_formats(says: Catalogue) -> dict[str, Format]:
    """Say how the numbers of ``surface_rows`` are written."""
    head = says.under("column")
    return {head["estimate"]: says.decimal, head["measured"]: says.percent, head["residents"]: says.whole}


def block_rows(facts: pd.DataFrame, *, cell_m: int, says: Catalogue) -> pd.DataFrame:
    """Make the table of exact facts about squares, the densest first.

    Parameters
    ----------
    facts
        As from ``facts.described``, about squares only.
    cell_m
        Side of the smallest cell, metres: the unit of ``covered``.
    """
    head = says.under("column")
    density = facts["n"] / (facts["covered"] * (cell_m / 1000) ** 2 / 12)
    frame = pd.DataFrame(
        {
            head["place"]: place_texts(facts, says),
            head["size"]: [says.text("table.km", size=says.kilometres(int(level))) for level in facts["area_level"]],
            head["period"]: period_texts(facts, says),
            head["n"]: facts["n"].to_numpy(),
            head["density"]: density.round(2).to_numpy(),
            head["holds"]: holds_texts(facts, says),
            head["cell"]: facts["area"].to_numpy(),
        }
    )
    return frame.iloc[density.to_numpy().argsort(kind="stable")[::-1]].reset_index(drop=True)


def block_formats(says: Catalogue) -> dict[str, Format]:
    """Say how the numbers of ``block_rows`` are written."""
    head = says.under("column")
    return {head["n"]: says.whole, head["density"]: lambda value: says.decimal(value, 2)}


def holds_texts(facts: pd.DataFrame, says: Catalogue) -> list[str]:
    """Say of each fact how much of its area and period it speaks of."""
    whole = says.text("table.holds_all")
    return [
        whole if covered >= nominal else says.text("table.holds_part", share=says.percent(covered / nominal))
        for covered, nominal in zip(facts["covered"], facts["nominal"], strict=True)
    ]


def place_texts(facts: pd.DataFrame, says: Catalogue) -> list[str]:
    """Name areas by their largest commune and the number of others."""
    return [
        str(place) if not others else says.counted("table.and_others", int(others), place=place)
        for place, others in zip(facts["place"], facts["others"], strict=True)
    ]


def period_texts(facts: pd.DataFrame, says: Catalogue) -> list[str]:
    """Name the periods of facts; each is named once."""
    keys = list(zip(facts["period_level"], facts["period_start"], facts["period_end"], strict=True))
    names = {
        key: says.period(key[0], pd.Period(key[1], freq="M"), pd.Period(key[2], freq="M"))
        for key in dict.fromkeys(keys)
    }
    return [names[key] for key in keys]
