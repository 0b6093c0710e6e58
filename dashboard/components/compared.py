"""A year against the one before, each run of months in a sentence; what cannot be compared is said once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboard.components.text import comparison

if TYPE_CHECKING:
    from analytics.statistics.comparisons import Comparison
    from dashboard.catalogue import Catalogue

RUNS: Final = ("year", "quarter", "month")


def said(compared: dict[str, Comparison], area: str, says: Catalogue) -> list[str]:
    """Say how the current year, the last quarter and the last month compare with a year before.

    Parameters
    ----------
    compared
        From ``comparisons.recent``.
    area
        The area's name.

    Returns
    -------
    list of str
        A sentence for each run that can be compared, the longest first, then one for all those that cannot.
    """
    runs = {name: compared[name] for name in RUNS if name in compared}
    runs = {n: c for n, c in runs.items() if n == "year" or "year" not in runs or c.months != runs["year"].months}
    told = [comparison(found, area, says) for found in runs.values() if found.reason == "complete"]
    left = [name for name, found in runs.items() if found.reason != "complete"]
    if not left:
        return told
    if told:
        return [*told, says.text("compared.nor", runs=says.listed([says.text(f"compared.{name}") for name in left]))]
    return [says.text("compared.none", area=area, runs=says.listed([says.text(f"compared.{name}") for name in left]))]
