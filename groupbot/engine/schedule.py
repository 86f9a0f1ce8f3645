"""The heartbeat: APScheduler calls the ticks that routers declare.

It keeps no calendar: what is due stands in SQL, and a tick asks for it. So a restart, a second
process or a late clock cannot lose or double a slot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any, Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from groupbot.engine.clock import Clock
from groupbot.engine.router import Tick

RARE = 600  # seconds
LOOK = 1.0  # seconds between two looks at whether the machine's clock was set back
SLIPPED = timedelta(seconds=0.5)
log = structlog.get_logger(__name__)


class Beats(Protocol):
    """What a heart drives: `groupbot.engine.dispatch.Dispatch`."""

    async def tick(
        self, name: str, fn: Callable[..., Any], reads: Callable[..., Any] | None = None
    ) -> None: ...

    async def beat(self, ticks: Sequence[Tick]) -> tuple[int, bool]: ...


class Heartbeat:
    """Has each tick called in its time, those that are due at one moment together; a tick still running is
    not started again."""

    def __init__(self, beats: Beats) -> None:
        self._beats = beats
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._looking: asyncio.TimerHandle | None = None
        self._first = Clock().now()  # all count from here, so that they are due at one moment
        self._due: list[tuple[Tick, asyncio.Future[bool]]] = []
        self._running = set[asyncio.Task[None]]()

    def add(self, tick: Tick) -> None:
        """Have `tick` called from now on."""
        self.add_async(tick.name, tick.seconds, lambda: self._one(tick))

    def add_async(self, name: str, seconds: float, fn: Callable[[], Awaitable[None]]) -> None:
        """Have an async function of the shell called every `seconds`; what is rare, at the start too:
        a bot that is started anew every half hour must sweep as well."""

        async def call() -> None:  # APScheduler awaits only what it sees is a coroutine function
            with suppress(asyncio.CancelledError):  # the bot stops: no error
                await fn()

        every = max(1, int(seconds))
        self._scheduler.add_job(
            call,
            IntervalTrigger(seconds=every, start_date=self._first + timedelta(seconds=every), timezone=UTC),
            **({"next_run_time": self._first} if seconds >= RARE else {}),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    async def _one(self, tick: Tick) -> None:
        try:
            if tick.reads is not None or await self._together(tick):
                await self._beats.tick(tick.name, tick.fn, tick.reads)
        except Exception as e:
            log.exception("tick.failed", router=tick.router, tick=tick.fn.__name__, error=str(e))

    def _together(self, tick: Tick) -> asyncio.Future[bool]:
        """Run it with all that are due now; whether it is to be called alone then."""
        loop = asyncio.get_running_loop()
        if not self._due:
            beating = loop.create_task(self._beat())  # runs when the others have come
            self._running.add(beating)
            beating.add_done_callback(self._running.discard)
        waits: asyncio.Future[bool] = loop.create_future()
        self._due.append((tick, waits))
        return waits

    async def _beat(self) -> None:
        due, self._due = self._due, []
        while due:
            try:
                ran, alone = await self._beats.beat([tick for tick, _ in due])
                told = [alone and n == ran for n in range(1, ran + 1)]
            except Exception as e:  # whose fault it was shows when each is called alone
                log.warning("beat.failed", ticks=len(due), error=str(e))
                told = [True] * len(due)
            for (_, waits), each in zip(due, told, strict=False):
                if not waits.done():  # the bot stops
                    waits.set_result(each)
            del due[: len(told)]

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self._look()

    def _look(self) -> None:
        now = Clock().now()
        for job in self._scheduler.get_jobs():
            soon = now + job.trigger.interval
            if job.next_run_time - soon > SLIPPED:
                job.modify(next_run_time=soon)
        self._looking = asyncio.get_running_loop().call_later(LOOK, self._look)

    def stop(self) -> None:
        """No more calls."""
        if self._looking is not None:
            self._looking.cancel()
        for beating in self._running:
            beating.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
