"""The heartbeat really calls."""

import asyncio
from collections.abc import Callable
from typing import Any

from groupbot.engine.router import Tick
from groupbot.engine.schedule import Heartbeat


async def test_a_tick_is_called_and_a_failing_one_is_called_again() -> None:
    called: list[str] = []
    twice = asyncio.Event()

    async def call(name: str, fn: Callable[..., Any], reads: None) -> None:
        called.append(name)
        if len(called) == 2:
            twice.set()
        raise ValueError("no")

    def tick() -> None: ...

    heart = Heartbeat(call)
    heart.add(Tick(1, tick, "quiz"))
    heart.start()
    try:
        await asyncio.wait_for(twice.wait(), 5)
    finally:
        heart.stop()
    assert called[:2] == ["tick:quiz.tick"] * 2
