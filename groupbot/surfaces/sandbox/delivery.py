"""How updates reach a bot: long polls, or deliveries to its webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import aiohttp

from groupbot.surfaces.sandbox.methods.call import ApiError
from groupbot.surfaces.sandbox.world import BotState, Json, World
from groupbot.surfaces.sandbox.world.things import public

AGAIN = 0.5  # seconds: the same offset asked again so soon brings one update
LONGEST = 50.0  # seconds of a long poll
PATIENCE = 60.0  # seconds for a webhook to answer
_HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def poll(world: World, bot: BotState, params: Json) -> list[Json]:
    """The result of getUpdates.

    Raises:
        ApiError: 409, a webhook is set or another poll took over.
    """
    if bot.webhook:
        raise ApiError(409, _HOOKED)
    given = params.get("allowed_updates")
    if given is not None:
        bot.allowed = (json.loads(given) if isinstance(given, str) else given) or None
    offset, limit = int(params.get("offset") or 0), min(100, max(1, int(params.get("limit") or 100)))
    _confirm(bot, offset)
    mine = bot.poller = object()
    bot.arrived.set()  # another poll of this bot ends now
    loop = asyncio.get_running_loop()
    now = loop.time()
    if bot.last_offset[0] == offset and now - bot.last_offset[1] < AGAIN:
        limit = 1
    bot.last_offset = (offset, now)
    deadline = now + min(LONGEST, float(params.get("timeout") or 0))
    try:
        while True:
            world.drop_old(bot, limit)
            left = deadline - loop.time()
            if bot.updates or left <= 0:
                return list(bot.updates)[:limit]
            bot.arrived.clear()
            try:
                async with asyncio.timeout(left):
                    await bot.arrived.wait()
            except TimeoutError:
                continue
            if bot.webhook:
                raise ApiError(409, "Conflict: terminated by setWebhook request")
            if bot.poller is not mine:
                raise ApiError(409, _OTHER)
    finally:
        if bot.poller is mine:
            bot.poller = None


def _confirm(bot: BotState, offset: int) -> None:
    """Updates before `offset` are done with; a negative one counts from the end."""
    if offset < 0:
        while len(bot.updates) > -offset:
            bot.updates.popleft()
    while bot.updates and bot.updates[0]["update_id"] < offset:
        bot.updates.popleft()


class Hooks:
    """One delivery task a bot with a webhook. In order, one at a time (Telegram: per chat and user)."""

    def __init__(self, world: World, told: Callable[[int, Json], None] | None) -> None:
        self.world, self._told = world, told
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def reset(self, bot: BotState) -> None:
        """The bot's webhook changed."""
        old = self._tasks.pop(bot.token, None)
        if old is not None:
            old.cancel()
        if bot.webhook:
            self._tasks[bot.token] = asyncio.get_running_loop().create_task(self._deliver(bot))

    def close(self) -> None:
        """End all deliveries."""
        for task in self._tasks.values():
            task.cancel()

    async def _deliver(self, bot: BotState) -> None:
        pause = 0.2
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            while True:
                self.world.drop_old(bot)
                if not bot.updates:
                    bot.arrived.clear()
                    await bot.arrived.wait()
                    continue
                update = bot.updates[0]
                if await self._post(session, bot, public(update)):
                    if bot.updates and bot.updates[0] is update:
                        bot.updates.popleft()
                    pause = 0.2
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 60.0)

    async def _post(self, session: aiohttp.ClientSession, bot: BotState, update: Json) -> bool:
        """True when the bot took it."""
        hook: dict[str, Any] = bot.webhook
        secret = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
        if self._told is not None:
            self._told(bot.user, update)
        try:
            async with session.post(hook["url"], json=update, headers=secret) as answer:
                if 200 <= answer.status < 300:
                    return True
                phrase = HTTPStatus(answer.status).phrase
                error = f"Wrong response from the webhook: {answer.status} {phrase}"
        except (aiohttp.ClientError, TimeoutError):
            error = "Connection refused"
        hook |= {"error": error, "error_at": int(self.world.clock.now())}
        return False
