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
    REPLY,
    Answer,
    Ask,
    Effect,
    Receipt,
    Send,
)
from groupbot.core.events import BotStanding, Chat, Event, Upgraded
from groupbot.core.pacing import Pacer
from groupbot.engine import addresses
from groupbot.engine.clock import ticking
from groupbot.engine.figures import Figures
from groupbot.engine.logs import redact
from groupbot.engine.outbox_table import outbox
from groupbot.engine.receipts import Entry, Result, Target, book, expire, home_of, mark
from groupbot.engine.recovery import recover
from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, Writer
from groupbot.errors import Denied, Gone, Later

log = structlog.get_logger(__name__)

IN_HAND = 120  # rows held in memory, at most a third of them broadcast
HOLD = 0.5  # seconds; a chat that must wait longer makes room in the hand for others
MAX_TRIES = 6
LONGEST_PAUSE = 60.0  # seconds between two tries
EXPIRE_EVERY = 1.0  # seconds
ANSWER_DEADLINE = 5.0
ASK_DEADLINE = 3.0


class Gateway(Protocol):
    """Performs one effect. Two there are: Telegram's and the recorder."""

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        """Raises Gone, Denied or Later."""
        ...


_o = outbox.c


def _waiting(now: Any, bot: Any, low: Any, high: Any, room: Any) -> sa.Select[Any]:
    """Rows of the lanes `low` to `high` that are due, in the order they may leave."""
    return (
        sa.select(
            _o.id,
            _o.lane,
            _o.kind,
            _o.chat_id,
            _o.user_id,
            _o.tries,
            addresses.chat.c.telegram_id,
            addresses.chat.c.type,
            addresses.chat.c.state.label("chat_state"),
        )
        .select_from(outbox.outerjoin(addresses.chat, addresses.chat.c.id == _o.chat_id))
        .where(
            _o.state == "waiting",
            _o.due <= now,
            _o.bot_id == bot,
            _o.lane.between(low, high),
            sa.or_(_o.chat_id.is_(None), among(addresses.chat.c.state, "active", "limited")),
        )
        .order_by(_o.lane, _o.id)
        .limit(room)
    )


