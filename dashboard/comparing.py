"""What compare mode is told: every period beside the same one a year earlier, both as known at the same age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.statistics import contrast, surface
from dashboard.components.square_map.comparison import Comparison
from dashboard.components.square_map.periods import MONTHS_A_YEAR, Span
from dashboard.components.square_map.values import SurfacePeriod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from analytics.statistics.surface import Surface


def compared(now: Surface, before: Surface | None, periods: Mapping[str, Sequence[SurfacePeriod]]) -> Comparison:
    """Set beside each period the same one of the year before, and name what has changed.

    Parameters
    ----------
    now
        The surface of the release.
    before
        As from ``contrast.fit_before``; None where nothing was published a year ago.
    periods
        The periods of ``now``, by granularity.

    Returns
    -------
    Comparison
        Without a period where the year before is not closed in ``before``, or a surface has no draws.
    """
    if before is None or before.draws is None or now.draws is None:
        return Comparison()
    earlier = {name: [_earlier(before, item.span) for item in items] for name, items in periods.items()}
    pairs = [
        (item, then)
        for name, items in periods.items()
        for item, then in zip(items, earlier[name], strict=True)
        if then is not None
    ]
    ever = np.logical_or.reduce([~item.fewer | ~then.fewer for item, then in pairs] or [np.zeros(len(now.cells), bool)])
    cells = np.flatnonzero(ever)
    known = contrast.cumulative(now, cells), contrast.cumulative(before, cells)
    change = {
        name: [
            None if then is None else _change(known, (now.months, before.months), item, then, cells)
            for item, then in zip(items, earlier[name], strict=True)
        ]
        for name, items in periods.items()
    }
    return Comparison(earlier, change)


def _earlier(before: Surface, span: Span) -> SurfacePeriod | None:
    """Period of a year earlier, if all of it was closed and the release had begun by then."""
    then = Span(span.first - MONTHS_A_YEAR, span.last - MONTHS_A_YEAR)
    if then.first < before.months[0] or then.last > before.months[-1]:
        return None
    return SurfacePeriod.of(then, surface.window(before, then.first, then.last))


def _change(
    known: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    calendars: tuple[pd.PeriodIndex, pd.PeriodIndex],
    item: SurfacePeriod,
    then: SurfacePeriod,
    cells: npt.NDArray[np.intp],
) -> npt.NDArray[np.int8]:
    """(all cells,) code of each cell's change."""
    codes = np.full(len(item.fewer), contrast.UNSAID, dtype=np.int8)
    said = (~item.fewer | ~then.fewer)[cells]
    runs = [
        contrast.run(counts[:, said], (_number(calendar, span.first), _number(calendar, span.last)))
        for counts, calendar, span in zip(known, calendars, (item.span, then.span), strict=True)
    ]
    codes[cells[said]] = contrast.compare(*runs)[1]
    return codes


def _number(calendar: pd.PeriodIndex, month: pd.Period) -> int:
    return int((month.year - calendar[0].year) * 12 + month.month - calendar[0].month)
