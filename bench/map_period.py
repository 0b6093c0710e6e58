"""How long a change of period takes in the map, and what it sends: 300 and 2,000 cells, headless Chromium.

Milliseconds from the click to the frame after the repaint, median of 17; bytes over the websocket during the change,
and once the hand has rested and Python has heard of it. The same with two maps side by side, for their difference, and
for each frame of the play through time (from the timer to the frame after the repaint).
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.made_up.browser import CHROMIUM_ARGS, ROOT, chromium, served

APP = ROOT / "tests" / "e2e" / "apps" / "square_map_app.py"
CHANGES = 17
SIZES = (300, 2_000)
ROOT_JS = (
    """[...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((r) => r?.querySelector(".square-map"))"""
)
# A message posted in the frame's callback arrives once that frame is painted.
TIMED_CLICK = (
    "() => new Promise((done) => { const root = "
    + ROOT_JS
    + """;
  const squares = () => new Map([...root.querySelectorAll(".surface path, .change path")].flatMap((path, i) =>
    (path.getAttribute("d") ?? "").split("Z").filter(Boolean).map(
      (square) => [`${i > 6} ${square}`, path.getAttribute("class")])));
  const before = squares();
  const button = root.querySelector(".steps button");
  const start = performance.now();
  button.click();
  const scripted = performance.now() - start;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const painted = performance.now() - start;
      const after = squares();
      const all = [...new Set([...before.keys(), ...after.keys()])];
      const changed = all.filter((square) => before.get(square) !== after.get(square)).length;
      done({ painted, scripted, changed, drawn: after.size });
    };
    channel.port2.postMessage(0);
  });
})"""
)
# Frames are changes of the title; each is timed from the timer's call to the frame after the repaint.
TIMED_PLAY = (
    "(wanted) => new Promise((done) => { const root = "
    + ROOT_JS
    + """;
  const frames = [];
  const own = window.setInterval;
  window.setInterval = (call, pause) => own(() => {
    const start = performance.now();
    call();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        frames.push(performance.now() - start);
        if (frames.length === wanted) { root.querySelector(".icon.play").click(); done(frames); }
      };
      channel.port2.postMessage(0);
    });
  }, Math.min(pause, 150));
  root.querySelector(".icon.play").click();
  window.setInterval = own;
})"""
)
MODES = {"alone": None, "sides": "Comparer", "difference": "\u00c9cart"}


def measure(page: Page, address: str) -> dict[str, dict[str, Any]]:
    """Measure each mode: changes by hand, and the play."""
    traffic: list[tuple[str, int]] = []
    page.on("websocket", lambda socket: _listen(socket, traffic))
    page.goto(address)
    page.get_by_role("button", name="Mois", exact=True).click()
    page.wait_for_timeout(2_000)
    first_load = _bytes(traffic)
    found = {}
    for mode, button in MODES.items():
        if button:
            page.get_by_role("button", name=button, exact=True).click()
        page.get_by_role("slider").press("End")
        page.wait_for_timeout(1_500)
        found[mode] = measure_changes(page, traffic) | {"frame_ms": measure_play(page)}
    found["alone"]["bytes_first_load"] = first_load
    return found


def measure_changes(page: Page, traffic: list[tuple[str, int]]) -> dict[str, Any]:
    """Change the period 17 times in the page and tell medians."""
    results, during, after, sent = [], [], [], []
    for _ in range(CHANGES):
        traffic.clear()
        results.append(page.evaluate(TIMED_CLICK))
        during.append(_bytes(traffic))
        page.wait_for_timeout(900)
        after.append(_bytes(traffic))
        sent.append(_bytes(traffic, "framesent"))
    return {
        "painted_ms": round(statistics.median(r["painted"] for r in results), 1),
        "scripted_ms": round(statistics.median(r["scripted"] for r in results), 1),
        "cells_drawn": int(statistics.median(r["drawn"] for r in results)),
        "cells_changed": int(statistics.median(r["changed"] for r in results)),
        "bytes_during": int(statistics.median(during)),
        "bytes_once_heard": int(statistics.median(after)),
        "of_which_told": int(statistics.median(sent)),
    }


def measure_play(page: Page) -> float:
    """Play some frames and tell their median."""
    frames: list[float] = page.evaluate(TIMED_PLAY, CHANGES - 1)
    return round(statistics.median(frames), 1)


def _bytes(traffic: list[tuple[str, int]], event: str = "frame") -> int:
    return sum(size for name, size in traffic if name.startswith(event))


def _listen(socket: Any, traffic: list[tuple[str, int]]) -> None:  # noqa: ANN401  (Playwright exports no name for it)
    for event in ("framesent", "framereceived"):
        socket.on(event, lambda payload, name=event: traffic.append((name, len(payload))))


def main() -> None:
    """Measure all sizes; ``--json`` for machines."""
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        for cells in SIZES:
            with served(Path(APP), VIGIE_MAP_CELLS=str(cells), VIGIE_MAP_ALL="1", VIGIE_MAP_COMPARED="1") as address:
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                found[cells] = measure(page, address)
                page.close()
        browser.close()
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for cells, modes in found.items():
        for mode, figures in modes.items():
            told = ", ".join(f"{name} {value}" for name, value in figures.items())
            print(f"{cells:>5} cells, {mode}: {told}")


if __name__ == "__main__":
    main()
