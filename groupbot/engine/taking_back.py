"""What was said to be done and is not wanted any more before it could be."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import MODERATION, POST, Delete, readable
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work

_o = outbox.c
_REMOVALS = Hot(
    lambda: sa.select(_o.id, _o.payload).where(
        _o.state == "waiting",
        _o.lane == MODERATION,
        _o.kind == "delete",
        _o.chat_id == sa.bindparam("the_chat"),
        _o.bot_id == sa.bindparam("bot"),
    )
)
_TAKEN_BACK = Hot(
    lambda: (
        sa.update(outbox)
        .where(_o.id == sa.bindparam("the_id"))
        .values(state="done", payload="", done_at=sa.bindparam("now"), error="taken back before it was done")
    )
)

_POSTS = (
    _o.lane >= POST,
    _o.bot_id == sa.bindparam("bot"),
    sa.or_(sa.bindparam("everywhere"), _o.chat_id == sa.bindparam("the_chat")),
)
_DROP_POSTS = Hot(
    lambda: (
        sa.update(outbox)
        .where(*_POSTS, among(_o.state, "waiting"))
        .values(state="dead", payload="", error=sa.bindparam("why_not"), done_at=sa.bindparam("now"))
        .returning(_o.ref, _o.chat_id, _o.said_at)
    )
)
_NOT_AGAIN = Hot(
    lambda: sa.update(outbox).where(*_POSTS, among(_o.state, "sending")).values(until=sa.bindparam("now"))
)


def spare(work: Work, chat: int, message_id: int) -> None:
    """A message that could not be removed yet shall stay: its removal is tried no more."""
    for row in work.sql.all(_REMOVALS, the_chat=chat, bot=work.bot_id):
        effect = readable(row.payload)
        if isinstance(effect, Delete) and message_id in effect.messages:
            work.sql.run(_TAKEN_BACK, the_id=row.id, now=work.now)


def drop_posts(work: Work, error: str, chat: int = 0) -> list[Any]:
    """Give up every planned post that has not left yet, or those to one `chat`: of each that had a name its
    `ref`, `chat_id` and `said_at`. What is leaving now may land, and is tried no more where it does not."""
    which = {"bot": work.bot_id, "everywhere": not chat, "the_chat": chat, "now": work.now}
    work.sql.run(_NOT_AGAIN, **which)
    return [r for r in work.sql.returning(_DROP_POSTS, why_not=error, **which) if r.ref]
