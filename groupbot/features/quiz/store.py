"""Questions asked, answers given (once each), and what is planned."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, metadata, only

question = sa.Table(
    "quiz_question",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("book", sa.String(40), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),  # its place in the book, from 0
    sa.Column("asked", Json, nullable=False),  # as it was shown: ask, options, right (from 0), why
    sa.Column("state", sa.String(8), nullable=False),  # open | closed
    sa.Column("first", sa.BigInteger),  # who was right first
    sa.Column("opened_at", UTC_, nullable=False),
    sa.Column("closes_at", UTC_, nullable=False),
    sa.Index("ix_quiz_question_chat", "chat_id", "book"),
    sa.Index(
        "ix_quiz_question_open",
        "closes_at",
        **only("state = 'open'"),
    ),
    sqlite_autoincrement=True,
)
answer = sa.Table(
    "quiz_answer",
    metadata,
    sa.Column("id", BigInt, primary_key=True),  # the order in which answers came
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("poll_id", sa.String(32), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("option", sa.String(40), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("question_id", sa.BigInteger),  # NULL: the poll's receipt is not booked yet
    sa.Column("right", sa.Boolean),
    sa.Column("paid", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("bot_id", "poll_id", "person_id", name="uq_quiz_answer_once"),
    sa.Index("ix_quiz_answer_question", "question_id", "right"),
    sqlite_autoincrement=True,
)
plan = sa.Table(
    "quiz_plan",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("book", sa.String(40), nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("daily", sa.String(5), nullable=False),  # HH:MM on the group's clock; '': a round
    sa.Column("left", sa.Integer, nullable=False),  # questions of a round that are still to come
    sa.Column("due", UTC_, nullable=False, index=True),
)

b = sa.bindparam
_ASK = ("chat_id", "topic", "book", "n", "asked", "state", "opened_at", "closes_at")
ASK = Hot(lambda: sa.insert(question).values({n: b(n) for n in _ASK}).returning(question.c.id))
ONE = Hot(lambda: sa.select(question).where(question.c.id == b("the_id")))
ASKED = Hot(
    lambda: sa.select(question.c.n).where(question.c.chat_id == b("chat"), question.c.book == b("the_book"))
)
OPEN_IN = Hot(
    lambda: (
        sa.select(question.c.id).where(question.c.chat_id == b("chat"), question.c.state == "open").limit(1)
    )
)
DUE = Hot(
    lambda: (
        sa.select(question.c.id)
        .where(question.c.state == "open", question.c.closes_at <= b("now"))
        .order_by(question.c.id)
        .limit(50)
    )
)
STATE = Hot(
    lambda: (
        sa.update(question)
        .where(question.c.id == b("the_id"), question.c.state == "open")
        .values(state=b("becomes"))
    )
)
FIRST = Hot(
    lambda: (
        sa.update(question)
        .where(question.c.id == b("the_id"), question.c.first.is_(None))
        .values(first=b("person"))
    )
)
_ANSWER = ("bot_id", "poll_id", "person_id", "option", "at")
ANSWER = Hot(lambda: Upsert(answer, _ANSWER, ("bot_id", "poll_id", "person_id")))
WAITING = Hot(
    lambda: (
        sa.select(answer)
        .where(answer.c.bot_id == b("bot"), answer.c.question_id.is_(None))
        .order_by(answer.c.id)
        .limit(500)
    )
)
OF_POLL = Hot(
    lambda: sa.select(answer).where(
        answer.c.bot_id == b("bot"), answer.c.poll_id == b("poll"), answer.c.person_id == b("person")
    )
)
SETTLE = Hot(
    lambda: (
        sa.update(answer)
        .where(answer.c.id == b("the_id"), answer.c.question_id.is_(None))
        .values(question_id=b("number"), right=b("is_right"), paid=b("points"))
    )
)
FORGET = Hot(
    lambda: sa.delete(answer).where(
        answer.c.question_id.is_(None), answer.c.at < b("before"), answer.c.id <= b("newest")
    )
)
RESULT = Hot(
    lambda: (
        sa.select(answer.c.person_id, answer.c.right, answer.c.paid)
        .where(answer.c.question_id == b("the_id"))
        .order_by(answer.c.id)
    )
)
SEASON = Hot(
    lambda: (
        sa.select(
            answer.c.person_id,
            sa.func.count().label("answers"),
            sa.func.sum(sa.case((answer.c.right.is_(True), 1), else_=0)).label("rights"),
            sa.func.sum(sa.case((question.c.first == answer.c.person_id, 1), else_=0)).label("firsts"),
        )
        .select_from(answer.join(question, question.c.id == answer.c.question_id))
        .where(question.c.chat_id == b("chat"), answer.c.at >= b("since"), answer.c.at < b("until"))
        .group_by(answer.c.person_id)
        .order_by(sa.desc("rights"), sa.desc("firsts"), answer.c.person_id)
    )
)
_PLAN = ("chat_id", "topic", "book", "seconds", "daily", "left", "due")
PLAN = Hot(lambda: Upsert(plan, _PLAN, ("chat_id",), dict.fromkeys(_PLAN[1:], "new")))
PLANNED = Hot(lambda: sa.select(plan).where(plan.c.chat_id == b("chat")))
PLANS_DUE = Hot(lambda: sa.select(plan).where(plan.c.due <= b("now")).order_by(plan.c.due).limit(20))
UNPLAN = Hot(lambda: sa.delete(plan).where(plan.c.chat_id == b("chat")))
SHOWING = Hot(  # questions of the last days that somebody answered right
    lambda: (
        sa.select(question.c.id)
        .where(
            question.c.state == "closed",
            question.c.closes_at >= b("since"),
            sa.exists().where(
                answer.c.question_id == question.c.id,
                answer.c.person_id == b("who"),
                answer.c.right.is_(True),
            ),
        )
        .order_by(question.c.id)
    )
)
KEPT = (Kept(question, "first", "former", by="id"), Kept(answer, "person_id", "former", by="id"))
