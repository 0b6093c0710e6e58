"""Every word that is shown stands in the catalogue, in good French, and the code has none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from dashboard.catalogue import LANGUAGES, LOCALE, Catalogue, catalogue
from dashboard.components.square_map import STRING_KEYS

DASHBOARD = Path(__file__).parents[2] / "dashboard"
SOURCES = sorted(p for p in DASHBOARD.rglob("*.py") if "square_map" not in p.parts)
ACCENTED = re.compile(r"[àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜŒ«»]")
UNTIED = re.compile(r"\S [:;?!»%]|« \S")  # a plain space there lets a line break tear the two apart
SAYING = {"text", "counted"}


@pytest.fixture(scope="module")
def french() -> Catalogue:
    return catalogue("fr")


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Keys that a source asks for: whole ones, and patterns where a part is computed."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SAYING:
            continue
        for leaf in ast.walk(node.args[0]):
            if isinstance(leaf, ast.JoinedStr):
                parts = ast.iter_child_nodes(leaf)
                yield (
                    "pattern",
                    "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts),
                )
                break
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) and "." in leaf.value:
                yield "key", leaf.value


def keys(french: Catalogue) -> set[str]:
    return {m.id[0] if isinstance(m.id, tuple | list) else str(m.id) for m in french.messages if m.id}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(DASHBOARD)))
def test_every_text_asked_for_is_in_the_catalogue(path: Path, french: Catalogue) -> None:
    known = keys(french)
    for kind, asked in calls(path):
        if kind == "key":
            assert asked in known
        else:
            assert any(re.fullmatch(asked, key) for key in known), asked


def test_no_text_is_kept_that_nobody_asks_for(french: Catalogue) -> None:
    asked = [call for path in SOURCES for call in calls(path)]
    whole = {key for kind, key in asked if kind == "key"}
    patterns = [key for kind, key in asked if kind == "pattern"]
    unused = {
        key
        for key in keys(french) - whole
        if not key.startswith(("column.", "square_map.")) and not any(re.fullmatch(p, key) for p in patterns)
    }
    assert not unused


def test_columns_are_asked_for_by_name(french: Catalogue) -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    for key in keys(french):
        if key.startswith("column."):
            assert f'"{key.removeprefix("column.")}"' in source or f'"{key}"' in source, key


def test_the_map_has_all_its_texts_and_no_other(french: Catalogue) -> None:
    assert french.under("square_map").keys() == STRING_KEYS


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(DASHBOARD)))
def test_no_french_stands_in_the_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert not [text for text in found if ACCENTED.search(text)]


def test_signs_that_take_a_space_in_french_are_tied_by_it(french: Catalogue) -> None:
    for message in french.messages:
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if message.id and message.id != "period.month_pattern":
            assert not [form for form in forms if UNTIED.search(form)], message.id
            assert not [form for form in forms if "'" in form], f"{message.id}: a typewriter's apostrophe"


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys_and_values(language: str, french: Catalogue) -> None:
    other = catalogue(language)
    assert keys(other) == keys(french)
    assert {path.name for path in (LOCALE / language).glob("*.po")} == {
        path.name for path in (LOCALE / "fr").glob("*.po")
    }
    slots = re.compile(r"\{(\w+)\}")
    for message in list(french.messages)[1:]:  # the first is the file's head
        translated = other.messages.get(message.id if isinstance(message.id, str) else message.id[0])
        assert translated is not None
        assert set(slots.findall(str(message.string))) == set(slots.findall(str(translated.string)))


def test_a_text_that_is_not_there_is_an_error(french: Catalogue) -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        french.text("no.such")


@pytest.mark.parametrize(
    ("level", "first", "last", "named"),
    [
        ("month", "2025-10", "2025-10", "octobre 2025"),
        ("quarter", "2025-01", "2025-03", "1er trimestre 2025"),
        ("quarter", "2025-07", "2025-09", "3e trimestre 2025"),
        ("quarter", "2025-10", "2025-11", "octobre à novembre 2025"),
        ("quarter", "2025-10", "2025-10", "octobre 2025"),
        ("year", "2024-01", "2024-12", "année 2024"),
        ("year", "2025-01", "2025-10", "janvier à octobre 2025"),
        ("last12", "2024-11", "2025-10", "novembre 2024 à octobre 2025"),
        ("last3", "2025-01", "2025-03", "janvier à mars 2025"),
    ],
)
def test_periods_are_named(french: Catalogue, level: str, first: str, last: str, named: str) -> None:
    assert french.period(level, pd.Period(first, freq="M"), pd.Period(last, freq="M")) == named


def test_numbers_are_written_as_in_french(french: Catalogue) -> None:
    assert french.decimal(1234.56) == "1\u202f234,6"
    assert french.whole(12345.4) == "12\u202f345"
    assert french.kilometres(1000) == "1"
    assert french.kilometres(500) == "0,5"
    assert french.listed(["2024", "2025"]) == "2024 et 2025"


@pytest.mark.parametrize(("share", "written"), [(0, "0"), (0.001, "1"), (0.45, "45"), (0.999, "99"), (1, "100")])
def test_a_share_is_never_all_or_nothing_unless_it_is(french: Catalogue, share: float, written: str) -> None:
    assert french.percent(share).rstrip("%").strip() == written


def test_one_fact_and_several(french: Catalogue) -> None:
    assert "1 fait " in french.counted("analyst.count", 1, total="9")
    assert "0 fait " in french.counted("analyst.count", 0, total="9")
    assert "2 faits " in french.counted("analyst.count", 2, total="9")
