"""The order of what is tried again: no mute is done anew after its end, no card shows what it was."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import sqlalchemy as sa

from groupbot.core.effects import MODERATION, PAID, POST, REPLY
from groupbot.engine.addresses import chat
from groupbot.engine.entries import MAX_TRIES, Entry, place_of
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
    _o.chat_id.in_(
        sa.select(chat.c.id).where(
            chat.c.telegram_id == sa.bindparam("person"), chat.c.bot_id == sa.bindparam("bot")
        )
    ),
)
_SAID_AFTER = (
    _o.id > sa.bindparam("the_id"),
    _o.lane.between(sa.bindparam("first"), sa.bindparam("last")),
)
_ALL = {private: Hot(partial(_LATER.where, place)) for private, place in ((False, _HOME), (True, _PERSON))}
_BEHIND = {
    private: Hot(partial(_LATER.where, place, *_SAID_AFTER))
    for private, place in ((False, _HOME), (True, _PERSON))
}

_TRIED_AGAIN = Hot(
    lambda: (
        sa.select(_o.id, _o.chat_id, _o.user_id, _o.lane, _o.due, chat.c.telegram_id)
        .select_from(outbox.outerjoin(chat, chat.c.id == _o.chat_id))
        .where(
            _o.state == "waiting",
            _o.due > sa.bindparam("now"),
            _o.bot_id == sa.bindparam("bot"),
            _o.done_at.is_not(None),
            _o.tries < sa.literal_column(str(MAX_TRIES)),  # it is tried on alone
        )
        .order_by(_o.id)
    )
)


def hold_back(work: Work, entry: Entry, until: datetime, silence: bool) -> None:
    """What waits for the entry's chat waits until then: all of it where Telegram wants silence; else what is
    moderation as the entry is, or is none as it is none, and was said after it."""
    place = place_of(entry)
    if silence:
        work.sql.run(_ALL[place < 0], **_there(place), bot=work.bot_id, until=until, now=work.now)
        return
    _behind(work, place, entry.id, entry.lane, until)


def keep_back(work: Work) -> list[tuple[int, int, float]]:
    """After a start: what was said behind a row that waits for its next try still waits for it. Returns
    where such rows go (see `place_of`), their lanes and the seconds they wait: nothing said now overtakes."""
    kept = []
    for row in work.sql.all(_TRIED_AGAIN, bot=work.bot_id, now=work.now):
        person = row.user_id if row.chat_id is None else max(0, row.telegram_id)
        place = -person or row.chat_id
        if place > 0 or row.lane < POST:  # posts to people are many: each waits for itself
            _behind(work, place, row.id, row.lane, row.due)
        kept.append((place, row.lane, (row.due - work.now).total_seconds()))
    return kept


def _there(place: int) -> dict[str, int]:
    return {"person": -place} if place < 0 else {"the_chat": place}


def _behind(work: Work, place: int, row: int, lane: int, until: datetime) -> None:
    first, last = (MODERATION, MODERATION) if lane == MODERATION else (REPLY, PAID)
    lanes = {"first": first, "last": last}
    work.sql.run(
        _BEHIND[place < 0], **_there(place), **lanes, bot=work.bot_id, the_id=row, until=until, now=work.now
    )
