"""A `Send` as one call of the library: text or a file, entities, buttons, reply, topic."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputPollOption,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)

from groupbot.core.effects import Poll, Receipt, Rows, Send
from groupbot.core.text import Entity
from groupbot.engine import egress, media
from groupbot.engine.picture import NAMED, drawn
from groupbot.engine.picture.charts import MARK, chart_png, poster_pdf
from groupbot.engine.picture.word import word_png
from groupbot.errors import Gone, Misfit

log = structlog.get_logger(__name__)


async def send(bot: Bot, effect: Send, chat: int, topic: int | None, **more: Any) -> tuple[Message, ...]:
    """Send it to `chat` now, an album as several messages; `more` are parameters the library does not know.

    Raises:
        TelegramError: whatever Telegram said.
        Gone: what it carries cannot be fetched.
    """
    if effect.album:
        return await _album(bot, effect, chat, topic)
    return (await _one(bot, effect, chat, topic, **more),)


async def _album(bot: Bot, effect: Send, chat: int, topic: int | None) -> tuple[Message, ...]:
    pieces: list[Any] = []
    for n, (kind, named) in enumerate(effect.album):
        words: dict[str, Any] = (
            {"caption": effect.text or None, "caption_entities": entities(effect.entities)} if n == 0 else {}
        )
        file = await _file(named, kind)
        if kind == "photo":
            pieces.append(InputMediaPhoto(file, has_spoiler=effect.spoiler or None, **words))
        elif kind == "video":
            pieces.append(
                InputMediaVideo(file, has_spoiler=effect.spoiler or None, supports_streaming=True, **words)
            )
        else:
            pieces.append(InputMediaDocument(file, **words))
    return await bot.send_media_group(
        chat,
        pieces,
        message_thread_id=topic,
        disable_notification=effect.silent or None,
        protect_content=effect.protect or None,
    )


async def _one(bot: Bot, effect: Send, chat: int, topic: int | None, **more: Any) -> Message:
    common: dict[str, Any] = {
        "message_thread_id": topic,
        "disable_notification": effect.silent or None,
        "protect_content": effect.protect or None,
        "allow_paid_broadcast": effect.paid or None,
        "reply_markup": keyboard(effect.buttons),
        "reply_parameters": ReplyParameters(effect.reply_to, allow_sending_without_reply=True)
        if effect.reply_to
        else None,
        "api_kwargs": more or None,
    }
    caption: dict[str, Any] = {"caption": effect.text or None, "caption_entities": entities(effect.entities)}
    covered: dict[str, Any] = {"has_spoiler": effect.spoiler or None}
    if effect.poll is not None:
        return await bot.send_poll(
            chat,
            effect.text,
            list(effect.poll.options),
            is_anonymous=not effect.poll.named,
            allows_multiple_answers=effect.poll.many,
            question_entities=entities(effect.entities),
            **_quiz(effect.poll.right, effect.poll.why),
            **common,
        )
    if effect.photo and (photo := await _picture(effect.photo, effect.content or "")) is not None:
        return await bot.send_photo(chat, photo, **caption, **covered, **common)
    if effect.video:
        return await bot.send_video(
            chat, await _file(effect.video, "video"), supports_streaming=True, **caption, **covered, **common
        )
    if effect.animation:
        return await bot.send_animation(
            chat, await _file(effect.animation, "animation"), **caption, **covered, **common
        )
    if effect.document:
        file = await _document(effect.document, effect.content)
        return await bot.send_document(chat, file, **caption, **common)
    if effect.sticker:
        return await bot.send_sticker(chat, await _file(effect.sticker), **common)
    if effect.audio:
        return await bot.send_audio(chat, await _file(effect.audio), **caption, **common)
    if effect.voice:
        return await bot.send_voice(chat, await _file(effect.voice), **caption, **common)
    if effect.video_note:
        return await bot.send_video_note(chat, await _file(effect.video_note), **common)
    return await bot.send_message(
        chat,
        effect.text,
        entities=entities(effect.entities),
        link_preview_options=None if effect.preview else LinkPreviewOptions(is_disabled=True),
        **common,
    )


def _quiz(right: int | None, why: str) -> dict[str, Any]:
    """What makes a poll a quiz."""
    if right is None:
        return {}
    return {"type": "quiz", "correct_option_ids": [right], "explanation": why or None}


async def send_poll(bot: Bot, effect: Poll, chat: int, topic: int | None) -> Receipt:
    """A poll or quiz; the receipt names it.

    Raises:
        TelegramError: whatever Telegram said.
    """
    sent = await bot.send_poll(
        chat,
        effect.question,
        [InputPollOption(o) for o in effect.options],
        is_anonymous=not effect.named,
        allows_multiple_answers=effect.several or None,
        open_period=effect.seconds,
        message_thread_id=topic,
        disable_notification=effect.silent or None,
        **_quiz(effect.right, effect.explanation),
    )
    return booked((sent,))


def booked(sent: tuple[Message, ...], note: str = "") -> Receipt:
    """The receipt of what was sent, with the ids of the files that went out, or of its poll."""
    files = tuple(filter(None, map(_sent_file, sent)))
    ids = tuple(m.message_id for m in sent)
    return Receipt(ids, note, files[0] if files else None, files, poll=_sent_poll(sent[0]))


def _sent_poll(sent: Message) -> tuple[str, tuple[str, ...]] | None:
    if sent.poll is None:
        return None
    return sent.poll.id, tuple(str(o.persistent_id or i) for i, o in enumerate(sent.poll.options))


def _sent_file(sent: Message) -> str:
    file = sent.photo[-1] if sent.photo else sent.animation or sent.video or sent.document or sent.sticker
    return file.file_id if file else ""


async def _picture(photo: str, content: str) -> Any:
    """A file, an address or a file id; a word, a chart or a picture for operators drawn beside the loop.
    None: the chart could not be drawn, and its words go without it."""
    if photo.startswith("draw:"):
        return InputFile(await asyncio.to_thread(word_png, photo.removeprefix("draw:")), filename="word.png")
    if photo.startswith(NAMED):
        made = await asyncio.to_thread(drawn, photo.removeprefix(NAMED), content)
        return InputFile(made, filename="picture.png")
    if not photo.startswith(MARK):
        return await _file(photo, "photo")
    try:
        return InputFile(await asyncio.to_thread(chart_png, photo), filename="chart.png")
    except Exception as e:
        log.exception("chart.failed", error=str(e))
        return None


async def _document(named: str, content: str | None) -> Any:
    """A file, an address or a file id; words under a name; a page to print, drawn beside the loop."""
    if content is not None:
        return InputFile(content.encode(), filename=named)
    if named.startswith(MARK):
        return InputFile(await asyncio.to_thread(poster_pdf, named), filename="qr.pdf")
    return await _file(named, "document")


async def _file(named: str, kind: str = "") -> Any:
    """The bytes of a file here or behind an address, or a file id as it is.

    Raises:
        Gone: the address is not fetched, and why.
    """
    if named.startswith("https://") and kind:
        try:
            data = await egress.fetch(named, kind, media.LARGEST.get(kind, media.MOST))
        except Misfit as e:
            raise Gone(e.what) from None
        return InputFile(data, filename=urlsplit(named).path.rpartition("/")[2] or kind)
    path = Path(named)
    if not path.is_file():
        return named
    return InputFile(await asyncio.to_thread(path.read_bytes), filename=path.name)


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
            unix_time=datetime.fromtimestamp(e.unix, UTC) if e.unix is not None else None,
            date_time_format=e.format,
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
