"""Stores, and which groups are of which."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

store = sa.Table(
    "store",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    sqlite_autoincrement=True,
)
pair = sa.Table(
    "store_chat",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("store_id", sa.BigInteger, sa.ForeignKey("store.id"), nullable=False),
)

b = sa.bindparam
NEW = Hot(lambda: Upsert(store, ("name",), ("name",)))
FIND = Hot(lambda: sa.select(store.c.id).where(store.c.name == b("the_name")))
PAIR = Hot(lambda: Upsert(pair, ("chat_id", "store_id"), ("chat_id",), {"store_id": "new"}))
PART = Hot(lambda: sa.delete(pair).where(pair.c.chat_id == b("chat")))
OF = Hot(
    lambda: (
        sa.select(store.c.id, store.c.name)
        .join(pair, pair.c.store_id == store.c.id)
        .where(pair.c.chat_id == b("chat"))
    )
)
CHATS = Hot(lambda: sa.select(pair.c.chat_id).where(pair.c.store_id == b("the_id")).order_by(pair.c.chat_id))
ALL = Hot(
    lambda: (
        sa.select(store.c.id, store.c.name)
        .where(sa.exists().where(pair.c.store_id == store.c.id))
        .order_by(store.c.name)
    )
)

view(
    "v_store",
    "one row a group that is paired with a store",
    """SELECT p.chat_id, s.id AS store_id, s.name FROM store_chat p JOIN store s ON s.id = p.store_id""",
)
