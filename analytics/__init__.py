"""Vigie's analytics: from an export of reports to a release, and from a release to maps and series.

What a notebook imports is the reading side alone: ``release``, ``territory``, ``plots``, ``exports``, and the
statistics by name (``surface``, ``trends``, ``hotspots`` and the others).

Examples
--------
>>> import analytics
>>> released = analytics.release.read("var/release")  # doctest: +SKIP
>>> analytics.trends.monthly(released, "25")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analytics import exports, plots, release, statistics, territory
    from analytics.statistics import (
        alerts,
        backtest,
        campaigns,
        concentration,
        derived,
        forecasts,
        hotspots,
        intervals,
        regression,
        surface,
        trends,
    )

__all__ = [
    "alerts",
    "backtest",
    "campaigns",
    "concentration",
    "derived",
    "exports",
    "forecasts",
    "hotspots",
    "intervals",
    "plots",
    "regression",
    "release",
    "statistics",
    "surface",
    "territory",
    "trends",
]

_STATISTICS: Final = (
    "alerts",
    "backtest",
    "campaigns",
    "concentration",
    "derived",
    "forecasts",
    "hotspots",
    "intervals",
    "regression",
    "surface",
    "trends",
)
_WHERE: Final = {
    "exports": "analytics.exports",
    "plots": "analytics.plots",
    "release": "analytics.release",
    "statistics": "analytics.statistics",
    "territory": "analytics.territory",
} | {name: f"analytics.statistics.{name}" for name in _STATISTICS}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module
    """Load a module when it is first named, so that a command or a page pays for what it uses alone."""
    if name in _WHERE:
        return import_module(_WHERE[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
