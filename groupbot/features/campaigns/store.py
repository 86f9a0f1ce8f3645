"""Where each campaign stands, what was decided about it and by whom, and the lines of its run-of-show."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.String(60), nullable=False, unique=True),
    sa.Column("state", sa.String(8), nullable=False),  # live | stopped | done
    sa.Column("phase", sa.Integer, nullable=False),
    sa.Column("at", UTC_, nullable=False),  # launched
    sa.Column("members", sa.Integer, nullable=False),  # in its groups when it was launched
    sqlite_autoincrement=True,
)
word = sa.Table(
    "campaign_word",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column(
        "what", sa.String(16), nullable=False
    ),  # launch | override | phase | stop | done | go | lesson | cue…
    sa.Column("key", sa.String(60), nullable=False),  # of what: said once
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("by_id", sa.BigInteger),
    sa.Column("at", UTC_, nullable=False),
    sa.UniqueConstraint("name", "what", "key"),
    sqlite_autoincrement=True,
)
b = sa.bindparam
c = campaign.c
ALL = Hot(lambda: sa.select(campaign))
ONE = Hot(lambda: sa.select(campaign).where(c.name == b("the_name")))
_ROW = ("name", "state", "phase", "at", "members")
KEEP = Hot(lambda: Upsert(campaign, _ROW, ("name",), dict.fromkeys(_ROW[1:], "new")))
SET = Hot(
    lambda: (
        sa.update(campaign).where(c.name == b("the_name")).values(state=b("to_state"), phase=b("to_phase"))
    )
)
_WORD = ("name", "what", "key", "detail", "by_id", "at")
NEW_WORD = Hot(lambda: Upsert(word, _WORD, ("name", "what", "key")))
WORDS = Hot(lambda: sa.select(word).where(word.c.name == b("the_name")).order_by(word.c.id))
WORD = Hot(lambda: sa.select(word).where(word.c.id == b("the_id")))
NO_WORD = Hot(lambda: sa.delete(word).where(word.c.id == b("the_id")))
LAST_WORDS = Hot(
    lambda: sa.select(word).where(word.c.what == b("the_what")).order_by(word.c.id.desc()).limit(b("most"))
)
OF_WHAT = Hot(lambda: sa.select(word).where(word.c.what == b("the_what")).order_by(word.c.id))
ENDED = Hot(  # when it was stopped last, or was over
    lambda: (
        sa.select(word.c.at)
        .where(word.c.name == b("the_name"), among(word.c.what, "stop", "done"))
        .order_by(word.c.id.desc())
        .limit(1)
    )
)
HAS_WORD = Hot(
    lambda: sa.select(word.c.id).where(
        word.c.name == b("the_name"), word.c.what == b("the_what"), word.c.key == b("the_key")
    )
)

KEPT = (Kept(word, "by_id", "former", by="id"),)
