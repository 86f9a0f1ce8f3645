"""When may this effect go? Pure arithmetic over what was sent.

Telegram's limits are undisclosed and change; what is known: about 30 messages a second a token, about
20 a minute a group (sends and edits share it), about one a second a chat. Deletions and restrictions
are not counted there, and obeying 429 is the only safe rule (tdlib/td#1236, #2592, #3034). A broadcast
paid with Stars may leave at up to 1,000 a second (Bot API 7.11).
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct, field

_ROOM = 2000  # chats kept in mind before the idle ones are forgotten
_LATE = 0.1  # seconds; a slot that somebody waited for counts from when it was due, if no later than this
_DOWN, _UP, _CALM = 0.95, 1.01, 600.0  # the rate after a 429 of the token, and after so many calm seconds
MESSAGE, CALL, PAID = 0, 1, 2  # each has slots of its own


class Pace(Struct):
    """Limits: `rate` messages a second for the token, `chat_minute` a minute for one group."""

    rate: float = 29.5
    chat_minute: int = 18
    chat_gap: float = 1.0
    free_rate: float = 27.0  # calls that are not messages
    paid_rate: float = 970.0  # messages that cost Stars


class _Slots(Struct):
    """One slot each 1/rate s. Somebody who waited for a slot and comes a moment late takes it as if in
    time, so that the rate is reached; nobody saves slots up."""

    rate: float
    next: float = 0.0
    awaited: float = -1.0

    def wait(self, now: float) -> float:
        if self.next > now:
            self.awaited = self.next
            return self.next - now
        return 0.0

    def take(self, now: float) -> None:
        late = _LATE if self.awaited == self.next else 0.0
        self.next = max(self.next, now - late) + 1.0 / self.rate
        if self.next <= now:  # the queue goes on
            self.awaited = self.next


class _ChatState(Struct):
    sent: deque[float] = field(default_factory=deque)
    blocked: float = 0.0


class Pacer:
    """Slots for messages: one each 1/rate s overall, a sliding minute and a gap for each group.

    A 429 of the whole token lowers the rate by a twentieth; calm brings it back, slowly.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._slots = (_Slots(self.pace.rate), _Slots(self.pace.free_rate), _Slots(self.pace.paid_rate))
        self._chats: dict[int, _ChatState] = {}
        self._room = _ROOM
        self._blocked = 0.0
        self._changed = 0.0  # when the rate was last lowered or raised
        self._recent_429: deque[tuple[float, int]] = deque(maxlen=8)

    @property
    def rate(self) -> float:
        """Messages a second now."""
        return self._slots[MESSAGE].rate

    def wait(self, now: float, chat: int, *, message: bool, group: bool) -> float:
        """Seconds until an effect to `chat` may go (0: now). `now` is a monotonic clock's reading."""
        alone = self.chat_wait(now, chat, message=message, group=group)
        return max(self.token_wait(now, MESSAGE if message else CALL), alone)

    def token_wait(self, now: float, slots: int = MESSAGE) -> float:
        """Seconds until the token may send (MESSAGE), act (CALL) or send for Stars (PAID)."""
        return max(self._blocked - now, self._slots[slots].wait(now), 0.0)

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

    def silence(self, now: float, chat: int) -> float:
        """Seconds that are left of what Telegram asked for, of this chat or of the token."""
        state = self._chats.get(chat)
        return max(self._blocked, state.blocked if state is not None else 0.0, now) - now

    def take(self, now: float, chat: int, *, message: bool, group: bool, paid: bool = False) -> None:
        """Book a slot: the effect leaves now."""
        self._slots[PAID if paid else MESSAGE if message else CALL].take(now)
        if self.rate < self.pace.rate and now - self._changed >= _CALM:
            self._slots[MESSAGE].rate = min(self.pace.rate, self.rate * _UP)
            self._changed = now
        if message:
            if len(self._chats) > self._room:
                self.forget_idle(now)
                self._room = max(_ROOM, 2 * len(self._chats))
            self._chats.setdefault(chat, _ChatState()).sent.append(now)

    def refused(self, now: float, chat: int, retry_after: float, *, told: bool = True) -> None:
        """429: silence for this chat; two chats refused within a second silence the token. Not `told` by
        Telegram, which could not be reached, it is so too, and says nothing of the rate."""
        self.hold(now, chat, retry_after)
        if any(c != chat and now - t <= 1.0 for t, c in self._recent_429):
            if told and self._blocked <= now:
                self._slots[MESSAGE].rate = max(1.0, self.rate * _DOWN)
                self._changed = now
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
