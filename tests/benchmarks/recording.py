"""What it costs to write down what happens, sums and all.

    python -m tests.benchmarks.recording                 # SQLite, then a PostgreSQL of its own
    python -m tests.benchmarks.recording --rows 5000     # the short form

In one run and the same database, each commit synced (SQLite synchronous=FULL, PostgreSQL fsync=on): the
recorder with its sums (`service.note` of events, 1,000 a commit), the driver's fastest way to write the bare
rows (executemany, COPY; 1,000 a commit), and one ORM commit an event. Goals: at least 30 times the ORM, a
tenth of bare rows on SQLite and a quarter on PostgreSQL.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

from groupbot.core.events import Chat, Message, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import service
from groupbot.features.engagement.store import event
from tests import postgres
from tests.benchmarks.crowd import by_day

START = datetime(2027, 1, 1, tzinfo=UTC)
BATCH, ROUNDS = 1000, 5
COLUMNS = ("chat_id", "at", "person_id", "kind", "units", "message_id", "topic", "staff", "reply_to")


class Base(DeclarativeBase):
    metadata = event.metadata


class Row(Base):
    __table__ = event


def happenings(n: int) -> list[Message]:
    """Messages of 1,000 groups of unequal size and 5,000 people, twenty a second."""
    r = random.Random(3)
    chats = [Chat(-(10**12) - g, "supergroup", f"G{g}") for g in range(1001)]
    people = [Person(5 * 10**9 + p, f"P{p}") for p in range(5001)]
    return [
        Message(
            at=START + timedelta(seconds=i // 20),
            chat=chats[min(int(r.paretovariate(1.1)), 1000)],
            sender=people[r.randint(1, 5000)],
            message_id=i + 1,
            text="hello",
        )
        for i in range(n)
    ]


def row_of(m: Message) -> tuple[Any, ...]:
    person = m.sender.id if m.sender else 0
    return (-m.chat.id, m.at, person, "message", 5, m.message_id, None, False, None)


def batches(some: list[Any]) -> list[list[Any]]:
    return [some[i : i + BATCH] for i in range(0, len(some), BATCH)]


def recorder(url: str, end: ExitStack) -> Callable[[list[Message]], None]:
    """The product's way."""
    writer = Writer(url, bot_id=1)
    end.callback(writer.close)

    def record(work: Work, some: list[Message]) -> None:
        work.zone = "UTC"
        for m in some:
            work.event, work.chat = m, resolve(work, m.chat).id
            service.note(m, work)

    def run(some: list[Message]) -> None:
        for part in batches(some):
            writer.write(record, part)

    return run


def bare(url: str, end: ExitStack) -> Callable[[list[Message]], None]:
    """The driver's."""
    engine = open_engine(url)
    end.callback(engine.dispose)
    raw: Any = end.enter_context(engine.connect()).connection.driver_connection
    lite = engine.dialect.name == "sqlite"

    def run(some: list[Message]) -> None:
        for part in batches(some):
            rows = [row_of(m) for m in part]
            raw.execute("BEGIN")
            if lite:
                rows = [(r[0], r[1].strftime("%Y-%m-%d %H:%M:%S.%f"), *r[2:]) for r in rows]
                marks = ", ".join("?" * len(COLUMNS))
                raw.executemany(f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({marks})", rows)
            else:
                with raw.cursor().copy(f"COPY event ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            raw.execute("COMMIT")

    return run


def one_by_one(url: str, end: ExitStack) -> Callable[[list[Message]], None]:
    """The ORM's, a commit an event."""
    engine = sa.create_engine(open_engine(url).url)
    end.callback(engine.dispose)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=FULL"))

    def run(some: list[Message]) -> None:
        for m in some:
            with Session(engine) as session:
                session.add(Row(**dict(zip(COLUMNS, row_of(m), strict=True))))
                session.commit()

    return run


def measure(name: str, url: str, n: int, goal: float) -> None:
    """Rounds of all three, in turns."""
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    by_day(url, START.date(), 2)
    with ExitStack() as end:
        ways = {"recorder": recorder(url, end), "bare rows": bare(url, end), "orm": one_by_one(url, end)}
        _rounds(name, n, goal, ways)


def _rounds(name: str, n: int, goal: float, ways: dict[str, Callable[[list[Message]], None]]) -> None:
    took: dict[str, list[float]] = {w: [] for w in ways}
    every = iter(batches(happenings((ROUNDS + 1) * 2 * n + BATCH)))
    for i in range(ROUNDS + 1):
        for way, run in ways.items():
            some = [m for _ in range(max(1, n // BATCH)) for m in next(every)] if way != "orm" else None
            some = some or happenings(max(20, n // 100))
            start = time.perf_counter()
            run(some)
            if i:
                took[way].append((time.perf_counter() - start) / len(some))
    pace = {w: 1 / statistics.median(t) for w, t in took.items()}
    print(f"{name}, {BATCH:,} a commit; rows a second")
    for way, rows in pace.items():
        print(f"  {way:<10}{rows:12,.0f}")
    share, times = pace["recorder"] / pace["bare rows"], pace["recorder"] / pace["orm"]
    print(
        f"  recorder: {share:.2f} of bare rows (goal {goal}), {times:.0f} times the ORM (goal 30)", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000, help="of one round")
    n = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{Path(folder) / 'r.db'}", n, 0.1)
    with postgres.server(durable=True) as server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
            c.execute("CREATE DATABASE recording")
        measure("PostgreSQL", f"{server}/recording", n, 0.25)


if __name__ == "__main__":
    main()
