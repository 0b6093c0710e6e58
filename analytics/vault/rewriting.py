"""Forgetting in earnest: what a transaction deletes stays readable in the file until the file is written anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analytics.vault.store import Vault

_ASKED: Final = "rewrite"
_NEW: Final = "vault_written_anew"


def ask(vault: Vault) -> None:
    """Have the file written anew once the transaction is committed.

    The wish is part of the transaction and lies in the vault: undone with it, and still there after a crash.
    """
    vault.set_meta(_ASKED, "yes")


def asked(vault: Vault) -> bool:
    """Tell whether something was deleted whose bytes may still lie in the file."""
    return vault.meta(_ASKED) is not None


def rewrite(vault: Vault) -> None:
    """Put a new file, which holds what the tables hold and nothing else, in the place of the vault's file.

    A crash leaves the old file or the new one, whole. Until the new one is in place nobody else can open the vault.
    The blocks that the old file took on the disk are free then, not overwritten: against who reads free blocks only
    an encrypted disk helps.

    Parameters
    ----------
    vault
        Open and outside a transaction. Close it afterwards: it speaks to the old file.
    """
    run = vault.connection
    place = vault.path.resolve()
    new = _beside(place)
    drop_unfinished(vault)
    # The log goes now: replayed onto the new file, or cut when the old one is closed, it would spoil what is there.
    run.execute("CHECKPOINT")
    try:
        old = str(run.execute("SELECT current_database()").fetchall()[0][0])
        run.execute("ATTACH {} AS {}".format(_quoted(str(new), "'"), _NEW))
        run.execute("COPY FROM DATABASE {} TO {}".format(_quoted(old, '"'), _NEW))
        run.execute(f"DELETE FROM {_NEW}.meta WHERE key = ?", [_ASKED])  # noqa: S608 - our name
        run.execute(f"DETACH {_NEW}")
        _settle(new)
        if os.name == "nt":  # which replaces no open file
            run.close()
        new.replace(place)
    except BaseException:
        run.close()  # before its files go, or it would lay down another log
        drop_unfinished(vault)
        raise
    if os.name != "nt":  # which opens no folder
        _settle(place.parent)


def drop_unfinished(vault: Vault) -> None:
    """Remove the new file of a process that was killed before it was in place."""
    new = _beside(vault.path.resolve())
    for file in (new, Path(f"{new}.wal")):
        file.unlink(missing_ok=True)


def _beside(place: Path) -> Path:
    return Path(f"{place}.rewritten")


def _quoted(text: str, mark: str) -> str:
    return f"{mark}{text.replace(mark, mark * 2)}{mark}"


def _settle(place: Path) -> None:
    """Have the disk hold what was written."""
    handle = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
