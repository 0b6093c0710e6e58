"""The files of a release and a territory, read once and again when they change; what cannot be is a ``Problem``."""

import hashlib
import json
from pathlib import Path
from typing import Any

import streamlit as st

from analytics import release as releases
from analytics import territory as territories
from analytics.release import Release, ReleaseError
from analytics.territory import Territory, TerritoryError
from dashboard.problem import Problem

RELEASE, TERRITORY = "VIGIE_RELEASE", "VIGIE_TERRITORY"
AUDIENCES = 3  # releases kept at once


@st.cache_resource(max_entries=AUDIENCES, show_spinner=False)
def release_at(path: str, key: str) -> Release:
    """Read a release; ``key`` is the ``digest`` of its manifest.

    Raises
    ------
    Problem
        It cannot be shown, and why.
    """
    del key
    try:
        return releases.read(path)
    except ReleaseError as error:
        raise _problem(Path(path)) from error


@st.cache_resource(max_entries=2, show_spinner=False)
def territory_at(path: str, key: str) -> Territory:
    """Read a territory; ``key`` is the ``digest`` of its file.

    Raises
    ------
    Problem
        It cannot be read, and why.
    """
    del key
    try:
        return territories.load(path)
    except (OSError, TerritoryError) as error:
        raise Problem("territory", file=Path(path).name, detail=str(error), variable=TERRITORY) from error


def _problem(path: Path) -> Problem:
    """Tell which of the reasons it is for which a release is refused."""
    manifest = path / releases.MANIFEST
    if not manifest.is_file():
        return Problem("missing", folder=path.name, variable=RELEASE)
    try:
        content: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        version = int(content["format_version"])
    except (OSError, ValueError, KeyError, TypeError):
        return Problem("manifest", folder=path.name, file=releases.MANIFEST)
    if version > releases.FORMAT_VERSION:
        return Problem("newer", folder=path.name, version=str(version), known=str(releases.FORMAT_VERSION))
    return Problem("changed", folder=path.name, file=releases.FACTS)


def digest(path: Path) -> str:
    """SHA-256 of a file, by which its changes are noticed; empty where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
