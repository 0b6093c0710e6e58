"""The language of the whole document (``<html lang>``), which decides with what voice a screen reader reads it.

Streamlit writes "en" whatever is shown. Its own ways of running a script in the page are inline and need a weaker
policy; a component whose script is a file lives under ``script-src 'self'``.
"""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
ASSETS = "assets"
NAME = "vigie.document"


def speaks(language: str) -> None:
    """Say in which language the document is, by its two-letter code; nothing is seen of it."""
    _register(get_bidi_component_manager())
    _declared()(key="document", data={"lang": language})


def _register(manager: BidiComponentManager) -> None:
    """Tell the running Streamlit where the script lies, unless it knows (each test of an app has its own)."""
    if manager.get_component_path(NAME) is not None:
        return
    package, component = NAME.split(".")
    config = ComponentConfig.from_dict({"name": component, "asset_dir": ASSETS})
    manager.register_from_manifest(ComponentManifest(name=package, version="0", components=[config]), HERE)


@cache
def _declared() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="document.js")
