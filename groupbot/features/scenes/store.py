"""Cards that were said, would have been said, or were held; and whom they were too much for.

One (chat, day, state) is one row: a chat gets one card a day however often its words are said.
"""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata
from groupbot.engine.views import view

show = sa.Table(
    "scene_show",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("scene", sa.String(60), nullable=False),
    sa.Column("day", sa.Date, nullable=False),  # the chat's own
    sa.Column("state", sa.String(8), nullable=False),  # said | shadow | held
    sa.Column("reason", sa.String(16)),  # which limit held it
    sa.Column("person_id", sa.BigInteger, nullable=False),  # whose words they were
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("chat_id", "day", "state"),
    sa.Index("ix_scene_show_person", "person_id", "at"),
    sqlite_autoincrement=True,
)
enough = sa.Table(
    "scene_enough",
    metadata,
    sa.Column(
        "show_id", sa.BigInteger, sa.ForeignKey("scene_show.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),
)

b = sa.bindparam
_s, _e = show.c, enough.c
_SHOW = ("chat_id", "scene", "day", "state", "reason", "person_id", "at")
SHOW = Hot(lambda: sa.insert(show).values({n: b(n) for n in _SHOW}).returning(_s.id))
UNSAID = Hot(lambda: sa.delete(show).where(_s.id == b("the_id")))
TODAY = Hot(lambda: sa.select(_s.state).where(_s.chat_id == b("chat"), _s.day == b("the_day")))
ONE = Hot(lambda: sa.select(_s.chat_id, _s.scene).where(_s.id == b("the_id"), among(_s.state, "said")))
ENOUGH = Hot(lambda: Upsert(enough, ("show_id", "person_id", "at"), ("show_id", "person_id")))
_said = among(_s.state, "said")
OF_PERSON = Hot(
    lambda: (
        sa.select(_s.chat_id, _s.scene, _s.person_id, _s.at)
        .where(_s.person_id == b("person"), _s.at >= b("since"), _said)
        .order_by(_s.at.desc())
        .limit(b("most"))
    )
)
OF_CHAT = Hot(
    lambda: (
        sa.select(_s.chat_id, _s.scene, _s.person_id, _s.at)
        .where(_s.chat_id == b("chat"), _s.at >= b("since"), _said)
        .order_by(_s.at.desc())
        .limit(b("most"))
    )
)
COUNTS = Hot(
    lambda: (
        sa.select(_s.scene, _s.state, _s.reason, sa.func.count().label("n"))
        .where(_s.chat_id == b("chat"), _s.at >= b("since"))
        .group_by(_s.scene, _s.state, _s.reason)
        .order_by(_s.scene, _s.state, _s.reason)
    )
)
COMPLAINTS = Hot(
    lambda: (
        sa.select(_s.scene, sa.func.count().label("n"))
        .join(enough, _e.show_id == _s.id)
        .where(_s.chat_id == b("chat"), _s.at >= b("since"))
        .group_by(_s.scene)
    )
)
_old = sa.select(_s.id).where(_s.at < b("before"))
OLD_ENOUGH = Hot(lambda: sa.delete(enough).where(_e.show_id.in_(_old)))
OLD = Hot(lambda: sa.delete(show).where(_s.at < b("before")))

KEPT = (Kept(show, "person_id", "former", by="id"), Kept(enough, "person_id", "former", by="show_id"))

view(
    "v_scene",
    "one row a scene card that was said, would have been said, or was held back, and by what",
    """SELECT s.id, s.chat_id, s.scene, s.day, s.state, s.reason, s.at,
    (SELECT count(*) FROM scene_enough e WHERE e.show_id = s.id) AS complaints
    FROM scene_show s""",
)
