"""The heartbeat: APScheduler calls the ticks that routers declare.

It keeps no calendar: what is due stands in SQL, and a tick asks for it. So a restart, a second
process or a late clock cannot lose or double a slot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from groupbot.engine.clock import Clock
from groupbot.engine.router import Tick

RARE = 600  # seconds
LOOK = 1.0  # seconds between two looks at whether the machine's clock was set back
SLIPPED = timedelta(seconds=0.5)
log = structlog.get_logger(__name__)


class Heartbeat:
    """Runs `call(name, fn, reads)` for each tick; a tick still running is not started again."""

    def __init__(self, call: Callable[..., Awaitable[None]]) -> None:
        self._call = call
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._looking: asyncio.TimerHandle | None = None

    def add(self, tick: Tick) -> None:
        """Have `tick` called from now on."""
        self.add_async(f"tick:{tick.router}.{tick.fn.__name__}", tick.seconds, lambda: self._one(tick))

    def add_async(self, name: str, seconds: float, fn: Callable[[], Awaitable[None]]) -> None:
        """Have an async function of the shell called every `seconds`; what is rare, at the start too:
        a bot that is started anew every half hour must sweep as well."""

        async def call() -> None:  # APScheduler awaits only what it sees is a coroutine function
            with suppress(asyncio.CancelledError):  # the bot stops: no error
                await fn()

        self._scheduler.add_job(
            call,
            IntervalTrigger(seconds=max(1, int(seconds)), timezone=UTC),
            **({"next_run_time": Clock().now()} if seconds >= RARE else {}),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    async def _one(self, tick: Tick) -> None:
        try:
            await self._call(f"tick:{tick.router}.{tick.fn.__name__}", tick.fn, tick.reads)
        except Exception as e:
            log.exception("tick.failed", router=tick.router, tick=tick.fn.__name__, error=str(e))

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
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
