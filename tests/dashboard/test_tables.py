"""Tables: the same numbers as the map and the charts, in an order, in words, and as a file."""

import numpy as np
import pandas as pd
import pytest

from analytics import reports
from analytics.statistics import trends
from dashboard import facts
from dashboard.catalogue import catalogue
from dashboard.components import fact_table, history, series, tables
from dashboard.components.square_map.payload import SurfacePeriod
from dashboard.components.square_map.periods import Span
from tests.dashboard.conftest import World

FRENCH = catalogue("fr")
HEAD = FRENCH.under("column")
MONTHS = Span(pd.Period("2025-01", freq="M"), pd.Period("2025-03", freq="M"))
CELLS = pd.DataFrame(
    {
        "cell": ["CRS3035RES1000mN1000E1000", "CRS3035RES1000mN1000E2000", "CRS3035RES1000mN1000E3000"],
        "place": ["A", "B", "C"],
        "zone": ["z", "z", "y"],
        "residents": [10.4, 1234.0, 0.0],
    }
)
PERIOD = SurfacePeriod(
    span=MONTHS,
    estimate=np.array([0.5, 12.04, 0.001]),
    low=np.array([0.0, 7.0, 0.0]),
    high=np.array([4.0, 18.0, 4.0]),
    measured=np.array([0.0, 0.456, 0.0]),
    fewer=np.array([True, False, True]),
)


def test_estimates_are_sorted_and_said_in_words() -> None:
    zones = pd.Series({"z": "Zone z", "y": "Zone y"})
    rows = tables.surface_rows(CELLS, PERIOD, zones, k=5, says=FRENCH)
    assert rows[HEAD["place"]].to_list() == ["B", "A", "C"]
    assert rows[HEAD["zone"]].to_list() == ["Zone z", "Zone z", "Zone y"]
    assert rows[HEAD["estimate"]].to_list() == [12.0, 0.5, 0.0]
    assert rows[HEAD["interval"]].to_list() == ["entre 7 et 18", *["moins de 5, peut-être aucun"] * 2]
    assert tables.worth_a_line(PERIOD) == 2


def test_a_file_opens_in_a_french_spreadsheet() -> None:
    frame = pd.DataFrame({"Lieu": ["Étupes; nord"], "Part": [0.5], "n": pd.array([pd.NA], dtype="Int64")})
    content = tables.csv(frame)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["Lieu;Part;n", '"Étupes; nord";0,5;']


def test_blocks_say_what_they_do_not_hold(world: World) -> None:
    known = facts.described(world.release, world.territory)
    blocks = known[known["table"] == "blocks"]
    rows = tables.block_rows(blocks, cell_m=1000, says=FRENCH)
    density = rows[HEAD["density"]].to_numpy()
    assert (density[:-1] >= density[1:]).all()
    assert rows[HEAD["n"]].min() >= world.release.k
    partial = (blocks["covered"] < blocks["nominal"]).sum()
    assert rows[HEAD["holds"]].str.contains("le reste est dans d’autres faits").sum() == partial
    assert (rows[HEAD["holds"]] == "tout le sol, toute la période").sum() == len(blocks) - partial
    one = blocks.iloc[[0]]
    expected = one["n"].iloc[0] / (one["covered"].iloc[0] / 12)
    assert tables.block_rows(one, cell_m=1000, says=FRENCH)[HEAD["density"]].iloc[0] == pytest.approx(
        expected, abs=0.01
    )


def test_a_file_opens_in_an_english_spreadsheet() -> None:
    frame = pd.DataFrame({"Place": ["Étupes; north, west"], "Share": [0.5]})
    assert tables.csv(frame, catalogue("en")).decode("utf-8-sig").splitlines() == [
        "Place,Share",
        '"Étupes; north, west",0.5',
    ]


def test_every_fact_has_a_row_the_newest_first(world: World) -> None:
    known = facts.described(world.release, world.territory)
    rows = fact_table.rows(known, FRENCH)
    assert len(rows) == len(known)
    assert rows.iloc[0][HEAD["area"]] == known.iloc[-1]["area"]


