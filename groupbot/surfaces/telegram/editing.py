"""An `Edit` as calls of the library."""

from __future__ import annotations

from typing import Any

from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, TelegramError

from groupbot.core.effects import Edit, Receipt
from groupbot.core.text import CAPTION_LIMIT, Formatted, clip
from groupbot.engine.entries import Target
from groupbot.surfaces.telegram.sending import entities, keyboard
from groupbot.surfaces.telegram.trouble import fine

_NO_TEXT = "there is no text in the message to edit"


async def edit(bot: Bot, effect: Edit, target: Target) -> Receipt:
    """Every message of the target, in the order they were posted; of an album the first, which has the words.
    One that reads so already does not end it: the next may not yet, where a try was cut off between the two.

    Raises:
        TelegramError: whatever else Telegram said.
    """
    notes, below = [], 0
    for message_id in target.messages:
        if below and message_id == below + 1:  # the next piece of an album
            below = message_id
            continue
        file, note = await _one(bot, effect, target.telegram_id, message_id)
        below = message_id if file else 0
        notes.append(note)
    return Receipt(target.messages, next(filter(None, notes), ""))


async def _one(bot: Bot, effect: Edit, chat: int, message_id: int) -> tuple[bool, str]:
    """Its text, or the words beneath its file: (is it a file, what Telegram noted)."""
    marks = entities(effect.entities)
    same: dict[str, Any] = {
        "chat_id": chat,
        "message_id": message_id,
        "reply_markup": keyboard(effect.buttons),
    }
    bare = LinkPreviewOptions(is_disabled=True)
    file = False
    try:
        try:
            await bot.edit_message_text(effect.text, entities=marks, link_preview_options=bare, **same)
        except BadRequest as e:
            if _NO_TEXT not in e.message.lower():
                raise
            file = True
            cut = clip(Formatted(effect.text, effect.entities), CAPTION_LIMIT)
            marks = entities(cut.entities)
            await bot.edit_message_caption(caption=cut.text, caption_entities=marks, **same)
    except TelegramError as e:
        if not fine(e):
            raise
        return file, e.message
    return file, ""
