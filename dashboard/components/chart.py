"""Charts: drawn once for a release, a reader and a language, and shown from then on as they were drawn.

Altair checks every part of a chart against Vega-Lite's schema, which takes longer than the rest of a page; what comes
out depends on nothing but the numbers and the language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import altair as alt

Spec: TypeAlias = dict[str, Any]
"""A chart as Vega-Lite has it, its numbers as Arrow's bytes."""


def sent(drawn: alt.TopLevelMixin) -> Spec:
    """Write a chart as the browser is sent it.

    Numbers that are left as rows would be made into Arrow's bytes in each run, which took most of a page's time.
    """
    spec: Spec = drawn.to_dict()
    spec["datasets"] = {name: _arrow(rows) for name, rows in spec.get("datasets", {}).items()}
    return spec


def _arrow(rows: list[dict[str, Any]]) -> bytes:
    """Write rows as Arrow's stream, as Streamlit writes a frame."""
    table, sink = pa.Table.from_pandas(pd.DataFrame(rows)), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def show(
    opened: reading.Reading,
    draw: Callable[[], alt.TopLevelMixin | None],
    *,
    key: str,
    of: Hashable = (),
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401 - what was selected, as Streamlit tells it
    """Show a chart.

    Parameters
    ----------
    opened
        The release of which it is drawn.
    draw
        Draws it, or says that there is none; called once for each release, reader, language and ``of``.
    key
        Of the element, and of what is kept.
    of
        What else the chart depends on.
    options
        As for ``st.vega_lite_chart``.
    """

    def made() -> Spec | None:
        drawn = draw()
        return None if drawn is None else sent(drawn)

    spec = reading.kept(opened, ("chart", key, of), made)
    return None if spec is None else st.vega_lite_chart(None, spec, key=key, **options)
