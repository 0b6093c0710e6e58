"""How the command line talks: answers on standard output, sentences instead of stack traces, bars for who waits."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CANNOT: Final = 2


@contextmanager
def sentences() -> Iterator[None]:
    """Turn every error that a user can mend into one sentence and exit code 2."""
    from analytics.disclosure.policy import PolicyError
    from analytics.publish import PublishError
    from analytics.release import ReleaseError
    from analytics.reports import InputError
    from analytics.statistics import StatisticsError
    from analytics.territory import TerritoryError
    from analytics.vault import VaultError

    try:
        with answers_only():
            yield
    except (
        InputError,
        PolicyError,
        PublishError,
        ReleaseError,
        StatisticsError,
        TerritoryError,
        VaultError,
    ) as error:
        stop(str(error))


@contextmanager
def answers_only() -> Iterator[None]:
    """Keep standard output for answers: what the solver's library prints now and then goes to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def stop(sentence: str) -> NoReturn:
    """End with a sentence and exit code 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(CANNOT)


@contextmanager
def bar(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on standard error, where a person looks at it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def say(summary: dict[str, Any], *, as_json: bool) -> None:
    """Print an answer: one line a key, or one JSON object."""
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    for key, value in summary.items():
        told = json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict) else value
        typer.echo(f"{key}: {told}")
