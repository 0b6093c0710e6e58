"""The bulletin: two pages that a screen reader reads, the release's numbers and no others, the same bytes each time."""

import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typst
from pypdf import PdfReader

from analytics import release as releases
from analytics.statistics import levels
from dashboard import bulletin, reading
from dashboard.bulletin import Bulletin, printing
from dashboard.catalogue import Catalogue, catalogue
from dashboard.components import tables
from dashboard.components.prevention.area import Area
from tests.dashboard.conftest import World
from tests.made_up import releases as made_up

ZONE = Area("zone", "all", "Toute la plaine", "all")
WHOLE = Area("whole", "XX", "Plaine d’essai", "")


def opened(world: World, release: releases.Release | None = None, key: str = "world") -> reading.Reading:
    return reading.Reading(release or world.release, world.territory, f"bulletin-{key}")


@pytest.fixture(scope="module")
def french() -> Catalogue:
    return catalogue("fr")


@pytest.fixture(scope="module")
def made(world: World, french: Catalogue) -> Bulletin:
    return bulletin.gather(opened(world), ZONE, french)


@pytest.fixture(scope="module")
def content(made: Bulletin) -> bytes:
    return bulletin.pdf(made)


def text_of(content: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return re.sub(r"\s+", " ", " ".join(pages))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_it_has_two_pages_a_language_a_title_and_tags(content: bytes) -> None:
    read = PdfReader(io.BytesIO(content))
    assert len(read.pages) == 2
    root: Any = read.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert read.metadata is not None
    assert "Toute la plaine" in str(read.metadata.title)
    assert b"pdfuaid:part" in content


def test_pages_are_a4(content: bytes) -> None:
    for page in PdfReader(io.BytesIO(content)).pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_pictures_are_described(content: bytes, made: Bulletin) -> None:
    read, found = PdfReader(io.BytesIO(content)), []

    def walk(node: Any) -> None:  # noqa: ANN401 - pypdf's objects
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(plain(str(node["/Alt"])))
            if "/K" in node:
                walk(node["/K"])

    root: Any = read.trailer["/Root"]
    walk(root["/StructTreeRoot"])
    assert plain(made.words["map_alt"]) in found
    assert plain(made.words["chart_alt"]) in found


def test_a_picture_without_a_description_is_refused(made: Bulletin) -> None:
    bare = Bulletin(made.words | {"map_alt": ""}, made.map, made.series, made.numbers, made.through, made.file)
    template = printing.template().replace(b"alt: told.map_alt", b"alt: none")
    settings = printing.settings(bare)
    with pytest.raises(typst.TypstError, match=r"alt"):
        typst.compile(template, format="pdf", pdf_standards=printing.STANDARD, **settings)


def test_what_it_says_is_in_the_text(content: bytes, made: Bulletin) -> None:
    text = text_of(content)
    words = made.words
    for said in [words["title"], words["vintage"], words["synthetic"], *words["sentences"], *words["caveats"]]:
        start = plain(said)[:40]
        assert start in text, start
    assert len(words["sentences"]) == 3
    assert "Un signalement n’est pas une infraction" in text
    assert "Terrain inventé pour les essais" in text


def test_where_a_release_tells_no_hours_it_speaks_of_seasons(content: bytes) -> None:
    text = re.sub(r"\s+", " ", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert "Saisons, Toute la plaine" in text
    assert "Heures, Toute la plaine" not in text


def test_its_numbers_are_the_releases_own(world: World, made: Bulletin) -> None:
    series = world.release.facts.query("table == 'series'")
    run = levels.longest_told(world.release, "all")
    assert run is not None
    published = series[(series["period_start"] >= str(run[0].start_time.date()))]["n"].sum()
    assert f"{published} signalements distincts" in made.words["sentences"][0]
    numbers = made.numbers
    assert numbers["Signalements distincts"].iloc[0] == published
    quarters = pd.PeriodIndex(series["period_start"], freq="Q")
    for period, n, kind in zip(numbers["Période"], numbers["Signalements distincts"], numbers["Nature"], strict=True):
        if kind == "publié" and period.startswith("T"):
            quarter = pd.Period(f"{period[3:]}Q{period[1]}", freq="Q")
            assert series[quarters == quarter]["n"].sum() == n


def numbers_of(frame: pd.DataFrame) -> list[float]:
    columns = ["Signalements distincts", "Au moins", "Au plus"]
    return [float(n) for column in columns for n in frame[column].dropna()]


@pytest.mark.parametrize("a_month", [30.0, 6.0, 2.0])
def test_no_number_under_k(world: World, french: Catalogue, tmp_path: Path, a_month: float) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=22, a_month=a_month)
    made = bulletin.gather(opened(world, releases.read(folder), f"thin{a_month}"), ZONE, french)
    k = world.release.k
    said = [n for n in numbers_of(made.numbers) if n != k - 1]  # k - 1 is the upper end of "fewer than k"
    assert said
    assert min(said) >= k
    for sentence in made.words["sentences"]:
        assert all(int(low) >= k for low in re.findall(r"entre (\d+) et", sentence)), sentence
    for row in made.words["rows"]:
        told = [int(n) for n in re.findall(r"\d+", row[1])]
        assert min(told) >= k or row[1] == f"moins de {k}, peut-être aucun"


def test_a_naive_table_would_have_told_numbers_under_k(world: World, tmp_path: Path) -> None:
    """The check above can fail: the quarters before they are put in words do hold such numbers."""
    from dashboard.components.prevention import area as areas  # noqa: PLC0415

    folder = made_up.write(tmp_path / "release", world.territory, months=22, a_month=2.0)
    read = opened(world, releases.read(folder), "naive")
    found = levels.quarters(read.release, areas.fitted(read), areas.units(read, ZONE), "all", 12)
    assert (found[["n", "low", "high"]].min(axis=1) < world.release.k).any()


def test_the_same_release_gives_the_same_bytes(world: World, french: Catalogue, content: bytes) -> None:
    again = bulletin.gather(opened(world, key="again"), ZONE, french)
    assert bulletin.pdf(again) == content


def test_it_is_dated_by_the_release_and_not_by_the_clock(content: bytes) -> None:
    read = PdfReader(io.BytesIO(content))
    assert read.metadata is not None
    assert str(read.metadata["/CreationDate"]).startswith("D:20251031")


def test_it_speaks_english(world: World) -> None:
    made = bulletin.gather(opened(world, key="english"), WHOLE, catalogue("en"))
    printed = bulletin.pdf(made)
    root: Any = PdfReader(io.BytesIO(printed)).trailer["/Root"]
    assert root["/Lang"] == "en"
    text = text_of(printed)
    assert "A report is not an offence" in text
    assert "Signalements" not in text
    assert len(PdfReader(io.BytesIO(printed)).pages) == 2


def test_real_reports_carry_no_banner(world: World, french: Catalogue) -> None:
    real = releases.part(world.release, world.release.facts, {"synthetic": False})
    made = bulletin.gather(opened(world, real, "real"), ZONE, french)
    assert "fictives" not in text_of(bulletin.pdf(made))


def test_one_month_gives_a_bulletin_that_says_what_is_lacking(world: World, french: Catalogue, tmp_path: Path) -> None:
    folder = made_up.write(tmp_path / "release", world.territory, months=1, a_month=60)
    made = bulletin.gather(opened(world, releases.read(folder), "one"), ZONE, french)
    printed = bulletin.pdf(made)
    assert "trois mois clos suffiraient" in text_of(printed)
    assert len(PdfReader(io.BytesIO(printed)).pages) == 2


def test_words_are_not_read_as_markup(world: World, french: Catalogue) -> None:
    nasty = Area("zone", "all", "*Gras* #sys.inputs $x$ <a> @b", "all")
    made = bulletin.gather(opened(world, key="nasty"), nasty, french)
    assert "*Gras* #sys.inputs $x$" in text_of(bulletin.pdf(made))


def test_the_numbers_open_in_a_french_spreadsheet(made: Bulletin) -> None:
    lines = tables.csv(made.numbers).decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Aire;Période;Signalements distincts;Au moins;Au plus;Nature")
    assert len(lines) == len(made.numbers) + 2
