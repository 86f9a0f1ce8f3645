"""After a start: what was leaving when the bot died."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.core.effects import readable
from groupbot.engine import addresses
from groupbot.engine.entries import pace_of
from groupbot.engine.outbox_table import MUST_WAIT, outbox
from groupbot.engine.outcome import unknown
from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work

_o = outbox.c
_REFUSED = Hot(  # their chats were told to wait until then
    lambda: (
        sa.select(_o.chat_id, addresses.chat.c.telegram_id, _o.user_id, sa.func.max(_o.due).label("until"))
        .select_from(outbox.outerjoin(addresses.chat, addresses.chat.c.id == _o.chat_id))
        .where(
            _o.state == "waiting",
            _o.error.startswith(MUST_WAIT),
            _o.due > sa.bindparam("now"),
            _o.bot_id == sa.bindparam("bot"),
        )
        .group_by(_o.chat_id, addresses.chat.c.telegram_id, _o.user_id)
    )
)
_SAID_AHEAD = Hot(  # due at once, or with a receipt, when they were said, by a clock that was ahead
    lambda: (
        sa.update(outbox)
        .where(
            among(_o.state, "waiting", "parked"),
            _o.due > sa.bindparam("now"),
            _o.bot_id == sa.bindparam("bot"),
            _o.said_at > sa.bindparam("now"),
            _o.due == _o.said_at,
        )
        .values(due=sa.bindparam("now"), said_at=sa.bindparam("now"))
    )  # known again if now is ahead too
)
_SPANS_AHEAD = (  # what is to be removed after a time that began when it was said, by a clock that was ahead
    among(_o.state, "waiting", "parked"),
    _o.kind == "delete",
    _o.said_at > sa.bindparam("now"),
    _o.due > _o.said_at,
    _o.done_at.is_(None),  # else it was put off
    _o.bot_id == sa.bindparam("bot"),
)
_STANDS_FOR = Hot(lambda: sa.select(_o.said_at, _o.due).distinct().where(*_SPANS_AHEAD))
_STANDS_AS_LONG = Hot(
    lambda: (
        sa.update(outbox)
        .where(*_SPANS_AHEAD, _o.said_at == sa.bindparam("at"), _o.due == sa.bindparam("until"))
        .values(said_at=sa.bindparam("now"), due=sa.bindparam("again"))
    )
)
_AHEAD = (_o.state == "waiting", _o.done_at > sa.bindparam("now"), _o.bot_id == sa.bindparam("bot"))
_PUT_OFF = Hot(  # refused, or held behind what was, by a clock that was ahead
    lambda: sa.select(_o.done_at, _o.due).distinct().where(*_AHEAD)
)
_WAITS_AS_LONG = Hot(
    lambda: (
        sa.update(outbox)
        .where(*_AHEAD, _o.done_at == sa.bindparam("at"), _o.due == sa.bindparam("until"))
        .values(done_at=sa.bindparam("now"), due=sa.bindparam("again"))
    )
)

_MINE = (among(_o.state, "sending"), _o.bot_id == sa.bindparam("bot"))  # another bot's may be leaving now
_LEAVING = Hot(lambda: sa.select(_o.id, _o.payload).where(*_MINE))
_DO_AGAIN = Hot(lambda: sa.update(outbox).where(*_MINE).values(state="waiting"))


def set_back(work: Work) -> None:
    """The machine's clock was ahead and is right again: what was due when it was said is due now; what had to
    wait waits as long as it was told to, and what goes after a time stands as long, from now."""
    work.sql.run(_SAID_AHEAD, now=work.now, bot=work.bot_id)
    for found, change in ((_PUT_OFF, _WAITS_AS_LONG), (_STANDS_FOR, _STANDS_AS_LONG)):
        for at, until in work.sql.all(found, now=work.now, bot=work.bot_id):
            again = work.now + (until - at)
            work.sql.run(change, at=at, until=until, again=again, now=work.now, bot=work.bot_id)


def repeatable(payload: str) -> bool:
    """May it leave twice, by its payload? What cannot be read (another version wrote it) may not."""
    effect = readable(payload)
    return effect is not None and effect.repeatable


def recover(work: Work) -> list[tuple[int, float]]:
    """After a start: what was leaving when the bot died. What is not `repeatable` (most messages, gifts, new
    topics) may have landed: unknown, never repeated; the rest is done again. The chats (see `pace_of`) where
    Telegram wanted silence, and for how many seconds still: what is said now must not overtake what waits
    there."""
    for r in work.sql.all(_LEAVING, bot=work.bot_id):
        if not repeatable(r.payload):
            unknown(work, r.id, "the bot stopped while it was leaving")
    work.sql.run(_DO_AGAIN, bot=work.bot_id)
    set_back(work)
    held = work.sql.all(_REFUSED, now=work.now, bot=work.bot_id)
    return [
        (pace_of(r.chat_id, r.telegram_id or r.user_id), (r.until - work.now).total_seconds()) for r in held
    ]
