"""G5: `kill -9` at random moments under load; no update is lost, nobody is paid twice.

    python -m tests.reliability.kills [1000] [--rate 300] [--backlog 5000] [--postgres] [--record]

so many kills in lives of their own stages (each checked at its end), alternating between notes and packets.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import psycopg
import sqlalchemy as sa

from groupbot.engine.inbox import quarantine
from groupbot.engine.seen import update_block
from groupbot.engine.storage import open_engine, reading
from tests import postgres
from tests.benchmarks.figures import record
from tests.reliability.process import Forks, alive, ended, environment, forks, kill
from tests.reliability.stage import NOTES, PACKETS, TOKEN, Load, Stage, acting, stage_with, workspace

EACH = 50  # kills of one stage: what it says in the end is counted


async def _live_a_little(stage: Stage, bots: Forks, rng: random.Random) -> None:
    """A bot starts, and dies half a second after its first poll at the latest; one in five dies anywhere
    in its start, migration included."""
    before, pid = stage.asked(), bots.start()
    if rng.random() < 0.8:
        deadline = time.monotonic() + 120
        while stage.asked() == before and alive(pid) and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
    await asyncio.sleep(rng.uniform(0.0, 0.5))
    assert alive(pid), bots.said()
    kill(pid)
    await ended(pid, seconds=60)


async def killed(
    folder: Path, load: Load, url: str, kills: int, *, seed: int = 20270130, rate: int = 200, backlog: int = 0
) -> int:
    """So many kills of bots on one database, and what must be true after; how many things people did.

    Raises:
        AssertionError: something was lost, done twice, put aside, or stuck.
    """
    rng = random.Random(seed)
    workspace(folder, load)
    async with stage_with(12) as stage:
        for n in range(backlog):
            load.act(stage, n, rng)
        env = environment(folder, stage.sandbox.url, TOKEN, GROUPBOT_DATABASE_URL=url)
        with forks(folder, env) as bots:
            async with acting(stage, load, rng, a_second=rate, first=backlog):
                if load.under_way:
                    pid, deadline = bots.start(), time.monotonic() + 180
                    while len(stage.done) < load.under_way and time.monotonic() < deadline:
                        await asyncio.sleep(0.01)
                    kill(pid)
                    await ended(pid, seconds=60)
                for _ in range(kills):
                    await _live_a_little(stage, bots, rng)
            pid = bots.start()
            fewest, deadline = stage.left, time.monotonic() + 120
            while stage.left:
                if stage.left < fewest:
                    fewest, deadline = stage.left, time.monotonic() + 120
                assert alive(pid), bots.said()
                assert time.monotonic() < deadline, f"{stage.left} updates left: {bots.said()}"
                await asyncio.sleep(0.02)
            os.kill(pid, signal.SIGTERM)
            await ended(pid, seconds=60)
        engine = open_engine(url)
        with reading(engine) as sql:
            assert sql.execute(sa.select(quarantine.c.step, quarantine.c.error)).all() == []
            blocks = sql.scalars(sa.select(update_block.c.ids)).all()
            assert sum(b.bit_count() for b in blocks) >= len(stage.done)
            load.check(stage, sql)
        engine.dispose()
        return len(stage.done)


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser()
    options.add_argument("kills", nargs="?", type=int, default=1000)
    options.add_argument("--rate", type=int, default=300)
    options.add_argument("--backlog", type=int, default=5000)
    options.add_argument("--postgres", action="store_true")
    given = options.parse_args()
    done = left = 0
    with postgres.server(durable=True) if given.postgres else nullcontext("") as server:
        for n, most in enumerate(range(given.kills, 0, -EACH)):
            with tempfile.TemporaryDirectory() as place:
                url = f"sqlite:///{Path(place) / 'groupbot.db'}"
                if server:
                    with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
                        c.execute(f"CREATE DATABASE kills{n}")
                    url = f"{server}/kills{n}"
                load = (NOTES, PACKETS)[n % 2]
                waiting = given.backlog if load is NOTES else 0  # nobody presses what is not shown yet
                made = killed(
                    Path(place), load, url, min(EACH, most), seed=n, rate=given.rate, backlog=waiting
                )
                done += asyncio.run(made)
                left = max(0, most - EACH)
                print(f"{given.kills - left} kills, {done:,} updates, nothing lost or doubled", flush=True)
    told = f"{given.kills:,} kills, {done:,} updates at {given.rate}/s: 0 lost, 0 doubled"
    whole = given.kills >= 1000 and given.rate >= 300 and given.backlog >= 5000
    part = "" if whole else "short"
    if server:
        part = ", ".join(filter(None, ("PostgreSQL", part)))
    record("G5", told, met=True, seeds=f"0 to {n}", postgresql=bool(server), part=part)


if __name__ == "__main__":
    main()
