"""What was said to be done and is not wanted any more before it could be."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.core.effects import MODERATION, Delete, from_json
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work

_o = outbox.c
_REMOVALS = Hot(
    sa.select(_o.id, _o.payload).where(
        _o.state == "waiting",
        _o.lane == MODERATION,
        _o.kind == "delete",
        _o.chat_id == sa.bindparam("the_chat"),
        _o.bot_id == sa.bindparam("bot"),
    )
)
_TAKEN_BACK = Hot(
    sa.update(outbox)
    .where(_o.id == sa.bindparam("the_id"))
    .values(state="done", payload="", done_at=sa.bindparam("now"), error="taken back before it was done")
)


def spare(work: Work, chat: int, message_id: int) -> None:
    """A message that could not be removed yet shall stay: its removal is tried no more."""
    for row in work.sql.all(_REMOVALS, the_chat=chat, bot=work.bot_id):
        effect = from_json(row.payload)
        if isinstance(effect, Delete) and message_id in effect.messages:
            work.sql.run(_TAKEN_BACK, the_id=row.id, now=work.now)
