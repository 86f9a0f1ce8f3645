"""The one place that reads the clock and draws chance for the whole bot."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from groupbot.core.chance import Chance


class Clock:
    """UTC now, which `play` and tests may shift."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """The present, aware UTC, plus the shift."""
        return datetime.now(UTC) + self.offset

    def shift(self, by: timedelta) -> None:
        """Move time forward (or back) by `by` from now on."""
        self.offset += by

    def rest(self, seconds: float) -> None:
        """Let this thread wait."""
        time.sleep(seconds)


class FixedClock(Clock):
    """A clock that stands still until it is set: for tests and rehearsals."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at + self.offset


_reading: Callable[[], float] = time.monotonic


def ticking() -> float:
    """A monotonic reading in seconds, for pacing and deadlines."""
    return _reading()


def tick_by(reading: Callable[[], float]) -> None:
    """Have `ticking` read another clock from now on: a simulation's, whose time is its own."""
    global _reading
    _reading = reading


def chance(seed: int | None = None) -> Chance:
    """SystemRandom, or with a seed a repeatable one."""
    return random.SystemRandom() if seed is None else random.Random(seed)
