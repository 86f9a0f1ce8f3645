"""Each member's day of taking part."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata

earn_day = sa.Table(
    "earn_day",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("points", sa.BigInteger, nullable=False),
    sa.Column("last", UTC_),
    sa.Column("words", sa.BigInteger, nullable=False),
    sa.Column("ways", sa.Integer, nullable=False, server_default="0"),  # bits: words, answer, shown
    sqlite_with_rowid=False,
)
b = sa.bindparam
_ROW = ("chat_id", "person_id", "day", "n", "points", "last", "words", "ways")
KEEP = Hot(lambda: Upsert(earn_day, _ROW, ("chat_id", "person_id", "day"), dict.fromkeys(_ROW[3:], "new")))
DAY = Hot(
    lambda: sa.select(earn_day).where(
        earn_day.c.chat_id == b("chat"), earn_day.c.person_id == b("person"), earn_day.c.day == b("the_day")
    )
)
OLD = Hot(lambda: sa.delete(earn_day).where(earn_day.c.day < b("before")))

KEPT = (Kept(earn_day, "person_id", "gone", by="chat_id", hide=("words",)),)
