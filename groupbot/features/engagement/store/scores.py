"""The health of each group, a row a whole week: what a score was, by which version of the arithmetic."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, Hot, metadata
from groupbot.engine.views import view
from groupbot.features.engagement.domain.governing import PARTS
from groupbot.features.engagement.domain.measures import WEIGHTS

health_score = sa.Table(
    "health_score",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("week", sa.Date, primary_key=True),  # its Monday, on the group's clock
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("stage", sa.String(10), nullable=False),
    sa.Column("score", sa.Integer),  # NULL: too little was known
    sa.Column("flagged", sa.Boolean, nullable=False),
    *(sa.Column(name, sa.Float) for name in WEIGHTS),  # the group's own parts, before they are shrunk
    sa.Column("at", UTC_, nullable=False),
    sqlite_with_rowid=False,
    info={"merging": "theirs"},
)
b = sa.bindparam
SCORED = Hot(lambda: sa.select(health_score.c.chat_id).where(health_score.c.week == b("the_week")))
SCORE = Hot(lambda: sa.insert(health_score).values({c.name: b(c.name) for c in health_score.c}))

view(
    "v_health",
    "one row a group and week from Monday: stage, score (NULL: too little known), parts, whether flagged",
    f"""SELECT chat_id, week, version, stage, score, flagged, {", ".join(WEIGHTS)}, at FROM health_score""",
)

group_state = sa.Table(
    "group_state",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("week", sa.Date, primary_key=True),  # its Monday; as it stood when the week was over
    *(sa.Column(name, sa.Float) for name in PARTS),  # 0 to 1; NULL: not known, or nothing to ask
    sa.Column("at", UTC_, nullable=False),
    sqlite_with_rowid=False,
    info={"merging": "theirs"},
)
STOOD = Hot(lambda: sa.select(group_state.c.chat_id).where(group_state.c.week == b("the_week")))
STAND = Hot(lambda: sa.insert(group_state).values({c.name: b(c.name) for c in group_state.c}))

view(
    "v_group_state",
    "one row a group and week from Monday: size, administrators and who sits in it, 0 to 1 (NULL: not known)",
    f"""SELECT chat_id, week, {", ".join(PARTS)}, at FROM group_state""",
)
