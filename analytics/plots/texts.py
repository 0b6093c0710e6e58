"""The texts of maps and charts that leave Vigie as files, in French and in English, and how numbers and months look.

French is what is drawn unless a caller passes ``texts_in("en")``, or a dictionary of its own with the same keys, whose
``lang`` names one of the two ways of writing numbers.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final, SupportsFloat

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

FRENCH: Final[dict[str, str]] = {
    "lang": "fr",
    "title": "Signalements distincts, {territory}",
    "overline_surface": "Signalements distincts, estimation",
    "overline_blocks": "Signalements distincts, faits publiés",
    "no_month": "Aucun mois clos",
    "imprint": "Publication {vintage}, arrêtée à fin {through}. Diffusion : {audience}.",
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
    "legend_nothing_surface": "Rien ne peut être dit : aucun signalement, ou des signalements en attente",
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
    "nothing_surface": "Rien ne peut être dit ici : aucun signalement, ou des signalements en attente",
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
    "year": "année {year}",
    "series_axis": "Signalements distincts par mois",
    "series_description": (
        "Série mensuelle des signalements distincts, {area}, {first} à {last} : {published} mois publiés, "
        "{unsaid} mois non dits (moins de {k}, ou retenus). {range}"
    ),
    "series_range": "Les mois publiés vont de {least} à {greatest}.",
}
"""Default texts; ``{name}`` stands for a value."""

ENGLISH: Final[dict[str, str]] = {
    "lang": "en",
    "title": "Distinct reports, {territory}",
    "overline_surface": "Distinct reports, estimate",
    "overline_blocks": "Distinct reports, published facts",
    "no_month": "No closed month",
    "imprint": "Release {vintage}, closed at the end of {through}. Audience: {audience}.",
    "imprint_empty": "Nothing released. Audience: {audience}.",
    "audience_command": "command",
    "audience_prevention": "prevention",
    "audience_public": "public",
    "synthetic_title": "synthetic data",
    "synthetic": "Synthetic data: no real report.",
    "view_surface": "Estimate",
    "view_blocks": "Published facts",
    "views": "What the map shows",
    "legend": "Legend",
    "legend_unit": "distinct reports per km² per year",
    "legend_estimated": "Estimated from all published facts",
    "legend_published": "Published, small square: an exact number",
    "legend_coarse": "Published, wide square: an exact number for the whole hatched square",
    "legend_nothing_surface": "Nothing can be said: no report, or reports still waiting",
    "legend_nothing_blocks": "Nothing can be said: none, or still waiting",
    "legend_outside": "Outside the territory",
    "caution": "A report is not an offence, and few reports do not make a quiet neighbourhood.",
    "square": "{size} km square",
    "residents": "{residents} residents",
    "estimate": "estimated reports",
    "interval": "Between {low} and {high}",
    "fewer": "Fewer than {k}, perhaps none",
    "measured": "Measured share: {share}%",
    "published": "distinct reports",
    "partial": "Speaks only of a part of this square and period: the rest is in other facts.",
    "and_more": "and {count} other facts about this square",
    "density": "That is {density} per km² per year",
    "nothing_surface": "Nothing can be said here: no report, or reports still waiting",
    "nothing_blocks": "Nothing can be said here: no report, or reports that still wait",
    "whole": "The whole territory",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "month": "month",
    "n": "distinct reports",
    "bounds": "interval",
    "state": "state",
    "between": "{low} to {high}",
    "at_most": "{high} at most",
    "unbounded": "nothing bounds it",
    "month_published": "Published, with its 95% interval",
    "month_not_said": "Not said: fewer than {k}, or held back",
    "month_unbounded": "Not said, and nothing bounds it",
    "month_in_sum": "Told together with other months: their mean",
    "sum": "published total",
    "sum_of": "{n} over {months} months",
    "year": "year {year}",
    "series_axis": "Distinct reports a month",
    "series_description": (
        "Monthly series of distinct reports, {area}, from {first} to {last}: {published} months published, "
        "{unsaid} months not said (fewer than {k}, or held back). {range}"
    ),
    "series_range": "The published months go from {least} to {greatest}.",
}

THIN: Final = "\u202f"
_FRENCH_MONTHS: Final = [
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
]  # fmt: skip
_ENGLISH_MONTHS: Final = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_ENGLISH_DAYS: Final = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

NUMBER_LOCALES: Final[dict[str, dict[str, Any]]] = {
    "fr": {
        "decimal": ",",
        "thousands": THIN,
        "grouping": [3],
        "currency": ["", "\u00a0€"],
        "percent": f"{THIN}%",
    },
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""], "percent": "%"},
}
TIME_LOCALES: Final[dict[str, dict[str, Any]]] = {
    "fr": {
        "dateTime": "%A %e %B %Y à %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
        "months": _FRENCH_MONTHS,
        "shortMonths": [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
        ],
    },
    "en": {
        "dateTime": "%A %e %B %Y, %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": _ENGLISH_DAYS,
        "shortDays": [day[:3] for day in _ENGLISH_DAYS],
        "months": _ENGLISH_MONTHS,
        "shortMonths": [month[:3] for month in _ENGLISH_MONTHS],
    },
}  # fmt: skip


def texts_in(language: str) -> dict[str, str]:
    """Return the texts in a language, ``fr`` or ``en``.

    Raises
    ------
    KeyError
        If there are none in it.
    """
    return {"fr": FRENCH, "en": ENGLISH}[language]


def vega_locale(texts: Mapping[str, str] = FRENCH) -> dict[str, Any]:
    """Say how Vega writes numbers and dates: ``chart.configure(locale=...)``."""
    return {"number": NUMBER_LOCALES[texts["lang"]], "time": TIME_LOCALES[texts["lang"]]}


def number(value: SupportsFloat, digits: int = 0, texts: Mapping[str, str] = FRENCH) -> str:
    """Write a number in the language of the texts: ``12 345`` and ``0,4``, or ``12,345`` and ``0.4``."""
    return _signs(f"{float(value):,.{digits}f}", texts)


def short(value: float, texts: Mapping[str, str] = FRENCH) -> str:
    """Write a number with three significant digits at most, without idle zeros."""
    return _signs(f"{value:.3g}", texts) if abs(value) < 1000 else number(value, texts=texts)  # noqa: PLR2004


def month(period: pd.Period, texts: Mapping[str, str] = FRENCH) -> str:
    """Name a month: ``octobre 2025``, ``October 2025``."""
    return f"{_month_name(period.month, texts)} {period.year}"


def span(first: pd.Period, last: pd.Period, texts: Mapping[str, str] = FRENCH) -> str:
    """Name a run of months: a month, a year, or from one month to another."""
    if first == last:
        return month(first, texts)
    if first.year == last.year and (first.month, last.month) == (1, 12):
        return texts["year"].format(year=first.year)
    start = _month_name(first.month, texts) if first.year == last.year else month(first, texts)
    return f"{start} – {month(last, texts)}"


def fill(texts: Mapping[str, str], key: str, **values: object) -> str:
    """Give a text with its values, safe to put into HTML."""
    return escape(texts[key].format(**values))


def _month_name(number_of_month: int, texts: Mapping[str, str]) -> str:
    return str(TIME_LOCALES[texts["lang"]]["months"][number_of_month - 1])


def _signs(written: str, texts: Mapping[str, str]) -> str:
    """Put a language's signs in the place of Python's comma and point."""
    signs = NUMBER_LOCALES[texts["lang"]]
    return written.translate(str.maketrans({",": signs["thousands"], ".": signs["decimal"]}))
