"""Counted links with who came by them, and what the last look at an entrance found."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, Begins, BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

link = sa.Table(
    "tracked_link",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("name", "url"),
    sqlite_autoincrement=True,
)
visit = sa.Table(
    "link_visit",
    metadata,
    sa.Column(
        "link_id", sa.BigInteger, sa.ForeignKey("tracked_link.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),  # the first time
    sa.Column("times", sa.Integer, nullable=False),
    sa.Index("ix_link_visit_person", "person_id", "at"),
    info={"merging": "add"},
)
entrance = sa.Table(
    "entrance_check",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("why", sa.Text, nullable=False),  # '' while it answers
    sa.Column("since", UTC_, nullable=False),  # it is so
    sa.Column("at", UTC_, nullable=False),
    sa.Column("dead_seconds", sa.BigInteger, nullable=False),  # of earlier times
)

b = sa.bindparam
NEW = Hot(lambda: Upsert(link, ("name", "url", "at"), ("name", "url")))
FIND = Hot(lambda: sa.select(link.c.id).where(link.c.name == b("the_name"), link.c.url == b("the_url")))
LINK = Hot(lambda: sa.select(link.c.url, link.c.name).where(link.c.id == b("the_id")))
VISITED = Hot(
    lambda: Upsert(
        visit,
        ("link_id", "chat_id", "person_id", "at", "times"),
        ("link_id", "chat_id", "person_id"),
        {"times": "sum"},
    )
)
BY_CHAT = Hot(
    lambda: (
        sa.select(
            visit.c.chat_id,
            sa.func.count(visit.c.person_id.distinct()).label("people"),
            sa.func.sum(visit.c.times).label("times"),
        )
        .join(link, link.c.id == visit.c.link_id)
        .where(
            sa.or_(
                link.c.name == b("name"),
                sa.func.substr(link.c.name, 1, sa.func.length(b("below", type_=sa.String))) == b("below"),
            )
        )
        .group_by(visit.c.chat_id)
        .order_by(visit.c.chat_id)
    )
)
_of = sa.and_(visit.c.chat_id == b("chat"), Begins(link.c.name, b("below")))
MENU_VISITS = Hot(
    lambda: (
        sa.select(link.c.name, sa.func.count(visit.c.person_id.distinct()).label("people"))
        .join(link, link.c.id == visit.c.link_id)
        .where(_of)
        .group_by(link.c.name)
        .order_by(sa.desc("people"), link.c.name)
    )
)
MENU_WHO = Hot(
    lambda: sa.select(visit.c.person_id).join(link, link.c.id == visit.c.link_id).where(_of).distinct()
)
OLD = Hot(lambda: sa.delete(visit).where(visit.c.at < b("before")))
CHECKS = Hot(lambda: sa.select(entrance))
_CHECK = ("url", "why", "since", "at", "dead_seconds")
CHECKED = Hot(lambda: Upsert(entrance, _CHECK, ("url",), dict.fromkeys(_CHECK[1:], "new")))

KEPT = (Kept(visit, "person_id", "former", by="link_id"),)

view(
    "v_visit",
    "one row a person who came to the bot by a counted link, the first time, and out of which group"
    " (referral: by a member's own link to the bot, the last time); made_at: when the link was first posted",
    """SELECT l.name, v.chat_id, v.person_id, v.at, v.times, l.at AS made_at
    FROM link_visit v JOIN tracked_link l ON l.id = v.link_id
    UNION ALL SELECT 'referral', i.chat_id, s.person_id, s.at, 1, i.at
    FROM invite_start s JOIN invite i ON i.id = s.invite_id""",
)
