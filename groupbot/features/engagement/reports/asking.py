"""A question in SQL that its reader can run again: every value written into it, over the views only."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.members import service as members

PEOPLE, RATE = 7, 10  # under so many people, or so many of a denominator, no number is shown


class Figure(Struct, frozen=True):
    """One number of a report, and how it came about.

    `value` None: there were too few (`n` of `least`). `per` says what it is a share of; `sql` gives `value`
    as the first cell of its first row, or the rows that `how` is done to; `base` gives `n`, "" where the rows
    of `sql` tell it.
    """

    key: str
    value: float | None
    unit: str  # count | share | hours | days | factor | index | points | level
    window: tuple[date, date]
    per: str
    n: int
    least: int
    grade: str
    sql: str
    how: str = ""
    base: str = ""


class Ask:
    """Questions about one chat and the local days from `first` to `last`."""

    def __init__(self, work: Work, chat: int, first: date, last: date) -> None:
        self.work, self.chat, self.first, self.last = work, chat, first, last
        self._clock = zone(members.voice(work, chat, None)[1])
        self.lite = work.sql.dialect == "sqlite"
        self.words = {
            "chat": f"chat_id = {chat}",
            "days": f"chat_id = {chat} AND day BETWEEN '{first}' AND '{last}'",
            "times": f"chat_id = {chat} AND at >= {self.when(self.start)} AND at < {self.when(self.end)}",
            "start": self.when(self.start),
            "end": self.when(self.end),
            "id": str(chat),
            "twenty": (
                "CAST(strftime('%s', at) AS INTEGER) / 1200"
                if self.lite
                else "CAST(EXTRACT(EPOCH FROM at) AS BIGINT) / 1200"
            ),
        }
        self.grade = grade(work, chat)

    def midnight(self, day: date) -> datetime:
        """The moment a local day begins."""
        return datetime.combine(day, time(), self._clock).astimezone(UTC)

    def clock(self, at: datetime) -> datetime:
        """A moment on the chat's wall clock."""
        return at.astimezone(self._clock)

    def local(self, at: datetime) -> date:
        """Its day there."""
        return self.clock(at).date()

    @property
    def start(self) -> datetime:
        return self.midnight(self.first)

    @property
    def end(self) -> datetime:
        return self.midnight(self.last + timedelta(days=1))

    @property
    def watched(self) -> datetime:
        """Until when it was watched: its end, or this hour's beginning where that is inside (the same SQL
        all hour)."""
        hour = self.work.now.replace(minute=0, second=0, microsecond=0)
        return hour if self.start <= hour < self.end else self.end

    def when(self, at: datetime) -> str:
        """A moment as this database writes it."""
        return moment(at, lite=self.lite)

    def plus(self, column: str, days: int) -> str:
        """A time so many days later."""
        if self.lite:
            return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{days} days')"
        return f"{column} + INTERVAL '{days} days'"

    def back(self, days: int) -> Ask:
        """The same last day, `days` of them."""
        return Ask(self.work, self.chat, self.last - timedelta(days=days - 1), self.last)

    def before(self) -> Ask:
        """The span of the same length just before."""
        n = (self.last - self.first).days + 1
        return Ask(self.work, self.chat, self.first - timedelta(days=n), self.first - timedelta(days=1))

    def sql(self, select: str, **more: str) -> str:
        """The SELECT with this chat and span written in."""
        if "{local}" in select:
            more["local"] = self._local()
        return " ".join(select.format_map(self.words | more).split())

    def _local(self) -> str:
        """The day of `at` on the chat's wall clock. SQLite knows no zones: it is told of each change."""
        if not self.lite:
            return f"to_char(at AT TIME ZONE '{self._clock}', 'YYYY-MM-DD')"
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 2)]
        shifts = [self.clock(self.midnight(day)).utcoffset() or timedelta() for day in days]
        shifted = [f"date(at, '{s // timedelta(seconds=1):+d} seconds')" for s in shifts]
        told = "".join(
            f" WHEN at < {self.when(self.midnight(day))} THEN {shifted[n]}"
            f" WHEN at < {self.when(self.midnight(days[n + 1]))} THEN '{day}'"
            for n, day in enumerate(days[:-1])
            if shifts[n] != shifts[n + 1]
        )
        return f"CASE{told} ELSE {shifted[-1]} END" if told else shifted[-1]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What it gives."""
        return self.work.sql.plain(sql)

    def number(self, sql: str) -> float | None:
        """Its first cell."""
        found = self.rows(sql)
        return None if not found or found[0][0] is None else float(found[0][0])

    def figure(
        self, key: str, select: str, *, unit: str = "count", per: str = "", n: str = "", least: int = 0,
        **more: str,
    ) -> Figure:  # fmt: skip
        """A number straight from SQL; `n` asks how many it rests on."""
        sql = self.sql(select, **more)
        asked = self.sql(n, **more) if n else ""
        base = int(self.number(asked) or 0) if n else 0
        value = None if n and base < least else self.number(sql)
        if value is None and unit == "count":
            value = 0.0
        return Figure(
            key, value, unit, (self.first, self.last), per, base, least, self.grade, sql, base=asked
        )

    def made(
        self, key: str, value: float | None, sql: str, how: str, *, unit: str, per: str, n: int, least: int
    ) -> Figure:
        """A number that arithmetic made from the rows of `sql`."""
        shown = value if n >= least else None
        return Figure(key, shown, unit, (self.first, self.last), per, n, least, self.grade, sql, how)

    def at(self, value: Any) -> datetime:
        """A time as it came from the driver."""
        return came(value)


def came(value: Any) -> datetime:
    """A time as it came from the driver of either database."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)  # type: ignore[no-any-return]


def owner_of(ask: Ask) -> int | None:
    """Who answers for the group; None: nobody, or they opted out, or had within the time that is asked about,
    of which nothing they did is written down."""
    profile = members.profile(ask.work, ask.chat)
    owner = profile.owner if profile else None
    if not owner or members.opted_out(ask.work, owner):
        return None
    back = members.back_in(ask.work, owner)
    return None if back is not None and back > ask.start else owner


def coverage(work: Work, chat: int) -> float | None:
    """Members known ÷ members Telegram counts; None while the count is not known."""
    profile = members.profile(work, chat)
    if profile is None or not profile.members:
        return None
    return min(1.0, members.count_here(work, chat) / profile.members)


def coverage_sql(chat: int) -> str:
    """Its SQL: members known to be here, and Telegram's count of members."""
    return (
        f"SELECT (SELECT COUNT(*) FROM v_member WHERE chat_id = {chat} AND left_at IS NULL), members"
        f" FROM v_chat WHERE chat_id = {chat}"
    )


def grade(work: Work, chat: int) -> str:
    """A from 90 %, B from 60 %, C under it, ? unknown."""
    return grade_of(coverage(work, chat))


def grade_of(share: float | None) -> str:
    """The letter of a share of the members who are known."""
    return "?" if share is None else "A" if share >= 0.9 else "B" if share >= 0.6 else "C"


def next_hour(at: datetime) -> datetime:
    """The full UTC hour after a moment that is none."""
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def moment(at: datetime, *, lite: bool) -> str:
    """A time as SQL writes it, on SQLite (`lite`) or PostgreSQL."""
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"'{text}'" if lite else f"TIMESTAMPTZ '{text}+00'"
