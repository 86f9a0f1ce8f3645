"""The heartbeat really calls."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import apscheduler.schedulers.base
import pytest

import groupbot.engine.clock
from groupbot.engine import schedule
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
        await asyncio.wait_for(twice.wait(), 60)
    finally:
        heart.stop()
    assert called[:2] == ["tick:quiz.tick"] * 2


class Machine(datetime):
    """The machine's clock, which somebody sets."""

    wrong = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.wrong


async def test_the_heart_beats_on_when_the_machines_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "LOOK", 0.1)
    monkeypatch.setattr(Machine, "wrong", timedelta())
    for module in (apscheduler.schedulers.base, groupbot.engine.clock):
        monkeypatch.setattr(module, "datetime", Machine)
    beats, beat = list[datetime](), asyncio.Event()

    async def call(name: str, fn: Callable[..., Any], reads: None) -> None:
        beats.append(datetime.now(UTC))
        beat.set()

    def tick() -> None: ...

    heart = Heartbeat(call)
    heart.add(Tick(1, tick, "quiz"))
    heart.start()
    try:
        await asyncio.wait_for(beat.wait(), 60)
        for hours in (1, 0):  # set on, and back
            Machine.wrong = timedelta(hours=hours)
            beat.clear()
            await asyncio.wait_for(beat.wait(), 60)
    finally:
        heart.stop()
    assert len(beats) <= 6  # what was missed is not made up for
