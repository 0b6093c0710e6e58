"""Who is reading: from the verified session of ``st.login`` and the rules, and from nothing else."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit import config as streamlit_config
from streamlit.auth_util import get_secrets_auth_section
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.access.config import ALL, AUDIENCE_OF, ROLES, VARIABLE, AccessError, Rules, rules
from dashboard.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOCAL: Final = "local"
PAGES_OF: Final = {
    "command": ("command", "prevention", "trends", "method"),
    "prevention": ("prevention", "trends", "method"),
    "analyst": None,  # every page
    LOCAL: None,
}


@dataclass(frozen=True)
class Reader:
    """Somebody who may read.

    Attributes
    ----------
    who
        The subject of the session; empty where nobody signs in.
    role
        ``command``, ``prevention``, ``analyst``; ``local`` where nobody signs in.
    audience
        Whose release is served; empty where nobody signs in, then it is that of ``VIGIE_RELEASE``.
    zones
        The zones to which a prevention officer is limited; None without a limit.
    folder
        Where that release is; None where nobody signs in.
    expires
        When the session ends (seconds since 1970); never where nobody signs in.
    """

    who: str
    role: str
    audience: str
    zones: tuple[str, ...] | None = None
    folder: Path | None = None
    expires: float = float("inf")

    @property
    def signed_in(self) -> bool:
        """Whether somebody signed in."""
        return self.role != LOCAL

    @property
    def expired(self) -> bool:
        """Whether the provider's word is no longer good."""
        return time.time() >= self.expires

    def sees(self, page: str) -> bool:
        """Tell whether a page is for this role."""
        pages = PAGES_OF[self.role]
        return pages is None or page in pages


NOBODY: Final = Reader("", LOCAL, "")


class NotSignedIn(Problem):
    """Nobody has signed in."""


class Expired(Problem):
    """What the provider said is too old to count."""


def current() -> Reader:
    """Tell who is reading. Asked at every use: it costs some microseconds, and a session can end at any moment.

    Raises
    ------
    NotSignedIn, Expired
        Nobody, or nobody any more.
    Problem
        Somebody who may see nothing, or rules that cannot be followed.
    """
    try:
        known = rules()
    except AccessError as error:
        raise Problem("access_file", detail=str(error), variable=VARIABLE) from error
    if known is None:
        if not loopback(streamlit_config.get_option("server.address")):
            raise Problem("not_local", variable=VARIABLE)
        return NOBODY
    return signed_in(known, session())


def session() -> Mapping[str, Any]:
    """Give what the provider said of whoever opened this session, as Streamlit verified it."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return {}
    return st.user.to_dict()


def signed_in(known: Rules, user: Mapping[str, Any]) -> Reader:
    """Find the role, the release and the zones of somebody who has signed in.

    Raises
    ------
    NotSignedIn, Expired, Problem
        As ``current``.
    """
    if user.get("is_logged_in") is not True:
        if not get_secrets_auth_section():
            raise Problem("no_provider", variable=VARIABLE)
        raise NotSignedIn("sign_in")
    who, expires = user.get("sub"), _end(known, user)
    if time.time() >= expires:
        raise Expired("expired")
    if not isinstance(who, str) or not who:
        raise Problem("no_role", who="", contact=known.contact)
    listed = known.people.get(who) or known.people.get(_address(user))
    role = listed.role if listed else _role(known, user)
    if role is None:
        raise Problem("no_role", who=who, contact=known.contact)
    audience = AUDIENCE_OF[role]
    zones = None
    if role == "prevention":
        zones = listed.zones if listed and listed.zones else _zones(known, user, who)
    limited = None if zones is None or ALL in zones else zones
    return Reader(who, role, audience, limited, known.releases[audience], expires)


def loopback(address: str | None) -> bool:
    """Tell whether an address is reached from this machine alone; none at all is every address."""
    if address is None:
        return False
    if address == "localhost":
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _end(known: Rules, user: Mapping[str, Any]) -> float:
    """When a session ends: with the provider's token, or so long after it as the rules say; now, if it says nothing."""
    said = user.get("exp" if known.session_s is None else "iat")
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        return 0
    return float(said) + (known.session_s or 0)


def _address(user: Mapping[str, Any]) -> str:
    """E-mail address that the provider has verified: another one is what somebody typed into a form."""
    address = user.get("email")
    return address.casefold() if isinstance(address, str) and user.get("email_verified") is True else ""


def _role(known: Rules, user: Mapping[str, Any]) -> str | None:
    held = {known.roles[value] for value in _claimed(user, known.role_claim) if value in known.roles}
    return next((role for role in ROLES if role in held), None)


def _zones(known: Rules, user: Mapping[str, Any], who: str) -> tuple[str, ...] | None:
    if not known.limits_zones:
        return None
    found = {zone for value in _claimed(user, known.zone_claim) for zone in known.zones.get(value, ())}
    if not found:
        raise Problem("no_zone", who=who, contact=known.contact)
    return tuple(sorted(found))


def _claimed(user: Mapping[str, Any], name: str) -> list[str]:
    """Values of a claim: a text, or a list of texts; ``realm_access.roles`` is ``roles`` within ``realm_access``."""
    if not name:
        return []
    found: Any = user.get(name)
    if found is None:
        found = user
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, str):
        return [found]
    return [value for value in found if isinstance(value, str)] if isinstance(found, list) else []
