"""The text of a file somebody sent: read whole, of a bounded size, UTF-8."""

from __future__ import annotations

from datetime import datetime

from telegram import Bot

from groupbot.core.effects import Ask
from groupbot.core.events import Chat, Fetched

MOST = 2 << 20  # bytes; the longest export of another bot seen is a tenth of it


async def fetched(bot: Bot, ask: Ask, now: datetime) -> Fetched:
    """The file's text, or why there is none.

    Raises:
        TelegramError: whatever Telegram said.
    """
    here = Chat(0, "private")
    file = await bot.get_file(ask.file)
    if (file.file_size or 0) > MOST:
        return Fetched(at=now, chat=here, ref=ask.ref, trouble="too_big")
    raw = bytes(await file.download_as_bytearray())
    if len(raw) > MOST:
        return Fetched(at=now, chat=here, ref=ask.ref, trouble="too_big")
    try:
        return Fetched(at=now, chat=here, ref=ask.ref, text=raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Fetched(at=now, chat=here, ref=ask.ref, trouble="not_text")
