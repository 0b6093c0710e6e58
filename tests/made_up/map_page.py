"""A page with the map in a real Chromium: what it asked of the network, and what is drawn on it."""

import re
from urllib.parse import urlparse

from playwright.sync_api import Page, Request, WebSocket, expect

PAINTED = """(root) => [...root.querySelectorAll(".surface path")].reduce(
    (count, path) => count + ((path.getAttribute("d") ?? "").match(/M/g) ?? []).length, 0)"""
PRESSED = """(root, [label, groups]) => {
  const drawn = () => groups.map((group) => root.querySelector(group).innerHTML);
  const before = drawn();
  root.querySelector(`button[aria-label="${label}"]`).click();
  return [before, drawn()];
}"""
REST_MS = 1_000  # after which Python has heard of what was chosen


class Watched:
    """A page and what went over the wire."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.outside: list[str] = []
        self.problems: list[str] = []
        self.sent = 0
        self.received_bytes = 0
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("websocket", self._connected)

    def _request(self, request: Request) -> None:
        address = urlparse(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _received(self, payload: str | bytes) -> None:
        self.received_bytes += len(payload)

    def _sent(self, _: object) -> None:
        self.sent += 1

    def asks(self, once_more_than: int) -> None:
        """The server is told one thing more, however late on a busy machine, and then nothing else."""
        for _ in range(20):
            self.page.wait_for_timeout(REST_MS / 2)
            if self.sent > once_more_than:
                break
        self.page.wait_for_timeout(REST_MS)
        assert self.sent == once_more_than + 1


def pressed(page: Page, label: str, *groups: str) -> tuple[list[str], list[str]]:
    """What the map's groups hold before and after a button is pressed, in one task of the browser: no answer of the
    server can come in between."""
    before, after = page.locator(".square-map").evaluate(PRESSED, [label, list(groups)])
    return before, after


def point(page: Page, right: float, down: float, what: str = ".stage") -> tuple[float, float]:
    """A point of the stage, or of one of its maps, by shares of its width and height."""
    box = page.locator(what).bounding_box()
    assert box
    return box["x"] + box["width"] * right, box["y"] + box["height"] * down


def heard(page: Page) -> str:
    """What Python has heard, as the made-up page writes it."""
    return page.get_by_test_id("stText").inner_text()


def hears(page: Page, told: str) -> None:
    """Python hears it, some time after the hand rests: on a busy machine that may last."""
    expect(page.get_by_test_id("stText")).to_have_text(re.compile(told))
