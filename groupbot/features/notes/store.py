"""Notes and filters of a chat: their texts as drafts."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.addresses import chat
from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, metadata

assert chat is not None  # the table the foreign keys name
note = sa.Table(
    "chat_note",
    metadata,
    sa.Column("id", BigInt, primary_key=True),  # start links and buttons name it; it stays when saved anew
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),  # folded
    sa.Column("draft", Json, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("chat_id", "name"),
    sqlite_autoincrement=True,
)

filter_ = sa.Table(
    "chat_filter",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),  # the trigger in the form in which two are the same
    sa.Column("kind", sa.String(8), nullable=False),  # text | prefix | exact
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("draft", Json, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("chat_id", "key"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
n, f = note.c, filter_.c
NAMES = Hot(lambda: sa.select(n.id, n.name).where(n.chat_id == b("chat")).order_by(n.name))
NOTE = Hot(lambda: sa.select(n.id, n.chat_id, n.name, n.draft).where(n.id == b("the_id")))
NOTES = Hot(lambda: sa.select(n.name, n.draft).where(n.chat_id == b("chat")).order_by(n.name))
_NOTE = ("chat_id", "name", "draft", "by_id", "at")
SAVE = Hot(lambda: Upsert(note, _NOTE, ("chat_id", "name"), dict.fromkeys(_NOTE[2:], "new")))
CLEAR = Hot(lambda: sa.delete(note).where(n.chat_id == b("chat"), n.name == b("called")))
CLEAR_ALL = Hot(lambda: sa.delete(note).where(n.chat_id == b("chat")))

TRIGGERS = Hot(lambda: sa.select(f.id, f.kind, f.trigger).where(f.chat_id == b("chat")).order_by(f.trigger))
FILTER = Hot(lambda: sa.select(f.id, f.draft).where(f.id == b("the_id"), f.chat_id == b("chat")))
FILTERS = Hot(lambda: sa.select(f.kind, f.trigger, f.draft).where(f.chat_id == b("chat")).order_by(f.trigger))
_FILTER = ("chat_id", "key", "kind", "trigger", "draft", "by_id", "at")
ADD = Hot(lambda: Upsert(filter_, _FILTER, ("chat_id", "key"), dict.fromkeys(_FILTER[2:], "new")))
STOP = Hot(lambda: sa.delete(filter_).where(f.chat_id == b("chat"), f.key == b("called")))
STOP_ALL = Hot(lambda: sa.delete(filter_).where(f.chat_id == b("chat")))

KEPT = (
    Kept(note, "by_id", "former", by="id", hide=("draft",)),
    Kept(filter_, "by_id", "former", by="id", hide=("draft",)),
)
