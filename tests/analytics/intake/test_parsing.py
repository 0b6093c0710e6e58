import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import parsing


def texts(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


def column(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", " a ", "b", "", " ", "NA", "na", "é"]))))
def test_codes_and_distinct_values_give_the_column_back(values: list[str | None]) -> None:
    found = parsing.coded(column(*values), ["NA"])
    expected = [None if value is None or value.strip().upper() in ("", "NA") else value.strip() for value in values]
    assert found.spread(found.distinct, None).tolist() == expected
    assert len(set(found.distinct)) == len(found.distinct)


@pytest.mark.parametrize(
    ("text", "formats", "hour"),
    [
        ("0", ["HHMM"], 0),
        ("5", ["HHMM"], 0),
        ("930", ["HHMM"], 9),
        ("0930", ["HHMM"], 9),
        ("2359", ["HHMM"], 23),
        ("2400", ["HHMM"], -1),
        ("1261", ["HHMM"], -1),
        ("12345", ["HHMM"], -1),
        ("-5", ["HHMM"], -1),
        ("21h45", ["%Hh%M"], 21),
        ("9h05", ["%Hh%M"], 9),
        ("21:45", ["HHMM", "%H:%M"], 21),
        ("21:45:30", ["HHMM"], 21),
        ("09:45 PM", ["%I:%M %p"], 21),
        ("28/07/2025 21:45", ["%d/%m/%Y %H:%M"], 21),
        ("21", ["%H"], 21),
        ("soir", ["%H:%M", "HHMM"], -1),
    ],
)
def test_hours(text: str, formats: list[str], hour: int) -> None:
    assert parsing.hours(texts(text), formats, None).tolist() == [hour]


def test_the_first_format_that_fits_is_taken() -> None:
    days = parsing.days(texts("03/04/2025", "13/04/2025", "2025-04-13"), ["%m/%d/%Y", "%d/%m/%Y"], None)
    assert days.astype("datetime64[D]").astype(str).tolist() == ["2025-03-04", "2025-04-13", "2025-04-13"]


def test_the_time_of_a_day_is_left_out() -> None:
    day = parsing.days(texts("2019/09/27 04:00:00"), ["%Y/%m/%d %H:%M:%S"], None)
    assert day.tolist() == [np.datetime64("2019-09-27", "us").item()]


def test_offsets_become_local_time() -> None:
    read = parsing.moments(texts("2025-07-28T22:30+0000"), ["%Y-%m-%dT%H:%M%z"], "Europe/Paris")
    assert read.astype(str).tolist() == ["2025-07-29T00:30:00.000000"]


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("6.027", ".", 6.027),
        ("-78.49", ".", -78.49),
        ("6,027", ",", 6.027),
        ("6.027", ",", 6.027),
        ("1e-05", ".", 1e-05),
        (" 928\u202f945,90 ", ",", 928945.9),
        ("928\u00a0945", ",", 928945.0),
    ],
)
def test_numbers(text: str, decimal: str, number: float) -> None:
    values, bad = parsing.numbers(column(text), decimal, [])
    assert values.tolist() == [number]
    assert bad.tolist() == [False]


@pytest.mark.parametrize("text", ["6,027", "6.0.27", "north", "1.2.3,4", "0x10", "inf", "--6"])
def test_texts_that_are_no_numbers(text: str) -> None:
    values, bad = parsing.numbers(column(text), ".", ["NA"])
    assert np.isnan(values).all()
    assert bad.tolist() == [True]


def test_what_is_missing_is_no_bad_number() -> None:
    values, bad = parsing.numbers(column("", "na", None, " "), ".", ["NA"])
    assert np.isnan(values).all()
    assert not bad.any()
