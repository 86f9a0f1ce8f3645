"""What other features know of a member, asked for entry conditions; and what coupons there are to win.

Their tables are named here, never imported: features do not know each other.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, among

b = sa.bindparam
_day = sa.table(
    "member_day",
    *(sa.column(n) for n in ("chat_id", "person_id", "messages")),
    sa.column("day", sa.Date),
)
SAID = Hot(
    lambda: sa.select(sa.func.coalesce(sa.func.sum(_day.c.messages), 0)).where(
        _day.c.chat_id == b("chat"), _day.c.person_id == b("who"), _day.c.day >= b("since")
    )
)
DAYS = Hot(
    lambda: sa.select(sa.func.count()).where(
        _day.c.chat_id == b("chat"),
        _day.c.person_id == b("who"),
        _day.c.day >= b("since"),
        _day.c.messages > 0,
    )
)
_member = sa.table(
    "membership",
    *(sa.column(n) for n in ("chat_id", "person_id", "added_by")),
    sa.column("joined_at", UTC_),
    sa.column("left_at", UTC_),
)
INVITED = Hot(
    lambda: sa.select(sa.func.count(sa.distinct(_member.c.person_id))).where(
        _member.c.chat_id == b("chat"),
        _member.c.added_by == b("who"),
        _member.c.joined_at >= b("since"),
        _member.c.left_at.is_(None),
    )
)
_pool = sa.table("coupon_pool", *(sa.column(n) for n in ("id", "chat_id", "title", "state")))
COUPONS = Hot(
    lambda: sa.select(_pool.c.title).where(
        _pool.c.id == b("pool"), _pool.c.chat_id == b("chat"), _pool.c.state != "closed"
    )
)
_hired = sa.table("hired_join", *(sa.column(n) for n in ("chat_id", "person_id")), sa.column("at", UTC_))
_said = sa.table("event", *(sa.column(n) for n in ("chat_id", "person_id", "kind")), sa.column("at", UTC_))
HIRED = Hot(  # came in a crowd that looks bought, and has neither spoken nor reacted since
    lambda: sa.select(_hired.c.at).where(
        _hired.c.chat_id == b("chat"),
        _hired.c.person_id == b("who"),
        ~sa.exists().where(
            _said.c.chat_id == b("chat"),
            _said.c.person_id == b("who"),
            _said.c.at >= _hired.c.at,
            among(_said.c.kind, "message", "reply", "reaction"),
        ),
    )
)
_newcomer = sa.table("newcomer", *(sa.column(n) for n in ("chat_id", "person_id", "state")))
JOIN_CHECK = Hot(
    lambda: sa.select(_newcomer.c.state).where(
        _newcomer.c.chat_id == b("chat"), _newcomer.c.person_id == b("who")
    )
)
