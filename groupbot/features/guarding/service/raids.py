"""Antiraid: on and off, and everything of a raid taken back in one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec import structs

from groupbot.core.effects import Bans, Button
from groupbot.core.spans import span, spelled
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.guarding import store
from groupbot.features.guarding.domain import acts
from groupbot.features.guarding.domain import raid as waves
from groupbot.features.guarding.domain.raid import CHUNK, action_of
from groupbot.features.guarding.domain.settings import RAID_ACTION, RAID_AUTO, RAID_SECONDS
from groupbot.features.guarding.domain.taps import Stop, Undo
from groupbot.features.guarding.service.records import (
    Raid,
    forget,
    keep,
    lacks_right,
    open_raid,
    raid_of,
)
from groupbot.features.guarding.service.telling import ask, facts, retell, tell, tell_group
from groupbot.features.members import service as members

KEEP = timedelta(days=180)
Banned = Callable[[Work, int, int], bool]  # is a person banned in a chat for something else?


def now(work: Work, chat: int) -> dict[str, Any]:
    """How antiraid stands and is set here."""
    raid = open_raid(work, chat)
    return {
        "on": raid is not None,
        "until": raid.until if raid else None,
        "auto": int(members.get(work, chat, RAID_AUTO)),
        "length": spelled(timedelta(seconds=int(members.get(work, chat, RAID_SECONDS)))),
        "action": _action(work, chat).said,
        "tier": members.tier(work, chat),
        "human": members.human_decides(work, chat),
    }


def _action(work: Work, chat: int) -> waves.Action:
    return action_of(str(members.get(work, chat, RAID_ACTION))) or waves.Action()


def length_of(text: str) -> timedelta:
    """A span between a minute and seven days.

    Raises:
        Refusal: none, or outside of that.
    """
    length = span(text)
    if length is None or not waves.SHORTEST <= length <= waves.LONGEST:
        raise Refusal("common/usage")
    return length


def set_time(work: Work, chat: int, text: str, by: int | None) -> None:
    """How long antiraid stays on. Raises Refusal."""
    members.put(work, RAID_SECONDS, int(length_of(text).total_seconds()), chat=chat, by=by)


def set_action(work: Work, chat: int, text: str, by: int | None) -> None:
    """`kick`, or how long newcomers stay out. Raises Refusal."""
    action = action_of(text)
    if action is None:
        raise Refusal("common/usage")
    members.put(work, RAID_ACTION, action.said, chat=chat, by=by)


def set_auto(work: Work, chat: int, most: int, by: int | None) -> None:
    """From how many joins in a minute antiraid goes on by itself; 0 is never.

    Raises:
        Refusal: below 3, or beyond reason.
    """
    if most and not 3 <= most <= waves.MOST_JOINS:
        raise Refusal("rules/flood_number", least=3, most=waves.MOST_JOINS)
    members.put(work, RAID_AUTO, most, chat=chat, by=by)


def start(work: Work, chat: int, length: timedelta | None, by: int | None) -> Raid:
    """Antiraid goes on, or on for longer; only a `length` may end it sooner. `by` None: by itself.

    Raises:
        Refusal: the bot cannot remove anybody here, or this is a basic group, where a ban has no end.
    """
    if by is not None and lacks_right(work, chat):
        raise Refusal("guarding/no_right")
    place = members.place(work, chat)
    if place is not None and place.type == "group":
        raise Refusal("guarding/basic")
    usual = timedelta(seconds=int(members.get(work, chat, RAID_SECONDS)))
    action, until = _action(work, chat), work.now + (length or usual)
    raid = open_raid(work, chat)
    if raid is not None:
        until = until if length else max(raid.until, until)
        work.sql.run(store.EXTEND, the_id=raid.id, ends=until, the_action=action.said, who=by)
        return keep(work, structs.replace(raid, until=until, action=action, by=by))
    last = work.sql.first(store.LAST, chat=chat)
    number = last.number + 1 if last is not None else 1
    id_ = work.sql.returning(
        store.NEW,
        chat_id=chat,
        number=number,
        began_at=work.now,
        until=until,
        last_at=work.now,
        by_id=by,
        action=action.said,
        broken=False,
        told=False,
    )[0].id
    raid = keep(work, Raid(id_, chat, number, work.now, until, work.now, by, action))
    work.emit(acts.Began(chat, raid.id, number, by, until))
    if not members.human_decides(work, chat):
        tell_group(work, raid)
    if by is None:
        tell(work, raid, "on", ((Button("stop", Stop(chat)), Button("undo", Undo(chat, number))),))
    return raid


def recorded(work: Work, chat: int, id_: int, case: int) -> None:
    """A raid's case was written."""
    work.sql.run(store.CASE, the_id=id_, n=case)
    raid = open_raid(work, chat)
    if raid is not None and raid.id == id_:
        keep(work, structs.replace(raid, case=case))


