"""Every message leaves at once: else most of what a change takes is waiting, 40 ms at each.

A server that is handed its socket ready made, as Streamlit hands it to uvicorn, leaves Nagle's algorithm on: a small
message waits until the browser has confirmed the one before, which a browser's machine puts off for 40 ms
(uvicorn's issue 3149). A page is some fifty small messages.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Prompt:
    """The middleware: turns the waiting off for the connection of each request.

    Parameters
    ----------
    app
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        turn_waiting_off(receive)
        await self.app(scope, receive, send)


def turn_waiting_off(receive: Receive) -> None:
    """Turn Nagle's algorithm off for the connection that a request came by, if it shows one.

    Parameters
    ----------
    receive
        Of the request; uvicorn's belongs to an object that knows its transport.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = None if transport is None else transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
