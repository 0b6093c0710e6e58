"""Make sure that the browser tests have a Chromium: find one, or install one, or say how.

In this order: a Chromium or Chrome on PATH, the one that Playwright has downloaded before, ``apt-get`` for root,
Playwright's own download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ADVICE = (
    "The browser tests need Chromium, and none could be found or installed. One of these installs it:\n"
    "  sudo apt-get install --no-install-recommends chromium     (Debian, Ubuntu)\n"
    "  python -m playwright install --with-deps chromium         (elsewhere, in the project's environment)\n"
    "Without it: python -m pytest -m 'not browser'"
)


def find_chromium() -> str | None:
    """Path of a Chromium that Playwright can drive, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return _downloaded()


def _downloaded() -> str | None:
    """Path of the Chromium that Playwright has downloaded, or None."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a development package, maybe absent
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def _attempts() -> list[list[list[str]]]:
    """Ways to install Chromium on this machine, each a list of commands, the best first."""
    ways = []
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        ways.append([["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]])
    ways.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    return ways


def install_chromium() -> str | None:
    """Try each way in turn; path of the Chromium that is there afterwards, or None."""
    for commands in _attempts():
        print("Chromium is not here:", " && ".join(" ".join(command) for command in commands), flush=True)
        if all(subprocess.run(command, check=False).returncode == 0 for command in commands):
            found = find_chromium()
            if found:
                return found
    return None


def main() -> None:
    """Print the path of a Chromium, or say what installs one and exit with 1."""
    found = find_chromium() or install_chromium()
    if not found:
        sys.exit(ADVICE)
    print(f"Chromium: {found}")


if __name__ == "__main__":
    main()
