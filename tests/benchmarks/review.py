"""Reports from the sums against the same questions asked of raw events, and against DuckDB.

    python -m tests.benchmarks.review                          # 10 million events, a quarter of an hour
    python -m tests.benchmarks.review --events 500000          # the short form
    python -m tests.benchmarks.review --postgres               # on a PostgreSQL of its own
    python -m tests.benchmarks.review --workspace FOLDER       # keeps the database there, and uses it again

1,000 groups of 500 members, 90 days (tests/benchmarks/crowd.py). Each question is asked of the largest group
by the product's own function, then in SQL of `event` with its index on (chat, time); the numbers must be
equal. The overview of all groups is asked of the views and, where duckdb and pyarrow are installed, of
Parquet sorted by chat with two threads. People of whole weeks are asked of the weekly sums; of the last seven
days, of those and of the days before this Monday: one here, for the record ends on a Saturday, and six on a
Monday, where it takes no less than of days alone. Times are the middle of some warm runs.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from groupbot.engine.reader import looking
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service, store
from tests import postgres
from tests.benchmarks.crowd import DAYS, FIRST, Crowd, fill

LAST = (FIRST + timedelta(days=DAYS - 1)).date()
SPOKE = "kind IN ('message', 'reply')"


def timed(fn: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The middle of the times of the runs after the first, in ms, and what came out."""
    took, found = [], None
    for _ in range(runs + 1):
        start = time.perf_counter()
        found = fn()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took[1:]), found


class Raw:
    """The same questions in SQL over the events; everybody lives by UTC and nobody is staff."""

    def __init__(self, ask: reports.Ask) -> None:
        self.ask = ask
        second = (
            "CAST(strftime('%s', at) AS INTEGER)" if ask.lite else "CAST(EXTRACT(EPOCH FROM at) AS BIGINT)"
        )
        self.day = f"({second} / 86400)"
        self.hour = f"({second} / 3600 % 24)"
        self.zero = int(FIRST.timestamp()) // 86400
        self.where = ask.sql("WHERE {times}")

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.ask.rows(sql)

    def days(self) -> dict[date, int]:
        rows = self._rows(f"SELECT {self.day}, COUNT(DISTINCT person_id) FROM event {self.where} GROUP BY 1")
        return {FIRST.date() + timedelta(days=d - self.zero): n for d, n in sorted(rows)}

    def hours(self) -> tuple[tuple[int, ...], ...]:
        weekday = f"({self.day} - {self.zero}) % 7"
        rows = self._rows(
            f"SELECT {weekday}, {self.hour}, COUNT(*) FROM event {self.where} AND {SPOKE} GROUP BY 1, 2"
        )
        found = {(d, h): n for d, h, n in rows}
        return tuple(tuple(found.get((d, h), 0) for h in range(24)) for d in range(7))

    def kept(self) -> list[reports.Kept]:
        week = f"({self.day} - {self.zero}) / 7"
        rows = self._rows(
            f"WITH x AS (SELECT DISTINCT person_id, {week} AS w FROM event {self.where}),"
            " f AS (SELECT person_id, MIN(w) AS f FROM x GROUP BY 1)"
            " SELECT f.f, x.w - f.f, COUNT(*) FROM x JOIN f ON f.person_id = x.person_id GROUP BY 1, 2"
        )
        found = {(f, k): n for f, k, n in rows}
        weeks = (DAYS + 6) // 7
        return [
            reports.Kept(
                FIRST.date() + timedelta(days=7 * f), tuple(found.get((f, k), 0) for k in range(weeks - f))
            )
            for f in range(weeks)
            if (f, 0) in found
        ]

    def talkers(self) -> list[tuple[int, int]]:
        return [
            (p, n)
            for p, n in self._rows(
                f"SELECT person_id, COUNT(*) FROM event {self.where} AND {SPOKE}"
                " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"
            )
        ]


def talkers(ask: reports.Ask) -> list[tuple[int, int]]:
    """Who said most, as the product asks it."""
    rows = ask.work.sql.all(store.TOP, chat=ask.chat, first=ask.first, last=ask.last, most=20)
    return [(r.person_id, int(r.n)) for r in rows]


def one_group(url: str, chat: int) -> None:
    """Each question of the largest group, both ways."""
    with looking(url) as work:
        whole = reports.Ask(work, chat, FIRST.date(), LAST)
        month = whole.back(30)
        raw, raw_month = Raw(whole), Raw(month)
        events = work.sql.plain(f"SELECT COUNT(*) FROM event WHERE chat_id = {chat}")[0][0]
        print(f"the largest group, {events:,} events; ms from the sums / from raw events, equal numbers")
        for name, goal, own, other in (
            ("active people, 90 days", 0.02, lambda: reports.active_days(whole), raw.days),
            ("hours of the week", 0.02, lambda: reports.hours(whole), raw.hours),
            ("weekly retention", 0.02, lambda: reports.kept(whole), raw.kept),
            ("top 20 of 30 days", 0.1, lambda: talkers(month), raw_month.talkers),
        ):
            ours, found = timed(own, 9)
            theirs, told = timed(other, 3)
            assert found == told, (name, found, told)
            ratio = ours / theirs
            verdict = "" if ratio <= goal else "   MISSED"
            print(f"  {name:<24}{ours:9.1f}{theirs:10.1f}   {ratio:.4f} (goal {goal}){verdict}", flush=True)


