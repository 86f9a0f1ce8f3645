"""Check-ins, one row a day and person, never removed; the streak stands beside them."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata

checkin = sa.Table(
    "checkin",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.String(10), primary_key=True),  # on the chat's wall clock
    sa.Column("at", UTC_, nullable=False),
    sa.Column("streak", sa.Integer, nullable=False),
    sa.Column("points", sa.BigInteger, nullable=False),
    sa.Index("ix_checkin_day", "chat_id", "day"),
    sqlite_with_rowid=False,
)
standing = sa.Table(
    "checkin_streak",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_day", sa.String(10), nullable=False),
    sa.Column("streak", sa.Integer, nullable=False),
    sa.Column("best", sa.Integer, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("forgiven", sa.String(10)),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_ROW = ("chat_id", "person_id", "day", "at", "streak", "points")
ADD = Hot(lambda: sa.insert(checkin).values({n: b(n) for n in _ROW}))
_STREAK = ("chat_id", "person_id", "last_day", "streak", "best", "days", "forgiven")
KEEP = Hot(lambda: Upsert(standing, _STREAK, ("chat_id", "person_id"), dict.fromkeys(_STREAK[2:], "new")))
STREAK = Hot(
    lambda: sa.select(standing).where(standing.c.chat_id == b("chat"), standing.c.person_id == b("person"))
)
PLACE = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(checkin)
        .where(checkin.c.chat_id == b("chat"), checkin.c.day == b("the_day"))
    )
)
HABIT = Hot(  # people with a check-in on so many days since
    lambda: (
        sa.select(checkin.c.person_id)
        .where(checkin.c.chat_id == b("chat"), checkin.c.day >= b("since"))
        .group_by(checkin.c.person_id)
        .having(sa.func.count() >= b("days"))
    )
)
DAYS = Hot(
    lambda: sa.select(checkin.c.day).where(checkin.c.chat_id == b("chat"), checkin.c.person_id == b("person"))
)
FIRST = Hot(lambda: sa.select(sa.func.min(checkin.c.day)).where(checkin.c.chat_id == b("chat")))
STREAKS = Hot(
    lambda: sa.select(standing.c.person_id, standing.c.streak, standing.c.last_day).where(
        standing.c.chat_id == b("chat"),
        standing.c.last_day >= b("since"),
        standing.c.streak >= b("least"),
    )
)
HERE_SINCE = Hot(
    lambda: (
        sa.select(checkin.c.day)
        .where(checkin.c.chat_id == b("chat"), checkin.c.person_id == b("person"), checkin.c.at > b("since"))
        .limit(1)
    )
)

KEPT = (
    Kept(checkin, "person_id", "gone", by="chat_id"),
    Kept(standing, "person_id", "gone", by="chat_id"),
)
