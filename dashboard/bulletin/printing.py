"""The bulletin as PDF/UA: set by typst from plain data, with the packages' own fonts, the same bytes each time."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import typst
import vl_convert

from analytics.plots.map_image import map_svg

if TYPE_CHECKING:
    from dashboard.bulletin.content import Bulletin

STANDARD: Final = "ua-1"
FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
LOCALES: Final[dict[str, Any]] = {"fr": "fr-FR", "en": "en-GB"}
PPI: Final = 110


def pdf(bulletin: Bulletin) -> bytes:
    """Make the PDF of a bulletin; a picture without a description would be an error."""
    made = typst.compile(template(), format="pdf", pdf_standards=STANDARD, **settings(bulletin))
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made


def pages(bulletin: Bulletin) -> list[bytes]:
    """Make a picture (PNG) of each page."""
    made = typst.compile(template(), format="png", ppi=PPI, **settings(bulletin))
    return [made] if isinstance(made, bytes) else list(made or [])


def chart_svg(spec: dict[str, Any], language: str) -> str:
    """Draw a chart as SVG, with numbers and dates as a language writes them."""
    vl_convert.register_font_directory(str(FONTS))
    locale = LOCALES[language]
    drawn: str = vl_convert.vegalite_to_svg(spec, format_locale=locale, time_format_locale=locale)
    return drawn


def settings(bulletin: Bulletin) -> dict[str, Any]:
    """Draw the pictures and say how the document is set."""
    drawn = bulletin.map
    said = bulletin.words | {
        "map": map_svg(drawn.release, drawn.territory, drawn.window, drawn.run, drawn.picture),
        "chart": chart_svg(bulletin.series, bulletin.words["lang"]) if bulletin.series else "",
    }
    return {
        "sys_inputs": {"bulletin": json.dumps(said, ensure_ascii=False)},
        "font_paths": [str(FONTS)],
        "ignore_system_fonts": True,
        "timestamp": int(bulletin.through.end_time.tz_localize("UTC").timestamp()),
    }


def template() -> bytes:
    """Return the document, which reads its words as JSON."""
    return (resources.files("dashboard.bulletin") / "bulletin.typ").read_bytes()
