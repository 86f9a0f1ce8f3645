"""Backups: taken while the bot runs, checked, and put back without saying anything twice.

SQLite is copied by its online backup API (https://sqlite.org/backup.html), PostgreSQL by pg_dump. After a
restore the world outside is ahead of the database: messages that waited then may have left since, so they
are held for an operator's word like sends of unknown end; sanctions and deletions are safe to do again.
A SQLite backup is made ready in a folder beside the database and takes its place when it is: whatever goes
wrong before, the database stays as it was.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct, structs

from groupbot.engine.migrate import current, known, unopened, upgrade
from groupbot.engine.outbox_table import outbox
from groupbot.engine.outcome import unknown
from groupbot.engine.recovery import repeatable
from groupbot.engine.seen import update_block
from groupbot.engine.storage import among, open_engine, parsed_url, sqlite_path
from groupbot.engine.urls import for_programs
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, Writer
from groupbot.errors import Misfit

LEAVES = 2.0  # seconds; PostgreSQL ends a connection a little after its client left
HELD = "waited when the backup was taken, may have left since"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Told(Struct, frozen=True):
    """What a restore did: when the backup was taken (as its newest row tells; None where it holds none) and
    how long ago, how many messages were held back, where the old database is."""

    taken: datetime | None
    gap: timedelta
    held: int
    aside: Path | None


def take(url: str, file: Path) -> None:
    """Copy the database into `file` and check the copy.

    Raises:
        Misfit: no database, a file that is there, no pg_dump or pg_restore, no room, a database that is
            damaged, or a copy that is not whole.
    """
    if file.exists():
        raise Misfit(f"{file} is there already", next="give another file")
    path = sqlite_path(url)
    part = file.with_name(file.name + ".part")
    if path is not None:
        try:
            _copy(path, part)
        except sqlite3.DatabaseError as e:
            part.unlink(missing_ok=True)
            if isinstance(e, sqlite3.OperationalError):
                raise Misfit(f"not copied: {e}", where=str(file), next="look for room and rights") from None
            raise unopened(url, e) from None
    else:
        _dump(url, part)
    part.replace(file)


def holds(url: str) -> bool:
    """Is there a database already: a file, or our tables on a server?

    Raises:
        Misfit: a server that is away.
    """
    path = sqlite_path(url)
    return current(url) is not None if path is None else path.exists()


def restore(
    url: str,
    file: Path,
    *,
    now: datetime,
    resend: bool = False,
    ready: Callable[[str], object] = lambda url: None,
) -> Told:
    """Put `file` in the place of the database; see the module's first lines. `ready` is given the URL of what
    was restored: on SQLite before it takes the database's place.

    Raises:
        Misfit: no such file, not a backup, one of a newer groupbot, a bot that runs, no room, a server that
            is away, no pg_restore or psql.
    """
    if not file.is_file():
        raise Misfit(f"there is no {file}", next="groupbot backup writes one")
    path = sqlite_path(url)
    if path is None:
        _put_dump(url, file)
        told = _held(url, now, resend)
        ready(url)
        return told
    _check(file)
    _alone(path)
    place = path.with_name(path.name + ".restoring")
    shutil.rmtree(place, ignore_errors=True)  # of one that was killed
    try:
        place.mkdir()
        part = place / path.name
        shutil.copyfile(file, part)
        new = parsed_url(url).set(database=str(part)).render_as_string(hide_password=False)
        told = _held(new, now, resend)
        ready(new)
        _alone(part)  # one file, without -wal
        return structs.replace(told, aside=_swap(path, part, now))
    except (OSError, Lost, sa.exc.OperationalError) as e:
        why = getattr(e, "strerror", None) or getattr(e, "orig", None) or e
        raise Misfit(
            f"not restored: {why}", where=str(place), next="make room; the database is as it was"
        ) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _held(url: str, now: datetime, resend: bool) -> Told:
    """Brought to this version, and what waited in it held back."""
    upgrade(url)
    writer = Writer(url)
    try:
        held = 0 if resend else writer.write(_hold)
        taken = writer.write(_newest)
    finally:
        writer.close()
    return Told(taken, timedelta(seconds=round((now - (taken or now)).total_seconds())), held, None)


def _copy(path: Path, part: Path) -> None:
    if not path.exists():
        raise Misfit(f"no database at {path}", next="groupbot run makes it")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, timeout=10)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)  # in one step, on one snapshot: between two it would begin anew at each commit
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal
        wrong = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if wrong != "ok":
        part.unlink()
        raise Misfit(f"the copy is not whole: {wrong}", next="check the disk, then try again")


def _dump(url: str, part: Path) -> None:
    dump, restorer = _pg("pg_dump"), _pg("pg_restore")
    try:
        reached, secret = for_programs(url)
        _run(dump, "--format=custom", "--no-owner", f"--file={part}", reached, secret=secret)
        _run(restorer, f"--file={os.devnull}", str(part))  # reads all of it
    except Misfit:
        part.unlink(missing_ok=True)
        raise


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            wrong = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as e:
        raise _stranger(file, str(e)) from None
    if wrong != "ok":
        raise Misfit(f"{file} is damaged: {wrong}", next="give an older backup")
    _of_ours(file, version and version[0])


def _of_ours(file: Path, version: str | None) -> None:
    if version is None:
        raise _stranger(file, "it is of no version")
    if not known(version):
        raise Misfit(
            f"{file} is of a newer groupbot: this one does not know revision {version}",
            next="install the newer groupbot, or give an older backup",
        )


def _stranger(file: Path, why: str) -> Misfit:
    return Misfit(f"{file} is no backup of groupbot: {why}", next="give what groupbot backup wrote")


def _swap(path: Path, part: Path, now: datetime) -> Path | None:
    aside = None
    _alone(path)  # a bot may have begun meanwhile
    if path.exists():
        aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%d-%H%M%S}")
        path.replace(aside)
        for tail in ("-wal", "-shm", "-journal"):
            old = path.with_name(path.name + tail)
            if old.exists():
                old.replace(aside.with_name(aside.name + tail))
    part.replace(path)
    return aside


def _alone(path: Path) -> None:
    """A running bot holds the file open; nothing may be put under its hands. One that is damaged nobody can
    use: it is put aside as it is."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as live:
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            live.execute("PRAGMA locking_mode=EXCLUSIVE")
            live.execute("PRAGMA journal_mode=DELETE")  # needs to be the only connection
            live.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        raise Misfit("the database is in use", next="stop the bot, then restore") from None
    except sqlite3.DatabaseError:
        return


