"""The log of visits: who, when, what, and never more. Lines are only ever added.

A visit that cannot be written down is not served: whoever fills the disk, or takes the log away, would else read
unseen.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import streamlit as st

from dashboard.access.config import VARIABLE, AccessError, rules
from dashboard.access.reader import current
from dashboard.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.access.reader import Reader

SIGN_IN: Final = "sign-in"
SIGN_OUT: Final = "sign-out"
REFUSED: Final = "refused"
VIEW: Final = "view"
DOWNLOAD: Final = "download"
ADDING: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def record(who: str, what: str, name: str = "") -> None:
    """Add one line.

    Parameters
    ----------
    who
        The subject, as the provider names it.
    what
        ``sign-in``, ``sign-out``, ``refused``, ``view`` or ``download``.
    name
        Of the page, or of the file.

    Raises
    ------
    Problem
        It could not be written, whole, to the disk.
    """
    entry = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "who": who, "what": what}
    line = (json.dumps(entry | ({"name": name} if name else {})) + "\n").encode()
    try:
        known = rules()
        if known is None:
            return  # nobody signs in, so there is nobody to name
        # One write of a line opened for adding: lines of several servers do not mix.
        file = os.open(known.log, ADDING, 0o600)
        try:
            written = os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
    except (OSError, AccessError) as error:
        raise Problem("log", variable=VARIABLE) from error
    if written != len(line):
        raise Problem("log", variable=VARIABLE)


def downloaded(name: str) -> None:
    """Write down that the reader of this run took a file; to be called in a page's run, or in a callback.

    Raises
    ------
    Problem
        It could not be written down: do not hand the file over.
    """
    _download(current(), name)


def recorded(name: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Give what a download button calls when it is clicked: it writes the download down, then makes the file.

    Streamlit calls it in a thread that knows nothing of the session; so who reads is noted here, while the page runs.

    Parameters
    ----------
    name
        The file's name.
    make
        Makes the file's content.
    """
    try:
        reader = current()
    except Problem:
        st.rerun()  # the session ended under a part of a page: the door says what to do
        raise

    def made() -> bytes:
        if reader.expired:
            raise Problem("expired")
        _download(reader, name)
        return make()

    return made


def _download(reader: Reader, name: str) -> None:
    if reader.signed_in:
        record(reader.who, DOWNLOAD, name)
