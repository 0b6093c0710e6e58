"""Charts: drawn once for a release, a reader and a language, and shown from then on as they were drawn.

Altair checks every part of a chart against Vega-Lite's schema, which takes longer than the rest of a page; what comes
out depends on nothing but the numbers and the language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import altair as alt


def show(
    opened: reading.Reading,
    draw: Callable[[], alt.TopLevelMixin],
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
        Draws it; called once for each release, reader, language and ``of``.
    key
        Of the element, and of what is kept.
    of
        What else the chart depends on.
    options
        As for ``st.vega_lite_chart``.
    """
    spec = reading.kept(opened, ("chart", key, of), lambda: draw().to_dict())
    return st.vega_lite_chart(None, spec, key=key, **options)
