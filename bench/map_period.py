"""How long a change of period takes in the map, and what it sends: 300 and 2,000 cells, headless Chromium.

Milliseconds from the click to the frame after the repaint, median of 17; bytes over the websocket during the change,
and once the hand has rested and Python has heard of it.
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
# A message posted in the frame's callback arrives once that frame is painted.
TIMED_CLICK = """
() => new Promise((done) => {
  const roots = [...document.querySelectorAll("*")].map((e) => e.shadowRoot);
  const root = roots.find((r) => r?.querySelector(".square-map"));
  const squares = () => new Map([...root.querySelectorAll(".surface path")].flatMap((path) =>
    (path.getAttribute("d") ?? "").split("Z").filter(Boolean).map((square) => [square, path.getAttribute("class")])));
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
})
"""


def measure(page: Page, address: str) -> dict[str, Any]:
    """Change the period 17 times in the page and tell medians."""
    traffic: list[int] = []
    page.on("websocket", lambda socket: _listen(socket, traffic))
    page.goto(address)
    page.get_by_role("button", name="Mois", exact=True).click()
    page.wait_for_timeout(2_000)
    first_load = sum(traffic)
    results, during, after = [], [], []
    for _ in range(CHANGES):
        traffic.clear()
        results.append(page.evaluate(TIMED_CLICK))
        during.append(sum(traffic))
        page.wait_for_timeout(900)
        after.append(sum(traffic))
    return {
        "painted_ms": round(statistics.median(r["painted"] for r in results), 1),
        "scripted_ms": round(statistics.median(r["scripted"] for r in results), 1),
        "cells_drawn": int(statistics.median(r["drawn"] for r in results)),
        "cells_changed": int(statistics.median(r["changed"] for r in results)),
        "bytes_during": int(statistics.median(during)),
        "bytes_once_heard": int(statistics.median(after)),
        "bytes_first_load": first_load,
    }


def _listen(socket: Any, traffic: list[int]) -> None:  # noqa: ANN401  (Playwright exports no name for it)
    for event in ("framesent", "framereceived"):
        socket.on(event, lambda payload: traffic.append(len(payload)))


def main() -> None:
    """Measure all sizes; ``--json`` for machines."""
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        for cells in SIZES:
            with served(Path(APP), VIGIE_MAP_CELLS=str(cells), VIGIE_MAP_ALL="1") as address:
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                found[cells] = measure(page, address)
                page.close()
        browser.close()
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for cells, figures in found.items():
        print(f"{cells:>5} cells: " + ", ".join(f"{name} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
