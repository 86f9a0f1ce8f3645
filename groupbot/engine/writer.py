"""The writer: the one thread that writes, one transaction at a time.

`write(fn)` runs `fn(work)` between BEGIN and COMMIT: buffered rows are flushed, the caches live on
only if the commit succeeded. Locked, full, read-only or lost databases are tried again with backoff;
an error in the data is raised to the caller, who knows what to leave out.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine

from groupbot.core.chance import Chance
from groupbot.core.effects import Effect
from groupbot.engine.clock import Clock, chance, ticking
from groupbot.engine.outbox_table import store_effects
from groupbot.engine.reader import looking
from groupbot.engine.silence import hush
from groupbot.engine.sql import Sql
from groupbot.engine.storage import Hot, metadata, open_engine, sqlite_path
from groupbot.engine.turn import Turn
from groupbot.engine.work import Me, Work

if TYPE_CHECKING:
    from groupbot.engine.content import Content

log = structlog.get_logger(__name__)
T = TypeVar("T")

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("n", sa.BigInteger, nullable=False),
)
_READ_REVISION = Hot(lambda: sa.select(revision.c.n).where(revision.c.id == 1))
_BUMP_REVISION = Hot(lambda: sa.update(revision).where(revision.c.id == 1).values(n=revision.c.n + 1))
_FIRST_REVISION = Hot(lambda: sa.insert(revision).values(id=1, n=1))

CACHE_LIMIT = 50_000
LOG_PATIENCE = 100  # milliseconds for readers to let go of the log
_AGAIN = ("40001", "40P01")  # SQLSTATEs after which the same transaction may succeed
_READ_ONLY = "25006"  # SQLSTATE
_TOO_MUCH = "54"  # begins those of what is too large for PostgreSQL: psycopg calls it operational
_BACKOFF = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Lost(Exception):
    """The database could not be reached for long; nothing was committed."""


def transient(error: BaseException) -> bool:
    """True for errors of the moment (locked, full, read-only, connection lost), false for errors of the
    data."""
    if read_only(error):
        return True
    if isinstance(error, sqlite3.OperationalError):
        words = str(error)
        return any(w in words for w in ("locked", "busy", "full", "disk I/O", "unable to open"))
    if connection_lost(error):
        return True
    return getattr(error, "sqlstate", None) in _AGAIN  # serialization failure, deadlock


def read_only(error: BaseException) -> bool:
    """The database takes no writes: its disk was mounted so after an error, or another server is the first
    since a failover. Who is connected is not told when that is over."""
    if isinstance(error, sqlite3.OperationalError):
        return "readonly database" in str(error)
    return getattr(error, "sqlstate", None) == _READ_ONLY


async def patiently(job: Callable[[], Awaitable[T]], event: str, **about: object) -> T:
    """What comes of `job`, done anew each second while the database is away: it must not be forgotten."""
    while True:
        try:
            return await job()
        except Lost as e:
            log.error(event, error=str(e), **about)
            await asyncio.sleep(1.0)


def connection_lost(error: BaseException) -> bool:
    """PostgreSQL went away. Its driver is not named here, so that a bot on SQLite need not load it."""
    kinds = type(error).__mro__
    lost = any(k.__name__ == "OperationalError" and k.__module__.startswith("psycopg") for k in kinds)
    return lost and not str(getattr(error, "sqlstate", None)).startswith(_TOO_MUCH)


def database_errors() -> tuple[type[Exception], ...]:
    """What the drivers in use raise."""
    found: list[type[Exception]] = [sqlite3.Error, sa.exc.SQLAlchemyError]
    if "psycopg" in sys.modules:
        found.append(sys.modules["psycopg"].Error)
    return tuple(found)


def _as_said(work: Work, effect: Effect) -> Effect:
    return effect


class Writer:
    """One connection, one thread, the caches. With `guest=True` it is a visitor beside a running bot:
    it asks for a turn and tells the bot that something changed."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        rng: Chance | None = None,
        bot_id: int = 0,
        guest: bool = False,
        render: Callable[[Work, Effect], Effect] = _as_said,
        patience: float = 30.0,
    ) -> None:
        self.url = url
        self.clock = clock or Clock()
        self.rng = rng or chance()
        self.me = Me(bot_id)
        self.render = render
        self.content: Content | None = None
        self.watched: frozenset[str] = frozenset()
        self.guest = guest
        self.patience = patience
        self.commits = 0
        self._refused: float | None = None  # since when the database takes nothing
        self._turn = Turn(sqlite_path(url))
        self._engine: Engine | None = None
        self._connection: sa.Connection | None = None
        self._raw: Any = None
        self._dialect: sa.Dialect
        self._caches: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self._seen_revision: int | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._lock = threading.Lock()

    @property
    def waits(self) -> float:
        """For how many seconds the database has taken no write that was tried; 0: all is well."""
        return 0.0 if self._refused is None else ticking() - self._refused

    # --- from the async shell
    async def submit(self, fn: Callable[..., T], *args: Any) -> T:
        """`write` in the writer's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.write, fn, *args)

    async def look(self, fn: Callable[..., T], *args: Any) -> T:
        """`fn(*args, work)` beside the writer, on one snapshot of what is committed: it holds nobody up,
        however long it takes. It cannot write, and what it says goes nowhere."""
        return await asyncio.to_thread(self.read, fn, *args)

    def read(self, fn: Callable[..., T], *args: Any) -> T:
        """`look`, in this thread."""
        with looking(self.url, me=self.me, now=self.clock.now(), content=self.content) as work:
            return fn(*args, work)

    async def empty_log(self) -> bool:
        """Take out of SQLite's log what was deleted; False: a reader holds on to it, try again."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._empty_log)

    def close(self) -> None:
        """Finish what is running, then close connection, thread and turn file."""
        self._pool.shutdown(wait=True)
        self._disconnect()
        self._turn.close()

    # --- in the writer's thread (or any one thread at a time)
    def write(self, fn: Callable[..., T], *args: Any) -> T:
        """One transaction around `fn(work, *args)`.

        Raises:
            Lost: the database stayed locked, full, read-only or away for `patience` seconds.
            Exception: whatever `fn` or the database said of the data; nothing was committed.
        """
        with self._lock, self._turn.mine() if self.guest else nullcontext():
            started, tries = ticking(), 0
            while True:
                try:
                    return self._once(fn, *args)
                except database_errors() as e:
                    cause = e.orig if isinstance(e, sa.exc.DBAPIError) and e.orig else e
                    if not transient(cause):
                        raise
                    if ticking() - started > self.patience:
                        raise Lost(f"database not reachable: {type(cause).__name__}") from None
                    self._refused = self._refused or ticking()
                    log.warning("database.retry", error=type(cause).__name__, tries=tries)
                    if connection_lost(cause) or read_only(cause):
                        self._disconnect()
                    self.clock.rest(_BACKOFF[min(tries, len(_BACKOFF) - 1)])
                    tries += 1

    def _once(self, fn: Callable[..., T], *args: Any) -> T:
        if self._raw is None:
            self._connect()
        lite = self._dialect.name == "sqlite"
        if not self.guest:
            self._turn.give_way()
        if lite:
            self._raw.execute("BEGIN IMMEDIATE")  # refused while another writes: the caches stay as they are
        sql = Sql(self._raw, self._dialect, self._caches)
        try:
            self._refresh(sql, lite)
            work = Work(
                sql,
                now=self.clock.now(),
                rng=self.rng,
                me=self.me,
                caches=self._caches,
                render=self.render,
                content=self.content,
                watched=self.watched,
            )
            result = fn(work, *args)
            for _, last in work.finals():
                last(work)
            hush(work)
            store_effects(work)
            if self.guest and not lite and not sql.run(_BUMP_REVISION):
                sql.run(_FIRST_REVISION)
            with sql.together():
                work._write_rows()
                self._raw.execute("COMMIT")
        except BaseException:
            self._caches.clear()
            if self._raw is not None:
                try:
                    self._raw.execute("ROLLBACK")
                except database_errors():
                    self._disconnect()
            raise
        self.commits += 1
        self._refused = None
        return result

    def _refresh(self, sql: Sql, lite: bool) -> None:
        """Empty the caches when another process has committed since, or when they grew too large. On
        PostgreSQL the transaction opens with the question."""
        if lite:
            seen = self._others_wrote()
        else:
            ask = _READ_REVISION.of(self._dialect)
            with sql.together():
                self._raw.execute("BEGIN")
                found = self._raw.execute(ask.sql, ask.take({}))
            seen = int((found.fetchone() or (0,))[0])
        if seen != self._seen_revision:
            self._caches.clear()
            self._seen_revision = seen
        if not self.commits % 100:  # seldom: there are dozens of them
            for cache in self._caches.values():
                if len(cache) > CACHE_LIMIT:
                    cache.clear()

    def _others_wrote(self) -> int:
        """On SQLite: a number that moves when another connection has committed."""
        return int(self._raw.execute("PRAGMA data_version").fetchone()[0])

    def _empty_log(self) -> bool:
        """On the writer's own connection: another's checkpoint looks to `_refresh` like another's commit, and
        what only the caches know (how much somebody has said) would be forgotten."""
        with self._lock:
            if self._raw is None:
                self._connect()
            usual = self._raw.execute("PRAGMA busy_timeout").fetchone()[0]
            self._raw.execute(f"PRAGMA busy_timeout={LOG_PATIENCE}")
            try:
                return not self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                self._raw.execute(f"PRAGMA busy_timeout={usual}")

    def _connect(self) -> None:
        self._engine = open_engine(self.url)
        self._dialect = self._engine.dialect
        self._connection = self._engine.connect()
        self._raw = self._connection.connection.driver_connection
        self._seen_revision = None

    def _disconnect(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            except database_errors():
                pass
        if self._engine is not None:
            self._engine.dispose()
        self._engine = self._connection = self._raw = None
        self._caches.clear()
