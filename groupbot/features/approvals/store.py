"""Who is approved where, and how many clean messages were counted."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata

approval = sa.Table(
    "approval",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),  # or negative: a channel
    sa.Column("by_id", sa.BigInteger, nullable=False),  # 0: by clean messages
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

clean_count = sa.Table(
    "clean_count",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, nullable=False),
    info={"merging": "add"},
)

b = sa.bindparam
a, c = approval.c, clean_count.c
OF_CHAT = Hot(
    lambda: sa.select(a.person_id, a.reason, a.by_id, a.at).where(a.chat_id == b("chat")).order_by(a.at)
)
APPROVE = Hot(
    lambda: Upsert(
        approval,
        ("chat_id", "person_id", "by_id", "reason", "at"),
        ("chat_id", "person_id"),
        {"by_id": "new", "reason": "new", "at": "new"},
    )
)
UNAPPROVE = Hot(lambda: sa.delete(approval).where(a.chat_id == b("chat"), a.person_id == b("who")))
UNAPPROVE_ALL = Hot(lambda: sa.delete(approval).where(a.chat_id == b("chat")))
_CLEAN = ("chat_id", "person_id", "n")
CLEAN = Bulk(
    "clean_count",
    Upsert(clean_count, _CLEAN, ("chat_id", "person_id"), {"n": "sum"}),
    _CLEAN,
    key=2,
    sums=1,
)
COUNTED = Hot(lambda: sa.select(c.n).where(c.chat_id == b("chat"), c.person_id == b("who")))

KEPT = (
    Kept(approval, "person_id", "gone", by="chat_id"),
    Kept(approval, "by_id", "former", by="chat_id", hide=("reason",)),
    Kept(clean_count, "person_id", "gone", by="chat_id"),
)
