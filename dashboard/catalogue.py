"""What the interface says, by key, in the reader's language; numbers, months and periods as that language writes them.

A language is a folder, ``locale/<language>/``, with one file a page: the keys are the msgids, and Babel reads the files
at start, so that nothing has to be compiled.
"""

from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages import pofile
from babel.messages.catalog import Catalog

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("fr", "en")
TERRITORIES = {"fr": "fr_FR", "en": "en_GB"}
DEFAULT = LANGUAGES[0]
PARAMETER = "lang"  # of the address, and of the session
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One language.

    Attributes
    ----------
    locale
        Babel's locale: how numbers and months are written.
    messages
        Key -> text; a text that depends on a number has one form each, in gettext's order.
    """

    locale: Locale
    messages: Catalog

    def text(self, key: str, **values: Any) -> str:  # noqa: ANN401 - whatever a text can hold
        """Return the text of a key, with its ``{name}`` filled in.

        Raises
        ------
        KeyError
            If the catalogue has no such text.
        """
        return self._forms(key)[0].format(**values)

    def counted(self, key: str, number: int, **values: Any) -> str:  # noqa: ANN401
        """Return the form of a text that a number asks for; ``{number}`` is that number."""
        form = self._forms(key)[c2py(self.messages.plural_expr)(number)]
        return form.format(number=self.whole(number), **values)

    def under(self, prefix: str) -> dict[str, str]:
        """Return all texts whose key begins with a prefix, without it, as they stand."""
        start = f"{prefix}."
        return {str(m.id)[len(start) :]: str(m.string) for m in self.messages if str(m.id).startswith(start)}

    def __contains__(self, key: str) -> bool:
        """Tell whether there is a text of that key."""
        return self.messages.get(key) is not None

    def _forms(self, key: str) -> tuple[str, ...]:
        message = self.messages.get(key)
        if message is None or not message.string:
            raise KeyError(f"The catalogue of {self.locale} has no text for {key!r}.")
        return (message.string,) if isinstance(message.string, str) else tuple(message.string)

    # ------------------------------------------------------------------------------------------------ numbers, times
    def whole(self, number: float) -> str:
        """Write a whole number."""
        return numbers.format_decimal(round(number), locale=self.locale)

    def decimal(self, number: float, digits: int = 1) -> str:
        """Write a number with so many decimals."""
        return numbers.format_decimal(number, format=f"#,##0.{'0' * digits}", locale=self.locale)

    def kilometres(self, metres: float) -> str:
        """Write a length in kilometres, with decimals only if it has some."""
        return numbers.format_decimal(metres / 1000, format="#,##0.###", locale=self.locale)

    def listed(self, items: list[str]) -> str:
        """Join items as a sentence does."""
        return format_list(items, locale=self.locale)

    def percent(self, share: float) -> str:
        """Write a share (0 to 1) as a whole percentage, never 0 or 100 unless it is."""
        points = round(100 * share)
        if points in (0, 100) and share not in (0, 1):
            points = min(max(points, 1), 99)
        return numbers.format_percent(points / 100, locale=self.locale)

    def month(self, month: pd.Period) -> str:
        """Write a month with its year."""
        return dates.format_date(month.start_time, self.text("period.month_pattern"), locale=self.locale)

    def month_name(self, number: int) -> str:
        """Write the name of a month (1 to 12)."""
        return str(dates.get_month_names("wide", "stand-alone", self.locale)[number])

    def period(self, level: str, first: pd.Period, last: pd.Period) -> str:
        """Name a run of months: a whole month, quarter or year by its name, another by its first and last month.

        Parameters
        ----------
        level
            ``month``, ``quarter``, ``year``, or anything else for a run without a name of its own.
        first, last
            Its months, both included.
        """
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        if months == 1:
            return self.month(first)
        if MONTHS_OF.get(level) == months:
            return self.text(f"period.{level}", year=first.year, quarter=self._ordinal(first.quarter))
        if first.year == last.year:
            names = (self.month_name(first.month), self.month_name(last.month))
            return self.text("period.same_year", first=names[0], last=names[1], year=last.year)
        return self.text("period.run", first=self.month(first), last=self.month(last))

    def _ordinal(self, number: int) -> str:
        return self.text("period.first" if number == 1 else "period.nth", number=number)


@cache
def catalogue(language: str = DEFAULT) -> Catalogue:
    """Read a language's files, once.

    Raises
    ------
    ValueError
        If there is no such language, or two of its files have the same key.
    """
    parts = sorted((LOCALE / language).glob("*.po"))
    if not parts:
        raise ValueError(f"There is no language {language!r}; known are {', '.join(LANGUAGES)}.")
    whole = Catalog(locale=language)
    for part in parts:
        with part.open("rb") as stream:
            for message in pofile.read_po(stream, locale=language):
                if message.id and message.id in whole:
                    raise ValueError(f"{part.name} has the text {message.id!r} a second time.")
                if message.id:
                    whole[message.id] = message
    return Catalogue(Locale.parse(TERRITORIES[language]), whole)


def language() -> str:
    """Tell the reader's language: as chosen in this session, as the address says, as the browser prefers, or French."""
    chosen = st.session_state.get(PARAMETER)  # nearly always there, and asked for with every text
    if chosen in LANGUAGES:
        return str(chosen)
    asked = (st.query_params.get(PARAMETER), (st.context.locale or "")[:2])
    return next((str(name) for name in asked if name in LANGUAGES), DEFAULT)


def text(key: str, **values: Any) -> str:  # noqa: ANN401
    """Return a text in the reader's language."""
    return catalogue(language()).text(key, **values)


def spoken() -> Catalogue:
    """Return the catalogue of the reader's language."""
    return catalogue(language())
