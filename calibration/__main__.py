"""Write the calibration report into docs/: each family's page, its charts, and the figures of all.

    python -m calibration [--draws 1000] [family ...]

Needs ../shared (the recipe of the draws and the census) for the surface, concentration and hotspots.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from calibration.section import Section

FAMILIES: Final = {
    "trends": 500,
    "alerts": 500,
    "forecasts": 500,
    "campaigns": 1000,
    "concentration": 1000,
    "hotspots": 1000,
    "surface": 500,
}
"""Families of methods, and how many draws each is measured on."""
DOCS: Final = Path(__file__).resolve().parent.parent / "docs" / "calibration"
FIGURES: Final = "figures.json"
HEADER: Final = "<!-- Written by `make calibrate` ({draws} draws). Do not edit by hand. -->\n\n"


def main() -> None:
    """Measure the families that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="*", choices=[*FAMILIES, []], help="all, if none is named")
    parser.add_argument("--draws", type=int, help="instead of each family's own number")
    asked = parser.parse_args()
    DOCS.mkdir(parents=True, exist_ok=True)
    for family in asked.families or FAMILIES:
        draws = asked.draws or FAMILIES[family]
        began = time.monotonic()
        section: Section = importlib.import_module(f"calibration.{family}").measure(draws)
        write(family, section, draws)
        print(f"{family}: {draws} draws in {time.monotonic() - began:.0f} s, docs/calibration/{family}.md", flush=True)


def write(family: str, section: Section, draws: int) -> None:
    """Write one family's page and charts, and put its figures among those of the others."""
    pictures = []
    for name, chart in section.charts.items():
        file = name.replace("_", "-") + ".svg"
        chart.save(DOCS / file)
        pictures.append(f"\n![{section.title}]({file})\n")
    page = HEADER.format(draws=draws) + f"# {section.title}\n\n{section.text.strip()}\n" + "".join(pictures)
    (DOCS / f"{family}.md").write_text(page, encoding="utf-8")
    known = json.loads((DOCS / FIGURES).read_text(encoding="utf-8")) if (DOCS / FIGURES).exists() else {}
    known[family] = {"draws": draws} | {name: round(float(value), 4) for name, value in section.figures.items()}
    ordered = {name: known[name] for name in sorted(known)}
    (DOCS / FIGURES).write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
