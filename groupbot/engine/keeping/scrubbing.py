"""What PostgreSQL's files still hold of what was deleted, and how it is taken out of them.

A row deleted, and cleaned by VACUUM too, is space to be used again, in which its bytes stay: in the table, in
its indexes, and in the samples of columns that ANALYZE keeps for the planner (`pg_statistic`). So tables that
lose people's words are written anew, once nobody reads any more what was; the log comes last (wal.py). Where
only ids change (events, books) dead rows are left to PostgreSQL: to clean them would take no byte out either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.keeping.store import HANDS
from groupbot.engine.keeping.wal import PAUSE, TRIES, Left, overwrite
from groupbot.engine.storage import open_engine

Ended = Literal["clean", "refused", "busy", "large"]
LARGEST = 256 << 20  # bytes of a table that is written anew: everybody waits for it, a second or two
LOCK = "200ms"  # others wait behind us for a table that somebody reads
_BUSY = "55P03"  # SQLSTATE: the lock was not to be had in that time
_SAMPLES = "pg_statistic"

_READERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND backend_type = 'client backend' AND backend_xmin IS NOT NULL AND xact_start < %s
"""
_UNLEARN = """
SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited)
FROM pg_stats JOIN pg_tables USING (schemaname, tablename)
WHERE schemaname = current_schema() AND tablename = %s AND pg_has_role(tableowner, 'USAGE')
"""
_READ = Left(
    "what was deleted stays in the database's files: a transaction that began before may look at it",
    "it is tried again each hour; what was forgotten: SELECT * FROM pg_stat_activity ORDER BY xact_start;",
    passing=True,
)


def of_words(kept: Iterable[Kept]) -> set[str]:
    """Tables that lose people's words, by an erasure or by age: text is among what goes."""
    losing = [k.table for k in kept if k.becomes == "gone" or k.words]
    return {t.name for t in (*losing, *HANDS) if any(_text(c.type) for c in t.columns)}


def _text(kind: sa.types.TypeEngine[Any]) -> bool:
    inner = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    return isinstance(inner, sa.String | sa.LargeBinary)


def scrub(url: str, kept: Iterable[Kept]) -> list[Left]:
    """Take what was deleted out of a PostgreSQL server's files; what is left there all the same."""
    engine, ended = open_engine(url), dict[str, Ended]()
    try:
        with engine.connect() as c:
            c.exec_driver_sql(f"SET lock_timeout = '{LOCK}'")
            if not _unread(c):
                return [_READ]
            for name in [*sorted(of_words(kept)), _SAMPLES]:
                ended[name] = _clean(c, name)
                if ended[name] == "busy":  # so will others be, and everybody would wait behind each try
                    return [_READ]
            return [*_told(c, ended), *overwrite(c)]
    finally:
        engine.dispose()


def _unread(c: sa.Connection) -> bool:
    """Wait until all transactions that began before have ended: what they may look at stays till then."""
    began = c.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    for _ in range(TRIES):
        if not c.exec_driver_sql(_READERS, (began,)).scalar_one():
            return True
        c.exec_driver_sql(f"SELECT pg_sleep({PAUSE})")
    return False


def _clean(c: sa.Connection, name: str) -> Ended:
    if name == _SAMPLES:
        return _vacuum(c, name, "FULL")
    if c.dialect.server_version_info >= (18,):  # type: ignore[operator]  # before, an emptied table's stay
        c.exec_driver_sql(_UNLEARN, (name,))
    if c.exec_driver_sql("SELECT pg_total_relation_size(%s::regclass)", (name,)).scalar_one() <= LARGEST:
        return _vacuum(c, name, "FULL, ANALYZE")
    ended = _vacuum(c, name, "ANALYZE")
    return "large" if ended == "clean" else ended


def _vacuum(c: sa.Connection, name: str, how: str) -> Ended:
    """Where a role may not, PostgreSQL warns and passes the table over."""
    warned: list[Any] = []

    def hear(said: Any) -> None:
        warned.extend([said] * (said.severity_nonlocalized == "WARNING"))

    raw: Any = c.connection.driver_connection
    raw.add_notice_handler(hear)
    try:
        for _ in range(TRIES):
            try:
                c.exec_driver_sql(f'VACUUM ({how}) "{name}"')
            except sa.exc.OperationalError as e:
                if getattr(e.orig, "sqlstate", None) != _BUSY:
                    raise
                c.exec_driver_sql(f"SELECT pg_sleep({PAUSE})")
            else:
                return "refused" if warned else "clean"
        return "busy"
    finally:
        raw.remove_notice_handler(hear)


def _told(c: sa.Connection, ended: dict[str, Ended]) -> list[Left]:
    """What is left in tables."""
    role, database = c.exec_driver_sql("SELECT current_user::text, current_database()::text").one()
    refused, large = (sorted(n for n, e in ended.items() if e == how) for how in ("refused", "large"))
    what, where = "what was deleted stays in unused space of", f"in psql {database}"
    found = []
    if refused:
        owned = [f'ALTER TABLE "{n}" OWNER TO "{role}";' for n in refused if n != _SAMPLES]
        owned += [f'ALTER DATABASE "{database}" OWNER TO "{role}";'] * (_SAMPLES in refused)
        found.append(Left(f"{what} {', '.join(refused)}", f"as a superuser, {where}: {' '.join(owned)}"))
    if large:
        why = "too large to be written anew while others wait"
        step = f"when nobody waits, {where}: VACUUM FULL {', '.join(large)};"
        found.append(Left(f"{what} {', '.join(large)}: {why}", step))
    return found
