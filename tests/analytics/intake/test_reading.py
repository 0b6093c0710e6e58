from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import intake, reports, territory
from analytics.intake import Intake, Mapping
from tests.made_up.exports import SECRET, TODAY, points, rows

DAYS = st.dates(pd.Timestamp("2020-01-01").date(), TODAY).map(lambda day: day.strftime("%d/%m/%Y"))
HOURS = st.times().map(lambda time: time.strftime("%Hh%M"))
PLACES = st.one_of(
    st.tuples(st.floats(5.9, 6.1), st.floats(47.2, 47.3)).map(lambda p: {"lon": f"{p[0]:.6f}", "lat": f"{p[1]:.6f}"}),
    st.just({"lon": "", "lat": ""}),
)
TEXT = st.text(st.sampled_from("abcé \"'\n,;\t’€0"), max_size=30)
ROW = st.builds(
    lambda place, changes: place | changes,
    PLACES,
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 12).map(str),
            "day": st.one_of(DAYS, DAYS, st.just("31/02/2025")),
            "hour": st.one_of(HOURS, st.just("")),
            "town": st.sampled_from(["Besançon", "Pontarlier", "Dijon"]),
            "kind": st.sampled_from(["Vente dans la rue", "LIVRAISON A DOMICILE", "Braconnage", ""]),
            "state": st.sampled_from(["Retenu", "Écarté", ""]),
            "arrested": st.just(""),
            "comment": TEXT,
        }
    ),
)
FRAMES = st.lists(ROW, max_size=12).map(lambda changes: rows({}, *changes))


