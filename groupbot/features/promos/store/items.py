"""The library: what was recorded or kept and may be said again, and where it was said."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata
from groupbot.engine.views import view

content_item = sa.Table(
    "content_item",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("medium", sa.String(12), nullable=False),  # text | photo | video | …
    sa.Column("job", sa.String(12), nullable=False),  # bind | smooth | amplify
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # where it is: expert:17, saved:wave
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id")),  # where it was made; NULL: an operator's
    sa.Column("at", UTC_, nullable=False),
    sa.Column("use_by", UTC_),  # NULL: for good
    sa.Column(
        "pinned", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # it may come again at any time
    sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_autoincrement=True,
)

content_use = sa.Table(  # when an item was said in a chat, as which message
    "content_use",
    metadata,
    sa.Column("item_id", sa.BigInteger, sa.ForeignKey("content_item.id"), nullable=False),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("ref", sa.Text),
    sa.PrimaryKeyConstraint("item_id", "chat_id", "at"),
    sqlite_with_rowid=False,
)

b = sa.bindparam
_i, _u = content_item.c, content_use.c
_ITEM = ("name", "medium", "job", "topic", "source", "chat_id", "at", "use_by")
KEEP_ITEM = Hot(lambda: Upsert(content_item, _ITEM, ("name",), dict.fromkeys(_ITEM[1:], "new")))
ADOPT = Hot(lambda: Upsert(content_item, _ITEM, ("name",)))
ITEM = Hot(lambda: sa.select(content_item).where(_i.name == b("the_name")))
_last = (
    sa.select(_u.item_id, sa.func.max(_u.at).label("at"), sa.func.count().label("uses"))
    .group_by(_u.item_id)
    .subquery("last")
)
ITEMS = Hot(
    lambda: (
        sa.select(content_item, _last.c.at.label("said"), _last.c.uses)
        .select_from(content_item.outerjoin(_last, _last.c.item_id == _i.id))
        .order_by(_i.retired, _i.id.desc())
        .limit(b("most"))
    )
)
_fit = (~_i.retired, sa.or_(_i.use_by.is_(None), _i.use_by > b("now")))
LATELY = sa.exists().where(_u.item_id == _i.id, _u.chat_id == b("chat"), _u.at > b("since"))
NOT_LATELY = Hot(  # made in the chat itself: what members asked in one group is not read out in another
    lambda: (
        sa.select(_i.id, _i.topic, _i.source)
        .where(_i.chat_id == b("chat"), *_fit, sa.or_(_i.pinned, ~LATELY))
        .order_by(_i.id.desc())
        .limit(100)
    )
)
STANDING = Hot(  # an item as a chat finds it: is it of use, was it said here lately?
    lambda: sa.select(_i.id, _i.source, _i.pinned, sa.and_(*_fit).label("fit"), LATELY.label("lately")).where(
        _i.name == b("the_name")
    )
)
USED = Hot(
    lambda: Upsert(
        content_use, ("item_id", "chat_id", "at", "ref"), ("item_id", "chat_id", "at"), {"ref": "new"}
    )
)


def unused(refs: Sequence[str]) -> sa.Delete:
    """What was said in these messages was not."""
    return sa.delete(content_use).where(_u.ref.in_(refs))


USES = Hot(
    lambda: (
        sa.select(_u.chat_id, _u.at).where(_u.item_id == b("item")).order_by(_u.at.desc()).limit(b("most"))
    )
)
MARK = Hot(
    lambda: (
        sa.update(content_item)
        .where(_i.name == b("the_name"))
        .values(pinned=b("pinned"), retired=b("retired"), job=b("job"), use_by=b("use_by"))
    )
)
MEDIUM = Hot(lambda: sa.update(content_item).where(_i.name == b("the_name")).values(medium=b("medium")))
_old = sa.select(_i.id).where(_i.use_by < b("now"))
OLD_USES = Hot(lambda: sa.delete(content_use).where(_u.item_id.in_(_old)))
OLD_ITEMS = Hot(lambda: sa.delete(content_item).where(_i.use_by < b("now")))

view(
    "v_library",
    "one row a time that an item of the library was said in a group; ref is its post in v_post",
    """SELECT i.name, i.medium, i.job, u.chat_id, u.at, u.ref
    FROM content_use u JOIN content_item i ON i.id = u.item_id""",
)
