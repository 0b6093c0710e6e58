"""Every word that a page run by AppTest would show: headings, labels, tables, charts, what the map is told."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pandas as pd
import pyarrow as pa
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from streamlit.testing.v1 import AppTest

NOT_SHOWN = {
    "id",
    "key",
    "formId",
    "elementId",
    "data",
    "datasets",
    "fileName",
    "mime",
    "url",
    "jsContent",
    "cssContent",
}
PACKED = 200  # a longer string without a space is packed numbers, no text
TAG = re.compile(r"<[^>]*>")
ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")  # as JSON within JSON has it


def shown(app: AppTest) -> list[str]:
    """Return the texts of a page, one piece each, without tags."""
    plain = (ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(text)) for text in _of_node(app.main))
    pieces = [piece for text in plain for piece in TAG.split(text)]
    return [piece.strip() for piece in pieces if piece.strip() and (" " in piece or len(piece) < PACKED)]


def _of_node(node: Any) -> Iterator[str]:  # noqa: ANN401 - blocks and elements of AppTest
    proto: Any = getattr(node, "proto", None)
    if node.type in {"arrow_data_frame", "dataframe"}:
        yield from _of_frame(node.value)
    elif node.type == "arrow_vega_lite_chart":
        yield proto.spec
        for dataset in proto.datasets:
            yield from _of_frame(pa.ipc.open_stream(dataset.data.data).read_pandas())
    elif proto is not None and not (node.type == "html" and proto.body.startswith("<style")):
        yield from _of_value(MessageToDict(proto))
    for child in getattr(node, "children", {}).values():
        yield from _of_node(child)


def _of_frame(frame: pd.DataFrame) -> Iterator[str]:
    yield from map(str, frame.columns)
    for column in frame:
        if frame[column].dtype.kind not in "ifbM":
            yield from frame[column].dropna().astype(str).unique()


def _of_value(value: Any) -> Iterator[str]:  # noqa: ANN401 - what a message holds
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in NOT_SHOWN:
                yield from _of_value(part)
    elif isinstance(value, list):
        for part in value:
            yield from _of_value(part)
