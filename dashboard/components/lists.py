"""Lists in a page: places with their reasons, plain sentences, and where to go in the page."""

from collections.abc import Mapping
from html import escape

import streamlit as st


def ordered(titles: list[str], texts: list[str]) -> None:
    """Number titles, each with a text under it."""
    items = "".join(
        f'<li style="margin:0 0 .7rem"><strong>{escape(title)}</strong><br>{escape(text)}</li>'
        for title, text in zip(titles, texts, strict=True)
    )
    st.html(f'<ol class="vigie-said" style="margin:0;padding-left:1.4rem;font-size:1rem">{items}</ol>')


def plain(sentences: list[str]) -> None:
    """List sentences."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    st.html(f'<ul class="vigie-note" style="margin:0;padding-left:1.2rem">{items}</ul>')


def contents(parts: Mapping[str, str], label: str) -> None:
    """Link to the parts of the page by their anchors."""
    links = " · ".join(f'<a href="#{anchor}">{escape(name)}</a>' for anchor, name in parts.items())
    st.html(f'<nav class="vigie-note" aria-label="{escape(label)}">{links}</nav>')
