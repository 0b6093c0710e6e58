"""What is sent of a chart is what was drawn."""

from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
from streamlit import dataframe_util

from dashboard.components import chart

DRAWN = pd.DataFrame(
    {"month": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]), "n": [5, None, 9], "kind": ["a", "é", "a"]}
)


def read(content: bytes) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_stream(content).read_pandas()
    return frame


def test_the_bytes_hold_the_rows_as_streamlit_would_send_them() -> None:
    drawn = alt.Chart(DRAWN).mark_point().encode(x="month:T", y="n:Q", color="kind:N")
    plain: dict[str, Any] = drawn.to_dict()
    sent = chart.sent(drawn)
    assert {name: part for name, part in sent.items() if name != "datasets"} == {
        name: part for name, part in plain.items() if name != "datasets"
    }
    ((name, content),) = sent["datasets"].items()
    theirs = dataframe_util.convert_anything_to_arrow_bytes(plain["datasets"][name])
    pd.testing.assert_frame_equal(read(content), read(theirs))
    assert read(content)["n"].isna().to_list() == [False, True, False]


def test_a_chart_without_rows_of_its_own_is_sent_too() -> None:
    assert chart.sent(alt.Chart("somewhere.csv").mark_point())["datasets"] == {}