def stop(work: Work, chat: int) -> Raid:
    """Antiraid goes off; what it did stays.

    Raises:
        Refusal: it is not on.
    """
    raid = open_raid(work, chat)
    if raid is None:
        raise Refusal("guarding/raid_none")
    end(work, raid)
    return raid


def end(work: Work, raid: Raid) -> None:
    """A raid is over: whoever still waits for removal is removed, those responsible read the count."""
    while remove(work, raid):
        pass
    ask(work, raid)
    work.sql.run(store.END, the_id=raid.id, now=work.now)
    forget(work, raid.chat)
    count = facts(work, raid)
    work.emit(acts.Over(raid.chat, raid.case, count["n"], count["requests"]))
    if raid.by is None:
        retell(work, raid, "off", ((Button("undo", Undo(raid.chat, raid.number)),),))


def sent_away(work: Work, chat: int, number: int, by: int) -> int:
    """A person removes everybody a raid has caught so far; how many.

    Raises:
        Refusal: there is no such raid, or it was taken back; the bot cannot remove anybody.
    """
    row = work.sql.first(store.NUMBERED, chat=chat, n=number)
    if row is None or row.undone_at is not None:
        raise Refusal("guarding/raid_none")
    raid, before = raid_of(row), 0
    if lacks_right(work, chat):
        raise Refusal("guarding/no_right")
    before = facts(work, raid)["waiting"]
    while remove(work, structs.replace(raid, broken=False), by=by):
        pass
    ask(work, raid)
    return int(before)


def remove(work: Work, raid: Raid, *, by: int | None = None) -> bool:
    """Remove the next hundred, if the bot may by itself or a person (`by`) says so; True when there may be
    more."""
    if raid.broken or (by is None and members.human_decides(work, raid.chat)):
        return False
    rows = work.sql.all(store.TO_REMOVE, the_raid=raid.id, most=CHUNK)
    if not rows:
        return False
    people = tuple(r.person_id for r in rows)
    until = work.now + raid.action.length
    if by is None:
        members.by_itself(work, Bans(chat=raid.chat, members=people, until=until, why=raid.why))
    else:
        work.say(Bans(chat=raid.chat, members=people, until=until, why=f"{raid.why}, by {by}"))
    work.sql.many(store.REMOVED, [{"the_raid": raid.id, "who": p, "now": work.now} for p in people])
    work.sql.run(store.SEEN, the_id=raid.id, at_last=raid.last)
    return len(rows) == CHUNK


def undo(work: Work, chat: int, number: int | None, by: int, banned: Banned) -> dict[str, Any]:
    """Everybody a raid removed may come in again, but who is banned for something else; a raid that is still
    on ends. The newest raid, or the one of that number.

    Raises:
        Refusal: there is none, or it was taken back before.
    """
    row = work.sql.first(store.LAST, chat=chat) if number is None else None
    if number is not None:
        row = work.sql.first(store.NUMBERED, chat=chat, n=number)
    if row is None:
        raise Refusal("guarding/raid_none")
    raid = raid_of(row)
    if not work.sql.run(store.UNDO, the_id=raid.id, now=work.now, who=by):
        raise Refusal("guarding/raid_undone_before", number=raid.number)
    if raid.ended is None:
        work.sql.run(store.END, the_id=raid.id, now=work.now)
        forget(work, chat)
    removed = [r.person_id for r in work.sql.all(store.REMOVED_OF, the_raid=raid.id)]
    people = [p for p in removed if not banned(work, chat, p)]
    why = f"{acts.carrier(raid.number)} taken back by {by}"
    for i in range(0, len(people), CHUNK):
        work.say(Bans(chat=chat, members=tuple(people[i : i + CHUNK]), free=True, why=why))
    if raid.by is None:
        retell(work, raid, "undone", ())
    work.emit(acts.TakenBack(chat, raid.case, len(people), by))
    return {"number": raid.number, "n": len(people)}
