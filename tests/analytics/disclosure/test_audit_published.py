"""The attacker's bounds against intervals that others printed for their own tables; each number names its source."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.disclosure import audit


def cross_table(
    rows: list[int], columns: list[int], shown: dict[tuple[int, int], int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the facts of a two-way table: row totals, column totals, and the cells that are not suppressed."""
    cell = np.arange(len(rows) * len(columns)).reshape(len(rows), len(columns))
    parts = [*cell, *cell.T, *(cell[place].reshape(1) for place in shown)]
    facts = np.zeros((len(parts), cell.size), dtype=np.int64)
    for fact, part in zip(facts, parts, strict=True):
        fact[part] = 1
    return facts, np.array([*rows, *columns, *shown.values()])


def one_cell(place: tuple[int, int], columns: int, size: int) -> NDArray[np.int64]:
    return np.eye(size, dtype=np.int64)[[place[0] * columns + place[1]]]


@pytest.mark.parametrize("integer", [False, True])
def test_geurts_1992_as_the_handbook_prints_it(integer: bool) -> None:  # noqa: FBT001 - both attackers
    """Geurts 1992 as quoted by the European handbook.

    J. Geurts (1992), Heuristics for Cell Suppression in Tables, working paper, Netherlands Central Bureau of
    Statistics, Table 10, page 20; printed in Hundepool, Domingo-Ferrer, Franconi, Giessing, Lenz, Naylor, Schulte
    Nordholt, Seri, De Wolf, Tent, Młodak, Gussenbauer and Wilak (2024), Handbook on Statistical Disclosure Control,
    second edition, section 4.2, Example 3: rows 7, 3, 6; columns 9, 7; the last row shown as 3 and 3; the text bounds
    cell (1, 1) by 3 and 6.
    """
    facts, values = cross_table([7, 3, 6], [9, 7], {(2, 0): 3, (2, 1): 3})
    lo, hi = audit.bounds(facts, values, one_cell((0, 0), 2, 6), integer=integer)
    assert (lo.tolist(), hi.tolist()) == ([3], [6])


# Rows w, x, y, z and columns a, b, c, d of the table below: what it shows beside the nine suppressed cells.
SDCTABLE_SHOWN = {(0, 3): 89, (1, 1): 124, (1, 3): 31, (2, 0): 92, (2, 2): 59, (3, 0): 800, (3, 2): 651}


def test_two_suppressions_in_every_line_do_not_protect() -> None:
    """B. Meindl, sdcTable 0.34.0 (2026), tests/testthat/test-simpleheuristic.R.

    Row totals 230, 250, 336, 3127 and column totals 1021, 1262, 770, 890. Every line holds two suppressed cells or
    more, and still cell w|b "can be exactly recomputed" (236 - 189 = 47). Its heuristic suppresses one cell more and
    the attacker's problem is then expected to give 0 and 78 for w|b. The file does not name that cell: it can only be
    x|d, as no other of those shown gives that interval.
    """
    target = one_cell((0, 1), 4, 16)
    rows, columns = [230, 250, 336, 3127], [1021, 1262, 770, 890]
    lo, hi = audit.bounds(*cross_table(rows, columns, SDCTABLE_SHOWN), target)
    assert (lo.tolist(), hi.tolist()) == ([47], [47])
    fitting = []
    for more in SDCTABLE_SHOWN:
        shown = {place: n for place, n in SDCTABLE_SHOWN.items() if place != more}
        lo, hi = audit.bounds(*cross_table(rows, columns, shown), target)
        if (lo.tolist(), hi.tolist()) == ([0], [78]):
            fitting.append(more)
    assert fitting == [(1, 3)]


def test_two_linked_tables_betray_what_neither_does_alone() -> None:
    """B. Meindl, sdcTable 0.34.0 (2026), tests/testthat/test-linked-tables.r.

    Regions A, B, I, J form county 1 (2, 2, 8, 8) and K, L, M, N county 2 (3, 3, 3, 7); by size L and M are big, the
    others small. Cells up to 3 are suppressed. Each table is expected to be safe by itself; together they give the
    difference of "small" and "county-1", 10, and N is 7, so that the comment finds a suppressed cell of 3 (it says B;
    by its own sentence before, the two cells of that difference are K and N).
    """
    counts = np.array([2, 2, 8, 8, 3, 3, 3, 7])
    county = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    small = np.array([1, 1, 1, 1, 1, 0, 0, 1])
    shown = np.eye(8, dtype=np.int64)[counts > 3]
    suppressed = np.eye(8, dtype=np.int64)[counts <= 3]
    for alone in (county, small):
        facts = np.vstack([shown, alone, 1 - alone])
        lo, hi = audit.bounds(facts, facts @ counts, suppressed, integer=True)
        assert (lo < hi).all()
    facts = np.vstack([shown, county, 1 - county, small, 1 - small])
    lo, hi = audit.bounds(facts, facts @ counts, suppressed, integer=True)
    assert list(zip(lo.tolist(), hi.tolist(), strict=True)) == [(0, 4), (0, 4), (3, 3), (0, 6), (0, 6)]


