"""The order of what is tried again: no mute is done anew after its end, no card shows what it was."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from groupbot.core.effects import MODERATION, PAID, REPLY
from groupbot.engine.entries import Entry
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work

_o = outbox.c
_WAITS = (
    _o.chat_id == sa.bindparam("the_chat"),
    _o.bot_id == sa.bindparam("bot"),
    _o.state == "waiting",
    _o.due < sa.bindparam("until"),
)
_LATER = sa.update(outbox).where(*_WAITS).values(due=sa.bindparam("until"), done_at=sa.bindparam("now"))
_ALL = Hot(_LATER)
_BEHIND = Hot(
    _LATER.where(_o.id > sa.bindparam("the_id"), _o.lane.between(sa.bindparam("first"), sa.bindparam("last")))
)

_TRIED_AGAIN = Hot(
    sa.select(_o.id, _o.chat_id, _o.user_id, _o.lane, _o.due)
    .where(
        _o.state == "waiting",
        _o.due > sa.bindparam("now"),
        _o.bot_id == sa.bindparam("bot"),
        _o.done_at.is_not(None),
    )
    .order_by(_o.id)
)


def hold_back(work: Work, entry: Entry, until: datetime, silence: bool) -> None:
    """What waits for the entry's chat waits until then: all of it where Telegram wants silence; else what is
    moderation as the entry is, or is none as it is none, and was said after it."""
    if silence:
        work.sql.run(_ALL, the_chat=entry.chat, bot=work.bot_id, until=until, now=work.now)
        return
    _behind(work, entry.chat, entry.id, entry.lane, until)


def keep_back(work: Work) -> list[tuple[int, int, float]]:
    """After a start: what was said behind a row that waits for its next try still waits for it. Returns
    where such rows go (see `home_of`), their lanes and the seconds they wait: nothing said now overtakes."""
    rows = work.sql.all(_TRIED_AGAIN, bot=work.bot_id, now=work.now)
    for row in rows:
        if row.chat_id is not None:
            _behind(work, row.chat_id, row.id, row.lane, row.due)
    return [(r.chat_id or -r.user_id, r.lane, (r.due - work.now).total_seconds()) for r in rows]


def _behind(work: Work, chat: int, row: int, lane: int, until: datetime) -> None:
    first, last = (MODERATION, MODERATION) if lane == MODERATION else (REPLY, PAID)
    lanes = {"first": first, "last": last}
    work.sql.run(_BEHIND, the_chat=chat, bot=work.bot_id, the_id=row, **lanes, until=until, now=work.now)
