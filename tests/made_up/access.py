"""A file of access rules, people who sign in, and what the log says of them."""

import json
import time
from pathlib import Path
from typing import Any

ROLES = {"chef": "command", "prevention": "prevention", "analyse": "analyst"}
ZONES = {"ouest": ["west"], "levant": ["east"], "tout": "all"}


def write(folder: Path, *, command: Path, prevention: Path | None = None, more: str = "", zones: bool = False) -> Path:
    """Write the rules into a folder; the log is ``access.jsonl`` beside them."""
    named = f'prevention = "{prevention}"\n' if prevention else ""
    roles = "\n".join(f'{value} = "{role}"' for value, role in ROLES.items() if role != "prevention" or prevention)
    text = f'[releases]\ncommand = "{command}"\n{named}\n[roles]\nclaim = "roles"\n[roles.values]\n{roles}\n'
    if zones:
        text += '[zones]\nclaim = "zones"\n[zones.values]\n'
        text += "\n".join(f"{value} = {json.dumps(ids)}" for value, ids in ZONES.items())
    path = folder / "access.toml"
    path.write_text(f'{text}\n[log]\nfile = "access.jsonl"\n{more}', encoding="utf-8")
    return path


def user(who: str, *roles: str, **claims: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a provider says
    """Say of somebody what a provider would."""
    return {"is_logged_in": True, "sub": who, "roles": list(roles), "exp": int(time.time()) + 3600, **claims}


def logged(rules: Path) -> list[tuple[str, str, str]]:
    """Give the log's lines as (who, what, name)."""
    path = rules.with_name("access.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(line["who"], line["what"], line.get("name", "")) for line in map(json.loads, lines)]
