"""The rota of helpers, and notes that staff keep on people."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata

helper = sa.Table(
    "helper",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("days", sa.SmallInteger, nullable=False),
    sa.Column("begins", sa.SmallInteger, nullable=False),  # minutes of the chat's day
    sa.Column("ends", sa.SmallInteger, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

user_note = sa.Table(
    "user_note",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_user_note_person", "chat_id", "person_id"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
h, n = helper.c, user_note.c
_HELPER = ("chat_id", "person_id", "days", "begins", "ends", "by_id", "at")
HELPERS = Hot(
    lambda: sa.select(h.person_id, h.days, h.begins, h.ends).where(h.chat_id == b("chat")).order_by(h.at)
)
ADD = Hot(
    lambda: Upsert(
        helper,
        _HELPER,
        ("chat_id", "person_id"),
        dict.fromkeys(_HELPER[2:], "new"),
    )
)
DROP = Hot(lambda: sa.delete(helper).where(h.chat_id == b("chat"), h.person_id == b("who")))
NOTE = Hot(
    lambda: sa.insert(user_note).values({k: b(k) for k in ("chat_id", "person_id", "text", "by_id", "at")})
)
NOTES = Hot(
    lambda: (
        sa.select(n.id, n.text, n.by_id, n.at)
        .where(n.chat_id == b("chat"), n.person_id == b("who"))
        .order_by(n.id)
    )
)
UNNOTE = Hot(lambda: sa.delete(user_note).where(n.id == b("the_id"), n.chat_id == b("chat")))

KEPT = (
    Kept(helper, "person_id", "gone", by="chat_id"),
    Kept(helper, "by_id", "former", by="chat_id"),
    Kept(user_note, "person_id", "gone", by="id"),
    Kept(user_note, "by_id", "former", by="id", hide=("text",)),
)
