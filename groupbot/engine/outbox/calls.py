"""Calls under way: an entry performed, and what its outcome means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Protocol

import structlog

from groupbot.core.effects import POST, Answer, Ask, Delete, Effect, Receipt, Send
from groupbot.core.events import Event
from groupbot.core.pacing import Pacer
from groupbot.engine.clock import ticking
from groupbot.engine.entries import MAX_TRIES, Entry, Result, Target, pace_of
from groupbot.engine.figures import Figures
from groupbot.engine.logs import redact
from groupbot.engine.writer import patiently
from groupbot.errors import Denied, Gone, Hushed, Later

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 60.0  # seconds between two tries
SLOWLY = 300.0  # seconds between the tries of what must go, after the first six
MAX_REMOVALS = MAX_TRIES + 288  # tries: a day
ANSWER_DEADLINE = 5.0  # seconds
ASK_DEADLINE = 3.0
STOOD = 1.0  # seconds past a deadline after which it was this process that stood still, and not Telegram
_SILENCE: ContextVar[Callable[[], float] | None] = ContextVar("silence", default=None)


def before_call() -> None:
    """What a gateway asks before each call: an effect may take several, and another row of the chat may be
    answered 429 between them.

    Raises:
        Hushed: Telegram wants silence in this chat by now; the effect begins anew after it.
    """
    left = _SILENCE.get()
    if left is not None and (seconds := left()) > 0:
        raise Hushed(seconds)


@contextmanager
def at_once() -> Iterator[None]:
    """Calls that are made whatever the silence: what must not stand as it is."""
    before = _SILENCE.set(None)
    try:
        yield
    finally:
        _SILENCE.reset(before)


def _tried(entry: Entry, e: Later) -> Result:
    """After six tries that were judged it is given up. What must go stands until it goes, and Telegram may be
    out of order for longer than they take: it is tried on for a day, and nothing waits behind it."""
    tries = entry.tries + 1
    if isinstance(entry.effect, Delete) and tries < MAX_REMOVALS:
        return Result(entry, "waiting", error=str(e), again_in=SLOWLY, alone=True)
    return Result(entry, "dead", error=f"gave up after {tries} tries: {e}")


class Gateway(Protocol):
    """Performs one effect. Two there are: Telegram's and the recorder."""

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        """Raises Gone, Denied or Later."""
        ...


