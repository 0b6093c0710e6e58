"""The file of access rules: which release for whom, which role for which claim or person, which zones, which log.

``VIGIE_ACCESS`` names it. Without it nobody signs in, and only made-up reports are served, on this machine only.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "VIGIE_ACCESS"
AUDIENCES: Final = ("command", "prevention", "public")
AUDIENCE_OF: Final = {"command": "command", "analyst": "command", "prevention": "prevention"}
"""Role -> the audience whose release it is served. The order decides between the roles of somebody who has several."""

ROLES: Final = tuple(AUDIENCE_OF)
ALL: Final = "all"
KEYS: Final = {
    "": {"contact", "releases", "roles", "zones", "people", "session", "log"},
    "roles": {"claim", "values"},
    "zones": {"claim", "values"},
    "session": {"hours"},
    "log": {"file"},
}
LONGEST_H: Final = 24


class AccessError(Exception):
    """The file of rules cannot be used; the message is one sentence: which key, what to do."""


@dataclass(frozen=True)
class Person:
    """What the list says of one subject or e-mail address; ``zones`` is None where it says nothing of them."""

    role: str
    zones: tuple[str, ...] | None


@dataclass(frozen=True)
class Rules:
    """The rules as they were read.

    Attributes
    ----------
    releases
        Audience -> folder.
    roles, zones
        Value of the claim -> role, and -> zones (``("all",)`` for every zone).
    role_claim, zone_claim
        Names of the claims; empty where there is none. Dots lead into a claim that holds others.
    people
        Subject or e-mail address -> what the list says of them.
    log
        File to which visits are appended.
    contact
        Whom to ask, shown to those who are turned away.
    limits_zones
        Whether a prevention officer of whom no zone is known is turned away.
    session_s
        How long a session lasts from the moment at which the provider vouched for it, seconds; None where it lasts as
        long as the provider's token.
    """

    releases: dict[str, Path]
    roles: dict[str, str]
    zones: dict[str, tuple[str, ...]]
    people: dict[str, Person]
    role_claim: str
    zone_claim: str
    log: Path
    contact: str
    limits_zones: bool
    session_s: float | None = None


def rules() -> Rules | None:
    """Read the file that the environment names, again only when it has changed; None where it names none.

    Raises
    ------
    AccessError
        It cannot be read, or says something that cannot be.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    path = Path(named)
    try:
        state = path.stat()
    except OSError:
        raise AccessError(f"{path.name}: there is no such file; name the file of rules in {VARIABLE}.") from None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> Rules:
    return load(path)


def load(path: Path) -> Rules:
    """Read a file of rules.

    Raises
    ------
    AccessError
        One sentence: which key, what to do.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"{path.name}: the file cannot be read; check its rights.") from error
    except tomllib.TOMLDecodeError as error:
        raise AccessError(f"{path.name}: this is not TOML ({error}).") from error
    try:
        return _rules(content, path.resolve().parent)
    except AccessError as error:
        raise AccessError(f"{path.name}: {error}") from None


def _rules(content: dict[str, Any], beside: Path) -> Rules:
    for section, allowed in KEYS.items():
        _known(content if not section else _table(content, section), allowed, section)
    roles, zones = _table(content, "roles"), _table(content, "zones")
    people = {
        _folded(who): _person(entry, f"people, entry {number}")  # a name would be shown to whoever comes by
        for number, (who, entry) in enumerate(_table(content, "people").items(), 1)
    }
    read = Rules(
        releases=_releases(_table(content, "releases"), beside),
        roles={value: _role(role, f"roles.values.{value}") for value, role in _table(roles, "values", "roles").items()},
        zones={value: _zones(ids, f"zones.values.{value}") for value, ids in _table(zones, "values", "zones").items()},
        people=people,
        role_claim=_text(roles, "claim", "roles"),
        zone_claim=_text(zones, "claim", "zones"),
        log=beside / (_text(_table(content, "log"), "file", "log") or _missing("log.file", "a file for the visits")),
        contact=_text(content, "contact"),
        limits_zones="zones" in content,
        session_s=_session(_table(content, "session")),
    )
    _check(read)
    return read


def _check(read: Rules) -> None:
    if bool(read.role_claim) != bool(read.roles):
        raise AccessError("roles: a claim and its values go together; write both, or neither.")
    if bool(read.zone_claim) != bool(read.zones):
        raise AccessError("zones: a claim and its values go together; write both, or neither.")
    given = {*read.roles.values(), *(person.role for person in read.people.values())}
    if not given:
        raise AccessError("roles: nobody is given a role; write [roles] or [people].")
    for role in sorted(given):
        if AUDIENCE_OF[role] not in read.releases:
            raise AccessError(f"releases.{AUDIENCE_OF[role]}: missing, and the role {role!r} is served from it.")


def _known(table: dict[str, Any], allowed: set[str], section: str) -> None:
    strange = sorted(set(table) - allowed)
    if strange:
        where = f"{section}.{strange[0]}" if section else strange[0]
        raise AccessError(f"{where}: no such key; known here are {', '.join(sorted(allowed))}.")


def _table(content: dict[str, Any], key: str, section: str = "") -> dict[str, Any]:
    found = content.get(key, {})
    if not isinstance(found, dict):
        raise AccessError(f"{f'{section}.' if section else ''}{key}: must be a table of keys and values.")
    return found


def _text(table: dict[str, Any], key: str, section: str = "") -> str:
    found = table.get(key, "")
    if not isinstance(found, str):
        raise AccessError(f"{f'{section}.' if section else ''}{key}: must be a text between quotation marks.")
    return found


def _releases(table: dict[str, Any], beside: Path) -> dict[str, Path]:
    _known(table, set(AUDIENCES), "releases")
    if not table:
        raise AccessError(f"releases: missing; name a folder for one of {', '.join(AUDIENCES)}.")
    folders = {audience: _text(table, audience, "releases") for audience in table}
    return {
        audience: beside / (folder or _missing(f"releases.{audience}", "a folder"))
        for audience, folder in folders.items()
    }


def _session(table: dict[str, Any]) -> float | None:
    if "hours" not in table:
        return None
    hours = table["hours"]
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= LONGEST_H:
        raise AccessError(f"session.hours: must be a number of hours, more than 0 and at most {LONGEST_H}.")
    return float(hours) * 3600


def _person(entry: Any, where: str) -> Person:  # noqa: ANN401 - whatever the file says
    if not isinstance(entry, dict):
        raise AccessError(f'{where}: must be a table such as {{ role = "command" }}.')
    _known(entry, {"role", "zones"}, where)
    zones = _zones(entry["zones"], f"{where}.zones") if "zones" in entry else None
    return Person(_role(entry.get("role", ""), f"{where}.role"), zones)


def _role(role: Any, where: str) -> str:  # noqa: ANN401
    if role not in ROLES:
        raise AccessError(f"{where}: {role!r} is no role; known are {', '.join(ROLES)}.")
    return str(role)


def _zones(ids: Any, where: str) -> tuple[str, ...]:  # noqa: ANN401
    if ids == ALL:
        return (ALL,)
    if not isinstance(ids, list) or not ids or not all(isinstance(zone, str) for zone in ids):
        raise AccessError(f'{where}: must be a list of ids of zones, or "{ALL}".')
    return tuple(sorted(set(ids)))


def _missing(where: str, what: str) -> str:
    raise AccessError(f"{where}: missing; name {what}.")


def _folded(who: str) -> str:
    """Write an e-mail address in small letters; a subject is kept as it is."""
    return who.casefold() if "@" in who else who
