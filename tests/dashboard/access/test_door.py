"""What somebody sees at the door, and what the log says of it, without a browser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import release as releases
from dashboard.access import reader
from dashboard.access.reader import Reader
from tests.dashboard.conftest import World
from tests.made_up import access
from tests.made_up.counties import COMMUNES, NAMES, County

Run = Callable[..., AppTest]
HEADINGS = {"command": "Où se concentrent les signalements", "trends": "Mois après mois", "analyst": "Tous les faits"}


def words(app: AppTest) -> str:
    said = [element.value for kind in (app.title, app.header, app.subheader) for element in kind]
    said += [element.proto.body for element in app.get("html")]
    said += [button.label for button in app.button]
    return " ".join(said).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def rules(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reader, "get_secrets_auth_section", lambda: {"client_id": "x"})
    return access.write(tmp_path, command=world.folder)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, nothing_kept: None) -> list[str]:  # noqa: ARG001 - what is kept is not read
    """Count what is read of releases."""
    read: list[str] = []
    whole = releases.read

    def noted(path: str) -> releases.Release:
        read.append(path)
        return whole(path)

    monkeypatch.setattr("dashboard.reading.releases.read", noted)
    return read


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ({"is_logged_in": False}, "Se connecter"),
        ({"email": "test@example.com"}, "Se connecter"),
        (access.user("eve", "unheard"), "Votre identifiant : eve"),
        (access.user("eve"), "Votre identifiant : eve"),
        (access.user("eve", "chef") | {"exp": 1}, "Votre session est terminée"),
        (access.user("eve", "chef") | {"exp": None}, "Votre session est terminée"),
    ],
)
def test_nothing_is_opened_for_somebody_who_may_not_come_in(
    user: dict[str, Any], said: str, run: Run, rules: Path, opened: list[str]
) -> None:
    app = run(rules=rules, user=user)
    assert not app.exception
    assert said in words(app)
    assert opened == []
    assert not app.dataframe
    assert [component.key for component in app.get("bidi_component")] == ["document"]  # and no map
    assert not any(what == "view" for _, what, _ in access.logged(rules))


def test_who_has_no_role_learns_whom_to_ask_and_can_leave(run: Run, rules: Path) -> None:
    rules.write_text('contact = "le bureau 12"\n' + rules.read_text(encoding="utf-8"), encoding="utf-8")
    app = run(rules=rules, user=access.user("eve", "unheard"))
    assert "le bureau 12" in words(app)
    assert access.logged(rules) == [("eve", "refused", "")]
    app.run()
    assert access.logged(rules) == [("eve", "refused", "")]
    app.button(key="sign-out").click().run()
    assert app.user == {"is_logged_in": False}


def test_an_expired_session_is_signed_out(run: Run, rules: Path) -> None:
    assert run(rules=rules, user=access.user("eve", "chef") | {"exp": 1}).user == {"is_logged_in": False}
    assert access.logged(rules) == []  # nothing was shown, so nothing is written


def test_roles_are_not_taken_from_the_address_or_the_session(run: Run, rules: Path, opened: list[str]) -> None:
    app = run(rules=rules, user={"is_logged_in": False})
    for name in ("roles", "role", "user", "access:signed-in", "access:page"):
        app.query_params[name] = "chef"
        app.session_state[name] = "chef"
    app.session_state["is_logged_in"] = True
    app.run()
    assert "Se connecter" in words(app)
    assert opened == []


@pytest.mark.parametrize(("claim", "role"), [("chef", "command"), ("analyse", "analyst")])
def test_each_role_has_its_pages(claim: str, role: str, run: Run, rules: Path) -> None:
    app = run(rules=rules, user=access.user("ana", claim))
    assert HEADINGS["command"] in words(app)
    reads = Reader("ana", role, "command")
    known = {page["url_pathname"]: page["script_path"] for page in app._registered_pages.values()}  # noqa: SLF001
    assert {"", "carte", "tendances", "analyste"} <= known.keys()
    assert all(reads.sees(Path(script).stem) for script in known.values() if script)  # of all others no script is run
    assert bool(known["analyste"]) == (role == "analyst")
    if role == "analyst":
        assert HEADINGS["analyst"] in words(app.switch_page("views/analyst.py").run())
    else:
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            app.switch_page("views/analyst.py")


def test_the_log_has_one_line_a_session_and_a_visit(run: Run, rules: Path) -> None:
    app = run("trends", rules=rules, user=access.user("ana", "analyse"))
    app.run()
    app.switch_page("views/analyst.py").run()
    app.multiselect(key="table").set_value(["blocks"]).run()
    app.switch_page("views/trends.py").run()
    app.button(key="sign-out").click().run()
    assert access.logged(rules) == [
        ("ana", "sign-in", ""),
        ("ana", "view", "command"),
        ("ana", "view", "trends"),
        ("ana", "view", "analyst"),
        ("ana", "view", "trends"),
        ("ana", "sign-out", ""),
    ]
    assert "ana" not in words(app).split()


def test_nothing_is_shown_that_cannot_be_written_down(run: Run, rules: Path, opened: list[str]) -> None:
    rules.with_name("access.jsonl").mkdir()
    app = run(rules=rules, user=access.user("ana", "chef"))
    assert not app.exception
    assert "Le journal des accès ne peut pas être écrit" in words(app)
    assert opened == []
    assert str(rules.parent) not in words(app)


def test_a_log_that_fails_later_ends_the_visit(run: Run, rules: Path) -> None:
    app = run(rules=rules, user=access.user("ana", "chef"))
    rules.with_name("access.jsonl").unlink()
    rules.with_name("access.jsonl").mkdir()
    app.run()
    assert HEADINGS["command"] in words(app)  # the visit that goes on is written down already
    app.switch_page("views/trends.py").run()
    assert "Le journal des accès ne peut pas être écrit" in words(app)
    assert HEADINGS["trends"] not in words(app)


def test_a_wrong_file_of_rules_is_told_and_lets_nobody_in(run: Run, rules: Path, opened: list[str]) -> None:
    rules.write_text(rules.read_text(encoding="utf-8").replace("[log]", "[lock]"), encoding="utf-8")
    app = run(rules=rules, user=access.user("ana", "chef"))
    assert "access.toml: lock: no such key" in words(app)
    assert opened == []


def test_who_reads_without_sign_in_is_told_so(run: Run) -> None:
    assert "Ouvert sur cette machine seulement, sans connexion" in words(run())


def test_without_sign_in_an_open_address_is_refused(
    run: Run, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = st.get_option

    def listening(name: str) -> object:
        return "0.0.0.0" if name == "server.address" else ask(name)  # noqa: S104 - that it is refused is the point

    monkeypatch.setattr("dashboard.access.reader.streamlit_config.get_option", listening)
    app = run()
    assert not app.exception
    assert "Pas de connexion, pas de service au dehors" in words(app)
    assert opened == []


@pytest.mark.parametrize("flag", [False, None, "true", 1])
def test_real_reports_are_shown_to_nobody_without_sign_in(flag: object, run: Run, world: World, tmp_path: Path) -> None:
    folder = tmp_path / "real"
    releases.write(folder, world.release.manifest | {"synthetic": flag}, world.release.facts)
    app = run(release=folder)
    assert not app.exception
    assert "Des signalements réels, et personne ne se connecte" in words(app)
    assert not app.dataframe
    assert [component.key for component in app.get("bidi_component")] == ["document"]  # and no map


@pytest.fixture
def limited(county: County, tmp_path: Path) -> Path:
    return access.write(tmp_path, command=county.command, prevention=county.prevention, zones=True)


def shown(app: AppTest) -> str:
    tables = [table.value.to_csv() for table in app.dataframe]
    maps = [element.proto.json for element in app.get("bidi_component")]
    charts = [json.dumps(str(element.proto)) for element in app.get("arrow_vega_lite_chart")]
    options = [str(box.options) for box in (*app.multiselect, *app.selectbox)]
    return "\n".join([words(app), *tables, *maps, *charts, *options])


def test_an_officer_of_one_zone_reads_of_that_zone_alone(run: Run, county: County, limited: Path) -> None:
    officer = access.user("zoe", "prevention", zones=["ouest"])
    app = run("trends", territory=county.file, rules=limited, user=officer)
    assert not app.exception
    assert HEADINGS["trends"] in words(app)
    assert f"Vos pages ne parlent que de : {NAMES['west']}." in words(app)
    assert NAMES["west"] in shown(app)
    others = [NAMES["east"], *COMMUNES["east"], "Comté", *county.cells("east")]
    assert [name for name in others if name in shown(app).replace("Franche-Comté", "")] == []
    everywhere = access.user("zed", "prevention", zones=["tout"])
    app = run("trends", territory=county.file, rules=limited, user=everywhere)
    assert NAMES["east"] in shown(app)
    assert "Comté" in shown(app)


def test_an_officer_without_a_zone_is_told_so(run: Run, county: County, limited: Path) -> None:
    app = run(territory=county.file, rules=limited, user=access.user("zoe", "prevention"))
    assert "Aucune zone ne vous est attribuée" in words(app)
    assert "Votre identifiant : zoe" in words(app)
