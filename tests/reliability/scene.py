"""What a trouble of the lane can touch: the bot's process, the line, the database, the clock."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from groupbot.engine.notes import note
from groupbot.engine.storage import open_engine
from tests.reliability.line import Line
from tests.reliability.process import ROOT, Forks
from tests.reliability.stage import Excused, Stage

PATIENCE = 300.0


@dataclass
class Scene:
    """What a trouble can touch."""

    folder: Path
    stage: Stage
    bots: Forks
    line: Line
    url: str
    seconds: float
    pid: int
    rng: random.Random
    excused: Excused = field(default_factory=Excused)

    @property
    def lite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def database(self) -> Iterator[sa.Connection]:
        """Looked at from outside."""
        engine = open_engine(self.url)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def sql(self, *statements: str) -> None:
        """Said to the database from outside, each a transaction of its own."""
        with self.database() as connection:
            for one in statements:
                connection.exec_driver_sql(one)

    def beats(self) -> int:
        """How often the heart has beaten."""
        with self.database() as sql:
            return int(sql.scalar(sa.select(note.c.value).where(note.c.router == "beats")) or 0)

    async def born(self) -> None:
        """A new bot, until it polls."""
        before, self.pid = self.stage.asked(), self.bots.start()
        await until(lambda: self.stage.asked() != before, "it never polled", self.bots)

    async def asked(self, *words: str) -> None:
        """A command of groupbot's, beside the bot or without it."""
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "groupbot", *words, "--workspace", str(self.folder)),
            cwd=ROOT,
            env=self.bots.env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await command.communicate()
        assert command.returncode == 0, said.decode()


async def until(there: Callable[[], bool], what: str, bots: Forks) -> None:
    """Until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < deadline, f"{what}: {bots.said()}"
        await asyncio.sleep(0.02)
