"""The stage of each group, judged week by week: what it was, what it is, from which figures."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, Json, metadata, only

chat_stage = sa.Table(
    "chat_stage",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("week", sa.Date, primary_key=True),  # its Monday, on the group's clock
    sa.Column("stage", sa.String(10), nullable=False),  # measures.STAGES
    sa.Column("was", sa.String(10), nullable=False),  # the week before; '': nobody had looked
    sa.Column("since", sa.Date, nullable=False),  # Monday of the first week of this stage
    sa.Column("active", Json, nullable=False),  # organic actives of eight weeks, oldest first
    sa.Column("known", sa.Integer, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("told", UTC_),  # when somebody was told of the change; NULL: nobody yet, or there was none
    sa.Index("ix_chat_stage_untold", "week", **only("told IS NULL AND was <> stage AND was <> ''")),
    sqlite_with_rowid=False,
    info={"merging": "theirs"},
)
b, s = sa.bindparam, chat_stage.c
_ALL = ("chat_id", "week", "stage", "was", "since", "active", "known", "at")
STAGE_NEW = Hot(lambda: sa.insert(chat_stage).values({n: b(n) for n in _ALL}))
STAGES_SINCE = Hot(
    lambda: (
        sa.select(s.chat_id, sa.func.max(s.week).label("week"))
        .where(s.week >= b("since"))
        .group_by(s.chat_id)
    )
)
STAGE_AT = Hot(
    lambda: (
        sa.select(chat_stage)
        .where(s.chat_id == b("chat"), s.week <= b("until"))
        .order_by(s.week.desc())
        .limit(1)
    )
)
_CHANGED = (s.was != s.stage, s.was != "")
UNTOLD = Hot(
    lambda: (
        sa.select(chat_stage)
        .where(s.told.is_(None), *_CHANGED, s.week >= b("since"))
        .order_by(s.week, s.chat_id)
    )
)
STAGE_TOLD = Hot(
    lambda: (
        sa.update(chat_stage)
        .where(s.chat_id == b("chat"), s.week == b("the_week"), s.told.is_(None))
        .values(told=b("now"))
    )
)
CHANGED_SINCE = Hot(
    lambda: sa.select(chat_stage).where(*_CHANGED, s.at > b("since")).order_by(s.at, s.chat_id)
)
