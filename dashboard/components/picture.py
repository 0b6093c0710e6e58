"""A drawn picture in the page, with its description for who does not see it."""

import streamlit as st


def show(svg: str, described: str) -> None:
    """Show an SVG as wide as its place.

    Parameters
    ----------
    svg
        As text; it is shown as an image, so nothing in it can run, and it is in the page itself, not at an address.
    described
        What it shows, in words.
    """
    st.image(svg, width="stretch", alt=described)
