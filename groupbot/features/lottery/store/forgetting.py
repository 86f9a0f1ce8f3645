"""Draws that ended long ago, and all that hangs on them."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import Hot, among
from groupbot.features.lottery.store.tables import award, boost, code, entry, gift, lottery, prize, redraw

b = sa.bindparam


def _open(table: sa.Table, *how: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.lottery_id == lottery.c.id, *how)


OVER = Hot(  # the oldest that ended before: nobody may still claim, no seat is drawn again, no gift is due
    lambda: (
        sa.select(lottery.c.id)
        .where(
            among(lottery.c.state, "drawn", "empty", "void"),
            lottery.c.ended_at < b("before"),
            ~_open(award, award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None)),
            ~_open(redraw, redraw.c.seed.is_(None)),
            ~_open(gift, among(gift.c.state, "sending", "unknown", "owed")),
        )
        .order_by(lottery.c.id)
        .limit(1)
    )
)


def _of(table: sa.Table) -> Hot:
    return Hot(lambda: sa.delete(table).where(table.c.lottery_id == b("the_id")))


FORGET_PARTS = tuple(map(_of, (gift, redraw, award, code, entry, prize)))
FORGET = Hot(lambda: sa.delete(lottery).where(lottery.c.id == b("the_id")))
FORGET_BOOSTS = Hot(lambda: sa.delete(boost).where(boost.c.checked_at < b("before")))
