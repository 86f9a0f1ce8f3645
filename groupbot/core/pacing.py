"""When may this effect go? Pure arithmetic over what was sent.

Telegram's limits are undisclosed and change; what is known: about 30 messages a second a token, about
20 a minute a group (sends and edits share it), about one a second a chat. Deletions and restrictions
are not counted there, and obeying 429 is the only safe rule (tdlib/td#1236, #2592, #3034).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_ROOM = 2000  # chats kept in mind before the idle ones are forgotten


@dataclass(slots=True)
class Pace:
    """Limits: `rate` messages a second for the token, `chat_minute` a minute for one group."""

    rate: float = 27.0
    chat_minute: int = 18
    chat_gap: float = 1.0
    free_rate: float = 27.0  # calls that are not messages


@dataclass(slots=True)
class _ChatState:
    sent: deque[float] = field(default_factory=deque)
    blocked: float = 0.0


class Pacer:
    """Slots for messages: one each 1/rate s overall, a sliding minute and a gap for each group."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._chats: dict[int, _ChatState] = {}
        self._room = _ROOM
        self._next = 0.0
        self._blocked = 0.0
        self._recent_429: deque[tuple[float, int]] = deque(maxlen=8)

    def wait(self, now: float, chat: int, *, message: bool, group: bool) -> float:
        """Seconds until an effect to `chat` may go (0: now). `now` is a monotonic clock's reading."""
        return max(self.token_wait(now), self.chat_wait(now, chat, message=message, group=group))

    def token_wait(self, now: float) -> float:
        """Seconds until the token may do anything."""
        return max(0.0, max(self._blocked, self._next) - now)

    def chat_wait(self, now: float, chat: int, *, message: bool, group: bool) -> float:
        """Seconds until this chat may get something, whatever others do."""
        state = self._chats.get(chat)
        if state is None:
            return 0.0
        at = state.blocked
        if message and state.sent:
            while state.sent and state.sent[0] <= now - 60:
                state.sent.popleft()
            if group and state.sent:
                at = max(at, state.sent[-1] + self.pace.chat_gap)
                if len(state.sent) >= self.pace.chat_minute:
                    at = max(at, state.sent[-self.pace.chat_minute] + 60)
        return max(0.0, at - now)

    def take(self, now: float, chat: int, *, message: bool, group: bool) -> None:
        """Book a slot: the effect leaves now."""
        rate = self.pace.rate if message else self.pace.free_rate
        self._next = max(self._next, now) + 1.0 / rate
        if message:
            if len(self._chats) > self._room:
                self.forget_idle(now)
                self._room = max(_ROOM, 2 * len(self._chats))
            self._chats.setdefault(chat, _ChatState()).sent.append(now)

    def refused(self, now: float, chat: int, retry_after: float) -> None:
        """429: silence for this chat; two chats refused within a second silence the token."""
        self.hold(now, chat, retry_after)
        if any(c != chat and now - t <= 1.0 for t, c in self._recent_429):
            self._blocked = max(self._blocked, now + retry_after)
        self._recent_429.append((now, chat))

    def hold(self, now: float, chat: int, seconds: float) -> None:
        """Nothing more to this chat for so long."""
        state = self._chats.setdefault(chat, _ChatState())
        state.blocked = max(state.blocked, now + seconds)

    def forget_idle(self, now: float) -> None:
        """Drop chats that said nothing for a minute."""
        idle = [
            c for c, s in self._chats.items() if s.blocked <= now and (not s.sent or s.sent[-1] <= now - 60)
        ]
        for c in idle:
            del self._chats[c]
