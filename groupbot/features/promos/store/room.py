"""What uses a group's room beside the plans: posts no plan made, and what a campaign lets through."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata

other_post = sa.Table(  # posts of ours in a group that no plan made: they use the same budget
    "other_post",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Index("ix_other_post_at", "at"),
    sqlite_autoincrement=True,
)

campaign_gate = sa.Table(  # what a campaign lets through, and where it does not
    "campaign_gate",
    metadata,
    sa.Column("campaign", sa.String(120), primary_key=True),  # NAME/PHASE
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),  # 0: everywhere
    sa.Column("shut", sa.String(80), nullable=False),  # why not; '' is open
    sa.Column("at", UTC_, nullable=False),
)

b = sa.bindparam
_o = other_post.c
_OTHER = ("chat_id", "at", "kind", "by")
OTHERS = Bulk("other_post", sa.insert(other_post).values({n: b(n) for n in _OTHER}), _OTHER)
NOT_POSTED = Hot(lambda: sa.delete(other_post).where(_o.chat_id == b("chat"), _o.at == b("the_at")))
OLD_OTHERS = Hot(lambda: sa.delete(other_post).where(_o.at < b("before")))
_g = campaign_gate.c
GATES = Hot(lambda: sa.select(_g.chat_id, _g.shut).where(_g.campaign == b("the_campaign")))
_GATE = ("campaign", "chat_id", "shut", "at")
SET_GATE = Hot(lambda: Upsert(campaign_gate, _GATE, ("campaign", "chat_id"), {"shut": "new", "at": "new"}))
