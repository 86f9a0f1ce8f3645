"""Where logs go, the codes that prove it, and the record itself."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.addresses import chat
from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata

log_route = sa.Table(
    "log_route",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("category", sa.String(12), primary_key=True),
    sa.Column("to_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("by_id", sa.BigInteger),
    sa.Column("at", UTC_, nullable=False),
)

log_offer = sa.Table(  # a place that offers to be a log, for ten minutes
    "log_offer",
    metadata,
    sa.Column("code", sa.String(8), primary_key=True),
    sa.Column("to_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

log_record = sa.Table(
    "log_record",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("category", sa.String(12), nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("actor", sa.BigInteger),
    sa.Column("member", sa.BigInteger),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.String(200), nullable=False),
    sa.Index("ix_log_record_chat", "chat_id", "at"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
r, o = log_route.c, log_offer.c
ROUTES = Hot(lambda: sa.select(r.category, r.to_id, r.topic).where(r.chat_id == b("chat")))
ROUTE = Hot(
    lambda: Upsert(
        log_route,
        ("chat_id", "category", "to_id", "topic", "by_id", "at"),
        ("chat_id", "category"),
        {"to_id": "new", "topic": "new", "by_id": "new", "at": "new"},
    )
)
UNROUTE = Hot(lambda: sa.delete(log_route).where(r.chat_id == b("chat")))
USERS_OF = Hot(lambda: sa.select(r.chat_id).distinct().where(r.to_id == b("to")).order_by(r.chat_id))
UNROUTE_TO = Hot(lambda: sa.delete(log_route).where(r.to_id == b("to")))
OFFER = Hot(lambda: sa.insert(log_offer).values({n: b(n) for n in ("code", "to_id", "topic", "by_id", "at")}))
OFFERED = Hot(lambda: sa.select(o.to_id, o.topic, o.by_id).where(o.code == b("the_code"), o.at >= b("since")))
OFFERED_BY = Hot(
    lambda: (
        sa.select(o.code, o.to_id, o.topic, o.by_id)
        .where(o.to_id == b("to"), o.at >= b("since"))
        .order_by(o.at.desc())
        .limit(1)
    )
)
TAKEN = Hot(lambda: sa.delete(log_offer).where(sa.or_(o.code == b("the_code"), o.at < b("since"))))
_NAMES = ("chat_id", "at", "category", "kind", "actor", "member", "number", "text")
RECORD = Bulk("log_record", sa.insert(log_record).values({n: b(n) for n in _NAMES}), _NAMES)
LATEST = Hot(
    lambda: (
        sa.select(log_record)
        .where(log_record.c.chat_id == b("chat"))
        .order_by(log_record.c.at.desc(), log_record.c.id.desc())
        .limit(b("n", type_=sa.Integer))
    )
)
FORGET = Hot(lambda: sa.delete(log_record).where(log_record.c.at < b("before")))
FORGET_WORDS = Hot(  # what a rule found or somebody reported, said or not by the person who decided
    lambda: (
        sa.update(log_record)
        .where(
            log_record.c.at < b("before"),
            log_record.c.text != "",
            sa.or_(
                among(log_record.c.category, "automated", "reports"),
                among(log_record.c.kind, "undone", "upheld", "removed", "passed"),
            ),
        )
        .values(text="")
    )
)
ADDRESS = Hot(
    lambda: sa.select(chat.c.id).where(chat.c.telegram_id == b("telegram"), chat.c.bot_id == b("bot"))
)

KEPT = (
    Kept(log_record, "actor", "former", by="id"),
    Kept(log_record, "member", "former", by="id", words=("text",)),
    Kept(log_route, "by_id", "nobody"),
    Kept(log_offer, "by_id", "gone"),
)
