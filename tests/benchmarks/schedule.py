"""A thousand posts due at once, of ten thousand planned: `python -m tests.benchmarks.schedule`.

Theirs: APScheduler's AsyncIOScheduler over SQLAlchemyJobStore (SQLite), 10,000 persisted jobs, 1,000 of
them due; a job does nothing but count. Ours: 10,000 plans, each with its own text, of which 1,000 are
due, in 1,000 chats; a post is chosen, checked against quiet hours and budgets, rendered, and written to
the outbox with its record and its next slot (SQLite, synchronous=FULL). One process, side by side; a
sampler on the loop tells how long it was held.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.content import Content
from groupbot.engine.keys import sealing_key
from groupbot.engine.memory import settle
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import service
from groupbot.features.promos.domain import Audience, Plan
from groupbot.features.promos.service.files import Shelf
from groupbot.features.promos.service.load import load, seat
from tests.benchmarks.figures import record

PLANNED, DUE = 10_000, 1_000
START = datetime(2027, 1, 30, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 1, 31, 10, 0)
ran: list[int] = []


async def post(number: int) -> None:
    """An APScheduler job."""
    ran.append(number)


async def watched(run: Callable[[], Awaitable[None]]) -> tuple[float, float, float]:
    """(seconds taken, seconds of CPU, longest time the loop was held) of `run`."""
    held: list[float] = []

    async def sample() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            held.append(time.perf_counter() - start - 0.001)

    sampler = asyncio.create_task(sample())
    await asyncio.sleep(0.05)
    held.clear()
    start, cpu = time.perf_counter(), time.process_time()
    await run()
    taken, cpu = time.perf_counter() - start, time.process_time() - cpu
    await asyncio.sleep(0.01)
    sampler.cancel()
    return taken, cpu, max(held)


async def theirs(path: Path) -> tuple[float, float, float]:
    """APScheduler: 1,000 of 10,000 jobs due at once."""
    store = SQLAlchemyJobStore(url=f"sqlite:///{path / 'aps.db'}")
    usual = {"misfire_grace_time": 3600, "coalesce": True}
    scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone=UTC, job_defaults=usual)
    scheduler.start(paused=True)
    now = datetime.now(UTC)
    for i in range(PLANNED):
        trigger = CronTrigger(hour=i % 24, minute=i % 60, timezone=UTC)
        first = now + timedelta(days=1, seconds=i)
        scheduler.add_job(post, trigger, args=[i], id=f"p{i}", next_run_time=first)
    for i in range(DUE):
        job = store.lookup_job(f"p{i}")
        job._modify(next_run_time=now)
        store.update_job(job)
    ran.clear()

    async def run() -> None:
        scheduler.resume()
        while len(ran) < DUE:
            await asyncio.sleep(0.001)

    found = await watched(run)
    scheduler.shutdown(wait=False)
    return found


def prepared(path: Path) -> Writer:
    """A bot with 1,000 chats and 10,000 plans, 1,000 of them due at ten."""
    url = f"sqlite:///{path / 'ours.db'}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    writer = Writer(url, clock=FixedClock(START), rng=chance(1), bot_id=1)
    key = writer.write(sealing_key)
    writer.content = Content([folder("content_templates")])
    writer.render = writer.content.renderer(members.Knowledge().voice, key)
    writer.write(_chats)
    plans = [_plan(n) for n in range(PLANNED)]
    assert writer.write(load, Shelf(plans=[(p, f"plans/bench.yaml:{n}") for n, p in enumerate(plans)])) == []
    writer.write(seat)
    settle()  # as the bot does after its start
    return writer


def _chats(work: Work) -> None:
    for n in range(DUE):
        place = resolve(work, Chat(-1001000000000 - n, "supergroup", f"Store {n}"))
        work.sql.run(
            members_store.NEW_PROFILE,
            chat_id=place.id,
            added_by=None,
            added_at=work.now,
            status="administrator",
            rights=[],
        )
        members.set_profile(work, place.id, tier="store", tags=(f"s{n}",))
        members.put(work, ZONE, "Asia/Shanghai", chat=place.id)


def _plan(n: int) -> Plan:
    due = n < DUE
    return Plan(
        name=f"plan {n}",
        whom=Audience(f"store {n % DUE}", tags=(f"s{n % DUE}",)),
        pool=("promos/card",),
        start=TEN if due else TEN + timedelta(days=1, minutes=n % 300),
        kind="promotion",
        rrule="FREQ=WEEKLY",
        data={
            "point": f"Hawthorn {n}", "how": "2 boxes", "price": "59", "was": "72", "until": "2027-02-04",
            "contact": "@zhou", "url": "https://shop.example",
        },
        grace=900,
    )  # fmt: skip


async def ours(writer: Writer) -> tuple[float, float, float, list[float]]:
    """publish_due as the heartbeat calls it, until nothing is due; also each transaction's seconds."""
    writer.clock.shift(datetime(2027, 1, 31, 2, 0, tzinfo=UTC) - writer.clock.now())
    slices: list[float] = []

    def tick(work: Work) -> Any:
        return work.step(service.publish_due)

    async def run() -> None:
        more = True
        while more:
            start = time.perf_counter()
            more = await writer.submit(tick)
            slices.append(time.perf_counter() - start)

    return *await watched(run), slices


def said(writer: Writer) -> int:
    """Distinct posts in the outbox."""
    query = sa.select(sa.func.count(sa.distinct(outbox.c.ref))).where(outbox.c.kind == "send")
    return int(writer.write(lambda w: w.sql.value(query)))


def main(rounds: int = 3) -> None:
    """Print times, ratio and how long the loop was held."""
    logging.disable(logging.CRITICAL)
    sys.setswitchinterval(0.0005)
    ratios = []
    for n in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            path = Path(place)
            writer = prepared(path)
            a, a_cpu, a_held = asyncio.run(theirs(path))
            b, b_cpu, b_held, slices = asyncio.run(ours(writer))
            assert said(writer) == DUE
            writer.close()
        ratios.append(b / a)
        print(f"round {n + 1}: {DUE} due of {PLANNED}; wall, CPU, longest the loop was held (ms)")
        print(f"  APScheduler  {a * 1e3:7.0f} {a_cpu * 1e3:7.0f} {a_held * 1e3:8.1f}")
        print(
            f"  groupbot     {b * 1e3:7.0f} {b_cpu * 1e3:7.0f} {b_held * 1e3:8.1f}   "
            f"{len(slices)} transactions, longest {max(slices) * 1e3:.1f}"
        )
        print(f"  ratio        {b / a:7.3f} {b_cpu / a_cpu:7.3f}", flush=True)
    print(f"ratio of wall time, median of {rounds}: {statistics.median(ratios):.3f}")
    record("due", f"{statistics.median(ratios):.2f} ×", met=statistics.median(ratios) <= 0.1)


if __name__ == "__main__":
    main()
