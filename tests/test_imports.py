"""Who may import whom: the contracts of pyproject.toml hold, and would not if somebody crossed the line."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Return a copy of the sources, to be spoiled."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copy(root / "pyproject.toml", folder)
    for package in ("analytics", "dashboard"):
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_no_module_is_out_of_the_contracts_sight(root: Path) -> None:
    """A folder without __init__.py is no package to import-linter: what its modules import would go unseen."""
    modules = [path for package in ("analytics", "dashboard") for path in (root / package).rglob("*.py")]
    unseen = [str(path.relative_to(root)) for path in modules if not (path.parent / "__init__.py").exists()]
    assert not unseen


def test_contracts_hold(root: Path) -> None:
    result = lint_imports(root)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("dashboard/__init__.py", "from analytics import vault"),
        ("dashboard/__init__.py", "import duckdb"),
        ("dashboard/views/__init__.py", "from analytics import disclosure"),
        ("analytics/statistics/__init__.py", "from analytics.disclosure import policy"),
        ("analytics/plots/__init__.py", "from analytics import publish"),
        ("analytics/release.py", "from analytics import intake"),
        ("analytics/restricted.py", "from analytics.publish import derive"),
        ("analytics/exports/__init__.py", "from analytics import vault"),
        ("analytics/__init__.py", "from analytics import vault"),
        ("analytics/territory/__init__.py", "from analytics import release"),
    ],
)
def test_a_crossed_line_is_seen(copy: Path, importer: str, line: str) -> None:
    target = copy / importer
    whole = target.read_text(encoding="utf-8")
    target.write_text(f"{whole}\n{line}\n", encoding="utf-8")
    try:
        result = lint_imports(copy)
    finally:
        target.write_text(whole, encoding="utf-8")
    assert result.returncode == 1, f"`{line}` in {importer} went unseen"
    assert "BROKEN" in result.stdout


def test_the_dashboard_loads_nothing_confidential(root: Path) -> None:
    """Static rules cannot see an import by name: ask the interpreter what a page has really loaded."""
    probe = (
        "import sys, analytics, analytics.plots, analytics.statistics, dashboard;"
        "bad = [m for m in sys.modules if m == 'duckdb' or m.split('.')[:2] in"
        " [['analytics', n] for n in ('vault', 'intake', 'disclosure', 'publish', 'utility', 'synthetic')]];"
        "sys.exit(', '.join(sorted(bad)) or None)"
    )
    result = subprocess.run([sys.executable, "-c", probe], cwd=root, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
