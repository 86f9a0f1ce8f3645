"""Messages that staff tagged: where they stand, what they are about in staff's words, whether answered."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

tag = sa.Table(
    "market_tag",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False, info={"message": True}),
    sa.Column("topic", sa.BigInteger),
    sa.Column("kind", sa.String(10), nullable=False),  # question | complaint | stock | rival
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("answered_at", UTC_),
    sa.Column("answered_by", sa.BigInteger),
    sa.UniqueConstraint("chat_id", "message_id"),
    sa.Index("ix_market_tag_at", "at"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
t = tag.c
_NEW = ("chat_id", "message_id", "topic", "kind", "words", "by_id", "at")
PUT = Hot(
    lambda: Upsert(tag, _NEW, ("chat_id", "message_id"), {"kind": "new", "words": "new", "by_id": "new"})
)
OF_MESSAGE = Hot(lambda: sa.select(tag).where(t.chat_id == b("chat"), t.message_id == b("message")))
DROP = Hot(lambda: sa.delete(tag).where(t.chat_id == b("chat"), t.message_id == b("message")))
ONE = Hot(lambda: sa.select(tag).where(t.id == b("the_id")))
SINCE = Hot(lambda: sa.select(tag).where(t.at >= b("since"), t.at < b("until")).order_by(t.id))
ANSWERED = Hot(
    lambda: (
        sa.update(tag)
        .where(t.id == b("the_id"), t.answered_at.is_(None))
        .values(answered_at=b("now"), answered_by=b("who"))
    )
)
ANSWERED_BY = Hot(lambda: sa.select(t.id, t.chat_id).where(t.answered_by == b("who")).order_by(t.id))
OLD = Hot(lambda: sa.delete(tag).where(t.at < b("before")))

KEPT = (
    Kept(tag, "by_id", "former", by="id"),
    Kept(tag, "answered_by", "former", by="id"),
)

view(
    "v_tag",
    "one row a message staff tagged as question, complaint, stock or rival, and when it was answered",
    """SELECT chat_id, id AS tag_id, message_id, topic, kind, words, at, answered_at FROM market_tag""",
)
