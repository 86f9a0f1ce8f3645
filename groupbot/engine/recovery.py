"""After a start: what was leaving when the bot died."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine import addresses
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work

_o = outbox.c
_REFUSED = Hot(  # tried, which did not count: its chat was told to wait until then
    sa.select(addresses.chat.c.telegram_id, _o.user_id, sa.func.max(_o.due).label("until"))
    .select_from(outbox.outerjoin(addresses.chat, addresses.chat.c.id == _o.chat_id))
    .where(
        _o.state == "waiting",
        _o.error.is_not(None),
        _o.tries == 0,
        _o.due > sa.bindparam("now"),
        _o.bot_id == sa.bindparam("bot"),
    )
    .group_by(addresses.chat.c.telegram_id, _o.user_id)
)


_PUT_OFF = Hot(  # due at once when they were said, or tried again: both by a clock that was ahead
    sa.update(outbox)
    .where(
        _o.state == "waiting",
        _o.due > sa.bindparam("now"),
        _o.bot_id == sa.bindparam("bot"),
        _o.said_at > sa.bindparam("now"),
        sa.or_(_o.due == _o.said_at, _o.error.is_not(None)),
    )
    .values(due=sa.bindparam("now"))
)


def set_back(work: Work) -> int:
    """The machine's clock was ahead and is right again: what it had put off is due now. How many rows."""
    return work.sql.run(_PUT_OFF, now=work.now, bot=work.bot_id)


def recover(work: Work) -> list[tuple[int, float]]:
    """After a start: what was leaving when the bot died. Sends and new topics may have landed: unknown,
    never repeated; the rest is done again. The chats where Telegram wanted silence, and for how many seconds
    still: what is said now must not overtake what waits there."""
    work.sql.run(
        sa.update(outbox)
        .where(
            _o.state == "sending",
            sa.or_(_o.kind.in_(["send", "poll"]), _o.payload.contains('"act":"create"')),
        )
        .values(state="unknown", done_at=work.now, error="the bot stopped while it was leaving")
    )
    work.sql.run(sa.update(outbox).where(_o.state == "sending").values(state="waiting"))
    set_back(work)
    held = work.sql.all(_REFUSED, now=work.now, bot=work.bot_id)
    return [(r.telegram_id or r.user_id, (r.until - work.now).total_seconds()) for r in held]
