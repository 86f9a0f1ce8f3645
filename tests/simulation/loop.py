"""Virtual time: an event loop whose clock jumps to the next timer, and never waits."""

from __future__ import annotations

import asyncio
import heapq
import selectors
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from groupbot.engine.clock import Clock


class _Still(selectors.BaseSelector):
    """Nothing is ever ready to read, and nobody asks."""

    def __init__(self) -> None:
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, 0, events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return []

    def get_map(self) -> Any:
        return self._keys


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs everything in one thread; executors run what they are given at once."""

    def __init__(self) -> None:
        self._now = 1000.0
        super().__init__(_Still())
        self._scheduled: list[asyncio.TimerHandle]
        self._ready: deque[asyncio.Handle]
        self.troubles: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.troubles.append(context))

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        """What asyncio's own does, without a selector: where nobody is ready, it is the next timer's time.

        Raises:
            RuntimeError: everybody waits for ever.
        """
        timers, ready = self._scheduled, self._ready
        if len(timers) > 200 and sum(t.cancelled() for t in timers) * 2 > len(timers):
            timers[:] = [t for t in timers if not t.cancelled()]
            heapq.heapify(timers)
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)
        if not ready:
            if not timers:
                raise RuntimeError("everybody waits and no timer runs: the simulation has come to a stop")
            self._now = max(self._now, timers[0]._when)
        while timers and timers[0]._when <= self._now:
            ready.append(heapq.heappop(timers))
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass  # `_run_once` sees it

    def get_debug(self) -> bool:
        return False

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        made = asyncio.Handle(callback, args, self, context)
        self._ready.append(made)
        return made

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        made = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._scheduled, made)
        made._scheduled = True  # type: ignore[attr-defined]
        return made

    def advance(self, seconds: float) -> None:
        """Time passes and nobody runs: a thread that sleeps, or a process that is stopped."""
        self._now += seconds

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        future: asyncio.Future[Any] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as e:
            future.set_exception(e)
        return future

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        return self.call_soon(callback, *args, context=context)


class VirtualClock(Clock):
    """The wall clock over a loop's time; it may be set wrong by `shift`."""

    def __init__(self, loop: VirtualLoop, at: datetime) -> None:
        super().__init__()
        self._loop, self._zero = loop, at.astimezone(UTC) - timedelta(seconds=loop.time())
        self._last = (0.0, timedelta(0), self._zero)  # loop's time, offset, and what is said then

    def now(self) -> datetime:
        at, offset, said = self._last
        if at != self._loop._now or offset is not self.offset:
            at, offset = self._loop._now, self.offset
            said = self._zero + timedelta(seconds=at) + offset
            self._last = at, offset, said
        return said

    def rest(self, seconds: float) -> None:
        self._loop.advance(seconds)


class TelegramClock:
    """Telegram's own time, which no fault touches: Unix seconds."""

    def __init__(self, loop: VirtualLoop, at: datetime) -> None:
        self._loop, self._zero = loop, at.timestamp() - loop.time()

    def now(self) -> float:
        return self._zero + self._loop.time()

    def move(self, seconds: float) -> None:
        self._loop.advance(seconds)
