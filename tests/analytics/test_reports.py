import numpy as np
import pandas as pd
import pytest

from analytics import reports


def one_report(**changes: object) -> pd.DataFrame:
    row: dict[str, object] = {
        "source_hash": "0" * 64,
        "base_e": 4_016_000,
        "base_n": 2_689_000,
        "commune": None,
        "day": pd.Timestamp("2025-07-28"),
        "time_band": "evening",
        "category": "delivery",
        "triage": "kept",
        **dict.fromkeys(reports.OUTCOME_COLUMNS, pd.NaT),
        "precision": "address",
    }
    return pd.DataFrame([row | changes])


def test_an_empty_frame_conforms() -> None:
    frame = reports.empty()
    assert list(frame.columns) == list(reports.COLUMNS)
    assert frame.dtypes.astype(str).to_dict() == reports.COLUMNS
    pd.testing.assert_frame_equal(reports.conform(frame), frame)


def test_conforming_orders_and_types_the_columns() -> None:
    shuffled = one_report().iloc[:, ::-1]
    frame = reports.conform(shuffled)
    assert list(frame.columns) == list(reports.COLUMNS)
    assert frame.dtypes.astype(str).to_dict() == reports.COLUMNS
    assert frame.loc[0, "base_e"] == 4_016_000


def test_a_foreign_column_is_refused_by_its_name_alone() -> None:
    with pytest.raises(ValueError, match="comment") as caught:
        reports.conform(one_report(comment="Mirquet, 3rd floor"))
    assert "Mirquet" not in str(caught.value)


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(ValueError, match="precision"):
        reports.conform(one_report().drop(columns="precision"))


@pytest.mark.parametrize("column", list(reports.VOCABULARY))
def test_a_word_outside_the_vocabulary_is_refused_without_repeating_it(column: str) -> None:
    with pytest.raises(ValueError, match=column) as caught:
        reports.conform(one_report(**{column: "Mirquet"}))
    assert "Mirquet" not in str(caught.value)


def test_bands_are_six_hours_each() -> None:
    bands = reports.time_band(np.array([-1, 0, 5, 6, 11, 12, 17, 18, 23]))
    assert bands.tolist() == ["unknown", "night", "night", "morning", "morning", "afternoon", "afternoon"] + (
        ["evening"] * 2
    )
    assert set(bands) <= set(reports.TIME_BANDS)


def test_an_hour_of_another_day_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 23"):
        reports.time_band(np.array([24]))


def test_breakdowns_speak_the_vocabulary_of_the_reports() -> None:
    for name in ("category", "time_band"):
        assert reports.BREAKDOWNS[name] == reports.VOCABULARY[name]
    assert set(reports.BREAKDOWNS["triage"]) < set(reports.TRIAGES)
    assert len(reports.DELAYS) == len(reports.DELAY_LIMITS) + 1
    assert [delay.split("-")[-1] for delay in reports.DELAYS[:-1]] == [str(limit) for limit in reports.DELAY_LIMITS]
    delays = [value.split(":") for value in reports.BREAKDOWNS["delay"]]
    assert {outcome for outcome, _ in delays} == set(reports.BREAKDOWNS["outcome"])
    assert all(delay in reports.DELAYS for _, delay in delays)
    assert all(len(set(values)) == len(values) for values in reports.BREAKDOWNS.values())
