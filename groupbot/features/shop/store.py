"""The shelf and the orders."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, among, metadata
from groupbot.engine.views import view

item = sa.Table(
    "shop_item",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False, index=True),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("stock", sa.BigInteger, nullable=False),
    sa.Column("each", sa.Integer, nullable=False, server_default="1"),  # a member may have so many
    sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.CheckConstraint("stock >= 0", name="never_oversold"),
    sa.CheckConstraint("price >= 1", name="not_free"),
    sqlite_autoincrement=True,
)
order = sa.Table(
    "shop_order",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("item_id", sa.BigInteger, sa.ForeignKey("shop_item.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | handed | returned
    sa.Column("at", UTC_, nullable=False),
    sa.Column("done_at", UTC_),
    sa.Column("done_by", sa.BigInteger),
    sa.UniqueConstraint("chat_id", "code", name="uq_shop_order_code"),
    sa.Index("ix_shop_order_person", "item_id", "person_id"),
    sqlite_autoincrement=True,
)

b = sa.bindparam
NEW_ITEM = Hot(
    lambda: (
        sa.insert(item).values({n: b(n) for n in ("chat_id", "name", "price", "stock")}).returning(item.c.id)
    )
)
ITEM = Hot(lambda: sa.select(item).where(item.c.id == b("the_id"), item.c.chat_id == b("chat")))
SHELF = Hot(
    lambda: (
        sa.select(item)
        .where(item.c.chat_id == b("chat"), item.c.shown.is_(True))
        .order_by(item.c.stock == 0, item.c.price, item.c.id)
        .limit(b("most"))
    )
)
TAKE = Hot(
    lambda: (
        sa.update(item)
        .where(item.c.id == b("the_id"), item.c.stock > 0, item.c.shown.is_(True))
        .values(stock=item.c.stock - 1)
    )
)
PUT_BACK = Hot(lambda: sa.update(item).where(item.c.id == b("the_id")).values(stock=item.c.stock + 1))
HIDE = Hot(
    lambda: sa.update(item).where(item.c.id == b("the_id"), item.c.chat_id == b("chat")).values(shown=False)
)
_ORDER = ("chat_id", "item_id", "person_id", "price", "code", "state", "at")
NEW_ORDER = Hot(lambda: sa.insert(order).values({n: b(n) for n in _ORDER}).returning(order.c.id))
HAS = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(order)
        .where(
            order.c.item_id == b("the_item"),
            order.c.person_id == b("person"),
            among(order.c.state, "open", "handed"),
        )
    )
)
BY_CODE = Hot(
    lambda: (
        sa.select(order, item.c.name)
        .select_from(order.join(item, item.c.id == order.c.item_id))
        .where(order.c.chat_id == b("chat"), order.c.code == b("the_code"))
    )
)
DONE = Hot(
    lambda: (
        sa.update(order)
        .where(order.c.id == b("the_id"), order.c.state == "open")
        .values(state=b("becomes"), done_at=b("now"), done_by=b("by"))
    )
)
OPEN_OF = Hot(
    lambda: (
        sa.select(order.c.code, item.c.name)
        .select_from(order.join(item, item.c.id == order.c.item_id))
        .where(order.c.chat_id == b("chat"), order.c.person_id == b("person"), order.c.state == "open")
        .order_by(order.c.id)
    )
)
OPEN_IN = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(order)
        .where(order.c.chat_id == b("chat"), order.c.state == "open")
    )
)
HANDED = Hot(
    lambda: (
        sa.select(order.c.id, order.c.person_id, order.c.done_at)
        .where(order.c.chat_id == b("chat"), among(order.c.state, "handed"), order.c.done_at > b("since"))
        .order_by(order.c.id)
    )
)

ORDERED = Hot(
    lambda: sa.select(order.c.person_id).where(
        order.c.chat_id == b("chat"),
        among(order.c.state, "open", "handed"),
        order.c.at >= b("since"),
        order.c.at < b("until"),
    )
)

KEPT = (
    Kept(
        order,
        "person_id",
        "former",
        by="id",
        waits=lambda now: order.c.state == "open",
        since=order.c.at,
        why="live",
    ),
    Kept(order, "done_by", "former", by="id", hide=("code",)),
)

view(
    "v_handed",
    "one row a thing from the shelf of points that was handed over",
    """SELECT chat_id, person_id, done_at AS at FROM shop_order WHERE state = 'handed'""",
)
