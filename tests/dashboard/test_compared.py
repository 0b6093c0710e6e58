"""This year against last, where some runs can be compared and others cannot."""

import pytest

from analytics.statistics.comparisons import Comparison
from dashboard.catalogue import Catalogue, catalogue
from dashboard.components import compared


@pytest.fixture(scope="module")
def french() -> Catalogue:
    return catalogue("fr")


def told(months: tuple[int, int], this: int | None = 20, last: int | None = 10) -> Comparison:
    known = this is not None and last is not None
    return Comparison(
        this_year=2025,
        months=months,
        this=this,
        last=last,
        unsaid_this=0 if this is not None else 1,
        unsaid_last=0 if last is not None else 1,
        ratio=2.0 if known else None,
        low=0.9 if known else None,
        high=4.5 if known else None,
        named=False,
        reason="complete" if known else "not_enough",
    )


def test_what_cannot_be_compared_is_said_once(french: Catalogue) -> None:
    nothing = {"month": told((10, 10), None), "quarter": told((7, 9), None), "year": told((1, 10), 5, None)}
    (said,) = compared.said(nothing, "Ici", french)
    assert "l’année en cours, le dernier trimestre clos et le dernier mois clos" in said


def test_what_can_be_compared_comes_first_and_the_longest_before_the_others(french: Catalogue) -> None:
    some = {"month": told((10, 10)), "quarter": told((7, 9), None), "year": told((1, 10))}
    said = compared.said(some, "Ici", french)
    assert len(said) == 3
    assert "de janvier à octobre 2025" in said[0]
    assert "en octobre 2025" in said[1]
    assert said[2].startswith("La comparaison ne peut pas être dite pour le dernier trimestre clos")


def test_a_month_that_is_the_whole_year_so_far_is_not_said_twice(french: Catalogue) -> None:
    said = compared.said({"month": told((1, 1)), "year": told((1, 1))}, "Ici", french)
    assert len(said) == 1


def test_a_first_year_has_no_quarter(french: Catalogue) -> None:
    assert len(compared.said({"month": told((2, 2), None), "year": told((1, 2), None)}, "Ici", french)) == 1
