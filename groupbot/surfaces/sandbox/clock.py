"""The sandbox's own clock, which can be moved."""

from __future__ import annotations

import time


class SandboxClock:
    """Unix seconds plus an offset."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        """Unix time in the sandbox."""
        return time.time() + self.offset

    def move(self, seconds: float) -> None:
        """Move time by so many seconds."""
        self.offset += seconds
