"""The exact blocks as the map gets them: squares once, and each fact with its months, its count and its ground."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.components.square_map.geometry import squares
from dashboard.components.square_map.packing import pack, pack_lines
from dashboard.components.square_map.periods import Span, month_number
from dashboard.components.square_map.values import Label

_MASK_BITS = 32  # months that a mask can tell apart


def blocks_layer(
    facts: pd.DataFrame,
    areas: pd.DataFrame,
    corners: NDArray[np.float64],
    *,
    cell_m: int,
    label: Label,
) -> dict[str, Any]:
    """Prepare the blocks.

    Parameters
    ----------
    facts
        Facts of the table ``blocks``: ``area``, ``period_start``, ``period_end`` (ISO), ``period_level``, ``n``,
        ``covered``, ``partial`` (bool); if known ``spoken`` (uint32, bit i: the fact speaks of some ground in the i-th
        month of its period; without it, of every month) and ``nominal`` (cell-months of the whole ground and period).
    areas
        One row an area: ``area``, ``size_m``. Every area of the facts is there, in any order.
    corners
        The areas' corners in WGS84, shape (areas, 4, 2).
    cell_m
        Side of the smallest cell, in metres: the unit of ``covered``.
    label
        What a period is called: (period level, span) -> text.

    Returns
    -------
    dict
        Squares sorted from the coarsest to the finest (the order of painting) and the facts as arrays.

    Raises
    ------
    KeyError
        If a fact's area is not among the areas.
    """
    order = np.argsort(-areas["size_m"].to_numpy(np.int64), kind="stable")
    names = areas["area"].to_numpy(dtype=object)[order]
    square = pd.Series(np.arange(len(names)), index=names).loc[facts["area"]].to_numpy()
    months = fact_months(facts)
    labels, label_index = _labels(facts, label)
    return {
        "cell_m": cell_m,
        "squares": squares(corners[order]),
        "ids": pack_lines(str(name) for name in names),
        "size": pack(areas["size_m"].to_numpy(np.uint32)[order]),
        "count": len(facts),
        "square": pack(square.astype(np.uint32)),
        "first": pack(months["first"].to_numpy(np.uint32)),
        "last": pack(months["last"].to_numpy(np.uint32)),
        "spoken": pack(months["spoken"].to_numpy(np.uint32)),
        "n": pack(facts["n"].to_numpy(np.uint32)),
        "covered": pack(facts["covered"].to_numpy(np.uint32)),
        "share": pack(_share(facts)),
        "partial": pack(facts["partial"].to_numpy(bool).astype(np.uint8)),
        "labels": labels,
        "label": pack(label_index),
    }


def fact_months(facts: pd.DataFrame) -> pd.DataFrame:
    """Months of each fact: ``first`` and ``last`` as month numbers, ``spoken`` as a mask of the months it speaks of."""
    first, last = (pd.PeriodIndex(facts[name].astype(str), freq="M") for name in ("period_start", "period_end"))
    numbers = pd.DataFrame(
        {"first": first.year * 12 + first.month - 1, "last": last.year * 12 + last.month - 1}, index=facts.index
    )
    length = numbers["last"] - numbers["first"] + 1
    whole = 2.0 ** length.clip(upper=_MASK_BITS).to_numpy() - 1
    numbers["spoken"] = facts["spoken"].to_numpy(np.int64) if "spoken" in facts else whole.astype(np.int64)
    return numbers


def shown(facts: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Choose the facts that the map draws for a period: those that speak of one of its months at least."""
    months = fact_months(facts)
    offset = month_number(span.first) - months["first"].to_numpy()
    low = np.clip(offset, 0, _MASK_BITS)
    high = np.clip(offset + span.months, 0, _MASK_BITS)
    window = (np.int64(1) << high) - (np.int64(1) << low)
    chosen: pd.DataFrame = facts[(months["spoken"].to_numpy() & window) != 0]
    return chosen


def block_densities(facts: pd.DataFrame, cell_m: int) -> NDArray[np.float64]:
    """Episodes per km2 per year over the ground that each fact covers."""
    years_km2 = facts["covered"].to_numpy(np.float64) * (cell_m / 1000) ** 2 / 12
    return np.asarray(facts["n"].to_numpy(np.float64) / years_km2)


def _share(facts: pd.DataFrame) -> NDArray[np.uint8]:
    """Percentage of its nominal ground and period of which each fact speaks; never 100 where a part is missing."""
    if "nominal" not in facts:
        return np.where(facts["partial"].to_numpy(bool), 0, 100).astype(np.uint8)
    share = 100 * facts["covered"].to_numpy(np.float64) / facts["nominal"].to_numpy(np.float64)
    top = np.where(facts["partial"].to_numpy(bool), 99, 100)
    return np.asarray(np.rint(share).clip(1, top).astype(np.uint8))


def _labels(facts: pd.DataFrame, label: Label) -> tuple[Sequence[str], NDArray[np.uint16]]:
    keys = facts["period_level"].astype(str) + "|" + facts["period_start"].astype(str).str[:7]
    keys += "|" + facts["period_end"].astype(str).str[:7]
    codes, names = pd.factorize(keys)
    parts = [str(name).split("|") for name in names]
    return (
        [label(level, Span(pd.Period(first, "M"), pd.Period(last, "M"))) for level, first, last in parts],
        codes.astype(np.uint16),
    )
