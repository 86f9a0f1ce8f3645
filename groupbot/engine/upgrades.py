"""A group that is upgraded numbers its messages from 1 again: what names an old number is about nothing."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Delete, Effect, PinMessage, React, Send, Unpin, Unreact, readable
from groupbot.core.numbering import SHIFT
from groupbot.engine.naming import naming
from groupbot.engine.notes import forget_numbers
from groupbot.engine.outbox_table import REPLY_LIFE, outbox, posted, rewrite
from groupbot.engine.storage import metadata
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
    """The chat's messages so far are out of reach: what was to happen to them will not, and what was to
    answer them stands alone; in the table, and among what this batch has said."""
    work.sql.run(sa.delete(naming).where(naming.c.bot_id == work.bot_id, naming.c.chat_id == chat))
    mine = (outbox.c.bot_id == work.bot_id, outbox.c.chat_id == chat)
    to_leave = outbox.c.state.in_(["waiting", "sending"])
    work.sql.run(
        sa.update(outbox)
        .where(*mine, outbox.c.kind.in_(_ON_MESSAGES), to_leave)
        .values(state="dead", payload="", done_at=work.now, error=OUT_OF_REACH)
    )
    said = sa.select(outbox.c.id, outbox.c.payload).where(*mine, outbox.c.kind == "send", to_leave)
    for row in work.sql.all(said):
        effect = readable(row.payload)
        if effect is not None and (alone := _alone(work, effect)) is not effect:
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


def _nothing(effect: Effect) -> Effect:
    """What stands for an effect that would do nothing: a removal of no message, which is not stored."""
    return Delete(chat=effect.chat, cause=effect.cause, update=effect.update)


def _reached(effect: Effect) -> Effect:
    """Without the messages from before the upgrade, whose numbers are below zero."""
    if isinstance(effect, Delete):
        kept = tuple(n for n in effect.messages if n > 0)
        return effect if len(kept) == len(effect.messages) else structs.replace(effect, messages=kept)
    number = getattr(effect, "message", None)
    return _nothing(effect) if number is not None and number < 0 else effect


def in_reach(
    fill: Callable[[Work, Effect], Effect], moved: Callable[[Work, int], bool]
) -> Callable[[Work, Effect], Effect]:
    """A renderer for what is said of the group's old messages after its upgrade: they are on record, or their
    updates have waited, or have come by another way than the notice did. `moved`: does a
    group go by another id now?"""

    def filled(work: Work, effect: Effect) -> Effect:
        if type(effect) is Send:
            if effect.reply_to is not None and effect.reply_to < 0:
                effect = _alone(work, effect)
        elif names_messages(effect):
            effect = _reached(effect)
        event = work.event
        if event is None or not basic(event.chat.id) or effect.chat != work.chat:
            return fill(work, effect)
        if moved(work, event.chat.id):
            if names_messages(effect):
                return _nothing(effect)
            effect = _alone(work, effect)
        return fill(work, effect)

    return filled


def renumber(work: Work, chat: int) -> None:
    """Every row about a message of the chat so far has a number that no message to come will have. Such
    columns say `info={"message": True}`; their table holds the chat, or refers to one that does. What is
    resident is forgotten. Not within a step."""
    work.flush()
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("message"):
                old = (_of_chat(table, chat), column > 0)
                work.sql.run(sa.update(table).where(*old).values({column: column - SHIFT}))
    forget_numbers(work, chat)
    work.empty_caches()


def _of_chat(table: sa.Table, chat: int) -> sa.ColumnElement[bool]:
    if "chat_id" in table.c:
        return table.c.chat_id == chat
    f = next(f for f in table.foreign_keys if "chat_id" in f.column.table.c)
    return f.parent.in_(sa.select(f.column).where(f.column.table.c.chat_id == chat))


def move_messages(work: Work, old: int, new: int) -> None:
    """Messages posted in chat `old` are chat `new`'s (both our ids), and so is what was still to leave."""
    for table in (posted, outbox):
        mine = (table.c.bot_id == work.bot_id, table.c.chat_id == old)
        work.sql.run(sa.update(table).where(*mine).values(chat_id=new))
    work.effects[:] = [structs.replace(e, chat=new) if e.chat == old else e for e in work.effects]
