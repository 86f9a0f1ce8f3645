"""Flood limits, as far as they are known; the real ones are undisclosed and change.

About 30 messages a second a bot (a bucket of 45 refilled at 30/s), about 20 a minute a group, edits and
sends together (tdlib/td#1236, #2592, #3034). With allow_paid_broadcast 1,000 a second and 0.1 Stars a
message (Bot API 7.11).
"""

from __future__ import annotations

import math
from collections import deque

MINUTE = 60.0
PENALTY = 3.0  # seconds a bot waits after emptying its bucket
PAID_RATE = 1000.0  # a second, and as many at once
EVERYWHERE = 0  # no chat has this id


class Limits:
    """One bot's counters."""

    def __init__(self, *, bucket: float = 45.0, rate: float = 30.0, group_minute: int = 20) -> None:
        self.bucket, self.rate, self.group_minute = bucket, rate, group_minute
        self._tokens, self._at = bucket, 0.0
        self._paid_tokens = PAID_RATE
        self.paid = 0  # messages that cost 0.1 Stars each
        self._groups: dict[int, deque[float]] = {}
        self._blocked: dict[int, float] = {}

    def take(self, now: float, chat: int, *, group: bool, paid: bool = False, many: int = 1) -> int:
        """0 when a message may go, or all of `many` that go together, else the whole seconds to wait
        (retry_after). More than ever may go at once go when nothing else went."""
        until = max(self._blocked.get(EVERYWHERE, 0.0), self._blocked.get(chat, 0.0))
        if until > now:
            return math.ceil(until - now)
        self._refill(now)
        if (self._paid_tokens if paid else self._tokens) < min(many, PAID_RATE if paid else self.bucket):
            return self._block(EVERYWHERE, now, PENALTY)
        if group:
            sent = self._groups.setdefault(chat, deque())
            while sent and sent[0] <= now - MINUTE:
                sent.popleft()
            over = min(len(sent), len(sent) + many - self.group_minute)  # so many must be a minute old first
            if over > 0:
                return self._block(chat, now, sent[over - 1] + MINUTE - now)
            sent.extend([now] * many)
        if paid:
            self._paid_tokens -= many
            self.paid += many
        else:
            self._tokens -= many
        return 0

    def silent(self, now: float) -> bool:
        """True while the whole bot has to wait."""
        return self._blocked.get(EVERYWHERE, 0.0) > now

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self._at)
        self._tokens = min(self.bucket, self._tokens + passed * self.rate)
        self._paid_tokens = min(PAID_RATE, self._paid_tokens + passed * PAID_RATE)
        self._at = now

    def _block(self, chat: int, now: float, seconds: float) -> int:
        wait = max(1, math.ceil(seconds))
        self._blocked[chat] = now + wait
        return wait
