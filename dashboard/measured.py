"""How often the statistics are wrong, as the calibration measured it: read from its own file, never written by hand.

An installation without the documentation folder has no such file; the page then says where the figures are.
"""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from dashboard.reading import ROOT

FIGURES = ROOT / "docs" / "calibration" / "figures.json"
Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Measure:
    """Something promised and what was measured of it; where several were measured, the one that is least good.

    Attributes
    ----------
    name
        Its key in the catalogue, under ``method.measure``.
    family
        Part of the figures.
    figures
        Which figures, as a pattern that the whole name fits.
    promised
        What should be measured, 0 to 1.
    most
        Whether it is a limit from above (false alarms) or from below (how often an interval holds the truth).
    """

    name: str
    family: str
    figures: str
    promised: float
    most: bool = False


MEASURES = (
    Measure("month_interval", "trends", r"exact interval, least coverage", 0.95),
    Measure("change_named", "trends", r"(month|quarter|year) ratio named at \d+ a month", 0.05, most=True),
    Measure("hotspot", "hotspots", r"false alarms at 5 %: .*", 0.05, most=True),
    Measure("forecast", "forecasts", r"80% interval holds at \d+ a month, season \d+%", 0.80),
    Measure("surface", "surface", r"surface_\w+_(month|quarter|year)_all", 0.90),
    Measure("surface_busy", "surface", r"surface_\w+_(month|quarter|year)_over_5", 0.90),
    Measure("campaign_named", "campaigns", r"ratio, exact, most false alarms", 0.05, most=True),
    Measure("campaign_wavering", "campaigns", r"wavering months, ratio, most", 0.05, most=True),
    Measure("campaign_holds", "campaigns", r"ratio holds, least", 0.95),
    Measure("concentration", "concentration", r"holds, \d+%, least", 0.95),
    Measure("concentration_release", "concentration", r"release, holds, \d+%, \d+ months, \w+", 0.95),
)
MONTHLY = r"false alarms a zone-year at (\d+) a month, \d+ years before"
TO_SEE_A_FALL = "months until a 30 % fall, {rate} a month, 24 before, alone"
RATES = (2, 5, 9, 16)


def figures(path: Path | None = None) -> Figures:
    """Read the calibration's figures; empty where they are not at hand."""
    try:
        found: Figures = json.loads((path or FIGURES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def worst(measure: Measure, known: Figures) -> float | None:
    """Give the least good of a measure's figures; None where none was measured."""
    fitting = _fitting(measure.figures, known.get(measure.family, {}))
    return None if not fitting else max(fitting) if measure.most else min(fitting)


def alarms_a_year(known: Figures) -> float | None:
    """Give the greatest number of false alerts a zone and year; None where none was measured."""
    return max(_fitting(MONTHLY, known.get("alerts", {})), default=None)


def months_to_see_a_fall(known: Figures) -> dict[int, float | None]:
    """How many months a fall of 30 % takes to be seen, by the reports a month; None where too few come ever to see it.

    After 24 months before, in a place that is looked at alone. Empty where nothing was measured.
    """
    part = known.get("campaigns", {})
    told = {rate: part.get(TO_SEE_A_FALL.format(rate=rate)) for rate in RATES}
    return {rate: None if math.isnan(months) else months for rate, months in told.items() if months is not None}


def _fitting(pattern: str, part: dict[str, float]) -> list[float]:
    return [value for name, value in part.items() if re.fullmatch(pattern, name) and not math.isnan(value)]
