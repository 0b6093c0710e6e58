"""Habits of the repository that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

TEXT = {".py", ".toml", ".md", ".txt", ".js", ".css", ".json", ".yml", ".yaml", ".cff", ".po", ".sh", ".geojson", ""}
BORN_ELSEWHERE = {"altair": "altair", "streamlit_folium": "streamlit-folium", "xstatic": "xstatic-leaflet"}


def tracked(root: Path) -> list[Path]:
    """Every file of the repository: from git, or from the folder where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git, and the repository as git knows it")
    names = listed.stdout.decode().split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """Path from the root -> content, of every text file."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in tracked(root)
        if path.suffix in TEXT
    }


def test_every_data_file_says_where_it_comes_from(root: Path) -> None:
    sources = (root / "data" / "SOURCES.md").read_text(encoding="utf-8")
    data = [path for path in tracked(root) if path.is_relative_to(root / "data") and path.name != "SOURCES.md"]
    assert data
    unnamed = [path.relative_to(root).as_posix() for path in data if path.name not in sources]
    assert not unnamed, f"not named in data/SOURCES.md: {unnamed}"


def test_no_path_of_somebody_s_machine(texts: dict[str, str]) -> None:
    machine = re.compile(r"(?<![\w.:/-])/(?:home|Users|root|work)/\w|[A-Z]:\\\\?Users")
    found = {name: machine.findall(text) for name, text in texts.items() if machine.search(text)}
    assert not found


def test_no_host_of_a_package_registry(texts: dict[str, str]) -> None:
    """Where packages come from is the business of who installs: an index in a file breaks on a closed network."""
    host = re.compile(
        r"--(?:extra-)?index-url|--find-links|--trusted-host|https?://[\w.-]*(?:pypi|pythonhosted)[\w.-]*"
    )
    this = Path(__file__).name
    found = [name for name, text in texts.items() if host.search(text) and not name.endswith(this)]
    assert not found


def test_nothing_confidential_is_tracked(root: Path) -> None:
    confidential = {".duckdb", ".wal", ".key", ".pem", ".parquet"}
    kept = [path.relative_to(root).as_posix() for path in tracked(root)]
    assert not [n for n in kept if Path(n).suffix in confidential or n.startswith("var/") or n.endswith("secrets.toml")]


def test_the_changelog_speaks_of_this_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {project['version']}" in changelog
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {project['version']}" in citation


def test_every_file_of_a_package_travels_with_it(root: Path) -> None:
    """A wheel without the map's scripts is a dashboard without a map, which no test in the repository would see."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    files = [p for p in tracked(root) if p.relative_to(root).parts[0] in {"analytics", "dashboard"}]
    left = [p.relative_to(root).as_posix() for p in files if p.suffix != ".py" and not any(map(p.match, patterns))]
    assert not left, f"in no wheel (package-data in pyproject.toml): {left}"


def imported(folder: Path) -> set[str]:
    """Top-level names that the Python files of a folder import."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(path: Path) -> set[str]:
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return {canonical(re.split(r"[\s<>=!~;\[]", line)[0]) for line in lines if line}


def test_what_the_code_imports_is_required_and_locked(root: Path) -> None:
    own = {"analytics", "dashboard"}
    foreign = (imported(root / "analytics") | imported(root / "dashboard")) - own - set(sys.stdlib_module_names)
    packages = metadata.packages_distributions()
    origins = {BORN_ELSEWHERE.get(name) or canonical(packages[name][0]) for name in foreign}
    requirements = required(root / "requirements.txt")
    assert origins <= requirements, f"imported, not in requirements.txt: {sorted(origins - requirements)}"
    locked = required(root / "constraints.txt")
    wanted = requirements | required(root / "requirements-dev.txt")
    assert wanted <= locked, f"not in constraints.txt (make lock): {sorted(wanted - locked)}"


def test_the_lock_satisfies_the_ranges(root: Path) -> None:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    locked = dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (root / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                requirement = Requirement(line)
                version = locked[canonical(requirement.name)]
                assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"


def test_the_readme_names_only_what_exists(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    linked = [target for target in re.findall(r"\]\(([^)#]+)", readme) if "://" not in target]
    missing = [target for target in linked if not (root / target).exists()]
    assert not missing
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", readme):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"make {target} does not exist"
