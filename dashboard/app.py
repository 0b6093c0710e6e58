"""Navigation, and nothing else: which pages there are and in what order."""

from pathlib import Path

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.language import switch

HERE = Path(__file__).parent
PAGES = {
    "command": "carte",
    "trends": "tendances",
    "analyst": "analyste",
}  # file -> address, the same in every language

st.set_page_config(page_title=text("app.title"), page_icon=str(HERE / "mark.svg"), layout="wide")
st.html(HERE / "style.css")
st.logo(HERE / "vigie.svg", size="large")
switch()
chosen = st.navigation(
    [
        st.Page(HERE / "views" / f"{name}.py", title=text(f"{name}.title"), url_path=address, default=name == "command")
        for name, address in PAGES.items()
    ],
    position="top",
)
st.set_page_config(page_title=f"{chosen.title} – {text('app.title')}")  # what a tab and a bookmark are called
chosen.run()
