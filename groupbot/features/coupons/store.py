"""Pools and their codes. A code stands sealed until it is handed out; after that only its mark is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, among, metadata, only
from groupbot.engine.views import view

pool = sa.Table(
    "coupon_pool",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("each", sa.Integer, nullable=False),  # a member may have so many
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),  # 0: the operator
    sa.Column("state", sa.String(8), nullable=False),  # draft | open | closed
    sa.Column("claim_seconds", sa.BigInteger, nullable=False),
    sa.Column("use_seconds", sa.BigInteger, nullable=False),
    sa.Column("opened_at", UTC_),
    sa.Column("closes_at", UTC_),
    sa.Column("until", UTC_),  # redeemed until
    sa.Column("drawn", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("ix_coupon_pool_chat", "chat_id", "state"),
    sqlite_autoincrement=True,
)
coupon = sa.Table(
    "coupon",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("pool_id", sa.BigInteger, sa.ForeignKey("coupon_pool.id"), nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("mark", sa.String(32), nullable=False),
    sa.Column("sealed", sa.LargeBinary),  # NULL: handed out, or the pool is over
    sa.Column("person_id", sa.BigInteger),
    sa.Column("nth", sa.Integer),  # of this person's in the pool, from 1
    sa.Column("claimed_at", UTC_),
    sa.Column("redeemed_at", UTC_),
    sa.Column("redeemed_by", sa.BigInteger),
    sa.Column("held", sa.String(40)),  # what it is a prize of; nobody else takes it
    sa.Column("until", UTC_),  # of a prize: redeemed until, later than its pool's
    sa.UniqueConstraint("chat_id", "mark", name="uq_coupon_mark"),
    sa.UniqueConstraint("pool_id", "person_id", "nth", name="uq_coupon_nth"),
    sa.Index(
        "ix_coupon_free",
        "pool_id",
        "id",
        **only("person_id IS NULL"),
    ),
    sa.Index("ix_coupon_person", "chat_id", "person_id"),
    sa.Index(
        "ix_coupon_held",
        "chat_id",
        "held",
        unique=True,
        **only("held IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

b = sa.bindparam
_POOL = ("chat_id", "topic", "title", "each", "price", "by_id", "state", "claim_seconds", "use_seconds")
NEW = Hot(lambda: sa.insert(pool).values({n: b(n) for n in _POOL}).returning(pool.c.id))
ONE = Hot(lambda: sa.select(pool).where(pool.c.id == b("the_id")))
_CODE = ("pool_id", "chat_id", "mark", "sealed")
ADD = Hot(lambda: sa.insert(coupon).values({n: b(n) for n in _CODE}))
KNOWN = Hot(
    lambda: sa.select(coupon.c.id).where(coupon.c.chat_id == b("chat"), coupon.c.mark == b("the_mark"))
)
UNFINISHED = Hot(  # the operator's, of an import that was interrupted
    lambda: (
        sa.update(pool)
        .where(
            pool.c.chat_id == b("chat"),
            pool.c.title == b("named"),
            pool.c.by_id == 0,
            pool.c.state == "draft",
        )
        .values({n: b(n) for n in ("each", "price", "claim_seconds", "use_seconds")})
        .returning(pool.c.id)
    )
)
OPEN = Hot(
    lambda: (
        sa.update(pool)
        .where(pool.c.id == b("the_id"), pool.c.state == "draft")
        .values(state="open", opened_at=b("now"), closes_at=b("closes"), until=b("ends"))
    )
)
CLOSE = Hot(
    lambda: (
        sa.update(pool)
        .where(pool.c.id == b("the_id"), among(pool.c.state, "draft", "open"))
        .values(state="closed")
    )
)
_free = sa.and_(coupon.c.person_id.is_(None), coupon.c.held.is_(None))
_until = sa.func.coalesce(coupon.c.until, pool.c.until)
FREE = Hot(
    lambda: (
        sa.select(coupon.c.id, coupon.c.sealed, coupon.c.mark)
        .where(coupon.c.pool_id == b("the_id"), _free, coupon.c.sealed.is_not(None))
        .order_by(coupon.c.id)
        .limit(1)
    )
)
SEALED = Hot(lambda: sa.select(coupon.c.mark, coupon.c.sealed).where(coupon.c.sealed.is_not(None)))
MINE = Hot(
    lambda: (
        sa.select(coupon.c.id, coupon.c.claimed_at)
        .where(coupon.c.pool_id == b("the_id"), coupon.c.person_id == b("person"), coupon.c.held.is_(None))
        .order_by(coupon.c.id)
    )
)
CLAIM = Hot(
    lambda: (
        sa.update(coupon)
        .where(coupon.c.id == b("the_id"), _free)
        .values(person_id=b("person"), nth=b("place"), claimed_at=b("now"), sealed=None)
    )
)
HOLD = Hot(lambda: sa.update(coupon).where(coupon.c.id == b("the_id"), _free).values(held=b("ref")))
HELD = Hot(
    lambda: (
        sa.select(
            coupon.c.id,
            coupon.c.pool_id,
            coupon.c.sealed,
            coupon.c.mark,
            coupon.c.person_id,
            pool.c.title,
            pool.c.state,
            pool.c.until,
            pool.c.use_seconds,
        )
        .select_from(coupon.join(pool, pool.c.id == coupon.c.pool_id))
        .where(coupon.c.chat_id == b("chat"), coupon.c.held == b("ref"))
    )
)
RELEASE = Hot(
    lambda: (
        sa.update(coupon)
        .where(coupon.c.id == b("the_id"), coupon.c.person_id.is_(None))
        .values(held=None, sealed=b("sealed"))
    )
)
HAND = Hot(
    lambda: (
        sa.update(coupon)
        .where(coupon.c.id == b("the_id"), coupon.c.person_id.is_(None))
        .values(person_id=b("person"), claimed_at=b("now"), until=b("ends"), sealed=None)
    )
)
_COUNTS = (
    sa.func.count().label("codes"),
    sa.func.count(coupon.c.person_id).label("taken"),
    sa.func.count(coupon.c.redeemed_at).label("redeemed"),
)
COUNTS = Hot(  # of what members take by the button
    lambda: sa.select(*_COUNTS).where(coupon.c.pool_id == b("the_id"), coupon.c.held.is_(None))
)
ALL_COUNTS = Hot(
    lambda: (
        sa.select(
            *_COUNTS,
            sa.func.count(coupon.c.held).label("prizes"),
            sa.func.count(
                sa.case(
                    (
                        sa.and_(
                            coupon.c.person_id.is_not(None),
                            coupon.c.redeemed_at.is_(None),
                            _until <= b("now"),
                        ),
                        1,
                    )
                )
            ).label("expired"),
        )
        .select_from(coupon.join(pool, pool.c.id == coupon.c.pool_id))
        .where(coupon.c.pool_id == b("the_id"))
    )
)
BY_MARK = Hot(
    lambda: (
        sa.select(
            coupon.c.id,
            coupon.c.pool_id,
            coupon.c.person_id,
            coupon.c.redeemed_at,
            coupon.c.redeemed_by,
            pool.c.title,
            _until.label("until"),
        )
        .select_from(coupon.join(pool, pool.c.id == coupon.c.pool_id))
        .where(coupon.c.chat_id == b("chat"), coupon.c.mark == b("the_mark"))
    )
)
REDEEM = Hot(
    lambda: (
        sa.update(coupon)
        .where(coupon.c.id == b("the_id"), coupon.c.redeemed_at.is_(None), coupon.c.person_id.is_not(None))
        .values(redeemed_at=b("now"), redeemed_by=b("by"))
    )
)
OF_PERSON = Hot(
    lambda: (
        sa.select(pool.c.title, _until.label("until"), coupon.c.claimed_at, coupon.c.redeemed_at)
        .select_from(coupon.join(pool, pool.c.id == coupon.c.pool_id))
        .where(coupon.c.chat_id == b("chat"), coupon.c.person_id == b("person"))
        .order_by(coupon.c.id.desc())
        .limit(b("most"))
    )
)
POOLS = Hot(
    lambda: sa.select(pool).where(pool.c.chat_id == b("chat")).order_by(pool.c.id.desc()).limit(b("most"))
)
DUE = Hot(
    lambda: (
        sa.select(pool.c.id)
        .where(pool.c.state == "open", pool.c.closes_at <= b("now"))
        .order_by(pool.c.id)
        .limit(50)
    )
)
STALE = Hot(lambda: sa.select(pool.c.id).where(pool.c.drawn.is_(False)).limit(50))
DRAWN = Hot(lambda: sa.update(pool).where(pool.c.id == b("the_id")).values(drawn=b("done")))
WIPE = Hot(  # what nobody took is of no use to anybody
    lambda: sa.update(coupon).where(coupon.c.pool_id == b("the_id"), _free).values(sealed=None)
)


def used_in(chats: Sequence[int], since: datetime) -> Any:
    """Codes of the pools opened in these chats after `since`, and what became of them."""
    return (
        sa.select(
            sa.func.count(pool.c.id.distinct()).label("pools"),
            sa.func.count(coupon.c.id).label("codes"),
            sa.func.count(coupon.c.person_id).label("taken"),
            sa.func.count(coupon.c.redeemed_at).label("redeemed"),
        )
        .select_from(pool.join(coupon, coupon.c.pool_id == pool.c.id))
        .where(pool.c.chat_id.in_(list(chats)), pool.c.opened_at >= since)
    )


def _live(now: datetime) -> sa.ColumnElement[bool]:
    """Coupons that can be redeemed still, and those by which nobody gets more than is each one's."""
    giving = sa.select(pool.c.id).where(pool.c.state == "open", pool.c.closes_at > now)
    good = sa.select(pool.c.id).where(pool.c.until > now)
    later = sa.and_(coupon.c.until.is_not(None), coupon.c.until > now)
    unused = sa.and_(coupon.c.redeemed_at.is_(None), sa.or_(later, coupon.c.pool_id.in_(good)))
    return sa.or_(unused, coupon.c.pool_id.in_(giving))


KEPT = (
    Kept(pool, "by_id", "former", by="id"),
    Kept(
        coupon,
        "person_id",
        "former",
        by="id",
        waits=_live,
        since=coupon.c.claimed_at,
        why="live",
        hide=("mark", "sealed"),
    ),
    Kept(coupon, "redeemed_by", "former", by="id", hide=("mark", "sealed")),
)

view(
    "v_claim",
    "one row a coupon that a member took, and whose it is",
    """SELECT id AS coupon_id, chat_id, person_id, claimed_at AS at FROM coupon
    WHERE claimed_at IS NOT NULL AND person_id IS NOT NULL""",
)
view(
    "v_redeemed",
    "one row a coupon taken at the counter, and whose it was",
    """SELECT chat_id, person_id, redeemed_at AS at FROM coupon
    WHERE redeemed_at IS NOT NULL AND person_id IS NOT NULL""",
)
