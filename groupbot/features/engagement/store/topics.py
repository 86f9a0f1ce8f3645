"""What the topics of a forum are called."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, Upsert, metadata

topic = sa.Table(
    "topic",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("topic", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("title", sa.String(128), nullable=False),
    sa.Column("at", UTC_, nullable=False),  # called so
)
TITLE = 128  # letters: Telegram's own limit (createForumTopic)
_ROW = ("chat_id", "topic", "title", "at")
NAME_TOPIC = Hot(lambda: Upsert(topic, _ROW, ("chat_id", "topic"), {"title": "new", "at": "new"}))
NAMED_AT = Hot(
    lambda: sa.select(topic.c.at).where(
        topic.c.chat_id == sa.bindparam("chat"), topic.c.topic == sa.bindparam("number")
    )
)
