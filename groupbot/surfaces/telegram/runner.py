"""Ways updates come in: long polling (commit, then confirm) or a webhook (commit, then 200)."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from groupbot.engine.clock import ticking
from groupbot.engine.dispatch import Item, id_of
from groupbot.engine.writer import Lost
from groupbot.errors import Misfit
from groupbot.surfaces.telegram.trouble import trouble
from groupbot.surfaces.telegram.wire import ALLOWED_UPDATES

log = structlog.get_logger(__name__)
POLL_SECONDS = 25
BATCH = 100
NO_IDS_PAUSE = 5.0  # seconds
NAP = 30.0  # seconds; a longer pause is made of such
_WANTED = json.dumps(ALLOWED_UPDATES)  # as it is sent: of a list the library looks at each name, each time


class Poller:
    """Asks for the next batch only after the last one is committed by `feed`. By the monotonic clock:
    `last_asked` is when it last did, or waited because it must; `last_poll` when Telegram last answered."""

    def __init__(
        self,
        bot: Bot,
        feed: Callable[[Sequence[Item]], Awaitable[Any]],
        *,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self.bot, self.feed, self.poll_seconds = bot, feed, poll_seconds
        self.offset: int | None = None
        self.last_asked = self.last_poll = 0.0
        self.conflict = False
        self._unreadable: set[bytes] = set()  # fed already, and not to be confirmed yet

    async def run(self) -> None:
        """Poll until cancelled. Network trouble is waited out; a bad token is not."""
        warnings.filterwarnings("ignore", message=".*getUpdates.*", category=PTBUserWarning)
        pause = 0.5
        while True:
            self.last_asked = ticking()
            try:
                updates = await self._ask()
            except InvalidToken:
                raise Misfit(
                    "Telegram took the token back",
                    where="GROUPBOT_TOKEN",
                    next="ask @BotFather for a new one",
                ) from None
            except TelegramError as e:
                if isinstance(e, Conflict) and not self.conflict:
                    log.error(
                        "poll.conflict",
                        next="another process polls with this token, or a webhook is set",
                    )
                self.conflict = isinstance(e, Conflict)
                seconds = trouble(e).retry_after if isinstance(e, RetryAfter) else pause  # type: ignore[attr-defined]
                log.warning("poll.failed", error=e.message, again_in=seconds)
                await self._rest(seconds)
                pause = min(pause * 2, 15.0)
                continue
            pause, self.conflict, self.last_poll = 0.5, False, ticking()
            if updates:
                fresh = [Item(raw=u) for u in updates if u not in self._unreadable]
                try:
                    if fresh:
                        await self.feed(fresh)
                except Lost as e:
                    log.error("poll.waits", error=str(e), next="mend the database; nothing is confirmed")
                    await asyncio.sleep(1.0)
                    continue
                self.offset, before = next_offset(updates, self.offset), self.offset
                if self.offset == before:  # not one id: wait for an update that has one
                    self._unreadable |= set(updates)
                    log.error(
                        "poll.no_ids",
                        updates=len(fresh),
                        again_in=NO_IDS_PAUSE,
                        next="quarantined once; if it goes on, check that base_url is a Bot API server",
                    )
                    await asyncio.sleep(NO_IDS_PAUSE)
                else:
                    self._unreadable.clear()

    async def _rest(self, seconds: float) -> None:
        """A pause that may be long, as Telegram says: who waits it out is alive."""
        while seconds > 0:
            await asyncio.sleep(min(seconds, NAP))
            self.last_asked, seconds = ticking(), seconds - NAP

    async def _ask(self) -> list[bytes]:
        args: dict[str, Any] = {
            "timeout": self.poll_seconds,
            "limit": BATCH,
            "allowed_updates": _WANTED,
        }
        if self.offset is not None:
            args["offset"] = self.offset
        try:
            found = await self.bot.do_api_request(
                "getUpdates", api_kwargs=args, read_timeout=self.poll_seconds + 10
            )
        except EndPointNotFound:  # so the library calls 401 and 404 here; getMe tells a token that is gone
            await self.bot.get_me()
            raise
        return list(found)


def next_offset(updates: Sequence[bytes], before: int | None) -> int | None:
    """One past the largest update id of a batch; updates without a readable id are confirmed by those
    after them. Without any the offset stays: to guess one, or to count from the end (-1), could drop
    updates nobody has seen."""
    ids = [i for i in map(update_id_of, updates) if i is not None]
    return max(ids) + 1 if ids else before


def update_id_of(raw: bytes) -> int | None:
    """The update id, read without decoding the rest where it stands as Telegram writes it."""
    found = id_of(raw)
    return _leniently(raw) if found is None else found


def _leniently(raw: bytes) -> int | None:
    """The update id of an oddly written update: escaped, as text, or a float."""
    try:
        found = int(json.loads(raw)["update_id"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return found if 0 <= found < 10**18 else None


class Collector:
    """Gathers webhook deliveries of a few milliseconds into one commit."""

    def __init__(self, feed: Callable[[Sequence[Item]], Awaitable[Any]], *, gather: float = 0.005) -> None:
        self.feed, self.gather = feed, gather
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def deliver(self, raw: bytes) -> None:
        """Returns after the commit that holds this update."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((raw, done))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._drain())
        await done

    async def _drain(self) -> None:
        await asyncio.sleep(self.gather)
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            committed = False
            try:
                await self.feed([Item(raw=raw) for raw, _ in batch])
                committed = True
            except Lost as e:
                log.error("webhook.waits", error=str(e))
            except Exception as e:  # those behind it are waited for
                log.exception("webhook.failed", error=str(e))
            finally:
                for _, done in batch:
                    if not done.done() and committed:
                        done.set_result(None)
                    elif not done.done():
                        done.set_exception(Lost("not committed"))
