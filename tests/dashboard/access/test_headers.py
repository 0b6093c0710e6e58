"""What goes with every answer, and what is not answered at all."""

import asyncio
import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import streamlit

from dashboard.access.headers import Guarded, content_security_policy, folium_policy
from tests.made_up import access

HOME = ("127.0.0.1", 8501)
OUTSIDE = ("192.168.1.20", 51234)


async def _anything(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401, ARG001
    sent = [(b"content-type", b"text/html"), (b"Content-Security-Policy", b"default-src *")]
    await send({"type": "http.response.start", "status": 200, "headers": sent})
    await send({"type": "http.response.body", "body": b"a page"})


def asked(path: str = "/", *, kind: str = "http", **scope: Any) -> tuple[int, dict[str, str], str]:  # noqa: ANN401
    """Ask the guarded application; status, headers and body of its answer."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    async def receive() -> Any:  # noqa: ANN401
        return {"type": f"{kind}.request"}

    full = {"type": kind, "path": path, "headers": [], "server": HOME, "client": HOME} | scope
    asyncio.run(Guarded(_anything, content_security_policy())(full, receive, send))
    if sent[0]["type"] == "websocket.close":
        return sent[0]["code"], {}, ""
    names = [name.decode().lower() for name, _ in sent[0]["headers"]]
    assert len(names) == len(set(names))
    found = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1].get("body", b"").decode()


def directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split(";")}


@pytest.fixture(autouse=True)
def nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIE_ACCESS", raising=False)


def test_scripts_come_from_this_servers_files_alone() -> None:
    policy = directives(content_security_policy())
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"][0] == "'self'"
    assert all(source.startswith("'sha256-") for source in policy["script-src"][1:])
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["connect-src"] == ["'self'"]
    assert not any("*" in source or "http" in source for sources in policy.values() for source in sources)


def test_the_only_inline_scripts_are_those_of_the_installed_page() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = [text for marks, text in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL) if not marks]
    expected = [f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in inline]
    assert directives(content_security_policy())["script-src"][1:] == expected
    assert len(expected) >= 1


def test_tiles_are_pictures_and_nothing_else() -> None:
    plain, tiled = (directives(content_security_policy(tiles)) for tiles in (None, "https://tiles.example.fr"))
    assert tiled.pop("img-src") == [*plain.pop("img-src"), "https://tiles.example.fr"]
    assert tiled == plain


def test_every_answer_carries_the_policy_once() -> None:
    status, found, body = asked("/tendances")
    assert (status, body) == (200, "a page")
    assert found["content-security-policy"] == content_security_policy()
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "same-origin"
    assert found["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in found["permissions-policy"]
    assert found["content-type"] == "text/html"


def test_the_frame_of_a_notebooks_map_reaches_no_machine_and_lies_in_our_pages_alone() -> None:
    _, found, _ = asked("/component/streamlit_folium.st_folium/index.html")
    assert found["content-security-policy"] == folium_policy()
    policy = directives(folium_policy())
    assert policy["connect-src"] == policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert not any("http" in source or "*" in source for sources in policy.values() for source in sources)
    _, other, _ = asked("/component/another.component/index.html")
    assert other["content-security-policy"] == content_security_policy()


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/upload_file/session/file",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "//_stcore//metrics",
        "/_stcore/metrics/",
    ],
)
def test_what_nobody_needs_is_not_there(path: str) -> None:
    assert asked(path)[0] == 404


def test_a_prefix_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.headers.config.get_option", lambda _: "vigie/25")
    assert asked("/vigie/25/_stcore/metrics")[0] == 404
    assert asked("/vigie/25/tendances")[0] == 200
    _, found, _ = asked("/vigie/25/component/streamlit_folium.st_folium/index.html")
    assert found["content-security-policy"] == folium_policy()


@pytest.mark.parametrize(
    "scope",
    [
        {"client": OUTSIDE},
        {"server": OUTSIDE},
        {"server": ("/run/vigie.sock", None), "client": None},
        {"headers": [(b"x-forwarded-for", b"10.0.0.3")]},
        {"headers": [(b"Forwarded", b"for=10.0.0.3")]},
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_without_sign_in_only_this_machine_is_answered(
    kind: str, scope: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    status, found, body = asked("/_stcore/stream" if kind == "websocket" else "/", kind=kind, **scope)
    assert status == (1008 if kind == "websocket" else 403)
    assert "a page" not in body
    if kind == "http":
        assert "sans connexion" in body
        assert "without sign-in" in body
        assert found["cache-control"] == "no-store"
    monkeypatch.setenv("VIGIE_ACCESS", str(access.write(tmp_path, command=tmp_path)))
    assert asked("/", **scope)[0] == 200
