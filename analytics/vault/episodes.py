"""Episodes: reports of a closed month become the unit of every count, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from analytics.vault.store import Vault


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
