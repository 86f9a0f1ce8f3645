"""Tables of draws and their statements."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, metadata

lottery = sa.Table(
    "lottery",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("by_id", sa.BigInteger, nullable=False),  # 0: an admin speaking as the group
    sa.Column("prize", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("rules_hash", sa.String(64), nullable=False),
    sa.Column("commitment", sa.String(64), nullable=False),
    sa.Column("server_seed", sa.String(64), nullable=False),
    sa.Column("salt", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | drawn | empty
    sa.Column("tenure_hours", sa.Integer, nullable=False),
    sa.Column("claim_hours", sa.Integer, nullable=False),
    sa.Column("opened_at", UTC_, nullable=False),
    sa.Column("closes_at", UTC_, nullable=False),
    sa.Column("ended_at", UTC_),
    sa.Column("root", sa.String(64)),
    sa.Column("seed", sa.String(64)),
    sa.Column("drawn", sa.Integer, nullable=False, server_default="0"),  # entries the card shows
    sa.Index("ix_lottery_chat", "chat_id", "state"),
    sa.Index(
        "ix_lottery_open",
        "closes_at",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
    sqlite_autoincrement=True,
)

entry = sa.Table(
    "lottery_entry",
    metadata,
    sa.Column(
        "lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.String(64), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("out", sa.String(16)),  # why it did not take part in the end: left | staff | new
    sa.Column("place", sa.Integer),  # in the ranking, from 1
    sa.UniqueConstraint("lottery_id", "place", name="uq_lottery_entry_place"),
    sqlite_with_rowid=False,
)

award = sa.Table(
    "award",
    metadata,
    sa.Column(
        "lottery_id", sa.BigInteger, sa.ForeignKey("lottery.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("seat", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("deadline", UTC_, nullable=False),
    sa.Column("claimed_at", UTC_),
    sa.Column("lapsed_at", UTC_),
    sa.UniqueConstraint("lottery_id", "person_id", name="uq_award_winner"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_ENTRY = ("lottery_id", "person_id", "entry", "at")
ENTRIES = Bulk("lottery_entry", sa.insert(entry).values({n: b(n) for n in _ENTRY}), _ENTRY, key=2)
_NEW = (
    "chat_id",
    "topic",
    "by_id",
    "prize",
    "seats",
    "rules",
    "rules_hash",
    "commitment",
    "server_seed",
    "salt",
    "tenure_hours",
    "claim_hours",
    "opened_at",
    "closes_at",
)
NEW = Hot(sa.insert(lottery).values({n: b(n) for n in _NEW}).values(state="open").returning(lottery.c.id))
LOTTERY = Hot(sa.select(lottery).where(lottery.c.id == b("the_id")))
OPEN_IN = Hot(
    sa.select(lottery.c.id)
    .where(lottery.c.chat_id == b("chat"), lottery.c.state == "open")
    .order_by(lottery.c.id.desc())
)
LAST_IN = Hot(
    sa.select(lottery.c.id)
    .where(lottery.c.chat_id == b("chat"), lottery.c.state != "open")
    .order_by(lottery.c.id.desc())
    .limit(1)
)
END = Hot(
    sa.update(lottery)
    .where(lottery.c.id == b("the_id"), lottery.c.state == "open")
    .values(state=b("becomes"), ended_at=b("at"), root=b("the_root"), seed=b("the_seed"))
)
DRAWN = Hot(sa.update(lottery).where(lottery.c.id == b("the_id")).values(drawn=b("entries")))
ENTRIES_OF = Hot(
    sa.select(entry.c.person_id, entry.c.entry, entry.c.out, entry.c.place)
    .where(entry.c.lottery_id == b("the_id"))
    .order_by(entry.c.entry)
)
OUT = Hot(
    sa.update(entry)
    .where(entry.c.lottery_id == b("the_id"), entry.c.person_id == b("who"))
    .values(out=b("why"))
)
PLACE = Hot(
    sa.update(entry)
    .where(entry.c.lottery_id == b("the_id"), entry.c.person_id == b("who"))
    .values(place=b("the_place"))
)
AWARD = Hot(sa.insert(award).values({n: b(n) for n in ("lottery_id", "seat", "person_id", "deadline")}))
AWARDS = Hot(sa.select(award).where(award.c.lottery_id == b("the_id")).order_by(award.c.seat))
CLAIM = Hot(
    sa.update(award)
    .where(
        award.c.lottery_id == b("the_id"),
        award.c.person_id == b("who"),
        award.c.claimed_at.is_(None),
        award.c.lapsed_at.is_(None),
        award.c.deadline > b("now"),
    )
    .values(claimed_at=b("at"))
)
DUE = Hot(
    sa.select(lottery.c.id)
    .where(lottery.c.state == "open", lottery.c.closes_at <= b("now"))
    .order_by(lottery.c.id)
    .limit(20)
)
UNCLAIMED = Hot(
    sa.select(award.c.lottery_id, award.c.seat, award.c.person_id)
    .where(award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None), award.c.deadline <= b("now"))
    .order_by(award.c.lottery_id, award.c.seat)
    .limit(100)
)
LAPSE = Hot(
    sa.update(award)
    .where(award.c.lottery_id == b("the_id"), award.c.seat == b("the_seat"), award.c.claimed_at.is_(None))
    .values(lapsed_at=b("at"))
)
_entries = (
    sa.select(sa.func.count()).select_from(entry).where(entry.c.lottery_id == lottery.c.id).scalar_subquery()
)
STALE = Hot(sa.select(lottery.c.id).where(lottery.c.state == "open", lottery.c.drawn < _entries))

WON = Hot(
    sa.select(award.c.lottery_id, lottery.c.chat_id)
    .join(lottery, lottery.c.id == award.c.lottery_id)
    .where(award.c.person_id == b("who"), lottery.c.ended_at >= b("since"))
    .order_by(award.c.lottery_id)
)
_open = sa.select(lottery.c.id).where(lottery.c.state == "open")
KEPT = (
    Kept(lottery, "by_id", "former", by="id", hide=("server_seed", "salt", "seed", "rules")),
    Kept(
        entry,
        "person_id",
        "former",
        by="lottery_id",
        waits=lambda now: entry.c.lottery_id.in_(_open),
        why="live",
    ),
    Kept(
        award,
        "person_id",
        "former",
        by="lottery_id",
        waits=lambda now: sa.and_(
            award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None), award.c.deadline > now
        ),
        why="live",
    ),
)