class Calls:
    """Performs entries, and remembers since when no call came through."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.away: float | None = None
        self.figures = Figures()
        self.patience = 0.0  # seconds an answer or a question has at least: a test's, on a busy machine

    async def perform(self, entry: Entry, pacer: Pacer) -> Result:
        """The outcome as a result to be booked; never raises but when cancelled."""
        effect = entry.effect
        assert effect is not None
        reached = True
        self.figures.calls[entry.kind] += 1
        whispered = isinstance(effect, Send) and effect.only_for is not None  # then its fallback is said
        pace = pace_of(entry.chat, entry.target.telegram_id)
        outside = _SILENCE.set(lambda: pacer.silence(ticking(), pace))
        try:
            receipt = await self.gateway.perform(effect, entry.target)
            result = Result(entry, "done", receipt)
        except Gone as e:
            state = "waiting" if e.moved_to else "dead"
            result = Result(
                entry,
                state,
                error=str(e),
                chat_state=e.state,
                moved_to=e.moved_to,
                blocked=(e.blocked and entry.target.telegram_id > 0) or whispered,
            )
        except Denied as e:
            state = "" if whispered else "limited"
            result = Result(entry, "dead", error=str(e), chat_state=state, blocked=whispered)
        except Later as e:
            hushed = isinstance(e, Hushed)  # Telegram was not asked
            reached = e.reached and not hushed
            self.figures.refused += e.reached and not (e.counts or e.unknown or hushed)
            if e.unknown and not effect.repeatable:
                result = Result(entry, "unknown", error=str(e))
            elif e.counts and entry.tries + 1 >= MAX_TRIES:
                result = _tried(entry, e)
            else:
                pause = self._pause(entry, e)
                if not (e.unknown or hushed):
                    pacer.refused(ticking(), pace, pause, told=e.reached)
                result = Result(
                    entry,
                    "waiting",
                    error=str(e),
                    again_in=pause,
                    counts=e.counts,
                    silence=not e.unknown,
                )
        except Exception as e:
            log.exception("outbox.failed", row=entry.id, kind=entry.kind)
            result = Result(entry, "dead", error=redact(f"{type(e).__name__}: {e}"))
        finally:
            _SILENCE.reset(outside)
        if reached:
            self.away = None
        return result

    def count(self, entry: Entry, result: Result, now: datetime) -> None:
        """Figures, and the line that ties update, step, effect and receipt together."""
        if result.state != "waiting":
            self.figures.ends[result.state] += 1
        if result.state == "done" and entry.lane == POST and entry.due is not None:
            self.figures.post_left((now - entry.due).total_seconds())
        (log.info if result.error else log.debug)(
            "outbox.result",
            update=entry.update,
            step=entry.cause,
            row=entry.id,
            kind=entry.kind,
            chat=entry.chat,
            state=result.state,
            message=result.receipt.message_ids[:1] if result.receipt else (),
            error=result.error,
        )

    def _pause(self, entry: Entry, e: Later) -> float:
        """Seconds until the next try: doubled with each counted one; with the network away as long again
        as it has been away; a minute at most, but what Telegram asks for is kept."""
        longer = e.retry_after * 2.0**entry.tries if e.counts else 0.0
        if not e.reached:
            now = ticking()
            self.away = self.away if self.away is not None else now
            longer = now - self.away
        return max(e.retry_after, min(LONGEST_PAUSE, longer))

    async def answer(self, effect: Answer) -> None:
        """A toast: within five seconds or not at all."""
        try:
            async with asyncio.timeout(max(self.patience, ANSWER_DEADLINE)):
                await self.gateway.perform(effect, Target(0, False))
        except (Gone, Later, Denied, TimeoutError) as e:
            log.info("answer.dropped", error=str(e) or "deadline")
        except Exception:
            log.exception("answer.dropped")

    async def _asked(self, effect: Ask, target: Target) -> tuple[Event, ...]:
        """A fact, within the deadline. A process that stood still past it may hold the answer unread: it asks
        once more, where asking makes nothing."""
        loop, more = asyncio.get_running_loop(), not effect.link
        while True:
            deadline = loop.time() + max(self.patience, ASK_DEADLINE)
            try:
                async with asyncio.timeout_at(deadline):
                    return (await self.gateway.perform(effect, target)).events
            except TimeoutError:
                if not more or loop.time() - deadline < STOOD:
                    raise
                more = False

    async def ask(
        self,
        effect: Ask,
        target: Target,
        back: Callable[[tuple[Event, ...]], Awaitable[None]],
        moved: Callable[[int, int], Awaitable[None]],
        pacer: Pacer,
    ) -> None:
        """A fact; `back(())` when it did not come within three seconds. `moved(old, new)` is told first where
        the answer is that the group goes by another id. Facts are asked for also within a silence, for events
        wait for them; what makes something, as a link, or hurries nobody, as a count, waits until it is over.
        """
        events: tuple[Event, ...] = ()
        new, pace = 0, pace_of(effect.chat, target.telegram_id)
        while (effect.link or effect.count) and (quiet := pacer.silence(ticking(), pace)) > 0:
            await asyncio.sleep(quiet)
        try:
            events = await self._asked(effect, target)
        except (Gone, Later, Denied, TimeoutError) as e:
            if isinstance(e, Later) and e.reached and not e.unknown:  # 429: it holds for all that goes there
                pacer.refused(ticking(), pace, e.retry_after)
            log.warning("ask.failed", member=effect.member, error=str(e) or "deadline")
            new = e.moved_to if isinstance(e, Gone) else 0
        except Exception:
            log.exception("ask.failed", member=effect.member)

        async def tell() -> None:
            if new:
                await moved(target.telegram_id, new)
            await back(events)

        await patiently(tell, "ask.waits", member=effect.member)  # the chat waits for this
