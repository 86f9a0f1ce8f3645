"""Reported messages, and who reported them."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, metadata

report = sa.Table(
    "report",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False, info={"message": True}),
    sa.Column("topic", sa.BigInteger),
    sa.Column("actor", sa.BigInteger, nullable=False),  # a person, or negative a channel
    sa.Column("name", sa.Text, nullable=False),  # of the channel
    sa.Column("text", sa.String(64), nullable=False),  # emptied after 30 days
    sa.Column("at", UTC_, nullable=False),
    sa.Column("cards", Json, nullable=False),  # where staff were asked: [our chat or null, person or null]
    sa.Column("hidden", sa.BigInteger),  # the case by which it was put away meanwhile
    sa.Column("decided_by", sa.BigInteger),
    sa.Column("decided_at", UTC_),
    sa.Column("result", sa.String(8)),  # delete | warn | mute | ban | dismiss
    sa.Column("case_id", sa.BigInteger),
    sa.UniqueConstraint("chat_id", "message_id"),
    sqlite_autoincrement=True,
)

report_vote = sa.Table(
    "report_vote",
    metadata,
    sa.Column("report_id", sa.BigInteger, sa.ForeignKey("report.id"), primary_key=True, autoincrement=False),
    sa.Column("reporter", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_report_vote_reporter", "chat_id", "reporter", "at"),
)

b = sa.bindparam
r, v = report.c, report_vote.c
_NEW = ("chat_id", "message_id", "topic", "actor", "name", "text", "at", "cards")
NEW = Hot(lambda: sa.insert(report).values({n: b(n) for n in _NEW}).returning(r.id))
GET = Hot(lambda: sa.select(report).where(r.id == b("the_id")))
OF_MESSAGE = Hot(lambda: sa.select(report).where(r.chat_id == b("chat"), r.message_id == b("message")))
OPEN = Hot(
    lambda: (
        sa.select(report)
        .where(r.chat_id == b("chat"), r.decided_at.is_(None))
        .order_by(r.id.desc())
        .limit(10)
    )
)
VOTE = Hot(
    lambda: Upsert(
        report_vote, ("report_id", "reporter", "chat_id", "reason", "at"), ("report_id", "reporter")
    )
)
VOTES = Hot(
    lambda: sa.select(v.reporter, v.reason, v.at).where(v.report_id == b("the_id")).order_by(v.at, v.reporter)
)
LATELY = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(report_vote)
        .where(v.chat_id == b("chat"), v.reporter == b("who"), v.at > b("since"))
    )
)
WITHOUT_CAUSE = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(report_vote.join(report, r.id == v.report_id))
        .where(
            v.chat_id == b("chat"),
            v.reporter == b("who"),
            r.result == "dismiss",
            r.decided_at > b("since"),
        )
    )
)
CARDS = Hot(lambda: sa.update(report).where(r.id == b("the_id")).values(cards=b("the_cards")))
HIDDEN = Hot(lambda: sa.update(report).where(r.id == b("the_id")).values(hidden=b("the_case")))
DECIDE = Hot(
    lambda: (
        sa.update(report)
        .where(r.id == b("the_id"), r.decided_at.is_(None))
        .values(decided_by=b("who"), decided_at=b("now"), result=b("the_result"), case_id=b("the_case"))
    )
)
FORGET_REASON = Hot(
    lambda: sa.update(report_vote).where(v.at < b("before"), v.reason != "").values(reason="")
)
FORGET_TEXT = Hot(lambda: sa.update(report).where(r.at < b("before"), r.text != "").values(text=""))
FORGET_VOTES = Hot(
    lambda: sa.delete(report_vote).where(v.report_id.in_(sa.select(r.id).where(r.at < b("before"))))
)
FORGET = Hot(lambda: sa.delete(report).where(r.at < b("before")))

ASKED = Hot(
    lambda: (
        sa.select(r.id, r.cards).where(sa.type_coerce(r.cards, sa.Text).contains(b("digits"))).order_by(r.id)
    )
)
NAMING = Hot(
    lambda: (
        sa.select(report)
        .where(
            r.at >= b("since"),
            sa.or_(
                r.actor == b("who"),
                r.decided_by == b("who"),
                sa.exists().where(v.report_id == r.id, v.reporter == b("who")),
            ),
        )
        .order_by(r.id)
    )
)
KEPT = (
    Kept(report, "actor", "former", by="id", words=("name", "text"), hide=("cards",)),
    Kept(report, "decided_by", "former", by="id", hide=("cards", "text", "name")),
    Kept(report_vote, "reporter", "former", by="report_id", words=("reason",)),
)
