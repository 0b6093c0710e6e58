"""Maps and charts speak French or English, whole: texts, numbers, months."""

import re
from collections.abc import Mapping
from itertools import chain

import pandas as pd
import pytest

from analytics.plots import texts
from analytics.plots.charts import series_chart
from analytics.plots.release_map import folium_map
from analytics.plots.texts import ENGLISH, FRENCH, month, number, short, span, texts_in, vega_locale
from tests.analytics.plots.conftest import Drawable

SLOT = re.compile(r"\{(\w+)\}")
MONTHLY = pd.DataFrame(
    {
        "month": pd.period_range("2025-01", periods=3, freq="M"),
        "n": pd.array([12, None, 1234], dtype="Int64"),
        "low": [6.2, 0.0, 1166.1],
        "high": [21.0, 4.0, 1304.9],
        "state": ["published", "not_said", "published"],
    }
)


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    assert ENGLISH.keys() == FRENCH.keys()
    for key, french in FRENCH.items():
        assert sorted(SLOT.findall(french)) == sorted(SLOT.findall(ENGLISH[key])), key


def test_no_text_is_left_in_french() -> None:
    assert [key for key in FRENCH if FRENCH[key] == ENGLISH[key]] == ["audience_public"]  # the same word in both


def test_a_language_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts_in("de")


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        (FRENCH, ["12\u202f345", "0,4", "0,25", "1\u202f500", "octobre 2025", "année 2024", "janvier – mars 2025"]),
        (ENGLISH, ["12,345", "0.4", "0.25", "1,500", "October 2025", "year 2024", "January – March 2025"]),
    ],
    ids=["fr", "en"],
)
def test_numbers_and_months_are_written_as_the_language_does(spoken: Mapping[str, str], written: list[str]) -> None:
    def run(first: str, last: str) -> str:
        return span(pd.Period(first, freq="M"), pd.Period(last, freq="M"), spoken)

    assert [
        number(12345, texts=spoken),
        number(0.4, 1, spoken),
        short(0.25, spoken),
        short(1500, spoken),
        month(pd.Period("2025-10", freq="M"), spoken),
        run("2024-01", "2024-12"),
        run("2025-01", "2025-03"),
    ] == written


def test_a_chart_in_english_holds_no_french_word() -> None:
    assert said_in(series_chart(MONTHLY, area="Doubs", k=5, texts=ENGLISH).to_dict()) & FRENCH_WORDS == set()
    assert said_in(series_chart(MONTHLY, area="Doubs", k=5).to_dict()) & FRENCH_WORDS  # and the check can fail


def test_a_chart_writes_in_the_language_of_its_texts() -> None:
    drawn = series_chart(MONTHLY, area="Doubs", k=5, texts=ENGLISH).to_dict()
    assert drawn["config"]["locale"] == vega_locale(ENGLISH)
    assert drawn["config"]["locale"]["time"]["shortMonths"][1] == "Feb"
    assert "1,234" in str(drawn["datasets"])
    assert "from January 2025 to March 2025: 2 months published" in drawn["description"]


def test_a_map_in_english_writes_its_numbers_and_words_so(drawable: Drawable) -> None:
    def html(spoken: Mapping[str, str]) -> str:
        asked = {"first": drawable.first, "last": drawable.last, "texts": spoken}
        drawn = folium_map(drawable.release, drawable.territory, drawable.window, **asked)
        return str(drawn.get_root().render())

    english, french = html(ENGLISH), html(FRENCH)
    assert "estimated reports" in english
    assert "signalements" not in english
    assert "signalements" in french
    assert re.search(r"<strong>\d+\.\d</strong> estimated", english.replace("\\u003c", "<").replace("\\u003e", ">"))


def said_in(spec: object) -> set[str]:
    """Return every word of a chart."""
    return set(re.findall(r"[^\W\d_]+", str(spec).lower()))


FRENCH_WORDS = {
    word
    for text in chain(FRENCH.values(), texts.TIME_LOCALES["fr"]["months"])
    for word in re.findall(r"[^\W\d_]{4,}", SLOT.sub("", text).lower())
} - {word for text in ENGLISH.values() for word in re.findall(r"[^\W\d_]+", text.lower())}
