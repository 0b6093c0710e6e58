"""How QGIS shows a layer at first: the map's own classes, hatched where a number speaks of a part of the ground.

A style is a QML text; QGIS finds it in the GeoPackage's table ``layer_styles`` and applies the one marked as default.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from analytics.exports.layers import SURFACE, ZONES
from analytics.exports.texts import texts
from analytics.plots import palette

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.exports.about import About

SQUARES: Final = ("blocks", "outlook")
DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION: Final = "3.22.0"
PALE: Final = 76
"""Opacity (0 to 255) of the ground under a hatching."""


def qml(layer: str, told: About, breaks: tuple[float, ...]) -> str | None:
    """Write the style of a layer.

    Parameters
    ----------
    layer
        Name of the layer.
    told
        What the file says of itself: the words, the threshold, the last twelve months.
    breaks
        Lower bounds of the classes above the lowest, as from ``plots.density_breaks``.

    Returns
    -------
    str or None
        QML; None for a layer without a style of its own.
    """
    if layer in SQUARES:
        rules = _squares(told, breaks)
        return _document(rules, order='"size_m"')
    if layer == SURFACE:
        return _document(_surface(told, breaks))
    if layer == ZONES:
        return _document([_Rule(texts(told.language)["style.zone"], "", _outline(palette.ZONE, 0.5))])
    return None


class _Rule:
    """One line of the legend: a filter and a symbol, or rules below it."""

    def __init__(
        self, label: str, where: str, symbol: list[ET.Element] | None = None, below: list[_Rule] | None = None
    ) -> None:
        self.label, self.where, self.symbol, self.below = label, where, symbol, below or []
        self.active = True


def _squares(told: About, breaks: tuple[float, ...]) -> list[_Rule]:
    """The last twelve months at first sight, what is older a click away: squares of all years lie on each other."""
    words = texts(told.language)
    recent = _Rule(words["style.recent"], f"\"period_end\" >= '{told.recent}'", below=_classes(told, breaks))
    older = _Rule(words["style.older"], f"\"period_end\" < '{told.recent}'", below=_classes(told, breaks))
    older.active = False
    return [recent, older]


def _classes(told: About, breaks: tuple[float, ...]) -> list[_Rule]:
    words, rules = texts(told.language), []
    for colour, where, bounds in _bounds(told, breaks):
        whole = _fill(colour, edge=palette.ZONE)
        rules.append(_Rule(words["style.whole"].format(bounds=bounds), f'"covered" >= "nominal" AND {where}', whole))
    for colour, where, bounds in _bounds(told, breaks):
        hatched = [*_fill(colour, edge=palette.ZONE, alpha=PALE), *_fill(colour, style="b_diagonal", edge=palette.ZONE)]
        rules.append(_Rule(words["style.part"].format(bounds=bounds), f'"covered" < "nominal" AND {where}', hatched))
    return rules


def _surface(told: About, breaks: tuple[float, ...]) -> list[_Rule]:
    words = texts(told.language)
    rules = [
        _Rule(words["style.whole"].format(bounds=bounds), f"\"said\" = 'estimate' AND {where}", _fill(colour))
        for colour, where, bounds in _bounds(told, breaks)
    ]
    unsaid = _fill(palette.HATCH, style="f_diagonal")
    return [*rules, _Rule(words["style.fewer"].format(k=told.k), "\"said\" = 'fewer_than_k'", unsaid)]


def _bounds(told: About, breaks: tuple[float, ...]) -> Iterator[tuple[str, str, str]]:
    """Colour, condition on the density and bounds in words, class by class."""
    words = texts(told.language)
    ends = [None, *breaks, None]
    for colour, low, high in zip(palette.DENSITY, ends, ends[1:], strict=False):
        parts = [f'"density" >= {low:g}'] if low is not None else []
        parts += [f'"density" < {high:g}'] if high is not None else []
        kind = "under" if low is None else "from" if high is None else "range"
        said = {
            name: f"{value or 0:g}".replace(".", words["decimal"]) for name, value in (("low", low), ("high", high))
        }
        yield colour, " AND ".join(parts), words[f"style.{kind}"].format(**said)


def _document(rules: list[_Rule], order: str = "") -> str:
    root = ET.Element("qgis", version=VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", forceraster="0", symbollevels="0", enableorderby="1" if order else "0"
    )
    tree = ET.SubElement(renderer, "rules", key="vigie")
    symbols = ET.SubElement(renderer, "symbols")
    numbers = count()
    for rule in rules:
        _write(rule, tree, symbols, numbers)
    if order:
        by = ET.SubElement(renderer, "orderby")
        # The coarse first, so that the fine lie on top.
        ET.SubElement(by, "orderByClause", asc="0", nullsFirst="0").text = order
    ET.indent(root)
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def _write(rule: _Rule, tree: ET.Element, symbols: ET.Element, numbers: count[int]) -> None:
    number = str(next(numbers))
    line = ET.SubElement(tree, "rule", key=f"vigie-{number}", label=rule.label)
    if rule.where:
        line.set("filter", rule.where)
    if not rule.active:
        line.set("checkstate", "0")
    if rule.symbol is not None:
        line.set("symbol", number)
        ET.SubElement(symbols, "symbol", type="fill", name=number, alpha="1", clip_to_extent="1").extend(rule.symbol)
    for below in rule.below:
        _write(below, line, symbols, numbers)


def _fill(colour: str, *, style: str = "solid", edge: str = "", alpha: int = 255) -> list[ET.Element]:
    options = {
        "color": _rgba(colour, alpha),
        "style": style,
        "outline_style": "solid" if edge else "no",
        "outline_color": _rgba(edge or colour),
        "outline_width": "0.2",
        "outline_width_unit": "MM",
    }
    return [_layer(options)]


def _outline(colour: str, width: float) -> list[ET.Element]:
    options = {
        "style": "no",
        "outline_style": "solid",
        "outline_color": _rgba(colour),
        "outline_width": f"{width:g}",
        "outline_width_unit": "MM",
    }
    return [_layer(options)]


def _layer(options: dict[str, str]) -> ET.Element:
    layer = ET.Element("layer", {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"})
    told = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ET.SubElement(told, "Option", name=name, value=value, type="QString")
    for name, value in options.items():
        ET.SubElement(layer, "prop", k=name, v=value)  # as QGIS before 3.22 reads it
    return layer


def _rgba(colour: str, alpha: int = 255) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
