"""The French texts of maps and charts that leave Vigie as files, and how they write numbers and months.

Whoever draws in another language passes a dictionary with the same keys.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final, SupportsFloat

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

FRENCH: Final[dict[str, str]] = {
    "lang": "fr",
    "title": "Signalements distincts, {territory}",
    "overline_surface": "Signalements distincts, estimation",
    "overline_blocks": "Signalements distincts, faits publiés",
    "no_month": "Aucun mois clos",
    "imprint": "Publication {vintage}, arrêtée à {through}. Diffusion : {audience}.",
    "imprint_empty": "Aucune publication. Diffusion : {audience}.",
    "audience_command": "commandement",
    "audience_prevention": "prévention",
    "audience_public": "public",
    "synthetic_title": "données synthétiques",
    "synthetic": "Données synthétiques : aucun signalement réel.",
    "view_surface": "Estimation",
    "view_blocks": "Faits publiés",
    "views": "Ce que montre la carte",
    "legend": "Légende",
    "legend_unit": "signalements distincts par km² et par an",
    "legend_estimated": "Estimé à partir de tous les faits publiés",
    "legend_published": "Publié, carreau fin : un nombre exact",
    "legend_coarse": "Publié, carreau large : un nombre exact pour tout le carreau hachuré",
    "legend_nothing_surface": "Rien ne peut être dit : moins de {k}, peut-être aucun",
    "legend_nothing_blocks": "Rien ne peut être dit : aucun, ou encore en attente",
    "legend_outside": "Hors du territoire",
    "caution": "Un signalement n’est pas une infraction, et peu de signalements ne font pas un quartier calme.",
    "square": "Carreau de {size} km",
    "residents": "{residents} habitants",
    "estimate": "signalements estimés",
    "interval": "Entre {low} et {high}",
    "fewer": "Moins de {k}, peut-être aucun",
    "measured": "Part mesurée : {share} %",
    "published": "signalements distincts",
    "partial": "Ne parle que d’une partie de ce carreau et de cette période : le reste est dans d’autres faits.",
    "and_more": "et {count} autres faits sur ce carreau",
    "density": "Soit {density} par km² et par an",
    "nothing_surface": "Rien ne peut être dit ici : moins de {k}, peut-être aucun",
    "nothing_blocks": "Rien ne peut être dit ici : aucun signalement, ou des signalements encore en attente",
    "whole": "Tout le territoire",
    "zoom_in": "Agrandir",
    "zoom_out": "Réduire",
    "month": "mois",
    "n": "signalements distincts",
    "bounds": "intervalle",
    "state": "état",
    "between": "de {low} à {high}",
    "at_most": "{high} au plus",
    "unbounded": "rien ne le borne",
    "month_published": "Publié, avec son intervalle à 95 %",
    "month_not_said": "Non dit : moins de {k}, ou retenu",
    "month_unbounded": "Non dit, et rien ne le borne",
    "month_in_sum": "Dit avec d’autres mois : leur moyenne",
    "sum": "total publié",
    "sum_of": "{n} sur {months} mois",
    "series_axis": "Signalements distincts par mois",
    "series_description": (
        "Série mensuelle des signalements distincts, {area}, de {first} à {last} : {published} mois publiés, "
        "{unsaid} mois non dits (moins de {k}, ou retenus). {range}"
    ),
    "series_range": "Les mois publiés vont de {least} à {greatest}.",
}
"""Default texts; ``{name}`` stands for a value."""

THIN: Final = "\u202f"
NUMBER_LOCALE: Final[dict[str, Any]] = {
    "decimal": ",",
    "thousands": THIN,
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": f"{THIN}%",
}
TIME_LOCALE: Final[dict[str, Any]] = {
    "dateTime": "%A %e %B %Y à %X",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    "months": list(MONTHS),
    "shortMonths": [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
}  # fmt: skip
"""How Vega writes numbers and dates: ``chart.configure(locale=...)``."""


def number(value: SupportsFloat, digits: int = 0) -> str:
    """Write a number in French: ``12 345`` or ``0,4``."""
    return f"{float(value):,.{digits}f}".replace(",", THIN).replace(".", ",")


def short(value: float) -> str:
    """Write a number with three significant digits at most, without idle zeros."""
    return f"{value:.3g}".replace(".", ",") if abs(value) < 1000 else number(value)  # noqa: PLR2004 - three digits


def month(period: pd.Period) -> str:
    """Name a month: ``octobre 2025``."""
    return f"{MONTHS[period.month - 1]} {period.year}"


def span(first: pd.Period, last: pd.Period) -> str:
    """Name a run of months: a month, a year, or from one month to another."""
    if first == last:
        return month(first)
    if first.year == last.year and (first.month, last.month) == (1, 12):
        return f"année {first.year}"
    start = MONTHS[first.month - 1] if first.year == last.year else month(first)
    return f"{start} – {month(last)}"


def fill(texts: Mapping[str, str], key: str, **values: object) -> str:
    """Give a text with its values, safe to put into HTML."""
    return escape(texts[key].format(**values))
