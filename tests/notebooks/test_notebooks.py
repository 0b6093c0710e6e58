import socket
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = sorted(Path(__file__).resolve().parents[2].joinpath("notebooks").glob("*.py"))
# The kernel itself speaks over loopback sockets; whatever else is asked for is an error.
NO_NETWORK = """
import socket
_getaddrinfo, _connect = socket.getaddrinfo, socket.socket.connect
def _local(host):
    return host in (None, "", "localhost") or str(host).startswith("127.") or str(host) == "::1"
def _refused_name(host, *args, **kwargs):
    if not _local(host):
        raise OSError(f"a notebook asked for {host}")
    return _getaddrinfo(host, *args, **kwargs)
def _refused_connect(self, address):
    if isinstance(address, tuple) and not _local(address[0]):
        raise OSError(f"a notebook asked for {address[0]}")
    return _connect(self, address)
socket.getaddrinfo, socket.socket.connect = _refused_name, _refused_connect
"""


@pytest.fixture
def executed(
    request: pytest.FixtureRequest, sample_release: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> NotebookNode:
    """Run a notebook on the sample's release, with every door to the network shut."""
    monkeypatch.setenv("VIGIE_RELEASE", str(sample_release))
    monkeypatch.setenv("VIGIE_TERRITORY", str(root / "data" / "territory" / "doubs.toml"))
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.setenv("PYTHONWARNINGS", "error::FutureWarning,error::DeprecationWarning:__main__")
    notebook = jupytext.read(request.param)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(NO_NETWORK))  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(root / "notebooks")}}
    )
    return client.execute()


def outputs(notebook: NotebookNode) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.parametrize("executed", NOTEBOOKS, indirect=True, ids=lambda path: path.stem)
def test_a_notebook_runs_without_network_and_shows_map_and_series(executed: NotebookNode) -> None:
    shown = outputs(executed)
    assert not [output for output in shown if output.output_type == "error"]
    pages = [output.data["text/html"] for output in shown if "text/html" in output.get("data", {})]
    maps = [page for page in pages if "iframe" in page]
    assert len(maps) == 1
    assert "vigie-q" in maps[0]
    assert "cdn." not in maps[0]
    drawn = {"image/svg+xml", "application/vnd.vegalite.v6+json"}
    charts = [output.data for output in shown if drawn & output.get("data", {}).keys()]
    assert len(charts) == 2
    assert not [chart for chart in charts if "text/html" in chart]  # which would load a script from afar
    printed = "".join(output.text for output in shown if output.output_type == "stream")
    assert "Données synthétiques" in printed
    assert "warning" not in printed.lower()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_text_alone(path: Path) -> None:
    """No output is stored: what a notebook shows comes from the release that its reader opens."""
    assert jupytext.read(path).cells
    assert not list(path.parent.glob("*.ipynb")) or "*.ipynb" in (path.parents[1] / ".gitignore").read_text()


def test_the_guard_would_see_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", socket.socket.connect)
    exec(NO_NETWORK, {})  # noqa: S102 - the guard itself
    with pytest.raises(OSError, match=r"asked for example\.org"):
        socket.getaddrinfo("example.org", 80)
    with pytest.raises(OSError, match=r"asked for 192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
