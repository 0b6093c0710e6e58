"""A policy says what may be said, and is refused where it contradicts itself."""

from pathlib import Path

import pytest

from analytics.disclosure import policy as policies

HEAD = """
audience = "command"
k = 5
cell_m = 1000
min_inhabitants = 100
crowd = 20000
episode_days = 3
[tables]
"""


def load(folder: Path, tables: str) -> policies.Policy:
    file = folder / "policy.toml"
    file.write_text(HEAD + tables, encoding="utf-8")
    return policies.load(file)


def test_breakdown_has_zones_by_quarter_and_year(tmp_path: Path) -> None:
    read = load(tmp_path, 'breakdown = [["zone", "quarter"], ["zone", "year"]]')
    assert read.tables == {"breakdown": (("zone", "quarter"), ("zone", "year"))}


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ('breakdown = [["1000", "quarter"]]', "table 'breakdown': its area level is 'zone', not '1000'"),
        ('breakdown = [["departement", "year"]]', "table 'breakdown': its area level is 'zone', not 'departement'"),
        (
            'breakdown = [["zone", "month"]]',
            "table 'breakdown': its period levels are 'quarter' and 'year', not 'month'",
        ),
        ('breakdown = [["zone", "year"], ["zone", "year"]]', "table 'breakdown' names a rung twice"),
        ('breakdowns = [["zone", "year"]]', "unknown table 'breakdowns'; known are .*, breakdown"),
        ('series = [["departement", "month"]]', "table 'series': its area level is 'zone'"),
        ('blocks = [["1500", "year"]]', "must be a multiple of cell_m = 1000"),
        ('blocks = [["2000", "year"], ["3000", "year"]]', "multiple of the next smaller one"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_in_one_sentence(tmp_path: Path, tables: str, sentence: str) -> None:
    with pytest.raises(policies.PolicyError, match=sentence):
        load(tmp_path, tables)
