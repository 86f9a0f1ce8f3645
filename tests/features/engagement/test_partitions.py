"""Events by day on PostgreSQL: made ahead, dropped whole, and no row lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.keeping import PrivacyDesk, ask_erasure
from groupbot.engine.migrate import config, drift, upgrade
from groupbot.engine.plugins import load
from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import service
from groupbot.features.engagement.service.forgetting import KEEP
from groupbot.features.engagement.store import EVENTS, event, partitions
from tests import postgres
from tests.conftest import START

TODAY = START.date()


@pytest.fixture
def writer(pg_tables: postgres.Cleaned) -> Iterator[Writer]:
    made = Writer(pg_tables.emptied(), clock=FixedClock(START), rng=chance(7), bot_id=700000001)
    yield made
    made.close()


def happened(work: Work, *at: datetime) -> None:
    said = (None, False, None, None)
    write_bulk(work.sql, EVENTS, [(1, t, 5, "message", 3, n, *said) for n, t in enumerate(at)])


def swept(writer: Writer) -> None:
    while writer.write(service.sweep):
        pass


def where(work: Work) -> dict[str, int]:
    """How many rows each partition has that has any."""
    rows = work.sql.plain("SELECT tableoid::regclass::text, count(*) FROM event GROUP BY 1 ORDER BY 1")
    return dict(rows)


def test_days_are_made_ahead_and_rows_without_one_are_moved_into_theirs(writer: Writer) -> None:
    ago = [START - timedelta(days=n) for n in (0, 1, 1, 30)]
    writer.write(lambda w: happened(w, *ago, START + timedelta(days=400)))
    assert writer.write(where) == {"event_default": 5}
    swept(writer)
    assert writer.write(partitions.known) == {TODAY + timedelta(days=n) for n in (-30, -1, *range(8))}
    assert writer.write(where) == {
        "event_20261231": 1, "event_20270129": 2, "event_20270130": 1, "event_default": 1
    }  # fmt: skip
    writer.write(lambda w: happened(w, START + timedelta(days=7), START - timedelta(days=29)))
    found = writer.write(where)
    assert (found["event_20270206"], found["event_default"]) == (1, 2)
    ids = writer.write(lambda w: [r.id for r in w.sql.all(sa.select(event.c.id).order_by(event.c.id))])
    assert ids == [1, 2, 3, 4, 5, 6, 7]


def test_after_180_days_a_day_goes_with_its_partition(writer: Writer) -> None:
    writer.write(lambda w: happened(w, START, START + timedelta(hours=20), START - timedelta(days=200)))
    swept(writer)
    assert writer.write(where) == {"event_20270130": 1, "event_20270131": 1}  # the oldest went row by row
    clock = writer.clock
    assert isinstance(clock, FixedClock)
    clock.at = datetime.combine(TODAY, datetime.min.time(), UTC) + KEEP
    swept(writer)
    assert writer.write(where) == {"event_20270130": 1, "event_20270131": 1}
    clock.at += timedelta(hours=1)
    swept(writer)
    assert writer.write(where) == {"event_20270131": 1}
    assert min(writer.write(partitions.known)) == date(2027, 1, 31)


def test_while_somebody_reads_no_partition_is_made_and_nobody_waits(writer: Writer) -> None:
    with psycopg.connect(writer.url) as reader:
        reader.execute("SELECT count(*) FROM event").fetchone()
        swept(writer)
        assert writer.write(partitions.known) == set()
    swept(writer)
    assert len(writer.write(partitions.known)) == 8


def test_the_migration_keeps_every_row_and_its_number_both_ways(pg_url: str) -> None:
    tables()
    upgrade(pg_url)
    command.downgrade(config(pg_url), "0037")
    now = datetime.now(UTC).replace(microsecond=0)
    writer = Writer(pg_url, clock=FixedClock(now), rng=chance(7), bot_id=700000001)
    old = [now - timedelta(days=n, hours=n % 24) for n in range(0, 400, 7)]
    of_then = {"chat_id": 1, "person_id": 5, "kind": "message", "units": 3, "staff": False}
    every = enumerate((*old, now + timedelta(days=40)))
    new = [of_then | {"at": t, "message_id": n} for n, t in every]
    writer.write(lambda w: w.sql.run(sa.insert(event).values(new)))
    rows = sa.select(*(event.c[n] for n in ("id", "at", *of_then, "message_id"))).order_by(event.c.id)
    before = writer.write(lambda w: w.sql.all(rows))
    writer.close()
    upgrade(pg_url)
    assert drift(pg_url) == []
    writer = Writer(pg_url, clock=FixedClock(now), rng=chance(7), bot_id=700000001)
    assert writer.write(lambda w: w.sql.all(rows)) == before
    assert (
        writer.write(where)["event_default"]
        == len([t for t in old if (now.date() - t.date()).days > 181]) + 1
    )
    writer.write(lambda w: happened(w, now))
    assert writer.write(lambda w: w.sql.value(sa.select(sa.func.max(event.c.id)))) == len(before) + 1
    writer.close()


async def test_an_erasure_reaches_every_partition_and_what_has_none(writer: Writer, tmp_path: Path) -> None:
    times = [START + timedelta(days=d) for d in (-3, -2, 0, 1, 400)]
    writer.write(lambda w: happened(w, *times))
    swept(writer)
    assert len(writer.write(where)) == 5
    desk = PrivacyDesk(writer, load().routers, tmp_path)
    await writer.submit(ask_erasure, 5)
    await desk.run()
    rows = writer.write(lambda w: w.sql.all(sa.select(event).order_by(event.c.at)))
    assert [r.at for r in rows] == times
    assert {(r.person_id == 5, r.message_id) for r in rows} == {(False, None)}


async def test_a_person_is_forgotten_in_any_number_of_small_days(writer: Writer, tmp_path: Path) -> None:
    days = [TODAY - timedelta(days=n) for n in range(80)]
    for day in days:
        writer.write(partitions.make, day)
    writer.write(lambda w: happened(w, *[START - timedelta(days=n) for n in range(80)]))
    desk = PrivacyDesk(writer, load().routers, tmp_path)
    await writer.submit(ask_erasure, 5)
    await desk.run()
    left = writer.write(lambda w: w.sql.value(sa.select(sa.func.count()).where(event.c.person_id == 5)))
    assert left == 0
