"""G6: from the start of the real command to the first handled update, on a database of a million rows;
how soon a backlog is gone, and how soon SIGTERM ends it in the middle of one.

    python -m tests.reliability.starting [--starts 100] [--rows 1000000] [--backlog 10000] [--postgres]

Each start is a process of its own, from `python -m groupbot run` on: Python, imports, the look at the schema,
the first poll. One message waits; it counts as handled when the bot has told Telegram that it may forget it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from groupbot.engine.revision import ensure
from groupbot.engine.storage import open_engine, reading
from tests import postgres
from tests.benchmarks.claims import quantile
from tests.benchmarks.figures import record
from tests.reliability.process import environment
from tests.reliability.stage import NOTES, TOKEN, Stage, each_once, stage_with, workspace, write_or_claim

FIRST = {"sqlite": 3.0, "postgresql": 5.0}  # seconds to the first handled update, of 99 in 100
CLEARED, ENDED = 60.0, 10.0


@dataclass
class Figures:
    """Seconds."""

    first: list[float] = field(default_factory=list)
    cleared: float = 0.0
    ended: float = 0.0  # after SIGTERM, while `waiting` updates waited
    waiting: int = 0

    @property
    def p99(self) -> float:
        return quantile(self.first, 0.99)


def fill(url: str, rows: int) -> None:
    """So many messages of the past, in a thousand groups."""
    ensure(url)
    engine = open_engine(url)
    lite = engine.dialect.name == "sqlite"
    series = (
        f"WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {rows}) "
        if lite
        else f"WITH s AS (SELECT generate_series(0, {rows - 1}) AS i) "
    )
    at = (
        "strftime('%Y-%m-%d %H:%M:%S.000000', 'now', -(i / 4) || ' seconds')"
        if lite
        else "now() - (i / 4) * interval '1 second'"
    )
    said = (
        "INSERT INTO event (chat_id, at, person_id, kind, units, message_id, staff) "
        f"{series} SELECT 1000000 + i % 1000, {at}, 6000000000 + i % 50000, 'message', 9, i, "
        f"{'0' if lite else 'false'} FROM s"
    )
    with engine.connect() as c:
        c.exec_driver_sql("BEGIN")
        c.exec_driver_sql(said if lite else said.replace("%", "%%"))
        c.exec_driver_sql("COMMIT")
    engine.dispose()


class Bot:
    """The command, as an operator starts it."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.log = folder / "bot.log"
        with self.log.open("ab") as log:
            words = [sys.executable, "-m", "groupbot", "run"]
            self.process = subprocess.Popen(words, env=env, cwd=folder, stdout=log, stderr=log)

    async def until_left(self, stage: Stage, most: int, patience: float) -> float:
        """The seconds until so many updates wait at most."""
        began = time.monotonic()
        while stage.left > most:
            took = time.monotonic() - began
            assert self.process.poll() is None and took < patience, self.log.read_text()[-3000:]
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def ended(self) -> float:
        """SIGTERM; the seconds until it has ended, without an error."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.process.wait, 120)
        assert code == 0, self.log.read_text()[-3000:]
        return time.monotonic() - began


async def measure(folder: Path, url: str, starts: int, backlog: int) -> Figures:
    """All of it on one database.

    Raises:
        AssertionError: a bot died, or something was not handled once.
    """
    rng, found = random.Random(6), Figures()
    workspace(folder, NOTES)
    async with stage_with(12) as stage:
        env = environment(folder, stage.sandbox.url, TOKEN, GROUPBOT_DATABASE_URL=url)
        bot = Bot(folder, env)  # the groups are new to it, and Python compiles what it imports
        await bot.until_left(stage, 0, 120)
        await bot.ended()
        for n in range(starts):
            write_or_claim(stage, n, rng)
            began, bot = time.monotonic(), Bot(folder, env)
            await bot.until_left(stage, 0, 120)
            found.first.append(time.monotonic() - began)
            await bot.ended()
        for n in range(starts, starts + backlog):
            write_or_claim(stage, n, rng)
        bot = Bot(folder, env)
        found.cleared = await bot.until_left(stage, 0, 600)
        await bot.ended()
        for n in range(starts + backlog, starts + 2 * backlog):
            write_or_claim(stage, n, rng)
        bot = Bot(folder, env)
        await bot.until_left(stage, backlog - 1, 120)
        found.waiting, found.ended = stage.left, await bot.ended()
        bot = Bot(folder, env)
        await bot.until_left(stage, 0, 600)
        await bot.ended()
        engine = open_engine(url)
        with reading(engine) as sql:
            each_once(stage, sql)
        engine.dispose()
    return found


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--starts", type=int, default=100)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--backlog", type=int, default=10_000)
    options.add_argument("--postgres", action="store_true")
    given = options.parse_args()
    name = "postgresql" if given.postgres else "sqlite"
    with (
        postgres.server(durable=True) if given.postgres else nullcontext("") as server,
        tempfile.TemporaryDirectory() as place,
    ):
        url = f"sqlite:///{Path(place) / 'groupbot.db'}"
        if server:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
                c.execute("CREATE DATABASE starting")
            url = f"{server}/starting"
        fill(url, given.rows)
        found = asyncio.run(measure(Path(place), url, given.starts, given.backlog))
    told = (
        f"{given.starts} starts on {given.rows:,} rows: first update after "
        f"{quantile(found.first, 0.5):.1f} s, p99 {found.p99:.1f}; {given.backlog:,} cleared in "
        f"{found.cleared:.0f} s; SIGTERM with {found.waiting:,} waiting: {found.ended:.1f} s"
    )
    print(told)
    met = found.p99 <= FIRST[name] and found.cleared <= CLEARED and found.ended <= ENDED
    whole = given.starts >= 100 and given.rows >= 10**6 and given.backlog >= 10_000
    part = ("PostgreSQL" if server else "SQLite") + ("" if whole else ", short")
    record("G6", told, met=met, postgresql=bool(server), part=part)


if __name__ == "__main__":
    main()
