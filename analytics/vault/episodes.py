"""Episodes: reports of a closed month become the unit of every count, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analytics.vault.outcomes import count_outcomes

if TYPE_CHECKING:
    from datetime import date

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
    """Close months: reports that count in them become episodes, and outcomes that are known are counted, for good.

    A kept report within ``episode_days`` of the previous one of the same base cell joins its episode (chained); for a
    report without coordinates the commune stands for the base cell. An episode belongs to the place, month and
    attributes of its first report. A late report never joins an episode of a closed month: it counts as of the first
    day of the open month, with the weekday of its own day. Reports that triage set aside form episodes among
    themselves by the same rules. An erased episode is not remembered: what follows it begins a new one.

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
    bounds = (first.start_time.date(), last.end_time.date())
    _chain(vault, bounds, episode_days)
    run.execute(
        """INSERT INTO episodes BY NAME
        SELECT new_episode AS episode, triage, base_e, base_n, commune, date_trunc('month', counted)::DATE AS month,
            counted AS first_day, counted AS last_day, day, time_band, category FROM numbered WHERE begins"""
    )
    run.execute(
        """UPDATE episodes SET last_day = greatest(episodes.last_day, j.last_day)
        FROM (SELECT episode, max(counted) AS last_day FROM joined GROUP BY episode) j
        WHERE episodes.episode = j.episode"""
    )
    for column, triage in (("episode", "kept"), ("aside_episode", "set_aside")):
        run.execute(
            f"UPDATE reports SET {column} = j.episode FROM joined j "  # noqa: S608 - our names
            "WHERE reports.source_hash = j.source_hash AND j.triage = ?",
            [triage],
        )
    run.execute(
        """INSERT INTO received SELECT date_trunc('month', received), count(*) FROM reports
        WHERE received BETWEEN ? AND ? GROUP BY 1""",
        bounds,
    )
    for name in ("closing", "numbered", "joined"):
        run.execute(f"DROP TABLE {name}")
    count_outcomes(vault, *bounds)
    vault.set_meta("closed_through", str(last))


def _chain(vault: Vault, bounds: tuple[date, date], episode_days: int) -> None:
    """Find the episode of each report that counts within the bounds: temporary tables ``numbered`` and ``joined``."""
    run = vault.connection
    run.execute(
        """CREATE TEMP TABLE closing AS
        WITH latest AS (
            SELECT triage, base_e, base_n, commune, max_by(episode, (last_day, episode)) AS episode,
                max(last_day) AS last_day
            FROM episodes GROUP BY ALL
        ), counting AS (
            SELECT * REPLACE ('kept' AS triage) FROM reports WHERE episode IS NULL
            UNION ALL BY NAME
            SELECT * REPLACE ('set_aside' AS triage, aside_counted AS counted, aside_counted > day AS late)
            FROM reports WHERE aside_episode IS NULL
        ), ordered AS (
            SELECT c.*, lag(c.counted) OVER place AS before, l.last_day AS closed_day, l.episode AS closed_episode
            FROM counting c LEFT JOIN latest l ON c.triage = l.triage AND c.base_e IS NOT DISTINCT FROM l.base_e
                AND c.base_n IS NOT DISTINCT FROM l.base_n AND c.commune IS NOT DISTINCT FROM l.commune
            WHERE c.counted BETWEEN ? AND ?
            WINDOW place AS (PARTITION BY c.triage, c.base_e, c.base_n, c.commune
                ORDER BY c.counted, c.late DESC, c.source_hash)
        )
        SELECT *, CASE WHEN before IS NOT NULL THEN counted - before > ?
            WHEN late OR closed_day IS NULL THEN TRUE ELSE counted - closed_day > ? END AS begins
        FROM ordered""",
        [*bounds, episode_days, episode_days],
    )
    highest = run.execute("SELECT coalesce(max(episode), 0) FROM episodes").fetchall()
    run.execute(
        """CREATE TEMP TABLE numbered AS
        SELECT *, sum(begins::INT) OVER (PARTITION BY triage, base_e, base_n, commune
            ORDER BY counted, late DESC, source_hash) AS turn,
            CASE WHEN begins THEN ? + row_number() OVER (PARTITION BY begins
                ORDER BY counted, base_n, base_e, commune, source_hash, triage) END AS new_episode
        FROM closing""",
        [highest[0][0]],
    )
    # A turn of 0 is the tail of an episode of a closed month.
    run.execute(
        """CREATE TEMP TABLE joined AS
        SELECT source_hash, triage, counted, CASE WHEN turn = 0 THEN closed_episode ELSE
            first_value(new_episode) OVER (PARTITION BY triage, base_e, base_n, commune, turn
                ORDER BY counted, late DESC, source_hash) END AS episode
        FROM numbered"""
    )
