import re
from pathlib import Path

import numpy as np
import pytest

from analytics.plots import palette


def lightness(colour: str) -> float:
    """CIE L* of a colour written #rrggbb."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    y = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def test_classes_are_read_in_grey() -> None:
    """Lightness falls by a visible step from class to class: no hue is needed to tell them apart."""
    steps = -np.diff([lightness(colour) for colour in palette.DENSITY])
    assert steps.min() > 5


def test_the_dashboard_s_map_has_the_same_colours(root: Path) -> None:
    style = root / "dashboard" / "components" / "square_map" / "assets" / "square_map.css"
    light = style.read_text(encoding="utf-8").split('[data-theme="dark"]')[0]
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    assert tuple(named[f"c{i}"] for i in range(len(palette.DENSITY))) == palette.DENSITY
    assert (named["paper"], named["hatch"], named["outside"]) == (palette.PAPER, palette.HATCH, palette.OUTSIDE)


def test_the_dashboard_s_map_has_the_same_classes() -> None:
    from dashboard.components.square_map import payload  # noqa: PLC0415 - the other side of the comparison

    assert len(palette.DENSITY) == payload.CLASSES
    assert len(palette.density_breaks(np.arange(50.0))) == payload.CLASSES - 1


@pytest.mark.parametrize("densities", [np.array([]), np.zeros(9), np.array([1e-9]), np.array([1e9]), np.arange(50.0)])
def test_breaks_are_six_and_ascend(densities: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    breaks = palette.density_breaks(densities)
    assert len(breaks) == len(palette.DENSITY) - 1
    assert (np.diff(breaks) > 0).all()


def test_breaks_follow_what_there_is_to_see_and_not_the_many_cells_with_next_to_nothing() -> None:
    seen = np.array([0.5, 1.0, 3.0, 8.0, 20.0])
    assert palette.density_breaks(np.concatenate([seen, np.full(5000, 1e-5)])) == palette.density_breaks(seen)


def test_a_density_on_a_break_is_in_the_class_above() -> None:
    ranks = palette.classes(np.array([0.0, 0.99, 1.0, 60.0]), (1, 2, 5, 10, 20, 50))
    assert ranks.tolist() == [0, 0, 1, 6]
