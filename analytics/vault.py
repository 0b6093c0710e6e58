"""The confidential store: anonymised reports, their episodes, and what was said of them. One DuckDB file.

A report is *kept* by triage, *counts* from a day, and is *frozen* into an episode when its month is closed. From then
on nothing that happens to the report changes a count: an update changes its row only, an erasure removes the row and
leaves the episode, which is an anonymous tally of its atom, and the hash, so that the next export does not bring it
back.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pandas as pd

from analytics import reports as vocabulary
from analytics import territory as ground_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.territory import Territory

FORMAT: Final = "1"
OWNER_ONLY: Final = 0o600
OWNER_FOLDER: Final = 0o700

_REPORT_COLUMNS: Final = tuple(name for name in vocabulary.COLUMNS if name != "source_hash")

_SCHEMA: Final = f"""
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE reports (
    source_hash VARCHAR NOT NULL, base_e BIGINT, base_n BIGINT, commune VARCHAR, day DATE NOT NULL,
    time_band VARCHAR NOT NULL, category VARCHAR NOT NULL, triage VARCHAR NOT NULL,
    {", ".join(f"{name} DATE" for name in vocabulary.OUTCOME_COLUMNS)}, precision VARCHAR NOT NULL,
    received DATE NOT NULL,  -- the day, or the first day of the month that was open when it arrived late
    counted DATE,            -- the same for the moment at which triage kept it; NULL while it does not
    late BOOLEAN NOT NULL,   -- counted after its own month was closed
    episode BIGINT           -- NULL until its month is closed
);
CREATE TABLE tombstones (source_hash VARCHAR PRIMARY KEY);
CREATE TABLE episodes (
    episode BIGINT NOT NULL, base_e BIGINT, base_n BIGINT, commune VARCHAR, month DATE NOT NULL,
    first_day DATE NOT NULL, last_day DATE NOT NULL, time_band VARCHAR NOT NULL, category VARCHAR NOT NULL
);
CREATE TABLE received (month DATE PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE facts (
    "table" VARCHAR, vintage BIGINT, "order" BIGINT, area VARCHAR, area_level VARCHAR, period_start VARCHAR,
    period_end VARCHAR, period_level VARCHAR, attribute VARCHAR, value VARCHAR, n BIGINT, covered BIGINT,
    residents BIGINT, reports BIGINT
);
CREATE TABLE vintages (vintage BIGINT PRIMARY KEY, first_month VARCHAR, through VARCHAR, facts BIGINT);
CREATE TABLE sealed (  -- which fact speaks of which atom that holds episodes: so every report's fact is known
    "table" VARCHAR, unit VARCHAR, month DATE, "order" BIGINT
);
"""


class VaultError(Exception):
    """The vault cannot be used; the message is a sentence to show, with what to do."""


@dataclass(frozen=True, eq=False)
class Vault:
    """An open vault.

    Attributes
    ----------
    path
        The DuckDB file. The installation's secret and the quarantine lie beside it.
    connection
        Within a transaction that is committed when the ``with`` block ends well, and undone when it does not.
    """

    path: Path
    connection: duckdb.DuckDBPyConnection

    def meta(self, key: str) -> str | None:
        """Value of a setting of the vault, None where it was not set."""
        rows = self.connection.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchall()
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Write a setting of the vault."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    @property
    def closed_through(self) -> pd.Period | None:
        """Last closed month."""
        value = self.meta("closed_through")
        return None if value is None else pd.Period(value, freq="M")

    @property
    def open_month(self) -> pd.Period | None:
        """First month that is not closed; None while nothing was published."""
        closed = self.closed_through
        return None if closed is None else closed + 1


def create(path: str | Path, territory_file: str | Path) -> Vault:
    """Make an empty vault for a territory, and the secret of the installation beside it.

    Raises
    ------
    VaultError
        Something lies at that path already.
    """
    file, ground = Path(path), ground_floor.load(territory_file)
    if file.exists():
        raise VaultError(f"There is a vault at {file} already; name another path, or move it away first.")
    file.parent.mkdir(parents=True, exist_ok=True)
    key = secret_file(file)
    if not key.exists():
        key.touch(mode=OWNER_ONLY)
        key.write_text(secrets.token_hex(32), encoding="ascii")
    connection = _connect(file)
    try:
        connection.execute("BEGIN")
        connection.execute(_SCHEMA)
        vault = Vault(file, connection)
        for name, value in {
            "format": FORMAT,
            "territory_file": str(Path(territory_file).resolve()),
            "territory": ground.code,
            "crs": ground.crs,
            "base_cell_m": str(ground.base_cell_m),
        }.items():
            vault.set_meta(name, value)
        connection.execute("COMMIT")
    finally:
        connection.close()
    file.chmod(OWNER_ONLY)
    return vault


@contextmanager
def opened(path: str | Path) -> Iterator[Vault]:
    """Open a vault for one piece of work: all of it happens, or nothing.

    Raises
    ------
    VaultError
        No vault there, not a vault, of another format, or in use.
    """
    file = Path(path)
    if not file.is_file():
        raise VaultError(f"There is no vault at {file}; make one with: python -m analytics init --vault {file}")
    vault = Vault(file, _connect(file))
    try:
        _check(vault)
        vault.connection.execute("BEGIN")
        yield vault
        vault.connection.execute("COMMIT")
    finally:
        vault.connection.close()  # closing undoes what was not committed


def secret_file(path: str | Path) -> Path:
    """Where the secret of the installation lies: beside the vault."""
    return Path(f"{path}.secret")


def quarantine_folder(path: str | Path) -> Path:
    """Where rows that could not be read lie: beside the vault."""
    return Path(f"{path}.quarantine")


def secret(path: str | Path) -> bytes:
    """Read the secret of the installation.

    Raises
    ------
    VaultError
        The file is missing.
    """
    try:
        return bytes.fromhex(secret_file(path).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise VaultError(
            f"The secret of this installation, {secret_file(path)}, is missing or damaged; restore it from your "
            "backup: without it the same report could not be recognised again."
        ) from None


def territory(vault: Vault) -> Territory:
    """Load the territory that the vault was made for.

    Raises
    ------
    VaultError
        The territory file has moved or speaks of another ground.
    """
    file = Path(vault.meta("territory_file") or "")
    if not file.is_file():
        raise VaultError(f"The territory file of this vault, {file}, is not there any more; put it back.")
    ground = ground_floor.load(file)
    same = (ground.code, ground.crs, str(ground.base_cell_m))
    if same != (vault.meta("territory"), vault.meta("crs"), vault.meta("base_cell_m")):
        raise VaultError(f"The territory file {file} speaks of another ground than the vault was made for; restore it.")
    return ground


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
    _check_kind(vault, synthetic=synthetic)
    run = vault.connection
    columns = ", ".join(_REPORT_COLUMNS)
    run.register("incoming", frame)
    run.execute(
        f"""CREATE TEMP TABLE arriving AS
        SELECT i.*, r.source_hash IS NOT NULL AS known, r.episode IS NOT NULL AS frozen,
            t.source_hash IS NOT NULL AS erased,
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
        NULL AS counted, FALSE AS late, NULL AS episode FROM arriving WHERE NOT known AND NOT erased""",  # noqa: S608
        [first],
    )
    # Reports that are frozen keep the day from which they count, whatever triage says of them now.
    run.execute(
        """UPDATE reports SET
            counted = CASE WHEN reports.triage = 'kept' THEN greatest(reports.day, coalesce(?, reports.day)) END,
            late = reports.triage = 'kept' AND reports.day < coalesce(?, reports.day)
        FROM arriving a
        WHERE reports.source_hash = a.source_hash AND NOT a.frozen AND NOT a.unchanged AND NOT a.erased""",
        [first, first],
    )
    rows = run.execute(
        """SELECT count(*) FILTER (NOT known AND NOT erased), count(*) FILTER (unchanged OR erased),
            count(*) FILTER (known AND NOT unchanged AND NOT erased),
            count(*) FILTER (day < ? AND NOT known AND NOT erased) FROM arriving""",
        [first],
    ).fetchall()
    run.execute("DROP TABLE arriving")
    return dict(zip(("accepted", "duplicates", "updated", "late"), rows[0], strict=True))


def set_aside(vault: Vault, quarantine: pd.DataFrame) -> Path | None:
    """Lay rows that could not be read beside the vault, readable by its owner alone.

    Returns
    -------
    Path or None
        The file; None when there is no such row.
    """
    if quarantine.empty:
        return None
    folder = quarantine_folder(vault.path)
    folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)
    file = folder / f"{len(list(folder.iterdir())) + 1:04d}.csv"
    file.touch(mode=OWNER_ONLY, exist_ok=False)
    quarantine.to_csv(file, index=False)
    return file


def erase(vault: Vault, source_hashes: list[str]) -> int:
    """Forget reports for good: their rows go, their hashes stay so that no export brings them back.

    A report of a closed month leaves its episode behind, an anonymous tally; one of an open month leaves nothing.

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
    return len(erased)


def months_at_hand(vault: Vault) -> tuple[pd.Period, pd.Period] | None:
    """First month with a report, and the last month before the newest report's own; None for an empty vault."""
    oldest_day, newest_day = vault.connection.execute("SELECT min(day), max(day) FROM reports").fetchall()[0]
    if oldest_day is None:
        return None
    newest = pd.Timestamp(newest_day)
    last = newest.to_period("M")
    return pd.Timestamp(oldest_day).to_period("M"), last if newest.is_month_end else last - 1


def freeze(vault: Vault, first: pd.Period, last: pd.Period, episode_days: int) -> None:
    """Close months: reports that count in them become episodes, for good.

    A kept report within ``episode_days`` of the previous one of the same base cell joins its episode (chained); for a
    report without coordinates the commune stands for the base cell. An episode belongs to the place, month and
    attributes of its first report. A late report never joins an episode of a closed month.

    Parameters
    ----------
    vault
        Open.
    first, last
        The months that close, both inclusive; all earlier ones are closed.
    episode_days
        From the policy.
    """
    run = vault.connection
    bounds = [first.start_time.date(), last.end_time.date()]
    run.execute(
        """CREATE TEMP TABLE closing AS
        WITH latest AS (
            SELECT base_e, base_n, commune, max_by(episode, (last_day, episode)) AS episode, max(last_day) AS last_day
            FROM episodes GROUP BY ALL
        ), ordered AS (
            SELECT r.*, lag(r.counted) OVER place AS before, l.last_day AS closed_day, l.episode AS closed_episode
            FROM reports r LEFT JOIN latest l ON r.base_e IS NOT DISTINCT FROM l.base_e
                AND r.base_n IS NOT DISTINCT FROM l.base_n AND r.commune IS NOT DISTINCT FROM l.commune
            WHERE r.counted BETWEEN ? AND ? AND r.episode IS NULL
            WINDOW place AS (PARTITION BY r.base_e, r.base_n, r.commune ORDER BY r.counted, r.late DESC, r.source_hash)
        )
        SELECT *, CASE WHEN before IS NOT NULL THEN counted - before > ?
            WHEN late OR closed_day IS NULL THEN TRUE ELSE counted - closed_day > ? END AS begins
        FROM ordered""",
        [*bounds, episode_days, episode_days],
    )
    highest = run.execute("SELECT coalesce(max(episode), 0) FROM episodes").fetchall()
    run.execute(
        """CREATE TEMP TABLE numbered AS
        SELECT *, sum(begins::INT) OVER (PARTITION BY base_e, base_n, commune
            ORDER BY counted, late DESC, source_hash) AS turn,
            CASE WHEN begins THEN ? + row_number() OVER (PARTITION BY begins
                ORDER BY counted, base_n, base_e, commune, source_hash) END AS new_episode
        FROM closing""",
        [highest[0][0]],
    )
    # A turn of 0 is the tail of an episode of a closed month.
    run.execute(
        """CREATE TEMP TABLE joined AS
        SELECT source_hash, counted, CASE WHEN turn = 0 THEN closed_episode ELSE
            first_value(new_episode) OVER (PARTITION BY base_e, base_n, commune, turn
                ORDER BY counted, late DESC, source_hash) END AS episode
        FROM numbered"""
    )
    run.execute(
        """INSERT INTO episodes SELECT new_episode, base_e, base_n, commune, date_trunc('month', counted), counted,
            counted, time_band, category FROM numbered WHERE begins"""
    )
    run.execute(
        """UPDATE episodes SET last_day = greatest(episodes.last_day, j.last_day)
        FROM (SELECT episode, max(counted) AS last_day FROM joined GROUP BY episode) j
        WHERE episodes.episode = j.episode"""
    )
    run.execute("UPDATE reports SET episode = j.episode FROM joined j WHERE reports.source_hash = j.source_hash")
    run.execute(
        """INSERT INTO received SELECT date_trunc('month', received), count(*) FROM reports
        WHERE received BETWEEN ? AND ? GROUP BY 1""",
        bounds,
    )
    for name in ("closing", "numbered", "joined"):
        run.execute(f"DROP TABLE {name}")
    vault.set_meta("closed_through", str(last))


def episode_counts(vault: Vault) -> pd.DataFrame:
    """Episodes of closed months by base cell or commune.

    Returns
    -------
    DataFrame
        Columns base_e, base_n (Int64, NA when unlocated), commune (NA when located), month (monthly period), n.
    """
    found = vault.connection.execute(
        "SELECT base_e, base_n, commune, month, count(*) AS n FROM episodes GROUP BY ALL ORDER BY ALL"
    ).df()
    return found.assign(month=pd.PeriodIndex(found["month"], freq="M")).astype({"base_e": "Int64", "base_n": "Int64"})


def frame(vault: Vault, query: str) -> pd.DataFrame:
    """Answer of a query as a frame; for the confidential side alone."""
    return vault.connection.execute(query).df()


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


def _check(vault: Vault) -> None:
    try:
        found = vault.meta("format")
    except duckdb.Error:
        found = None
    if found != FORMAT:
        vault.connection.close()
        raise VaultError(f"{vault.path} is not a vault of this version of Vigie; name the right file.")


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    """Open the file; what does not fit in memory goes beside the vault, never to a common temporary folder."""
    try:
        return duckdb.connect(str(file), config={"temp_directory": f"{file}.spill"})
    except duckdb.Error as error:
        reason = "another program is using it" if "lock" in str(error).lower() else "it is not a vault"
        raise VaultError(f"The vault {file} cannot be opened: {reason}.") from None


__all__: Final[list[Any]] = [
    "Vault",
    "VaultError",
    "add",
    "create",
    "episode_counts",
    "erase",
    "frame",
    "freeze",
    "months_at_hand",
    "opened",
    "quarantine_folder",
    "secret",
    "secret_file",
    "set_aside",
    "territory",
]