def test_tables_linked_by_residence_and_work_give_the_women() -> None:
    """Handbook on Statistical Disclosure Control (as above, 2024), section 5.2, disclosure by linking.

    Its tables: 102 live in Area A; 49 work there; 22 do both; men 21 (both), 58 (live there, work elsewhere) and 23
    (work there, live elsewhere). 85 of the 102 are employed. Its last table derives the women as 1, 5 and 4.
    """
    # Men, women: living and working in A; living in A, working elsewhere; working in A, living elsewhere; then those
    # of A who do not work.
    lives, works, both = [1, 1, 1, 1, 0, 0, 1], [1, 1, 0, 0, 1, 1, 0], [1, 1, 0, 0, 0, 0, 0]
    employed = [1, 1, 1, 1, 0, 0, 0]
    men, women = np.eye(7, dtype=np.int64)[[0, 2, 4]], np.eye(7, dtype=np.int64)[[1, 3, 5]]
    facts = np.vstack([lives, works, both, employed, men])
    lo, hi = audit.bounds(facts, [102, 49, 22, 85, 21, 58, 23], women)
    assert lo.tolist() == hi.tolist() == [1, 5, 4]


# F, E, D, C, B, A with A running fastest.
AUTOWORKERS = """
44 40 112 67  129 145 12 23   35 12 80 33  109 67 7 9   23 32 70 66  50 80 7 13   24 25 73 57  51 63 7 16
5 7 21 9  9 17 1 4   4 3 11 8  14 17 5 2   7 3 14 14  9 16 2 3   4 0 13 11  5 14 4 4
"""
AUTOWORKERS_GREATEST = """
88 62 224 117  261 246 25 38   88 62 224 117  261 151 25 38
58 60 170 148  115 173 20 36   58 60 170 148  115 173 20 36
88 62 126 117  134 134 25 38   88 62 126 117  134 134 25 38
58 60 126 126  115 134 20 36   58 60 126 126  115 134 20 36
"""


def test_three_overlapping_margins_of_a_six_way_table() -> None:
    """Fienberg's bounds for the Czech autoworkers, all 64 cells.

    Counts: Z. Reinis and others (1981), Prognostic significance of the risk profile in the prevention of coronary heart
    disease, Bratislavské lekárske listy 76, 137-150; D. Edwards and T. Havránek (1985), A fast procedure for model
    search in multidimensional contingency tables, Biometrika 72, 339-351; as in the R packages gRbase and CoCo.
    Intervals: S. E. Fienberg, Preserving Confidentiality AND Providing Adequate Data for Statistical Modeling, slides
    of a workshop on privacy, ALADDIN Center, Carnegie Mellon University, slide "Bounds for [BF][ABCE][ADE]", Table 1,
    "Bounds for Autoworkers data given the marginals [BF], [ABCE], [ADE]"; every least value printed there is 0.
    Theory: A. Dobra and S. E. Fienberg (2000), Bounds for cell entries in contingency tables given marginal totals and
    decomposable graphs, Proceedings of the National Academy of Sciences 97, 11885-11892.
    """
    counts = np.array(AUTOWORKERS.split(), dtype=np.int64)
    places = np.indices((2,) * 6).reshape(6, 64)
    margins = []
    for names in ("BF", "ABCE", "ADE"):
        key = np.ravel_multi_index(tuple(places[["FEDCBA".index(name) for name in names]]), (2,) * len(names))
        margins.append(key == np.arange(2 ** len(names))[:, None])
    facts = np.vstack(margins).astype(np.int64)
    lo, hi = audit.bounds(facts, facts @ counts, np.eye(64), integer=True)
    assert not lo.any()
    assert hi.tolist() == np.array(AUTOWORKERS_GREATEST.split(), dtype=np.int64).tolist()
