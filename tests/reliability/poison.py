"""G7: poisonous updates in a stream of good ones, before a real bot; and how long each was in the way.

    python -m tests.reliability.poison [--poisons 300] [--rate 100] [--seed 0] [--record]

People write `rate` messages a second; ten times a second an update comes that no client of Telegram's could
send. Measured: the time until each is put aside (or was read after all), whether every good one was handled
once, and the longest pause between two polls while something waited.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groupbot.engine.seen import among
from groupbot.engine.storage import open_engine, reading
from groupbot.testing.making import migrated
from tests.benchmarks.figures import record
from tests.reliability.process import alive, ended, environment, forks
from tests.reliability.scene import until
from tests.reliability.stage import NOTES, TOKEN, Stage, acting, each_once, stage_with, workspace
from tests.simulation.trouble import BODIES

WITHIN, STALL = 1.0, 1.0  # seconds until a poison is put aside; the longest pause between two polls
EVERY = 0.1  # seconds between two poisons
DAY = 86400.0
# those that the sandbox's server can write; the others (1e400, half a letter) are played by the simulation
POISONS = [b for b in BODIES if "1e400" not in b and "ud800" not in b]


@dataclass
class Found:
    """What the poisons did. Times in seconds."""

    poisons: int = 0
    aside: int = 0
    waits: list[float] = field(default_factory=list)
    stall: float = 0.0
    good: int = 0

    @property
    def slowest(self) -> float:
        return max(self.waits, default=float("inf"))


def poisoned(stage: Stage, rng: random.Random) -> int:
    """One more waits for the bot; its number."""
    bot = stage.world.bots[TOKEN]
    number, bot.next_update = bot.next_update, bot.next_update + 1
    body: dict[str, Any] = json.loads(rng.choice(POISONS).replace("%d", str(number), 1))
    bot.updates.append(body | {"_until": stage.world.clock.now() + DAY})
    bot.arrived.set()
    return number


def done(db: sqlite3.Connection) -> tuple[set[int], set[int]]:
    """Updates that are put aside, and those that were read."""
    aside = {n for (n,) in db.execute("SELECT update_id FROM quarantine")}
    read = {n for row in db.execute("SELECT block, ids FROM update_block") for n in among(*row)}
    return aside, read


async def _watch(stage: Stage, found: Found) -> None:
    """The longest time for which something waited and the bot did not ask for it."""
    asked, since = stage.asked(), time.monotonic()
    while True:
        await asyncio.sleep(0.005)
        now = time.monotonic()
        if stage.asked() != asked or not stage.left:
            asked, since = stage.asked(), now
        found.stall = max(found.stall, now - since)


async def poison(folder: Path, poisons: int, *, rate: int = 100, seed: int = 0) -> Found:
    """So many, one after the other.

    Raises:
        AssertionError: something good was not handled once, or the bot stood still or died.
    """
    rng, found = random.Random(seed), Found(poisons)
    workspace(folder, NOTES)
    (folder / "groupbot.db").write_bytes(migrated())
    async with stage_with(6) as stage:
        with forks(folder, environment(folder, stage.sandbox.url, TOKEN)) as bots:
            before, pid = stage.asked(), bots.start()
            await until(lambda: stage.asked() != before and not stage.left, "it never polled", bots)
            watch, waiting = asyncio.create_task(_watch(stage, found)), dict[int, float]()
            with closing(sqlite3.connect(folder / "groupbot.db")) as db:
                async with acting(stage, NOTES, rng, a_second=rate):
                    due, made = time.monotonic(), 0
                    while made < poisons or waiting:
                        now = time.monotonic()
                        if made < poisons and now >= due:
                            waiting[poisoned(stage, rng)] = now
                            made, due = made + 1, due + EVERY
                        aside, read = done(db)
                        for number in waiting.keys() & (aside | read):
                            found.waits.append(now - waiting.pop(number))
                            found.aside += number in aside
                        oldest = min(waiting.values(), default=now)
                        assert alive(pid) and now - oldest < 30, bots.said()
                        await asyncio.sleep(0.01)
            await until(lambda: not stage.left, "updates are left", bots)
            watch.cancel()
            os.kill(pid, signal.SIGTERM)
            await ended(pid, seconds=60)
    engine = open_engine(f"sqlite:///{folder / 'groupbot.db'}")
    with reading(engine) as sql:
        each_once(stage, sql)
    engine.dispose()
    found.good = len(stage.done)
    return found


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--poisons", type=int, default=300)
    options.add_argument("--rate", type=int, default=100)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(poison(Path(folder), given.poisons, rate=given.rate, seed=given.seed))
    told = (
        f"{found.poisons} poisons among {found.good:,} good ones: {found.aside} put aside, the others read, "
        f"within {found.slowest:.2f} s; every good one once; longest pause of the poll {found.stall:.2f} s"
    )
    print(told)
    met = found.slowest <= WITHIN and found.stall <= STALL and found.aside > 0
    record("G7", told, met=met, seeds=str(given.seed), part="" if given.poisons >= 300 else "short")
    sys.exit(not met)


if __name__ == "__main__":
    main()
