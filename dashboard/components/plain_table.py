"""Small tables, contents and word lists as plain HTML: read aloud row by row, printed whole, never cut."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import streamlit as st


def show(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()) -> None:
    """Show a table whose first column names its rows.

    Parameters
    ----------
    caption
        What the table tells, read first by a screen reader.
    head
        Headings.
    rows
        As texts.
    numbers
        Columns that hold numbers, set to the right.
    """
    aligned = dict.fromkeys(numbers, ' class="vigie-number"')
    heads = "".join(f'<th scope="col"{aligned.get(i, "")}>{escape(text)}</th>' for i, text in enumerate(head))
    body = "".join(f"<tr>{_cells(row, aligned)}</tr>" for row in rows)
    st.html(
        f'<table class="vigie-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def terms(words: Mapping[str, str]) -> None:
    """Show words and what they mean."""
    items = "".join(f"<div><dt>{escape(word)}</dt><dd>{escape(meaning)}</dd></div>" for word, meaning in words.items())
    st.html(f'<dl class="vigie-terms">{items}</dl>')


def contents(label: str, sections: Mapping[str, str]) -> None:
    """Show links to the sections of the page, by their anchors."""
    links = "".join(f'<li><a href="#{escape(anchor)}">{escape(title)}</a></li>' for anchor, title in sections.items())
    st.html(f'<nav class="vigie-contents" aria-label="{escape(label)}"><ul>{links}</ul></nav>')


def items(texts: Iterable[str], *, language: str | None = None) -> None:
    """Show sentences as a list; with a language (``fr``), a screen reader reads them so on a page in another."""
    spoken = f' lang="{escape(language)}"' if language else ""
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    st.html(f'<ul class="vigie-list"{spoken}>{lines}</ul>')


def _cells(row: Sequence[str], aligned: Mapping[int, str]) -> str:
    first, *others = (escape(text) for text in row)
    return f'<th scope="row">{first}</th>' + "".join(
        f"<td{aligned.get(i, '')}>{text}</td>" for i, text in enumerate(others, start=1)
    )
