"""Sign-in with a real OpenID Connect server and a real Chromium: who comes in, what they are sent, what is logged."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import Browser, Locator, Page, Route, WebSocket, expect

from tests.made_up import access, counties
from tests.made_up.browser import DASHBOARD, free_port, running, served
from tests.made_up.counties import COMMUNES, NAMES, County
from tests.made_up.wire import laid_open

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

WAIT_MS = 90_000
SECRET = "only-for-the-tests-0123456789abcdef"  # noqa: S105
COOKIE = "_streamlit_user"
PEOPLE: dict[str, dict[str, Any]] = {
    "chief": {"roles": ["chef"], "name": "Camille"},
    "analyst": {"roles": ["analyse"]},
    "officer": {"roles": ["prevention"], "zones": ["ouest"]},
    "everywhere": {"roles": ["prevention"], "zones": ["tout"]},
    "nobody": {"roles": ["unheard"]},
}


@dataclass(frozen=True)
class Service:
    """The dashboard with sign-in, and the provider."""

    address: str
    provider: str
    rules: Path
    county: County

    def said_of(self, who: str) -> list[tuple[str, str]]:
        """What the log says of somebody."""
        return [(what, name) for logged, what, name in access.logged(self.rules) if logged == who]

    def cookie(self, secret: str = SECRET, **claims: Any) -> str:  # noqa: ANN401
        """Make a session as the server makes it, if the secret is the server's."""
        user = access.user("forged", "chef") | {"origin": self.address, "provider": "default"} | claims
        made: str = URLSafeTimedSerializer(secret, salt=COOKIE).dumps(json.dumps(user))
        return made


@pytest.fixture(scope="module")
def service(county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    rules = access.write(folder, command=county.command, prevention=county.prevention, zones=True)
    port, provider_port = free_port(), free_port()
    claims = [f"--user-claims={json.dumps({'sub': who} | said)}" for who, said in PEOPLE.items()]
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        'client_id = "vigie"\nclient_secret = "mock"\n'
        f'server_metadata_url = "http://127.0.0.1:{provider_port}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    with (
        running(["oidc_provider_mock", f"--port={provider_port}", *claims], provider_port) as provider,
        served(
            DASHBOARD,
            {"server.port": str(port), "secrets.files": str(secrets)},
            VIGIE_ACCESS=str(rules),
            VIGIE_TERRITORY=str(county.file),
        ) as address,
    ):
        yield Service(address, provider, rules, county)


@dataclass
class Visit:
    """A browser of its own, and all that its websocket brought it."""

    page: Page
    service: Service
    frames: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.route(_elsewhere, _abort)
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(laid_open(frame)))

    def sign_in(self, who: str) -> Page:
        """Go the whole way: the button, the provider's page, and back."""
        self.page.goto(self.service.address)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.get_by_role("button", name=who, exact=True).click()
        self.page.wait_for_url(f"{self.service.address}/**")
        return self.page

    def carry(self, cookie: str) -> Page:
        """Come with a session that was made elsewhere."""
        self.page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.service.address}])
        self.page.goto(self.service.address)
        return self.page

    def told(self) -> str:
        return "\n".join(self.frames)


def _elsewhere(address: str) -> bool:
    return urlparse(address).hostname not in {"127.0.0.1", None}


def _abort(route: Route) -> None:
    route.abort()  # the provider's page asks another machine for its looks


