"""What draws keep of people."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import Hot, among
from groupbot.features.lottery.store.tables import award, boost, code, entry, gift, lottery

b = sa.bindparam
WON = Hot(  # by the time to claim: a seat may be drawn, or lapse, long after the end
    lambda: (
        sa.select(award.c.lottery_id, award.c.seat, award.c.attempt, award.c.deadline)
        .where(award.c.person_id == b("who"), award.c.deadline >= b("since"))
        .order_by(award.c.lottery_id)
    )
)
_open = sa.select(lottery.c.id).where(among(lottery.c.state, "open", "frozen"))
# a prize is of the life that joined the draw; who is no longer among those who joined did so long before
_entered = (
    sa.select(entry.c.at)
    .where(entry.c.lottery_id == award.c.lottery_id, entry.c.person_id == award.c.person_id)
    .scalar_subquery()
)
_opened = sa.select(lottery.c.opened_at).where(lottery.c.id == award.c.lottery_id).scalar_subquery()
KEPT = (
    Kept(lottery, "by_id", "former", by="id", hide=("server_seed", "salt", "seed", "rules")),
    Kept(
        entry,
        "person_id",
        "former",
        by="lottery_id",
        waits=lambda now: entry.c.lottery_id.in_(_open),
        since=entry.c.at,
        why="live",
    ),
    Kept(
        award,
        "person_id",
        "former",
        by="lottery_id",
        waits=lambda now: sa.and_(
            award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None), award.c.deadline > now
        ),
        since=sa.func.coalesce(_entered, _opened),
        why="live",
    ),
    Kept(
        gift,
        "person_id",
        "former",
        by="lottery_id",
        waits=lambda now: among(gift.c.state, "sending", "unknown", "owed"),
        since=gift.c.at,
        why="live",
        hide=("ref", "error"),
    ),
    Kept(boost, "person_id", "gone", by="chat_id"),
    Kept(code, "shown_to", "former", by="lottery_id", hide=("sealed",)),
)
