"""What the vault's tables hold."""

from __future__ import annotations

from typing import Final

from analytics import reports as vocabulary

FORMAT: Final = "3"

_TABLES: Final = f"""
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE reports (
    source_hash VARCHAR NOT NULL, base_e BIGINT, base_n BIGINT, commune VARCHAR, day DATE NOT NULL,
    time_band VARCHAR NOT NULL, category VARCHAR NOT NULL, triage VARCHAR NOT NULL,
    {", ".join(f"{name} DATE" for name in vocabulary.OUTCOME_COLUMNS)}, precision VARCHAR NOT NULL,
    received DATE NOT NULL,  -- the day, or the first day of the month that was open when it arrived late
    counted DATE,            -- the same for the moment at which triage kept it; NULL while it does not
    late BOOLEAN NOT NULL,   -- counted after its own month was closed
    episode BIGINT,          -- NULL until its month is closed
    aside_counted DATE,      -- as counted, of a report that triage set aside and that is in no kept episode
    aside_episode BIGINT     -- as episode: a report set aside for good that is kept later has both
);
CREATE TABLE tombstones (source_hash VARCHAR PRIMARY KEY);
CREATE TABLE episodes (
    episode BIGINT NOT NULL, triage VARCHAR NOT NULL, base_e BIGINT, base_n BIGINT, commune VARCHAR,
    month DATE NOT NULL, first_day DATE NOT NULL, last_day DATE NOT NULL,  -- as counted
    day DATE NOT NULL,  -- of the first report, as its source gave it
    time_band VARCHAR NOT NULL, category VARCHAR NOT NULL
);
CREATE TABLE outcomes (  -- the first of each kind of a kept episode, once its month is closed
    episode BIGINT NOT NULL, outcome VARCHAR NOT NULL, month DATE NOT NULL, delay VARCHAR NOT NULL
);
CREATE TABLE tally (  -- what erased episodes counted for: by the smallest published cell, no two attributes together
    base_e BIGINT, base_n BIGINT, commune VARCHAR, month DATE NOT NULL, attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL, n BIGINT NOT NULL
);
CREATE TABLE received (month DATE PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE facts (
    "table" VARCHAR, vintage BIGINT, "order" BIGINT, area VARCHAR, area_level VARCHAR, period_start VARCHAR,
    period_end VARCHAR, period_level VARCHAR, attribute VARCHAR, value VARCHAR, n BIGINT, covered BIGINT,
    residents BIGINT, reports BIGINT
);
CREATE TABLE vintages (vintage BIGINT PRIMARY KEY, first_month VARCHAR, through VARCHAR, facts BIGINT);
CREATE TABLE sealed (  -- which fact speaks of which atom that holds episodes: so every report's fact is known
    "table" VARCHAR, attribute VARCHAR, unit VARCHAR, value VARCHAR, month DATE, "order" BIGINT
);
CREATE TABLE withheld (  -- groups that the audit of all tables together kept unsaid when a month closed, or untried
    "table" VARCHAR, attribute VARCHAR, month DATE, rung INTEGER, area INTEGER
);
"""

_WEEKDAY: Final = "CASE WHEN isodow(e.day) < 6 THEN '{}' ELSE '{}' END".format(*vocabulary.WEEKDAY_GROUPS)

_MARGINALS: Final = f"""
CREATE VIEW marginals AS  -- all that an episode counts for, a row each; attribute '' is the episode itself
SELECT e.episode, e.base_e, e.base_n, e.commune, e.month, m.attribute, m.value
FROM episodes e, LATERAL (VALUES
    ('', ''), ('category', e.category), ('time_band', e.time_band), ('weekday', {_WEEKDAY}), ('triage', e.triage)
) m(attribute, value)
WHERE e.triage = 'kept' OR m.attribute = 'triage'
UNION ALL
SELECT e.episode, e.base_e, e.base_n, e.commune, o.month, m.attribute, m.value
FROM outcomes o JOIN episodes e USING (episode), LATERAL (VALUES
    ('outcome', o.outcome), ('delay', o.outcome || ':' || o.delay)
) m(attribute, value);
"""  # noqa: S608 - the vocabulary's words

SCHEMA: Final = _TABLES + _MARGINALS
