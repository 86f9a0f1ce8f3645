"""Handlers of python-telegram-bot inside groupbot: `router.raw(CommandHandler(...))`.

They get each update after its commit, one task a chat, at most once; their errors go to the log and to who
looks after what is put aside. They share our Bot and transport.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot, Update
from telegram.error import TelegramError

log = structlog.get_logger(__name__)
_UNREADABLE = (  # what reading an odd update raises: another shape than the library knows, a far year, …
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TelegramError,
    TypeError,
    ValueError,
)


class RawHandlers:
    """An Application without updater, fed by us."""

    def __init__(self, bot: Bot, handlers: list[Any], aside: Callable[[Exception], Awaitable[None]]) -> None:
        from telegram.ext import Application  # noqa: PLC0415 - 0.3 s of start-up that few bots need

        self.application: Any = Application.builder().bot(bot).updater(None).job_queue(None).build()
        for handler in handlers:
            self.application.add_handler(handler)
        self.application.add_error_handler(self._failed)
        self._aside = aside
        self._lanes: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """The bot itself is initialised by the app."""
        self.application._initialized = True

    def feed(self, raws: list[bytes]) -> None:
        """Committed updates, in order."""
        for raw in raws:
            try:
                update = Update.de_json(json.loads(raw), self.application.bot)
            except _UNREADABLE as e:
                log.warning("raw.unparsable", error=type(e).__name__)
                continue
            if update is None:
                continue
            chat = update.effective_chat.id if update.effective_chat else 0
            lane = self._lanes.get(chat)
            if lane is not None:
                lane.append(update)
                continue
            self._lanes[chat] = deque([update])
            task = asyncio.get_running_loop().create_task(self._lane(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _lane(self, chat: int) -> None:
        lane = self._lanes[chat]
        while lane:
            await self.application.process_update(lane.popleft())
            await self.application.update_persistence()
        del self._lanes[chat]

    async def _failed(self, update: object, context: Any) -> None:
        log.error("raw.failed", error=f"{type(context.error).__name__}: {context.error}")
        await self._aside(context.error)

    async def stop(self) -> None:
        """Let running tasks end, two seconds at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)
