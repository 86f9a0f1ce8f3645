"""Who boosts which chat: what Telegram told, and when."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import Hot, Upsert
from groupbot.features.lottery.store.tables import boost, entry, lottery

b = sa.bindparam
_ROW = ("chat_id", "person_id", "until", "checked_at")
KEEP_BOOST = Hot(lambda: Upsert(boost, _ROW, ("chat_id", "person_id"), {"until": "new", "checked_at": "new"}))
BOOST = Hot(lambda: sa.select(boost).where(boost.c.chat_id == b("chat"), boost.c.person_id == b("who")))
CLOSING = Hot(
    lambda: sa.select(lottery.c.id, lottery.c.chat_id, lottery.c.conditions).where(
        lottery.c.state == "open", lottery.c.closes_at > b("now"), lottery.c.closes_at <= b("soon")
    )
)
UNSURE = Hot(  # who entered, and was asked about too long ago
    lambda: (
        sa.select(entry.c.person_id)
        .select_from(
            entry.outerjoin(
                boost, sa.and_(boost.c.person_id == entry.c.person_id, boost.c.chat_id == b("chat"))
            )
        )
        .where(
            entry.c.lottery_id == b("the_id"),
            sa.or_(boost.c.checked_at.is_(None), boost.c.checked_at < b("before")),
        )
        .order_by(entry.c.person_id)
    )
)