@pytest.fixture
def visit(browser: Browser, service: Service) -> Iterator[Callable[[], Visit]]:
    contexts = []

    def visits() -> Visit:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR", accept_downloads=True)
        contexts.append(context)
        return Visit(context.new_page(), service)

    yield visits
    for context in contexts:
        context.close()


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def whole(page: Page) -> None:
    expect(page.locator(".vigie-foot")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def test_the_right_role_comes_in_and_sees_its_pages(visit: Callable[[], Visit], service: Service) -> None:
    chief, analyst = visit(), visit()
    page = chief.sign_in("chief")
    expect(heading(page)).to_have_text("Où se concentrent les signalements")
    whole(page)
    expect(page.locator(".vigie-reader")).to_have_text("Camille (commandement)")
    expect(page.get_by_role("link", name="Tendances")).to_be_visible()
    expect(page.get_by_role("link", name="Analyste")).to_have_count(0)
    expect(page.locator(".square-map .surface path").first).to_be_attached()
    page.get_by_role("link", name="Tendances").click()
    expect(heading(page)).to_have_text("Mois après mois")
    page.get_by_role("link", name="Carte").click()
    expect(heading(page)).to_have_text("Où se concentrent les signalements")
    page = analyst.sign_in("analyst")
    page.get_by_role("link", name="Analyste").click()
    expect(heading(page)).to_have_text("Tous les faits publiés")
    whole(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert started.value.suggested_filename == "vigie-faits.csv"
    assert service.said_of("chief") == [
        ("sign-in", ""),
        ("view", "command"),
        ("view", "trends"),
        ("view", "command"),
    ]
    assert service.said_of("analyst") == [
        ("sign-in", ""),
        ("view", "command"),
        ("view", "analyst"),
        ("download", "vigie-faits.csv"),
    ]
    assert chief.problems == analyst.problems == []


def test_the_wrong_role_stays_out_and_can_leave(visit: Callable[[], Visit], service: Service) -> None:
    eve = visit()
    page = eve.sign_in("nobody")
    expect(heading(page)).to_have_text("Vous êtes connecté, mais sans rôle ici")
    expect(page.get_by_text("Votre identifiant : nobody")).to_be_visible()
    assert service.county.territory.name not in eve.told()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{service.provider}/**")
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies(service.address)}
    page.goto(service.address)
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    assert service.said_of("nobody") == [("refused", "")]


def test_only_a_session_that_the_server_made_counts(visit: Callable[[], Visit], service: Service) -> None:
    good = service.cookie()
    payload, rest = good.split(".", 1)
    attacks = {
        "missing": None,
        "forged": service.cookie("another-secret-0123456789abcdef01"),
        "tampered": f"{payload[:-2]}AA.{rest}",
        "unsigned": payload,
        "of another address": service.cookie(origin="http://127.0.0.1:1"),
        "over": service.cookie(exp=int(time.time()) - 1),
        "without an end": service.cookie(exp=None),
    }
    for name, cookie in attacks.items():
        attacker = visit()
        page = attacker.carry(cookie) if cookie else attacker.page
        if not cookie:
            page.goto(service.address)
        if name in {"over", "without an end"}:  # signed out on the spot, at the provider too
            page.wait_for_url(f"{service.provider}/**")
            page.goto(service.address)
        expect(page.get_by_role("button", name="Se connecter"), name).to_be_visible()
        assert service.county.territory.name not in attacker.told(), name
        assert not [line for line in attacker.told().splitlines() if "RES1000m" in line], name
    assert service.said_of("forged") == []
    # What all of them are changed from lets its bearer in: the server's own secret is what holds them off.
    owner = visit()
    expect(heading(owner.carry(good))).to_have_text("Où se concentrent les signalements")
    whole(owner.page)
    assert service.said_of("forged") == [("sign-in", ""), ("view", "command")]


def test_a_session_that_ends_ends_the_page_with_it(visit: Callable[[], Visit], service: Service) -> None:
    """A choice in the map runs a part of the page alone, past the door; it asks all the same."""
    seconds = 12
    late = visit()
    page = late.carry(service.cookie(sub="late", exp=int(time.time()) + seconds))
    whole(page)
    expect(page.locator(".square-map .surface path").first).to_be_attached()
    page.wait_for_timeout(seconds * 1000)
    page.locator(".square-map").get_by_role("button", name="Année", exact=True).click()
    page.wait_for_url(f"{service.provider}/**")
    assert service.said_of("late") == [("sign-in", ""), ("view", "command"), ("sign-out", "")]


def test_an_officer_of_one_zone_is_sent_nothing_of_another(visit: Callable[[], Visit], service: Service) -> None:
    officer, everywhere = visit(), visit()
    sent = {}
    for who, one in {"officer": officer, "everywhere": everywhere}.items():
        page = one.sign_in(who)
        whole(page)
        page.goto(f"{service.address}/prevention?tableaux=1")
        expect(heading(page)).to_contain_text("Prévenir")
        whole(page)
        page.goto(f"{service.address}/tendances?tableaux=1")
        expect(heading(page)).to_have_text("Mois après mois")
        whole(page)
        with page.expect_download() as started:
            page.get_by_role("button", name="Télécharger le tableau").first.click()
        saved = Path(started.value.path()).read_text(encoding="utf-8-sig")
        for address in ("carte", "analyste", "carte?zone=east"):
            page.goto(f"{service.address}/{address}")
            expect(heading(page)).to_have_text("Cette page est pour d’autres rôles")
            expect(page.get_by_role("dialog")).to_have_count(0)
        page.goto(f"{service.address}/tendances?zone=east")
        expect(heading(page)).to_have_text("Mois après mois")
        whole(page)
        sent[who] = f"{one.told()}\n{saved}\n{page.content()}"
    county = service.county
    others = [NAMES["east"], *COMMUNES["east"], county.territory.name, *county.cells("east")]
    others += sorted(set(county.release.facts["area"]) - set(counties.inside(county, "west")["area"]) - {"98"})
    assert NAMES["west"] in sent["officer"]
    assert [name for name in others if name in sent["officer"]] == []
    # The same search finds the other zone in what somebody without a limit is sent by the same page.
    assert {NAMES["east"], county.territory.name} <= {name for name in others if name in sent["everywhere"]}
    assert {what for what, _ in service.said_of("officer")} == {"sign-in", "view", "download", "refused"}
    assert {name for what, name in service.said_of("officer") if what == "view"} <= {"prevention", "trends"}
    assert {name for what, name in service.said_of("officer") if what == "refused"} == {"command", "analyst"}


def test_the_map_of_everybody_shows_that_the_search_finds_cells(visit: Callable[[], Visit], service: Service) -> None:
    """What is packed for the map is laid open too: else nothing found would mean nothing looked at."""
    chief = visit()
    whole(chief.carry(service.cookie(sub="searched")))
    told = chief.told()
    for zone in NAMES:
        assert all(cell in told for cell in service.county.cells(zone))
        assert all(name in told for name in COMMUNES[zone])


def test_what_nobody_needs_is_closed_and_the_policy_stands(visit: Callable[[], Visit], service: Service) -> None:
    page = visit().page
    for path in ("_stcore/metrics", "_stcore/agent/openapi.json", "_stcore/upload_file/a/b"):
        assert page.request.get(f"{service.address}/{path}").status == 404
    answer = page.request.get(service.address)
    assert "script-src 'self' 'sha256-" in answer.headers["content-security-policy"]
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
