"""What may be said: the disclosure policy of one audience, read from one TOML file."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Period = Literal["month", "quarter", "year"]
CELL_TABLES = ("blocks", "outlook")
ZONE_TABLES = ("series", "departement")
BREAKDOWN = "breakdown"
TABLES = (*CELL_TABLES, *ZONE_TABLES, BREAKDOWN)


class PolicyError(Exception):
    """The policy file is missing, unreadable or contradicts itself."""


class Policy(BaseModel):
    """The disclosure policy of one audience.

    Attributes
    ----------
    audience
        Who reads the release: command, prevention, public.
    k
        Least number of episodes that a published number stands for.
    cell_m
        Side of the smallest cell, metres; a multiple of the territory's base cell.
    min_inhabitants
        Least number of inhabitants of the ground that a block covers, in every month that it covers.
    crowd
        Ground with at least as many inhabitants that is neither a cell nor a zone points at nobody.
    episode_days
        A report within as many days of the previous one of the same base cell joins its episode.
    tables
        For each table its ladder: rungs ``(area level, period level)`` in the order in which they are tried. That of
        ``breakdown`` is the ladder of each attribute: one table an attribute, never two together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    audience: str
    k: int = Field(ge=2)
    cell_m: int = Field(gt=0)
    min_inhabitants: int = Field(ge=0)
    crowd: int = Field(ge=0)
    episode_days: int = Field(ge=0)
    tables: dict[str, tuple[tuple[str, Period], ...]]

    @model_validator(mode="after")
    def _rungs_fit(self) -> Self:
        unknown = sorted(set(self.tables) - set(TABLES))
        if unknown:
            msg = f"unknown table {unknown[0]!r}; known are {', '.join(TABLES)}"
            raise ValueError(msg)
        for table, rungs in self.tables.items():
            for level, period in rungs:
                self._check_level(table, level)
                self._check_period(table, period)
            sizes = sorted({int(level) for level, _ in rungs if level.isdigit()})
            if any(larger % smaller for smaller, larger in pairwise(sizes)):
                msg = f"table {table!r}: each area level must be a multiple of the next smaller one"
                raise ValueError(msg)
            if len(set(rungs)) != len(rungs):
                msg = f"table {table!r} names a rung twice"
                raise ValueError(msg)
        return self

    def _check_level(self, table: str, level: str) -> None:
        if table in CELL_TABLES and (not level.isdigit() or int(level) < 1 or int(level) % self.cell_m):
            msg = f"table {table!r}: area level {level!r} must be a multiple of cell_m = {self.cell_m}"
            raise ValueError(msg)
        named = {"series": "zone", "departement": "departement", BREAKDOWN: "zone"}.get(table)
        if named is not None and level != named:
            msg = f"table {table!r}: its area level is {named!r}, not {level!r}"
            raise ValueError(msg)

    def _check_period(self, table: str, period: Period) -> None:
        """A month of one value in one zone is a handful of people, and would break the quarters' groups besides."""
        if table == BREAKDOWN and period == "month":
            msg = f"table {table!r}: its period levels are 'quarter' and 'year', not {period!r}"
            raise ValueError(msg)


def load(path: str | Path) -> Policy:
    """Read a policy.

    Raises
    ------
    PolicyError
        With one sentence that names the file, the setting and the remedy.
    """
    file = Path(path)
    try:
        return Policy.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        msg = f"The policy file {file} cannot be read ({error.strerror}); give the path of an existing TOML file."
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"The policy file {file} is not valid TOML ({error}); correct that line."
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"]) or "tables"
        msg = f"The policy file {file} is not usable: {setting}: {first['msg']}."
    raise PolicyError(msg)
