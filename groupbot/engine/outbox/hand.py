"""The rows in hand: taken from the table by lane, and let go when chat and token may.

Nothing overtakes within a chat (moderation beside it); a chat that must wait longer than a moment makes
room for others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import EDIT, MODERATION, POST, REPLY
from groupbot.core.pacing import Pacer
from groupbot.engine import addresses
from groupbot.engine.clock import ticking
from groupbot.engine.outbox_table import outbox
from groupbot.engine.receipts import Entry, Target, expire, home_of
from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work

IN_HAND = 120  # rows held in memory, at most a third of them broadcast
HOLD = 0.5  # seconds; a chat that must wait longer makes room in the hand for others
EXPIRE_EVERY = 1.0  # seconds

_o = outbox.c


def _waiting(now: Any, bot: Any, low: Any, high: Any, room: Any) -> sa.Select[Any]:
    """Rows of the lanes `low` to `high` that are due, in the order they may leave."""
    return (
        sa.select(
            _o.id,
            _o.lane,
            _o.kind,
            _o.chat_id,
            _o.user_id,
            _o.tries,
            addresses.chat.c.telegram_id,
            addresses.chat.c.type,
            addresses.chat.c.state.label("chat_state"),
        )
        .select_from(outbox.outerjoin(addresses.chat, addresses.chat.c.id == _o.chat_id))
        .where(
            _o.state == "waiting",
            _o.due <= now,
            _o.bot_id == bot,
            _o.lane.between(low, high),
            sa.or_(_o.chat_id.is_(None), among(addresses.chat.c.state, "active", "limited")),
        )
        .order_by(_o.lane, _o.id)
        .limit(room)
    )


_READY = Hot(_waiting(*map(sa.bindparam, ("now", "bot", "low", "high", "room"))))
_NEXT_DUE = Hot(
    sa.select(sa.func.min(_o.due)).where(
        _o.state == "waiting", _o.due > sa.bindparam("now"), _o.bot_id == sa.bindparam("bot")
    )
)
_DEPTH = Hot(sa.select(sa.func.count()).select_from(outbox).where(_o.state == "waiting"))


class Hand:
    """What may leave next. `fill` runs in the writer's thread, over a copy of the entries; the rest in the
    loop's."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.busy: set[tuple[int, int]] = set()
        self.held: dict[tuple[int, int], float] = {}  # (our chat or -user, 0 moderation) → until
        self.depth = 0
        self.next_due: datetime | None = None
        self._expired = 0.0

    def fill(self, work: Work, hand: list[Entry]) -> tuple[list[Entry], int, datetime | None]:
        if ticking() - self._expired >= EXPIRE_EVERY:
            self._expired = ticking()
            expire(work)
        held = {e.id for e in hand}
        for low, high, most in (
            (MODERATION, MODERATION, IN_HAND),
            (REPLY, EDIT, IN_HAND),
            (POST, POST, IN_HAND // 3),
        ):
            room = most - sum(low <= e.lane <= high for e in hand)
            if room <= 0:
                continue
            for r in self._ready(work, low, high, room + len(held)):
                if r.id in held:
                    continue
                group = r.type in ("group", "supergroup")
                where = r.telegram_id if r.chat_id is not None else r.user_id
                hand.append(
                    Entry(
                        r.id,
                        r.lane,
                        r.kind,
                        r.chat_id or 0,
                        r.user_id or 0,
                        Target(where or 0, group),
                        tries=r.tries,
                        limited=r.chat_state == "limited",
                    )
                )
        hand.sort(key=lambda e: (e.lane, e.id))
        return (
            hand,
            int(work.sql.value(_DEPTH) or 0),
            work.sql.value(_NEXT_DUE, now=work.now, bot=work.bot_id),
        )

    def _ready(self, work: Work, low: int, high: int, room: int) -> list[Any]:
        """Rows that may leave, without the chats that are held back."""
        now, kind = ticking(), 0 if low == MODERATION else 1
        homes = [home for (home, k), until in self.held.items() if k == kind and until > now]
        if not homes:
            return work.sql.all(_READY, now=work.now, bot=work.bot_id, low=low, high=high, room=room)
        chats, users = [h for h in homes if h > 0], [-h for h in homes if h < 0]
        return work.sql.all(
            _waiting(work.now, work.bot_id, low, high, room).where(
                sa.or_(_o.chat_id.is_(None), _o.chat_id.not_in(chats)),
                sa.or_(_o.user_id.is_(None), _o.user_id.not_in(users)),
            )
        )

    def choose(self, pacer: Pacer, clock: datetime) -> tuple[list[Entry], float]:
        """The entries that may leave now (it is `clock`), and the seconds until the next one may."""
        now, pause, ready, kept = ticking(), 1.0, [], []
        self.held = {key: until for key, until in self.held.items() if until > now}
        waiting: set[tuple[int, int]] = set()  # nothing overtakes within a chat
        for entry in self.entries:
            key, home = key_of(entry), (home_of(entry), 0 if entry.lane == MODERATION else 1)
            if home in self.held:
                continue
            if key in self.busy or key in waiting:
                kept.append(entry)
                continue
            chat, group = entry.target.telegram_id, entry.target.group
            message = entry.kind in ("send", "edit")
            alone = pacer.chat_wait(now, chat, message=message, group=group)
            if alone > HOLD:
                self.held[home] = now + alone
                continue
            wait = max(alone, pacer.token_wait(now))
            if wait > 0:
                waiting.add(key)
                kept.append(entry)
                pause = min(pause, wait)
                continue
            self.busy.add(key)
            pacer.take(now, chat, message=message, group=group)
            ready.append(entry)
        self.entries = kept
        pause = min([pause, *(until - now for until in self.held.values())])
        if self.next_due is not None:
            pause = min(pause, (self.next_due - clock).total_seconds() + 0.001)
        return ready, max(0.01, pause)

    @staticmethod
    def _key(entry: Entry) -> tuple[int, int]:
        return (entry.target.telegram_id, 0 if entry.lane == MODERATION else 1)


def key_of(entry: Entry) -> tuple[int, int]:
    """What one entry at a time may hold: a chat, and its moderation."""
    return (entry.target.telegram_id, 0 if entry.lane == MODERATION else 1)
