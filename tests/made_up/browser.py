"""A Streamlit page on a free local port, and the Chromium that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "dashboard" / "asgi.py"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def chromium() -> str | None:
    """Where Chromium is, or None to let Playwright look for its own."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def served(app: Path = DASHBOARD, options: Mapping[str, str] | None = None, /, **environment: str) -> Iterator[str]:
    """Serve an app while the block runs, and give its address; ``options`` are Streamlit's own."""
    settled = {
        "server.address": "127.0.0.1",
        "server.port": str(free_port()),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    } | dict(options or {})
    arguments = ["streamlit", "run", str(app), *(f"--{name}={value}" for name, value in settled.items())]
    with running(arguments, int(settled["server.port"]), PYTHONPATH=str(ROOT), **environment) as address:
        yield address


@contextmanager
def running(arguments: list[str], port: int, **environment: str) -> Iterator[str]:
    """Run a module that listens on a port while the block runs, and give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The server stopped at once, with code {process.returncode}.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"The server did not answer within {seconds:.0f} s.")
