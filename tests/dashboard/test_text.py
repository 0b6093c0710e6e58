"""What pages say in sentences: what a vintage added, and how a year compares."""

from dataclasses import replace

import pandas as pd
import pytest

from analytics.statistics.trends import Comparison, Latest
from dashboard.catalogue import catalogue
from dashboard.components.text import comparison, first_sentence

FRENCH = catalogue("fr")
LATEST = Latest(
    vintage=3,
    first_month=pd.Period("2025-09", freq="M"),
    through=pd.Period("2025-10", freq="M"),
    facts_added=41,
    facts_by_table={"blocks": 41},
    quarter=pd.Period("2025Q3", freq="Q"),
    episodes=50,
    in_blocks=27,
    in_outlook=38,
    reason="complete",
)
SAME = Comparison(
    this_year=2025,
    months=(1, 10),
    this=154,
    last=157,
    unsaid_this=0,
    unsaid_last=0,
    ratio=0.98,
    low=0.78,
    high=1.23,
    named=False,
    reason="complete",
)
CHANGES = ("augmenté", "diminué", "hausse", "baisse")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_a_vintage_added() -> None:
    said = plain(first_sentence(LATEST, FRENCH))
    assert said.startswith("Le millésime 3 (septembre à octobre 2025) ajoute 41 faits publiés.")
    assert "signalements distincts du 3e trimestre 2025, dernier trimestre clos, 54 % sont situés" in said
    assert "76 %" in said


@pytest.mark.parametrize(
    ("latest", "words"),
    [
        (replace(LATEST, quarter=None, episodes=None, reason="no_quarter"), "Aucun trimestre n’est encore clos"),
        (replace(LATEST, episodes=None, reason="not_enough"), "Le total du 3e trimestre 2025"),
    ],
)
def test_a_share_that_cannot_be_said_is_not_said(latest: Latest, words: str) -> None:
    said = plain(first_sentence(latest, FRENCH))
    assert words in said
    assert "%" not in said


def test_nothing_is_named_a_change_that_is_none() -> None:
    said = plain(comparison(SAME, "Doubs", FRENCH))
    assert "154 signalements distincts, contre 157 aux mêmes mois de 2024" in said
    assert "Aucun changement n’est établi" in said
    assert "0,98" in said
    assert "0,78 à 1,23" in said
    assert not any(word in said for word in CHANGES)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (replace(SAME, this=240, ratio=1.53, low=1.2, high=1.9, named=True), "augmenté"),
        (replace(SAME, this=90, ratio=0.57, low=0.4, high=0.8, named=True), "diminué"),
    ],
)
def test_a_change_is_named_with_its_interval(found: Comparison, word: str) -> None:
    said = plain(comparison(found, "Doubs", FRENCH))
    assert f"Les signalements ont {word}" in said
    assert FRENCH.decimal(found.low or 0, 2) in said


@pytest.mark.parametrize(
    ("this", "last", "years"), [(None, 157, "2025"), (154, None, "2024"), (None, None, "2024 et 2025")]
)
def test_incomplete_totals_are_not_compared(this: int | None, last: int | None, years: str) -> None:
    found = replace(SAME, this=this, last=last, ratio=None, low=None, high=None, reason="not_enough")
    said = plain(comparison(found, "Besançon", FRENCH))
    assert said.endswith(f"n’est pas publié en entier pour {years}.")
    assert "rapport" not in said
    assert not any(word in said for word in CHANGES)


@pytest.mark.parametrize(
    ("months", "said"), [((1, 3), "de janvier à mars"), ((4, 6), "d’avril à juin"), ((10, 12), "d’octobre à décembre")]
)
def test_a_run_of_months_is_named_in_good_french(months: tuple[int, int], said: str) -> None:
    assert said in comparison(replace(SAME, months=months), "Doubs", FRENCH)


def test_january_alone_is_no_run_of_months() -> None:
    assert "en janvier 2025" in plain(comparison(replace(SAME, months=(1, 1)), "Doubs", FRENCH))


def test_totals_that_are_told_in_different_ways_are_not_compared_and_the_sentence_says_why() -> None:
    found = replace(SAME, ratio=None, low=None, high=None, named=False, reason="not_enough")
    said = plain(comparison(found, "Besançon", FRENCH))
    assert "un par un une année et ensemble l’autre" in said
    assert "None" not in said
