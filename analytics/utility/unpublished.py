"""A private copy of a vault as it would be had nothing been published from it."""

from __future__ import annotations

import shutil
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from analytics import vault

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWNER_ONLY = 0o700
_REPORTS = """
INSERT INTO unpublished.reports BY NAME
SELECT * REPLACE (
    day AS received, CASE WHEN triage = 'kept' THEN day END AS counted, FALSE AS late, NULL AS episode,
    CASE WHEN triage = 'set_aside' THEN day END AS aside_counted, NULL AS aside_episode
) FROM reports
"""


def folder_of(vault_path: str | Path) -> Path:
    """Where the copies of a vault lie while they are needed: beside it, under the same protection."""
    return Path(f"{vault_path}.calibration")


@contextmanager
def folder(vault_path: str | Path) -> Iterator[Path]:
    """Keep a folder beside the vault that its owner alone can enter, and remove it whatever happens.

    Raises
    ------
    VaultError
        The folder is there already: another process is at work, or was killed without mercy.
    """
    made = folder_of(vault_path)
    with _ended_gently():
        try:
            made.mkdir(mode=_OWNER_ONLY)
        except FileExistsError:
            raise vault.VaultError(
                f"There is a folder {made} already: another calibration is running, or one was killed and left its "
                "copy of the vault there; wait for it, or delete that folder."
            ) from None
        except OSError as error:
            raise vault.VaultError(
                f"No folder can be made beside the vault ({error.strerror}); a calibration needs one for its copy."
            ) from None
        try:
            yield made
        finally:
            shutil.rmtree(made)


def copy(vault_path: str | Path, to: Path) -> None:
    """Copy a vault without anything that came of a publication.

    Only the reports and what the vault is of (territory, real or synthetic) are carried over. Each report counts from
    its own day again, as triage sees it now, which is the state of a new vault that reads the latest export and
    erases what was erased: nothing in it is late, and erased reports count nowhere. The vault itself is not changed.

    Parameters
    ----------
    vault_path
        The vault.
    to
        The file to make, in a folder that only its owner can enter.

    Raises
    ------
    VaultError
        No vault there, or one that cannot be used.
    """
    with vault.opened(vault_path) as store:
        vault.territory(store)
        vault.create(to, store.meta("territory_file") or "")
        run = store.connection
        run.execute("ATTACH '{}' AS unpublished".format(str(to).replace("'", "''")))
        run.execute(_REPORTS)
        run.execute("INSERT INTO unpublished.meta SELECT * FROM meta WHERE key = 'synthetic'")


@contextmanager
def _ended_gently() -> Iterator[None]:
    """Let an order to end, or a terminal that is closed, run what must be run last."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: object) -> NoReturn:
        raise SystemExit(128 + number)

    orders = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {order: signal.signal(order, leave) for order in orders}
    try:
        yield
    finally:
        for order, handler in before.items():
            signal.signal(order, handler)
