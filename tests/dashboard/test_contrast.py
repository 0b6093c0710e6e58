"""Words can be read: what style.css and the charts colour, on what they stand on, reaches AA (WCAG 2.2, 1.4.3)."""

import re
import tomllib
from pathlib import Path

import pytest

from analytics.plots import palette

AA = 4.5
AA_GRAPHIC = 3.0  # 1.4.11: what a graphic cannot be read without
WHITE = "#ffffff"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def written(css: str) -> list[tuple[str, str, str]]:
    """Return each rule that colours words: its selector, the words' colour, what they stand on."""
    found = []
    for selector, body in RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        values = dict(re.findall(r"(?<![-\w])(color|background)\s*:\s*(#[0-9a-f]{6})", body))
        if "color" in values:
            found.append((selector.strip(), values["color"], values.get("background", WHITE)))
    return found


@pytest.fixture(scope="module")
def css(root: Path) -> str:
    return (root / "dashboard" / "style.css").read_text(encoding="utf-8")


def test_contrast_is_computed_as_the_standard_has_it() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)


def test_every_word_that_the_style_sheet_colours_can_be_read(css: str) -> None:
    rules = written(css)
    assert len(rules) > 8
    assert [rule for rule in rules if contrast(*rule[1:]) < AA] == []


def test_a_pale_word_would_be_seen() -> None:
    rules = written(".vigie-new { color: #8a97a5; }")
    assert [rule for rule in rules if contrast(*rule[1:]) < AA]


def test_the_theme_s_colours_can_be_read(root: Path) -> None:
    theme = tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name in ("textColor", "linkColor", "primaryColor"):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(theme[name], theme[ground]) >= AA, (name, ground)
    for colour in theme["chartCategoricalColors"]:
        assert contrast(colour, theme["backgroundColor"]) >= AA_GRAPHIC, colour


def test_what_the_maps_write_can_be_read() -> None:
    for ink in (palette.INK, palette.SOFT, palette.ZONE, palette.ACCENT):
        for ground in (WHITE, palette.PAPER, palette.OUTSIDE):
            assert contrast(ink, ground) >= AA, (ink, ground)
