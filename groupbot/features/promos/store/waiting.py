"""What waits for a word or for its turn: files operators sent, posts kept for a digest."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata, only

content_push = sa.Table(
    "content_push",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),  # below content_templates
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("base", sa.String(64), nullable=False),  # the version it was compared with
    sa.Column("state", sa.String(8), nullable=False),  # fetch | new | shown | live | dropped
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index(
        "ix_content_push_new",
        "id",
        **only("state = 'new'"),
    ),
    sqlite_autoincrement=True,
)

post_digest = sa.Table(
    "post_digest",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), primary_key=True, autoincrement=False),
    sa.Column("due", UTC_, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
)

b = sa.bindparam
_c = content_push.c
_PUSH = ("path", "text", "base", "state", "by_id", "at")
KEEP_PUSH = Hot(lambda: sa.insert(content_push).values({n: b(n) for n in _PUSH}))
LAST_PUSH = Hot(lambda: sa.select(sa.func.max(_c.id)))
PUSH = Hot(lambda: sa.select(content_push).where(_c.id == b("the_id")))
NEW_PUSHES = Hot(
    lambda: sa.select(_c.id, _c.path, _c.text).where(among(_c.state, "new")).order_by(_c.id).limit(5)
)
PUSHED = Hot(
    lambda: (
        sa.update(content_push)
        .where(_c.id == b("the_id"))
        .values(state=b("state"), text=b("text"), base=b("base"))
    )
)
PLACED = Hot(lambda: sa.update(content_push).where(_c.id == b("the_id")).values(path=b("path")))
OLD_PUSHES = Hot(lambda: sa.delete(content_push).where(_c.at < b("before")))

_d = post_digest.c
_DIGEST = ("chat_id", "plan_id", "due", "title", "text", "url", "priority")
KEEP_DIGEST = Hot(  # the newest of a plan is enough
    lambda: Upsert(post_digest, _DIGEST, _DIGEST[:2], dict.fromkeys(_DIGEST[2:], "new"))
)
DIGEST_CHATS = Hot(lambda: sa.select(_d.chat_id).distinct().order_by(_d.chat_id))
DIGEST = Hot(
    lambda: (
        sa.select(_d.plan_id, _d.title, _d.text, _d.url)
        .where(_d.chat_id == b("chat"))
        .order_by(_d.priority.desc(), _d.due, _d.plan_id)
    )
)
SAID_DIGEST = Hot(lambda: sa.delete(post_digest).where(_d.chat_id == b("chat"), _d.plan_id == b("plan")))
OLD_DIGEST = Hot(lambda: sa.delete(post_digest).where(_d.due < b("before")))
PUSHES_KEPT = (Kept(content_push, "by_id", "former", by="id", hide=("text",)),)
