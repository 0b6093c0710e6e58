"""The store itself: one DuckDB file, its secret and its quarantine beside it, and one transaction a piece of work."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pandas as pd

from analytics import territory as ground_floor
from analytics.vault import rewriting
from analytics.vault.schema import FORMAT, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.territory import Territory

OWNER_ONLY: Final = 0o600
OWNER_FOLDER: Final = 0o700


class VaultError(Exception):
    """The vault cannot be used; the message is a sentence to show, with what to do."""


@dataclass(frozen=True, eq=False)
class Vault:
    """An open vault.

    Attributes
    ----------
    path
        The DuckDB file. The installation's secret and the quarantine lie beside it.
    connection
        Within a transaction that is committed when the ``with`` block ends well, and undone when it does not.
    """

    path: Path
    connection: duckdb.DuckDBPyConnection

    def meta(self, key: str) -> str | None:
        """Value of a setting of the vault, None where it was not set."""
        rows = self.connection.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchall()
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Write a setting of the vault."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    @property
    def closed_through(self) -> pd.Period | None:
        """Last closed month."""
        value = self.meta("closed_through")
        return None if value is None else pd.Period(value, freq="M")

    @property
    def open_month(self) -> pd.Period | None:
        """First month that is not closed; None while nothing was published."""
        closed = self.closed_through
        return None if closed is None else closed + 1


def create(path: str | Path, territory_file: str | Path) -> Vault:
    """Make an empty vault for a territory, and the secret of the installation beside it.

    Raises
    ------
    VaultError
        Something lies at that path already.
    """
    file, ground = Path(path), ground_floor.load(territory_file)
    if file.exists():
        raise VaultError(f"There is a vault at {file} already; name another path, or move it away first.")
    file.parent.mkdir(parents=True, exist_ok=True)
    key = secret_file(file)
    if not key.exists():
        key.touch(mode=OWNER_ONLY)
        key.write_text(secrets.token_hex(32), encoding="ascii")
    with _owner_only():
        connection = _connect(file)
        try:
            connection.execute("BEGIN")
            connection.execute(SCHEMA)
            vault = Vault(file, connection)
            for name, value in {
                "format": FORMAT,
                "territory_file": str(Path(territory_file).resolve()),
                "territory": ground.code,
                "crs": ground.crs,
                "base_cell_m": str(ground.base_cell_m),
            }.items():
                vault.set_meta(name, value)
            connection.execute("COMMIT")
        finally:
            connection.close()
    return vault


@contextmanager
def opened(path: str | Path) -> Iterator[Vault]:
    """Open a vault for one piece of work: all of it happens, or nothing.

    When something was forgotten, the file is written anew at the end, so that its bytes are gone too. Bytes of a row
    that was updated go with the next such writing, at the latest when the report is erased.

    Raises
    ------
    VaultError
        No vault there, not a vault, of another format, or in use; or what was forgotten is committed and its bytes
        could not be removed, which the next opening tries again.
    """
    file = Path(path)
    if not file.is_file():
        raise VaultError(f"There is no vault at {file}; make one with: python -m analytics init --vault {file}")
    with _owner_only():
        vault = Vault(file, _connect(file))
        try:
            _check(vault)
            shutil.rmtree(f"{file}.spill", ignore_errors=True)  # of a process that was killed
            rewriting.drop_unfinished(vault)
            vault.connection.execute("BEGIN")
            yield vault
            vault.connection.execute("COMMIT")
            _forget(vault)
        finally:
            vault.connection.close()  # closing undoes what was not committed


def _forget(vault: Vault) -> None:
    if not rewriting.asked(vault):
        return
    try:
        rewriting.rewrite(vault)
    except (OSError, duckdb.Error):
        raise VaultError(
            f"What was erased is out of the tables of {vault.path}, but its bytes are still in the file, which could "
            "not be written anew. Make room beside it (as much again); the next use of the vault tries again."
        ) from None


@contextmanager
def _owner_only() -> Iterator[None]:
    """Let nobody else read what is created meanwhile: DuckDB lays a log and its spill beside the file."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def secret_file(path: str | Path) -> Path:
    """Where the secret of the installation lies: beside the vault."""
    return Path(f"{path}.secret")


def quarantine_folder(path: str | Path) -> Path:
    """Where rows that could not be read lie: beside the vault."""
    return Path(f"{path}.quarantine")


def secret(path: str | Path) -> bytes:
    """Read the secret of the installation.

    Raises
    ------
    VaultError
        The file is missing.
    """
    try:
        return bytes.fromhex(secret_file(path).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise VaultError(
            f"The secret of this installation, {secret_file(path)}, is missing or damaged; restore it from your "
            "backup: without it the same report could not be recognised again."
        ) from None


def territory(vault: Vault) -> Territory:
    """Load the territory that the vault was made for.

    Raises
    ------
    VaultError
        The territory file has moved or speaks of another ground.
    """
    file = Path(vault.meta("territory_file") or "")
    if not file.is_file():
        raise VaultError(f"The territory file of this vault, {file}, is not there any more; put it back.")
    ground = ground_floor.load(file)
    same = (ground.code, ground.crs, str(ground.base_cell_m))
    if same != (vault.meta("territory"), vault.meta("crs"), vault.meta("base_cell_m")):
        raise VaultError(f"The territory file {file} speaks of another ground than the vault was made for; restore it.")
    return ground


def set_aside(vault: Vault, quarantine: pd.DataFrame) -> Path | None:
    """Lay rows that could not be read beside the vault, readable by its owner alone.

    Returns
    -------
    Path or None
        The file; None when there is no such row.
    """
    if quarantine.empty:
        return None
    folder = quarantine_folder(vault.path)
    folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)
    file = folder / f"{len(list(folder.iterdir())) + 1:04d}.csv"
    file.touch(mode=OWNER_ONLY, exist_ok=False)
    quarantine.to_csv(file, index=False)
    return file


def frame(vault: Vault, query: str, *values: str) -> pd.DataFrame:
    """Answer of a query as a frame; for the confidential side alone."""
    return vault.connection.execute(query, list(values)).df()


def _check(vault: Vault) -> None:
    try:
        found = vault.meta("format")
    except duckdb.Error:
        found = None
    if found != FORMAT:
        vault.connection.close()
        raise VaultError(
            f"{vault.path} is not a vault of this version of Vigie; name the right file, or make a new vault and read "
            "the exports again: an older vault is not carried over."
        )


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    """Open the file; what does not fit in memory goes beside the vault, never to a common temporary folder."""
    try:
        return duckdb.connect(str(file), config={"temp_directory": f"{file}.spill"})
    except duckdb.Error as error:
        reason = "another program is using it" if "lock" in str(error).lower() else "it is not a vault"
        raise VaultError(f"The vault {file} cannot be opened: {reason}.") from None
