"""The sender: takes effects from the outbox in lanes, paced, and books their receipts.

One effect of a chat is under way at a time (moderation beside it). A row is marked `sending` in a
commit of its own before the call leaves: after a crash a send that may have landed is `unknown` and
not repeated, everything else is simply done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
import structlog

from groupbot.core.effects import (
    EDIT,
    MODERATION,
    POST,
    Answer,
    Ask,
    Effect,
    Receipt,
)
from groupbot.core.events import Chat, Event, Upgraded
from groupbot.core.pacing import Pacer
from groupbot.engine import addresses
from groupbot.engine.clock import ticking
from groupbot.engine.outbox_table import outbox
from groupbot.engine.receipts import Entry, Result, Target, book, mark, recover
from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Denied, Gone, Later

log = structlog.get_logger(__name__)

IN_HAND = 120  # rows held in memory, at most a third of them broadcast
MAX_TRIES = 6
ANSWER_DEADLINE = 5.0
ASK_DEADLINE = 3.0


class Gateway(Protocol):
    """Performs one effect. Two there are: Telegram's and the recorder."""

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        """Raises Gone, Denied or Later."""
        ...


_o = outbox.c
_READY = Hot(
    sa.select(
        _o.id,
        _o.lane,
        _o.kind,
        _o.chat_id,
        _o.user_id,
        _o.tries,
        addresses.chat.c.telegram_id,
        addresses.chat.c.type,
    )
    .select_from(outbox.outerjoin(addresses.chat, addresses.chat.c.id == _o.chat_id))
    .where(
        _o.state == "waiting",
        _o.due <= sa.bindparam("now"),
        _o.bot_id == sa.bindparam("bot"),
        _o.lane.between(sa.bindparam("low"), sa.bindparam("high")),
        _o.id > sa.bindparam("after"),
        sa.or_(_o.chat_id.is_(None), among(addresses.chat.c.state, "active", "limited")),
    )
    .order_by(_o.lane, _o.due, _o.id)
    .limit(sa.bindparam("room"))
)
_NEXT_DUE = Hot(sa.select(sa.func.min(_o.due)).where(_o.state == "waiting"))
_DEPTH = Hot(sa.select(sa.func.count()).select_from(outbox).where(_o.state == "waiting"))


