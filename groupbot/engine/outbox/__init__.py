"""The sender: takes effects from the outbox in lanes, paced, and books their receipts.

One effect of a chat is under way at a time (moderation beside it). A row is marked `sending` in a
commit of its own before the call leaves: after a crash a send that may have landed is `unknown` and
not repeated, everything else is simply done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from groupbot.core.effects import Answer, Ask
from groupbot.core.events import BotStanding, Chat, Event, Upgraded
from groupbot.core.pacing import Pacer
from groupbot.engine.clock import ticking
from groupbot.engine.entries import Entry, Result, Target, pace_of, place_of
from groupbot.engine.figures import Figures
from groupbot.engine.order import keep_back
from groupbot.engine.outbox.calls import Calls, Gateway
from groupbot.engine.outbox.hand import Hand, keys_of
from groupbot.engine.receipts import book, mark
from groupbot.engine.recovery import recover
from groupbot.engine.writer import Lost, Writer, patiently

__all__ = ["Gateway", "Outbox", "Target"]

log = structlog.get_logger(__name__)


class Outbox:
    """The sender of one bot. `inform` gets events born from receipts (an upgrade learnt from a 400)."""

    def __init__(
        self,
        writer: Writer,
        gateway: Gateway,
        *,
        pacer: Pacer | None = None,
        inform: Callable[[Event], Awaitable[object]] | None = None,
    ) -> None:
        self.writer, self.calls, self.hand = writer, Calls(gateway), Hand()
        self.pacer = pacer or Pacer()
        self.inform = inform
        self._wake = asyncio.Event()
        self._stopping = False
        self._turns = asyncio.Lock()  # held by a round: what it marks as leaving must leave
        self._tasks: set[asyncio.Task[Any]] = set()
        self._results: list[Result] = []
        self._working = True

    @property
    def depth(self) -> int:
        """Rows that wait in the table."""
        return self.hand.depth

    @property
    def figures(self) -> Figures:
        """What was called and how it ended, since the start."""
        return self.calls.figures

    @property
    def held(self) -> int:
        """How many chats must wait before their next call."""
        return len({home for home, _ in self.hand.held})

    @property
    def idle(self) -> bool:
        """Nothing waits that is due, nothing is under way."""
        hand = self.hand
        due = hand.next_due is not None and hand.next_due <= self.writer.clock.now()
        return not (
            hand.entries
            or hand.held
            or hand.stale
            or self._tasks
            or self._results
            or self._wake.is_set()
            or due
            or hand.busy
            or self._working
        )

    # --- directly after a commit
    def wake(self) -> None:
        """New rows may be waiting."""
        self.hand.stale = True
        self._wake.set()

    def answer(self, effect: Answer) -> None:
        """A toast: leaves now, five seconds at most, dropped when the bot stops."""
        if not self._stopping and len(self._tasks) < 500:
            self._spawn(self.calls.answer(effect))

    def ask(self, effect: Ask, target: Target, back: Callable[[tuple[Event, ...]], Awaitable[None]]) -> None:
        """A fact from Telegram; `back(())` when it did not come within three seconds."""
        self._spawn(self.calls.ask(effect, target, back, self._moved, self.pacer))

    # --- the loop
    async def run(self) -> None:
        """Send until `stop`."""
        await self._recover()
        while not self._stopping:
            self._working = True
            self._wake.clear()
            try:
                async with self._turns:
                    pause = await self._round()
            except Lost as e:
                log.error("outbox.waits", error=str(e))
                pause = 1.0
            if pause > 0:
                self._working = False
                try:
                    await asyncio.wait_for(self._wake.wait(), pause)
                except TimeoutError:
                    pass

    async def _recover(self) -> None:
        """What the last run left; the database may be away at the start as later."""
        while not self._stopping:
            try:
                held = await self.writer.submit(recover)
                tried = await self.writer.submit(keep_back)
            except Lost as e:
                log.error("outbox.waits", error=str(e))
                await asyncio.sleep(1.0)
                continue
            for chat, seconds in held:
                self.pacer.hold(ticking(), chat, seconds)
            for place, lane, seconds in tried:
                self.hand.put_off(place, lane, seconds)
            return

    async def _round(self) -> float:
        """Book what came back, let go what may; the seconds until there may be more to do.

        Raises:
            Lost: the database is away; nothing was forgotten.
        """
        if self._results:
            await self._book()
        if self.hand.wants(self.writer.clock.now()):
            await self._take()
        if self._stopping:
            return 0.0
        ready, pause = self.hand.choose(self.pacer, self.writer.clock.now())
        if ready:
            await self._leave(ready)
        return 0.0 if ready or self._results else pause

    async def stop(self, patience: float = 5.0) -> None:
        """Start nothing new, wait for what is being marked and for calls under way, book them."""
        self._stopping = True
        self._wake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                async with self._turns:
                    pass
                while self._tasks:
                    await asyncio.wait(self._tasks)
        for task in self._tasks:
            task.cancel()
        if self._results:
            try:
                await self._book()
            except Lost as e:
                log.error("outbox.unbooked", rows=len(self._results), error=str(e))

    async def _take(self) -> None:
        try:
            await self.hand.take(self.writer)
        except Lost:
            self.hand.stale = True
            raise

    async def _leave(self, ready: list[Entry]) -> None:
        try:
            marked = await self.writer.submit(mark, ready)
        except Lost:
            self.hand.busy.difference_update(*map(keys_of, ready))
            self.hand.entries[:0] = ready  # they may be marked, and nobody heard of it: no look finds them
            raise
        left = {e.id for e in marked}
        for entry in ready:
            if entry.id not in left:
                self.hand.busy -= keys_of(entry)
        for entry in marked:
            self._spawn(self._perform(entry))

    async def _perform(self, entry: Entry) -> None:
        if entry.until is not None and entry.until <= self.writer.clock.now():  # the machine slept
            result = Result(entry, "waiting", error="too late", counts=False)  # `mark` ends it
        else:
            result = await self.calls.perform(entry, self.pacer)
        self.calls.count(entry, result, self.writer.clock.now())
        self._results.append(result)  # only now: the list is another one after a booking
        if result.state != "waiting":  # else nothing overtakes it before it is booked as put off
            self.hand.busy -= keys_of(entry)
        self._wake.set()

    async def _book(self) -> None:
        """Book what came back; where that fails one by one, and only the guilty one stays `sending`."""
        results, self._results = self._results, []
        try:
            if await self.writer.submit(book, results):
                self.hand.stale = True  # not `|=`: that would read it before the wait, and lose a wake
        except Lost:
            self._results = results + self._results
            raise
        except Exception:
            if len(results) > 1:
                since = self._results  # came back meanwhile
                for at, r in enumerate(results):
                    self._results = [r]
                    try:
                        await self._book()
                    except Lost:
                        self._results += [*results[at + 1 :], *since]
                        raise
                    since += self._results
                self._results = since
                return
            log.exception("outbox.unbookable", row=results[0].entry.id, state=results[0].state)
        for r in results:
            self._let_go(r)
        for r in results:
            try:
                await self._tell(r)
            except Lost:
                self._spawn(patiently(partial(self._tell, r), "told.waits"))

    def _let_go(self, r: Result) -> None:
        """Its chat waits no longer for its booking; for its next try, where there is one."""
        if r.state == "waiting":
            self.hand.busy -= keys_of(r.entry)
            if r.silence:  # until it is due again, by the time it was booked
                there = pace_of(r.home or r.entry.chat, r.entry.target.telegram_id)
                self.pacer.hold(ticking(), there, r.again_in)
            elif not r.alone:
                self.hand.put_off(r.home or place_of(r.entry), r.entry.lane, r.again_in)

    async def _tell(self, r: Result) -> None:
        """What a receipt means for others, once it is in the table.

        Raises:
            Lost: the database is away; they were not told.
        """
        here = r.entry.target.telegram_id
        if r.blocked and here > 0 and self.inform is not None:  # not a whisper in a group
            now = self.writer.clock.now()
            await self.inform(BotStanding(at=now, chat=Chat(here, "private"), status="kicked"))
        if r.moved_to:
            await self._moved(here, r.moved_to)

    async def _moved(self, old: int, new: int) -> None:
        """An answer of Telegram's told that a group was upgraded."""
        if self.inform is not None:
            at = self.writer.clock.now()
            await self.inform(Upgraded(at=at, chat=Chat(old, "group"), new_id=new))

    def _spawn(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
