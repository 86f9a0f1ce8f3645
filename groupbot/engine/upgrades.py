"""A group that is upgraded numbers its messages from 1 again: what names an old number is about nothing."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Delete, Effect, PinMessage, React, Send, Unpin, Unreact, from_json
from groupbot.engine.outbox_table import REPLY_LIFE, outbox, posted, rewrite
from groupbot.engine.work import Work

OUT_OF_REACH = "the group was upgraded; its old messages are out of reach"
_ON_MESSAGES = ("delete", "edit", "pin", "pinmessage", "unpin", "react", "unreact", "closepoll")
_UPGRADED = -1_000_000_000_000  # above it are the ids of basic groups, and of people


def basic(telegram_id: int) -> bool:
    """Is this a basic group's id, which it may lose?"""
    return _UPGRADED < telegram_id < 0


def names_messages(effect: Effect | None) -> bool:
    """Is it about messages that it names by their numbers?"""
    return isinstance(effect, PinMessage | Unpin | React | Unreact) or (
        isinstance(effect, Delete) and bool(effect.messages)
    )


def forget_messages(work: Work, chat: int) -> None:
    """The chat's messages so far are out of reach: their names are forgotten, what was to happen to them will
    not, and what was to answer them stands alone; in the table, and among what this batch has said."""
    work.sql.run(sa.delete(posted).where(posted.c.bot_id == work.bot_id, posted.c.chat_id == chat))
    mine = (outbox.c.bot_id == work.bot_id, outbox.c.chat_id == chat)
    to_leave = outbox.c.state.in_(["waiting", "sending"])
    work.sql.run(
        sa.update(outbox)
        .where(*mine, outbox.c.kind.in_(_ON_MESSAGES), to_leave)
        .values(state="dead", payload="", done_at=work.now, error=OUT_OF_REACH)
    )
    said = sa.select(outbox.c.id, outbox.c.payload).where(*mine, outbox.c.kind == "send", to_leave)
    for row in work.sql.all(said):
        effect = from_json(row.payload)
        alone = _alone(work, effect)
        if alone is not effect:
            rewrite(work, row.id, alone)
    work.effects[:] = [
        _alone(work, e) if e.chat == chat else e
        for e in work.effects
        if e.chat != chat or not names_messages(e)
    ]


def _alone(work: Work, effect: Effect) -> Effect:
    """A message that answers none."""
    if not isinstance(effect, Send) or effect.reply_to is None:
        return effect
    until = effect.not_after or (None if effect.post else work.now + REPLY_LIFE)
    return structs.replace(effect, reply_to=None, not_after=until)


def in_reach(
    fill: Callable[[Work, Effect], Effect], moved: Callable[[Work, int], bool]
) -> Callable[[Work, Effect], Effect]:
    """A renderer for what is said of the group's old messages after its upgrade: their updates may have
    waited, or have come by another way than the notice did. `moved`: does a group go by another id now?"""

    def filled(work: Work, effect: Effect) -> Effect:
        event = work.event
        if event is None or not basic(event.chat.id) or effect.chat != work.chat:
            return fill(work, effect)
        if moved(work, event.chat.id):
            if names_messages(effect):
                return Delete(chat=effect.chat, cause=effect.cause, update=effect.update)  # of nothing
            effect = _alone(work, effect)
        return fill(work, effect)

    return filled


def move_messages(work: Work, old: int, new: int) -> None:
    """Messages posted in chat `old` are chat `new`'s (both our ids), and so is what was still to leave."""
    for table in (posted, outbox):
        mine = (table.c.bot_id == work.bot_id, table.c.chat_id == old)
        work.sql.run(sa.update(table).where(*mine).values(chat_id=new))
    work.effects[:] = [structs.replace(e, chat=new) if e.chat == old else e for e in work.effects]
