"""Sums by day on the chat's wall clock: a row a member, and made of these a row a chat and a row a member's
week.

`chat_day` and `member_week` count members who are not staff. How many took part, and on how many days, is
no sum of events: each row that goes into `member_day` is held against what stands there of that member's
day, and the difference is what the chat's day and the member's week gain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from groupbot.engine.sql import Bulk, write_bulk
from groupbot.engine.storage import Fold, Upsert, metadata
from groupbot.engine.work import Work

_MEMBER = ("messages", "replies", "reactions", "taps")
_CHAT = (*_MEMBER, "active", "organic")

member_day = sa.Table(
    "member_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("staff", sa.Boolean, nullable=False),
    *(sa.Column(n, sa.Integer, nullable=False) for n in _MEMBER),
    sqlite_with_rowid=False,
)

chat_day = sa.Table(
    "chat_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    *(sa.Column(n, sa.Integer, nullable=False) for n in _CHAT),
    sqlite_with_rowid=False,
)

DID = {  # what a member's day says of the member
    "opened": "messages > replies",
    "answered": "replies > 0",
    "organic": "messages + reactions > 0",
    "active": "messages + reactions + taps > 0",
}

member_week = sa.Table(
    "member_week",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("week", sa.Date, primary_key=True),  # its Monday
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    *(sa.Column(n, sa.Integer, nullable=False) for n in DID),  # days of the week, 0 to 7
    sqlite_with_rowid=False,
)


@sa.event.listens_for(member_week, "after_create")
def _covering(_: sa.Table, connection: sa.Connection, **more: object) -> None:
    """A chat's weeks lie all over PostgreSQL's heap: its index alone answers. In words, for a constraint of
    the dialect's own would have a bot on SQLite load that dialect."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "ALTER TABLE member_week DROP CONSTRAINT pk_member_week, ADD CONSTRAINT pk_member_week"
            f" PRIMARY KEY (chat_id, week, person_id) INCLUDE ({', '.join(DID)})"
        )


def monday(day: str, *, lite: bool) -> str:
    """SQL for the first day of the week that a column's day is in."""
    if lite:
        return f"date({day}, 'weekday 0', '-6 days')"
    return f"{day} - (CAST(EXTRACT(ISODOW FROM {day}) AS INTEGER) - 1)"


_NAME = re.compile("|".join(_MEMBER))


def _now(words: str) -> str:
    """Of a member's day as it will stand."""
    return _NAME.sub(r"(COALESCE(was.\g<0>, 0) + given.\g<0>)", words)


def _before(words: str) -> str:
    return _NAME.sub(r"was.\g<0>", words)


def _gained(now: str, before: str) -> str:
    """What a sum has more with a row given: what counts of the member's day now less what counted."""
    return (
        f"CASE WHEN given.staff THEN 0 ELSE {now} END"
        f" - CASE WHEN COALESCE(was.staff, TRUE) THEN 0 ELSE {before} END"
    )


def _days(name: str) -> str:
    """The same of what a day says."""
    now, before = (f"CASE WHEN {of(DID[name])} THEN 1 ELSE 0 END" for of in (_now, _before))
    return _gained(now, before)


def _quiet(known: dict[Any, Any], row: Sequence[Any]) -> bool:
    """Said the member's day before what this row says of it?"""
    chat, day, person, staff, messages, replies, reactions, taps = row
    key = (chat, day, person)
    if messages < 0 or replies < 0 or replies > messages:  # something was taken away
        known.pop(key, None)
        return False
    own = messages + reactions > 0
    says = (messages > replies) | (replies > 0) << 1 | own << 2 | (own or taps > 0) << 3
    was = known.get(key)
    if was is None or was[0] != staff:
        known[key] = (staff, says)
        return False
    if was[1] | says == was[1]:
        return True
    known[key] = (staff, was[1] | says)
    return False


def _counted(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What rows that say nothing new of their members add to their chats' days."""
    made: dict[Any, list[int]] = {}
    for chat, day, _, staff, messages, replies, reactions, taps in rows:
        if staff:
            continue
        sums = made.get((chat, day))
        if sums is None:
            made[chat, day] = [messages, replies, reactions, taps]
        else:
            sums[0] += messages
            sums[1] += replies
            sums[2] += reactions
            sums[3] += taps
    return [(*key, *sums, 0, 0) for key, sums in made.items()]


_DAY = ("chat_id", "day", "person_id", "staff", *_MEMBER)
_CHAT_DAY = Fold(
    "chat_day",
    {"chat_id": "given.chat_id", "day": "given.day"},
    {n: _gained(_now(n), _before(n)) for n in _MEMBER} | {n: _days(n) for n in _CHAT[4:]},
    "member_day",
    _DAY[:3],
    counted=_counted,
)
_MEMBER_WEEK = Fold(
    "member_week",
    {
        "chat_id": "given.chat_id",
        "week": monday("given.day", lite=False),
        "person_id": "given.person_id",
    },
    {n: _days(n) for n in DID},
    "member_day",
    _DAY[:3],
    lite={"week": monday("given.day", lite=True)},
    # most rows are of a day that says already what it will say, and take nothing away
    only=(
        "was.staff IS NULL OR was.staff <> given.staff"
        " OR given.messages < 0 OR given.replies < 0 OR given.replies > given.messages"
        " OR was.messages <= was.replies AND given.messages > given.replies"
        " OR was.replies = 0 AND given.replies > 0"
        " OR was.messages + was.reactions = 0 AND (given.messages + given.reactions > 0 OR was.taps = 0)"
    ),
)
DAYS = Bulk(
    "member_day",
    Upsert(member_day, _DAY, _DAY[:3], dict.fromkeys(_MEMBER, "sum") | {"staff": "new"}),
    _DAY,
    key=3,
    folds=(_CHAT_DAY, _MEMBER_WEEK),
    quiet=_quiet,
)


def _join(work: Work, gone: int, stays: int) -> None:
    """Days of a chat that turns out to be another one: written into that one's, so that its sums gain what
    they bring. It does all three tables at whichever comes first."""
    kept = sa.select(*(member_day.c[n] for n in _DAY)).where(member_day.c.chat_id == gone)
    found = work.sql.all(kept.order_by(member_day.c.day, member_day.c.person_id))
    rows = [(stays, date.fromisoformat(str(r.day)), *r[2:]) for r in found]
    for table in _OF_DAYS:
        work.sql.run(sa.delete(table).where(table.c.chat_id == gone))
    write_bulk(work.sql, DAYS, rows)


_OF_DAYS = (member_day, chat_day, member_week)
for _table in _OF_DAYS:
    _table.info["merging"] = _join
