"""One family of methods in the calibration report: what was measured, in words, figures and charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes
    ----------
    title
        Heading.
    text
        Markdown under it: what was drawn, how often, what came out, with its tables.
    figures
        The measured numbers by name, as they go to the method page.
    charts
        Charts by file name (without ending).
    """

    title: str
    text: str
    figures: dict[str, float]
    charts: dict[str, alt.Chart | alt.LayerChart] = field(default_factory=dict)
