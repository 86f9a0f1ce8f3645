"""Raids and closed chats, as they must survive a restart."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, metadata, only

raid = sa.Table(
    "raid",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # in its chat
    sa.Column("began_at", UTC_, nullable=False),
    sa.Column("until", UTC_, nullable=False),
    sa.Column("last_at", UTC_, nullable=False),  # the newest attempt to come in
    sa.Column("ended_at", UTC_),
    sa.Column("by_id", sa.BigInteger),  # NULL: by itself
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("broken", sa.Boolean, nullable=False),  # the right to restrict is missing
    sa.Column("told", sa.Boolean, nullable=False),  # that it is missing
    sa.Column("undone_at", UTC_),
    sa.Column("undone_by", sa.BigInteger),
    sa.Column("case_number", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("chat_id", "number"),
    sa.Index(
        "ix_raid_open",
        "chat_id",
        **only("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

raider = sa.Table(
    "raider",
    metadata,
    sa.Column("raid_id", sa.BigInteger, sa.ForeignKey("raid.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("request", sa.Boolean, nullable=False),  # asked to come in, and was declined
    sa.Column("done_at", UTC_),  # the removal was said
    sa.Index(
        "ix_raider_open",
        "raid_id",
        "at",
        **only("done_at IS NULL"),
    ),
)

closure = sa.Table(
    "closure",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(8), nullable=False),  # asking | closed | opening
    sa.Column("before", Json),  # what everybody might do: the names of Permit
    sa.Column("night", sa.Boolean, nullable=False),
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("until", UTC_),  # of the lockdown; NULL: until somebody opens
    sa.Column("by_id", sa.BigInteger),
    sa.Column("at", UTC_, nullable=False),  # of the last step
    sa.Column("tries", sa.Integer, nullable=False),
)

b = sa.bindparam
r, m, c = raid.c, raider.c, closure.c
_NEW = ("chat_id", "number", "began_at", "until", "last_at", "by_id", "action", "broken", "told")
_RAID = [r.id, *(r[n] for n in _NEW), r.ended_at, r.undone_at, r.case_number]

LAST = Hot(lambda: sa.select(*_RAID).where(r.chat_id == b("chat")).order_by(r.number.desc()).limit(1))
NUMBERED = Hot(lambda: sa.select(*_RAID).where(r.chat_id == b("chat"), r.number == b("n")))
OPEN = Hot(lambda: sa.select(*_RAID).where(r.ended_at.is_(None)).order_by(r.id))
NEW = Hot(lambda: sa.insert(raid).values({n: b(n) for n in _NEW}).returning(r.id))
EXTEND = Hot(
    lambda: (
        sa.update(raid)
        .where(r.id == b("the_id"))
        .values(until=b("ends"), action=b("the_action"), by_id=b("who"))
    )
)
CASE = Hot(lambda: sa.update(raid).where(r.id == b("the_id")).values(case_number=b("n")))
SEEN = Hot(lambda: sa.update(raid).where(r.id == b("the_id")).values(last_at=b("at_last")))
END = Hot(lambda: sa.update(raid).where(r.id == b("the_id"), r.ended_at.is_(None)).values(ended_at=b("now")))
BREAK = Hot(
    lambda: sa.update(raid).where(r.id == b("the_id")).values(broken=b("is_broken"), told=b("is_told"))
)
UNDO = Hot(
    lambda: (
        sa.update(raid)
        .where(r.id == b("the_id"), r.undone_at.is_(None))
        .values(undone_at=b("now"), undone_by=b("who"))
    )
)
CAUGHT = Hot(
    lambda: Upsert(raider, ("raid_id", "person_id", "at", "request", "done_at"), ("raid_id", "person_id"))
)
AGAIN = Hot(
    lambda: (
        sa.update(raider)
        .where(m.raid_id == b("the_raid"), m.person_id == b("who"))
        .values(at=b("the_time"), request=False, done_at=None)
    )
)
IS_RAIDER = Hot(lambda: sa.select(m.person_id).where(m.raid_id == b("the_raid"), m.person_id == b("who")))
LET_IN = Hot(lambda: sa.delete(raider).where(m.raid_id == b("the_raid"), m.person_id == b("who")))
TO_REMOVE = Hot(
    lambda: (
        sa.select(m.person_id)
        .where(m.raid_id == b("the_raid"), m.done_at.is_(None))
        .order_by(m.at, m.person_id)
        .limit(b("most", type_=sa.Integer))
    )
)
REMOVED = Hot(
    lambda: (
        sa.update(raider).where(m.raid_id == b("the_raid"), m.person_id == b("who")).values(done_at=b("now"))
    )
)
UNDO_REMOVED = Hot(
    lambda: (
        sa.update(raider)
        .where(m.raid_id == b("the_raid"), m.request.is_(False), m.done_at >= b("since"))
        .values(done_at=None)
    )
)
REMOVED_OF = Hot(
    lambda: (
        sa.select(m.person_id)
        .where(m.raid_id == b("the_raid"), m.request.is_(False), m.done_at.is_not(None))
        .order_by(m.person_id)
    )
)
COUNT = Hot(
    lambda: sa.select(
        sa.func.count(),
        sa.func.sum(sa.case((m.request, 1), else_=0)),
        sa.func.sum(sa.case((m.done_at.is_(None), 1), else_=0)),
    ).where(m.raid_id == b("the_raid"))
)
FORGET_RAIDERS = Hot(
    lambda: sa.delete(raider).where(m.raid_id.in_(sa.select(r.id).where(r.ended_at < b("before"))))
)
FORGET_RAIDS = Hot(lambda: sa.delete(raid).where(r.ended_at < b("before")))

_CLOSURE = list(closure.c)
CLOSURE = Hot(lambda: sa.select(*_CLOSURE).where(c.chat_id == b("chat")))
CLOSURES = Hot(lambda: sa.select(*_CLOSURE).order_by(c.chat_id))
_KEEP = ("chat_id", "state", "before", "night", "locked", "until", "by_id", "at", "tries")
KEEP_CLOSURE = Hot(lambda: Upsert(closure, _KEEP, ("chat_id",), {n: "new" for n in _KEEP if n != "chat_id"}))
DROP_CLOSURE = Hot(lambda: sa.delete(closure).where(c.chat_id == b("chat")))

_standing = sa.select(raid.c.id).where(raid.c.undone_at.is_(None))
KEPT = (
    Kept(raid, "by_id", "former", by="id"),
    Kept(raid, "undone_by", "former", by="id"),
    Kept(
        raider,
        "person_id",
        "gone",
        by="raid_id",
        stays=lambda now: raider.c.raid_id.in_(_standing),
        why="raid",
    ),
    Kept(closure, "by_id", "nobody"),
)
