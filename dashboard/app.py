"""Navigation, and nothing else: who may come in, which pages there are for them and in what order."""

from pathlib import Path

import streamlit as st

from dashboard.access import door
from dashboard.catalogue import text
from dashboard.components.language import switch

HERE = Path(__file__).parent
PAGES = {
    "command": "carte",
    "prevention": "prevention",
    "trends": "tendances",
    "analyst": "analyste",
    "method": "methode",
}  # file -> address, the same in every language; ``access.reader.PAGES_OF`` says which of them a role sees

st.set_page_config(page_title=text("app.title"), page_icon=str(HERE / "mark.svg"), layout="wide")
st.html(HERE / "style.css")
st.logo(HERE / "vigie.svg", size="large")
switch()
reader = door.enter()
names = [name for name in PAGES if reader.sees(name)]
pages = {
    name: st.Page(
        HERE / "views" / f"{name}.py", title=text(f"{name}.title"), url_path=PAGES[name], default=name == names[0]
    )
    for name in names
}
chosen = st.navigation(list(pages.values()), position="top")
door.visit(reader, next(name for name, page in pages.items() if page == chosen))
st.set_page_config(page_title=f"{chosen.title} – {text('app.title')}")  # what a tab and a bookmark are called
chosen.run()
