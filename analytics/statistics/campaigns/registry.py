"""The registry of campaigns: what was done where and when, written down before the outcome is known.

A small TOML file of its own, outside the release and beside it: no confidential file, and no place for persons. It
says where a campaign took place and with what it will be compared; who chooses the comparison afterwards can find any
result.

    [[campaign]]
    name = "Présence à Planoise"
    kind = "presence"
    areas = ["besancon"]
    comparison = ["montbeliard"]
    first = 2025-03-03
    last = 2025-04-30
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analytics import territory as ground_floor
from analytics.statistics import StatisticsError
from analytics.territory import TerritoryError

if TYPE_CHECKING:
    from analytics.territory import Territory

KINDS: Final = (
    "patrol",
    "presence",
    "operation",
    "information",
    "call_to_report",
    "mediation",
    "environment",
    "other",
)
"""Patrols; officers who stay; searches and arrests; talks in schools and halls; asking people to report; mediators and
street workers; light, cleaning, barriers, buildings; else."""

LONGEST_NAME: Final = 60
_FIELDS: Final = {"name", "kind", "areas", "comparison", "around", "first", "last"}
_OPTIONAL: Final = {"comparison", "around", "last"}
_PRIVATE: Final = re.compile(r"@|\d(?:[\s.-]?\d){5,}")
_ENTRY: Final = "campaign"


@dataclass(frozen=True)
class Campaign:
    """One campaign.

    Attributes
    ----------
    name
        At most 60 characters on one line; names a place or an action, never a person.
    kind
        One of ``KINDS``.
    areas
        Zone ids, cell ids or commune codes, where it takes place.
    first, last
        Its first and last day; ``last`` is None while it goes on.
    comparison
        Areas to compare with, chosen beforehand; may be empty.
    around
        Areas next door, where what it drives away could go; may be empty.
    """

    name: str
    kind: str
    areas: tuple[str, ...]
    first: dt.date
    last: dt.date | None = None
    comparison: tuple[str, ...] = ()
    around: tuple[str, ...] = ()


def read(path: str | Path) -> tuple[Campaign, ...]:
    """Read a registry; a file that does not exist yet holds no campaign.

    Raises
    ------
    StatisticsError
        The file is no TOML, or an entry is wrong: the sentence names it and what to do.
    """
    return _parse(_content(Path(path)), Path(path).name)


def add(path: str | Path, campaign: Campaign) -> None:
    """Write a campaign behind the others, which stay as they are to the letter.

    The new file is laid beside the old one and takes its place in one step; whoever reads sees one of them, whole.

    Raises
    ------
    StatisticsError
        The campaign or the registry is wrong, a campaign of this name is there already, or somebody else is writing.
    """
    file = Path(path)
    lock = file.with_name(file.name + ".lock")
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        raise StatisticsError(
            f"{file.name} is being written by somebody else: try again in a moment, and if nobody is, "
            f"remove {lock.name}."
        ) from None
    except OSError:
        raise StatisticsError(f"{file.name} cannot be written: give a folder that exists and may be written.") from None
    try:
        old = _content(file)
        text = old + ("" if not old or old.endswith("\n") else "\n") + ("\n" if old else "") + _entry(campaign)
        _parse(text, file.name)
        _replace(file, text)
    finally:
        lock.unlink()


def written(campaign: Campaign) -> str:
    """Write a campaign as an entry of a registry.

    Raises
    ------
    StatisticsError
        The campaign is wrong: the sentence says what to do.
    """
    text = _entry(campaign)
    _parse(text, "campaigns.toml")
    return text


def check_areas(campaign: Campaign, territory: Territory) -> None:
    """See that every area of a campaign is on a territory.

    Raises
    ------
    StatisticsError
        An area is no zone, commune or cell of the territory.
    """
    zones, communes = set(territory.zones.index), set(territory.communes["code"])
    for area in (*campaign.areas, *campaign.comparison, *campaign.around):
        if area in zones or area in communes:
            continue
        if not _is_cell(area, territory):
            raise StatisticsError(
                f'Campaign "{campaign.name}" names the area {area}, which is not in {territory.name}: write a zone '
                f"({', '.join(sorted(zones))}), the code of a commune or the id of a cell."
            )


def _is_cell(area: str, territory: Territory) -> bool:
    try:
        cell = ground_floor.parse_cell_ids([area]).iloc[0]
        size = int(cell["size_m"])
        return cell["crs"] == territory.crs and bool((ground_floor.ground(territory, size)["cell"] == area).any())
    except TerritoryError:
        return False


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise StatisticsError(f"{file.name} cannot be read: save it as text in UTF-8.") from None


def _parse(text: str, file: str) -> tuple[Campaign, ...]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise StatisticsError(f"{file} is no TOML ({wrong}): correct that line.") from None
    entries = content.get(_ENTRY, [])
    odd = sorted(set(content) - {_ENTRY})
    if odd or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise StatisticsError(f"{file} may hold [[{_ENTRY}]] entries alone: remove {', '.join(odd) or 'the others'}.")
    found = tuple(_campaign(entry, f"{file}, campaign {number}") for number, entry in enumerate(entries, start=1))
    names = [one.name.casefold() for one in found]
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            raise StatisticsError(
                f'{file}, campaign {number}: there is another campaign "{found[number - 1].name}"; '
                "give this one a name of its own."
            )
    return found


def _campaign(entry: dict[str, Any], where: str) -> Campaign:
    """One entry, or one sentence with the entry and the remedy."""
    if isinstance(entry.get("name"), str):
        where += f' ("{entry["name"][:LONGEST_NAME]}")'
    odd, lacking = sorted(set(entry) - _FIELDS), sorted(_FIELDS - _OPTIONAL - set(entry))
    if odd:
        raise StatisticsError(f"{where}: {odd[0]} is no field of a campaign; remove it.")
    if lacking:
        raise StatisticsError(f"{where}: {lacking[0]} is missing; add it.")
    _check_name(entry["name"], where)
    if entry["kind"] not in KINDS:
        raise StatisticsError(f"{where}: there is no kind {entry['kind']!r}; write one of {', '.join(KINDS)}.")
    groups = {name: _areas(entry.get(name, []), name, where) for name in ("areas", "comparison", "around")}
    if not groups["areas"]:
        raise StatisticsError(f"{where}: areas is empty; name at least one zone, commune or cell.")
    every = [area for group in groups.values() for area in group]
    twice = sorted({area for area in every if every.count(area) > 1})
    if twice:
        raise StatisticsError(f"{where}: {twice[0]} is named twice; keep it in one of areas, comparison, around.")
    first, last = _day(entry["first"], "first", where), entry.get("last")
    if last is not None and _day(last, "last", where) < first:
        raise StatisticsError(f"{where}: it ends on {last}, before it begins on {first}; correct one of the days.")
    return Campaign(entry["name"], entry["kind"], first=first, last=last, **groups)


def _check_name(name: object, where: str) -> None:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise StatisticsError(f"{where}: the name must be one line of 1 to {LONGEST_NAME} characters; shorten it.")
    if _PRIVATE.search(name):
        raise StatisticsError(
            f"{where}: the name looks as if it held an address or a number of somebody; name the place or the action."
        )


def _areas(value: object, name: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(area, str) and area.strip() for area in value):
        raise StatisticsError(f'{where}: {name} must be a list of ids in quotes, such as ["besancon"]; correct it.')
    return tuple(value)


def _day(value: object, name: str, where: str) -> dt.date:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise StatisticsError(f"{where}: {name} must be a day without quotes, such as 2025-03-01; correct it.")
    return value


def _entry(campaign: Campaign) -> str:
    """TOML of a campaign; a JSON string of printable characters is a TOML string."""
    lines = [f"[[{_ENTRY}]]"]
    lines += [f"{name} = {json.dumps(getattr(campaign, name), ensure_ascii=False)}" for name in ("name", "kind")]
    for name in ("areas", "comparison", "around"):
        areas = getattr(campaign, name)
        if areas or name == "areas":
            lines.append(f"{name} = {json.dumps(list(areas), ensure_ascii=False)}")
    lines.append(f"first = {campaign.first.isoformat()}")
    if campaign.last is not None:
        lines.append(f"last = {campaign.last.isoformat()}")
    return "\n".join(lines) + "\n"


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
