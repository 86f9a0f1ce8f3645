"""How long one person's erasure takes in a database of N events, and how long others wait meanwhile.

    python -m tests.benchmarks.erasure                # the short form: 200,000 events
    python -m tests.benchmarks.erasure 10000000       # the figure of RELIABILITY G35
    python -m tests.benchmarks.erasure 10000000 postgres    # on a PostgreSQL of its own, partitioned by day

Prints one line of JSON: seconds of the whole erasure with scrubbing, the longest wait of another transaction
meanwhile, rows changed, and the canary's occurrences in the files before and after: the workspace's with
SQLite's log, and on PostgreSQL the server's own after a checkpoint, its write-ahead log by itself.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from groupbot.engine.keeping import PrivacyDesk, ask_erasure
from groupbot.engine.keeping.store import erasure
from groupbot.engine.plugins import load
from groupbot.engine.storage import open_engine, sqlite_path
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement.store.days import monday
from groupbot.features.members.store import person
from tests import postgres
from tests.benchmarks.crowd import by_day
from tests.benchmarks.figures import record

CHATS, PEOPLE, DAYS = 1000, 500, 90
WHO, FIRST = 5_000_000_001, 6_000_000_000
CANARY = "Kanarienvogel"
BIG = ("event", "member_day", "member_week")
START = datetime(2027, 1, 1, tzinfo=UTC)


def fill(url: str, n: int) -> None:
    """`n` events of the chats' people over ninety days, the days and weeks they make, and the canary, whose
    row lies among others'."""
    engine = open_engine(url)
    tables().create_all(engine)
    by_day(url, START.date(), DAYS)
    lite = engine.dialect.name == "sqlite"
    chats = max(1, min(CHATS, n // 10_000))
    with engine.connect() as c:
        c.exec_driver_sql("BEGIN")
        indexes = [] if lite else _bare(c)
        c.exec_driver_sql(
            f"INSERT INTO person (id, first_name, is_bot, seen_at) {_series(PEOPLE * chats, lite)} "
            f"SELECT {FIRST} + i, 'Li ' || i, {'0' if lite else 'false'}, '{START}' FROM s"
        )
        series = _series(n, lite)
        at = (  # numbers follow time, as they do where things happen
            f"strftime('%Y-%m-%d %H:%M:%S.000000', '2027-01-01', (i * {DAYS} / {n}) || ' days')"
            if lite
            else f"timestamptz '2027-01-01' + (i::bigint * {DAYS} / {n}) * interval '1 day'"
        )
        no = "0" if lite else "false"
        who = f"CASE WHEN i % 7919 = 0 THEN {WHO} ELSE {FIRST} + (i * 7) % {PEOPLE * chats} END"
        events = (
            "INSERT INTO event (chat_id, at, person_id, kind, units, message_id, staff) "
            f"{series} SELECT 1 + i % {chats}, {at}, {who}, 'message', 20, i, {no} FROM s"
        )
        c.exec_driver_sql(events if lite else events.replace("%", "%%"))
        c.exec_driver_sql(
            "INSERT INTO member_day (chat_id, day, person_id, staff, messages, replies, reactions, taps) "
            f"SELECT chat_id, {'substr(at, 1, 10)' if lite else 'at::date'}, person_id, {no}, count(*), "
            "0, 0, 0 FROM event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        c.exec_driver_sql(
            "INSERT INTO member_week (chat_id, week, person_id, opened, answered, organic, active) "
            f"SELECT chat_id, {monday('day', lite=lite)}, person_id, count(*), 0, count(*), count(*) "
            "FROM member_day GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        for word in indexes:
            c.exec_driver_sql(word)
        c.execute(sa.insert(person).values(id=WHO, first_name=CANARY, is_bot=False, seen_at=START))
        c.exec_driver_sql("COMMIT")
    engine.dispose()


def _series(n: int, lite: bool) -> str:
    """s(i): the numbers below `n`."""
    if lite:
        return f"WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {n})"
    return f"WITH s AS (SELECT generate_series(0, {n - 1}) AS i)"


def _bare(c: sa.Connection) -> list[str]:
    """The big tables without keys and indexes on PostgreSQL; the words that make them again. What is made of
    all rows at once takes a fraction of what each row's own place in it takes."""
    for name, size in (("work_mem", "256MB"), ("maintenance_work_mem", "512MB")):
        c.exec_driver_sql(f"SET LOCAL {name} = '{size}'")
    made = []
    for table in BIG:
        keys = "FROM pg_constraint WHERE contype = 'p' AND conrelid = %s::regclass"
        for name, what in c.exec_driver_sql(f"SELECT conname, pg_get_constraintdef(oid) {keys}", (table,)):
            c.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            made.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {what}")
        indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
        for name, what in c.exec_driver_sql(indexes, (table,)):
            c.exec_driver_sql(f"DROP INDEX {name}")
            made.append(what.replace(" ON ONLY ", " ON "))  # of its partitions too
    return made


async def measure(url: str, folder: Path, n: int) -> dict[str, Any]:
    """Erase the canary while somebody else writes every few milliseconds."""
    before = found(url, folder)
    assert before["canary_in_files"], "what is looked for must be there to be found"
    writer = Writer(url, bot_id=1)
    desk = PrivacyDesk(writer, load().routers, folder)
    await writer.submit(ask_erasure, WHO)
    waits: list[float] = []

    def other(work: Work) -> None:
        work.sql.run(sa.update(person).where(person.c.id == 1).values(first_name="x"))

    began, worked = time.perf_counter(), time.process_time()
    erasing = asyncio.create_task(desk.run())
    while not erasing.done():
        asked = time.perf_counter()
        await writer.submit(other)
        waits.append(time.perf_counter() - asked)
        await asyncio.sleep(0.005)
    await erasing
    took, worked = time.perf_counter() - began, time.process_time() - worked
    counts = writer.write(lambda w: w.sql.first(sa.select(erasure.c.counts, erasure.c.state)))
    writer.close()
    waits.sort()
    return {
        "events": n,
        "seconds": round(took, 2),
        "cpu_seconds": round(worked, 2),  # of this process: what stays of it on a busy machine
        "wait_p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 1),
        "wait_longest_ms": round(waits[-1] * 1000, 1),
        "changed": counts.counts,
        "state": counts.state,
        "before": before,
        **found(url, folder),
    }


def found(url: str, folder: Path) -> dict[str, int]:
    """How often the canary is in the files."""
    if sqlite_path(url) is not None:
        return {"canary_in_files": _within(folder)}
    with psycopg.connect(url, autocommit=True) as c:
        c.execute("CHECKPOINT")  # what changed in memory is in the files
        row = c.execute("SHOW data_directory").fetchone()
    assert row is not None
    log = _within(Path(row[0]) / "pg_wal")
    return {"canary_in_files": _within(folder) + _within(Path(row[0])) - log, "canary_in_wal": log}


def _within(folder: Path) -> int:
    return sum(_times(p) for p in folder.rglob("*") if p.is_file())


def _times(path: Path) -> int:
    """Occurrences of the canary in a file, read in pieces."""
    found, tail, mark = 0, b"", CANARY.encode()
    with path.open("rb") as file:
        while piece := file.read(1 << 24):
            found += (tail + piece).count(mark)
            tail = piece[-len(mark) + 1 :]
    return found


@contextmanager
def database(folder: Path, on_postgres: bool) -> Iterator[str]:
    """Where it is."""
    if not on_postgres:
        yield f"sqlite:///{folder / 'groupbot.db'}"
        return
    with postgres.server() as server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
            c.execute("CREATE DATABASE erasure")
        yield f"{server}/erasure"


def main(n: int = 200_000, on: str = "sqlite") -> dict[str, Any]:
    """Fill, erase, tell."""
    with tempfile.TemporaryDirectory() as name, database(Path(name), on == "postgres") as where:
        folder = Path(name)
        fill(where, n)
        made = asyncio.run(measure(where, folder, n))
        made["database"] = "SQLite" if sqlite_path(where) else "PostgreSQL"
        print(json.dumps(made))
        left = made["canary_in_files"] + made.get("canary_in_wal", 0)
        told = f"{made['seconds']:.1f} s at {n:,} events, the person found {left} times after"
        record(
            "G35",
            told,
            met=made["seconds"] <= 60 and not left,
            postgresql=on == "postgres",
            part=" ".join(["short"] * (n < 10**7) + ["PostgreSQL"] * (on == "postgres")),
        )
        return made


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000, *sys.argv[2:])
