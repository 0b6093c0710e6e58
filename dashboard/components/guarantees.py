"""What is promised, word for word as the confidentiality document has it, and what the audit said of a release."""

import re
from html import escape

import streamlit as st

from analytics.release import Release
from dashboard.catalogue import Catalogue

PROMISES = ("g1", "g2", "g3", "g4")
VERDICTS = {
    "each block alone, with the ladder's rule": "alone",
    "all sums of all tables and vintages together, with the ladder's rule": "together",
    "all sums of all tables and vintages together, on the exact ground of the sums": "derived",
}
"""What a manifest says was attacked -> key of the catalogue under ``method.audit``."""


def show(says: Catalogue) -> None:
    """Show the four promises."""
    lines = "".join(
        f"<li><strong>{name.upper()}</strong> <span>{_emphasised(says.text(f'method.{name}'))}</span></li>"
        for name in PROMISES
    )
    st.html(f'<ul class="vigie-promises">{lines}</ul>')


def _emphasised(text: str) -> str:
    return re.sub(r"\*(\w+)\*", r"<em>\1</em>", escape(text))


def verdict(release: Release, says: Catalogue) -> list[str]:
    """Say what the manifest says was attacked; what this version of Vigie does not know is quoted as it stands."""
    told: dict[str, str] = release.manifest.get("audit", {})
    if not told:
        return []
    return [
        says.text(f"method.audit.{VERDICTS[said]}") if said in VERDICTS else says.text("method.audit.other", said=said)
        for said in told.values()
    ]
