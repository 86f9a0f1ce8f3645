"""Who mentioned whom on which day: of the graph of ties what replies do not tell. No text."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, Upsert, metadata

mention = sa.Table(
    "mention",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),  # on the chat's wall clock, as of member_day
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("whom", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),  # the day's first
    sa.Column("message_id", sa.BigInteger, info={"message": True}),
    sa.Column("staff", sa.Boolean, nullable=False),  # who mentions, then
    sa.Column("of_staff", sa.Boolean, nullable=False),  # who is mentioned, then
    sa.Index("ix_mention_at", "at"),
    sqlite_with_rowid=False,
)
_KEY = ("chat_id", "day", "person_id", "whom")
_ROW = (*_KEY, "at", "message_id", "staff", "of_staff")
MENTIONS = Bulk("mention", Upsert(mention, _ROW, _KEY), _ROW, key=len(_KEY))

# a tie is of two people: without one of them there is none
KEPT = (
    Kept(mention, "person_id", "gone", by="chat_id", hide=("whom", "of_staff")),
    Kept(mention, "whom", "gone", by="chat_id", hide=("person_id", "staff", "message_id")),
)
