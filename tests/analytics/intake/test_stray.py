import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import intake, territory
from analytics.intake import Mapping, stray
from tests.made_up.exports import SECRET, TODAY, Read, rows

BLOCK = 1 << 16


def lines_of(count: int) -> list[str]:
    return rows(*[{}] * count).to_csv(index=False).splitlines()


def test_rows_of_too_many_or_too_few_fields_are_set_apart_with_their_number(read: Read) -> None:
    lines = lines_of(5)
    lines[2] += ",more"
    lines[4] = "4,28/07/2025"
    taken = read("\n".join(lines))
    assert taken.quarantine[["row", "reason"]].to_numpy().tolist() == [[3, "wrong_columns"], [5, "wrong_columns"]]
    assert json.loads(taken.quarantine["content"].tolist()[1]) == {"text": "4,28/07/2025"}
    assert (taken.read, len(taken.reports)) == (5, 3)


def test_numbers_are_right_after_a_broken_row_and_in_later_blocks(read: Read) -> None:
    lines = rows(*[{"comment": "x" * 2000}] * 5000).to_csv(index=False).splitlines()
    lines[10] += ",more"
    lines[4000] = lines[4000].replace("28/07/2025", "28.07.2025")
    taken = read("\n".join(lines))
    assert taken.quarantine[["row", "reason"]].to_numpy().tolist() == [[11, "wrong_columns"], [4001, "bad_day"]]
    assert json.loads(taken.quarantine["content"].tolist()[1])["id"] == "4000"


@pytest.mark.parametrize("field", ["comment", "kind", "invented"])
@pytest.mark.parametrize("stray_quote", ['"', '"a', 'a"'])
def test_a_stray_quote_costs_its_own_row_at_most(read: Read, field: str, stray_quote: str) -> None:
    lines = rows({}, {field: "STRAY"}, *[{"comment": 'say "no"'}] * 60).to_csv(index=False).splitlines()
    lines[2] = lines[2].replace("STRAY", stray_quote)
    taken = read("\n".join(lines))
    assert taken.read == 62
    assert len(taken.reports) >= 61
    assert set(taken.quarantine["row"]) <= {3}


def test_a_quote_opened_in_the_last_row_is_only_that_rows_affair(read: Read) -> None:
    lines = lines_of(3)
    lines[3] = lines[3].replace("Adresse", '"Adresse')
    taken = read("\n".join(lines))
    assert (taken.read, len(taken.reports)) == (3, 2)
    assert taken.quarantine["row"].tolist() == [4]


def test_texts_of_several_lines_survive_beside_a_stray_quote(read: Read) -> None:
    lines = rows({"comment": "one\n\ntwo, three"}, {"comment": "STRAY"}, {}).to_csv(index=False)
    taken = read(lines.replace("STRAY", '"x'))
    assert len(taken.reports) == 2
    assert taken.quarantine["row"].tolist() == [3]


TEXT = st.text(st.sampled_from('ab"\n,; '), max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, max_size=6))
def test_proper_quotes_are_trusted_and_both_ways_agree(texts: list[str], tmp_path: Path) -> None:
    path = tmp_path / "proper.csv"
    frame = rows(*[{"comment": text} for text in texts])
    if frame.empty:
        return
    frame.to_csv(path, index=False)
    assert stray.sound(path, ",", BLOCK)
    lines = stray.read(path, "utf-8", ",", frame.shape[1])
    assert lines.broken == []
    assert lines.fields == frame.to_numpy().tolist()
    assert lines.rows == list(range(2, len(frame) + 2))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.lists(st.text(st.sampled_from('ab"\n,é\r'), max_size=20), max_size=8))
def test_no_noise_stops_a_file_or_loses_its_good_rows(
    noise: list[str], tmp_path: Path, mapping: Mapping, doubs: territory.Territory
) -> None:
    lines = lines_of(4)
    # Good rows stand around the noise; quotes in it must not eat them.
    text = "\n".join([*lines[:2], *noise, *lines[2:]])
    path = tmp_path / "noisy.csv"
    path.write_text(text, encoding="utf-8", newline="")
    taken = intake.read(path, mapping, doubs, SECRET, today=TODAY)
    assert len(taken.reports) == 4
    assert taken.read == len(taken.reports) + taken.repeated + len(taken.quarantine)
    assert taken.quarantine["row"].is_unique
