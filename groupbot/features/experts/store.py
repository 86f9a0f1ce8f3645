"""Experts of a chat, their sessions, and what was asked."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata, only

expert = sa.Table(
    "expert",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

session = sa.Table(
    "expert_session",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("thread", sa.BigInteger),  # of a forum
    sa.Column("starts", UTC_, nullable=False),
    sa.Column("ends", UTC_, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # planned | open | closed | missed | off
    sa.Column("plan_id", sa.BigInteger),  # the planned slot it comes from, if one
    sa.Column("due", UTC_),
    sa.Column("ref", sa.Text),  # its card, where that is the slot's post; '' where it has none
    sa.Index("ix_expert_session_chat", "chat_id", "id"),
    sa.Index("ix_expert_session_plan", "plan_id", "due", **only("plan_id IS NOT NULL")),
    sa.Index(
        "ix_expert_session_live",
        "starts",
        **only("state IN ('planned', 'open')"),
    ),
    sqlite_autoincrement=True,
)

question = sa.Table(
    "expert_question",
    metadata,
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("expert_session.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("answered_at", UTC_),
    sa.PrimaryKeyConstraint("session_id", "number"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_e, _s, _q = expert.c, session.c, question.c
KEEP = Hot(
    lambda: Upsert(
        expert,
        ("chat_id", "person_id", "topic", "hours", "at"),
        ("chat_id", "person_id"),
        dict.fromkeys(("topic", "hours", "at"), "new"),
    )
)
DROP = Hot(lambda: sa.delete(expert).where(_e.chat_id == b("chat"), _e.person_id == b("who")))
EXPERTS = Hot(lambda: sa.select(expert).where(_e.chat_id == b("chat")).order_by(_e.topic, _e.person_id))
EXPERT = Hot(lambda: sa.select(expert).where(_e.chat_id == b("chat"), _e.person_id == b("who")))
_NEW = ("chat_id", "person_id", "topic", "thread", "starts", "ends", "state", "plan_id", "due", "ref")
PLAN = Hot(lambda: sa.insert(session).values({n: b(n) for n in _NEW}))
_live = among(_s.state, "planned", "open")
LIVE = Hot(  # the session that is on in a chat, else the next one
    lambda: sa.select(session).where(_s.chat_id == b("chat"), _live).order_by(_s.starts, _s.id).limit(1)
)
MEANWHILE = Hot(  # a session that is on or planned within a span of time
    lambda: (
        sa.select(_s.id)
        .where(_s.chat_id == b("chat"), _live, _s.starts < b("until"), _s.ends > b("since"))
        .limit(1)
    )
)
LAST = Hot(lambda: sa.select(sa.func.max(_s.id)).where(_s.chat_id == b("chat")))
ONE = Hot(lambda: sa.select(session).where(_s.id == b("the_id")))
BEGUN = Hot(  # a page of them
    lambda: (
        sa.select(session)
        .where(_live, _s.starts <= b("now"), _s.id > b("behind"))
        .order_by(_s.id)
        .limit(b("most"))
    )
)
STATE = Hot(lambda: sa.update(session).where(_s.id == b("the_id")).values(state=b("state")))
ASK = Hot(
    lambda: sa.insert(question).values({n: b(n) for n in ("session_id", "number", "person_id", "text", "at")})
)
QUESTIONS = Hot(lambda: sa.select(question).where(_q.session_id == b("the_id")).order_by(_q.number))
QUESTION = Hot(lambda: sa.select(question).where(_q.session_id == b("the_id"), _q.number == b("n")))
ANSWER = Hot(
    lambda: (
        sa.update(question)
        .where(_q.session_id == b("the_id"), _q.number == b("n"))
        .values(answer=b("text"), answered_at=b("at"))
    )
)
REPORT = Hot(
    lambda: (
        sa.select(
            _s.id,
            _s.plan_id,
            _s.person_id,
            _s.topic,
            _s.starts,
            _s.ends,
            _s.state,
            sa.func.count(_q.number).label("asked"),
            sa.func.count(_q.answer).label("answered"),
        )
        .select_from(session.outerjoin(question, _q.session_id == _s.id))
        .where(_s.chat_id == b("chat"), among(_s.state, "closed", "missed"))
        .group_by(_s.id, _s.plan_id, _s.person_id, _s.topic, _s.starts, _s.ends, _s.state)
        .order_by(_s.id.desc())
        .limit(8)
    )
)
_asked = (
    sa.select(_q.session_id, sa.func.count().label("asked"), sa.func.count(_q.answer).label("answered"))
    .group_by(_q.session_id)
    .subquery("asked")
)
BY_SLOT = Hot(
    lambda: (
        sa.select(
            _s.due,
            sa.func.count().label("chats"),
            sa.func.sum(sa.case((_s.state == "missed", 1), else_=0)).label("missed"),
            sa.func.sum(sa.func.coalesce(_asked.c.asked, 0)).label("asked"),
            sa.func.sum(sa.func.coalesce(_asked.c.answered, 0)).label("answered"),
        )
        .select_from(session.outerjoin(_asked, _asked.c.session_id == _s.id))
        .where(_s.plan_id == b("plan"))
        .group_by(_s.due)
        .order_by(_s.due.desc())
        .limit(b("most"))
    )
)
_by = sa.select(_s.id).where(_s.person_id == b("who"))
EMPTY_ANSWERS = Hot(  # an expert's own words; that there was an answer stays
    lambda: sa.update(question).where(_q.session_id.in_(_by), _q.answer.is_not(None)).values(answer="")
)
ANSWERS = Hot(
    lambda: (
        sa.select(_s.topic, _q.number, _q.answer, _q.answered_at)
        .join(session, _q.session_id == _s.id)
        .where(_s.person_id == b("who"), _q.answer.is_not(None))
        .order_by(_s.id, _q.number)
    )
)
SHOWING = Hot(  # sessions of the last days that somebody held, or asked in
    lambda: (
        sa.select(session)
        .where(
            _s.ends >= b("since"),
            sa.or_(
                _s.person_id == b("who"),
                sa.exists().where(_q.session_id == _s.id, _q.person_id == b("who")),
            ),
        )
        .order_by(_s.id)
    )
)
_old = sa.select(_s.id).where(_s.ends < b("before"))
FORGET_QUESTIONS = Hot(lambda: sa.delete(question).where(_q.session_id.in_(_old)))
FORGET = Hot(lambda: sa.delete(session).where(_s.ends < b("before")))

KEPT = (
    Kept(expert, "person_id", "gone", by="chat_id"),
    Kept(session, "person_id", "former", by="id"),
    Kept(question, "person_id", "former", by="session_id", words=("text",)),
)
