"""Real bot processes in trouble: stopped for a while, the line cut, the disk full, two at once, a newer
version migrating beneath. People write all the while; in the end every update was handled once and nothing
was said twice.

    python -m tests.reliability.lane [--seconds 60] [--only cut] [--database URL]

runs each in full (kills, SIGTERM, clocks and restores have tests of their own: test_kill, test_wall_clocks,
cli/test_backup). The short form runs with the tests.
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
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from groupbot.engine.inbox import quarantine
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import open_engine, reading
from tests.reliability.process import Forks, alive, ended, environment, forks, kill
from tests.reliability.test_kill import NOTES, TOKEN, Stage, acting, stage_with, workspace

PATIENCE = 60.0
ROOM = 64_000  # bytes that may still be written when the disk is to be full


@dataclass
class Line:
    """The line between bot and Telegram: whole, or cut at random within so many bytes."""

    port: int = 0
    cuts: float = 0.0  # how likely a connection is cut at each piece it carries
    done: int = 0


@asynccontextmanager
async def line_to(port: int, rng: random.Random) -> AsyncIterator[Line]:
    """A proxy on 127.0.0.1. What is cut may have arrived, or its answer may be lost: as in life."""
    line, open_ = Line(), set[asyncio.StreamWriter]()

    async def carry(
        source: asyncio.StreamReader, to: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        try:
            while piece := await source.read(4096):
                if rng.random() < line.cuts:
                    line.done += 1
                    to.write(piece[: rng.randrange(len(piece) + 1)])
                    for end in (to, back):
                        end.transport.abort()
                    return
                to.write(piece)
                await to.drain()
        except OSError:
            pass
        finally:
            to.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        open_.update((writer, there))
        await asyncio.gather(carry(reader, there, writer), carry(there_reader, writer, there))
        open_.difference_update((writer, there))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        for end in list(open_):
            end.transport.abort()


@dataclass
class Scene:
    """What a trouble can touch."""

    stage: Stage
    bots: Forks
    line: Line
    url: str
    seconds: float
    pid: int
    rng: random.Random


async def paused(s: Scene) -> str:
    """SIGSTOP: the process stands still, then goes on as if nothing had been."""
    for _ in range(2):
        os.kill(s.pid, signal.SIGSTOP)
        await asyncio.sleep(s.seconds / 3)
        os.kill(s.pid, signal.SIGCONT)
        await asyncio.sleep(0.3)
    return "stopped twice"


async def cut(s: Scene) -> str:
    """Connections die in the middle of calls and polls."""
    s.line.cuts = 0.25
    await asyncio.sleep(s.seconds)
    s.line.cuts = 0.0
    assert s.line.done > 0
    return f"{s.line.done} connections cut"


async def full(s: Scene) -> str:
    """The database's files may not grow any more; later they may."""
    before = resource.prlimit(s.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(s.pid, resource.RLIMIT_FSIZE, (ROOM, before[1]))
    await asyncio.sleep(s.seconds)
    assert alive(s.pid), s.bots.said()
    waiting = s.stage.left
    resource.prlimit(s.pid, resource.RLIMIT_FSIZE, before)
    assert waiting > 0, "the disk was never full"
    return f"{waiting} updates waited at Telegram"


async def twice(s: Scene) -> str:
    """A second process with the same token and database; then the first dies."""
    other = s.bots.start()
    await asyncio.sleep(s.seconds)
    assert alive(other), s.bots.said()
    kill(s.pid)
    await ended(s.pid, seconds=5)
    s.pid = other
    return "two at once, the first killed"


async def newer(s: Scene) -> str:
    """A newer version adds a column and its revision while this one runs; what runs goes on, and this version
    does not start again on it."""
    engine = open_engine(s.url)
    with engine.connect() as connection:
        was = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        connection.execute(sa.text("ALTER TABLE outbox ADD COLUMN of_tomorrow INTEGER"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    await asyncio.sleep(s.seconds)
    assert alive(s.pid), s.bots.said()
    late = s.bots.start()
    await ended(late, seconds=30)
    assert "newer" in s.bots.said()
    with engine.connect() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :was").bindparams(was=was))
    engine.dispose()
    return "the old one went on, and was not started again"


TROUBLES: dict[str, Callable[[Scene], Awaitable[str]]] = {
    "paused": paused,
    "cut": cut,
    "full": full,
    "twice": twice,
    "newer": newer,
}


async def play(folder: Path, url: str, name: str, seconds: float, seed: int = 7) -> str:
    """One trouble from start to end; what happened, in words.

    Raises:
        AssertionError: something was lost, done twice, put aside, or stuck.
    """
    rng = random.Random(seed)
    workspace(folder, NOTES)
    async with stage_with(6) as stage, line_to(stage.sandbox.port, rng) as line:
        base = f"http://127.0.0.1:{line.port}"
        env = environment(folder, base, TOKEN, GROUPBOT_DATABASE_URL=url)
        with forks(folder, env) as bots:
            before, pid = stage.asked(), bots.start()
            await _until(lambda: stage.asked() != before, "it never polled", bots)
            scene = Scene(stage, bots, line, url, seconds, pid, rng)
            async with acting(stage, NOTES, rng):
                await asyncio.sleep(0.3)
                said = await TROUBLES[name](scene)
                await asyncio.sleep(0.3)
            start = time.monotonic()
            await _until(lambda: not stage.left, f"{stage.left} updates left", bots)
            took = time.monotonic() - start
            os.kill(scene.pid, signal.SIGTERM)
            await ended(scene.pid, seconds=10)
    engine = open_engine(url)
    with reading(engine) as sql:
        assert sql.execute(sa.select(quarantine.c.step, quarantine.c.error)).all() == []
        NOTES.check(stage, sql)
        unknown = sql.scalar(sa.select(sa.func.count()).where(outbox.c.state == "unknown"))
    engine.dispose()
    return f"{said}; {len(stage.done)} updates, each once; {unknown} sends unknown; clear after {took:.1f} s"


async def _until(there: Callable[[], bool], what: str, bots: Forks) -> None:
    deadline = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < deadline, f"{what}: {bots.said()}"
        await asyncio.sleep(0.02)


def main() -> None:
    """The long form."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=sorted(TROUBLES))
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; default: SQLite files")
    given = parser.parse_args()
    for name in [given.only] if given.only else TROUBLES:
        with tempfile.TemporaryDirectory() as place:
            url = given.database or f"sqlite:///{Path(place) / 'groupbot.db'}"
            print(f"{name:<7} {asyncio.run(play(Path(place), url, name, given.seconds))}", flush=True)


if __name__ == "__main__":
    main()
