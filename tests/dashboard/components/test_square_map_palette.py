"""The map's colours: told apart by who does not see red or green, and text that stands out from its ground."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dashboard.components.square_map import registration

STYLE = (Path(registration.__file__).parent / "assets" / "square_map.css").read_text(encoding="utf-8")
LIGHT_PAGE = {"ink": "#1b2733", "page": "#ffffff", "accent": "#1f4e79"}  # .streamlit/config.toml
DARK_PAGE = {"ink": "#fafafa", "page": "#0e1117", "accent": "#83c9ff"}
# Machado, Oliveira and Fernandes (2009): what is left of linear RGB without one kind of cones.
SIGHT = {
    "whole": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
APART = 20.0  # CIE76: some nine times what an eye can just tell side by side
NEXT = 7.0  # between neighbours of a scale: three times
AA_TEXT, AA_MARK = 4.5, 3.0


def variables(theme: str) -> dict[str, str]:
    light, dark = (re.search(rf"{start}\s*{{(.*?)}}", STYLE, re.DOTALL) for start in (r"\n\.square-map", r'"dark"\]'))
    assert light
    assert dark
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", light[1]))
    return (
        found | LIGHT_PAGE
        if theme == "light"
        else found | dict(re.findall(r"--([\w-]+):\s*(#\w{6});", dark[1])) | DARK_PAGE
    )


def linear(colour: str) -> NDArray[np.float64]:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(colour: str, sight: str) -> NDArray[np.float64]:
    """CIELAB of a colour as it is seen."""
    rgb = (SIGHT[sight] @ linear(colour)).clip(0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ rgb / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    parts = [
        (int(a, 16), int(b, 16)) for a, b in zip(re.findall("..", one[1:]), re.findall("..", other[1:]), strict=True)
    ]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in parts)


def test_red_and_green_would_be_refused() -> None:
    assert distance("#d7301f", "#4d9221", "whole") > APART
    assert distance("#b35a3c", "#7a7a2e", "deuteranopia") < APART


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_the_states_of_a_difference_are_never_taken_for_each_other(theme: str, sight: str) -> None:
    colours = variables(theme)
    for one, other in combinations(("more", "less", "chance", "paper", "outside"), 2):
        if {one, other} != {"paper", "outside"}:  # one is hatched, the other plain
            assert distance(colours[one], colours[other], sight) > APART, (one, other)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_the_scale_goes_one_way_in_even_steps(theme: str, sight: str) -> None:
    colours = variables(theme)
    scale = [colours[f"c{rank}"] for rank in range(7)]
    lightness = np.array([seen(colour, sight)[0] for colour in scale])
    assert (np.diff(lightness) * (-1 if theme == "light" else 1) > 4).all()
    for one, other in pairwise(scale):
        assert distance(one, other, sight) > NEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(theme: str) -> None:
    colours = variables(theme)
    soft = mixed(colours["ink"], colours["page"], 0.66)
    well = mixed(colours["ink"], colours["page"], 0.05)
    for text, ground in ((colours["ink"], colours["panel"]), (soft, colours["panel"]), (soft, well)):
        assert contrast(text, ground) >= AA_TEXT
    assert contrast(colours["ring-halo"], colours["ring"]) >= AA_TEXT
    assert contrast(colours["ring-halo"], colours["pick"]) >= AA_TEXT  # the number of a chosen cluster
    assert contrast(colours["page"], colours["accent"]) >= AA_TEXT
    assert contrast(colours["zone"], colours["paper"]) >= AA_TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_stand_out_from_what_lies_below_them(theme: str) -> None:
    colours = variables(theme)
    for mark in ("pick", "ring", "more", "less"):
        assert contrast(colours[mark], colours["paper"]) >= AA_MARK, mark
    assert contrast(colours["ring"], colours["ring-halo"]) >= AA_MARK  # whatever the colour below, halo or ring shows
