"""On PostgreSQL the events lie in a partition for each UTC day, so that a day is forgotten at once and a
question about a week touches seven of them. What no day's partition takes lies in `event_default`.

SQLite has one table. PostgreSQL wants the partition's key in every unique key: there the primary key of
`event` is (id, at).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.features.engagement.store.tables import event

AHEAD = 7  # days that have a partition before they begin
LARGEST = 100_000  # rows of one day that are moved out of event_default in one transaction
PATIENCE = "2s"  # for readers to let go of the tables
_INDEXES = (
    "CREATE INDEX ix_event_chat_at ON event (chat_id, at)",
    "CREATE INDEX ix_event_removed ON event (chat_id, message_id) WHERE kind = 'removed'",
)


@sa.event.listens_for(event, "after_create")
def _divided(_: Any, connection: sa.Connection, **__: Any) -> None:
    """The table as it was made, empty, becomes a partitioned one."""
    if connection.dialect.name != "postgresql":
        return
    for word in (
        "ALTER TABLE event RENAME TO event_plain",
        "CREATE TABLE event (LIKE event_plain INCLUDING DEFAULTS) PARTITION BY RANGE (at)",
        "ALTER SEQUENCE event_id_seq OWNED BY event.id",
        "DROP TABLE event_plain",
        "ALTER TABLE event ADD CONSTRAINT pk_event PRIMARY KEY (id, at)",
        *_INDEXES,
        "CREATE TABLE event_default PARTITION OF event DEFAULT",
    ):
        connection.exec_driver_sql(word)


def _name(day: date) -> str:
    return f"event_{day:%Y%m%d}"


def known(work: Work) -> set[date]:
    """The days that have a partition."""
    rows = work.sql.plain(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'event'::regclass AND c.relname ~ '^event_[0-9]{8}$'"
    )
    return {datetime.strptime(r[0], "event_%Y%m%d").replace(tzinfo=UTC).date() for r in rows}


def free(work: Work) -> bool:
    """Does nobody else read the events at this moment? A partition made or dropped waits for readers, and
    others wait behind it."""
    work.sql.run(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    return not work.sql.plain(
        "SELECT 1 FROM pg_locks WHERE pid <> pg_backend_pid()"
        " AND relation IN ('event'::regclass, 'event_default'::regclass)"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
    )


def strays(work: Work, since: datetime, until: datetime) -> list[tuple[date, int]]:
    """The days within these times of which event_default has rows, with how many."""
    rows = work.sql.plain(
        "SELECT (at AT TIME ZONE 'UTC')::date, count(*) FROM event_default"
        f" WHERE at >= '{since.isoformat()}' AND at < '{until.isoformat()}' GROUP BY 1 ORDER BY 1"
    )
    return [(day, int(n)) for day, n in rows]


def make(work: Work, day: date) -> None:
    """A partition for a day, with the rows of that day that event_default has."""
    low, high = (datetime.combine(d, time(), UTC).isoformat() for d in (day, day + timedelta(days=1)))
    name = _name(day)
    for word in (
        f"CREATE TABLE {name} (LIKE event INCLUDING DEFAULTS)",
        f"WITH moved AS (DELETE FROM event_default WHERE at >= '{low}' AND at < '{high}' RETURNING *)"
        f" INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE event ATTACH PARTITION {name} FOR VALUES FROM ('{low}') TO ('{high}')",
    ):
        _run(work, word)


def drop(work: Work, day: date) -> None:
    """A day, forgotten."""
    _run(work, f"DROP TABLE {_name(day)}")


def sweep_default(work: Work, before: datetime, most: int) -> int:
    """Forget rows of event_default; how many went."""
    rest = sa.table("event_default", sa.column("id"), sa.column("at"))
    old = sa.select(rest.c.id).where(rest.c.at < before).limit(most)
    return work.sql.run(sa.delete(rest).where(rest.c.id.in_(old)))


def _run(work: Work, word: str) -> None:
    work.sql.run(sa.text(word.replace(":", "\\:")))  # a time's colon names no parameter