_READY = Hot(_waiting(*map(sa.bindparam, ("now", "bot", "low", "high", "room"))))
_NEXT_DUE = Hot(
    sa.select(sa.func.min(_o.due)).where(
        _o.state == "waiting", _o.due > sa.bindparam("now"), _o.bot_id == sa.bindparam("bot")
    )
)
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
        self.figures = Figures()
        self._hand: list[Entry] = []
        self._busy: set[tuple[int, int]] = set()
        self._held: dict[tuple[int, int], float] = {}  # (our chat or -user, 0 moderation) → until
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._results: list[Result] = []
        self._next_due: datetime | None = None
        self._working = True
        self._away: float | None = None  # since when no call came through
        self._expired = 0.0

    @property
    def idle(self) -> bool:
        """Nothing waits that is due, nothing is under way."""
        due = self._next_due is not None and self._next_due <= self.writer.clock.now()
        return not (
            self._hand
            or self._held
            or self._tasks
            or self._results
            or self._wake.is_set()
            or due
            or self._busy
            or self._working
        )

    @property
    def held(self) -> int:
        """How many chats must wait before their next call."""
        return len({home for home, _ in self._held})

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
            try:
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

    async def _round(self) -> float:
        """Book what came back, let go what may; the seconds until there may be more to do.

        Raises:
            Lost: the database is away; nothing was forgotten.
        """
        if self._results:
            await self._book()
        if len(self._hand) < IN_HAND:
            await self._take()
        ready, pause = self._choose()
        if ready:
            await self._leave(ready)
        return 0.0 if ready or self._results else pause

    async def stop(self, patience: float = 5.0) -> None:
        """Start nothing new, wait for calls under way, book them."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
        if self._results:
            try:
                await self._book()
            except Lost as e:
                log.error("outbox.unbooked", rows=len(self._results), error=str(e))

    async def _take(self) -> None:
        self._hand, self.depth, self._next_due = await self.writer.submit(self._fill, list(self._hand))

    def _fill(self, work: Work, hand: list[Entry]) -> tuple[list[Entry], int, datetime | None]:
        if ticking() - self._expired >= EXPIRE_EVERY:
            self._expired = ticking()
            expire(work)
        held = {e.id for e in hand}
        for low, high, most in (
            (MODERATION, MODERATION, IN_HAND),
            (REPLY, EDIT, IN_HAND),
            (POST, POST, IN_HAND // 3),
        ):
            room = most - sum(low <= e.lane <= high for e in hand)
            if room <= 0:
                continue
            for r in self._ready(work, low, high, room + len(held)):
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
                        limited=r.chat_state == "limited",
                    )
                )
        hand.sort(key=lambda e: (e.lane, e.id))
        return (
            hand,
            int(work.sql.value(_DEPTH) or 0),
            work.sql.value(_NEXT_DUE, now=work.now, bot=work.bot_id),
        )

    def _ready(self, work: Work, low: int, high: int, room: int) -> list[Any]:
        """Rows that may leave, without the chats that are held back."""
        now, kind = ticking(), 0 if low == MODERATION else 1
        homes = [home for (home, k), until in self._held.items() if k == kind and until > now]
        if not homes:
            return work.sql.all(_READY, now=work.now, bot=work.bot_id, low=low, high=high, room=room)
        chats, users = [h for h in homes if h > 0], [-h for h in homes if h < 0]
        return work.sql.all(
            _waiting(work.now, work.bot_id, low, high, room).where(
                sa.or_(_o.chat_id.is_(None), _o.chat_id.not_in(chats)),
                sa.or_(_o.user_id.is_(None), _o.user_id.not_in(users)),
            )
        )

    def _choose(self) -> tuple[list[Entry], float]:
        """The entries that may leave now, and the seconds until the next one may."""
        now, pause, ready, kept = ticking(), 1.0, [], []
        self._held = {key: until for key, until in self._held.items() if until > now}
        waiting: set[tuple[int, int]] = set()  # nothing overtakes within a chat
        for entry in self._hand:
            key, home = self._key(entry), (home_of(entry), 0 if entry.lane == MODERATION else 1)
            if home in self._held:
                continue
            if key in self._busy or key in waiting:
                kept.append(entry)
                continue
            chat, group = entry.target.telegram_id, entry.target.group
            message = entry.kind in ("send", "edit")
            alone = self.pacer.chat_wait(now, chat, message=message, group=group)
            if alone > HOLD:
                self._held[home] = now + alone
                continue
            wait = max(alone, self.pacer.token_wait(now))
            if wait > 0:
                waiting.add(key)
                kept.append(entry)
                pause = min(pause, wait)
                continue
            self._busy.add(key)
            self.pacer.take(now, chat, message=message, group=group)
            ready.append(entry)
        self._hand = kept
        pause = min([pause, *(until - now for until in self._held.values())])
        if self._next_due is not None:
            pause = min(pause, (self._next_due - self.writer.clock.now()).total_seconds() + 0.001)
        return ready, max(0.01, pause)

    @staticmethod
    def _key(entry: Entry) -> tuple[int, int]:
        return (entry.target.telegram_id, 0 if entry.lane == MODERATION else 1)

    async def _leave(self, ready: list[Entry]) -> None:
        try:
            marked = await self.writer.submit(mark, ready)
        except Lost:
            self._busy -= {self._key(e) for e in ready}
            raise
        left = {e.id for e in marked}
        for entry in ready:
            if entry.id not in left:
                self._busy.discard(self._key(entry))
        for entry in marked:
            self._spawn(self._perform(entry))

    async def _perform(self, entry: Entry) -> None:
        effect = entry.effect
        assert effect is not None
        reached = True
        self.figures.calls[entry.kind] += 1
        whispered = isinstance(effect, Send) and effect.only_for is not None  # then its fallback is said
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
            reached = e.reached
            self.figures.refused += e.reached and not (e.counts or e.unknown)
            if e.unknown and not effect.repeatable:
                result = Result(entry, "unknown", error=str(e))
            elif e.counts and entry.tries + 1 >= MAX_TRIES:
                result = Result(entry, "dead", error=f"gave up after {MAX_TRIES} tries: {e}")
            else:
                pause = self._pause(entry, e)
                if not e.unknown:
                    self.pacer.refused(ticking(), entry.target.telegram_id, pause)
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
        self._count(entry, result)
        if reached:
            self._away = None
        self._results.append(result)
        self._busy.discard(self._key(entry))
        self._wake.set()

    def _count(self, entry: Entry, result: Result) -> None:
        """Figures, and the line that ties update, step, effect and receipt together."""
        if result.state != "waiting":
            self.figures.ends[result.state] += 1
        if result.state == "done" and entry.lane == POST and entry.due is not None:
            self.figures.post_left((self.writer.clock.now() - entry.due).total_seconds())
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
            self._away = self._away if self._away is not None else now
            longer = now - self._away
        return max(e.retry_after, min(LONGEST_PAUSE, longer))

    async def _book(self) -> None:
        results, self._results = self._results, []
        try:
            await self.writer.submit(book, results)
        except Lost:
            self._results = results + self._results
            raise
        except Exception:
            if len(results) > 1:  # one a transaction; only the guilty one stays `sending`
                for r in results:
                    self._results = [r]
                    await self._book()
                return
            log.exception("outbox.unbookable", row=results[0].entry.id, state=results[0].state)
        for r in results:
            if r.blocked and self.inform is not None:
                here = Chat(r.entry.target.telegram_id, "private")
                await self.inform(BotStanding(at=self.writer.clock.now(), chat=here, status="kicked"))
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