SIX = timedelta(days=6)
SUNDAY = LAST - timedelta(days=(LAST.weekday() + 1) % 7)
MONDAY = SUNDAY - SIX


def _people(last: date, who: str) -> str:
    """Messages and people, each once, of the seven days up to one, by group; nobody is staff here."""
    return (
        "SELECT chat_id, messages, people FROM (SELECT chat_id, SUM(messages) AS messages FROM v_day"
        f" WHERE day BETWEEN '{last - SIX}' AND '{last}' GROUP BY chat_id) d"
        f" JOIN (SELECT chat_id, COUNT(*) AS people FROM ({who}) w GROUP BY chat_id) p USING (chat_id)"
    )


def _duck(last: date) -> str:
    """The same of the events."""
    after = ((last - FIRST.date()).days + 1) * 86400
    return (
        "SELECT chat_id, COUNT(*) FILTER (WHERE kind < 3), COUNT(DISTINCT person_id) FROM ev"
        f" WHERE ts >= {after - 7 * 86400}{f' AND ts < {after}' if last < LAST else ''} GROUP BY 1"
    )


ALL = {
    "messages, people by day": (
        "SELECT chat_id, day, messages, active FROM v_day",
        "SELECT chat_id, ts // 86400, COUNT(*) FILTER (WHERE kind < 3), COUNT(DISTINCT person_id) FROM ev"
        " GROUP BY 1, 2",
    ),
    "last whole week": (
        _people(
            SUNDAY, f"SELECT chat_id, person_id FROM v_member_week WHERE active > 0 AND week = '{MONDAY}'"
        ),
        _duck(SUNDAY),
    ),
    "last seven days": (
        _people(
            LAST,
            f"SELECT chat_id, person_id FROM v_member_week WHERE active > 0 AND week > '{MONDAY}'"
            " UNION SELECT chat_id, person_id FROM v_member_day WHERE NOT staff"
            f" AND messages + reactions + taps > 0 AND day BETWEEN '{LAST - SIX}' AND '{SUNDAY}'",
        ),
        _duck(LAST),
    ),
    "the same, of days alone": (
        "SELECT chat_id, SUM(messages), COUNT(DISTINCT person_id) FROM v_member_day"
        f" WHERE day BETWEEN '{LAST - SIX}' AND '{LAST}' GROUP BY chat_id",
        _duck(LAST),
    ),
}


def all_groups(url: str, crowd: Crowd, chats: list[int], folder: Path) -> None:
    """The overview, from the views and by DuckDB."""
    try:
        import duckdb
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        print("all groups: not compared, for duckdb and pyarrow are not installed")
        return
    order = np.lexsort((crowd.second, crowd.group))
    table = pa.table(
        {
            "chat_id": np.array(chats)[crowd.group[order]],
            "person_id": crowd.person[order],
            "kind": crowd.kind[order].astype(np.int8),
            "ts": crowd.second[order],
        }
    )
    pq.write_table(table, folder / "ev.parquet", compression="zstd", row_group_size=122_880)
    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    duck.execute(f"CREATE VIEW ev AS SELECT * FROM '{folder / 'ev.parquet'}'")
    print("all groups; ms from the sums / DuckDB over Parquet by chat, equal numbers")
    with looking(url) as work:
        for name, (own, other) in ALL.items():
            ours, found = timed(lambda q=own: work.sql.plain(q), 3)
            theirs, told = timed(lambda q=other: duck.execute(q).fetchall(), 3)
            assert sorted(map(_numbers, found)) == sorted(map(_numbers, told)), name
            verdict = "" if ours <= 3 * theirs else "   MISSED"
            print(
                f"  {name:<24}{ours:9.1f}{theirs:10.1f}   {ours / theirs:.2f} (goal 3){verdict}", flush=True
            )


def _numbers(row: tuple[Any, ...]) -> tuple[int, ...]:
    """A row with its day as the nth."""
    return tuple(
        int(v) if not isinstance(v, str | date) else (date.fromisoformat(str(v)) - FIRST.date()).days
        for v in row
    )


def check(url: str, chat: int) -> None:
    """The sums written at once are what the product makes of the events."""
    writer = Writer(url, bot_id=1)
    for n in (0, 45, DAYS - 1):
        day = (FIRST + timedelta(days=n)).date()
        assert not writer.write(service.rebuild, chat, day), f"the sums of {day} are not the recorder's"
    writer.close()


@contextmanager
def database(folder: Path, on_postgres: bool) -> Iterator[tuple[str, bool]]:
    """Its URL, and whether it is still empty."""
    if not on_postgres:
        path = folder / "review.db"
        yield f"sqlite:///{path}", not path.exists()
        return
    with postgres.server() as server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
            c.execute("DROP DATABASE IF EXISTS review")
            c.execute("CREATE DATABASE review")
        yield f"{server}/review", True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--workspace", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = args.workspace or Path(name)
        crowd = Crowd(args.events)
        with database(folder, args.postgres) as (url, empty):
            start = time.perf_counter()
            chats = fill(url, crowd) if empty else list(range(1, crowd.groups + 1))
            kind = "PostgreSQL" if args.postgres else "SQLite"
            print(f"{kind}, {crowd.n:,} events, filled in {time.perf_counter() - start:.0f} s", flush=True)
            check(url, chats[0])
            one_group(url, chats[0])
            all_groups(url, crowd, chats, Path(name))


if __name__ == "__main__":
    main()
