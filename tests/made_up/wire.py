"""What a browser was sent, laid open: the messages of Streamlit's websocket with every table, list and text in them."""

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from google.protobuf.descriptor import FieldDescriptor  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PACKED = 12  # characters from which a text may be something packed


def laid_open(frame: str | bytes) -> str:
    """Write one frame of the websocket as text, with what is packed in it unpacked."""
    if isinstance(frame, str):
        return frame
    message = ForwardMsg()
    try:
        message.ParseFromString(frame)
    except DecodeError:
        return repr(frame)
    return "\n".join(_texts(message))


def _texts(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        yield field.name
        several = value if isinstance(value, list) or hasattr(value, "append") or hasattr(value, "add") else [value]
        if hasattr(value, "items") and not isinstance(value, Message):
            several = [part for pair in value.items() for part in pair]
        for one in several:
            if isinstance(one, Message):
                yield from _texts(one)
            elif field.type == FieldDescriptor.TYPE_BYTES:
                yield from _of_bytes(one)
            else:
                yield from _of_text(str(one))


def _of_bytes(content: bytes) -> Iterator[str]:
    try:
        table = pa.ipc.open_stream(content).read_all()
    except pa.ArrowInvalid:
        yield content.decode("utf-8", errors="replace")
        return
    yield " ".join(table.column_names)
    for column in table.columns:
        yield " ".join(map(str, column.to_pylist()))


def _of_text(text: str) -> Iterator[str]:
    yield text
    try:
        yield from _of_json(json.loads(text))
    except ValueError:
        return


def _of_json(node: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _of_json(part)
    elif isinstance(node, str):
        yield node
        if len(node) >= PACKED:
            try:
                yield zlib.decompress(base64.b64decode(node, validate=True)).decode("utf-8", errors="replace")
            except (ValueError, zlib.error):
                return
