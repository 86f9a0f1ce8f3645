"""Real bot processes in trouble: killed, stopped, paused, the line cut, the disk full, the clock set wrong,
the database gone, two at once, a newer version migrating beneath, a backup put back. People write all the
while; in the end every update was handled once and nothing was said twice.

    python -m tests.reliability.lane [--seconds 60] [--only cut] [--postgres]

runs each in full, each on a database of its own, SQLite or PostgreSQL. The short form runs with the tests.
A thousand kills: tests/reliability/kills.py.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import psycopg
import sqlalchemy as sa

from groupbot.engine.inbox import inbox, quarantine
from groupbot.engine.outbox_table import outbox
from tests import postgres
from tests.reliability.line import line_to
from tests.reliability.process import alive, ended, environment, forks, kill
from tests.reliability.scene import PATIENCE, Scene, until
from tests.reliability.stage import NOTES, TOKEN, acting, each_once, stage_with, workspace

ROOM = 64_000  # bytes that may still be written when the disk is to be full
HOUR = 3600.0


async def killed(s: Scene) -> str:
    """SIGKILL at random moments, and a new one."""
    until_, n = time.monotonic() + s.seconds, 0
    while n == 0 or time.monotonic() < until_:
        await asyncio.sleep(s.rng.uniform(0.0, 0.4))
        kill(s.pid)
        await ended(s.pid, seconds=60)
        await s.born()
        n += 1
    return f"{n} times killed"


async def stopped(s: Scene) -> str:
    """SIGTERM while updates wait: it ends; within ten seconds by `starting` and by the goal."""
    os.kill(s.pid, signal.SIGSTOP)  # so that some do
    await asyncio.sleep(s.seconds / 2)
    waiting = s.stage.left
    os.kill(s.pid, signal.SIGCONT)
    os.kill(s.pid, signal.SIGTERM)
    took = await ended(s.pid, seconds=60)
    await s.born()
    return f"stopped within {took:.1f} s, {waiting} updates waiting"


async def paused(s: Scene) -> str:
    """SIGSTOP: the process stands still, then goes on as if nothing had been."""
    for _ in range(2):
        os.kill(s.pid, signal.SIGSTOP)
        await asyncio.sleep(s.seconds / 3)
        os.kill(s.pid, signal.SIGCONT)
        await asyncio.sleep(0.3)
    return "paused twice"


async def cut(s: Scene) -> str:
    """Connections die in the middle of calls and polls."""
    s.line.cuts = 0.25
    for _ in range(10):  # one call in four, and there may be few
        await asyncio.sleep(s.seconds)
        if s.line.done:
            break
    s.line.cuts = 0.0
    assert s.line.done > 0
    return f"{s.line.done} connections cut"


async def full(s: Scene) -> str:
    """The database's files may not grow any more; later they may. PostgreSQL's server says so of each row."""
    if s.lite:
        before = resource.prlimit(s.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (ROOM, before[1]))
    else:
        s.sql(*_FULL)
    start, waiting = time.monotonic(), 0
    while time.monotonic() - start < s.seconds or not waiting:
        assert time.monotonic() - start < s.seconds + PATIENCE, "the disk was never full"
        await asyncio.sleep(s.seconds / 2)
        waiting = s.stage.left
    assert alive(s.pid), s.bots.said()
    if s.lite:
        resource.prlimit(s.pid, resource.RLIMIT_FSIZE, before)
    else:
        s.sql(_ROOM_AGAIN)
    return f"{waiting} updates waited at Telegram while the disk was full"


_FULL = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
    " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
    "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON update_block EXECUTE FUNCTION no_room()",
)
_ROOM_AGAIN = "DROP FUNCTION no_room() CASCADE"


async def clock(s: Scene) -> str:
    """The machine's clock is set on by an hour, back by two, and right; the heart beats all the while. What
    comes while it is ahead seems old: it is recorded, and answered no more."""
    first = s.stage.sure
    await until(partial(_none_parked, s), "updates wait for facts", s.bots)  # what was confirmed is handled
    for wrong in (HOUR, -HOUR, 0.0):
        (s.folder / "wrong").write_text(f"{wrong}")
        await asyncio.sleep(s.seconds / 3)
        before = s.beats()
        await until(partial(_beats, s, before), "the heart stands still", s.bots)
        if wrong == HOUR:
            await until(partial(_confirmed, s, len(s.stage.done)), "updates are left", s.bots)
        if wrong:  # what came before a beat by the next clock may have been judged by the one ahead
            s.excused.late |= set(s.stage.done[first:])
    return "the clock set on, back and right"


def _none_parked(s: Scene) -> bool:
    with s.database() as sql:
        return sql.scalar(sa.select(sa.func.count()).select_from(inbox)) == 0


def _beats(s: Scene, before: int) -> bool:
    return s.beats() > before


def _confirmed(s: Scene, n: int) -> bool:
    return s.stage.sure >= n


async def away(s: Scene) -> str:
    """PostgreSQL ends every connection, again and again. SQLite has none."""
    if s.lite:
        return "not played: SQLite has no connections to end"
    start = time.monotonic()
    while time.monotonic() - start < s.seconds:
        s.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.2)
    assert alive(s.pid), s.bots.said()
    return "the database's connections ended"


async def twice(s: Scene) -> str:
    """A second process with the same token and database; then the first dies."""
    other = s.bots.start()
    await asyncio.sleep(s.seconds)
    assert alive(other), s.bots.said()
    kill(s.pid)
    await ended(s.pid, seconds=60)
    s.pid = other
    return "two at once, the first killed"


async def newer(s: Scene) -> str:
    """A newer version adds a column and its revision while this one runs; what runs goes on, and this version
    does not start again on it."""
    with s.database() as connection:
        was = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    s.sql(
        "ALTER TABLE outbox ADD COLUMN of_tomorrow INTEGER", "UPDATE alembic_version SET version_num = '9999'"
    )
    await asyncio.sleep(s.seconds)
    assert alive(s.pid), s.bots.said()
    late = s.bots.start()
    await ended(late, seconds=60)
    assert "newer" in s.bots.said()
    s.sql(f"UPDATE alembic_version SET version_num = '{was}'", "ALTER TABLE outbox DROP COLUMN of_tomorrow")
    return "the old version went on, and was not started again"


async def restored(s: Scene) -> str:
    """A backup is taken under the running bot, which dies a while later, and is put back. What came between
    is lost, and no more; what Telegram had not heard confirmed comes again."""
    file = s.folder / f"copy.{'db' if s.lite else 'dump'}"
    sure = s.stage.sure
    await s.asked("backup", "--to", str(file))
    await asyncio.sleep(s.seconds)
    kill(s.pid)
    await ended(s.pid, seconds=60)
    waiting, told = s.stage.left, len(s.stage.done)
    s.excused.lost |= set(s.stage.done[sure:told])
    s.excused.again |= set(s.stage.done[max(0, told - waiting) :])
    await s.asked("restore", str(file))
    await s.born()
    return f"put back; {told - waiting - sure} updates of in between forgotten"


TROUBLES: dict[str, Callable[[Scene], Awaitable[str]]] = {
    fn.__name__: fn for fn in (killed, stopped, paused, cut, full, clock, away, twice, newer, restored)
}


async def play(folder: Path, url: str, names: Sequence[str], seconds: float, seed: int = 7) -> list[str]:
    """One trouble after the other in one workspace; what happened, in words.

    Raises:
        AssertionError: something was lost, done twice, put aside, or stuck.
    """
    rng, told = random.Random(seed), list[str]()
    workspace(folder, NOTES)
    async with stage_with(6) as stage, line_to(stage.sandbox.port, rng) as line:
        base = f"http://127.0.0.1:{line.port}"
        env = environment(folder, base, TOKEN, GROUPBOT_DATABASE_URL=url)
        with forks(folder, env) as bots:
            scene = Scene(folder, stage, bots, line, url, seconds, 0, rng)
            await scene.born()
            async with acting(stage, NOTES, rng):
                for name in names:
                    await asyncio.sleep(0.3)
                    told.append(f"{name}: {await TROUBLES[name](scene)}")
                await asyncio.sleep(0.3)
            start = time.monotonic()
            await until(lambda: not stage.left, f"{stage.left} updates left", bots)
            took = time.monotonic() - start
            os.kill(scene.pid, signal.SIGTERM)
            await ended(scene.pid, seconds=60)
    with scene.database() as sql:
        assert sql.execute(sa.select(quarantine.c.step, quarantine.c.error)).all() == []
        each_once(stage, sql, scene.excused)
        unknown = sql.scalar(sa.select(sa.func.count()).where(outbox.c.state == "unknown"))
    told.append(f"{len(stage.done)} updates, each once; {unknown} sends unknown; clear after {took:.1f} s")
    return told


def main() -> None:
    """The long form."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=sorted(TROUBLES))
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with postgres.server(durable=True) if given.postgres else nullcontext("") as server:
        for name in [given.only] if given.only else TROUBLES:
            with tempfile.TemporaryDirectory() as place:
                url = f"sqlite:///{Path(place) / 'groupbot.db'}"
                if server:
                    with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
                        c.execute(f"CREATE DATABASE {name}")
                    url = f"{server}/{name}"
                print(*asyncio.run(play(Path(place), url, [name], given.seconds)), sep="; ", flush=True)


if __name__ == "__main__":
    main()
