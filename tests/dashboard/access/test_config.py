"""The file of rules says what it says, and where it is wrong one sentence says which key."""

from pathlib import Path

import pytest

from dashboard.access import config
from dashboard.access.config import AccessError, Person
from tests.made_up import access

WHOLE = """
contact = "le bureau des systèmes"
[releases]
command = "releases/command"
prevention = "/srv/vigie/prevention"
[roles]
claim = "realm_access.roles"
[roles.values]
vigie-commandement = "command"
vigie-prevention = "prevention"
[zones]
claim = "zones"
[zones.values]
ouest = ["west"]
tout = "all"
[people]
"Alice@Example.fr" = { role = "prevention", zones = ["west"] }
"ABC-def" = { role = "analyst" }
[session]
hours = 8
[log]
file = "access.jsonl"
"""


def loaded(folder: Path, text: str) -> config.Rules:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    rules = loaded(tmp_path, WHOLE)
    assert rules.releases == {
        "command": tmp_path.resolve() / "releases" / "command",
        "prevention": Path("/srv/vigie/prevention"),
    }
    assert rules.roles == {"vigie-commandement": "command", "vigie-prevention": "prevention"}
    assert rules.zones == {"ouest": ("west",), "tout": ("all",)}
    assert rules.people == {
        "alice@example.fr": Person("prevention", ("west",)),
        "ABC-def": Person("analyst", None),  # a subject is another one in other letters
    }
    assert (rules.role_claim, rules.zone_claim) == ("realm_access.roles", "zones")
    assert rules.log == tmp_path.resolve() / "access.jsonl"
    assert rules.contact == "le bureau des systèmes"
    assert rules.limits_zones
    assert rules.session_s == 8 * 3600


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("[log]", "[logs]"), "logs: no such key"),
        (('file = "access.jsonl"', ""), "log.file: missing"),
        (('file = "access.jsonl"', "file = 3"), "log.file: must be a text"),
        (('command = "releases/command"\n', ""), "releases.command: missing, and the role 'analyst'"),
        (("command = ", "commando = "), "releases.commando: no such key"),
        (('= "command"', '= "chief"'), "roles.values.vigie-commandement: 'chief' is no role"),
        (('claim = "realm_access.roles"', ""), "roles: a claim and its values go together"),
        (('claim = "zones"', ""), "zones: a claim and its values go together"),
        (('ouest = ["west"]', 'ouest = "west"'), "zones.values.ouest: must be a list"),
        (('ouest = ["west"]', "ouest = []"), "zones.values.ouest: must be a list"),
        (('role = "analyst"', 'role = "boss"'), "people, entry 2.role: 'boss' is no role"),
        (('{ role = "analyst" }', '"analyst"'), "people, entry 2: must be a table"),
        (('zones = ["west"]', "zones = 4"), "people, entry 1.zones: must be a list"),
        (("hours = 8", "hours = 0"), "session.hours: must be a number"),
        (("hours = 8", "hours = true"), "session.hours: must be a number"),
        (("hours = 8", "hours = 200"), "session.hours: must be a number"),
        (("[releases]", "[releases"), "this is not TOML"),
        (("[people]", "[[people]]"), "people: must be a table"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(change: tuple[str, str], key: str, tmp_path: Path) -> None:
    assert change[0] in WHOLE
    with pytest.raises(AccessError) as raised:
        loaded(tmp_path, WHOLE.replace(*change, 1))
    said = str(raised.value)
    assert said.startswith("rules.toml: ")
    assert key in said
    assert "\n" not in said
    assert str(tmp_path) not in said
    assert "lice@" not in said  # it is shown to whoever comes by


def test_a_file_that_gives_nobody_a_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="nobody is given a role"):
        loaded(tmp_path, '[releases]\ncommand = "x"\n[log]\nfile = "y"\n')


def test_without_a_file_there_are_no_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(config.VARIABLE, raising=False)
    assert config.rules() is None
    monkeypatch.setenv(config.VARIABLE, str(tmp_path / "nowhere.toml"))
    with pytest.raises(AccessError, match=r"nowhere\.toml: there is no such file"):
        config.rules()


def test_a_changed_file_counts_at_once_and_an_unchanged_one_is_read_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = access.write(tmp_path, command=tmp_path)
    monkeypatch.setenv(config.VARIABLE, str(path))
    first = config.rules()
    assert first is config.rules()
    path.write_text(path.read_text(encoding="utf-8").replace("chef", "cheffe"), encoding="utf-8")
    second = config.rules()
    assert second is not None
    assert "cheffe" in second.roles


def test_the_example_of_the_documentation_can_be_used(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "access.md").read_text(encoding="utf-8")
    example = next(block for block in page.split("```toml\n") if block.startswith("# vigie-access.toml"))
    rules = loaded(tmp_path, example.split("```", 1)[0])
    assert set(rules.roles.values()) == {"command", "prevention", "analyst"}
    assert set(rules.releases) == {"command", "prevention"}
    assert rules.limits_zones
    for key in {key for keys in config.KEYS.values() for key in keys}:
        assert key in page, f"docs/access.md does not speak of {key}"
    for variable in (config.VARIABLE, "VIGIE_TERRITORY", "VIGIE_TILES"):
        assert variable in page
