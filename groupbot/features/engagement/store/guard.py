"""Who joined in a crowd that looks bought, until they take part; who was silent, and whom nobody welcomed."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Hot, Upsert, among, metadata
from groupbot.features.engagement.store.tables import event

hired_join = sa.Table(
    "hired_join",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("crowd", sa.Integer, nullable=False),  # joins within sixty seconds by the same way in
    sa.Column("at", UTC_, nullable=False),  # joined
)
b = sa.bindparam
h, e = hired_join.c, event.c
_ROW = ("chat_id", "person_id", "crowd", "at")
KEEP_HIRED = Hot(lambda: Upsert(hired_join, _ROW, ("chat_id", "person_id"), {"crowd": "new", "at": "new"}))
KNOWN_HIRED = Hot(lambda: sa.select(h.person_id, h.at).where(h.chat_id == b("chat")))
DROP_HIRED = Hot(lambda: sa.delete(hired_join).where(h.chat_id == b("chat"), h.person_id == b("person")))
HIRED = Hot(lambda: sa.select(h.crowd).where(h.chat_id == b("chat"), h.person_id == b("person")))
TOOK_PART = Hot(
    lambda: (
        sa.select(e.id)
        .where(
            e.chat_id == b("chat"),
            e.person_id == b("person"),
            e.at >= b("since"),
            among(e.kind, "message", "reply", "reaction"),
        )
        .limit(1)
    )
)
ACTED_LAST = Hot(  # walks back from now, and seldom far
    lambda: (
        sa.select(e.at)
        .where(
            e.chat_id == b("chat"),
            e.person_id == b("person"),
            among(e.kind, "message", "reply", "reaction", "tap", "vote", "asked", "command"),
        )
        .order_by(e.at.desc())
        .limit(1)
    )
)
FIRST_EVENT = Hot(lambda: sa.select(sa.func.min(e.at)).where(e.chat_id == b("chat")))
_answer = event.alias("answer")
_opened = sa.and_(  # what members opened within a span
    e.chat_id == b("chat"),
    e.at >= b("since"),
    e.at < b("until"),
    among(e.kind, "message"),
    e.staff.is_(False),
    e.message_id.is_not(None),  # without it, of somebody forgotten: nothing tells whether it was answered
)
_came = sa.table(
    "membership", *(sa.column(n) for n in ("chat_id", "person_id")), sa.column("joined_at", UTC_)
)
FORGET_HIRED = Hot(  # of a stay that is forgotten
    lambda: sa.delete(hired_join).where(
        h.at < b("before"),
        ~sa.exists().where(_came.c.chat_id == h.chat_id, _came.c.person_id == h.person_id),
    )
)
_before = event.alias("before")
UNWELCOMED = Hot(  # first words of who joined lately that nobody answered or reacted to
    lambda: (
        sa.select(e.person_id, e.message_id)
        .where(
            _opened,
            sa.exists().where(
                _came.c.chat_id == e.chat_id,
                _came.c.person_id == e.person_id,
                _came.c.joined_at >= b("young"),
            ),
            ~sa.exists().where(
                _before.c.chat_id == e.chat_id,
                _before.c.person_id == e.person_id,
                _before.c.at < e.at,
                among(_before.c.kind, "message", "reply"),
            ),
            ~sa.exists().where(
                _answer.c.chat_id == e.chat_id,
                _answer.c.at >= b("since"),
                sa.or_(
                    _answer.c.reply_to == e.message_id,
                    sa.and_(
                        _answer.c.message_id == e.message_id, among(_answer.c.kind, "reaction", "removed")
                    ),
                ),
            ),
        )
        .order_by(e.at, e.message_id)
    )
)
HIRED_KEPT = Kept(hired_join, "person_id", "gone")
