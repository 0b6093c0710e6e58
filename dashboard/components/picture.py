"""A drawn picture in the page, with its description for who does not see it."""

from base64 import b64encode
from html import escape

import streamlit as st


def show(svg: str, described: str) -> None:
    """Show an SVG as wide as the page allows.

    Parameters
    ----------
    svg
        As text; it is shown as an image, so nothing in it can run.
    described
        What it shows, in words.
    """
    data = b64encode(svg.encode()).decode()
    st.html(
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(described)}" style="width:100%;max-width:62rem">'
    )