def delimited(separator: str, encoding: str) -> Callable[[pd.DataFrame, Path], Path]:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        path = folder / "export.csv"
        frame.to_csv(path, sep=separator, encoding=encoding, index=False)
        return path

    return write


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rows as a program with types would have them: days as dates, coordinates and ids as numbers."""
    days = pd.to_datetime(frame["day"], format="%d/%m/%Y", errors="coerce")
    return frame.assign(
        # A day that is none stays a text, where the format allows it.
        day=days.astype(object).where(days.notna(), frame["day"]),
        id=frame["id"].astype("float"),
        lon=pd.to_numeric(frame["lon"]),
        lat=pd.to_numeric(frame["lat"]),
    )


def xlsx(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "export.xlsx"
    typed(frame).to_excel(path, index=False)
    return path


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "export.parquet"
    dated = pd.to_datetime(frame["day"], format="%d/%m/%Y", errors="coerce")
    typed(frame).assign(day=dated).to_parquet(path)
    return path


def geojson(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "export.geojson"
    path.unlink(missing_ok=True)
    path.write_text(points(frame).to_json(drop_id=True), encoding="utf-8")
    return path


FORMATS = {
    "comma, UTF-8": delimited(",", "utf-8"),
    "semicolon, UTF-8 with mark": delimited(";", "utf-8-sig"),
    "semicolon, CP1252": delimited(";", "cp1252"),
    "tab, CP1252": delimited("\t", "cp1252"),
    "tab, UTF-16": delimited("\t", "utf-16"),
    "XLSX": xlsx,
    "Parquet": parquet,
    "GeoJSON": geojson,
}


@pytest.mark.parametrize("form", list(FORMATS))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=FRAMES)
def test_the_same_rows_read_the_same_in_every_format(
    frame: pd.DataFrame, form: str, tmp_path: Path, mapping: Mapping, doubs: territory.Territory
) -> None:
    def run(path: Path) -> Intake:
        return intake.read(path, mapping, doubs, SECRET, today=TODAY)

    plain = run(FORMATS["comma, UTF-8"](frame, tmp_path))
    other = run(FORMATS[form](frame, tmp_path))
    pd.testing.assert_frame_equal(other.reports, plain.reports)
    assert other.quarantine[["row", "reason"]].equals(plain.quarantine[["row", "reason"]])
    assert (other.read, other.repeated, other.synthetic) == (plain.read, plain.repeated, plain.synthetic)
    assert other.dropped_columns == plain.dropped_columns
    assert plain.read == len(frame)


def test_lambert_93_with_decimal_commas_is_the_same_place(
    tmp_path: Path, mapping: Mapping, doubs: territory.Territory
) -> None:
    plain = tmp_path / "plain.csv"
    rows({}).to_csv(plain, index=False)
    french = tmp_path / "french.csv"
    # The same point, with a narrow blank between the thousands as French programs write it.
    rows({"lon": "928\u202f945,90", "lat": "6 686 244,17"}).to_csv(french, sep=";", index=False)
    lambert = mapping.model_copy(
        update={
            "file": mapping.file.model_copy(update={"decimal": ","}),
            "place": mapping.place.model_copy(update={"crs": "EPSG:2154"}),
        }
    )
    one = intake.read(plain, mapping, doubs, SECRET, today=TODAY).reports
    other = intake.read(french, lambert, doubs, SECRET, today=TODAY).reports
    pd.testing.assert_frame_equal(one, other)


def test_a_sheet_can_be_named(tmp_path: Path, mapping: Mapping, doubs: territory.Territory) -> None:
    path = tmp_path / "export.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"notes": ["nothing here"]}).to_excel(book, sheet_name="Notice", index=False)
        rows({}, {}).to_excel(book, sheet_name="Données", index=False)
    named = mapping.model_copy(update={"file": mapping.file.model_copy(update={"sheet": "Données"})})
    assert len(intake.read(path, named, doubs, SECRET, today=TODAY).reports) == 2
    with pytest.raises(reports.InputError, match="missing"):
        intake.read(path, mapping, doubs, SECRET, today=TODAY)


def test_a_cell_beyond_the_header_is_not_lost(tmp_path: Path, mapping: Mapping, doubs: territory.Territory) -> None:
    path = tmp_path / "export.xlsx"
    rows({"day": "?"}).to_excel(path, index=False)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(2, 20, "far out")
    book.save(path)
    apart = intake.read(path, mapping, doubs, SECRET, today=TODAY).quarantine
    assert "far out" in apart["content"].tolist()[0]


def test_a_geojson_of_another_crs_says_so(tmp_path: Path, mapping: Mapping, doubs: territory.Territory) -> None:
    plain, projected = tmp_path / "plain.geojson", tmp_path / "projected.geojson"
    points(rows({}, {})).to_file(plain, driver="GeoJSON")
    points(rows({}, {})).to_crs("EPSG:2154").to_file(projected, driver="GeoJSON")
    one = intake.read(plain, mapping, doubs, SECRET, today=TODAY)
    other = intake.read(projected, mapping, doubs, SECRET, today=TODAY)
    assert len(one.reports) == 2
    pd.testing.assert_frame_equal(one.reports, other.reports)


def test_moments_of_another_time_zone_become_local_days(
    tmp_path: Path, mapping: Mapping, doubs: territory.Territory
) -> None:
    path = tmp_path / "export.parquet"
    moment = pd.to_datetime(["2025-07-28T22:30:00Z"])
    rows({}).assign(day=moment, hour=moment).to_parquet(path)
    with pytest.raises(reports.InputError, match="timezone"):
        intake.read(path, mapping, doubs, SECRET, today=TODAY)
    local = mapping.model_copy(update={"day": mapping.day.model_copy(update={"timezone": "Europe/Paris"})})
    kept = intake.read(path, local, doubs, SECRET, today=TODAY).reports
    assert kept.iloc[0][["day", "time_band"]].tolist() == [pd.Timestamp("2025-07-29"), "night"]


NAME = "Mirquetot"


def csv_bytes(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


# name: file, and what it holds, made from the bytes of a good one of the same suffix
BROKEN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "empty": (".csv", lambda _: b""),
    "blank": (".csv", lambda _: b"\n\n  \n"),
    "binary": (".csv", lambda _: bytes(range(256)) * 20),
    "zeros": (".csv", lambda _: b"\0" * 1000),
    "no header": (".csv", lambda whole: whole.split(b"\n", 1)[1]),
    "wrong separator": (".csv", lambda whole: whole.replace(b",", b"|")),
    "missing column": (".csv", lambda whole: whole.replace(b"state", b"status")),
    "column twice": (".csv", lambda whole: whole.replace(b"comment", b"state")),
    "unknown suffix": (".doc", lambda whole: whole),
    "truncated XLSX": (".xlsx", lambda whole: whole[: len(whole) // 2]),
    "no XLSX": (".xlsx", lambda _: csv_bytes(rows({}))),
    "empty XLSX": (".xlsx", lambda _: b""),
    "truncated Parquet": (".parquet", lambda whole: whole[:-30]),
    "no Parquet": (".parquet", lambda _: csv_bytes(rows({}))),
    "truncated GeoJSON": (".geojson", lambda whole: whole[: len(whole) // 2]),
    "no GeoJSON": (".geojson", lambda _: csv_bytes(rows({}))),
    "GeoJSON of nothing": (".geojson", lambda _: b"{}"),
}
WRITERS = {
    ".csv": "comma, UTF-8",
    ".doc": "comma, UTF-8",
    ".xlsx": "XLSX",
    ".parquet": "Parquet",
    ".geojson": "GeoJSON",
}


@pytest.mark.parametrize("kind", [*BROKEN, "absent", "folder", "no cells"])
def test_a_file_that_cannot_be_read_gets_one_sentence_that_repeats_nothing(
    kind: str, tmp_path: Path, mapping: Mapping, doubs: territory.Territory
) -> None:
    suffix, spoil = BROKEN.get(kind, (".xlsx" if kind == "no cells" else ".csv", lambda whole: whole))
    path = tmp_path / f"broken{suffix}"
    if kind == "folder":
        path.mkdir()
    elif kind == "no cells":
        openpyxl.Workbook().save(path)
    elif kind != "absent":
        path.write_bytes(spoil(FORMATS[WRITERS[suffix]](rows({}, {}), tmp_path).read_bytes()))
    with pytest.raises(reports.InputError) as caught:
        intake.read(path, mapping, doubs, SECRET, today=TODAY)
    sentence = str(caught.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not any(word in sentence for word in (NAME, "6.027", "28/07/2025"))
    assert_no_content_in_the_chain(caught.value)


def assert_no_content_in_the_chain(error: BaseException | None) -> None:
    while error is not None:
        assert NAME not in str(error)
        error = None if error.__suppress_context__ else error.__context__


def test_a_column_of_lists_is_refused_by_name(tmp_path: Path, mapping: Mapping, doubs: territory.Territory) -> None:
    path = tmp_path / "export.parquet"
    lists: list[Any] = [["Retenu"], ["Retenu"]]
    rows({}, {}).assign(state=lists).to_parquet(path)
    with pytest.raises(reports.InputError, match="state"):
        intake.read(path, mapping, doubs, SECRET, today=TODAY)
