"""What was asked in which month, and how many gave each answer; nobody's answer, nobody's name."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, metadata, only
from groupbot.engine.views import view

attitude_month = sa.Table(
    "attitude_month",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("month", sa.Integer, primary_key=True, autoincrement=False),  # 202702, of the chat's own clock
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open | closed | unsaid
    sa.Column("asked_at", UTC_, nullable=False),
    sa.Column("closes_at", UTC_, nullable=False),
    sa.Column("closed_at", UTC_),
    sa.Column("final", sa.Boolean, nullable=False, server_default=sa.false()),  # Telegram said: no more votes
    sa.Column("unaware", sa.Integer, nullable=False, server_default="0"),
    sa.Column("knows", sa.Integer, nullable=False, server_default="0"),
    sa.Column("agrees", sa.Integer, nullable=False, server_default="0"),
    sa.Column("subscribes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("members", sa.Integer),  # in the chat when it was closed
    sa.Index("ix_attitude_month_open", "closes_at", **only("state = 'open'")),
    sqlite_with_rowid=False,
)

b = sa.bindparam
a = attitude_month.c
_here = sa.and_(a.chat_id == b("chat"), a.month == b("the_month"))
_VOTES = ("unaware", "knows", "agrees", "subscribes")
ASK = Hot(
    lambda: sa.insert(attitude_month).values(
        chat_id=b("chat"),
        month=b("the_month"),
        about=b("subject"),
        state=b("becomes"),
        asked_at=b("at"),
        closes_at=b("until"),
    )
)
OF = Hot(lambda: sa.select(attitude_month).where(_here))
OPEN = Hot(lambda: sa.select(attitude_month).where(a.state == "open").order_by(a.closes_at))
OPEN_IN = Hot(lambda: sa.select(attitude_month).where(a.state == "open", a.chat_id == b("chat")))
NEWEST = Hot(
    lambda: sa.select(attitude_month).where(a.chat_id == b("chat")).order_by(a.month.desc()).limit(b("most"))
)
COUNT = Hot(
    lambda: (
        sa.update(attitude_month)
        .where(_here, a.final.is_(False))
        .values({v: b(f"n_{v}") for v in _VOTES} | {"final": b("is_final", type_=sa.Boolean)})
    )
)
CLOSE = Hot(
    lambda: (
        sa.update(attitude_month)
        .where(_here, a.state == "open")
        .values(state=b("becomes"), closed_at=b("at"), members=b("were_here"))
    )
)

view(
    "v_attitude",
    "one row a chat and month of the anonymous question: how many are at least so far, nobody named",
    """SELECT chat_id, month, about, state, asked_at, closed_at,
    unaware + knows + agrees + subscribes AS n,
    knows + agrees + subscribes AS know,
    agrees + subscribes AS agree,
    subscribes AS subscribe,
    members FROM attitude_month""",
)
