"""A record to measure on: groups of unequal size, 90 days, the acts of the reports page (bench b5).

A thousand groups of 500 members; a group's share of all acts and a member's share of their group's fall as
1/rank^0.9; members come on any of the days, and fewer say anything the longer they are there. The sums are
written as the recorder writes them, but with one statement a table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.migrate import upgrade
from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement.store import DID, partitions
from groupbot.features.engagement.store.days import monday
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE

GROUPS, MEMBERS, DAYS = 1000, 500, 90
FIRST = datetime(2026, 8, 31, tzinfo=UTC)  # a Monday; groups live by UTC here
KINDS = ("message", "message", "reply", "reaction", "tap")
COLUMNS = ("chat_id", "at", "person_id", "kind", "units", "message_id", "topic", "staff", "reply_to")
CHUNK = 200_000


class Crowd:
    """`n` acts in the order of time: group from 0, person, kind and second from FIRST of each."""

    def __init__(self, n: int, *, groups: int = GROUPS, seed: int = 5) -> None:
        r = np.random.default_rng(seed)
        group = _ranks(r, groups, n)
        member = _ranks(r, MEMBERS, n)
        came = r.integers(0, DAYS - 5, (groups, MEMBERS))[group, member]
        day = (came + (DAYS - came) * r.random(n) ** 1.3).astype(np.int64)
        wave = 1 + np.sin((np.arange(24) - 8) / 24 * 2 * np.pi) * 0.8
        second = day * 86400 + r.choice(24, n, p=wave / wave.sum()) * 3600 + r.integers(0, 3600, n)
        order = np.argsort(second, kind="stable")
        self.n, self.groups = n, groups
        self.group: NDArray[np.int64] = group[order]
        self.person: NDArray[np.int64] = 5_000_000_000 + (group * 1000 + member)[order]
        self.kind: NDArray[np.int64] = r.integers(0, len(KINDS), n)[order]
        self.second: NDArray[np.int64] = second[order]

    def rows(self, chats: list[int], low: int, high: int, *, text: bool) -> list[tuple[Any, ...]]:
        """Rows of `event`, times as SQLite's text or as datetimes."""
        days = [(FIRST + timedelta(days=d)) for d in range(DAYS + 1)]
        said = [d.strftime("%Y-%m-%d ") for d in days]
        clock = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}.000000" for s in range(86400)]
        at: list[Any]
        if text:
            at = [said[s // 86400] + clock[s % 86400] for s in self.second[low:high].tolist()]
        else:
            at = [FIRST + timedelta(seconds=s) for s in self.second[low:high].tolist()]
        kinds = [KINDS[k] for k in self.kind[low:high].tolist()]
        places = [chats[g] for g in self.group[low:high].tolist()]
        people = self.person[low:high].tolist()
        numbers = range(low + 1, high + 1)
        return list(
            zip(places, at, people, kinds, repeat(1), numbers, repeat(None), repeat(False), repeat(None))
        )


def _ranks(r: np.random.Generator, size: int, n: int) -> NDArray[np.int64]:
    weight = 1 / np.arange(1, size + 1) ** 0.9
    return r.choice(size, n, p=weight / weight.sum()).astype(np.int64)


def settle(writer: Writer, groups: int) -> list[int]:
    """Our ids of so many groups that live by UTC, the largest first."""

    def fn(work: Work) -> list[int]:
        made = []
        for g in range(groups):
            made.append(resolve(work, Chat(-(10**12) - g - 1, "supergroup", f"Group {g + 1}")).id)
            members.put(work, ZONE, "UTC", chat=made[-1])
        return made

    return writer.write(fn)


def fill(url: str, crowd: Crowd) -> list[int]:
    """A new database with these acts and their sums; our ids of the groups."""
    tables()
    upgrade(url)
    writer = Writer(url, bot_id=1)
    chats = settle(writer, crowd.groups)
    writer.close()
    by_day(url, FIRST.date(), DAYS)
    path = sqlite_path(url)
    if path is not None:
        lite = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144", "temp_store=MEMORY"):
            lite.execute(f"PRAGMA {pragma}")
        lite.execute("BEGIN")
        marks = ", ".join("?" * len(COLUMNS))
        for low in range(0, crowd.n, CHUNK):
            rows = crowd.rows(chats, low, min(low + CHUNK, crowd.n), text=True)
            lite.executemany(f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({marks})", rows)
        for statement in sums("substr(at, 1, 14) || '00:00.000000'", "substr(at, 1, 10)", "0"):
            lite.execute(statement)
        lite.execute("COMMIT")
        lite.execute("PRAGMA journal_mode=WAL")
        lite.execute("ANALYZE")
        lite.close()
        return chats
    with psycopg.connect(url, autocommit=True) as pg:
        with pg.transaction(), pg.cursor().copy(f"COPY event ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for low in range(0, crowd.n, CHUNK):
                for row in crowd.rows(chats, low, min(low + CHUNK, crowd.n), text=False):
                    copy.write_row(row)
        for statement in sums("date_trunc('hour', at)", "(at AT TIME ZONE 'UTC')::date", "false"):
            pg.execute(statement)
        pg.execute("VACUUM ANALYZE")
    return chats


def by_day(url: str, first: date, days: int) -> None:
    """Where events lie by day: partitions for so many days, as the hourly tidying would have made them."""
    writer = Writer(url, bot_id=1)
    for n in range(days if sqlite_path(url) is None else 0):
        writer.write(_partition, first + timedelta(days=n))
    writer.close()


def _partition(work: Work, day: date) -> None:
    if day not in partitions.known(work):
        partitions.make(work, day)


def sums(hour: str, day: str, no: str) -> Iterator[str]:
    """The sums of all events, written at once."""
    week = monday("day", lite=no == "0")
    of = {
        "messages": "SUM(CASE WHEN kind IN ('message', 'reply') THEN 1 ELSE 0 END)",
        "replies": "SUM(CASE WHEN kind = 'reply' THEN 1 ELSE 0 END)",
        "reactions": "SUM(CASE WHEN kind = 'reaction' THEN units ELSE 0 END)",
        "taps": "SUM(CASE WHEN kind = 'tap' THEN 1 ELSE 0 END)",
    }
    yield (
        "INSERT INTO chat_hour (chat_id, hour, messages, reactions, taps, joined, gone)"
        f" SELECT chat_id, {hour}, {of['messages']}, {of['reactions']}, {of['taps']}, 0, 0"
        " FROM event GROUP BY 1, 2"
    )
    yield (
        "INSERT INTO member_day (chat_id, day, person_id, staff, messages, replies, reactions, taps)"
        f" SELECT chat_id, {day}, person_id, {no}, {', '.join(of.values())} FROM event GROUP BY 1, 2, 3"
    )
    yield (
        "INSERT INTO chat_day (chat_id, day, messages, replies, reactions, taps, active, organic)"
        " SELECT chat_id, day, SUM(messages), SUM(replies), SUM(reactions), SUM(taps), COUNT(*),"
        " SUM(CASE WHEN messages + reactions > 0 THEN 1 ELSE 0 END) FROM member_day GROUP BY 1, 2"
    )

    yield (
        "INSERT INTO member_week (chat_id, week, person_id, opened, answered, organic, active)"
        f" SELECT chat_id, {week}, person_id,"
        f" {', '.join(f'SUM(CASE WHEN {did} THEN 1 ELSE 0 END)' for did in DID.values())}"
        " FROM member_day GROUP BY 1, 2, 3"
    )


def day_of(n: int) -> date:
    """The nth day, from 0."""
    return (FIRST + timedelta(days=n)).date()
