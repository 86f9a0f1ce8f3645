"""The library: what was recorded and may be said again, and where it was said."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata

content_item = sa.Table(
    "content_item",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("medium", sa.String(12), nullable=False),  # text | photo | video | …
    sa.Column("job", sa.String(12), nullable=False),  # bind | smooth | amplify
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # where its words are: expert:17
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),  # where it was made
    sa.Column("at", UTC_, nullable=False),
    sa.Column("use_by", UTC_, nullable=False),
    sqlite_autoincrement=True,
)

content_use = sa.Table(  # when an item was last said in a chat
    "content_use",
    metadata,
    sa.Column("item_id", sa.BigInteger, sa.ForeignKey("content_item.id"), nullable=False),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.PrimaryKeyConstraint("item_id", "chat_id"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_i, _u = content_item.c, content_use.c
_ITEM = ("name", "medium", "job", "topic", "source", "chat_id", "at", "use_by")
KEEP_ITEM = Hot(Upsert(content_item, _ITEM, ("name",), dict.fromkeys(_ITEM[1:], "new")))
ITEM = Hot(sa.select(content_item).where(_i.name == b("the_name")))
_last = sa.select(_u.item_id, sa.func.max(_u.at).label("at")).group_by(_u.item_id).subquery("last")
ITEMS = Hot(
    sa.select(_i.name, _i.medium, _i.job, _i.topic, _i.at, _i.use_by, _last.c.at.label("said"))
    .select_from(content_item.outerjoin(_last, _last.c.item_id == _i.id))
    .order_by(_i.id.desc())
    .limit(b("most"))
)
NOT_LATELY = Hot(  # made in the chat itself: what members asked in one group is not read out in another
    sa.select(_i.id, _i.topic, _i.source)
    .where(
        _i.chat_id == b("chat"),
        _i.use_by > b("now"),
        ~sa.exists().where(_u.item_id == _i.id, _u.chat_id == b("chat"), _u.at > b("since")),
    )
    .order_by(_i.id.desc())
    .limit(100)
)
USED = Hot(Upsert(content_use, ("item_id", "chat_id", "at"), ("item_id", "chat_id"), {"at": "new"}))
_old = sa.select(_i.id).where(_i.use_by < b("now"))
OLD_USES = Hot(sa.delete(content_use).where(_u.item_id.in_(_old)))
OLD_ITEMS = Hot(sa.delete(content_item).where(_i.use_by < b("now")))
