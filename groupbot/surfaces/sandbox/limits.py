"""Flood limits, as far as they are known; the real ones are undisclosed and change.

About 30 messages a second a bot (a bucket of 45 refilled at 30/s), about 20 a minute a group, edits and
sends together (tdlib/td#1236, #2592, #3034).
"""

from __future__ import annotations

from collections import deque


class Limits:
    """One bot's counters."""

    def __init__(self, *, bucket: float = 45.0, rate: float = 30.0, group_minute: int = 20) -> None:
        self.bucket, self.rate, self.group_minute = bucket, rate, group_minute
        self._tokens, self._at = bucket, 0.0
        self._groups: dict[int, deque[float]] = {}
        self._blocked: dict[int, float] = {}

    def take(self, now: float, chat: int, *, group: bool) -> int:
        """0 when a message may go, else the seconds to wait (retry_after)."""
        if self._blocked.get(chat, 0.0) > now:
            return max(1, round(self._blocked[chat] - now))
        self._tokens = (
            min(self.bucket, self._tokens + (now - self._at) * self.rate) if self._at else self.bucket
        )
        self._at = now
        if self._tokens < 1:
            return 3
        if group:
            sent = self._groups.setdefault(chat, deque())
            while sent and sent[0] <= now - 60:
                sent.popleft()
            if len(sent) >= self.group_minute:
                wait = max(1, int(sent[0] + 60 - now) + 1)
                self._blocked[chat] = now + wait
                return wait
            sent.append(now)
        self._tokens -= 1
        return 0
