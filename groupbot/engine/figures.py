"""What a process counts about itself, for /healthz, /metrics and alarms."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from groupbot.engine.clock import ticking

LAGS = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0)  # seconds; the upper ends of the histogram's buckets


class Figures(Struct):
    """Since the start. `refused` are calls Telegram put off with 429; `buckets` count posts by how many
    seconds after their time they left, cumulated as Prometheus wants them."""

    calls: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(LAGS) + 1))
    lag_sum: float = 0.0

    def post_left(self, lag: float) -> None:
        """A planned post left `lag` seconds after it was due."""
        self.lag_sum += max(0.0, lag)
        for n, most in enumerate((*LAGS, float("inf"))):
            self.buckets[n] += lag <= most


class Health(Struct):
    """What /healthz and /metrics tell."""

    started: float = field(default_factory=ticking)
    handled: int = 0
    batches: int = 0
    quarantined: int = 0
    duplicates: int = 0
    lag: float = 0.0
    last_commit: float = 0.0
