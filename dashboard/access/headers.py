"""What goes with every answer: which scripts, pictures and connections a page may use; and what is not answered at all.

A script that a page was tricked into holding does not run, since scripts come from this server's own files alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit
from streamlit import config

from dashboard.access.config import AccessError, rules
from dashboard.access.reader import loopback
from dashboard.catalogue import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

INDEX: Final = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
FOLIUM: Final = "/component/streamlit_folium"
CLOSED: Final = (
    "/_stcore/metrics",  # how many sessions, how much memory: nobody's business
    "/_stcore/upload_file",  # nothing is uploaded here
    "/_stcore/agent",  # no page is driven by a program
    "/_stcore/script-health-check",  # it runs the script as nobody
)
HEADERS: Final = {
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "accelerometer=(), browsing-topics=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), payment=(), usb=()"
    ),
}


def content_security_policy(tile_origin: str | None = None) -> str:
    """Write the policy of every page.

    Parameters
    ----------
    tile_origin
        Scheme and host from which tiles of a basemap may be fetched, and nothing else.
    """
    pictures = f"'self' data: blob: {tile_origin}" if tile_origin else "'self' data: blob:"
    return _written(
        {
            "default-src": "'none'",
            "script-src": f"'self' {inline_hashes()}".strip(),
            "style-src": "'self' 'unsafe-inline'",
            "img-src": pictures,
            "font-src": "'self' data:",
            "connect-src": "'self'",
            "worker-src": "'self'",
            "manifest-src": "'self'",
            "media-src": "'self' blob:",
            "frame-src": "'self'",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
    )


def folium_policy() -> str:
    """Write the policy of the frame in which streamlit-folium draws a map that a notebook made.

    The frame builds the map from text that the page sends it, which is what ``unsafe-inline`` and, for layers that come
    later, ``unsafe-eval`` stand for. It reaches no other machine, and only pages of this server may hold it.
    """
    return _written(
        {
            "default-src": "'none'",
            "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "connect-src": "'none'",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'none'",
            "frame-ancestors": "'self'",
        }
    )


def _written(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {allowed}" for name, allowed in directives.items())


@cache
def inline_hashes() -> str:
    """Name the scripts that Streamlit's own page holds inline, by their SHA-256, as the installed version has them."""
    found = INLINE.findall(INDEX.read_text(encoding="utf-8"))
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in found)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


class Guarded:
    """The middleware: closes what nobody needs, and puts the policies on everything else.

    Parameters
    ----------
    app
        What answers.
    policy
        As from ``content_security_policy``.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        shared = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        self.page = [*shared, (b"content-security-policy", policy.encode())]
        self.frame = [*shared, (b"content-security-policy", folium_policy().encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        path = path_of(scope)
        if not may_answer(scope):
            await _refuse(scope, send, 403, elsewhere())
        elif any(path == closed or path.startswith(f"{closed}/") for closed in CLOSED):
            await _refuse(scope, send, 404, "")
        else:
            added = self.frame if path.startswith(FOLIUM) else self.page

            async def answered(message: Message) -> None:
                if message["type"] == "http.response.start":
                    names = {name for name, _ in added}
                    kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                    message = {**message, "headers": [*kept, *added]}
                await send(message)

            await self.app(scope, receive, answered)


def path_of(scope: MutableMapping[str, Any]) -> str:
    """Path of a request, without the prefix under which the dashboard is served."""
    prefix = f"/{str(config.get_option('server.baseUrlPath') or '').strip('/')}".rstrip("/")
    path = re.sub("/+", "/", str(scope["path"]))
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


def may_answer(scope: MutableMapping[str, Any]) -> bool:
    """Tell whether a request may be answered: without sign-in only those from this machine to itself are.

    The server's configured address does not settle it: another server can run the same application on every address,
    and a proxy on this machine speaks for others.
    """
    try:
        if rules() is not None:
            return True
    except AccessError:
        return True  # the page says what is wrong with the file, and nothing else
    names = {name.lower() for name, _ in scope.get("headers", [])}
    ends = [end[0] for end in (scope.get("server"), scope.get("client")) if end]
    return not names & {b"forwarded", b"x-forwarded-for"} and all(loopback(end) for end in ends)


def elsewhere() -> str:
    """Say, in every language, that this installation answers its own machine alone."""
    return "\n".join(catalogue(language).text("access.elsewhere") for language in LANGUAGES) + "\n"


async def _refuse(scope: Scope, send: Send, status: int, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
