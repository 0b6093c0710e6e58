"""Tiles: none unless they are configured, and then from one origin that the page's policy can name."""

import pytest

from dashboard.components.square_map.tiles import PLAN_IGN, VARIABLE, Tiles, configured, origin, tiles_data

OWN = "https://tiles.example/{z}/{x}/{y}.png"


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", "_ATTRIBUTION", "_MAX_ZOOM", "_OPACITY"):
        monkeypatch.delenv(VARIABLE + name, raising=False)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_there_are_no_tiles_by_default(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert configured() is None
    assert origin(None) is None
    assert tiles_data(None) is None


def test_a_source_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, OWN)
    monkeypatch.setenv(f"{VARIABLE}_ATTRIBUTION", "Mairie")
    monkeypatch.setenv(f"{VARIABLE}_MAX_ZOOM", "16")
    monkeypatch.setenv(f"{VARIABLE}_OPACITY", "0.5")
    assert configured() == Tiles(OWN, "Mairie", 16, 0.5)
    assert origin(configured()) == "https://tiles.example"


def test_the_plan_of_ign_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "plan-ign")
    found = configured()
    assert found
    assert found.url == PLAN_IGN
    assert "IGN" in found.attribution
    assert origin(found) == "https://data.geopf.fr"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("/tiles/{z}/{x}/{y}.png", None),
        ("http://127.0.0.1:8080/{z}/{x}/{y}", "http://127.0.0.1:8080"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png?key=1", "https://*.tiles.example"),
    ],
)
def test_the_origin_is_what_a_policy_can_name(url: str, named: str | None) -> None:
    assert origin(Tiles(url)) == named


@pytest.mark.parametrize(
    "url",
    [
        *("tiles", "ftp://a/{z}/{x}/{y}", "javascript:{z}{x}{y}", "//a/{z}/{x}/{y}", "https:///{z}/{x}/{y}"),
        *("https://a;script-src *//{z}/{x}/{y}", "https://a b/{z}/{x}/{y}", "https://user@a/{z}/{x}/{y}"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Tiles(url)


def test_an_address_without_room_for_a_tile_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\{y\}"):
        Tiles("https://tiles.example/{z}/{x}.png")


@pytest.mark.parametrize(("zoom", "opacity"), [(-1, 0.5), (23, 0.5), (18, 0.0), (18, 1.1)])
def test_numbers_out_of_range_are_refused(zoom: int, opacity: float) -> None:
    with pytest.raises(ValueError, match="MAX_ZOOM"):
        Tiles(OWN, max_zoom=zoom, opacity=opacity)