def _put_dump(url: str, file: Path) -> None:
    current(url)  # says so when the server is away
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            parted = connection.exec_driver_sql(
                "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'p' AND NOT relispartition"
                " AND relnamespace = current_schema()::regnamespace"
            )
            drops = [f"--command=DROP TABLE {name} CASCADE" for (name,) in parted]
            end = time.monotonic() + LEAVES
            while (others := connection.exec_driver_sql(_OTHERS).scalar()) and time.monotonic() < end:
                time.sleep(0.1)
    finally:
        engine.dispose()
    if others:
        raise Misfit("the database is in use", next="stop the bot, then restore")
    with tempfile.TemporaryDirectory(dir=file.parent) as place:  # its own: nobody else may read it
        script = Path(place, "restore.sql")
        _run(_pg("pg_restore"), "--data-only", "--table=alembic_version", f"--file={script}", str(file))
        version = re.search(r"^COPY .*\n(\w+)$", script.read_text("utf-8"), re.MULTILINE)
        _of_ours(file, version and version[1])
        _run(_pg("pg_restore"), "--clean", "--if-exists", "--no-owner", f"--file={script}", str(file))
        reached, secret = for_programs(url)
        # in one transaction; pg_restore's own words cannot drop the parts of a partitioned table
        _run(_pg("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
             *drops, f"--file={script}", f"--dbname={reached}", secret=secret)  # fmt: skip


def _pg(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Misfit(
            f"{name} is not on the path", where="PostgreSQL", next="install the PostgreSQL client programs"
        )
    return found


def _run(*command: str, secret: Mapping[str, str] | None = None) -> None:
    """`secret` goes into its environment: others may read its arguments."""
    env = {**os.environ, **(secret or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise Misfit(f"{Path(command[0]).name}: {said}", next="mend this, then try again")


def _hold(work: Work) -> int:
    """Messages, and what else would be there twice, that waited are unknown now: they may have left after the
    backup was taken. Edits that waited would show what has long changed."""
    waits = among(outbox.c.state, "waiting", "sending")
    work.sql.run(
        sa.update(outbox)
        .where(outbox.c.kind == "edit", waits)
        .values(state="dead", payload="", done_at=work.now, error="older than the restore")
    )
    rows = work.sql.all(sa.select(outbox.c.id, outbox.c.kind, outbox.c.payload).where(waits))
    held = [r.id for r in rows if r.kind == "send" or not repeatable(r.payload)]
    for row in held:
        unknown(work, row, HELD)
    return len(held)


def _newest(work: Work) -> datetime | None:
    newest = (sa.select(sa.func.max(c)) for c in (update_block.c.at, outbox.c.said_at))
    return max((at for at in map(work.sql.value, newest) if at is not None), default=None)
