"""What arrives, what is updated, what is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics import reports as vocabulary
from analytics.vault import rewriting
from analytics.vault.store import VaultError
from analytics.vault.tally import leave_tally

if TYPE_CHECKING:
    from datetime import date

    from analytics.vault.store import Vault

_REPORT_COLUMNS: Final = tuple(name for name in vocabulary.COLUMNS if name != "source_hash")


def add(vault: Vault, frame: pd.DataFrame, *, synthetic: bool) -> dict[str, int]:
    """Take in anonymised reports.

    Parameters
    ----------
    vault
        Open.
    frame
        As ``reports.conform`` gives it, each ``source_hash`` once.
    synthetic
        Whether the export says that it is synthetic. A vault holds one kind only.

    Returns
    -------
    dict
        ``accepted`` (new), ``duplicates`` (known and unchanged, or erased before), ``updated``, ``late`` (those that
        count from the open month since their own was closed).

    Raises
    ------
    VaultError
        Synthetic reports for a vault of real ones, or the reverse.
    """
    if frame["source_hash"].duplicated().any():
        raise ValueError("Each report must come once; the door keeps the last of those with one id.")
    _check_kind(vault, synthetic=synthetic)
    run = vault.connection
    columns = ", ".join(_REPORT_COLUMNS)
    run.register("incoming", frame)
    run.execute(
        f"""CREATE TEMP TABLE arriving AS
        SELECT i.*, r.source_hash IS NOT NULL AS known, r.episode IS NOT NULL AS frozen,
            r.aside_episode IS NOT NULL AS aside_frozen, t.source_hash IS NOT NULL AS erased,
            r.source_hash IS NOT NULL AND ({" AND ".join(f"i.{c} IS NOT DISTINCT FROM r.{c}" for c in _REPORT_COLUMNS)})
                AS unchanged
        FROM (SELECT source_hash, {_typed()} FROM incoming) i
        LEFT JOIN reports r USING (source_hash) LEFT JOIN tombstones t USING (source_hash)"""  # noqa: S608 - our names
    )
    run.unregister("incoming")
    opens = vault.open_month
    first = None if opens is None else opens.start_time.date()
    run.execute(
        f"""UPDATE reports SET {", ".join(f"{c} = a.{c}" for c in _REPORT_COLUMNS)}
        FROM arriving a WHERE reports.source_hash = a.source_hash AND a.known AND NOT a.unchanged AND NOT a.erased"""  # noqa: S608
    )
    run.execute(
        f"""INSERT INTO reports BY NAME SELECT source_hash, {columns}, greatest(day, coalesce(?, day)) AS received,
        FALSE AS late FROM arriving WHERE NOT known AND NOT erased""",  # noqa: S608
        [first],
    )
    run.execute(
        """UPDATE reports SET received = greatest(reports.day, coalesce(?, reports.day))
        FROM arriving a WHERE reports.source_hash = a.source_hash AND NOT a.unchanged AND NOT a.erased
            AND reports.received >= coalesce(?, reports.received)""",
        [first, first],
    )
    _count_from(vault, first)
    rows = run.execute(
        """SELECT count(*) FILTER (NOT known AND NOT erased), count(*) FILTER (unchanged OR erased),
            count(*) FILTER (known AND NOT unchanged AND NOT erased),
            count(*) FILTER (day < ? AND NOT known AND NOT erased) FROM arriving""",
        [first],
    ).fetchall()
    run.execute("DROP TABLE arriving")
    return dict(zip(("accepted", "duplicates", "updated", "late"), rows[0], strict=True))


def _count_from(vault: Vault, first: date | None) -> None:
    """Say from which day what arrives counts, as kept or as set aside.

    A report that is frozen keeps that day, whatever triage says of it now. One that was set aside for good may still
    be kept, and counts then; one that was kept for good is never set aside.
    """
    vault.connection.execute(
        """UPDATE reports SET
            counted = CASE WHEN reports.triage = 'kept' THEN greatest(reports.day, coalesce(?, reports.day)) END,
            late = reports.triage = 'kept' AND reports.day < coalesce(?, reports.day)
        FROM arriving a
        WHERE reports.source_hash = a.source_hash AND NOT a.frozen AND NOT a.unchanged AND NOT a.erased""",
        [first, first],
    )
    vault.connection.execute(
        """UPDATE reports SET aside_counted =
            CASE WHEN reports.triage = 'set_aside' THEN greatest(reports.day, coalesce(?, reports.day)) END
        FROM arriving a WHERE reports.source_hash = a.source_hash AND NOT a.frozen AND NOT a.aside_frozen
            AND NOT a.unchanged AND NOT a.erased""",
        [first],
    )


def erase(vault: Vault, source_hashes: list[str]) -> int:
    """Forget reports for good: their rows go, their hashes stay so that no export brings them back.

    The last report of an episode of a closed month takes the episode with it and leaves an anonymous tally, so that no
    count changes; until then the episode stays, with the attributes of its first report. A report of an open month
    leaves nothing. Nothing remembers the day of an erased episode, so a later report of its base cell begins a new one.
    When the vault is closed its file is written anew, so that the bytes of the rows are gone as well.

    Returns
    -------
    int
        Number of reports erased.
    """
    run = vault.connection
    run.register("wanted", pd.DataFrame({"source_hash": pd.Series(source_hashes, dtype="str")}))
    run.execute("INSERT OR IGNORE INTO tombstones SELECT DISTINCT source_hash FROM wanted")
    erased = run.execute(
        "DELETE FROM reports WHERE source_hash IN (SELECT source_hash FROM wanted) RETURNING source_hash"
    ).fetchall()
    run.unregister("wanted")
    leave_tally(vault)
    if erased:
        rewriting.ask(vault)
    return len(erased)


def _typed() -> str:
    days = {"day", *vocabulary.OUTCOME_COLUMNS}
    return ", ".join(f"{c}::DATE AS {c}" if c in days else c for c in _REPORT_COLUMNS)


def _check_kind(vault: Vault, *, synthetic: bool) -> None:
    kind, held = "yes" if synthetic else "no", vault.meta("synthetic")
    if held is None:
        vault.set_meta("synthetic", kind)
    elif held != kind:
        raise VaultError(
            "This export is synthetic and the vault holds real reports; use a vault of its own for it."
            if synthetic
            else "The vault holds synthetic reports and this export is not marked as synthetic; use a vault of its own."
        )
