"""Messages are not held back: seen on a real socket that a real server was handed ready made."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn

from dashboard.prompt import Prompt


async def _tells(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
    """Answer with whether the request's connection holds small messages back."""
    if scope["type"] != "http":
        return
    connection = receive.__self__.transport.get_extra_info("socket")
    held_back = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(held_back).encode()})


async def _answer(app: Any) -> str:  # noqa: ANN401
    """Serve an application as Streamlit does, on a socket that is bound before, and ask it once."""
    bound = socket.socket(socket.AF_INET)
    bound.bind(("127.0.0.1", 0))
    bound.listen()
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    reader, writer = await asyncio.open_connection(*bound.getsockname())
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    server.should_exit = True
    await serving
    return answer.decode()


@pytest.mark.parametrize(("wrapped", "held_back"), [(Prompt, "False"), (lambda app: app, "True")])
def test_small_messages_leave_at_once(wrapped: Callable[[Any], Any], held_back: str) -> None:
    assert held_back in asyncio.run(_answer(wrapped(_tells)))


async def _silent(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401, ARG001
    await send("answered")


def test_a_server_that_shows_no_connection_is_answered_all_the_same() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    async def receive() -> Any:  # noqa: ANN401
        raise AssertionError

    asyncio.run(Prompt(_silent)({"type": "websocket"}, receive, send))
    assert sent == ["answered"]
