"""A visitor without a browser: opens a session as the page's own script does, asks for runs, and times them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE_S = 120.0
REMEMBERED = 2
"""Runs for which a page's script keeps a large message that it has been sent (``global.maxCachedMessageAge``)."""


class Visitor:
    """One session of the dashboard.

    Parameters
    ----------
    address
        Of the server, ``http://127.0.0.1:8501``.
    """

    def __init__(self, address: str) -> None:
        """Open the session."""
        self.socket = connect(
            address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        )
        self.runs = 0
        self.known: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Stay connected while the block runs."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session."""
        self.socket.close()

    def run(self, page: str = "", query: str = "") -> tuple[float, int]:
        """Ask for a run of a page and wait until it has finished.

        Parameters
        ----------
        page
            Its address, empty for the first page.
        query
            The address's parameters.

        Returns
        -------
        seconds : float
        size : int
            Bytes received.
        """
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        asked.rerun_script.cached_message_hashes.extend(self.known)
        started = time.perf_counter()
        self.socket.send(asked.SerializeToString())
        size = 0
        while True:
            content = self.socket.recv(timeout=PATIENCE_S)
            size += len(content)
            message = ForwardMsg()
            message.ParseFromString(content if isinstance(content, bytes) else content.encode())
            if message.metadata.cacheable or message.WhichOneof("type") == "ref_hash":
                self.known[message.ref_hash or message.hash] = self.runs
            if message.WhichOneof("type") == "script_finished":
                self.runs += 1
                self.known = {name: run for name, run in self.known.items() if self.runs - run <= REMEMBERED}
                return time.perf_counter() - started, size
