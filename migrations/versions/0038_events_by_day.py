"""events by day: on PostgreSQL a partition a UTC day; SQLite stays as it is"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

KEPT, AHEAD = 181, 7  # days around today that get a partition of their own if they have rows, or may get some
INDEXES = (
    "CREATE INDEX ix_event_chat_at ON event (chat_id, at)",
    "CREATE INDEX ix_event_removed ON event (chat_id, message_id) WHERE kind = 'removed'",
)


def upgrade() -> None:
    """Rows are copied before the indexes are made, and counted before the old table goes."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _begin("CREATE TABLE event (LIKE event_before INCLUDING DEFAULTS) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE event_default PARTITION OF event DEFAULT")
    today = datetime.now(UTC).date()
    used = op.get_bind().exec_driver_sql("SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM event_before")
    ahead = {today + timedelta(days=n) for n in range(AHEAD + 1)}
    for day in sorted(ahead | {d for (d,) in used if 0 <= (today - d).days <= KEPT}):
        low, high = (_midnight(d) for d in (day, day + timedelta(days=1)))
        op.execute(
            f"CREATE TABLE event_{day:%Y%m%d} PARTITION OF event FOR VALUES FROM ('{low}') TO ('{high}')"
        )
    _end("PRIMARY KEY (id, at)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _begin("CREATE TABLE event (LIKE event_before INCLUDING DEFAULTS)")
    _end("PRIMARY KEY (id)")


def _begin(create: str) -> None:
    op.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
    op.execute("ALTER TABLE event RENAME TO event_before")
    op.execute("ALTER TABLE event_before DROP CONSTRAINT pk_event")
    op.execute("DROP INDEX ix_event_chat_at")
    op.execute("DROP INDEX ix_event_removed")
    op.execute(create)
    op.execute("ALTER SEQUENCE event_id_seq OWNED BY event.id")


def _end(key: str) -> None:
    bind = op.get_bind()
    op.execute("INSERT INTO event SELECT * FROM event_before")
    counts = [bind.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar() for t in ("event", "event_before")]
    if counts[0] != counts[1]:
        raise RuntimeError(f"{counts[1]} events became {counts[0]}: nothing is changed")
    op.execute("DROP TABLE event_before")
    op.execute(f"ALTER TABLE event ADD CONSTRAINT pk_event {key}")
    for index in INDEXES:
        op.execute(index)


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
