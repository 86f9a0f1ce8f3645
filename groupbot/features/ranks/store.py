"""Whose tag the bot set, and to what."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata

tag = sa.Table(
    "member_tag",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("tag", sa.String(16), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_member_tag_person_id", "person_id"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_ROW = ("chat_id", "person_id", "tag", "at")
KEEP = Hot(lambda: Upsert(tag, _ROW, ("chat_id", "person_id"), {"tag": "new", "at": "new"}))
TAG = Hot(lambda: sa.select(tag.c.tag).where(tag.c.chat_id == b("chat"), tag.c.person_id == b("person")))
GIVEN = Hot(lambda: sa.select(tag.c.person_id, tag.c.tag, tag.c.at).where(tag.c.chat_id == b("chat")))
CHATS = Hot(lambda: sa.select(tag.c.chat_id).distinct())
OF = Hot(lambda: sa.select(tag.c.chat_id).where(tag.c.person_id == b("person")).order_by(tag.c.chat_id))
GONE = Hot(lambda: sa.delete(tag).where(tag.c.chat_id == b("chat"), tag.c.person_id == b("person")))

KEPT = (Kept(tag, "person_id", "gone"),)
