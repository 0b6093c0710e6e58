import hashlib
import hmac
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import intake, reports, territory
from analytics.intake import Mapping
from analytics.intake.quarantine import REMEDIES
from tests.made_up.exports import SECRET, TODAY, Read, rows


def test_the_accounts_add_up_and_bad_rows_are_told_by_row_reason_and_remedy(read: Read) -> None:
    taken = read(rows({}, {"day": "31/02/2025"}, {"kind": "Braconnage"}, {}, {"id": "1", "state": "Écarté"}))
    assert (taken.read, len(taken.reports), taken.repeated, len(taken.quarantine)) == (5, 2, 1, 2)
    assert taken.quarantine[["row", "reason"]].to_numpy().tolist() == [[3, "bad_day"], [4, "unknown_category"]]
    assert taken.quarantine["remedy"].tolist() == [REMEDIES["bad_day"], REMEDIES["unknown_category"]]
    assert taken.dropped_columns == ["comment"]


def test_nothing_of_a_row_set_apart_is_lost(read: Read) -> None:
    frame = rows({}, {"day": "hier"})
    content = read(frame).quarantine["content"].tolist()[0]
    assert json.loads(content) == frame.iloc[1].to_dict()


def test_of_rows_of_one_id_the_last_stands(read: Read) -> None:
    taken = read(rows({"id": "7"}, {"id": "8"}, {"id": "7", "arrested": "05/08/2025"}))
    assert taken.repeated == 1
    assert taken.reports["source_hash"].is_unique
    assert taken.reports["arrest_day"].notna().sum() == 1


def test_a_bad_update_leaves_the_good_row_before_it(read: Read) -> None:
    taken = read(rows({"id": "7"}, {"id": "7", "day": "?"}))
    assert (len(taken.reports), taken.repeated, len(taken.quarantine)) == (1, 0, 1)


def test_ids_are_kept_as_keyed_hashes_of_source_and_id(read: Read, mapping: Mapping) -> None:
    taken = read(rows({"id": " A-12 "}))
    expected = hmac.new(SECRET, b"test\x1fA-12", hashlib.sha256).hexdigest()
    assert taken.reports["source_hash"].tolist() == [expected]
    assert intake.hashes(["A-12"], mapping, SECRET) == [expected]


@pytest.mark.parametrize("length", [16, 63, 64, 65, 200])
def test_the_hash_is_the_standard_one_for_keys_of_any_length(mapping: Mapping, length: int) -> None:
    secret = bytes(range(length))
    expected = hmac.new(secret, "test\x1fé".encode(), hashlib.sha256).hexdigest()
    assert intake.hashes(["é"], mapping, secret) == [expected]


def test_a_secret_that_could_be_tried_out_is_refused(mapping: Mapping) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        intake.hashes(["1"], mapping, b"short")


def test_what_is_kept_is_cell_day_band_and_words(read: Read, doubs: territory.Territory) -> None:
    kept = read(rows({"arrested": "05/08/2025"})).reports
    assert list(kept.columns) == list(reports.COLUMNS)
    row = kept.iloc[0]
    assert row["base_e"] % doubs.base_cell_m == 0
    assert row["base_n"] % doubs.base_cell_m == 0
    assert row[["day", "arrest_day"]].tolist() == [pd.Timestamp("2025-07-28"), pd.Timestamp("2025-08-05")]
    assert row[["time_band", "category", "triage", "precision"]].tolist() == ["evening", "street", "kept", "address"]
    assert kept["commune"].isna().all()


def test_without_coordinates_the_commune_stands(read: Read) -> None:
    blank = {"lon": "", "lat": ""}
    frame = rows(blank, blank | {"town": "25056"}, blank | {"town": "BESANCON"}, {"lon": "0", "lat": "0"})
    kept = read(frame).reports
    assert kept["commune"].tolist() == ["25056"] * 4
    assert kept["base_e"].isna().all()
    assert set(kept["precision"]) == {"commune"}


def test_a_point_in_the_middle_of_a_commune_is_not_believed(read: Read) -> None:
    kept = read(rows({"known": "Centre de la commune"})).reports
    assert kept["base_e"].isna().all()
    assert kept["commune"].tolist() == ["25056"]


