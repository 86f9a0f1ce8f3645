"""Tables of what happened, and the rows that are written with every event.

`event` is append-only and holds no text. `chat_hour` and `member_day` are sums over it, written in the
same transaction, as is what days.py makes of a member's day; `member_day.day` is the day on the chat's
wall clock.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.outbox_table import posted
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata, only
from groupbot.features.engagement.store.days import DAYS, member_day, member_week

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    # message reply reaction tap vote asked command channel join leave removed; thanks (for message_id);
    # question (message_id is one: read as it came, beside its own row)
    sa.Column("kind", sa.String(10), nullable=False),
    # visible text in UTF-16 units (it is not kept); reactions gained; of a removed message 1 if it answered
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("message_id", sa.BigInteger, info={"message": True}),
    sa.Column("topic", sa.BigInteger),
    sa.Column("staff", sa.Boolean, nullable=False),
    sa.Column("reply_to", sa.BigInteger, info={"message": True}),  # the message that a reply answers
    sa.Column("medium", sa.String(16)),  # of a message that is more than text: photo, sticker, voice …
    sa.Index("ix_event_chat_at", "chat_id", "at"),
    sa.Index(
        "ix_event_removed",
        "chat_id",
        "message_id",
        **only("kind = 'removed'"),
    ),
    info={"partitioned": True},  # on PostgreSQL: partitions.py
)

chat_hour = sa.Table(
    "chat_hour",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hour", UTC_, primary_key=True),
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("reactions", sa.Integer, nullable=False),
    sa.Column("taps", sa.Integer, nullable=False),
    sa.Column("joined", sa.Integer, nullable=False),
    sa.Column("gone", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
    info={"merging": "add"},
)

history = sa.Table(
    "history",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("first_id", sa.BigInteger, primary_key=True, autoincrement=False, info={"message": True}),
    sa.Column(
        "last_id", sa.BigInteger, nullable=False, info={"message": True}
    ),  # every message between the two was imported
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("before", UTC_, nullable=False),  # where the bot's own record begins: nothing after it is taken
    sa.Column("at", UTC_, nullable=False),
)

b = sa.bindparam
_HOUR = ("chat_id", "hour", "messages", "reactions", "taps", "joined", "gone")
HOURS = Bulk(
    "chat_hour",
    Upsert(chat_hour, _HOUR, ("chat_id", "hour"), dict.fromkeys(_HOUR[2:], "sum")),
    _HOUR,
    key=2,
)


def sums(rows: list[Any]) -> list[tuple[Bulk, list[Any]]]:
    """The sums over event rows. Beyond its columns a row carries its hour, its local day and what it counts:
    (messages, replies, reactions, taps, joined, gone)."""
    hours: dict[Any, list[int]] = {}
    days: dict[Any, list[Any]] = {}
    for chat, _, person, _, _, _, _, staff, _, _, hour, day, counts in rows:
        if counts is None:
            continue
        messages, replies, reactions, taps, joined, gone = counts
        h = hours.get((chat, hour))
        if h is None:
            hours[chat, hour] = [messages, reactions, taps, joined, gone]
        else:
            h[0] += messages
            h[1] += reactions
            h[2] += taps
            h[3] += joined
            h[4] += gone
        if day is None:
            continue
        d = days.get((chat, day, person))
        if d is None:
            days[chat, day, person] = [staff, messages, replies, reactions, taps]
        else:
            d[0] = staff
            d[1] += messages
            d[2] += replies
            d[3] += reactions
            d[4] += taps
    return [(HOURS, [(*k, *v) for k, v in hours.items()]), (DAYS, [(*k, *v) for k, v in days.items()])]


_EVENT = ("chat_id", "at", "person_id", "kind", "units", "message_id", "topic", "staff", "reply_to",
          "medium")  # fmt: skip
LAST_SPOKE = Hot(
    lambda: sa.select(sa.func.max(event.c.at)).where(
        event.c.chat_id == b("chat"), event.c.at >= b("since"), among(event.c.kind, "message", "reply")
    )
)
EVENTS = Bulk("event", sa.insert(event).values({n: b(n) for n in _EVENT}), _EVENT, also=sums)

_d = member_day.c
_hired = sa.table("hired_join", sa.column("chat_id"), sa.column("person_id"))  # guard.py has it
_bought = (
    sa.exists()
    .select_from(_hired)
    .where(_hired.c.chat_id == b("chat"), _hired.c.person_id == member_day.c.person_id)
)
BY_DAY = Hot(
    lambda: (
        sa.select(
            _d.day,
            sa.func.sum(_d.messages).label("messages"),
            sa.func.sum(_d.replies).label("replies"),
            sa.func.sum(_d.reactions).label("reactions"),
            sa.func.sum(_d.taps).label("taps"),
            sa.func.count(sa.distinct(_d.person_id)).label("active"),
        )
        .where(_d.chat_id == b("chat"), _d.day.between(b("first"), b("last")), _d.staff.is_(False))
        .where(_d.messages + _d.reactions + _d.taps > 0, ~_bought)
        .group_by(_d.day)
    )
)
ACTIVE = Hot(
    lambda: sa.select(sa.func.count(sa.distinct(_d.person_id))).where(
        _d.chat_id == b("chat"),
        _d.day.between(b("first"), b("last")),
        _d.staff.is_(False),
        _d.messages + _d.reactions + _d.taps > 0,
        ~_bought,
    )
)
TOP = Hot(
    lambda: (
        sa.select(_d.person_id, sa.func.sum(_d.messages).label("n"))
        .where(_d.chat_id == b("chat"), _d.day.between(b("first"), b("last")), _d.staff.is_(False))
        .group_by(_d.person_id)
        .having(sa.func.sum(_d.messages) > 0)
        .order_by(sa.desc("n"), _d.person_id)
        .limit(b("most"))
    )
)
SILENT_SINCE = Hot(  # whose last day of taking part lies between two days
    lambda: (
        sa.select(_d.person_id, sa.func.max(_d.day).label("day"))
        .where(_d.chat_id == b("chat"), _d.day >= b("first"), _d.messages + _d.reactions + _d.taps > 0)
        .group_by(_d.person_id)
        .having(sa.func.max(_d.day) <= b("last"))
        .order_by(_d.person_id)
    )
)
ANSWERED = Hot(
    lambda: (
        sa.select(_d.person_id, sa.func.sum(_d.replies).label("n"))
        .where(_d.chat_id == b("chat"), _d.day.between(b("first"), b("last")), _d.staff.is_(False))
        .group_by(_d.person_id)
        .having(sa.func.sum(_d.replies) >= b("least"))
        .order_by(_d.person_id)
    )
)
SPOKE_SINCE = Hot(
    lambda: (
        sa.select(event.c.id)
        .where(
            event.c.chat_id == b("chat"),
            event.c.person_id == b("person"),
            event.c.at > b("since"),
            among(event.c.kind, "message", "reply"),
        )
        .limit(1)
    )
)
_h = chat_hour.c
BY_HOUR = Hot(
    lambda: (
        sa.select(_h.hour, _h.messages, _h.joined, _h.gone)
        .where(_h.chat_id == b("chat"), _h.hour >= b("since"), _h.hour < b("until"))
        .order_by(_h.hour)
    )
)
GONE_IN_HOURS = Hot(
    lambda: sa.select(sa.func.sum(_h.gone)).where(
        _h.chat_id == b("chat"), _h.hour >= b("since"), _h.hour < b("until")
    )
)
DOORS_WITHIN = Hot(  # less than an hour
    lambda: sa.select(sa.func.count()).where(
        event.c.chat_id == b("chat"),
        event.c.at >= b("since"),
        event.c.at < b("until"),
        event.c.kind == b("the_kind"),
    )
)
_gone = event.alias("gone")
OF_MESSAGE = Hot(  # as it was said, unless it was taken away already
    lambda: (
        sa.select(event.c.person_id, event.c.at, event.c.kind, event.c.staff)
        .where(
            event.c.chat_id == b("chat"),
            event.c.message_id == b("message"),
            event.c.at >= b("since"),
            event.c.at < b("until"),
            among(event.c.kind, "message", "reply"),
            ~sa.exists().where(
                _gone.c.chat_id == event.c.chat_id,
                _gone.c.message_id == event.c.message_id,
                _gone.c.at >= b("since"),  # its own time is the message's
                among(_gone.c.kind, "removed"),
            ),
        )
        .limit(1)
    )
)
FIRST_SAID = Hot(
    lambda: (
        sa.select(event.c.message_id)
        .where(
            event.c.chat_id == b("chat"),
            event.c.at >= b("since"),
            event.c.at < b("until"),
            among(event.c.kind, "message", "reply"),
            event.c.message_id.is_not(None),
        )
        .order_by(event.c.at, event.c.message_id)
        .limit(1)
    )
)
_said = (
    event.c.chat_id == b("chat"),
    event.c.at == b("when"),
    event.c.person_id == b("who"),
    event.c.message_id == b("message"),
    among(event.c.kind, "message", "reply"),
)
AS_SAID = Hot(lambda: sa.select(event.c.kind, event.c.staff).where(*_said))
ASKED = Hot(lambda: sa.update(event).where(*_said).values(kind=sa.literal_column("'asked'"), reply_to=None))
UNASK = Hot(lambda: sa.delete(event).where(*_said[:4], among(event.c.kind, "question")))
IN_TOPICS = Hot(
    lambda: sa.select(event.c.message_id, event.c.topic).where(
        event.c.chat_id == b("chat"),
        event.c.message_id.between(b("low"), b("high")),
        event.c.at >= b("since"),
        event.c.topic.is_not(None),
    )
)

_p = posted.c
POST = Hot(
    lambda: (
        sa.select(_p.message_id)
        .where(_p.bot_id == b("bot"), _p.chat_id == b("chat"), _p.ref == b("the_ref"), _p.message_id > 0)
        .limit(1)
    )
)

# what was said and taken away again of a person: it counts nothing, and without its id nobody could tell
TAKEN_AWAY = Hot(
    lambda: (
        sa.select(event.c.chat_id, event.c.at, event.c.message_id)
        .where(event.c.person_id == b("who"), event.c.kind == sa.literal_column("'removed'"))
        .limit(b("most"))
    )
)
FORGET_MESSAGE = Hot(
    lambda: sa.delete(event).where(
        event.c.chat_id == b("chat"),
        event.c.at == b("when"),
        event.c.person_id == b("who"),
        event.c.message_id == b("message"),
    )
)
KEPT = (
    Kept(event, "person_id", "former", by="id", unset=("message_id",), why="counts"),
    Kept(member_day, "person_id", "former", by="chat_id", why="counts"),
    Kept(member_week, "person_id", "former", by="chat_id", why="counts"),
)
