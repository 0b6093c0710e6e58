"""Reading a territory: what is refused, in one sentence, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from analytics import territory

if TYPE_CHECKING:
    from pathlib import Path

COMMUNES = """{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"01","name":"Bas","population":900,"lon":6.005,"lat":47.005},
"geometry":{"type":"Polygon","coordinates":[[[6.0,47.0],[6.01,47.0],[6.01,47.01],[6.0,47.01],[6.0,47.0]]]}},
{"type":"Feature","properties":{"code":"02","name":"Haut","population":100,"lon":6.005,"lat":47.015},
"geometry":{"type":"Polygon","coordinates":[[[6.0,47.01],[6.01,47.01],[6.01,47.02],[6.0,47.02],[6.0,47.01]]]}}
]}"""
TOML = """
code = "00"
name = "Essai"
crs = "EPSG:3035"
base_cell_m = 200
notes = ["à confirmer"]
[ground]
kind = "communes"
communes = "communes.geojson"
census = "census.csv"
[[zones]]
id = "ville"
name = "Ville"
communes = ["01"]
[rest]
id = "reste"
name = "Reste"
"""
CENSUS = """GRD_ID,T,M
CRS3035RES1000mN2662000E4017000,300,150
CRS3035RES1000mN2663000E4017000,100,50
CRS3035RES1000mN2664000E4017000,-1,-1
CRS3035RES1000mN1000000E1000000,7,3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "communes.geojson").write_text(COMMUNES, encoding="utf-8")
    (tmp_path / "territory.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "census.csv").write_text(CENSUS, encoding="utf-8")
    return tmp_path


def change(folder: Path, before: str, after: str, name: str = "territory.toml") -> Path:
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), encoding="utf-8")
    return folder / "territory.toml"


def test_a_small_territory_reads(folder: Path) -> None:
    here = territory.load(folder / "territory.toml")
    assert here.zones["name"].to_dict() == {"ville": "Ville", "reste": "Reste"}
    assert territory.zone_of_commune(here).to_dict() == {"01": "ville", "02": "reste"}
    assert here.notes == ("à confirmer",)
    assert here.labels["name"].tolist() == ["Bas", "Haut"]
    assert shapely.is_valid(here.outline)
    cells = territory.ground(here, 200)
    assert 0 < cells["residents"].sum() < 400
    assert set(cells["zone"]) == {"ville", "reste"}


def test_a_cell_that_two_zones_share_goes_to_the_one_with_more_inhabitants(folder: Path) -> None:
    here = territory.load(folder / "territory.toml")
    cells = territory.ground(here, 200)
    communes = territory.reproject(here.communes.geometry.to_numpy(), "EPSG:4326", "EPSG:3035")
    squares = territory.squares(cells["e"], cells["n"], 200)
    low, high = (shapely.area(shapely.intersection(squares, commune)) for commune in communes)
    shared = (low > 1) & (high > 1)
    assert shared.sum() > 3
    # Bas has nine times the inhabitants on the same ground: it needs more than a tenth of a cell's ground.
    assert (cells["zone"][shared & (low > 0.11 * (low + high))] == "ville").all()
    assert (cells["zone"][shared & (low < 0.09 * (low + high))] == "reste").all()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('crs = "EPSG:3035"', 'crs = "EPSG:4326"', "is not projected in metres"),
        ('crs = "EPSG:3035"', "", "does not say 'crs'"),
        ("base_cell_m = 200", "base_cell_m = 0", "must be a positive number"),
        ('kind = "communes"', 'kind = "sea"', "neither 'communes' nor 'box'"),
        ('communes = ["01"]', 'communes = ["03"]', "names the commune 03, which is not there"),
        ('communes = ["01"]', 'communes = ["01", "01"]', "commune 01 is in two zones"),
        ('[rest]\nid = "reste"\nname = "Reste"', "", "commune 02 is in no zone"),
        ('id = "reste"', 'id = "ville"', "two zones have the same id"),
        ('"communes.geojson"', '"nowhere.geojson"', "file of communes .* is missing"),
        ('"census.csv"', '"nowhere.csv"', "file of inhabitants .* is missing"),
        ('code = "00"', 'code = "00', "is no TOML"),
    ],
)
def test_an_impossible_file_is_refused_in_one_sentence(folder: Path, before: str, after: str, sentence: str) -> None:
    path = change(folder, before, after)
    with pytest.raises(territory.TerritoryError, match=sentence) as refused:
        territory.load(path)
    assert "\n" not in str(refused.value).strip()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("GRD_ID", "CELL", "cannot be read"),
        ("CRS3035RES1000mN2663000", "CRS2154RES1000mN2663000", "has cells in EPSG:2154, the territory is in EPSG:3035"),
        ("RES1000mN2663000", "RES200mN2663000", "cells of one size"),
        ("N2663000", "N2662000", "holds a cell twice"),
        ("E4017000", "E5018000", "has no inhabitant on the ground of Essai"),
        ("CRS3035RES1000mN2662000E4017000", "1kmN2662E4017", "is no cell id"),
        (CENSUS[CENSUS.index("\n") + 1 :], "", "holds no cell"),
    ],
)
def test_an_impossible_census_is_refused_in_one_sentence(
    folder: Path,
    before: str,
    after: str,
    sentence: str,
) -> None:
    path = change(folder, before, after, "census.csv")
    with pytest.raises(territory.TerritoryError, match=sentence):
        territory.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(territory.TerritoryError, match="cannot be read"):
        territory.load(tmp_path / "nowhere.toml")


def test_a_census_marks_unknown_numbers_that_count_for_nobody(folder: Path) -> None:
    census = territory.read_census(folder / "census.csv", "EPSG:3035")
    assert census.columns.tolist() == ["size_m", "e", "n", "residents"]
    assert census["residents"].tolist() == [300, 100, 0, 7]
