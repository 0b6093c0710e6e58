"""The description of an outside export: which column means what, and which of its words mean which of ours."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import date  # noqa: TC003  (pydantic reads the annotations when the models are built)
from typing import TYPE_CHECKING, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

import pyproj
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analytics import reports

if TYPE_CHECKING:
    from pathlib import Path

SEPARATORS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}


def fold(word: str) -> str:
    """Give a word without case, accents and punctuation, so that "Mis à l'écart" and "MIS A L ECART" are one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


class _Table(BaseModel):
    """A table of the mapping file: a key that it does not know is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Table):
    """How the file is written; what is left out is found out."""

    separator: Literal["auto", "comma", "semicolon", "tab"] = "auto"
    encoding: Literal["auto", "utf-8", "cp1252"] = "auto"
    decimal: Literal[".", ","] = "."
    sheet: str | None = None
    missing: tuple[str, ...] = ("", "NA", "N/A", "NULL", "None", "NaN")


class Identifier(_Table):
    """The source's own number of a report; only its keyed hash is kept."""

    column: str


class Day(_Table):
    """The day on which the report was received."""

    column: str
    formats: tuple[str, ...] = Field(min_length=1)
    timezone: str | None = None
    earliest: date | None = None

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError):
                raise ValueError("no such time zone; write for instance Europe/Paris") from None
        return name

    @model_validator(mode="after")
    def _zoned(self) -> Self:
        if self.timezone is None and any("%z" in pattern for pattern in self.formats):
            raise ValueError("a format with %z needs timezone, the local time to turn the moments into")
        return self


class Hour(_Table):
    """The hour of the report, of which only the band is kept. ``HHMM`` reads 2130, 930 and 5."""

    column: str
    formats: tuple[str, ...] = Field(min_length=1)
    other: Literal["unknown"] | None = None


class Place(_Table):
    """Where the report is: coordinates in any CRS, a commune (code or name) for those that have none."""

    x: str | None = None
    y: str | None = None
    crs: str = "EPSG:4326"
    commune: str | None = None

    @field_validator("crs")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            pyproj.CRS.from_user_input(name)
        except pyproj.exceptions.CRSError:
            raise ValueError("no such coordinate system; write for instance EPSG:4326 or EPSG:2154") from None
        return name

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.x is None) != (self.y is None):
            raise ValueError("x and y go together")
        if self.x is None and self.commune is None:
            raise ValueError("a place needs x and y, or commune, or all three")
        return self


class Words(_Table):
    """A column of words and what each means here, or one word for all rows."""

    column: str | None = None
    values: dict[str, str] = {}
    constant: str | None = None
    empty: str | None = None
    other: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column with values, or constant")
        if self.column is not None and not self.values:
            raise ValueError("column needs values, the meaning of each of its words")
        if len({fold(word) for word in self.values}) < len(self.values):
            raise ValueError("two words of values differ only by case, accents or punctuation")
        return self

    @property
    def meanings(self) -> dict[str, str]:
        """Give the vocabulary's word for each folded word of the source."""
        return {fold(word): meaning for word, meaning in self.values.items()}


class Outcomes(_Table):
    """The columns that hold the day of each outcome."""

    formats: tuple[str, ...] = ()
    surveillance: str | None = None
    arrest: str | None = None
    search: str | None = None
    seizure: str | None = None
    dismantling: str | None = None

    @property
    def columns(self) -> dict[str, str]:
        """Give the source's column for each outcome that it knows."""
        named = {outcome: getattr(self, outcome) for outcome in reports.OUTCOMES}
        return {outcome: column for outcome, column in named.items() if column is not None}


class Synthetic(_Table):
    """The column by which an invented export says so; a file without it is taken for real."""

    column: str
    value: str


class Mapping(_Table):
    """What an export of one source looks like.

    ``source`` enters the hash of each id, so that report 12 of one platform is not report 12 of another; it must not
    be changed once a file has been read.
    """

    source: str = Field(min_length=1)
    file: File = File()
    id: Identifier
    day: Day
    hour: Hour | None = None
    place: Place
    category: Words = Words(constant="unspecified")
    triage: Words
    precision: Words = Words(constant="address")
    outcomes: Outcomes = Outcomes()
    synthetic: Synthetic | None = None

    @model_validator(mode="after")
    def _vocabulary(self) -> Self:
        for name in ("category", "triage", "precision"):
            words: Words = getattr(self, name)
            known = reports.VOCABULARY[name]
            for meaning in (*words.values.values(), words.constant, words.empty, words.other):
                if meaning is not None and meaning not in known:
                    raise ValueError(f"{meaning} is no {name}; the words are {', '.join(known)}")
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        """Give the columns that the file must have, each once."""
        single = (self.id, self.day, self.hour, self.category, self.triage, self.precision)
        named = [table.column for table in single if table is not None]
        named += [self.place.x, self.place.y, self.place.commune, *self.outcomes.columns.values()]
        return tuple(dict.fromkeys(column for column in named if column is not None))

    @property
    def named(self) -> tuple[str, ...]:
        """Give the columns that the mapping names, whether the file must have them or not."""
        return self.needed if self.synthetic is None else tuple(dict.fromkeys((*self.needed, self.synthetic.column)))


def load_mapping(path: str | Path) -> Mapping:
    """Read a mapping file.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/mapping.md says how to write one.

    Returns
    -------
    Mapping

    Raises
    ------
    analytics.reports.InputError
        If the file is not there, is not TOML, or holds a key, word or value that a mapping does not know.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (text and Path alike)
            content = tomllib.load(file)
    except OSError as error:
        raise reports.InputError(f"The mapping {path} cannot be opened: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise reports.InputError(f"The mapping {path} is not a TOML file: {error}.") from None
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise reports.InputError(f"The mapping {path} cannot be used: {_sentence(error)}.") from None


def _sentence(error: ValidationError) -> str:
    first: dict[str, Any] = dict(error.errors()[0])
    *parents, key = [str(part) for part in first["loc"]] or [""]
    table = f"in [{'.'.join(parents)}]" if parents else "at the top"
    if first["type"] == "extra_forbidden":
        model: Any = Mapping
        for parent in parents:
            model = model.model_fields[parent].annotation
            # "Hour | None" is a union of which the first member is the table.
            model = getattr(model, "__args__", (model,))[0]
        return f"it has no key {key} {table}; the keys are {', '.join(model.model_fields)}"
    if first["type"] == "missing":
        return f"the key {key} is missing {table}"
    where = ".".join(str(part) for part in first["loc"]) or "as a whole"
    return f"{where}: {str(first['msg']).removeprefix('Value error, ')}"
