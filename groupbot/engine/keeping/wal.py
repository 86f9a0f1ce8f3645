"""PostgreSQL's write-ahead log after an erasure: its files are led on until none holds what was before.

A file of the log is let go at the checkpoint after it was left, and mostly not deleted but renamed, to be
written again some day (`wal_recycle`): until then it holds what it held. So: leave the file of the moment,
have a checkpoint made, write zeros over every file that lies ahead. All of this any role may do but the
checkpoint and the list of files; without those two rights PostgreSQL gets there by itself, in its own time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.errors import Misfit

TRIES, PAUSE = 20, 0.5  # seconds between them: an archive takes a moment to fetch what it was told of
PIECE = 1 << 20  # bytes of one commit: others' come in between

_FILES = "SELECT name FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' ORDER BY name"
_NEWEST = "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"
_WRITTEN = "SELECT pg_walfile_name(pg_current_wal_flush_lsn())"
_ZEROS = f"SELECT pg_logical_emit_message(true, 'groupbot', repeat('0', {PIECE}))"
_MAY = """
SELECT current_user::text, current_database()::text,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS
    (SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint' AND pg_has_role(oid, 'USAGE')),
  has_function_privilege('pg_ls_waldir()', 'EXECUTE')
"""
_HOLDERS = """
SELECT 'the replication slot ' || slot_name FROM pg_replication_slots
UNION ALL SELECT 'wal_keep_size = ' || current_setting('wal_keep_size')
  WHERE current_setting('wal_keep_size') <> '0'
UNION ALL SELECT 'an archive that has not taken them' WHERE current_setting('archive_mode') <> 'off'
"""


@dataclass(frozen=True, slots=True)
class Left:
    """What of the erased stays in the database's files: `what` it is, what to do `next`, and whether trying
    again later may do (`passing`)."""

    what: str
    next: str
    passing: bool = False


def amiss(work: Work) -> list[Misfit]:
    """What is to be said of the database before anybody asks to be erased."""
    if work.sql.dialect != "postgresql":
        return []
    return [Misfit(x.what, where="database", next=x.next) for x in _lacking(work.sql.plain(_MAY))]


def _lacking(may: Sequence[Any]) -> list[Left]:
    """The rights that the bot's role has not, if any, with the words that give them."""
    [(role, database, checkpoint, files)] = may
    grants = [f'GRANT pg_checkpoint TO "{role}";'] * (not checkpoint)
    grants += [f'GRANT EXECUTE ON FUNCTION pg_ls_waldir() TO "{role}";'] * (not files)
    if not grants:
        return []
    what = "what is erased stays in PostgreSQL's write-ahead log until its files are written again"
    step = f"as a superuser, in psql {database}: {' '.join(grants)}"
    return [Left(what, step)]


def overwrite(c: sa.Connection) -> list[Left]:
    """Have no file of the log hold what was written before; what is left all the same."""
    missing = _lacking(c.exec_driver_sql(_MAY).all())
    if missing:
        return missing
    last = str(c.exec_driver_sql(_NEWEST).scalar_one())
    _write_past(c, last)
    for _ in range(TRIES):
        c.exec_driver_sql("CHECKPOINT")
        files = c.exec_driver_sql(_FILES).scalars().all()
        if files[0] > last:
            break
        c.exec_driver_sql(f"SELECT pg_sleep({PAUSE})")
    _write_past(c, files[-1])
    held = [name for name in files if name <= last]
    if not held:
        return []
    why = ", ".join(c.exec_driver_sql(_HOLDERS).scalars()) or "the server"
    what = f"{len(held)} files of PostgreSQL's write-ahead log with what was before are kept by {why}"
    step = "they go within the hour after they are let go; an archive and replicas are yours to expire"
    return [Left(what, step, passing=True)]


def _write_past(c: sa.Connection, name: str) -> None:
    """Write zeros until this file of the log is full."""
    while c.exec_driver_sql(_WRITTEN).scalar_one() <= name:
        c.exec_driver_sql(_ZEROS)
