"""How long the dashboard takes: a warm page to its painted map, a change that needs the server, thirty people at once.

Run by ``make bench``: on the sample, with Chromium and the server on the same machine; medians. ``--changes N`` sends N
changes to one session and says what the server's memory does (10,000 take some ten minutes).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from playwright.sync_api import Page, sync_playwright

from bench.visitor import Visitor
from scripts import demo
from tests.made_up.browser import CHROMIUM_ARGS, chromium, served

if TYPE_CHECKING:
    from collections.abc import Callable

LOADS, CHANGES, PEOPLE, CLICKS, HELD = 7, 15, 30, 4, 200
ZONES = ("zone=besancon", "zone=montbeliard")
LANGUAGES = ("lang=fr", "lang=en")
PAINTED = """
() => new Promise((done) => {
  const look = () => {
    const roots = [...document.querySelectorAll("*")].map((e) => e.shadowRoot);
    const root = roots.find((r) => r?.querySelector(".square-map"));
    if (root && [...root.querySelectorAll(".surface path")].some((path) => path.getAttribute("d"))) {
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
    } else requestAnimationFrame(look);
  };
  look();
})
"""


def painted(page: Page, address: str) -> float:
    """Milliseconds from the start of the navigation to the frame after the map was painted."""
    page.goto(address, wait_until="commit")
    return float(page.evaluate(PAINTED))


def clicked(page: Page, act: Callable[[], None], done: str) -> float:
    """Milliseconds from an act to the first frame in which a JavaScript condition holds."""
    page.evaluate(
        f"""() => {{ window.__done = new Promise((done) => {{
            const started = () => performance.now();
            let begun = null;
            document.addEventListener("click", () => {{ begun ??= started(); }}, {{ capture: true, once: true }});
            const look = () => {{
              if (begun !== null && ({done})) done(performance.now() - begun); else requestAnimationFrame(look);
            }};
            look();
        }}) }}"""
    )
    act()
    late = "new Promise((_, fail) => setTimeout(() => fail('nothing has changed'), 20000))"
    return float(page.evaluate(f"() => Promise.race([window.__done, {late}])"))


def loads(page: Page, address: str) -> list[float]:
    """Time warm loads of the first page."""
    painted(page, address)
    painted(page, address)
    return [painted(page, address) for _ in range(LOADS)]


def languages(page: Page, address: str) -> list[float]:
    """Time changes of language on a page, from the click to its heading in the other language."""
    page.goto(address)
    page.locator(".vigie-foot").wait_for()
    page.wait_for_timeout(1500)
    found = []
    for number in range(CHANGES):
        button = page.get_by_role("radio", name=("English", "Français")[number % 2])
        before = page.locator("h1").text_content()
        found.append(clicked(page, button.click, f'document.querySelector("h1")?.textContent !== {json.dumps(before)}'))
        page.wait_for_timeout(500)
    return found


def alone(address: str, page: str, queries: tuple[str, ...]) -> tuple[list[float], int]:
    """Milliseconds of runs of a page for one visitor, and bytes of the last."""
    with Visitor(address) as visitor:
        for query in queries:
            visitor.run(page, query)
        runs = [visitor.run(page, queries[i % len(queries)]) for i in range(CHANGES)]
    return [1000 * seconds for seconds, _ in runs], runs[-1][1]


def together(address: str, page: str, queries: tuple[str, ...]) -> list[float]:
    """Milliseconds of the runs of thirty people who click at the same moment, several times."""
    people = [Visitor(address) for _ in range(PEOPLE)]
    try:
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(lambda visitor: visitor.run(page, queries[0]), people))
            times: list[float] = []
            for click in range(1, CLICKS + 1):
                query = queries[click % len(queries)]
                times += [1000 * s for s, _ in pool.map(lambda visitor, query=query: visitor.run(page, query), people)]
                time.sleep(1)
    finally:
        for visitor in people:
            visitor.socket.close()
    return times


def memory(address: str) -> float:
    """Resident memory of the server, MB."""
    port = int(address.rsplit(":", 1)[1])
    server = next(
        process
        for process in psutil.process_iter(["cmdline"])
        if f"--server.port={port}" in (process.info["cmdline"] or [])
    )
    return float(server.memory_info().rss) / 2**20


def sessions(address: str) -> float:
    """Megabytes that a session takes that has looked at three pages: of two hundred, after sixty have come and gone."""
    held: list[Visitor] = []
    for number in (2 * PEOPLE, HELD):
        for visitor in held:
            visitor.socket.close()
        time.sleep(5)
        before, held = memory(address), [Visitor(address) for _ in range(number)]
        for visitor in held:
            for page in ("", "prevention", "tendances"):
                visitor.run(page)
    grown = memory(address) - before
    for visitor in held:
        visitor.socket.close()
    return grown / HELD


def many(address: str, changes: int) -> list[tuple[int, float]]:
    """Memory of the server after so many changes of one session."""
    found = []
    with Visitor(address) as visitor:
        visitor.run("tendances")
        for number in range(changes):
            if number % max(changes // 10, 1) == 0:
                found.append((number, memory(address)))
            visitor.run("tendances", LANGUAGES[number % 2])
        found.append((changes, memory(address)))
    return found


def told(name: str, times: list[float], **more: Any) -> None:  # noqa: ANN401 - figures of any kind
    """Print a median, a 95th percentile and what else there is."""
    share = statistics.quantiles(times, n=20)[-1]
    rest = "".join(f", {key} {value}" for key, value in more.items())
    print(f"{name}: median {statistics.median(times):.0f} ms, 95 % under {share:.0f} ms{rest}", flush=True)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=0, help="send so many changes and say what memory does")
    parser.add_argument("--release", type=Path, default=demo.RELEASE, help="another release than the sample's")
    asked = parser.parse_args()
    if asked.release == demo.RELEASE:
        demo.build()
    settled = {"VIGIE_RELEASE": str(asked.release), "VIGIE_TERRITORY": str(demo.ROOT / demo.TERRITORY)}
    with served(**settled) as address:
        with Visitor(address) as first:
            for page in ("", "prevention", "tendances", "analyste", "methode"):
                print(f"first run of /{page}: {first.run(page)[0]:.2f} s", flush=True)
        if asked.changes:
            for number, size in many(address, asked.changes):
                print(f"after {number} changes: {size:.0f} MB", flush=True)
            return
        for page, queries in (("", LANGUAGES), ("prevention", ZONES), ("tendances", LANGUAGES), ("methode", LANGUAGES)):
            times, size = alone(address, page, queries)
            told(f"a run of /{page} ({queries[0].split('=')[0]} changes)", times, kB=round(size / 1000))
        for page, queries in (("", LANGUAGES), ("prevention", ZONES), ("tendances", LANGUAGES)):
            told(f"{PEOPLE} people at once on /{page}", together(address, page, queries))
        print(f"memory: {memory(address):.0f} MB, a session {sessions(address):.2f} MB", flush=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
            screen = browser.new_page(viewport={"width": 1280, "height": 800}, locale="fr-FR")
            told("a warm page to its painted map", loads(screen, address))
            for path in ("", "methode", "tendances"):
                told(f"language on /{path}, click to heading", languages(screen, f"{address}/{path}"))
            browser.close()


if __name__ == "__main__":
    main()
