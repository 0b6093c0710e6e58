"""An export holds what was published, says what it is, opens coloured, and betrays nothing more."""

# ruff: noqa: S608 - names of tables are our own

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from analytics import exports
from analytics import release as releases
from analytics import territory as territories
from analytics.exports.style import qml
from analytics.plots import palette
from analytics.release import Release
from analytics.territory import Territory
from tests.made_up import releases as made_up

MADE_OF_FACTS = ["blocks", "outlook", "series", "departement"]


@dataclass(frozen=True)
class World:
    release: Release
    territory: Territory


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    territory = territories.load(made_up.territory_file(folder))
    return World(releases.read(made_up.write(folder / "release", territory, months=22)), territory)


@pytest.fixture(scope="module")
def package(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "vigie.gpkg"
    assert exports.write(exports.gather(world.release, world.territory), path) == [path]
    return path


def rows(package: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(package)) as store:
        return store.execute(query).fetchall()


@pytest.mark.parametrize("table", MADE_OF_FACTS)
def test_a_package_read_back_holds_the_facts_themselves(package: Path, world: World, table: str) -> None:
    back = gpd.read_file(package, layer=table)
    mine = world.release.facts[world.release.facts["table"] == table].reset_index(drop=True)
    assert len(back) == len(mine) > 0
    for column in releases.COLUMNS:
        assert back[column].isna().equals(mine[column].isna()), column
        assert (back[column].dropna().astype(str) == mine[column].dropna().astype(str)).all(), column
    assert back.crs == world.territory.crs
    assert {"covered", "nominal", "residents", "density", "holds"} <= set(back.columns)


def test_a_square_lies_where_its_id_says(package: Path) -> None:
    back = gpd.read_file(package, layer="blocks")
    squares = territories.parse_cell_ids(back["area"])
    assert np.array_equal(back.bounds[["minx", "miny"]], squares[["e", "n"]])
    assert np.array_equal(back.area, squares["size_m"].to_numpy(dtype=float) ** 2)
    assert np.array_equal(back["size_m"], squares["size_m"])


def test_a_fact_that_covers_a_part_says_so_and_its_density_is_that_of_the_part(package: Path) -> None:
    back = gpd.read_file(package, layer="blocks")
    partial = back["covered"] < back["nominal"]
    assert 0 < partial.sum() < len(back)
    assert back.loc[partial, "holds"].str.startswith("Ne compte que ").all()
    assert (back.loc[~partial, "holds"] == "Tout le sol, toute la période.").all()
    assert back["density"].to_numpy() == pytest.approx(back["n"] * 12 / back["covered"], abs=1e-4)


@pytest.mark.parametrize("layer", [*MADE_OF_FACTS, "surface"])
def test_no_number_and_no_interval_points_at_fewer_than_k(package: Path, world: World, layer: str) -> None:
    back, k = gpd.read_file(package, layer=layer), world.release.k
    if layer == "surface":
        assert not ((back["low"] >= 1) & (back["high"] <= k - 1)).any()
        fewer = back["said"] == "fewer_than_k"
        assert 0 < fewer.sum() < len(back)
        assert (back.loc[fewer, ["low", "high"]] == [0, k - 1]).all(axis=None)
        assert (back.loc[fewer, "holds"] == "Moins de 5, peut-être aucun.").all()
    else:
        assert (back["n"] >= k).all()
        assert (back["reports"].dropna() % k == 0).all()


def test_a_window_that_tells_small_intervals_is_not_believed(world: World) -> None:
    cells = territories.ground(world.territory, 1000)
    naive = cells[["cell", "e", "n", "residents"]].assign(
        estimate=2.0, low=1.0, high=3.0, measured=1.0, said="estimate"
    )
    run = exports.Run(pd.Period("2025-01", freq="M"), pd.Period("2025-03", freq="M"))
    layer = exports.of_surface(world.release, world.territory, naive, run)
    assert (layer[["low", "high"]] == [0, 4]).all(axis=None)
    assert (layer["said"] == "fewer_than_k").all()
    assert (layer["density"] == 8.0).all()


def test_a_package_says_whose_of_when_and_what_must_not_be_concluded(package: Path, world: World) -> None:
    told = rows(package, "SELECT sujet, texte FROM lisez_moi ORDER BY fid")
    text = "\n".join(f"{subject}: {line}" for subject, line in told)
    assert "Diffusion: commandement" in text
    assert "Millésime: 1, mois clos jusqu’à 2025-10" in text
    assert "au moins 5 signalements distincts" in text
    assert "Données fictives: oui" in text
    assert f"Source: {world.territory.sources[0]}" in text
    assert "Un signalement n’est pas une infraction" in text
    assert "n’est ni un zéro ni un petit nombre" in text
    described = dict(rows(package, "SELECT table_name, description FROM gpkg_contents"))
    assert described["blocks"].startswith("Blocs publiés")
    assert "de 2024-11 à 2025-10" in described["surface"]
    columns = {
        str(c) for name in described if name in exports.LAYERS for c in gpd.read_file(package, layer=name).columns
    }
    assert {f"Colonne {name}" for name in columns - {"geometry"}} <= {subject for subject, _ in told}


def test_real_reports_are_not_said_to_be_made_up(world: World) -> None:
    real = releases.part(world.release, world.release.facts, {"synthetic": False})
    lines = dict(exports.about(real, world.territory, exports.gathering.months_of(real, exports.Filter())).lines)
    assert lines["Données fictives"] == "non"


def test_every_layer_is_listed_where_qgis_looks(package: Path) -> None:
    layers = dict(pyogrio.list_layers(package))
    assert {"blocks", "outlook", "series", "departement", "surface", "zones", "lisez_moi"} <= set(layers)
    assert "breakdown" not in layers  # this release has none: no empty layer
    assert layers["lisez_moi"] is None
    assert rows(package, "PRAGMA integrity_check") == [("ok",)]
    assert rows(package, "PRAGMA foreign_key_check") == []


def test_a_style_waits_for_qgis_and_is_well_formed(package: Path) -> None:
    kept = rows(package, "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles")
    assert {row[0] for row in kept} == {"blocks", "outlook", "surface", "zones"}
    for table, column, style, default in kept:
        assert default == 1
        assert (column,) in rows(package, f"SELECT column_name FROM gpkg_geometry_columns WHERE table_name = '{table}'")
        root = ET.fromstring(style)  # noqa: S314 - our own text
        assert root.tag == "qgis"
        renderer = root.find("renderer-v2")
        assert renderer is not None
        assert renderer.get("type") == "RuleRenderer"
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        asked = {rule.get("symbol") for rule in renderer.iter("rule") if rule.get("symbol")}
        assert asked == symbols
        assert len({rule.get("key") for rule in renderer.iter("rule")}) == len(list(renderer.iter("rule")))


def conditions(style: str) -> list[tuple[str, bool]]:
    """Filters of the rules with a symbol, joined with those above them, and whether they are shown at once."""
    found = []

    def walk(rule: ET.Element, above: list[str], active: bool) -> None:  # noqa: FBT001
        where = [*above, *filter(None, [rule.get("filter")])]
        shown = active and rule.get("checkstate") != "0"
        if rule.get("symbol"):
            found.append((" AND ".join(where), shown))
        for below in rule.findall("rule"):
            walk(below, where, shown)

    rules = ET.fromstring(style).find("renderer-v2/rules")  # noqa: S314
    assert rules is not None
    for rule in rules.findall("rule"):
        walk(rule, [], True)  # noqa: FBT003
    return found


@pytest.mark.parametrize("layer", ["blocks", "outlook", "surface"])
def test_each_row_has_exactly_one_colour(package: Path, layer: str) -> None:
    """The filters are plain SQL too: SQLite itself says which rows each rule takes."""
    style = rows(package, f"SELECT styleQML FROM layer_styles WHERE f_table_name = '{layer}'")[0][0]
    taken = [int(rows(package, f"SELECT count(*) FROM {layer} WHERE {where}")[0][0]) for where, _ in conditions(style)]
    total = int(rows(package, f"SELECT count(*) FROM {layer}")[0][0])
    assert sum(taken) == total
    assert sum(number > 0 for number in taken) > 2
    if layer == "blocks":
        at_once = " OR ".join(f"({where})" for where, shown in conditions(style) if shown)
        oldest = rows(package, f"SELECT min(period_end) FROM blocks WHERE {at_once}")[0][0]
        assert oldest >= "2024-11-01"


def test_a_part_of_the_ground_is_hatched(world: World) -> None:
    told = exports.about(world.release, world.territory, exports.gathering.months_of(world.release, exports.Filter()))
    style = qml("blocks", told, (1, 2, 5, 10, 20, 50))
    assert style is not None
    root = ET.fromstring(style)  # noqa: S314
    hatched = {
        symbol.get("name")
        for symbol in root.iter("symbol")
        if any(o.get("name") == "style" and o.get("value") == "b_diagonal" for o in symbol.iter("Option"))
    }
    partial = {rule.get("symbol") for rule in root.iter("rule") if '"covered" <' in (rule.get("filter") or "")}
    assert hatched == partial
    assert len(hatched) == 2 * len(palette.DENSITY)
    assert qml("series", told, (1, 2, 5, 10, 20, 50)) is None


@pytest.mark.parametrize("ending", exports.ENDINGS)
def test_the_same_release_gives_the_same_bytes(world: World, ending: str) -> None:
    names = exports.LAYERS if ending == ".gpkg" else ("blocks",)
    made = [exports.content(exports.gather(world.release, world.territory, names), ending) for _ in range(2)]
    assert made[0] == made[1]


def test_geoparquet_read_back_holds_the_facts_and_what_they_are(world: World, tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    exports.write(exports.gather(world.release, world.territory, ["facts"], language="en"), path)
    back = gpd.read_parquet(path)
    pd.testing.assert_frame_equal(
        pd.DataFrame(back[list(releases.COLUMNS)]), world.release.facts, check_dtype=False, check_column_type=False
    )
    assert back.crs == world.territory.crs
    told = json.loads(pq.read_schema(path).metadata[b"vigie"])
    assert told["title"].startswith("Vigie, distinct reports")
    assert ["Made-up data", "yes: all reports were invented, no place is accused of anything"] in told["lines"]


@pytest.mark.parametrize(("language", "separator", "decimal"), [("fr", ";", ","), ("en", ",", ".")])
def test_a_csv_opens_in_a_spreadsheet_of_its_language(
    world: World, tmp_path: Path, language: str, separator: str, decimal: str
) -> None:
    path = tmp_path / "blocks.csv"
    written = exports.write(exports.gather(world.release, world.territory, ["blocks"], language=language), path)
    back = pd.read_csv(path, sep=separator, decimal=decimal, encoding="utf-8-sig")
    mine = world.release.facts[world.release.facts["table"] == "blocks"]
    assert back["n"].sum() == mine["n"].sum()
    assert back["density"].dtype == np.float64
    squares = gpd.GeoSeries.from_wkt(back["WKT"])
    assert np.array_equal(squares.area, back["size_m"] ** 2.0)
    beside = written[1].read_text(encoding="utf-8")
    assert written[1].name == {"fr": "blocks.lisez-moi.txt", "en": "blocks.readme.txt"}[language]
    assert world.territory.sources[0] in beside


def test_zones_have_no_geometry_in_a_csv(world: World) -> None:
    content = exports.content(exports.gather(world.release, world.territory, ["series"]), ".csv")
    assert b"WKT" not in content


def test_months_choose_facts_and_estimate(world: World) -> None:
    months = [pd.Period(m, freq="M") for m in ("2025-01", "2025-03")]
    gathered = exports.gather(world.release, world.territory, wanted=exports.Filter(first=months[0], last=months[1]))
    blocks = gathered.layers["blocks"]
    assert (blocks["period_end"] >= "2025-01-01").all()
    assert (blocks["period_start"] <= "2025-03-31").all()
    assert set(gathered.layers["surface"]["first"]) == {"2025-01"}
    assert set(gathered.layers["surface"]["covered"]) == {3}


@pytest.mark.parametrize(
    ("names", "wanted", "language", "sentence"),
    [
        (["rivers"], {}, "fr", "There is no layer 'rivers'"),
        (["blocks"], {"zones": ("atlantis",)}, "fr", "There is no zone 'atlantis'"),
        (["blocks"], {"last": pd.Period("2031-01", freq="M")}, "fr", "no run of closed months"),
        (["blocks"], {}, "de", "There is no language 'de'"),
    ],
)
def test_what_there_is_not_is_said(
    world: World, names: list[str], wanted: dict[str, object], language: str, sentence: str
) -> None:
    with pytest.raises(exports.ExportError, match=sentence):
        exports.gather(world.release, world.territory, names, wanted=exports.Filter(**wanted), language=language)  # type: ignore[arg-type]


def test_a_file_that_is_there_is_not_replaced_unless_told_so(world: World, tmp_path: Path) -> None:
    gathered = exports.gather(world.release, world.territory, ["blocks"])
    path = tmp_path / "mine.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(exports.ExportError, match=r"mine\.csv is there already"):
        exports.write(gathered, path)
    assert path.read_text(encoding="utf-8") == "mine"
    exports.write(gathered, path, overwrite=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not list(tmp_path.glob("*.next"))


def test_a_format_that_holds_one_layer_refuses_two(world: World, tmp_path: Path) -> None:
    gathered = exports.gather(world.release, world.territory, ["blocks", "outlook"])
    with pytest.raises(exports.ExportError, match="holds one layer"):
        exports.write(gathered, tmp_path / "two.parquet")
    with pytest.raises(exports.ExportError, match="says no format"):
        exports.write(gathered, tmp_path / "two.shp")
    with pytest.raises(exports.ExportError, match="does not exist"):
        exports.write(gathered, tmp_path / "nowhere" / "two.gpkg")
    assert not list(tmp_path.iterdir())


def test_nothing_published_is_nothing_exported(world: World, tmp_path: Path) -> None:
    empty = releases.read(made_up.write_empty(tmp_path / "empty", world.territory))
    with pytest.raises(releases.ReleaseError, match="nothing to export"):
        exports.gather(empty, world.territory)


def test_every_language_says_the_same_things() -> None:
    french, english = (exports.texts.texts(language) for language in ("fr", "en"))
    assert french.keys() == english.keys()
