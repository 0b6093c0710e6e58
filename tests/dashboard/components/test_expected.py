"""What is unusual and what to expect: a sentence each, and how much would be enough where too little is known."""

import pandas as pd
import pytest

from dashboard.catalogue import catalogue
from dashboard.components.expected import foretold, unusual

FRENCH = catalogue("fr")
ALERTS = pd.DataFrame(
    {
        "area": ["25", "a", "b", "c"],
        "month": ["2025-10"] * 4,
        "reason": ["judged", "judged", "not_said", "not_enough"],
        "needed": pd.array([pd.NA, pd.NA, pd.NA, 25], dtype="Int64"),
        "observed": pd.array([13, 9, pd.NA, pd.NA], dtype="Int64"),
        "expected": [14.9, 3.2, float("nan"), float("nan")],
        "upper": [23.0, 7.0, float("nan"), float("nan")],
        "alarm": [False, True, False, False],
    }
)
FORECASTS = pd.DataFrame(
    {
        "area": ["25", "25", "b"],
        "month": ["2025-11", "2025-12", "2025-11"],
        "ahead": [1, 2, 1],
        "reason": ["foretold", "foretold", "not_enough"],
        "needed": pd.array([pd.NA, pd.NA, 6], dtype="Int64"),
        "low_80": [8.0, 7.0, float("nan")],
        "high_80": [18.0, 19.0, float("nan")],
    }
)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ("25", "13 signalements distincts, pour 14,9 attendus d’après les années précédentes. Rien d’inhabituel"),
        ("a", "C’est plus que le seuil d’alerte (7)"),
        ("b", "Cela ne veut pas dire que le mois est calme."),
        ("c", "il faudrait 25 mois connus."),
    ],
)
def test_the_last_month_is_judged_or_the_sentence_says_why_not(area: str, words: str) -> None:
    said = plain(unusual(ALERTS, area, FRENCH))
    assert words in said
    assert "nan" not in said


def test_the_next_months_are_foretold_with_their_interval() -> None:
    said = plain(foretold(FORECASTS, "25", FRENCH))
    assert "entre 8 et 18 signalements distincts en novembre 2025" in said
    assert "entre 7 et 19 signalements distincts en décembre 2025" in said


def test_what_cannot_be_foretold_says_what_would_be_enough() -> None:
    assert "il faudrait que 6 des douze derniers mois soient connus" in plain(foretold(FORECASTS, "b", FRENCH))
