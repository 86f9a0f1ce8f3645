"""The order of what is tried again: no mute is done anew after its end, no card shows what it was."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from groupbot.core.effects import MODERATION, PAID, REPLY
from groupbot.engine.addresses import chat
from groupbot.engine.entries import Entry
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work

_o = outbox.c
_WAITS = (
    _o.bot_id == sa.bindparam("bot"),
    _o.state == "waiting",
    _o.due < sa.bindparam("until"),
)
_LATER = sa.update(outbox).where(*_WAITS).values(due=sa.bindparam("until"), done_at=sa.bindparam("now"))
_HOME = _o.chat_id == sa.bindparam("the_chat")
_PERSON = sa.or_(  # a person and their private chat are one place
    _o.user_id == sa.bindparam("person"),
    _o.chat_id == sa.select(chat.c.id).where(chat.c.telegram_id == sa.bindparam("person")).scalar_subquery(),
)
_SAID_AFTER = (
    _o.id > sa.bindparam("the_id"),
    _o.lane.between(sa.bindparam("first"), sa.bindparam("last")),
)
_ALL = {private: Hot(_LATER.where(place)) for private, place in ((False, _HOME), (True, _PERSON))}
_BEHIND = {
    private: Hot(_LATER.where(place, *_SAID_AFTER)) for private, place in ((False, _HOME), (True, _PERSON))
}


def hold_back(work: Work, entry: Entry, until: datetime, silence: bool) -> None:
    """What waits for the entry's chat waits until then: all of it where Telegram wants silence; else what is
    moderation as the entry is, or is none as it is none, and was said after it."""
    private = entry.target.telegram_id > 0
    where = {"person": entry.target.telegram_id} if private else {"the_chat": entry.chat}
    if silence:
        work.sql.run(_ALL[private], **where, bot=work.bot_id, until=until, now=work.now)
        return
    first, last = (MODERATION, MODERATION) if entry.lane == MODERATION else (REPLY, PAID)
    work.sql.run(
        _BEHIND[private], **where, bot=work.bot_id, the_id=entry.id, first=first, last=last, until=until,
        now=work.now,
    )  # fmt: skip
