"""Navigation, and nothing else: who may come in, which pages there are for them and in what order."""

from pathlib import Path
from typing import Any

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


def page(name: str, address: str, **shown: Any) -> st.Page:  # noqa: ANN401 - options of Streamlit's
    """Say where a page is, and what it is called."""
    return st.Page(HERE / "views" / f"{name}.py", title=text(f"{name}.title"), url_path=address, **shown)


# The first page of a role stands at the address without a path, and Streamlit knows it under no other: without the
# second, its own address, as a bookmark or a colleague of another role has it, would be "not found".
known = [(names[0], page(names[0], "accueil", default=True))]
known += [(name, page(name, PAGES[name], visibility="hidden" if name == names[0] else "visible")) for name in names]
closed = [
    st.Page(door.closed(reader, name), title=text(f"{name}.title"), url_path=PAGES[name], visibility="hidden")
    for name in PAGES
    if name not in names
]
chosen = st.navigation([*(shown for _, shown in known), *closed], position="top")
if chosen not in closed:
    door.visit(reader, next(name for name, shown in known if shown == chosen))
st.set_page_config(page_title=f"{chosen.title} – {text('app.title')}")  # what a tab and a bookmark are called
chosen.run()
