"""A `Send` as one call of the library: text or a file, entities, buttons, reply, topic."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import structlog
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)

from groupbot.core.effects import Receipt, Rows, Send
from groupbot.core.text import Entity
from groupbot.engine.picture.charts import MARK, chart_png
from groupbot.engine.picture.word import word_png

log = structlog.get_logger(__name__)


async def send(bot: Bot, effect: Send, chat: int, topic: int | None, **more: Any) -> Message:
    """Send it to `chat` now; `more` are parameters the library does not know.

    Raises:
        TelegramError: whatever Telegram said.
    """
    common: dict[str, Any] = {
        "message_thread_id": topic,
        "disable_notification": effect.silent or None,
        "protect_content": effect.protect or None,
        "reply_markup": keyboard(effect.buttons),
        "reply_parameters": ReplyParameters(effect.reply_to, allow_sending_without_reply=True)
        if effect.reply_to
        else None,
        "api_kwargs": more or None,
    }
    caption: dict[str, Any] = {"caption": effect.text or None, "caption_entities": entities(effect.entities)}
    covered: dict[str, Any] = {"has_spoiler": effect.spoiler or None}
    if effect.photo and (photo := await _picture(effect.photo)) is not None:
        return await bot.send_photo(chat, photo, **caption, **covered, **common)
    if effect.video:
        return await bot.send_video(chat, _file(effect.video), **caption, **covered, **common)
    if effect.animation:
        return await bot.send_animation(chat, _file(effect.animation), **caption, **covered, **common)
    if effect.document:
        kept = effect.content
        file = _file(effect.document) if kept is None else InputFile(kept.encode(), filename=effect.document)
        return await bot.send_document(chat, file, **caption, **common)
    if effect.sticker:
        return await bot.send_sticker(chat, _file(effect.sticker), **common)
    if effect.audio:
        return await bot.send_audio(chat, _file(effect.audio), **caption, **common)
    if effect.voice:
        return await bot.send_voice(chat, _file(effect.voice), **caption, **common)
    if effect.video_note:
        return await bot.send_video_note(chat, _file(effect.video_note), **common)
    return await bot.send_message(
        chat,
        effect.text,
        entities=entities(effect.entities),
        link_preview_options=None if effect.preview else LinkPreviewOptions(is_disabled=True),
        **common,
    )


def booked(sent: Message, note: str = "") -> Receipt:
    """The receipt of a sent message, with the id of the file that went out."""
    file = sent.photo[-1] if sent.photo else sent.animation or sent.video or sent.document or sent.sticker
    return Receipt((sent.message_id,), note, file.file_id if file else None)


async def _picture(photo: str) -> Any:
    """A file or file id as it is; a word or a chart drawn beside the loop. None: the chart could not be
    drawn, and its words go without it."""
    if photo.startswith("draw:"):
        return InputFile(await asyncio.to_thread(word_png, photo.removeprefix("draw:")), filename="word.png")
    if not photo.startswith(MARK):
        return _file(photo)
    try:
        return InputFile(await asyncio.to_thread(chart_png, photo), filename="chart.png")
    except Exception as e:
        log.exception("chart.failed", error=str(e))
        return None


def _file(named: str) -> Any:
    """The bytes of a file here, or a file id as it is."""
    path = Path(named)
    return InputFile(path.read_bytes(), filename=path.name) if path.is_file() else named


def entities(marks: tuple[Entity, ...]) -> list[MessageEntity] | None:
    """Our marks as the library's."""
    return [
        MessageEntity(
            e.type,
            e.offset,
            e.length,
            url=e.url,
            language=e.language,
            custom_emoji_id=e.custom_emoji_id,
            user=User(e.user, "-", False) if e.user else None,
        )
        for e in marks
    ] or None


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Rows of buttons as the library's keyboard."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    b.label, url=b.url, callback_data=None if b.url else b.data or b.label[:64]
                )
                for b in row
            ]
            for row in rows
        ]
    )
