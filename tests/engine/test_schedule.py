"""The heartbeat really calls."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import apscheduler.schedulers.base
import pytest

import groupbot.engine.clock
from groupbot.engine import schedule
from groupbot.engine.router import Tick
from groupbot.engine.schedule import Heartbeat


class Alone:
    """Has each tick called alone, and lets `call` answer."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.tick = call

    async def beat(self, ticks: Sequence[Tick]) -> tuple[int, bool]:
        return 1, True


async def test_a_tick_is_called_and_a_failing_one_is_called_again() -> None:
    called: list[str] = []
    twice = asyncio.Event()

    async def call(name: str, fn: Callable[..., Any], reads: None) -> None:
        called.append(name)
        if len(called) == 2:
            twice.set()
        raise ValueError("no")

    def tick() -> None: ...

    heart = Heartbeat(Alone(call))
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

    heart = Heartbeat(Alone(call))
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


class Shared:
    """Notes what came together; `loud` does something, `long` has more to do, `lost` finds no database."""

    def __init__(self) -> None:
        self.beats, self.alone = list[list[str]](), list[str]()
        self.enough = asyncio.Event()

    async def tick(self, name: str, fn: Callable[..., Any], reads: Callable[..., Any] | None = None) -> None:
        self.alone.append(name.partition(".")[2])

    async def beat(self, ticks: Sequence[Tick]) -> tuple[int, bool]:
        names = [t.fn.__name__ for t in ticks]
        self.beats.append(names)
        if len(self.beats) > 8:
            self.enough.set()
        if names[0] == "lost":
            raise ValueError("no database")
        for n, name in enumerate(names, 1):
            if name in ("loud", "long"):
                return n, name == "long"
        return len(names), False


def named(name: str, *, reads: bool = False) -> Tick:
    def fn() -> None: ...

    fn.__name__ = name
    return Tick(1, fn, "t", fn if reads else None)


async def beaten(*ticks: Tick) -> Shared:
    shared = Shared()
    heart = Heartbeat(shared)
    for tick in ticks:
        heart.add(tick)
    heart.start()
    try:
        await asyncio.wait_for(shared.enough.wait(), 60)
    finally:
        heart.stop()
    return shared


async def test_what_is_due_at_one_moment_comes_together_up_to_the_first_that_does_something() -> None:
    ticks = [named(n) for n in ("last", "long", "loud", "quiet", "still")]
    shared = await beaten(*ticks, named("seeing", reads=True))
    assert shared.beats[:3] == [
        ["last", "long", "loud", "quiet", "still"],
        ["loud", "quiet", "still"],
        ["quiet", "still"],
    ]
    assert sorted(shared.alone[:2]) == ["long", "seeing"], "what has more to do goes on alone"
    assert shared.beats[3:6] == shared.beats[:3], "a second later again"


async def test_where_a_beat_fails_as_a_whole_each_is_called_alone() -> None:
    shared = await beaten(named("lost"), named("still"))
    assert shared.beats[:8] == [["lost", "still"]] * 8
    assert shared.alone[:4] == ["lost", "still"] * 2
