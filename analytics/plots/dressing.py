"""What surrounds the squares of a folium map: ground, borders, names, title and legend, in one piece of script.

All of it is text in the page: no picture, no request, nothing of jQuery, Bootstrap or d3.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any

from branca.element import MacroElement
from folium.template import Template as MacroTemplate

from analytics.plots import palette
from analytics.plots.texts import fill, short

if TYPE_CHECKING:
    from collections.abc import Mapping


class Dressing(MacroElement):
    """Dress a map; ``told`` is what ``assets/map.js`` takes."""

    _template = MacroTemplate(
        """
        {% macro script(this, kwargs) %}
            {{ this.source }}({{ this._parent.get_name() }}, {{ this.told }});
        {% endmacro %}
        """
    )

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Dressing"
        self.source = _asset("map.js").rstrip()
        self.told = _script(told)


def css() -> str:
    """Style of a map."""
    rules = [f".vigie-map path.vigie-q{i} {{ fill: {colour}; }}" for i, colour in enumerate(palette.DENSITY)]
    rules += [f".vigie-map path.vigie-h{i} {{ fill: url(#vigie-h{i}); }}" for i in range(len(palette.DENSITY))]
    return Template(_asset("map.css")).substitute(
        outside=palette.OUTSIDE, zone=palette.ZONE, accent=palette.ACCENT, classes="\n".join(rules)
    )


def patterns() -> str:
    """Hatchings: grey where nothing may be said, in the class's colour where one number speaks of a coarse square."""
    nothing = _pattern("nothing", 45, f'<rect width="7" height="7" fill="{palette.PAPER}"/>', palette.HATCH, 1.2)
    coarse = [
        _pattern(
            f"h{i}",
            -45,
            f'<rect width="7" height="7" fill="{palette.PAPER}"/>'
            f'<rect width="7" height="7" fill="{colour}" opacity=".3"/>',
            colour,
            3,
        )
        for i, colour in enumerate(palette.DENSITY)
    ]
    return f'<svg class="vigie-defs" aria-hidden="true"><defs>{nothing}{"".join(coarse)}</defs></svg>'


def _pattern(name: str, turn: int, ground: str, stripe: str, width: float) -> str:
    return (
        f'<pattern id="vigie-{name}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({turn})">{ground}<rect width="{width}" height="7" fill="{stripe}"/></pattern>'
    )


def head(texts: Mapping[str, str], *, territory: str, period: str, imprint: str, synthetic: bool) -> str:
    """Title of a map."""
    warning = f'<p class="vigie-synthetic" role="note">{escape(texts["synthetic"])}</p>' if synthetic else ""
    return (
        f'<p class="vigie-territory">{escape(territory)}</p>'
        f'<p class="vigie-overline vigie-in-surface">{escape(texts["overline_surface"])}</p>'
        f'<p class="vigie-overline vigie-in-blocks">{escape(texts["overline_blocks"])}</p>'
        f"<h1>{escape(period)}</h1>"
        f'<p class="vigie-imprint">{escape(imprint)}</p>{warning}'
    )


def legend(texts: Mapping[str, str], breaks: tuple[float, ...], k: int) -> str:
    """Legend of a map: the scale, and the states that nobody may confuse."""
    colours = palette.DENSITY
    ramp = "".join(f'<rect x="{i * 10}" width="10" height="12" fill="{c}"/>' for i, c in enumerate(colours))
    bounds = "".join(
        f'<span style="left:{100 * (i + 1) / len(colours):.2f}%">{short(value, texts)}</span>'
        for i, value in enumerate(breaks)
    )
    rows = [
        ("vigie-in-surface", colours[4], "none", "legend_estimated"),
        ("vigie-in-blocks", colours[4], palette.ZONE, "legend_published"),
        ("vigie-in-blocks", "url(#vigie-h4)", palette.ZONE, "legend_coarse"),
        ("vigie-in-surface", "url(#vigie-nothing)", palette.HATCH, "legend_nothing_surface"),
        ("vigie-in-blocks", "url(#vigie-nothing)", palette.HATCH, "legend_nothing_blocks"),
        ("", palette.OUTSIDE, palette.HATCH, "legend_outside"),
    ]
    states = "".join(
        f'<li class="{view}"><svg viewBox="0 0 28 16" aria-hidden="true">'
        f'<rect x=".5" y=".5" width="27" height="15" rx="2" '
        f'style="fill:{paint};stroke:{edge}"/></svg><span>{fill(texts, key, k=k)}</span></li>'
        for view, paint, edge, key in rows
    )
    return (
        f'<details class="vigie-legend" open><summary>{escape(texts["legend"])}</summary>'
        f'<svg class="vigie-ramp" viewBox="0 0 {10 * len(colours)} 12" preserveAspectRatio="none" aria-hidden="true">'
        f'{ramp}</svg><div class="vigie-bounds">{bounds}</div><p class="vigie-unit">{escape(texts["legend_unit"])}</p>'
        f'<ul class="vigie-states">{states}</ul><p class="vigie-caution">{escape(texts["caution"])}</p></details>'
    )


def _script(told: dict[str, Any]) -> str:
    """Write JSON that is safe inside a script, and that a person who searches the file can read."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


@cache
def _asset(name: str) -> str:
    return (resources.files("analytics.plots") / "assets" / name).read_text(encoding="utf-8")
