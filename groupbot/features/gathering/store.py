"""Gatherings and who joined them. Leaving is marked, never removed; who comes back queues anew."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, among, metadata, only

gathering = sa.Table(
    "gathering",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("kind", sa.String(8), nullable=False),  # event | groupbuy | preorder
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("least", sa.Integer, nullable=False),
    sa.Column("places", sa.Integer, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | made | failed | dropped
    sa.Column("opened_at", UTC_, nullable=False),
    sa.Column("closes_at", UTC_, nullable=False),
    sa.Column("drawn", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("ladder", Json, nullable=False, server_default="[]"),  # [people, price], the smallest first
    sa.Column("filled_at", UTC_),  # when there were enough; NULL again when somebody left
    sa.Column("remind_at", UTC_),  # what is still to be done, and when
    sa.Column("line_at", UTC_),
    sa.Column("after_at", UTC_),
    sa.Index("ix_gathering_chat", "chat_id", "state"),
    sa.Index("ix_gathering_remind_at", "remind_at", **only("remind_at IS NOT NULL")),
    sa.Index("ix_gathering_line_at", "line_at", **only("line_at IS NOT NULL")),
    sa.Index("ix_gathering_after_at", "after_at", **only("after_at IS NOT NULL")),
    sqlite_autoincrement=True,
)
seat = sa.Table(
    "gathering_seat",
    metadata,
    sa.Column("id", BigInt, primary_key=True),  # the order in which people joined
    sa.Column("gathering_id", sa.BigInteger, sa.ForeignKey("gathering.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("left_at", UTC_),
    sa.Column("came_at", UTC_),
    sa.Column("remind", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("paid_at", UTC_),  # as somebody told who looks after payment
    sa.Index(
        "uq_gathering_seat_once",
        "gathering_id",
        "person_id",
        unique=True,
        **only("left_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
photo = sa.Table(  # the wall of an event
    "gathering_photo",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("gathering_id", sa.BigInteger, sa.ForeignKey("gathering.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_gathering_photo_gathering_id", "gathering_id"),
    sqlite_autoincrement=True,
)
b = sa.bindparam
_NEW = (
    "chat_id",
    "topic",
    "kind",
    "title",
    "least",
    "places",
    "by_id",
    "code",
    "state",
    "opened_at",
    "closes_at",
    "ladder",
    "remind_at",
    "line_at",
    "after_at",
)
NEW = Hot(lambda: sa.insert(gathering).values({n: b(n) for n in _NEW}).returning(gathering.c.id))
ONE = Hot(lambda: sa.select(gathering).where(gathering.c.id == b("the_id")))
PEOPLE = Hot(
    lambda: (
        sa.select(seat.c.id, seat.c.person_id, seat.c.came_at, seat.c.remind, seat.c.paid_at)
        .where(seat.c.gathering_id == b("the_id"), seat.c.left_at.is_(None))
        .order_by(seat.c.id)
    )
)
JOIN = Hot(lambda: sa.insert(seat).values({n: b(n) for n in ("gathering_id", "person_id", "at")}))
LEAVE = Hot(
    lambda: (
        sa.update(seat)
        .where(seat.c.gathering_id == b("the_id"), seat.c.person_id == b("person"), seat.c.left_at.is_(None))
        .values(left_at=b("now"))
    )
)
CAME = Hot(
    lambda: (
        sa.update(seat)
        .where(
            seat.c.gathering_id == b("the_id"),
            seat.c.person_id == b("person"),
            seat.c.left_at.is_(None),
            seat.c.came_at.is_(None),
        )
        .values(came_at=b("now"))
    )
)
STATE = Hot(
    lambda: (
        sa.update(gathering)
        .where(gathering.c.id == b("the_id"), gathering.c.state == "open")
        .values(state=b("becomes"))
    )
)
DRAWN = Hot(lambda: sa.update(gathering).where(gathering.c.id == b("the_id")).values(drawn=b("done")))
DUE = Hot(
    lambda: (
        sa.select(gathering.c.id, gathering.c.chat_id)
        .where(gathering.c.state == "open", gathering.c.closes_at <= b("now"))
        .order_by(gathering.c.id)
        .limit(50)
    )
)
STALE = Hot(
    lambda: sa.select(gathering.c.id, gathering.c.chat_id).where(gathering.c.drawn.is_(False)).limit(50)
)
BY_CODE = Hot(
    lambda: (
        sa.select(gathering)
        .where(
            gathering.c.chat_id == b("chat"),
            gathering.c.code == b("the_code"),
            gathering.c.kind == "event",
            gathering.c.state != "dropped",
            gathering.c.closes_at > b("since"),
        )
        .order_by(gathering.c.id.desc())
        .limit(1)
    )
)
OPEN_IN = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(gathering)
        .where(gathering.c.chat_id == b("chat"), gathering.c.state == "open")
    )
)

OPEN_HERE = Hot(
    lambda: (
        sa.select(gathering.c.id, gathering.c.closes_at)
        .where(gathering.c.chat_id == b("chat"), gathering.c.state == "open")
        .order_by(gathering.c.id)
    )
)
FILLED = Hot(lambda: sa.update(gathering).where(gathering.c.id == b("the_id")).values(filled_at=b("at")))
SEATED = Hot(  # open gatherings of a chat somebody is in
    lambda: (
        sa.select(gathering.c.id)
        .join(seat, seat.c.gathering_id == gathering.c.id)
        .where(
            gathering.c.chat_id == b("chat"),
            gathering.c.state == "open",
            seat.c.person_id == b("who"),
            seat.c.left_at.is_(None),
        )
        .order_by(gathering.c.id)
    )
)
ASKED = Hot(
    lambda: (
        sa.update(seat)
        .where(seat.c.gathering_id == b("the_id"), seat.c.person_id == b("person"), seat.c.left_at.is_(None))
        .values(remind=b("on"))
    )
)
PAID = Hot(lambda: sa.update(seat).where(seat.c.id == b("the_id")).values(paid_at=b("at")))


def _due(at: sa.Column[Any]) -> Hot:
    return Hot(lambda: sa.select(gathering).where(at <= b("now")).order_by(gathering.c.id).limit(20))


def _over(name: str) -> Hot:
    return Hot(lambda: sa.update(gathering).where(gathering.c.id == b("the_id")).values({name: None}))


TO_REMIND, TO_TELL = (_due(gathering.c[n]) for n in ("remind_at", "after_at"))
TO_LINE = Hot(  # some of them may have to wait: behind these come others
    lambda: (
        sa.select(gathering)
        .where(gathering.c.line_at <= b("now"), gathering.c.id > b("behind"))
        .order_by(gathering.c.id)
        .limit(b("most"))
    )
)
REMINDED, LINED, TOLD = (_over(n) for n in ("remind_at", "line_at", "after_at"))
HANG = Hot(lambda: sa.insert(photo).values({n: b(n) for n in ("gathering_id", "person_id", "file_id", "at")}))
WALL = Hot(
    lambda: (
        sa.select(photo.c.person_id, photo.c.file_id)
        .where(photo.c.gathering_id == b("the_id"))
        .order_by(photo.c.id)
    )
)
TAKE_DOWN = Hot(
    lambda: sa.delete(photo).where(photo.c.gathering_id == b("the_id"), photo.c.person_id == b("person"))
)
NEWEST = Hot(  # the event photos are of, unless another is named
    lambda: (
        sa.select(gathering)
        .where(
            gathering.c.chat_id == b("chat"),
            gathering.c.kind == "event",
            gathering.c.state != "dropped",
            gathering.c.closes_at > b("since"),
            gathering.c.closes_at <= b("until"),
        )
        .order_by(gathering.c.closes_at.desc())
        .limit(1)
    )
)
OVER = Hot(
    lambda: (
        sa.select(gathering)
        .where(
            gathering.c.chat_id == b("chat"), gathering.c.opened_at >= b("since"), gathering.c.state != "open"
        )
        .order_by(gathering.c.id.desc())
    )
)
JOINED_BY = Hot(  # seats in group buys and pre-orders taken in a stretch
    lambda: (
        sa.select(seat.c.person_id)
        .join(gathering, gathering.c.id == seat.c.gathering_id)
        .where(
            gathering.c.chat_id == b("chat"),
            among(gathering.c.kind, "groupbuy", "preorder"),
            seat.c.left_at.is_(None),
            seat.c.at >= b("since"),
            seat.c.at < b("until"),
        )
    )
)

SHOWING = Hot(  # gatherings of the last days on whose card somebody stands
    lambda: (
        sa.select(gathering.c.id, gathering.c.chat_id)
        .join(seat, seat.c.gathering_id == gathering.c.id)
        .where(seat.c.person_id == b("who"), gathering.c.closes_at >= b("since"), seat.c.left_at.is_(None))
        .order_by(gathering.c.id)
    )
)
_open = sa.select(gathering.c.id).where(gathering.c.state == "open")
KEPT = (
    Kept(gathering, "by_id", "former", by="id", hide=("code",)),
    Kept(
        seat,
        "person_id",
        "former",
        by="gathering_id",
        waits=lambda now: seat.c.gathering_id.in_(_open),
        since=seat.c.at,
        why="live",
    ),
    Kept(photo, "person_id", "gone", by="gathering_id", hide=("file_id",)),
)