def test_a_breakdown_says_its_attribute_and_value_in_french(world: World) -> None:
    known = facts.described(world.release, world.territory)
    plain = fact_table.rows(known, FRENCH)
    assert not {HEAD["attribute"], HEAD["value"]} & set(plain.columns)
    split = (
        known[known["table"] == "series"]
        .head(3)
        .assign(
            table="breakdown",
            attribute=["category", "outcome", "delay"],
            value=["building", "dismantling", "arrest:8-30"],
        )
    )
    rows = fact_table.rows(pd.concat([known.head(1), split]), FRENCH).iloc[::-1]
    assert rows[HEAD["table"]].to_list()[1:] == ["Répartitions"] * 3
    assert rows[HEAD["attribute"]].to_list() == ["", "Catégorie", "Suites données", "Délai des suites"]
    assert rows[HEAD["value"]].to_list() == [
        "",
        "vente dans un immeuble",
        "point de deal démantelé",
        "interpellation\u00a0: 8 à 30 jours",
    ]


def test_every_value_of_every_attribute_has_words_of_its_own() -> None:
    pairs = [(attribute, value) for attribute, values in reports.BREAKDOWNS.items() for value in values]
    said = fact_table.value_texts(pd.DataFrame(pairs, columns=["attribute", "value"]), FRENCH)
    assert len(set(zip(said["attribute"], said["value"], strict=True))) == len(pairs)
    assert len(set(said["attribute"])) == len(reports.BREAKDOWNS)
    assert all(said["value"])


def test_levels_go_from_small_to_large() -> None:
    levels = pd.Series(["zone", "8000", "1000", "departement", "16000"])
    assert fact_table.levels_in_order(levels) == ["1000", "8000", "16000", "departement", "zone"]


def test_a_month_not_said_is_neither_zero_nor_missing(world: World) -> None:
    quiet = world.release.facts.query("not (table == 'series' and period_end == '2024-05-31')").reset_index(drop=True)
    release = type(world.release)(world.release.path, world.release.manifest, quiet)
    monthly = trends.monthly(release, "all", world.territory)
    rows = series.rows(monthly, trends.sums(release, "all"), k=5, says=FRENCH)
    assert len(rows) == 22
    assert rows[HEAD["month"]].iloc[0] == "octobre 2025"
    may = rows[rows[HEAD["month"]] == "mai 2024"].iloc[0]
    assert pd.isna(may[HEAD["n"]])
    assert may[HEAD["state"]] == "non dit\u00a0: moins de 5, ou retenu"
    assert may[HEAD["bounds"]] == "au plus 4"
    others = rows[rows[HEAD["month"]] != "mai 2024"]
    assert (others[HEAD["state"]] == "publié").all()
    assert others[HEAD["bounds"]].str.startswith("entre ").all()


def test_a_longer_total_is_said_beside_its_months() -> None:
    months = pd.Series(pd.period_range("2024-01", "2024-04", freq="M"))
    sums = pd.DataFrame(
        {
            "period_level": ["quarter"],
            "first": [months[0]],
            "last": [months[2]],
            "months": [2],
            "spoken": ["2024-01 2024-03"],
            "n": [7],
        }
    )
    said = series.with_others(months, sums, FRENCH)
    whole = "1er trimestre 2024\u00a0: 7 sur 2 mois"
    assert said == [whole, "", whole, ""]


def test_the_past_of_a_cell() -> None:
    past = history.of_cell("quarter", [PERIOD], 1)
    assert past.lines["estimate"].to_list() == [12.04]
    rows = history.estimate_rows(past, k=5, says=FRENCH)
    assert rows.iloc[0].to_list() == ["1er trimestre 2025", 12.0, "entre 7 et 18", 0.46]
    drawn = history.chart(past, k=5, says=FRENCH).to_dict()
    assert "1 période" in drawn["description"]


def test_blocks_about_a_square_hold_it_or_lie_in_it() -> None:
    ids = ["CRS3035RES1000mN2000E2000", "CRS3035RES4000mN0E0", "CRS3035RES1000mN4000E2000", "CRS3035RES2000mN2000E2000"]
    known = pd.DataFrame(
        {"area": ids, "period_start": "2024-01-01", "period_end": [f"2024-0{i}-28" for i in range(1, 5)]}
    )
    assert history.about(known, ids[0])["area"].to_list() == [ids[3], ids[1], ids[0]]
    assert history.about(known, ids[3])["area"].to_list() == [ids[3], ids[1], ids[0]]
    assert history.about(known, ids[2])["area"].to_list() == [ids[2]]
    assert history.about(known.head(0), ids[0]).empty


def test_a_file_has_the_signs_of_the_reader_s_spreadsheet() -> None:
    frame = pd.DataFrame({"place": ["Besançon"], "value": [0.5]})
    assert tables.csv(frame).decode("utf-8-sig") == "place;value\r\nBesançon;0,5\r\n"
    assert tables.csv(frame, catalogue("en")).decode("utf-8-sig") == "place,value\r\nBesançon,0.5\r\n"
