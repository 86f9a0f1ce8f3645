"""Gifts that winners came for, and the Stars that are promised."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot, among
from groupbot.features.lottery.store.tables import award, gift, lottery, prize, redraw

b = sa.bindparam
_GIFT = ("lottery_id", "seat", "person_id", "stars", "ref", "at")
NEW_GIFT = Hot(
    lambda: (
        sa.insert(gift).values({n: b(n) for n in _GIFT}).values(state="sending", tries=1).returning(gift.c.id)
    )
)
GIFT = Hot(lambda: sa.select(gift).where(gift.c.id == b("the_id")))
GIFT_OF = Hot(lambda: sa.select(gift).where(gift.c.lottery_id == b("the_id"), gift.c.seat == b("the_seat")))
OWED_AGAIN = Hot(
    lambda: (
        sa.update(gift)
        .where(gift.c.id == b("the_id"), gift.c.state == "owed")
        .values(state="sending", ref=b("the_ref"), tries=gift.c.tries + 1, at=b("now"))
    )
)
BECAME = Hot(
    lambda: (
        sa.update(gift)
        .where(gift.c.id == b("the_id"), gift.c.state == b("was"))
        .values(state=b("becomes"), error=b("the_error"), at=b("now"))
    )
)
SETTLED = Hot(  # what became of those under way, as the outbox knows it
    lambda: (
        sa.select(gift, outbox.c.state.label("ended"), outbox.c.error.label("said"), outbox.c.payload)
        .join(outbox, sa.and_(outbox.c.ref == gift.c.ref, outbox.c.bot_id == b("bot")))
        .where(
            among(gift.c.state, "sending", "unknown"),
            among(outbox.c.state, "done", "dead", "unknown"),
            sa.or_(
                gift.c.state != outbox.c.state, outbox.c.payload == ""
            ),  # emptied: nobody decided for a week
        )
        .order_by(gift.c.id)
        .limit(50)
    )
)
_gifts = sa.select(prize.c.lottery_id).where(prize.c.kind == "gift")
PROMISED = Hot(  # by draws whose winners are not known yet
    lambda: (
        sa.select(sa.func.coalesce(sa.func.sum(prize.c.stars * prize.c.seats), 0))
        .join(lottery, lottery.c.id == prize.c.lottery_id)
        .where(prize.c.kind == "gift", among(lottery.c.state, "open", "frozen"), lottery.c.id != b("but"))
    )
)
WON_SEATS = Hot(  # seats whose winner may still come, and those drawn again
    lambda: sa.union_all(
        sa.select(award.c.lottery_id, award.c.seat).where(
            award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None), award.c.lottery_id.in_(_gifts)
        ),
        sa.select(redraw.c.lottery_id, redraw.c.seat).where(
            redraw.c.seed.is_(None), redraw.c.lottery_id.in_(_gifts)
        ),
    )
)
OWED = Hot(
    lambda: sa.select(sa.func.coalesce(sa.func.sum(gift.c.stars), 0)).where(
        among(gift.c.state, "sending", "owed")
    )
)
