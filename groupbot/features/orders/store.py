"""Orders by the shop's own number, the products they are of, and whose they are, as far as people say."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

product = sa.Table(
    "product",
    metadata,
    sa.Column("code", sa.String(80), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("off_shelf", sa.Boolean, nullable=False),  # sold, but not on the shelf of the shop
)
order = sa.Table(
    "order_ref",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("channel", sa.String(8), nullable=False),  # online | store | group
    sa.Column("number", sa.String(80), nullable=False),  # the shop's
    sa.Column("customer", sa.String(32), nullable=False),  # a keyed hash of the shop's number of them
    sa.Column("at", UTC_, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("store", sa.String(80), nullable=False),  # '' where no shop is named
    sa.Column("heard", UTC_),  # when what the shop signed last of it was sent
    sa.UniqueConstraint("channel", "number"),
    sa.Index("ix_order_ref_customer", "customer", "at"),
    sqlite_autoincrement=True,
)
line = sa.Table(
    "order_line",
    metadata,
    sa.Column(
        "order_id", sa.BigInteger, sa.ForeignKey("order_ref.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("product", sa.String(80), primary_key=True),  # '' where the file names none
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger),  # cents
    sqlite_with_rowid=False,
)
buyer = sa.Table(
    "buyer",
    metadata,
    sa.Column("customer", sa.String(32), primary_key=True),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_buyer_person", "person_id"),
)
code = sa.Table(
    "buyer_code",
    metadata,
    sa.Column("mark", sa.String(32), primary_key=True),
    sa.Column("customer", sa.String(32), nullable=False),
    sa.Column("until", UTC_, nullable=False),
)

b = sa.bindparam
KEEP_PRODUCT = Hot(
    lambda: Upsert(
        product, ("code", "title", "off_shelf"), ("code",), dict.fromkeys(("title", "off_shelf"), "new")
    )
)
FIND = Hot(
    lambda: sa.select(order).where(order.c.channel == b("the_channel"), order.c.number == b("the_number"))
)
_ORDER = ("channel", "number", "customer", "at", "status", "store", "heard")
NEW = Hot(lambda: Upsert(order, _ORDER, ("channel", "number")))
CHANGE = Hot(
    lambda: (
        sa.update(order)
        .where(order.c.id == b("the_id"))
        .values({n: b(f"the_{n}") for n in ("customer", "at", "status", "store", "heard")})
    )
)
LINES = Hot(lambda: sa.select(line).where(line.c.order_id == b("the_id")).order_by(line.c.product))
_LINE = ("order_id", "product", "units", "amount")
KEEP_LINE = Hot(lambda: Upsert(line, _LINE, ("order_id", "product"), {"units": "new", "amount": "new"}))
DROP_LINE = Hot(
    lambda: sa.delete(line).where(line.c.order_id == b("the_id"), line.c.product == b("the_product"))
)
PARKED = Hot(
    lambda: (
        sa.select(line.c.product, sa.func.count().label("orders"))
        .where(line.c.product != "", ~sa.exists().where(product.c.code == line.c.product))
        .group_by(line.c.product)
        .order_by(sa.desc("orders"), line.c.product)
    )
)
NEW_CODE = Hot(lambda: sa.insert(code).values({n: b(n) for n in ("mark", "customer", "until")}))
CODE = Hot(lambda: sa.select(code).where(code.c.mark == b("the_mark")))
USED = Hot(lambda: sa.delete(code).where(code.c.mark == b("the_mark")))
OLD_CODES = Hot(lambda: sa.delete(code).where(code.c.until < b("now")))
BIND = Hot(
    lambda: Upsert(buyer, ("customer", "person_id", "at"), ("customer",), {"person_id": "new", "at": "new"})
)
BOUND = Hot(lambda: sa.select(buyer.c.customer, buyer.c.at).where(buyer.c.person_id == b("who")))
WHO = Hot(lambda: sa.select(buyer.c.person_id).where(buyer.c.customer == b("the_customer")))
UNBIND = Hot(lambda: sa.delete(buyer).where(buyer.c.person_id == b("who")))
_counted = sa.table("v_order", sa.column("person_id", sa.BigInteger), sa.column("at", UTC_))
ORDERED = Hot(
    lambda: sa.select(_counted.c.person_id).where(
        _counted.c.person_id.is_not(None), _counted.c.at >= b("since"), _counted.c.at < b("until")
    )
)

KEPT = (Kept(buyer, "person_id", "gone"),)

view(
    "v_buyer",
    "one row a customer of the shop whom a member says to be",
    """SELECT person_id, MIN(at) AS at FROM buyer GROUP BY person_id""",
)
view(
    "v_order_line",
    "one row a product of an order; parked TRUE while the product is not known",
    """SELECT l.order_id, l.product, p.title, COALESCE(p.off_shelf, FALSE) AS off_shelf, l.units, l.amount,
      p.code IS NULL AND l.product <> '' AS parked
    FROM order_line l LEFT JOIN product p ON p.code = l.product""",
)
view(
    "v_order",
    "one row an order that counts: of known products, not cancelled, not refunded; person_id NULL: of"
    " nobody known",
    """SELECT o.id AS order_id, o.channel, o.store, o.at, o.status, b.person_id,
      (SELECT SUM(l.units) FROM v_order_line l WHERE l.order_id = o.id AND NOT l.parked) AS units,
      (SELECT SUM(l.amount) FROM v_order_line l WHERE l.order_id = o.id AND NOT l.parked) AS amount
    FROM order_ref o LEFT JOIN buyer b ON b.customer = o.customer
    WHERE o.status NOT IN ('cancelled', 'refunded')
      AND EXISTS (SELECT 1 FROM v_order_line l WHERE l.order_id = o.id AND NOT l.parked)""",
)