BAD = [
    ({"id": ""}, "missing_id"),
    ({"id": "NA"}, "missing_id"),
    ({"day": ""}, "bad_day"),
    ({"day": "2025/07/28"}, "bad_day"),
    ({"day": "26/11/2025"}, "future_day"),
    ({"day": "28/07/1925"}, "early_day"),
    ({"hour": "25h00"}, "bad_hour"),
    ({"hour": "le soir"}, "bad_hour"),
    ({"lon": "6,027"}, "bad_coordinates"),
    ({"lon": ""}, "bad_coordinates"),
    ({"lat": "47°14'"}, "bad_coordinates"),
    ({"lon": "", "lat": "", "town": ""}, "no_place"),
    ({"lon": "", "lat": "", "town": "Dijon"}, "unknown_commune"),
    ({"lon": "47.237", "lat": "6.027"}, "outside_territory"),
    ({"lon": "5.041", "lat": "47.322"}, "outside_territory"),
    ({"lon": "1e300", "lat": "1e300"}, "outside_territory"),
    ({"kind": "Braconnage"}, "unknown_category"),
    ({"state": "Perdu"}, "unknown_triage"),
    ({"known": "Au hasard"}, "unknown_precision"),
    ({"arrested": "bientôt"}, "bad_outcome_day"),
    ({"arrested": "27/07/2025"}, "outcome_before_report"),
    ({"arrested": "01/01/2026"}, "future_outcome"),
]


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_each_reason(read: Read, change: dict[str, str], reason: str) -> None:
    taken = read(rows({}, change))
    assert taken.quarantine[["row", "reason"]].to_numpy().tolist() == [[3, reason]]
    assert len(taken.reports) == 1


def test_every_reason_but_that_of_broken_rows_is_tried_above() -> None:
    tried = {reason for _, reason in BAD}
    assert tried | {"wrong_columns"} == set(REMEDIES)


def test_empty_words_mean_what_is_usual(read: Read) -> None:
    kept = read(rows({"hour": "", "kind": "", "state": "", "arrested": ""})).reports
    assert kept.iloc[0][["time_band", "category", "triage"]].tolist() == ["unknown", "unspecified", "pending"]


def test_blank_rows_are_nobodys_report(read: Read) -> None:
    taken = read(rows({}).to_csv(index=False) + "\n" + "," * 11 + "\n\n")
    assert (taken.read, len(taken.reports), len(taken.quarantine)) == (1, 1, 0)


def test_rows_after_a_blank_one_keep_their_number(read: Read) -> None:
    lines = rows({}, {"day": "?"}).to_csv(index=False).splitlines()
    taken = read("\n".join([lines[0], lines[1], "", lines[2]]))
    assert taken.quarantine["row"].tolist() == [4]


def test_a_file_says_itself_that_it_is_synthetic(read: Read) -> None:
    assert read(rows({})).synthetic
    assert not read(rows({"invented": ""})).synthetic
    real = read(rows({}).drop(columns="invented"))
    assert not real.synthetic
    assert len(real.reports) == 1


def test_an_export_of_no_reports_is_no_error(read: Read) -> None:
    taken = read(rows({}).iloc[:0])
    assert (taken.read, len(taken.reports), len(taken.quarantine)) == (0, 0, 0)
    pd.testing.assert_frame_equal(taken.reports, reports.empty())


def test_the_real_calls_of_charlottesville(root: Path, shared_data: Path) -> None:
    folder = root / "tests" / "data" / "charlottesville"
    ground = territory.load(folder / "territory.toml")
    mapping = intake.load_mapping(folder / "mapping.toml")
    taken = intake.read(shared_data / "charlottesville_drug_reports.csv", mapping, ground, SECRET, today=TODAY)
    assert (taken.read, len(taken.reports), taken.repeated) == (1425, 1424, 0)
    assert taken.quarantine[["row", "reason"]].to_numpy().tolist() == [[269, "no_place"]]
    kept = taken.reports
    assert kept["day"].min().date() == date(2014, 9, 29)
    assert kept["day"].max().date() == date(2019, 9, 27)
    assert not (kept["time_band"] == "unknown").any()
    assert set(kept["triage"]) == {"kept"}
    assert kept["base_e"].notna().all()
    assert not taken.synthetic
    assert "formatted_address" in taken.dropped_columns
