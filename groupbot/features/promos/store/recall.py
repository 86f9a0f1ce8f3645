"""Who remembers which core message, asked once a month."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata
from groupbot.engine.views import view

core_recall = sa.Table(
    "core_recall",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("month", sa.Integer, primary_key=True, autoincrement=False),  # 202702
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("answer", sa.Integer, nullable=False),  # 2 remembers, 1 perhaps, 0 does not
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_core_recall_person", "person_id"),
    sa.Index("ix_core_recall_at", "at"),
)

b = sa.bindparam
_r = core_recall.c
_ROW = ("chat_id", "month", "person_id", "message", "answer", "at")
ANSWER = Hot(lambda: Upsert(core_recall, _ROW, _ROW[:3], dict.fromkeys(("answer", "at"), "new")))
OLD_ANSWERS = Hot(lambda: sa.delete(core_recall).where(_r.at < b("before")))
REMEMBERED = Hot(
    lambda: (
        sa.select(_r.message, _r.answer, sa.func.count().label("n"))
        .where(_r.at >= b("since"))
        .group_by(_r.message, _r.answer)
    )
)
RECALL_KEPT = (Kept(core_recall, "person_id", "gone"),)

view(
    "v_recall",
    "one row a member's answer to the month's question on a core message: 2 remembers, 1 perhaps, 0 not",
    """SELECT chat_id, month, person_id, message, answer, at FROM core_recall""",
)
