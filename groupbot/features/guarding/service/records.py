"""Open raids, kept at hand; what they have caught."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from groupbot.engine.addresses import chat as chats
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work
from groupbot.features.guarding import store
from groupbot.features.guarding.domain import acts
from groupbot.features.guarding.domain.raid import Action, action_of
from groupbot.features.members import service as members

OPEN, _CAUGHT, _LITTER, _LET = "guarding.open", "guarding.caught", "guarding.litter", "guarding.let"
ONE_JOIN = timedelta(seconds=5)  # a join is told twice: by the member update and by the service message
_LACKS = Hot(
    lambda: sa.select(chats.c.lacks).where(chats.c.id == sa.bindparam("chat"), chats.c.state == "limited")
)


class Raid(Struct, frozen=True):
    """A raid of a chat. `by` None: it went on by itself."""

    id: int
    chat: int
    number: int
    began: datetime
    until: datetime
    last: datetime
    by: int | None
    action: Action
    broken: bool = False
    told: bool = False
    ended: datetime | None = None
    undone: datetime | None = None
    case: int = 0

    @property
    def why(self) -> str:
        """The reason as people and logs read it."""
        case = f", case {self.case}" if self.case else ""
        return f"rule {acts.RAID} v{acts.VERSION}, {acts.carrier(self.number)}{case}"


def raid_of(row: Any) -> Raid:
    """A stored raid."""
    return Raid(
        row.id,
        row.chat_id,
        row.number,
        row.began_at,
        row.until,
        row.last_at,
        row.by_id,
        action_of(row.action) or Action(),
        bool(row.broken),
        bool(row.told),
        row.ended_at,
        row.undone_at,
        row.case_number,
    )


def all_open(work: Work) -> dict[Any, Any]:
    """Open raids by chat (and one mark that they were loaded)."""
    cache = work.cached(OPEN)
    if "loaded" not in cache:
        for row in work.sql.all(store.OPEN):
            work.put(OPEN, row.chat_id, raid_of(row))
        work.put(OPEN, "loaded", None)
    return cache


def open_raid(work: Work, chat: int) -> Raid | None:
    """The raid that is on in a chat."""
    found: Raid | None = all_open(work).get(chat)
    return found


def keep(work: Work, raid: Raid) -> Raid:
    """Remember an open raid as it is now."""
    work.put(OPEN, raid.chat, raid)
    return raid


def forget(work: Work, chat: int) -> None:
    """No raid is on any more."""
    work.drop(OPEN, chat)


def catch(work: Work, raid: Raid, person: int, at: datetime, *, request: bool = False) -> bool:
    """Somebody tried to come in. False when this is the same join told twice."""
    key = (raid.id, person)
    before: datetime | None = work.cached(_CAUGHT).get(key)
    if before is not None and abs(at - before) < ONE_JOIN:
        return False
    done = work.now if request else None
    new = work.sql.run(store.CAUGHT, raid_id=raid.id, person_id=person, at=at, request=request, done_at=done)
    if not new and not request:
        work.sql.run(store.AGAIN, the_raid=raid.id, who=person, the_time=at)
    work.put(_CAUGHT, key, at)
    return True


def caught(work: Work, raid: Raid, person: int) -> bool:
    """Is this person one of the raid's?"""
    if (raid.id, person) in work.cached(_CAUGHT):
        return True
    return work.sql.first(store.IS_RAIDER, the_raid=raid.id, who=person) is not None


def let_in(work: Work, raid: Raid, person: int, at: datetime) -> None:
    """Staff brought this person in: they are none of the raid's."""
    work.put(_LET, (raid.id, person), at)
    if work.sql.run(store.LET_IN, the_raid=raid.id, who=person):
        work.drop(_CAUGHT, (raid.id, person))


def was_let_in(work: Work, raid: Raid, person: int, at: datetime) -> bool:
    """Is this the join, told twice, of somebody whom staff brought in? Of a request that was accepted the
    service message names nobody but who came."""
    when: datetime | None = work.cached(_LET).get((raid.id, person))
    return when is not None and abs(at - when) < ONE_JOIN


def litter(work: Work, chat: int, message: int | None) -> None:
    """A message to take away with the next sweep: what a raid's people say, and the lines about joining; a
    ban takes nothing of that with it. Kept in memory only: a bot that dies leaves what lay there for the
    second since the last sweep."""
    if message:
        work.put(_LITTER, chat, (*work.cached(_LITTER).get(chat, ()), message))


def littered(work: Work) -> dict[int, tuple[int, ...]]:
    """What lies about, by chat; it is taken as it is read."""
    found = dict(work.cached(_LITTER))
    for chat in found:
        work.drop(_LITTER, chat)
    return found


def lacks_right(work: Work, chat: int) -> bool:
    """Can the bot not remove anybody here: by its rights as last seen, or because Telegram refused it?"""
    rights = members.bot_rights(work, chat)
    if rights is not None and "restrict" not in rights:
        return True
    return work.sql.value(_LACKS, chat=chat) in ("ban", "bans")
