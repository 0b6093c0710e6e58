from pathlib import Path

import pytest

from analytics import intake, reports
from analytics.intake.mapping import fold
from tests.made_up.exports import MAPPING


def load(text: str, folder: Path) -> intake.Mapping:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return intake.load_mapping(path)


def test_words_are_compared_without_case_accents_and_punctuation() -> None:
    assert fold("Mis à l'ÉCART ") == fold("mis a l’ecart") == "mis a l ecart"


def test_the_columns_that_are_needed_and_those_that_are_named(tmp_path: Path) -> None:
    mapping = load(MAPPING, tmp_path)
    needed = {"id", "day", "hour", "lon", "lat", "town", "kind", "state", "known", "arrested"}
    assert set(mapping.needed) == needed
    assert set(mapping.named) == needed | {"invented"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'source = "test"',
            'source = "test"\ncolour = "red"',
            "no key colour at the top; the keys are source, file, id",
        ),
        ("[hour]\n", '[hour]\ncolour = "red"\n', "no key colour in [hour]; the keys are column, formats, other"),
        ("[outcomes]\n", '[outcomes]\njudgment = "j"\n', "no key judgment in [outcomes]"),
        ('source = "test"', "", "the key source is missing at the top"),
        ('[id]\ncolumn = "id"', "[id]", "the key column is missing in [id]"),
        ('= "street"', '= "alley"', "alley is no category; the words are street, building"),
        ('= "kept"', '= "good"', "good is no triage"),
        ('x = "lon"', "", "x and y go together"),
        ('town"', 'town"\ncrs = "EPSG:999999"', "no such coordinate system"),
        ("2015-01-01", '2015-01-01\ntimezone = "Europe/Besancon"', "no such time zone"),
        ('"%d/%m/%Y"', '"%d/%m/%YT%H%z"', "needs timezone"),
        ('formats = ["%d/%m/%Y"]', "formats = []", "day.formats"),
        ('"Retenu" = "kept"', '"Retenu" = "kept"\n"RETENU" = "kept"', "differ only by case"),
        ('[triage]\ncolumn = "state"', '[triage]\ncolumn = "state"\nconstant = "kept"', "either column with values"),
        ("[hour]", "[hour", "is not a TOML file"),
    ],
)
def test_a_mistake_is_told_in_one_clear_sentence(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in MAPPING
    with pytest.raises(reports.InputError) as caught:
        load(MAPPING.replace(old, new, 1), tmp_path)
    sentence = str(caught.value)
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_an_absent_mapping_is_told(tmp_path: Path) -> None:
    with pytest.raises(reports.InputError, match="cannot be opened"):
        intake.load_mapping(tmp_path / "absent.toml")


def test_the_mappings_that_are_shipped_can_be_loaded(root: Path) -> None:
    shipped = sorted((root / "data" / "mappings").glob("*.toml"))
    assert shipped
    assert len({intake.load_mapping(path).source for path in shipped}) == len(shipped)
