"""What episodes led to: the first outcome of each kind, counted once, in the month of the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics import reports as vocabulary

if TYPE_CHECKING:
    from datetime import date

    from analytics.vault.store import Vault

_KINDS: Final = dict(zip(vocabulary.OUTCOMES, vocabulary.OUTCOME_COLUMNS, strict=True))
_DELAY: Final = " ".join(
    [
        "CASE",
        *(f"WHEN days <= {d} THEN '{c}'" for d, c in zip(vocabulary.DELAY_LIMITS, vocabulary.DELAYS[:-1], strict=True)),
        f"ELSE '{vocabulary.DELAYS[-1]}' END",
    ]
)


def count_outcomes(vault: Vault, first: date, last: date) -> None:
    """Count the outcomes of kept episodes that fall due while months close.

    An outcome falls due in the month of its day, but not before the month in which its report counts, nor before the
    month that is open when it becomes known. The earliest due is the one of its kind that the episode counts; of
    those due in one month, the earliest day. Its delay runs from the day of the episode's first report. What is
    counted stays, whatever becomes of the reports.

    Parameters
    ----------
    vault
        Open; the reports of these months have their episodes.
    first, last
        First and last day of the months that close.
    """
    vault.connection.execute(
        f"""INSERT INTO outcomes BY NAME
        WITH said AS (
            UNPIVOT (SELECT episode, counted, {", ".join(f"{c} AS {kind}" for kind, c in _KINDS.items())}
                FROM reports WHERE episode IS NOT NULL)
            ON {", ".join(_KINDS)} INTO NAME outcome VALUE day
        ), due AS (
            SELECT episode, outcome, day, date_trunc('month', greatest(day, counted, ?))::DATE AS month
            FROM said ANTI JOIN outcomes USING (episode, outcome)
            WHERE day <= ?
            QUALIFY row_number() OVER (PARTITION BY episode, outcome ORDER BY month, day) = 1
        ), timed AS (
            SELECT episode, outcome, due.month, due.day - e.day AS days FROM due JOIN episodes e USING (episode)
        )
        SELECT episode, outcome, month, {_DELAY} AS delay FROM timed""",  # noqa: S608 - the vocabulary's words
        [first, last],
    )
