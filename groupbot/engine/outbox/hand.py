"""The rows in hand: taken from the table by lane, and let go when chat and token may.

Nothing overtakes within a chat (moderation beside it); a chat that must wait longer than a moment makes
room for others.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from groupbot.core.effects import EDIT, MODERATION, PAID, POST, REPLY
from groupbot.core.pacing import CALL, MESSAGE, Pacer
from groupbot.core.pacing import PAID as PAID_SLOTS
from groupbot.engine import addresses
from groupbot.engine.clock import ticking
from groupbot.engine.entries import Entry, Target, home_of, pace_of, place_of
from groupbot.engine.outbox_placed import MAY_LEAVE, PLACED
from groupbot.engine.outbox_table import outbox
from groupbot.engine.receipts import expire
from groupbot.engine.recovery import set_back
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer

HOLD = 0.5  # seconds; a chat that must wait longer makes room in the hand for others
EXPIRE_EVERY = LOOK_EVERY = 1.0  # seconds
SHORTEST = 0.005  # seconds between two rounds without news


class Share(Struct, frozen=True):
    """Lanes, and how many of their rows are held in memory at most."""

    lanes: tuple[int, ...]
    most: int


SHARES = (Share((MODERATION,), 120), Share((REPLY, EDIT), 120), Share((POST,), 60), Share((PAID,), 400))
LANES = tuple(lane for share in SHARES for lane in share.lanes)

_o = outbox.c


def _waiting(now: Any, bot: Any, lane: Any, room: Any, *, said: bool = False) -> sa.Select[Any]:
    """Rows of a lane that are due, in the order they may leave: that of the index, so that a long queue
    costs no more than a short one. Replies, of which none waits for long, in the order they were `said`:
    one that was refused and is due again comes before those said meanwhile, however many there are."""
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
        .select_from(PLACED)
        .where(
            _o.state == "waiting",
            _o.due <= now,
            _o.bot_id == bot,
            _o.lane == lane,
            MAY_LEAVE,
        )
        .order_by(*(() if said else (_o.due,)), _o.id)
        .limit(room)
    )


_BOUND: list[sa.BindParameter[Any]] = [sa.bindparam(name) for name in ("now", "bot", "lane", "room")]
_READY = {said: Hot(partial(_waiting, *_BOUND, said=said)) for said in (False, True)}


@lru_cache(64)
def _ready_without(chats: int, users: int, said: bool) -> Hot:
    """`_READY` but for so many chats and people, which are bound as c0, c1, … and u0, u1, …"""
    not_chats = _o.chat_id.not_in([sa.bindparam(f"c{i}", type_=sa.BigInteger) for i in range(chats)])
    people = [sa.bindparam(f"u{i}", type_=sa.BigInteger) for i in range(users)]
    not_users, there = _o.user_id.not_in(people), addresses.chat.c.telegram_id
    return Hot(
        lambda: _waiting(*_BOUND, said=said).where(
            sa.or_(_o.chat_id.is_(None), sa.and_(not_chats, there.not_in(people))),
            sa.or_(_o.user_id.is_(None), not_users),
        )
    )


def _padded(homes: list[int]) -> list[int]:
    """As many as the next power of two, by saying the last again: few statements serve for all numbers."""
    size = 1 << max(0, len(homes) - 1).bit_length()
    return homes + (homes[-1:] or [0]) * (size - len(homes))


_NEXT_DUE = Hot(
    lambda: (
        sa.select(_o.due)
        .where(
            _o.state == "waiting",
            _o.due > sa.bindparam("now"),
            _o.bot_id == sa.bindparam("bot"),
            _o.lane == sa.bindparam("lane"),
        )
        .order_by(_o.due)
        .limit(1)
    )
)
_USED = Hot(  # the lanes in which anything waits, of any bot: one look at the index each
    lambda: sa.union_all(
        *(
            sa.select(sa.literal_column(str(n)).label("lane")).where(
                sa.exists().where(_o.state == "waiting", _o.lane == sa.literal_column(str(n)))
            )
            for n in LANES
        )
    )
)
_DEPTH = Hot(lambda: sa.select(sa.func.count()).select_from(PLACED).where(_o.state == "waiting", MAY_LEAVE))


class Hand:
    """What may leave next. `fill` runs in the writer's thread, over a copy of the entries; the rest in the
    loop's."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.busy: set[tuple[int, int]] = set()
        self.held: dict[tuple[int, int], float] = {}  # (our chat or -user, 0 moderation) → until
        self.depth = 0
        self.next_due: datetime | None = None
        self.stale = True  # the table may hold rows that were not seen yet
        self._more: set[Share] = set()  # of which the table held more than there was room for
        self._looked = self._counted = 0.0
        self._clock: datetime | None = None  # what the wall clock said when the table was last looked at
        self._seen: datetime | None = None  # what it says in the look under way, which may have to begin anew

    def wants(self, clock: datetime) -> bool:
        """Is it time to look into the table? When something is new or due, when half of a share has left
        and there is more, and at least once a second."""
        if self.stale or ticking() - self._looked >= LOOK_EVERY:
            return True
        if self.next_due is not None and self.next_due <= clock:
            return True
        return any(self._in_hand(s) <= s.most // 2 for s in self._more)

    def _in_hand(self, share: Share) -> int:
        return sum(e.lane in share.lanes for e in self.entries)

    async def take(self, writer: Writer) -> None:
        """Look into the table and fill up."""
        self.stale = False
        found = await writer.submit(self.fill, self.entries)
        self.entries, self.next_due, self._more = found
        self._clock, self._looked = self._seen, ticking()

    def fill(self, work: Work, entries: list[Entry]) -> tuple[list[Entry], datetime | None, set[Share]]:
        """The entries with what there is room for, when the next row is due, and the shares of which there
        is more. The disk may be full and it begun anew: what the clock said counts once it is committed."""
        hand = list(entries)
        if self._clock is not None and work.now < self._clock:
            set_back(work)
        self._seen = work.now
        if ticking() - self._counted >= EXPIRE_EVERY:
            self._counted = ticking()
            expire(work)
            self.depth = int(work.sql.value(_DEPTH) or 0)
        held = {e.id for e in hand}
        more, used = set(), {r.lane for r in work.sql.all(_USED)}
        for share in SHARES:
            here = sum(e.lane in share.lanes for e in hand)
            for lane in share.lanes:
                room = share.most - here
                if room <= 0:
                    break
                if lane not in used:
                    continue
                rows = self._ready(work, lane, share.most)
                fresh = [r for r in rows if r.id not in held][:room]
                hand += map(_entry, fresh)
                here += len(fresh)
            if here >= share.most:
                more.add(share)
        hand.sort(key=lambda e: (e.lane, e.id))
        due = [work.sql.value(_NEXT_DUE, now=work.now, bot=work.bot_id, lane=n) for n in LANES if n in used]
        return hand, min((d for d in due if d is not None), default=None), more

    def _ready(self, work: Work, lane: int, room: int) -> list[Any]:
        """Rows that may leave, without the chats that are held back."""
        now, kind = ticking(), 0 if lane == MODERATION else 1
        homes = [home for (home, k), until in [*self.held.items()] if k == kind and until > now]
        if not homes:
            return work.sql.all(_READY[lane == REPLY], now=work.now, bot=work.bot_id, lane=lane, room=room)
        chats, users = _padded([h for h in homes if h > 0]), _padded([-h for h in homes if h < 0])
        names = {f"c{i}": h for i, h in enumerate(chats)} | {f"u{i}": h for i, h in enumerate(users)}
        statement = _ready_without(len(chats), len(users), lane == REPLY)
        return work.sql.all(statement, now=work.now, bot=work.bot_id, lane=lane, room=room, **names)

    def put_off(self, place: int, lane: int, seconds: float) -> None:
        """What goes to this place (see `place_of`) is tried again after so many seconds: until then nothing
        overtakes it there, but for the moderation beside it (or what stands beside moderation)."""
        key, until = (place, 0 if lane == MODERATION else 1), ticking() + seconds
        self.held[key] = max(until, self.held.get(key, 0.0))

    def choose(self, pacer: Pacer, clock: datetime) -> tuple[list[Entry], float]:
        """The entries that may leave now (it is `clock`), and the seconds until the next one may."""
        now, pause, ready, kept = ticking(), LOOK_EVERY, [], []
        held = {key: until for key, until in self.held.items() if until > now}
        self.stale |= len(held) < len(self.held)  # what was put back may be taken again
        self.held = held
        waiting: set[tuple[int, int]] = set()  # nothing overtakes within a chat
        full: dict[int, float] = {}  # seconds until there is a slot again, once there was none
        for at, entry in enumerate(self.entries):
            slots = _slots(entry)
            if slots in full and entry.lane >= POST:  # nor may what is behind it
                if entry.lane == PAID:
                    kept += self.entries[at:]
                    break
                kept.append(entry)
                continue
            keys, home = keys_of(entry), (place_of(entry), 0 if entry.lane == MODERATION else 1)
            if home in self.held:
                continue
            if keys & self.busy or keys & waiting:
                kept.append(entry)
                continue
            chat, group = pace_of(entry.chat, entry.target.telegram_id), entry.target.group
            message = slots != CALL
            alone = pacer.chat_wait(now, chat, message=message, group=group)
            if alone > HOLD:
                self.held[home] = now + alone
                continue
            free = pacer.token_wait(now, slots)
            if free > 0:
                full[slots] = free
            if (wait := max(alone, free)) > 0:
                waiting |= keys
                kept.append(entry)
                pause = min(pause, wait)
                continue
            self.busy |= keys
            pacer.take(now, chat, message=message, group=group, paid=slots == PAID_SLOTS)
            ready.append(entry)
        self.entries = kept
        pause = min([pause, *(until - now for until in self.held.values())])
        if self.next_due is not None:
            pause = min(pause, (self.next_due - clock).total_seconds() + 0.001)
        return ready, max(SHORTEST, pause)


def _entry(row: Any) -> Entry:
    where = row.telegram_id if row.chat_id is not None else row.user_id
    return Entry(
        row.id,
        row.lane,
        row.kind,
        row.chat_id or 0,
        row.user_id or 0,
        Target(where or 0, row.type in ("group", "supergroup")),
        tries=row.tries,
        limited=row.chat_state == "limited",
    )


def _slots(entry: Entry) -> int:
    if entry.lane == PAID:
        return PAID_SLOTS
    return MESSAGE if entry.kind in ("send", "edit", "poll") else CALL


def keys_of(entry: Entry) -> set[tuple[int, int]]:
    """What one entry at a time may hold: a chat, and beside it its moderation. By Telegram's id, which a
    person and their private chat share, and by ours, which a group keeps through its upgrade."""
    kind = 0 if entry.lane == MODERATION else 1
    return {(entry.target.telegram_id, kind), (home_of(entry), kind + 2)}
