"""Watching the bot at work: what was said, which buttons there are, waiting for things to happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import Cast
from groupbot.engine.addresses import chat
from groupbot.engine.outbox_table import outbox
from groupbot.engine.reader import looking
from groupbot.errors import Misfit
from groupbot.surfaces.sandbox.world import ChatRoom, World

WAIT = 60.0  # seconds


class Missed(Exception):
    """A step of the tour did not happen."""

    def __init__(self, step: str, what: str) -> None:
        super().__init__(f"{step}: {what}")
        self.step = step


class Watcher:
    """Sees what everybody sees, and the bot's own record. `tell(line)` prints."""

    def __init__(
        self, world: World, cast: Cast, bot: BotProcess, token: str, tell: Callable[[str], None]
    ) -> None:
        self.world, self.cast, self.bot, self.token, self.tell = world, cast, bot, token, tell
        self.folder = bot.folder
        self.step = ""

    def line(self, n: int, name: str, text: str) -> None:
        """One line of the transcript."""
        self.tell(f"{n:>2} {name:<8} {text}" if n else f"            {text}")

    async def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait for something to happen. Raises Missed: it did not, or the bot ended."""
        end = time.monotonic() + WAIT
        while not happened():
            try:
                self.bot.check()
            except Misfit as e:
                raise Missed(self.step, e.what) from None
            if time.monotonic() > end:
                raise Missed(self.step, f"it did not happen in {WAIT:.0f} s that {what}")
            await asyncio.sleep(0.02)

    def said(self, chat: int) -> list[str]:
        """What the bot said in a chat and still stands."""
        own = {b.user for b in self.world.bots.values()}
        room = self.world.chats.get(chat)
        found = room.messages.values() if room is not None else ()
        return [str(m.get("text") or m.get("caption") or "") for m in found if m["from"]["id"] in own]

    def bot_said(self, chat: int, words: str) -> bool:
        """Did it say these words?"""
        return any(words in t for t in self.said(chat))

    def newest(self, chat: int, words: str) -> int:
        """The newest message of a chat with these words."""
        return max(i for i, m in self.world.chats[chat].messages.items() if words in str(m.get("text")))

    def buttons(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """The buttons under a message."""
        return [b for row in message.get("reply_markup", {}).get("inline_keyboard", []) for b in row]

    def labels(self, message: dict[str, Any]) -> str:
        """The labels of a message's buttons, as the transcript shows them."""
        return "".join(f" [{b['text']}]" for b in self.buttons(message))

    def data(self, room: ChatRoom, message_id: int, label: str) -> str:
        """The data of a button."""
        return next(
            str(b["callback_data"]) for b in self.buttons(room.messages[message_id]) if label in b["text"]
        )

    def tap(self, user: int, chat: int, message_id: int, label: str) -> None:
        """Somebody presses a button."""
        room = self.world.chats[chat]
        self.world.press(user, chat, message_id, self.data(room, message_id, label))

    def why(self, kind: str, room: ChatRoom) -> str:
        """The reason on record for the newest act of a kind in a group."""
        query = (
            sa.select(outbox.c.why)
            .join(chat, chat.c.id == outbox.c.chat_id)
            .where(outbox.c.kind == kind, chat.c.telegram_id == room.id, outbox.c.why != "")
            .order_by(outbox.c.id.desc())
            .limit(1)
        )
        with looking(f"sqlite:///{self.folder / 'groupbot.db'}") as work:
            return str(work.sql.value(query) or "no reason on record")
