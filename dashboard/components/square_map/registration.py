"""Where Streamlit finds the files of the map and of Leaflet, however the project was installed.

Streamlit looks for a ``pyproject.toml`` among the files that a distribution lists, which works for a wheel. An editable
install lists no file of the package, and a checkout on the path lists nothing at all: there the same inner
``pyproject.toml`` is handed to Streamlit here. Leaflet is served from where its own package lies: nothing is copied,
and nothing is written at run time.
"""

import tomllib
from pathlib import Path

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from xstatic.pkg import leaflet

PACKAGE = Path(__file__).parent
NAME = "vigie.square_map"
LEAFLET = "vigie.leaflet"  # square_map.js and square_map.css name it in their relative addresses


def ensure_registered() -> None:
    """Tell the running Streamlit where both lie, unless it knows.

    Cheap enough for every run. It is not done at import, since each test of an app has a manager of its own.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_path(NAME) is None:
        project = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
        components = project["tool"]["streamlit"]["component"]["components"]
        _register(manager, project["project"]["name"], components, PACKAGE)
    if manager.get_component_path(LEAFLET) is None:
        package, component = LEAFLET.split(".")
        files = Path(leaflet.BASE_DIR)
        _register(manager, package, [{"name": component, "asset_dir": files.name}], files.parent)


def _register(manager: BidiComponentManager, package: str, components: list[dict[str, str]], root: Path) -> None:
    configs = [ComponentConfig.from_dict(component) for component in components]
    manager.register_from_manifest(ComponentManifest(name=package, version="0", components=configs), root)
