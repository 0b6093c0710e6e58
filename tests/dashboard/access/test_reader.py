"""The right role in, every other out, and nothing that a reader can write counts."""

import time
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import config, reader
from dashboard.access.config import Rules
from dashboard.access.reader import Expired, NotSignedIn, Reader, loopback, signed_in
from dashboard.problem import Problem
from tests.made_up import access

LISTED = """
[people]
"zoe@mairie.example" = { role = "prevention", zones = ["east"] }
"abc-1" = { role = "analyst" }
"""


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return config.load(
        access.write(tmp_path, command=tmp_path / "c", prevention=tmp_path / "p", more=LISTED, zones=True)
    )


def why(rules: Rules, user: dict[str, Any]) -> str:
    with pytest.raises(Problem) as raised:
        signed_in(rules, user)
    return raised.value.kind


@pytest.mark.parametrize(
    ("claims", "role", "audience", "zones"),
    [
        ({"roles": ["chef"]}, "command", "command", None),
        ({"roles": "analyse"}, "analyst", "command", None),
        ({"roles": ["prevention"], "zones": ["ouest"]}, "prevention", "prevention", ("west",)),
        ({"roles": ["prevention"], "zones": ["ouest", "levant"]}, "prevention", "prevention", ("east", "west")),
        ({"roles": ["prevention"], "zones": ["tout"]}, "prevention", "prevention", None),
        ({"roles": ["prevention", "unheard", "chef"]}, "command", "command", None),
        ({"sub": "abc-1", "roles": []}, "analyst", "command", None),
        ({"email": "Zoe@mairie.example", "email_verified": True}, "prevention", "prevention", ("east",)),
    ],
)
def test_the_right_role_comes_in(
    claims: dict[str, Any], role: str, audience: str, zones: tuple[str, ...] | None, rules: Rules
) -> None:
    found = signed_in(rules, access.user("someone") | claims)
    assert (found.role, found.audience, found.zones) == (role, audience, zones)
    assert found.folder == rules.releases[audience]


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ({"roles": ["unheard"]}, "no_role"),
        ({"roles": []}, "no_role"),
        ({"roles": {"chef": True}}, "no_role"),
        ({"roles": "chef,analyse"}, "no_role"),
        ({"roles": ["command"]}, "no_role"),  # the role's name is not the claim's value
        ({"roles": ["chef"], "sub": ""}, "no_role"),
        ({"roles": ["chef"], "sub": ["chef"]}, "no_role"),
        ({"roles": ["prevention"]}, "no_zone"),
        ({"roles": ["prevention"], "zones": ["west"]}, "no_zone"),  # nor is the zone's id
        ({"sub": "ABC-1"}, "no_role"),
        ({"email": "zoe@mairie.example"}, "no_role"),  # not verified: anybody can type it
        ({"email": "zoe@mairie.example", "email_verified": False}, "no_role"),
        ({"email": "zoe@mairie.example", "email_verified": "true"}, "no_role"),
    ],
)
def test_everybody_else_stays_out(claims: dict[str, Any], kind: str, rules: Rules) -> None:
    assert why(rules, access.user("someone") | claims) == kind


@pytest.mark.parametrize(
    "expires",
    [None, 0, time.time() - 1, "9999999999", True, float("inf"), float("nan")],
    ids=["none", "0", "a second ago", "text", "true", "never", "no number"],
)
def test_a_session_that_is_over_or_never_ends_is_out(expires: object, rules: Rules) -> None:
    with pytest.raises(Expired):
        signed_in(rules, access.user("someone", "chef") | {"exp": expires})


def test_a_session_lasts_as_long_as_the_rules_say_where_they_say(tmp_path: Path) -> None:
    """Tokens of some providers are good for a minute or five: the session may be longer, or shorter, than they are."""
    path = access.write(tmp_path, command=tmp_path, more="[session]\nhours = 2\n")
    rules, now = config.load(path), time.time()
    young = access.user("ana", "chef") | {"iat": now - 3600, "exp": now - 3540}
    assert signed_in(rules, young).expires == pytest.approx(now + 3600)
    for over in ({"iat": now - 7201, "exp": now + 3600}, {"iat": None}, {"iat": "soon"}, {"iat": True}):
        with pytest.raises(Expired):
            signed_in(rules, young | over)


@pytest.mark.parametrize("user", [{}, {"email": "test@example.com"}, {"is_logged_in": False, "roles": ["chef"]}])
def test_who_has_not_signed_in_is_asked_to(user: dict[str, Any], rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "get_secrets_auth_section", lambda: {"client_id": "x"})
    with pytest.raises(NotSignedIn):
        signed_in(rules, user)
    monkeypatch.setattr(reader, "get_secrets_auth_section", dict)
    assert why(rules, user) == "no_provider"


def test_a_claim_may_lie_within_another(tmp_path: Path) -> None:
    path = access.write(tmp_path, command=tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('"roles"', '"realm_access.roles"'), encoding="utf-8")
    nested = config.load(path)
    user = access.user("kim")
    assert signed_in(nested, user | {"realm_access": {"roles": ["chef"]}}).role == "command"
    assert signed_in(nested, user | {"realm_access.roles": ["chef"]}).role == "command"
    assert why(nested, user | {"roles": ["chef"]}) == "no_role"
    assert why(nested, user | {"realm_access": ["chef"]}) == "no_role"


def test_a_claim_whose_name_is_a_path_counts_as_it_is(tmp_path: Path) -> None:
    path = access.write(tmp_path, command=tmp_path)
    name = "https://idp.example/claims/roles"
    path.write_text(path.read_text(encoding="utf-8").replace('"roles"', f'"{name}"'), encoding="utf-8")
    assert signed_in(config.load(path), access.user("kim") | {name: ["analyse"]}).role == "analyst"


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        (None, False),
        ("", False),
        ("0.0.0.0", False),  # noqa: S104 - that it is refused is the point
        ("::", False),
        ("192.168.1.20", False),
        ("localhost.example.fr", False),
        ("127.0.0.1.example.fr", False),
    ],
)
def test_what_this_machine_alone_reaches(address: str | None, own: bool) -> None:  # noqa: FBT001
    assert loopback(address) is own


def test_pages_by_role() -> None:
    pages = ("command", "prevention", "trends", "method", "analyst")

    def seen(role: str) -> tuple[str, ...]:
        return tuple(page for page in pages if Reader("x", role, "").sees(page))

    assert seen("command") == ("command", "prevention", "trends", "method")
    assert seen("prevention") == ("prevention", "trends", "method")
    assert seen("analyst") == pages
    assert seen("local") == pages
