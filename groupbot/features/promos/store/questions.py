"""Who had a question to a planned post."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Hot, Upsert, among, metadata
from groupbot.engine.views import view

post_question = sa.Table(
    "post_question",
    metadata,
    sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("due", UTC_, primary_key=True),  # of the slot
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_post_question_person", "person_id"),
)

b = sa.bindparam
_q = post_question.c
_QUESTION = ("plan_id", "chat_id", "person_id", "due", "at")
ASK = Hot(lambda: Upsert(post_question, _QUESTION, _QUESTION[:4]))
ASKED = Hot(lambda: sa.select(sa.func.count()).where(_q.plan_id == b("plan")))
OLD_QUESTIONS = Hot(lambda: sa.delete(post_question).where(_q.at < b("before")))
_slot = sa.table(
    "plan_slot",
    sa.column("plan_id", sa.BigInteger),
    sa.column("chat_id", sa.BigInteger),
    sa.column("due", UTC_),
    sa.column("state", sa.String),
)
_plan = sa.table("plan", sa.column("id", sa.BigInteger), sa.column("name", sa.Text))
SAID_AS = Hot(  # the plan's name, where that slot of it was said in that chat
    lambda: (
        sa.select(_plan.c.name)
        .join(_slot, _slot.c.plan_id == _plan.c.id)
        .where(_slot.c.plan_id == b("plan"), _slot.c.chat_id == b("chat"), _slot.c.due == b("the_due"))
        .where(among(_slot.c.state, "said"))
    )
)
QUESTIONS_KEPT = (Kept(post_question, "person_id", "former", by="plan_id"),)

view(
    "v_question",
    "one row a member who pressed “I have a question” below a planned post",
    """SELECT q.chat_id, p.name AS plan, q.due, q.person_id, q.at
    FROM post_question q JOIN plan p ON p.id = q.plan_id""",
)
