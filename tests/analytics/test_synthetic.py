import re
from pathlib import Path

import pandas as pd
import pytest

from analytics import intake, reports, synthetic, territory
from analytics.intake import Intake

SECRET = b"a secret of 32 bytes, for tests."
TODAY = pd.Timestamp("2025-11-25").date()
SEEDS = range(6)


@pytest.fixture(scope="module")
def doubs(root: Path) -> territory.Territory:
    return territory.load(root / "data" / "territory" / "doubs.toml")


def through_the_door(seed: int, doubs: territory.Territory, root: Path, folder: Path) -> Intake:
    path = folder / "synthetic.csv"
    synthetic.write(path, doubs, seed)
    mapping = intake.load_mapping(root / "data" / "mappings" / "cross_platform.toml")
    return intake.read(path, mapping, doubs, SECRET, today=TODAY)


def zones(kept: pd.DataFrame, doubs: territory.Territory) -> pd.Series:
    """Zone of each report as the whole product counts it: that of its cell, or of its commune where it has none."""
    ground = territory.ground(doubs, 1000)
    cells = ground.set_index(["e", "n"])["zone"]
    e, n = ((kept[name] // 1000 * 1000).fillna(0).astype("int64") for name in ("base_e", "base_n"))
    by_cell = cells.reindex(pd.MultiIndex.from_arrays([e, n])).to_numpy()
    return pd.Series(by_cell, index=kept.index).fillna(kept["commune"].map(territory.zone_of_commune(doubs)))


@pytest.mark.parametrize("seed", SEEDS)
def test_in_2025_exactly_186_are_received_in_the_police_zones(
    seed: int, doubs: territory.Territory, root: Path, tmp_path: Path
) -> None:
    taken = through_the_door(seed, doubs, root, tmp_path)
    assert taken.quarantine.empty
    assert taken.repeated == 0
    assert taken.synthetic
    kept = taken.reports
    zone = zones(kept, doubs)
    assert zone.notna().all()
    police = kept[zone != "gendarmerie"]
    assert (police["day"].dt.year == 2025).sum() == 186
    assert 14 <= len(police) / 70.8 <= 18
    assert len(kept) > len(police)


@pytest.fixture(scope="module")
def taken(doubs: territory.Territory, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    return through_the_door(0, doubs, root, tmp_path_factory.mktemp("synthetic"))


def test_the_draw_looks_like_what_it_stands_for(taken: Intake) -> None:
    kept = taken.reports
    assert kept["day"].min() >= pd.Timestamp("2020-01-01")
    assert kept["day"].max() <= pd.Timestamp("2025-11-25")
    assert set(kept["triage"]) == set(reports.TRIAGES)
    assert set(kept["time_band"]) == set(reports.TIME_BANDS)
    assert kept["time_band"].value_counts().index[0] == "evening"
    assert 0.03 <= kept["commune"].notna().mean() <= 0.07
    assert 0.08 <= (kept["triage"] == "duplicate").mean() <= 0.16
    assert kept.loc[kept["triage"] == "pending", "day"].min() > pd.Timestamp("2025-09-01")
    outcomes = kept[list(reports.OUTCOME_COLUMNS)]
    assert outcomes.notna().any().all()
    assert outcomes[kept["triage"] != "kept"].isna().all(axis=None)
    assert (outcomes.max() <= pd.Timestamp("2025-11-25")).all()
    summer = kept["day"].dt.month.isin([6, 7]).sum()
    winter = kept["day"].dt.month.isin([1, 2]).sum()
    assert summer > winter


def test_the_two_events_of_2025_are_there_with_their_outcomes(taken: Intake, doubs: territory.Territory) -> None:
    kept = taken.reports
    besancon = zones(kept, doubs) == "besancon"
    scooters = kept[kept["day"].between("2025-07-21", "2025-07-31") & (kept["category"] == "delivery") & besancon]
    assert (scooters["arrest_day"] == pd.Timestamp("2025-08-05")).sum() == 9
    stash = kept[kept["day"].between("2025-10-01", "2025-10-05") & (kept["category"] == "storage") & besancon]
    found = stash[stash["search_day"] == pd.Timestamp("2025-10-08")]
    assert len(found) == 8
    assert (found["seizure_day"] == found["search_day"]).all()
    # One house: the ground of these reports is no wider than two base cells.
    assert found["base_e"].max() - found["base_e"].min() <= doubs.base_cell_m
    assert found["base_n"].max() - found["base_n"].min() <= doubs.base_cell_m


def test_the_same_seed_gives_the_same_export_and_another_one_another(doubs: territory.Territory) -> None:
    one = synthetic.export(doubs, 3)
    pd.testing.assert_frame_equal(one, synthetic.export(doubs, 3))
    assert not one["commentaire"].equals(synthetic.export(doubs, 4)["commentaire"])


def test_the_file_says_that_it_is_synthetic_in_every_row(doubs: territory.Territory) -> None:
    assert set(synthetic.export(doubs, 0)["synthetique"]) == {"oui"}


def test_nothing_of_what_must_stay_outside_gets_in(taken: Intake, doubs: territory.Territory) -> None:
    export = synthetic.export(doubs, 0)
    outside = export[taken.dropped_columns]
    assert list(outside.columns) == [
        *("adresse", "pseudonyme", "identifiant_tchat", "adresse_ip", "telephone", "commentaire"),
    ]
    tokens = set(re.findall(r"\w+", " ".join(outside.to_numpy().ravel())))
    assert {"Mirquetot", "Oriane", "06"} <= tokens
    inside = taken.reports.astype("str").fillna("").to_numpy().ravel()
    words = set(re.findall(r"\w+", " ".join(inside)))
    # Two digits can be a number of a street and a day of a month; nothing longer is shared.
    assert {token for token in tokens & words if len(token) > 2} == set()
    hours = set(export["heure"]) - {""}
    assert not hours & words
    degrees = {text.split(",")[1] for text in export["longitude"] if text}
    assert not degrees & words


def test_no_telephone_plate_or_address_of_the_internet_can_be_somebodys(doubs: territory.Territory) -> None:
    export = synthetic.export(doubs, 0)
    assert export["telephone"].str.startswith("06 39 98 ").all()
    assert export["adresse_ip"].str.match(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.").all()
    plates = export["commentaire"].str.extract(r"\b([A-Z]{2}-\d{3}-[A-Z]{2})\b")[0].dropna()
    assert len(plates) > 100
    assert plates.str.contains("[IOU]").all()


def test_a_territory_elsewhere_has_its_export_too(root: Path) -> None:
    box = territory.load(root / "tests" / "data" / "charlottesville" / "territory.toml")
    export = synthetic.export(box, 0)
    assert (export["date_signalement"].str[-4:] == "2025").sum() == 186
    assert (export["longitude"] != "").all()


def test_only_csv_is_written(doubs: territory.Territory, tmp_path: Path) -> None:
    with pytest.raises(reports.InputError, match=r"\.csv"):
        synthetic.write(tmp_path / "export.xlsx", doubs, 0)
    (tmp_path / "file").touch()
    with pytest.raises(reports.InputError, match="cannot be written"):
        synthetic.write(tmp_path / "file" / "export.csv", doubs, 0)
