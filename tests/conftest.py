"""What several test files stand on: the shared real files, one sample made by the command line, Chromium, a server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from hypothesis import settings

from scripts import demo
from scripts.ensure_chromium import ADVICE, find_chromium
from tests.made_up import counties
from tests.made_up.browser import CHROMIUM_ARGS, served
from tests.made_up.counties import County

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
PATIENCE_MS = 90_000
"""How long a page may take to become what a test expects: two workers and their servers share two cores."""
CHARLOTTESVILLE = ROOT / "tests" / "data" / "charlottesville"

# Two workers on two cores share them with a browser: a slow example is no wrong example.
settings.register_profile("vigie", deadline=None, print_blob=True)
settings.load_profile("vigie")


@dataclass(frozen=True)
class Sample:
    """The synthetic sample, made once a test run: what entered, the confidential store, what came out."""

    export: Path
    vault: Path
    release: Path

    @property
    def territory(self) -> Path:
        """Its ground."""
        return ROOT / demo.TERRITORY


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real files that may be read but not committed; without it the test is skipped."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs ../shared/data beside the repository (real files that are not committed)")
    return SHARED_DATA


def common_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what is made once for all workers of a test run."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Make a county of two zones with a release for each audience, once for all workers. To be read only."""
    folder = common_folder(tmp_path_factory) / "county"
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            counties.made(folder)
            (folder / "done").touch()
    return counties.of(folder)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Make the sample as `make demo` does, once for all workers. To be read only: copy the vault before changing it.

    Of the vault, which one process alone may hold open, each worker has a copy.
    """
    common = common_folder(tmp_path_factory)
    folder = common / "sample"
    made = Sample(folder / "export.csv", folder / "vault", folder / "release")
    with FileLock(common / "sample.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            for what, arguments in demo.steps(made.export, made.vault, made.release):
                command = [sys.executable, "-m", "analytics", *arguments]
                result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
                assert result.returncode == 0, f"{what}: {result.stdout}{result.stderr}"
            (folder / "done").touch()
        return replace(made, vault=copied(made.vault, tmp_path_factory.mktemp("sample-vault")))


def copied(vault: Path, folder: Path) -> Path:
    """Copy a vault, and the secret beside it, into a folder of its own."""
    for file in vault.parent.glob(f"{vault.name}*"):
        if file.is_file():  # the quarantine beside it is a folder, and no test reads it by the copy
            shutil.copy2(file, folder)
    return folder / vault.name


@pytest.fixture(scope="session")
def sample_release(sample: Sample) -> Path:
    """Return the folder of the sample's release."""
    return sample.release


@dataclass(frozen=True)
class RealLine:
    """The whole line on the real file of Charlottesville, run once a test run by the command line alone."""

    folder: Path
    told: dict[str, dict[str, Any]]
    vault: Path

    @property
    def release(self) -> Path:
        """What came out, through December 2019."""
        return self.folder / "release"

    @property
    def territory(self) -> Path:
        """Its ground."""
        return CHARLOTTESVILLE / "territory.toml"


def charlottesville_steps(export: Path, vault: Path, release: Path) -> list[tuple[str, list[object]]]:
    """Return each command that the real file goes through, in order, and the name under which it is remembered."""
    reading = ["ingest", export, "--mapping", CHARLOTTESVILLE / "mapping.toml", "--vault", vault]
    publishing = ["publish", "--vault", vault, "--release", release, "--policy", CHARLOTTESVILLE / "policy.toml"]
    return [
        ("init", ["init", "--territory", CHARLOTTESVILLE / "territory.toml", "--vault", vault]),
        ("ingest", [*reading]),
        ("again", [*reading]),
        ("publish", [*publishing, "--through", "2019-12"]),
    ]


@pytest.fixture(scope="session")
def charlottesville(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RealLine:
    """Publish the real file, once for all workers, each with a copy of the vault. To be read only."""
    common = common_folder(tmp_path_factory)
    folder = common / "charlottesville"
    made = RealLine(folder, {}, folder / "vault")
    with FileLock(common / "charlottesville.lock"):
        if not (folder / "told.json").exists():
            folder.mkdir(exist_ok=True)
            export = shared_data / "charlottesville_drug_reports.csv"
            for name, arguments in charlottesville_steps(export, made.vault, made.release):
                command = [sys.executable, "-m", "analytics", *map(str, arguments), "--json"]
                done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
                made.told[name] = json.loads(done.stdout)
            (folder / "told.json").write_text(json.dumps(made.told), encoding="utf-8")
        own = copied(made.vault, tmp_path_factory.mktemp("charlottesville-vault"))
    return RealLine(folder, json.loads((folder / "told.json").read_text(encoding="utf-8")), own)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; without one the test is skipped with the command that installs it."""
    found = find_chromium()
    if not found:
        pytest.skip(ADVICE)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    """One headless Chromium a worker; a test opens its own context in it."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only browser tests pay for it

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def dashboard_url(sample_release: Path) -> Iterator[str]:
    """Address of the whole dashboard, served on the sample's release from the repository's root."""
    settled = {"VIGIE_RELEASE": str(sample_release), "VIGIE_TERRITORY": str(ROOT / demo.TERRITORY)}
    with served(**settled) as address:
        yield address
