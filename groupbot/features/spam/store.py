"""What a chat taught, as hashed features only; and how many messages of whom were heard."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, Hot, Json, Upsert, metadata

spam_weight = sa.Table(
    "spam_weight",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("weight", sa.Float, nullable=False),  # at the time `at`; it decays from there
    sa.Column("at", UTC_, nullable=False),
)

spam_lesson = sa.Table(
    "spam_lesson",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False, info={"message": True}),
    sa.Column("words", Json, nullable=False),  # buckets
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("label", sa.String(4), nullable=False),  # '' judged, not taught | spam | ham
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_spam_lesson_at", "at"),
)

spam_heard = sa.Table(
    "spam_heard",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    info={"merging": "add"},
)

b = sa.bindparam
w, lesson, heard = spam_weight.c, spam_lesson.c, spam_heard.c

_WEIGHT = ("chat_id", "bucket", "weight", "at")
KEEP_WEIGHT = Bulk(
    "spam_weight",
    Upsert(spam_weight, _WEIGHT, ("chat_id", "bucket"), {"weight": "new", "at": "new"}),
    _WEIGHT,
    key=2,
)
WEIGHTS = Hot(lambda: sa.select(w.bucket, w.weight, w.at).where(w.chat_id == b("chat")).order_by(w.bucket))
_LESSON = ("chat_id", "message_id", "words", "score", "label", "at")
KEEP_LESSON = Hot(
    lambda: Upsert(spam_lesson, _LESSON, ("chat_id", "message_id"), {"label": "new", "at": "new"})
)
LESSON = Hot(
    lambda: sa.select(lesson.words, lesson.score, lesson.label).where(
        lesson.chat_id == b("chat"), lesson.message_id == b("message")
    )
)
_HEARD = ("chat_id", "person_id", "messages", "at")
KEEP_HEARD = Bulk(
    "spam_heard",
    Upsert(spam_heard, _HEARD, ("chat_id", "person_id"), {"messages": "max", "at": "new"}),
    _HEARD,
    key=2,
)
HEARD = Hot(lambda: sa.select(heard.messages).where(heard.chat_id == b("chat"), heard.person_id == b("who")))
FORGET_LESSONS = Hot(lambda: sa.delete(spam_lesson).where(lesson.at < b("before")))
FORGET_WEIGHTS = Hot(lambda: sa.delete(spam_weight).where(w.at < b("before")))
FORGET_HEARD = Hot(lambda: sa.delete(spam_heard).where(heard.at < b("before")))

KEPT = (Kept(spam_heard, "person_id", "gone", by="chat_id"),)
