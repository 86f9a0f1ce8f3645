"""Contests, entries and votes: one entry and one vote a member."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, metadata

contest = sa.Table(
    "contest",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("prizes", Json, nullable=False),  # points, the first place first
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | closed | dropped
    sa.Column("opened_at", UTC_, nullable=False),
    sa.Column("closes_at", UTC_, nullable=False),
    sa.Column("drawn", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("ix_contest_chat", "chat_id", "state"),
    sqlite_autoincrement=True,
)
entry = sa.Table(
    "contest_entry",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("contest_id", sa.BigInteger, sa.ForeignKey("contest.id"), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),  # its number on the card, from 1
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("words", sa.String(40), nullable=False),
    sa.Column("message_id", sa.BigInteger, info={"message": True}),  # the photo
    sa.Column("at", UTC_, nullable=False),
    sa.Column("out", sa.String(8)),  # own | staff: taken out by whom
    sa.UniqueConstraint("contest_id", "n", name="uq_contest_entry_n"),
    sa.UniqueConstraint("contest_id", "person_id", name="uq_contest_entry_once"),
    sqlite_autoincrement=True,
)
vote = sa.Table(
    "contest_vote",
    metadata,
    sa.Column(
        "contest_id", sa.BigInteger, sa.ForeignKey("contest.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("contest_entry.id"), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_contest_vote_entry", "entry_id"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_NEW = ("chat_id", "topic", "title", "prizes", "by_id", "state", "opened_at", "closes_at")
NEW = Hot(lambda: sa.insert(contest).values({n: b(n) for n in _NEW}).returning(contest.c.id))
ONE = Hot(lambda: sa.select(contest).where(contest.c.id == b("the_id")))
OPEN_IN = Hot(
    lambda: sa.select(contest).where(contest.c.chat_id == b("chat"), contest.c.state == "open").limit(1)
)
LAST_IN = Hot(
    lambda: sa.select(contest).where(contest.c.chat_id == b("chat")).order_by(contest.c.id.desc()).limit(1)
)
STATE = Hot(
    lambda: (
        sa.update(contest)
        .where(contest.c.id == b("the_id"), contest.c.state == "open")
        .values(state=b("becomes"))
    )
)
DRAWN = Hot(lambda: sa.update(contest).where(contest.c.id == b("the_id")).values(drawn=b("done")))
DUE = Hot(
    lambda: (
        sa.select(contest.c.id)
        .where(contest.c.state == "open", contest.c.closes_at <= b("now"))
        .order_by(contest.c.id)
        .limit(50)
    )
)
STALE = Hot(lambda: sa.select(contest.c.id).where(contest.c.drawn.is_(False)).limit(50))
_ENTER = ("contest_id", "n", "person_id", "words", "message_id", "at")
ENTER = Hot(lambda: sa.insert(entry).values({n: b(n) for n in _ENTER}))
ENTRIES = Hot(lambda: sa.select(entry).where(entry.c.contest_id == b("the_id")).order_by(entry.c.n))
OUT = Hot(
    lambda: (
        sa.update(entry)
        .where(entry.c.contest_id == b("the_id"), entry.c.n == b("number"), entry.c.out.is_(None))
        .values(out=b("whose"))
    )
)
COUNTS = Hot(
    lambda: (
        sa.select(vote.c.entry_id, sa.func.count().label("n"))
        .where(vote.c.contest_id == b("the_id"))
        .group_by(vote.c.entry_id)
    )
)
VOTES = Hot(
    lambda: (
        sa.select(vote.c.person_id, vote.c.entry_id, vote.c.at)
        .where(vote.c.contest_id == b("the_id"))
        .order_by(vote.c.at, vote.c.person_id)
    )
)
MINE = Hot(
    lambda: sa.select(vote.c.entry_id).where(
        vote.c.contest_id == b("the_id"), vote.c.person_id == b("person")
    )
)
_VOTE = ("contest_id", "person_id", "entry_id", "at")
VOTE = Hot(lambda: Upsert(vote, _VOTE, ("contest_id", "person_id"), {"entry_id": "new", "at": "new"}))
UNVOTE = Hot(lambda: sa.delete(vote).where(vote.c.contest_id == b("the_id"), vote.c.entry_id == b("entry")))
GONE = Hot(lambda: sa.delete(vote).where(vote.c.contest_id == b("the_id"), vote.c.person_id == b("person")))
SHOWING = Hot(  # contests of the last days on whose card somebody stands
    lambda: (
        sa.select(contest.c.id, contest.c.chat_id)
        .join(entry, entry.c.contest_id == contest.c.id)
        .where(entry.c.person_id == b("who"), contest.c.closes_at >= b("since"))
        .order_by(contest.c.id)
    )
)
_open = sa.select(contest.c.id).where(contest.c.state == "open")
KEPT = (
    Kept(contest, "by_id", "former", by="id"),
    Kept(
        entry,
        "person_id",
        "former",
        by="id",
        words=("words",),
        waits=lambda now: entry.c.contest_id.in_(_open),
        since=entry.c.at,
        why="live",
    ),
    Kept(
        vote,
        "person_id",
        "former",
        by="contest_id",
        waits=lambda now: vote.c.contest_id.in_(_open),
        since=vote.c.at,
        why="live",
    ),
)