class Outbox:
    """The sender of one bot. `inform` gets events born from receipts (an upgrade learnt from a 400)."""

    def __init__(
        self,
        writer: Writer,
        gateway: Gateway,
        *,
        pacer: Pacer | None = None,
        inform: Callable[[Event], Awaitable[None]] | None = None,
    ) -> None:
        self.writer, self.gateway = writer, gateway
        self.pacer = pacer or Pacer()
        self.inform = inform
        self.depth = 0
        self._hand: list[Entry] = []
        self._busy: set[tuple[int, int]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._results: list[Result] = []
        self._next_due: datetime | None = None
        self._working = True

    @property
    def idle(self) -> bool:
        """Nothing waits that is due, nothing is under way."""
        due = self._next_due is not None and self._next_due <= self.writer.clock.now()
        return not (
            self._hand
            or self._tasks
            or self._results
            or self._wake.is_set()
            or due
            or self._busy
            or self._working
        )

    # --- directly after a commit
    def wake(self) -> None:
        """New rows may be waiting."""
        self._wake.set()

    def answer(self, effect: Answer) -> None:
        """A toast: leaves now, five seconds at most, dropped when the bot stops."""
        if not self._stopping and len(self._tasks) < 500:
            self._spawn(self._answer(effect))

    async def _answer(self, effect: Answer) -> None:
        try:
            async with asyncio.timeout(ANSWER_DEADLINE):
                await self.gateway.perform(effect, Target(0, False))
        except (Gone, Later, Denied, TimeoutError) as e:
            log.info("answer.dropped", error=str(e) or "deadline")

    def ask(self, effect: Ask, target: Target, back: Callable[[tuple[Event, ...]], Awaitable[None]]) -> None:
        """A fact from Telegram; `back(())` when it did not come within three seconds."""
        self._spawn(self._ask(effect, target, back))

    async def _ask(
        self, effect: Ask, target: Target, back: Callable[[tuple[Event, ...]], Awaitable[None]]
    ) -> None:
        events: tuple[Event, ...] = ()
        try:
            async with asyncio.timeout(ASK_DEADLINE):
                events = (await self.gateway.perform(effect, target)).events
        except (Gone, Later, Denied, TimeoutError) as e:
            log.warning("ask.failed", member=effect.member, error=str(e) or "deadline")
        await back(events)

    # --- the loop
    async def run(self) -> None:
        """Send until `stop`."""
        await self.writer.submit(recover)
        while not self._stopping:
            self._working = True
            self._wake.clear()
            if self._results:
                await self._book()
            if len(self._hand) < IN_HAND:
                await self._take()
            ready, pause = self._choose()
            if ready:
                await self._leave(ready)
                continue
            if self._results:
                continue
            self._working = False
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                pass

    async def stop(self, patience: float = 5.0) -> None:
        """Start nothing new, wait for calls under way, book them."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
        if self._results:
            await self._book()

    async def _take(self) -> None:
        self._hand, self.depth, self._next_due = await self.writer.submit(self._fill, list(self._hand))

    def _fill(self, work: Work, hand: list[Entry]) -> tuple[list[Entry], int, datetime | None]:
        held = {e.id for e in hand}
        for low, high, most in ((MODERATION, EDIT, IN_HAND), (POST, POST, IN_HAND // 3)):
            room = most - sum(low <= e.lane <= high for e in hand)
            if room <= 0:
                continue
            for r in work.sql.all(
                _READY,
                now=work.now,
                bot=work.bot_id,
                low=low,
                high=high,
                after=0,
                room=room + len(held),
            ):
                if r.id in held:
                    continue
                group = r.type in ("group", "supergroup")
                where = r.telegram_id if r.chat_id is not None else r.user_id
                hand.append(
                    Entry(
                        r.id,
                        r.lane,
                        r.kind,
                        r.chat_id or 0,
                        r.user_id or 0,
                        Target(where or 0, group),
                        tries=r.tries,
                    )
                )
        hand.sort(key=lambda e: (e.lane, e.id))
        return hand, int(work.sql.value(_DEPTH) or 0), work.sql.value(_NEXT_DUE)

    def _choose(self) -> tuple[list[Entry], float]:
        """The entries that may leave now, and the seconds until the next one may."""
        now, pause, ready = ticking(), 1.0, []
        for entry in self._hand:
            key = self._key(entry)
            if key in self._busy:
                continue
            message = entry.kind in ("send", "edit")
            wait = self.pacer.wait(now, entry.target.telegram_id, message=message, group=entry.target.group)
            if wait > 0:
                pause = min(pause, wait)
                continue
            self._busy.add(key)
            self.pacer.take(now, entry.target.telegram_id, message=message, group=entry.target.group)
            ready.append(entry)
        chosen = {e.id for e in ready}
        self._hand = [e for e in self._hand if e.id not in chosen]
        due = self._next_due
        if not ready and due is not None:
            pause = min(pause, max(0.01, (due - self.writer.clock.now()).total_seconds() + 0.001))
        return ready, pause

    @staticmethod
    def _key(entry: Entry) -> tuple[int, int]:
        return (entry.target.telegram_id, 0 if entry.lane == MODERATION else 1)

    async def _leave(self, ready: list[Entry]) -> None:
        marked = await self.writer.submit(mark, ready)
        left = {e.id for e in marked}
        for entry in ready:
            if entry.id not in left:
                self._busy.discard(self._key(entry))
        for entry in marked:
            self._spawn(self._perform(entry))

    async def _perform(self, entry: Entry) -> None:
        effect = entry.effect
        assert effect is not None
        try:
            receipt = await self.gateway.perform(effect, entry.target)
            result = Result(entry, "done", receipt)
        except Gone as e:
            state = "waiting" if e.moved_to else "dead"
            result = Result(entry, state, error=str(e), chat_state=e.state, moved_to=e.moved_to)
        except Denied as e:
            result = Result(entry, "dead", error=str(e), chat_state="limited")
        except Later as e:
            if e.unknown and not effect.repeatable:
                result = Result(entry, "unknown", error=str(e))
            elif entry.tries + 1 >= MAX_TRIES and not e.retry_after > 5:
                result = Result(entry, "dead", error=f"gave up after {MAX_TRIES} tries: {e}")
            else:
                if not e.unknown:
                    self.pacer.refused(ticking(), entry.target.telegram_id, e.retry_after)
                result = Result(entry, "waiting", error=str(e), again_in=e.retry_after)
        except Exception as e:
            log.exception("outbox.failed", row=entry.id, kind=entry.kind)
            result = Result(entry, "dead", error=f"{type(e).__name__}: {e}")
        if result.error:
            log.info(
                "outbox.result",
                row=entry.id,
                kind=entry.kind,
                chat=entry.chat,
                state=result.state,
                error=result.error,
            )
        self._results.append(result)
        self._busy.discard(self._key(entry))
        self._wake.set()

    async def _book(self) -> None:
        results, self._results = self._results, []
        await self.writer.submit(book, results)
        for r in results:
            if r.moved_to and self.inform is not None:
                await self.inform(
                    Upgraded(
                        at=self.writer.clock.now(),
                        chat=Chat(r.entry.target.telegram_id, "group"),
                        new_id=r.moved_to,
                    )
                )

    def _spawn(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
